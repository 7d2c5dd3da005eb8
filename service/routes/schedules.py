"""`/v1/schedules`: reports that are asked again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.analytics.questions import ReportKind, earlier_day, report_parameters
from graph.disclosure import check_month
from graph.errors import Invalid
from graph.store.schedules import (
    ReportSchedule,
    create_schedule,
    delete_schedule,
    page_of_schedules,
    schedule_for,
    set_paused,
)
from graph.values import Instant, new_id
from service.answers import deleted_response, json_response, problems, takes_json
from service.asking import check_lender
from service.bodies import question
from service.callers import AnalysisView, CurrentCaller, CurrentTrail, ServiceState
from service.examples import SCHEDULE, SCHEDULE_QUESTION, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of

router = APIRouter(prefix="/v1/schedules", tags=["reports"], dependencies=[Depends(takes_json)])


class ScheduleQuestion(BaseModel):
    """What to ask, and when."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: ReportKind
    parameters: dict[str, Any] = {}
    rrule: Annotated[
        str,
        Field(max_length=500, description="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO"),
    ]
    starts: Annotated[
        Instant | None, Field(description="Gives the time of day; now, if not said")
    ] = None


class ScheduleAnswer(BaseModel):
    """A schedule as it stands."""

    id: str
    kind: str
    parameters: dict[str, Any]
    rrule: str
    starts: Instant
    paused: bool
    next_at: Annotated[
        Instant | None, Field(description="When it is asked next; null: paused, or over")
    ]
    last_run: Annotated[str | None, Field(description="The run that it last asked for")]
    created_at: Instant

    @classmethod
    def of(cls, kept: ReportSchedule) -> Self:
        """Return what is shown of a schedule."""
        return cls.model_validate({name: getattr(kept, name) for name in cls.model_fields})


@router.post(
    "",
    summary="Have a report asked again and again",
    status_code=HTTPStatus.CREATED,
    response_model=ScheduleAnswer,
    responses={**problems(404, 410, 413, 415), 201: json_example(SCHEDULE)},
    openapi_extra=json_body("ScheduleQuestion", SCHEDULE_QUESTION),
)
async def make_schedule(
    state: ServiceState,
    caller: CurrentCaller,
    trail: CurrentTrail,
    _: AnalysisView,
    asked: Annotated[ScheduleQuestion, Depends(question(ScheduleQuestion))],
) -> Response:
    """Keep a schedule; it belongs to the caller's role and organisation."""
    now = datetime.now(UTC).replace(microsecond=0)
    parameters = _checked(caller, asked)
    await check_lender(state.client, asked.kind, parameters, caller, state.today())
    new = ReportSchedule(
        id=new_id(),
        kind=asked.kind,
        parameters=parameters,
        rrule=asked.rrule,
        starts=asked.starts or now,
        role=caller.role,
        organisation=caller.organisation,
        by=caller.key,
        created_at=now,
    )
    following = new.after(now, state.settings.zone)
    if following is None:
        raise Invalid.at("/rrule", "never comes round from now on")
    new = new.model_copy(update={"next_at": following})
    await create_schedule(state.client, new, trail)
    return json_response(
        ScheduleAnswer.of(new),
        status=HTTPStatus.CREATED,
        headers={"Location": f"/v1/schedules/{new.id}"},
    )


def _checked(caller: CurrentCaller, asked: ScheduleQuestion) -> dict[str, Any]:
    if asked.kind == "what_if":
        # It names people, whom a schedule would go on naming after they are erased.
        raise Invalid.at("/kind", "what_if is asked each time anew, not by a schedule")
    parameters = report_parameters(asked.kind, asked.parameters)
    check_month(caller.role, earlier_day(parameters))
    return parameters.model_dump(mode="json")


@router.get(
    "",
    summary="List schedules",
    response_model=Page[ScheduleAnswer],
    responses={**problems(), 200: page_of(SCHEDULE)},
)
async def list_schedules(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    _: AnalysisView,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Return the schedules of the caller's role and organisation, the oldest first."""
    (after,) = keys_of(query.cursor, 1)
    found = await page_of_schedules(state.client, caller, after=after, limit=query.limit + 1)
    return found_page(request, [ScheduleAnswer.of(kept) for kept in found], query.limit)


@router.get(
    "/{id}",
    summary="Read a schedule",
    response_model=ScheduleAnswer,
    responses={**problems(404), 200: json_example(SCHEDULE)},
)
async def read_schedule(
    id: str, state: ServiceState, caller: CurrentCaller, _: AnalysisView
) -> Response:
    """Return when it is asked next, and which run was the last."""
    return json_response(ScheduleAnswer.of(await schedule_for(state.client, id, caller)))


@router.post(
    "/{id}/pause",
    summary="Pause a schedule",
    response_model=ScheduleAnswer,
    responses={
        **problems(404),
        200: json_example({**SCHEDULE, "paused": True, "next_at": None}),
    },
)
async def pause_schedule(
    id: str, state: ServiceState, caller: CurrentCaller, trail: CurrentTrail, _: AnalysisView
) -> Response:
    """Ask nothing more until it is resumed."""
    await schedule_for(state.client, id, caller)
    kept = await set_paused(state.client, id, paused=True, next_at=None, trail=trail)
    return json_response(ScheduleAnswer.of(kept))


@router.post(
    "/{id}/resume",
    summary="Resume a schedule",
    response_model=ScheduleAnswer,
    responses={**problems(404), 200: json_example(SCHEDULE)},
)
async def resume_schedule(
    id: str, state: ServiceState, caller: CurrentCaller, trail: CurrentTrail, _: AnalysisView
) -> Response:
    """Go on from now; what came round meanwhile is not made up for."""
    found = await schedule_for(state.client, id, caller)
    following = found.after(datetime.now(UTC), state.settings.zone)
    kept = await set_paused(state.client, id, paused=False, next_at=following, trail=trail)
    return json_response(ScheduleAnswer.of(kept))


@router.delete(
    "/{id}",
    summary="Delete a schedule",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404), 204: {"description": "It is asked no more; its runs stay"}},
)
async def end_schedule(
    id: str, state: ServiceState, caller: CurrentCaller, trail: CurrentTrail, _: AnalysisView
) -> Response:
    """Delete it."""
    await schedule_for(state.client, id, caller)
    await delete_schedule(state.client, id, trail)
    return deleted_response(state, ())
