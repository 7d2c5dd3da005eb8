"""`/v1/people/{id}`: what a person agreed to, restriction, and safeguarding overrides."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from graph.consents import Consent
from graph.errors import NotFound
from graph.store.consent_writes import Override
from graph.store.requests import Made
from service.answers import deleted_response, json_response, problems, takes_json, written_answer
from service.bodies import IdempotencyKey, JsonFields, kept_request
from service.callers import (
    CurrentCaller,
    OverridesAllowed,
    RecordReader,
    RecordWriter,
    ServiceState,
)
from service.examples import CONSENT, CONSENT_FIELDS, MOVED, OVERRIDE, json_body, json_example

router = APIRouter(prefix="/v1/people/{id}", tags=["consents"], dependencies=[Depends(takes_json)])
_SHOWN: Final[dict[str, Any]] = json_example(CONSENT)


class Consents(BaseModel):
    """All consents of a person, withdrawn ones too, in the order of their recording."""

    items: list[Consent]


class Overrides(BaseModel):
    """Every safeguarding override of a person, the oldest first."""

    items: list[Override]


@router.get(
    "/consents",
    summary="List what a person agreed to",
    response_model=Consents,
    responses={**problems(404), **MOVED, 200: json_example({"items": [CONSENT]})},
)
async def list_consents(id: str, reader: RecordReader) -> Response:
    """Return the history of a person's consents, to their steward and to themselves."""
    return json_response(Consents(items=await reader.consents(id)))


@router.post(
    "/consents",
    summary="Record a consent",
    status_code=HTTPStatus.CREATED,
    response_model=Consent,
    responses={**problems(404, 409, 413, 415), 201: _SHOWN},
    openapi_extra=json_body("ConsentFields", CONSENT_FIELDS),
)
async def give_consent(
    request: Request,
    id: str,
    state: ServiceState,
    caller: CurrentCaller,
    writer: RecordWriter,
    reader: RecordReader,
    given: JsonFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Record what a person agreed to; for each purpose the latest one decides."""
    kept = await kept_request(request, caller, idempotency_key)
    with state.first_to_run(kept):
        commit = await writer.give_consent(id, given, today=state.today(), request=kept)
    made = commit.result
    consent = await _consent(reader, id, made.id) if isinstance(made, Made) else made
    return written_answer(
        state,
        consent,
        commit.bookmarks,
        status=HTTPStatus.CREATED,
        location=f"/v1/people/{id}/consents/{consent.id}",
    )


@router.get(
    "/consents/{consent}",
    summary="Read a consent",
    response_model=Consent,
    responses={**problems(404), **MOVED, 200: _SHOWN},
)
async def read_consent(id: str, consent: str, reader: RecordReader) -> Response:
    """Return one consent."""
    return json_response(await _consent(reader, id, consent))


@router.post(
    "/consents/{consent}/withdrawal",
    summary="Withdraw a consent",
    response_model=Consent,
    responses={**problems(404, 409), 200: _SHOWN},
)
async def withdraw_consent(
    id: str, consent: str, state: ServiceState, writer: RecordWriter
) -> Response:
    """Withdraw a consent: it opens nothing from the next read on, and is kept."""
    commit = await writer.withdraw_consent(id, consent)
    return written_answer(state, commit.result, commit.bookmarks)


@router.post(
    "/restriction",
    summary="Keep a person's record and use it for nothing",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404), 204: {"description": "Restricted"}},
)
async def restrict(id: str, state: ServiceState, writer: RecordWriter) -> Response:
    """Restrict a record (UK GDPR Article 18): its steward alone sees it, and no answer uses it."""
    commit = await writer.restrict(id, restricted=True)
    return deleted_response(state, commit.bookmarks)


@router.delete(
    "/restriction",
    summary="Use a person's record again",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404), 204: {"description": "No longer restricted"}},
)
async def lift_restriction(id: str, state: ServiceState, writer: RecordWriter) -> Response:
    """Lift a restriction: what was agreed to holds again."""
    commit = await writer.restrict(id, restricted=False)
    return deleted_response(state, commit.bookmarks)


@router.get(
    "/overrides",
    summary="List a person's safeguarding overrides",
    response_model=Overrides,
    responses={**problems(404), **MOVED, 200: json_example({"items": [OVERRIDE]})},
)
async def list_overrides(id: str, reader: RecordReader) -> Response:
    """Return every override of a record, to its steward and to the person."""
    return json_response(Overrides(items=await reader.overrides(id)))


@router.post(
    "/overrides",
    summary="Open a record for safeguarding",
    status_code=HTTPStatus.CREATED,
    response_model=Override,
    responses={**problems(404, 413, 415), 201: json_example(OVERRIDE)},
    openapi_extra=json_body(
        "OverrideFields",
        {
            name: OVERRIDE[name]
            for name in ("role", "reason", "author", "second_person", "review_on")
        },
    ),
)
async def override(
    id: str, state: ServiceState, _: OverridesAllowed, writer: RecordWriter, given: JsonFields
) -> Response:
    """Open one record to one role until it is reviewed; two people answer for it."""
    commit = await writer.override(id, given, today=state.today())
    return written_answer(state, commit.result, commit.bookmarks, status=HTTPStatus.CREATED)


async def _consent(reader: RecordReader, person_id: str, consent_id: str) -> Consent:
    for consent in await reader.consents(person_id):
        if consent.id == consent_id:
            return consent
    raise NotFound(f"there is no consent {consent_id}")
