"""Long work as it is kept: what is to be done, how far it is, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic_core import from_json, to_json

from graph.errors import Conflict, NotFound
from graph.store.audits import write_audited
from graph.store.pages import kept_pages, page_key
from graph.store.properties import native
from graph.store.requests import Made, Request, made_before, remember
from graph.store.runs import Run, create_run
from graph.values import Instant, Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from graph.audit.trail import Trail
    from graph.store.client import Client, Row, Transaction

State = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: Final[tuple[State, ...]] = ("queued", "running")
LEASE_SECONDS: Final = 30
"""An open job whose process has not said a word for so long may be taken over."""


class Job(Value):
    """A piece of long work.

    `position` counts what is done for good, `done` and `total` what is shown; `by` is the key
    that asked for it, `asked` what was asked, `owner` the process that works on it.
    """

    id: str
    task: Literal["import", "report"]
    state: State
    created_at: Instant
    seen_at: Instant
    finished_at: Instant | None = None
    owner: str | None = None
    by: str
    asked: dict[str, Any]
    position: int = 0
    done: int = 0
    total: int | None = None
    failed_rows: int = 0
    pages: int = 0
    result: str | None = None
    problem: dict[str, Any] | None = None

    @property
    def percent(self) -> float | None:
        """How much is done, 0 to 100 with one decimal; null while nobody knows the whole."""
        if self.state == "done":
            return 100.0
        return None if not self.total else round(min(100.0, 100 * self.done / self.total), 1)

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in OPEN

    def abandoned(self, now: datetime) -> bool:
        """Tell whether the process that works on it, or was going to, is silent."""
        return not self.ended and now - self.seen_at > timedelta(seconds=LEASE_SECONDS)


async def create_job(
    client: Client,
    new: Job,
    request: Request | None = None,
    *,
    run: Run | None = None,
    trail: Trail | None = None,
) -> str:
    """Keep a new job, unless the same request made one before; return the id of the one kept.

    `run` is the report run that the job is to answer; it is kept if the job is.
    """

    async def work(transaction: Transaction) -> str:
        if request is not None:
            if made := await made_before(transaction, request):
                return made.id
            made = Made("job", new.id, 1, status=202)
            await remember(transaction, request, made, new.created_at)
        await keep_job(transaction, new, run)
        return new.id

    def ids(kept: str) -> list[str]:
        return [kept] if run is None or kept != new.id else [kept, run.id]

    kept, _ = await write_audited(client, work, trail, ids)
    return kept


async def keep_job(transaction: Transaction, new: Job, run: Run | None) -> None:
    """Keep a new job within a transaction, and the run that it is to answer."""
    await transaction.run("write/create_job", row=_row(new))
    if run is not None:
        await create_run(transaction, run)


async def job(client: Client, job_id: str) -> Job:
    """Return a job.

    Raises
    ------
    NotFound
        When there is none of this id.
    """
    row = await client.row("read/job", id=job_id)
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return _job(row)


async def open_jobs(client: Client) -> list[Job]:
    """Return the jobs that wait or run, the oldest first."""
    rows = await client.rows("read/jobs_in_state", states=list(OPEN))
    return [_job(row) for row in rows]


async def claim_job(
    client: Client, job_id: str, owner: str, now: datetime, *, anyway: bool = False
) -> Job:
    """Give work that waits, or whose process is silent, to a process; it runs from then on.

    `anyway`: nobody else can be working on it.

    Raises
    ------
    Conflict
        When it has ended, or another process has it.
    """
    silent_since = now - timedelta(seconds=LEASE_SECONDS)
    row, _ = await client.write(
        lambda t: t.row(
            "write/claim_job",
            id=job_id,
            owner=owner,
            now=now,
            silent_since=silent_since,
            anyway=anyway,
            waits="queued",
            runs="running",
        )
    )
    if row is None:
        raise Conflict(f"the job {job_id} has ended, or another process has it")
    return _job(row)


async def update_job(
    client: Client, job_id: str, *, states: Collection[State] = OPEN, **fields: object
) -> Job:
    """Change a job that is in one of some states.

    Raises
    ------
    Conflict
        When it is in another one.
    """
    row, _ = await client.write(lambda t: step(t, job_id, states=states, **fields))
    if row is None:
        raise Conflict(f"the job {job_id} is not {' or '.join(states)}")
    return _job(row)


async def step(
    transaction: Transaction, job_id: str, *, states: Collection[State] = OPEN, **fields: object
) -> Row | None:
    """Change a job within a transaction; return nothing when it is in another state."""
    row = {
        name: to_json(value).decode() if isinstance(value, dict) else value
        for name, value in fields.items()
    } | {"seen_at": datetime.now(UTC)}
    return await transaction.row("write/update_job", id=job_id, states=list(states), row=row)


def failed_rows(client: Client, job: Job) -> AsyncIterator[str]:
    """Yield the rows of a job that failed, as lines of JSON; memory is that of one batch."""
    return kept_pages(client, job.id, job.pages)


async def keep_failed_rows(transaction: Transaction, job_id: str, page: int, lines: str) -> None:
    """Keep rows that failed, in the transaction that wrote the others."""
    await transaction.run("write/put_page", key=page_key(job_id, page), text=lines)


def _row(job: Job) -> dict[str, Any]:
    row = job.model_dump(exclude_none=True)
    return {
        name: to_json(value).decode() if isinstance(value, dict) else value
        for name, value in row.items()
    }


def _job(row: Row) -> Job:
    fields = {name: native(value) for name, value in row["job"].items()}
    for name in ("asked", "problem"):
        if fields.get(name) is not None:
            fields[name] = from_json(fields[name])
    return Job.model_validate(fields)
