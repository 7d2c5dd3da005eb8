"""`/v1/jobs`: long work, how far it is, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from graph.errors import NotFound
from graph.policy import sees_job, sees_run
from graph.store.jobs import Job, State, failed_rows, job
from graph.values import Instant
from service.answers import PRIVATE, accepted, json_response, problems, takes_json
from service.callers import CurrentCaller, ServiceState
from service.examples import JOB, json_example

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class JobAnswer(BaseModel):
    """A job as its caller sees it."""

    id: str
    task: Literal["import", "report"]
    state: State
    done: int
    total: int | None
    percent: float | None
    failed_rows: int
    created_at: Instant
    finished_at: Instant | None
    result: str | None
    problem: dict[str, Any] | None

    @classmethod
    def of(cls, kept: Job) -> Self:
        """Return what is shown of a job."""
        return cls.model_validate({name: getattr(kept, name) for name in cls.model_fields})


async def seen_job(id: str, state: ServiceState, caller: CurrentCaller) -> Job:
    """Return a job.

    Raises
    ------
    NotFound
        When there is none that the caller may see.
    """
    kept = await job(state.client, id)
    asked = kept.asked
    seen = (
        sees_run(caller, asked["role"], asked["organisation"])
        if kept.task == "report"
        else sees_job(caller, "record", kept.by)
    )
    if not seen:
        raise NotFound(f"there is no job {id}")
    return kept


SeenJob = Annotated[Job, Depends(seen_job)]


@router.get(
    "/{id}",
    summary="Read a job",
    response_model=JobAnswer,
    dependencies=[Depends(takes_json)],
    responses={**problems(404), 200: json_example(JOB)},
)
async def read_job(kept: SeenJob) -> Response:
    """Return how far a job is, and where its result is when it is done."""
    return json_response(JobAnswer.of(kept))


@router.get(
    "/{id}/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses={
        **problems(404),
        200: {
            "description": "The job whenever it has moved, until it has ended",
            "content": {"text/event-stream": {"example": "event: running\ndata: {...}\n\n"}},
        },
    },
)
async def follow_job(kept: SeenJob, state: ServiceState) -> AsyncIterable[ServerSentEvent]:
    """Send the job now and whenever it has moved; the event is named for its state."""
    async for moved in state.jobs.events(kept.id):
        yield ServerSentEvent(event=moved.state, data=JobAnswer.of(moved).model_dump(mode="json"))


@router.get(
    "/{id}/errors",
    summary="Read the rows of an import that failed",
    responses={
        **problems(404),
        200: {
            "description": "A line of JSON for each: its line, the row as it came, what is wrong",
            "content": {
                "application/x-ndjson": {
                    "example": '{"line": 7, "row": "...", "detail": "...", "errors": []}\n'
                }
            },
        },
    },
)
async def read_errors(request: Request, kept: SeenJob, state: ServiceState) -> Response:
    """Return the rows that were refused, in the order in which they were met."""
    media_type = accepted(request, ("application/x-ndjson",))
    lines = failed_rows(state.client, kept)
    return StreamingResponse(lines, headers=PRIVATE, media_type=media_type)


@router.post(
    "/{id}/cancel",
    summary="Cancel a job",
    response_model=JobAnswer,
    dependencies=[Depends(takes_json)],
    responses={
        **problems(404, 409),
        200: json_example({**JOB, "state": "cancelled", "finished_at": JOB["created_at"]}),
    },
)
async def cancel_job(kept: SeenJob, state: ServiceState) -> Response:
    """Cancel a job that has not ended; the batches that were written stay."""
    return json_response(JobAnswer.of(await state.jobs.cancel(kept.id)))
