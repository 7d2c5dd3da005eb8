"""`/v1/retention`: how long records are kept, what is over its time, and what went."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from graph.store.retention import (
    CLASSES,
    RetentionClass,
    RetentionReport,
    announce,
    apply,
    due,
    over_before,
    retention_reports,
)
from graph.values import Day
from service.answers import json_response, problems, takes_json
from service.callers import OperationsAllowed, ServiceState
from service.examples import RETENTION_REPORT, json_example

router = APIRouter(prefix="/v1/retention", tags=["retention"], dependencies=[Depends(takes_json)])


class KeptClass(BaseModel):
    """One class: the days that it is kept, null for good, and how many are over their time."""

    name: RetentionClass
    days: int | None
    due: int


class RetentionAnswer(BaseModel):
    """Every class, the reports, and when the service applies the report that waits."""

    classes: list[KeptClass]
    reports: list[RetentionReport]
    goes_on: Day | None


@router.get(
    "",
    summary="Read what is kept how long",
    response_model=RetentionAnswer,
    responses={
        **problems(),
        200: json_example(
            {
                "classes": [{"name": "jobs", "days": 90, "due": 12}],
                "reports": [RETENTION_REPORT],
                "goes_on": "2026-03-08",
            }
        ),
    },
)
async def read_retention(state: ServiceState, _: OperationsAllowed) -> Response:
    """Return counts alone: nobody is named."""
    periods = state.settings.kept_days
    now = datetime.now(UTC)
    counts = await due(state.client, over_before(periods, state.today()), now)
    reports = await retention_reports(state.client)
    return json_response(
        RetentionAnswer(
            classes=[
                KeptClass(name=name, days=periods[name], due=counts.get(name, 0))
                for name in CLASSES
            ],
            reports=reports,
            goes_on=_goes_on(reports, state.settings.retention_notice_days),
        )
    )


@router.post(
    "",
    summary="Report what is over its time",
    status_code=HTTPStatus.CREATED,
    response_model=RetentionReport,
    responses={**problems(), 201: json_example(RETENTION_REPORT)},
)
async def make_retention_report(state: ServiceState, _: OperationsAllowed) -> Response:
    """Count what is over its time, and keep that as a report; nothing is deleted."""
    periods = state.settings.kept_days
    now = datetime.now(UTC).replace(microsecond=0)
    report = await announce(state.client, periods, now=now, today=state.today())
    return json_response(report, status=HTTPStatus.CREATED)


@router.post(
    "/{id}/apply",
    summary="Delete what a retention report announced",
    response_model=RetentionReport,
    responses={
        **problems(404, 409),
        200: json_example(
            {
                **RETENTION_REPORT,
                "applied_at": "2026-03-08T09:00:00Z",
                "deleted": {"jobs": 12, "runs": 3},
            }
        ),
    },
)
async def apply_retention_report(id: str, state: ServiceState, _: OperationsAllowed) -> Response:
    """Delete what was over its time by then and was not changed since."""
    now = datetime.now(UTC).replace(microsecond=0)
    applied = await apply(state.client, id, now=now)
    # Whoever was erased may have had a key.
    await state.authentication.has_changed()
    return json_response(applied)


def _goes_on(reports: list[RetentionReport], notice_days: int) -> date | None:
    waiting = [report.at for report in reports if report.applied_at is None]
    return (min(waiting) + timedelta(days=notice_days)).date() if waiting else None
