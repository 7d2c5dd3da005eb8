"""Who calls, for what purpose, and what they may read and write with."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPBearer
from pydantic import TypeAdapter

from graph.errors import Unauthenticated, Unreadable
from graph.policy import Caller, Purpose, View, view
from graph.store.reading import Reader
from graph.store.writer import Writer
from service.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

BOOKMARK_HEADER: Final = "Wholemap-Bookmark"
_BOOKMARKS: Final = TypeAdapter(list[str])

# Documents the scheme; the header is read below, so that its absence is a problem of ours.
_bearer = HTTPBearer(
    auto_error=False,
    description="A key made by `wholemap key create`, or a token of the identity provider",
)


async def state_of(request: Request) -> State:
    """Return what this process holds."""
    return request.state.service


ServiceState = Annotated[State, Depends(state_of)]


async def caller_of_request(
    state: ServiceState, request: Request, _scheme: Annotated[Any, Depends(_bearer)]
) -> Caller:
    """Return who calls.

    Raises
    ------
    Unauthenticated
        When the request carries no key that is in force.
    Throttled
        When too many such came from its address.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated
    address = address_of(request, proxied=state.settings.behind_tls)
    return await state.authentication.caller(secret.strip(), address)


def address_of(request: Request, *, proxied: bool) -> str:
    """Return where a request comes from: what the proxy in front says, if there is one.

    A proxy adds the address that it was called from at the end; what stands before is hearsay.
    """
    if proxied:
        said = request.headers.getlist("X-Forwarded-For")
        nearest = said[-1].rpartition(",")[2].strip() if said else ""
        if nearest:
            return nearest
    return request.client.host if request.client else ""


CurrentCaller = Annotated[Caller, Depends(caller_of_request)]


async def bookmarks_of(
    state: ServiceState,
    bookmark: Annotated[str | None, Header(alias=BOOKMARK_HEADER, max_length=4096)] = None,
) -> tuple[str, ...]:
    """Return the writes that an answer must have seen.

    Raises
    ------
    Unreadable
        When the header is not one that a write answered with.
    """
    if bookmark is None or state.client.engine.embedded:
        return ()
    try:
        return tuple(_BOOKMARKS.validate_json(base64.urlsafe_b64decode(bookmark.encode())))
    except (binascii.Error, ValueError) as error:
        raise Unreadable(f"{BOOKMARK_HEADER} is not one that a write answered with") from error


Bookmarks = Annotated[tuple[str, ...], Depends(bookmarks_of)]


def note_bookmarks(state: State, response: Response, bookmarks: tuple[str, ...]) -> None:
    """Say in an answer which write a later read can ask for, where the engine is a cluster's."""
    if bookmarks and not state.client.engine.embedded:
        text = json.dumps(list(bookmarks)).encode()
        response.headers[BOOKMARK_HEADER] = base64.urlsafe_b64encode(text).decode()


def _view_for(purpose: Purpose) -> Callable[..., Coroutine[Any, Any, View]]:
    async def view_of_caller(caller: CurrentCaller) -> View:
        return view(caller, purpose)

    return view_of_caller


def _reader_for(purpose: Purpose) -> Callable[..., Coroutine[Any, Any, Reader]]:
    async def reader(state: ServiceState, caller: CurrentCaller, bookmarks: Bookmarks) -> Reader:
        return Reader(state.client, view(caller, purpose), bookmarks)

    return reader


async def _writer(state: ServiceState, caller: CurrentCaller) -> Writer:
    return Writer(state.client, view(caller, "record"))


DirectoryReader = Annotated[Reader, Depends(_reader_for("directory"))]
RecordWriter = Annotated[Writer, Depends(_writer)]
SharingView = Annotated[View, Depends(_view_for("sharing"))]
RecordView = Annotated[View, Depends(_view_for("record"))]
IntroductionsView = Annotated[View, Depends(_view_for("introductions"))]
AnalysisView = Annotated[View, Depends(_view_for("analysis"))]
KeysView = Annotated[View, Depends(_view_for("keys"))]
OperationsView = Annotated[View, Depends(_view_for("operations"))]
