"""`/v1/changes`: what changed, in order."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.store.changes import Change, Revision, feed, revision_now
from graph.store.positions import LENGTH, Positions
from graph.values import Instant
from service.answers import problems, takes_json
from service.callers import Bookmarks, ServiceState, SharingView
from service.examples import CHANGE, page_of
from service.paging import Page, page_response

router = APIRouter(prefix="/v1/changes", tags=["changes"], dependencies=[Depends(takes_json)])


class ChangeEntry(BaseModel):
    """One change: which record, what happened to it, and at which version it is since."""

    position: Annotated[
        str,
        Field(
            max_length=LENGTH, min_length=LENGTH, description="Opaque; give the last one as `after`"
        ),
    ]
    at: Instant
    action: Literal["created", "updated", "deleted", "erased", "merged"]
    entity: Literal["node", "tie", "area", "same_as"]
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
    after = 0
    if query.after is not None:
        now = await revision_now(state.client, bookmarks)
        after = state.positions.opened(query.after, now.epoch)
    page = await feed(state.client, view, after=after, limit=query.limit, bookmarks=bookmarks)
    items = [_entry(change, page.revision.epoch, state.positions) for change in page.changes]
    following = (
        state.positions.sealed(Revision(page.revision.epoch, page.read_to)) if page.more else None
    )
    return page_response(request, items, following, parameter="after")


def _entry(change: Change, epoch: str, positions: Positions) -> ChangeEntry:
    return ChangeEntry.model_validate(
        {
            "position": positions.sealed(Revision(epoch, change.position)),
            "at": change.at,
            "action": change.action,
            "entity": change.entity,
            "kind": change.type if change.entity == "node" else None,
            "type": change.type if change.entity == "tie" else None,
            "id": change.id,
            "version": change.version,
        }
    )
