"""`/v1/clearances`: what organisations ask to see of others' records, and what becomes of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.clearances import AskedClearance, Clearance, ClearanceDecision, ClearanceState
from graph.store.clearing import clearance, page_of_clearances
from graph.store.requests import Made
from service.answers import json_response, problems, takes_json, written_answer
from service.bodies import IdempotencyKey, kept_request, question
from service.callers import (
    ClearancesAllowed,
    RecordView,
    RecordWriter,
    ServiceState,
)
from service.examples import CLEARANCE, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of

router = APIRouter(prefix="/v1/clearances", tags=["clearances"], dependencies=[Depends(takes_json)])


class ClearancesQuery(PageQuery):
    """What a list of requests is narrowed to; null does not narrow."""

    state: ClearanceState | None = None
    record: Annotated[str | None, Query(max_length=64)] = None


@router.post(
    "",
    summary="Ask for a record of another steward",
    status_code=HTTPStatus.CREATED,
    response_model=Clearance,
    responses={**problems(409, 413, 415), 201: json_example(CLEARANCE)},
    openapi_extra=json_body(
        "AskedClearance",
        {name: CLEARANCE[name] for name in ("record", "reason", "until")},
    ),
)
async def ask_clearance(
    request: Request,
    state: ServiceState,
    caller: ClearancesAllowed,
    view: RecordView,
    writer: RecordWriter,
    asked: Annotated[AskedClearance, Depends(question(AskedClearance))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Keep that one's organisation asks to see a record, whether it is hidden or not there."""
    kept = await kept_request(request, caller, idempotency_key)
    today = state.today()
    with state.first_to_run(kept):
        commit = await writer.ask_clearance(asked, today=today, request=kept)
    made = commit.result
    if isinstance(made, Made):
        made = await clearance(state.client, view, today, made.id)
    return written_answer(
        state,
        made,
        commit.bookmarks,
        status=HTTPStatus.CREATED,
        location=f"/v1/clearances/{made.id}",
    )


@router.get(
    "",
    summary="List what is asked to be seen",
    response_model=Page[Clearance],
    responses={**problems(), 200: page_of(CLEARANCE)},
)
async def list_clearances(
    request: Request,
    state: ServiceState,
    view: RecordView,
    query: Annotated[ClearancesQuery, Query()],
) -> Response:
    """Return requests, the oldest first: for one's own records, and those of one's organisation."""
    (after,) = keys_of(query.cursor, 1)
    found = await page_of_clearances(
        state.client,
        view,
        state.today(),
        state=query.state,
        record=query.record,
        after=after,
        limit=query.limit + 1,
    )
    return found_page(request, found, query.limit)


@router.get(
    "/{id}",
    summary="Read what is asked to be seen",
    response_model=Clearance,
    responses={**problems(404), 200: json_example(CLEARANCE)},
)
async def read_clearance(id: str, state: ServiceState, view: RecordView) -> Response:
    """Return a request, and what became of it."""
    return json_response(await clearance(state.client, view, state.today(), id))


@router.post(
    "/{id}/decision",
    summary="Clear a record for who asked, refuse it or take it back",
    response_model=Clearance,
    responses={
        **problems(404, 409, 413, 415),
        200: json_example({**CLEARANCE, "state": "cleared", "decided_at": "2026-03-02T09:00:00Z"}),
    },
    openapi_extra=json_body("ClearanceDecision", {"decision": "cleared", "until": "2099-01-01"}),
)
async def decide_clearance(
    id: str,
    state: ServiceState,
    writer: RecordWriter,
    decided: Annotated[ClearanceDecision, Depends(question(ClearanceDecision))],
) -> Response:
    """Open the record to the organisation from the next read on, leave it closed or close it."""
    commit = await writer.decide_clearance(id, decided, today=state.today())
    return written_answer(state, commit.result, commit.bookmarks)
