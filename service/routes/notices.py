"""`/v1/notices`: who must be told that they are recorded, and by when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.errors import Invalid
from graph.store.notices import BEFORE_ALL, Notice, page_of_notices
from service.answers import problems, takes_json
from service.callers import NoticesAllowed, RecordView, ServiceState
from service.examples import NOTICE, page_of
from service.paging import Page, PageQuery, cursor, keys_of, page_response

router = APIRouter(prefix="/v1/notices", tags=["people"], dependencies=[Depends(takes_json)])


@router.get(
    "",
    summary="List who must be told that they are recorded",
    response_model=Page[Notice],
    responses={**problems(), 200: page_of(NOTICE)},
)
async def list_notices(
    request: Request,
    state: ServiceState,
    _: NoticesAllowed,
    view: RecordView,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Return people whom only others named and who were not told, the longest recorded first."""
    found = await page_of_notices(
        state.client,
        view,
        after=_after(query.cursor),
        limit=query.limit + 1,
        zone=state.settings.zone,
        placeholder_days=state.settings.placeholder_days,
    )
    items = found[: query.limit]
    last = items[-1] if len(found) > len(items) else None
    following = None if last is None else cursor(last.recorded_at.isoformat(), last.person)
    return page_response(request, items, following)


def _after(given: str | None) -> tuple[datetime, str]:
    at, person = keys_of(given, 2)
    if not at:
        return BEFORE_ALL, person
    try:
        found = datetime.fromisoformat(at)
    except ValueError as error:
        raise Invalid.at("/query/cursor", "this is no cursor of this list") from error
    if found.tzinfo is None:
        raise Invalid.at("/query/cursor", "this is no cursor of this list")
    return found, person
