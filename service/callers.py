"""Who calls, for what purpose, and what they may read and write with."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Depends, Header, Request, Response
from pydantic import TypeAdapter

from graph.audit.trail import Trail
from graph.errors import Unauthenticated, Unreadable
from graph.policy import Caller, Purpose, View, check_may, view
from graph.refusals import (
    check_erasure,
    check_may_ask_clearance,
    check_may_ask_correction,
    check_may_notify,
    check_may_override,
    check_may_write_areas,
)
from graph.store.reading import Reader
from graph.store.writer import Writer
from service.auditing import note_caller, note_purpose, trail_of
from service.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

BOOKMARK_HEADER: Final = "Wholemap-Bookmark"
PURPOSE_HEADER: Final = "Wholemap-Purpose"
_BOOKMARKS: Final = TypeAdapter(list[str])
LONGEST_BOOKMARK: Final = 4096

# FastAPI walks the tree of a route's dependencies for each request, and each branch costs more than
# what stands on it. Those below take the request alone, and read its headers by hand;
# `service/openapi.py` says for each operation which.


def _state(request: Request) -> State:
    return request.state.service


async def state_of(request: Request) -> State:
    """Return what this process holds."""
    return _state(request)


ServiceState = Annotated[State, Depends(state_of)]


async def caller_of_request(request: Request) -> Caller:
    """Return who calls; a request is asked for it once.

    Raises
    ------
    Unauthenticated
        When the request carries no key that is in force.
    Throttled
        When too many such came from its address.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    state = _state(request)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated
    address = address_of(request, proxied=state.settings.behind_tls)
    caller = await state.authentication.caller(secret.strip(), address)
    note_caller(request, caller)
    request.state.caller = caller
    return caller


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


async def bookmarks_of(request: Request) -> tuple[str, ...]:
    """Return the writes that an answer must have seen.

    Raises
    ------
    Unreadable
        When the header is not one that a write answered with.
    """
    bookmark = request.headers.get(BOOKMARK_HEADER)
    if bookmark is None or _state(request).client.engine.embedded:
        return ()
    if len(bookmark) > LONGEST_BOOKMARK:
        raise Unreadable(f"{BOOKMARK_HEADER} is longer than {LONGEST_BOOKMARK} characters")
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


AskedPurpose = Annotated[
    Literal["record"] | None,
    Header(
        alias=PURPOSE_HEADER,
        description="`record`: the steward's own work on its records, whatever was agreed to. "
        "Without it, people are there who agreed to the purpose of the operation.",
    ),
]


def _purpose(caller: Caller, asked: str | None, usual: Purpose) -> Purpose:
    # A member finds no other records than those of their own.
    own_only = caller.role == "member" and usual == "directory"
    return "record" if asked == "record" or own_only else usual


def _view(request: Request, caller: Caller, purpose: Purpose) -> View:
    note_purpose(request, purpose)
    return view(caller, purpose, _state(request).today())


def _view_for(usual: Purpose) -> Callable[..., Coroutine[Any, Any, View]]:
    async def view_of_caller(request: Request) -> View:
        return _view(request, await caller_of_request(request), usual)

    return view_of_caller


def _may_for(purpose: Purpose) -> Callable[..., Coroutine[Any, Any, Caller]]:
    async def caller_who_may(request: Request) -> Caller:
        caller = await caller_of_request(request)
        check_may(caller, _purpose(caller, None, purpose))
        return caller

    return caller_who_may


# Whose role may not ask is told so, whatever else is wrong with the question.
MayDirectory = Annotated[Caller, Depends(_may_for("directory"))]
MaySharing = Annotated[Caller, Depends(_may_for("sharing"))]


async def _directory_view(
    request: Request, caller: MayDirectory, purpose: AskedPurpose = None
) -> View:
    return _view(request, caller, _purpose(caller, purpose, "directory"))


async def _sharing_view(request: Request, caller: MaySharing, purpose: AskedPurpose = None) -> View:
    return _view(request, caller, _purpose(caller, purpose, "sharing"))


RecordView = Annotated[View, Depends(_view_for("record"))]
DirectoryView = Annotated[View, Depends(_directory_view)]
SharingView = Annotated[View, Depends(_sharing_view)]
IntroductionsView = Annotated[View, Depends(_view_for("introductions"))]
AnalysisView = Annotated[View, Depends(_view_for("analysis"))]


KeysAllowed = Annotated[Caller, Depends(_may_for("keys"))]
AuditAllowed = Annotated[Caller, Depends(_may_for("audit"))]
OperationsAllowed = Annotated[Caller, Depends(_may_for("operations"))]


def _allowed_by(check: Callable[[Caller], None]) -> Callable[..., Coroutine[Any, Any, Caller]]:
    async def caller_who_may(request: Request) -> Caller:
        caller = await caller_of_request(request)
        check(caller)
        return caller

    return caller_who_may


ClearancesAllowed = Annotated[Caller, Depends(_allowed_by(check_may_ask_clearance))]
CorrectionsAllowed = Annotated[Caller, Depends(_allowed_by(check_may_ask_correction))]
NoticesAllowed = Annotated[Caller, Depends(_allowed_by(check_may_notify))]
OverridesAllowed = Annotated[Caller, Depends(_allowed_by(check_may_override))]


async def _record_reader(request: Request) -> Reader:
    seen = _view(request, await caller_of_request(request), "record")
    return Reader(_state(request).client, seen, await bookmarks_of(request))


async def _directory_reader(request: Request, view: DirectoryView) -> Reader:
    return Reader(_state(request).client, view, await bookmarks_of(request))


async def _trail(request: Request) -> Trail | None:
    await caller_of_request(request)
    return trail_of(request)


CurrentTrail = Annotated[Trail | None, Depends(_trail)]


async def _writer(request: Request) -> Writer:
    seen = _view(request, await caller_of_request(request), "record")
    return Writer(_state(request).client, seen, trail_of(request))


RecordReader = Annotated[Reader, Depends(_record_reader)]
"""One record by its id: the steward's own, and what the directory shows."""

DirectoryReader = Annotated[Reader, Depends(_directory_reader)]
RecordWriter = Annotated[Writer, Depends(_writer)]


async def _area_writer(request: Request) -> Writer:
    seen = _view(request, await caller_of_request(request), "record")
    check_may_write_areas(seen)
    return Writer(_state(request).client, seen, trail_of(request))


AreaWriter = Annotated[Writer, Depends(_area_writer)]


async def _erasure_writer(request: Request) -> Writer:
    check_erasure(await caller_of_request(request))
    return await _writer(request)


ErasureWriter = Annotated[Writer, Depends(_erasure_writer)]

READS_BOOKMARK: Final = frozenset({bookmarks_of, _record_reader, _directory_reader})
"""The dependencies that read the bookmark's header."""


def finds_caller(dependency: Callable[..., Any]) -> bool:
    """Tell whether a dependency reads who calls from a request's `Authorization`."""
    return dependency.__module__ == __name__ and dependency not in {state_of, bookmarks_of}
