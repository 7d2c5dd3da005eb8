"""`/v1/people/{id}/erasure`: the right to be forgotten."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from graph.store.erasing import Erasure, ErasureReason, LiftReason
from graph.values import Day, Instant
from service.answers import deleted_response, problems, takes_json, written_answer
from service.backups import Backup, kept_backups
from service.bodies import question
from service.callers import ErasureWriter, ServiceState
from service.examples import ERASURE, json_body, json_example

router = APIRouter(prefix="/v1/people", tags=["people"], dependencies=[Depends(takes_json)])


class ErasureQuestion(BaseModel):
    """Why somebody is to be erased."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: ErasureReason


class LiftQuery(BaseModel):
    """Why somebody who was erased may be recorded again."""

    model_config = ConfigDict(extra="forbid")

    reason: LiftReason


class BackupAnswer(BaseModel):
    """A backup that may hold the person, and the day on which it expires."""

    name: str
    expires_on: Day


class ErasureAnswer(BaseModel):
    """What was erased, what was changed for it, and what still holds the person."""

    erased: str
    at: Instant
    ties: int
    references: int
    runs_removed: list[str]
    jobs_scrubbed: list[str]
    jobs_open: list[str]
    backups: list[BackupAnswer]

    @classmethod
    def of(cls, done: Erasure, backups: list[Backup]) -> Self:
        """Return what is told of an erasure."""
        return cls(
            erased=done.id,
            at=done.at,
            ties=done.ties,
            references=done.references,
            runs_removed=done.runs,
            jobs_scrubbed=done.jobs_scrubbed,
            jobs_open=done.jobs_open,
            backups=[BackupAnswer(**found._asdict()) for found in backups],
        )


@router.post(
    "/{id}/erasure",
    summary="Erase a person",
    response_model=ErasureAnswer,
    responses={**problems(404, 409, 413, 415), 200: json_example(ERASURE)},
    openapi_extra=json_body("ErasureQuestion", {"reason": "consent_withdrawn"}),
)
async def erase_person(
    id: str,
    state: ServiceState,
    writer: ErasureWriter,
    asked: Annotated[ErasureQuestion, Depends(question(ErasureQuestion))],
) -> Response:
    """Erase a person with all ties, and keep them from being recorded again."""
    commit = await writer.erase_person(id, asked.reason)
    await state.authentication.has_lost(commit.result.keys_ended)
    return written_answer(
        state, ErasureAnswer.of(commit.result, kept_backups(state.settings)), commit.bookmarks
    )


@router.delete(
    "/{id}/erasure",
    summary="Let a person who was erased be recorded again",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404), 204: {"description": "Lifted"}},
)
async def lift_erasure(
    id: str, state: ServiceState, writer: ErasureWriter, query: Annotated[LiftQuery, Query()]
) -> Response:
    """Lift an erasure; nothing of the person comes back by it."""
    commit = await writer.lift_erasure(id, query.reason)
    return deleted_response(state, commit.bookmarks)
