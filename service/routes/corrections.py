"""`/v1/corrections`: what people ask to be corrected of their records, and what becomes of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.store.corrections import (
    AskedCorrection,
    Correction,
    CorrectionDecision,
    CorrectionState,
    page_of_corrections,
)
from service.answers import problems, takes_json, written_answer
from service.bodies import question
from service.callers import (
    CorrectionsAllowed,
    RecordView,
    RecordWriter,
    ServiceState,
)
from service.examples import CORRECTION, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of

router = APIRouter(prefix="/v1", tags=["corrections"], dependencies=[Depends(takes_json)])


class CorrectionsQuery(PageQuery):
    """What a list of corrections is narrowed to."""

    state: CorrectionState = "open"


@router.post(
    "/people/{id}/corrections",
    summary="Ask for a correction of one's record",
    status_code=HTTPStatus.CREATED,
    response_model=Correction,
    responses={**problems(404, 409, 413, 415), 201: json_example(CORRECTION)},
    openapi_extra=json_body("AskedCorrection", {"field": "name", "value": "Ada Oak"}),
)
async def ask_correction(
    id: str,
    state: ServiceState,
    _: CorrectionsAllowed,
    writer: RecordWriter,
    asked: Annotated[AskedCorrection, Depends(question(AskedCorrection))],
) -> Response:
    """Keep what a person asks to be corrected, until their steward decides."""
    commit = await writer.ask_correction(id, asked)
    return written_answer(state, commit.result, commit.bookmarks, status=HTTPStatus.CREATED)


@router.get(
    "/corrections",
    summary="List what people ask to be corrected",
    response_model=Page[Correction],
    responses={**problems(), 200: page_of(CORRECTION)},
)
async def list_corrections(
    request: Request,
    state: ServiceState,
    view: RecordView,
    query: Annotated[CorrectionsQuery, Query()],
) -> Response:
    """Return corrections, the oldest first: of one's own people, or those that a member asked."""
    (after,) = keys_of(query.cursor, 1)
    found = await page_of_corrections(
        state.client, view, state=query.state, after=after, limit=query.limit + 1
    )
    return found_page(request, found, query.limit)


@router.post(
    "/corrections/{id}/decision",
    summary="Apply a correction, or refuse it",
    response_model=Correction,
    responses={
        **problems(404, 409, 413, 415),
        200: json_example(
            {
                **CORRECTION,
                "state": "accepted",
                "decided_at": "2026-03-02T09:00:00Z",
                "decided_because": "It was misheard",
            }
        ),
    },
    openapi_extra=json_body(
        "CorrectionDecision", {"decision": "accepted", "reason": "It was misheard"}
    ),
)
async def decide_correction(
    id: str,
    state: ServiceState,
    writer: RecordWriter,
    decided: Annotated[CorrectionDecision, Depends(question(CorrectionDecision))],
) -> Response:
    """Apply what was asked to the record, or refuse it; the reason is kept for the person."""
    commit = await writer.decide_correction(id, decided)
    return written_answer(state, commit.result, commit.bookmarks)
