"""`/v1/changes`: what changed, in order."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.errors import Expired, Invalid
from graph.store.changes import Change, Revision, feed
from graph.values import Instant
from service.answers import problems, takes_json
from service.callers import Bookmarks, ServiceState, SharingView
from service.examples import CHANGE, page_of
from service.paging import Page, page_response

router = APIRouter(prefix="/v1/changes", tags=["changes"], dependencies=[Depends(takes_json)])
_LAST: Final = (1 << 63) - 1
"""The largest number that an engine counts to."""
_POSITION: Final = re.compile(r"([0-9a-f]{12})([0-9a-f]{16})")


class ChangeEntry(BaseModel):
    """One change: which record, what happened to it, and at which version it is since."""

    position: Annotated[str, Field(description="Opaque, ordered; give the last one as `after`")]
    at: Instant
    action: Literal["created", "updated", "deleted", "erased"]
    entity: Literal["node", "tie", "area"]
    kind: str | None
    type: str | None
    id: str
    version: int


class ChangesQuery(BaseModel):
    """Where to go on, and how far."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        str | None, Query(max_length=100, description="A position; absent, the feed's beginning")
    ] = None
    limit: Annotated[int, Query(ge=1, le=1000)] = 100


@router.get(
    "",
    summary="Read what changed, in order",
    response_model=Page[ChangeEntry],
    responses={**problems(410), 200: page_of(CHANGE)},
)
async def read_changes(
    request: Request,
    state: ServiceState,
    view: SharingView,
    bookmarks: Bookmarks,
    query: Annotated[ChangesQuery, Query()],
) -> Response:
    """Return changes after a position; `next` is null where the feed ends for now."""
    after, epoch = number_of(query.after)
    page = await feed(state.client, view, after=after, limit=query.limit, bookmarks=bookmarks)
    if epoch is not None and not page.revision.epoch.startswith(epoch):
        raise Expired("this position is of another life of the store: read the network anew")
    items = [_entry(change, page.revision) for change in page.changes]
    more = page.read_to < page.revision.number
    following = position(Revision(page.revision.epoch, page.read_to)) if more else None
    return page_response(request, items, following, parameter="after")


def position(revision: Revision) -> str:
    """Return a place in the feed as one text; texts sort as places do."""
    return f"{revision.epoch[:12]:0<12}{revision.number:016x}"


def number_of(text: str | None) -> tuple[int, str | None]:
    """Return the number and the epoch of a position; 0 and none for the beginning.

    Raises
    ------
    Invalid
        When it is none.
    """
    if text is None:
        return 0, None
    found = _POSITION.fullmatch(text)
    if found is None or int(found.group(2), 16) > _LAST:
        raise Invalid.at("/query/after", "this is no position of the feed")
    return int(found.group(2), 16), found.group(1)


def _entry(change: Change, revision: Revision) -> ChangeEntry:
    return ChangeEntry.model_validate(
        {
            "position": position(Revision(revision.epoch, change.position)),
            "at": change.at,
            "action": change.action,
            "entity": change.entity,
            "kind": change.type if change.entity == "node" else None,
            "type": change.type if change.entity == "tie" else None,
            "id": change.id,
            "version": change.version,
        }
    )
