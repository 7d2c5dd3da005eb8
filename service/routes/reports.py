"""`/v1/reports`: questions about the whole network, kept as runs."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.analytics.questions import ReportKind
from graph.analytics.what_changed import what_changed
from graph.errors import Conflict, RunOutdated
from graph.policy import may, view
from graph.store.changes import Revision
from graph.store.last_answers import last_answer
from graph.store.positions import Positions
from graph.store.reading import Reader
from graph.store.runs import Run, answer_before, page_of_runs, result_of, run_for
from graph.values import Day, Instant
from service.answers import PRIVATE, accepted, json_response, problems, takes_json
from service.asking import asked_run, check_lender
from service.bodies import IdempotencyKey, kept_request, question
from service.callers import AnalysisView, CurrentCaller, CurrentTrail, ServiceState
from service.examples import JOB, REPORT, REPORT_QUESTION, json_body, json_example, page_of
from service.jobs import asker
from service.paging import Page, PageQuery, found_page, keys_of
from service.report_page import report_csv, report_html
from service.routes.jobs import JobAnswer

router = APIRouter(prefix="/v1/reports", tags=["reports"])
_WAIT: Final = re.compile(r"\bwait\s*=\s*(\d{1,6})\b")
MOST_WAIT_SECONDS: Final = 60
MOST_NAMES: Final = 1_000
_NAMED_BESIDE: Final = ("other", "main_carer", "main_carer_earlier")


class ReportQuestion(BaseModel):
    """What to ask of the network of one day."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: ReportKind
    parameters: dict[str, Any] = {}
    as_of: Day | None = None
    fresh: Annotated[
        bool, Field(description="Compute it again, even where the last answer still holds")
    ] = False


class ReportSummary(BaseModel):
    """A run without its answer."""

    id: str
    kind: str
    parameters: dict[str, Any]
    as_of: Day
    revision: Annotated[
        str | None, Field(description="Opaque: two runs of one network have the same")
    ]
    state: str
    created_at: Instant
    problem: str | None
    schedule: Annotated[str | None, Field(description="The schedule that asked, if it was one")] = (
        None
    )

    @classmethod
    def of(cls, kept: Run, positions: Positions) -> Self:
        """Return what is shown of a run."""
        shown: dict[str, Any] = {name: getattr(kept, name) for name in ReportSummary.model_fields}
        if kept.epoch is not None and kept.revision is not None:
            shown["revision"] = positions.sealed(Revision(kept.epoch, kept.revision))
        return cls.model_validate(shown)


class ReportAnswer(ReportSummary):
    """A run with its answer, null while there is none."""

    result: dict[str, Any] | None = None
    changes: Annotated[
        dict[str, Any] | None,
        Field(description="What changed since the schedule's answer before this one"),
    ] = None


class ReportQuery(PageQuery):
    """What a list of runs is narrowed to."""

    kind: ReportKind | None = None
    schedule: Annotated[str | None, Query(max_length=64)] = None


