"""`/v1/same-as`: records of one person or group in two stewards' hands."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.store.requests import Made
from graph.store.same_as import (
    AskedSameAs,
    SameAs,
    SameAsDecision,
    SameAsState,
    page_of_same_as,
    same_as,
)
from service.answers import json_response, problems, takes_json, written_answer
from service.bodies import IdempotencyKey, kept_request, question
from service.callers import (
    CurrentCaller,
    RecordView,
    RecordWriter,
    ServiceState,
)
from service.examples import SAME_AS, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of

router = APIRouter(prefix="/v1/same-as", tags=["same-as"], dependencies=[Depends(takes_json)])


class SameAsQuery(PageQuery):
    """What a list is narrowed to; null does not narrow."""

    state: SameAsState | None = None
    record: Annotated[str | None, Query(max_length=64, description="One of the two")] = None


@router.post(
    "",
    summary="Say that two records are the same",
    status_code=HTTPStatus.CREATED,
    response_model=SameAs,
    responses={**problems(404, 409, 413, 415), 201: json_example(SAME_AS)},
    openapi_extra=json_body(
        "AskedSameAs", {"record": SAME_AS["record"], "same_as": SAME_AS["same_as"]}
    ),
)
async def ask_same_as(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    view: RecordView,
    writer: RecordWriter,
    asked: Annotated[AskedSameAs, Depends(question(AskedSameAs))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say that one's own record and another's are the same; the two stay two until they agree."""
    kept = await kept_request(request, caller, idempotency_key)
    with state.first_to_run(kept):
        commit = await writer.ask_same_as(asked, today=state.today(), request=kept)
    made = commit.result
    said = await same_as(state.client, view, made.id) if isinstance(made, Made) else made
    return written_answer(
        state, said, commit.bookmarks, status=HTTPStatus.CREATED, location=f"/v1/same-as/{said.id}"
    )


@router.get(
    "",
    summary="List what is said to be the same",
    response_model=Page[SameAs],
    responses={**problems(), 200: page_of(SAME_AS)},
)
async def list_same_as(
    request: Request, state: ServiceState, view: RecordView, query: Annotated[SameAsQuery, Query()]
) -> Response:
    """Return what is said to be the same, the oldest first, of records that are both seen."""
    (after,) = keys_of(query.cursor, 1)
    found = await page_of_same_as(
        state.client,
        view,
        state=query.state,
        record=query.record,
        after=after,
        limit=query.limit + 1,
    )
    return found_page(request, found, query.limit)


@router.get(
    "/{id}",
    summary="Read what is said to be the same",
    response_model=SameAs,
    responses={**problems(404), 200: json_example(SAME_AS)},
)
async def read_same_as(id: str, state: ServiceState, view: RecordView) -> Response:
    """Return what was said of two records, and what became of it."""
    return json_response(await same_as(state.client, view, id))


@router.post(
    "/{id}/decision",
    summary="Confirm that two records are the same, refuse or withdraw it",
    response_model=SameAs,
    responses={
        **problems(404, 409, 413, 415),
        200: json_example({**SAME_AS, "state": "confirmed", "decided_at": "2026-03-02T09:00:00Z"}),
    },
    openapi_extra=json_body("SameAsDecision", {"decision": "confirmed"}),
)
async def decide_same_as(
    id: str,
    state: ServiceState,
    writer: RecordWriter,
    decided: Annotated[SameAsDecision, Depends(question(SameAsDecision))],
) -> Response:
    """Join the two records into one node of every answer, leave them two, or part them again."""
    commit = await writer.decide_same_as(id, decided, today=state.today())
    return written_answer(state, commit.result, commit.bookmarks)
