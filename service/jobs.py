"""Long work: kept in the store, worked off by the service that took it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

import structlog

from graph.errors import (
    Conflict,
    EngineUnavailable,
    GraphError,
    Invalid,
    Throttled,
)
from graph.policy import Caller, view
from graph.store.jobs import OPEN, Job, claim_job, create_job, job, open_jobs, update_job
from graph.store.runs import Run, end_run
from graph.values import new_id
from service.importing import Cancelled, Importing
from service.spool import Spool, sweep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import date
    from pathlib import Path

    from graph.audit.journal import Journal
    from graph.audit.trail import Trail
    from graph.store.client import Client
    from graph.store.requests import Request
    from service.answering import Answering

LOOK_SECONDS: Final = 5.0
"""How often a service looks for work that another one left."""

EVENT_SECONDS: Final = 0.3

_log = structlog.get_logger(__name__)


def asker(caller: Caller) -> dict[str, Any]:
    """Return who asks for a job, as the job keeps it: it is done as they may see things then."""
    return {"role": caller.role, "organisation": caller.organisation, "person": caller.person}


def asker_of(kept: Job) -> Caller:
    """Return who asked for a job."""
    asked = kept.asked
    return Caller(
        kept.by, asked["role"], organisation=asked["organisation"], person=asked["person"]
    )


class Jobs:
    """The work of one service process: one import at a time, and some reports.

    A report is worked off by whichever process on the same store has a turn free; an import by
    the one that holds the upload.

    Parameters
    ----------
    client
        What the work is done on.
    answering
        What answers reports.
    journal
        Where what an import writes is audited.
    folder
        Where uploads are spooled.
    most_waiting
        More open jobs than this are not taken.
    reports_at_once
        So many reports are computed side by side.
    today
        Tells the community's day, on which consents are judged.
    """

    def __init__(
        self,
        client: Client,
        answering: Answering,
        journal: Journal,
        folder: Path,
        *,
        most_waiting: int,
        reports_at_once: int,
        today: Callable[[], date],
    ) -> None:
        self._client = client
        self._answering = answering
        self._journal = journal
        self._folder = folder
        self._most_waiting = most_waiting
        self._today = today
        self._owner = uuid4().hex
        self._work: dict[str, asyncio.Task[None]] = {}
        self._turns = {
            "import": asyncio.Semaphore(1),
            "report": asyncio.Semaphore(reports_at_once),
        }
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on with what an earlier process left, now and from time to time."""
        sweep(self._folder, keep={found.id for found in await open_jobs(self._client)})
        await self._look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Leave the work where it is: the next process goes on with it."""
        tasks = [*self._work.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def spool(self, job_id: str) -> Spool:
        """Return where a job keeps its files."""
        return Spool(self._folder, job_id)

    async def check_room(self) -> None:
        """Refuse more work than can wait.

        Raises
        ------
        Throttled
            When too many jobs are open.
        """
        if not await self.has_room():
            raise Throttled("too many jobs are waiting: come again when some have ended")

    async def has_room(self) -> bool:
        """Tell whether more work may wait."""
        return len(await open_jobs(self._client)) < self._most_waiting

    async def submit(
        self,
        task: Literal["import", "report"],
        asked: dict[str, Any],
        *,
        by: str,
        job_id: str | None = None,
        request: Request | None = None,
        run: Run | None = None,
        trail: Trail | None = None,
    ) -> Job:
        """Keep a new job and begin with it; return the first one of a request that comes again."""
        now = datetime.now(UTC)
        new = Job(
            id=job_id or new_id(),
            task=task,
            state="queued",
            created_at=now,
            seen_at=now,
            owner=self._owner,
            by=by,
            asked=asked,
        )
        kept = await create_job(self._client, new, request, run=run, trail=trail)
        if kept != new.id:
            return await job(self._client, kept)
        self.begin(new)
        return new

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job that has not ended.

        Raises
        ------
        Conflict
            When it has.
        """
        now = datetime.now(UTC)
        cancelled = await update_job(
            self._client, job_id, states=OPEN, state="cancelled", finished_at=now
        )
        if job_id in self._work:
            self._work[job_id].cancel()
        await self._tidy(cancelled)
        return cancelled

    async def wait(self, job_id: str, seconds: float) -> Job:
        """Return a job when it has ended, or when some seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for state in self.events(job_id):
                    if state.ended:
                        return state
        return await job(self._client, job_id)

    async def events(self, job_id: str) -> AsyncIterator[Job]:
        """Yield a job now, and whenever it has moved, until it has ended.

        Raises
        ------
        NotFound
            When there is none.
        """
        last: Job | None = None
        while True:
            state = await job(self._client, job_id)
            if last is None or _shown(state) != _shown(last):
                yield state
            if state.ended:
                return
            last = state
            work = self._work.get(job_id)
            if work is None:
                await asyncio.sleep(EVENT_SECONDS)
            else:
                await asyncio.wait([work], timeout=EVENT_SECONDS)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except EngineUnavailable:
                _log.warning("jobs_not_looked_at", reason="engine unavailable")

    async def _look(self) -> None:
        """Take what nobody works on, show that what is ours is alive, drop what was cancelled."""
        now = datetime.now(UTC)
        begun = list(self._work)
        there = await open_jobs(self._client)
        for found in there:
            if found.id not in self._work:
                if found.abandoned(now) or self._is_ours(found) or self._has_turn_for(found):
                    self.begin(found)
            elif found.owner == self._owner:
                await self._show_life(found)
        for over in set(begun) - {found.id for found in there}:
            if over in self._work:
                self._work[over].cancel()

    def _is_ours(self, found: Job) -> bool:
        """Tell whether no other process can be working on a job."""
        return self._client.engine.embedded or self.spool(found.id).upload.exists()

    def _has_turn_for(self, found: Job) -> bool:
        waits = found.task == "report" and found.state == "queued"
        return waits and not self._turns["report"].locked()

    async def _show_life(self, found: Job) -> None:
        with suppress(Conflict):
            await update_job(self._client, found.id, states=OPEN)

    def begin(self, new: Job) -> None:
        """Work on a job that is kept, when its turn comes."""
        if new.id in self._work:
            return
        work = asyncio.create_task(self._do(new))
        self._work[new.id] = work
        work.add_done_callback(lambda _: self._work.pop(new.id, None))

    async def _do(self, new: Job) -> None:
        """Do a job to its end, and keep what became of it."""
        async with self._turns[new.task]:
            try:
                taken = await claim_job(
                    self._client,
                    new.id,
                    self._owner,
                    datetime.now(UTC),
                    anyway=self._is_ours(new),
                )
            except Conflict:
                return
            try:
                await self._WORK[new.task](self, taken)
            except Cancelled:
                # Perhaps by another process, which cannot reach these files.
                self.spool(new.id).clear()
            except EngineUnavailable as failure:
                _log.warning("job_interrupted", job=new.id, reason=type(failure).__name__)
                return
            except GraphError as failure:
                await self._fail(taken, failure)
            except Exception as bug:  # noqa: BLE001 - a job that dies says so
                _log.error("job_failed", job=new.id, exc_info=bug)
                await self._fail(taken, GraphError("the service failed; the failure is in its log"))

    async def _fail(self, failed: Job, failure: GraphError) -> None:
        faults = failure.faults if isinstance(failure, Invalid) else ()
        problem = {
            "title": type(failure).__name__,
            "detail": failure.detail,
            "errors": [{"pointer": f.pointer, "detail": f.detail} for f in faults],
        }
        # The job ends last: what has ended is no longer worked on.
        if failed.task == "report":
            await end_run(self._client, failed.asked["run"], "failed", failure.detail)
        await self._end(failed, "failed", problem=problem)

    async def _import(self, taken: Job) -> None:
        spool = self.spool(taken.id)
        if not spool.upload.exists():
            raise GraphError("the upload is gone: it was spooled by a service that does not answer")
        seen = view(asker_of(taken), "record", self._today())
        importing = Importing(
            self._client, spool, taken, self._journal, view=seen, today=self._today()
        )
        await importing.run()
        await self._end(taken, "done")

    async def _report(self, taken: Job) -> None:
        run_id: str = taken.asked["run"]
        await self._answering.answer(run_id, asker_of(taken))
        await self._end(taken, "done", result=f"/v1/reports/{run_id}")

    async def _end(self, ended: Job, state: str, **fields: object) -> None:
        now = datetime.now(UTC)
        with suppress(Conflict):
            await update_job(
                self._client, ended.id, states=OPEN, state=state, finished_at=now, **fields
            )
        self.spool(ended.id).clear()

    async def _tidy(self, ended: Job) -> None:
        self.spool(ended.id).clear()
        if ended.task == "report":
            await end_run(self._client, ended.asked["run"], "cancelled", None)

    _WORK: Final[dict[str, Any]] = {"import": _import, "report": _report}


def _shown(state: Job) -> tuple[object, ...]:
    return (state.state, state.done, state.total, state.failed_rows, state.finished_at)