@router.post(
    "",
    summary="Ask for a report",
    response_model=ReportAnswer,
    dependencies=[Depends(takes_json)],
    responses={
        **problems(404, 409, 410, 413, 415, 429),
        200: json_example(REPORT),
        202: {
            "model": JobAnswer,
            "description": "It is being computed: `Location` says where to look",
            **json_example({**JOB, "task": "report", "failed_rows": 0}),
        },
    },
    openapi_extra=json_body("ReportQuestion", REPORT_QUESTION),
)
async def ask_report(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    trail: CurrentTrail,
    seen: AnalysisView,
    asked: Annotated[ReportQuestion, Depends(question(ReportQuestion))],
    prefer: Annotated[str | None, Header(max_length=500)] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Return the answer if it is ready within `Prefer: wait=N` seconds, else the job.

    Where nothing has changed since the same question was answered, that run is the answer.
    """
    new = asked_run(
        caller,
        asked.kind,
        asked.parameters,
        as_of=asked.as_of,
        now=datetime.now(UTC).replace(microsecond=0),
        today=state.today(),
        smallest=state.settings.smallest_count,
    )
    await check_lender(state.client, new.kind, new.parameters, caller, state.today())
    kept = await kept_request(request, caller, idempotency_key)
    # A request that is to have a run of its own, and the same one when it comes again.
    if kept is None and not asked.fresh and (run := await _last_answer(state, new)) is not None:
        return await _told(state, run, seen)
    await state.jobs.check_room()
    with state.first_to_run(kept):
        job = await state.jobs.submit(
            "report",
            {"run": new.id, **asker(caller)},
            by=caller.key,
            request=kept,
            run=new,
            trail=trail,
        )
    waited = await state.jobs.wait(job.id, _wait_seconds(prefer))
    if waited.state == "done":
        done = await run_for(state.client, job.asked["run"], caller, state.today())
        return await _told(state, done, seen)
    return json_response(
        JobAnswer.of(waited),
        status=HTTPStatus.ACCEPTED,
        headers={"Location": f"/v1/jobs/{job.id}"},
    )


@router.get(
    "",
    summary="List report runs",
    response_model=Page[ReportSummary],
    dependencies=[Depends(takes_json)],
    responses={**problems(), 200: page_of({k: v for k, v in REPORT.items() if k != "result"})},
)
async def list_reports(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    _: AnalysisView,
    query: Annotated[ReportQuery, Query()],
) -> Response:
    """Return the runs of the caller's role and organisation without their answers."""
    (before,) = keys_of(query.cursor, 1)
    runs = await page_of_runs(
        state.client,
        caller,
        state.today(),
        kind=query.kind,
        schedule=query.schedule,
        before=before or None,
        limit=query.limit + 1,
    )
    found = [ReportSummary.of(kept, state.positions) for kept in runs]
    return found_page(request, found, query.limit)


@router.get(
    "/{id}",
    summary="Read a report run",
    response_model=ReportAnswer,
    responses={
        **problems(404, 409, 410),
        200: {
            "description": "As JSON, CSV or a page to print, by `Accept`",
            "content": {
                "application/json": {"example": REPORT},
                "text/csv": {"example": "node,degree\n..."},
                "text/html": {"example": "<!doctype html>..."},
            },
        },
    },
)
async def read_report(
    request: Request, id: str, state: ServiceState, caller: CurrentCaller, seen: AnalysisView
) -> Response:
    """Return a run with its answer."""
    media_type = accepted(request, ("application/json", "text/csv", "text/html"))
    kept = await run_for(state.client, id, caller, state.today())
    answer = await _answer(state, kept, seen)
    if media_type == "application/json":
        return json_response(answer)
    if answer.result is None:
        raise Conflict(f"this run is {kept.state}: it has no rows to show")
    if media_type == "text/csv":
        return Response(report_csv(answer.model_dump(mode="json")), 200, PRIVATE, "text/csv")
    names = await _names(state, caller, answer.result)
    for row in answer.result["rows"][:MOST_NAMES]:
        if row.get("node") in names:
            row["name"] = names[row["node"]]
        for beside in _NAMED_BESIDE:
            if row.get(beside) in names:
                row[beside] = names[row[beside]]
    return Response(report_html(answer.model_dump(mode="json")), 200, PRIVATE, "text/html")


async def _last_answer(state: ServiceState, asked: Run) -> Run | None:
    return await last_answer(state.client, asked.question or "", state.today())


async def _told(state: ServiceState, done: Run, seen: AnalysisView) -> Response:
    answer = await _answer(state, done, seen)
    return json_response(answer, headers={"Content-Location": f"/v1/reports/{done.id}"})


async def _answer(state: ServiceState, kept: Run, seen: AnalysisView) -> ReportAnswer:
    answer = ReportAnswer.of(kept, state.positions)
    answer.result = await result_of(state.client, kept, seen)
    before = await answer_before(state.client, kept, state.today())
    # Where somebody withdrew since, there is nothing left to compare with.
    with suppress(RunOutdated):
        if answer.result is not None and before is not None:
            earlier = await result_of(state.client, before, seen)
            if earlier is not None:
                answer.changes = {
                    "since": before.id,
                    "as_of": str(before.as_of),
                    **what_changed(earlier, answer.result),
                }
    return answer


async def _names(
    state: ServiceState, caller: CurrentCaller, result: dict[str, Any]
) -> dict[str, str]:
    """Return the names in a report's first rows, as the caller may see them."""
    if not may(caller, "directory"):
        return {}
    ids = [
        str(row[name])
        for row in result["rows"][:MOST_NAMES]
        for name in ("node", *_NAMED_BESIDE)
        if row.get(name)
    ]
    reader = Reader(state.client, view(caller, "directory", state.today()))
    return {node.id: node.name for node in await reader.nodes(ids)}


def _wait_seconds(prefer: str | None) -> float:
    found = _WAIT.search(prefer or "")
    return min(int(found.group(1)), MOST_WAIT_SECONDS) if found else 0
