"""Reports that are asked when their time has come, by whichever process sees it first."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast
from uuid import uuid4

import structlog

from graph.audit.trail import Trail
from graph.errors import EngineUnavailable, NotRecorded
from graph.policy import Caller
from graph.store.jobs import Job
from graph.store.schedules import begin_due, due_schedules
from graph.values import new_id
from service.asking import asked_run
from service.jobs import asker
from service.state import today

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from graph.audit.journal import Journal
    from graph.policy import Role
    from graph.store.client import Client
    from graph.store.runs import Run
    from graph.store.schedules import ReportSchedule
    from service.jobs import Jobs
    from service.settings import Settings

LOOK_SECONDS: Final = 20.0
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_on_time(
    client: Client, jobs: Jobs, journal: Journal, settings: Settings
) -> AsyncGenerator[None]:
    """Ask what is due, from time to time while the service runs."""
    looking = asyncio.create_task(_keep_looking(client, jobs, journal, settings))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def ask_what_is_due(
    client: Client, journal: Journal, settings: Settings, now: datetime
) -> list[Job]:
    """Keep a job for each schedule whose time has come, and say when it comes next.

    Times that went by while no service ran are made up for by one run, not by one each.
    """
    begun: list[Job] = []
    for due in await due_schedules(client, now):
        job, run = _asked(due, settings, now)
        trail = Trail(
            journal,
            uuid4().hex,
            class_="report",
            operation="POST /v1/schedules",
            purpose="analysis",
            key=due.by,
            role=due.role,
            organisation=due.organisation,
        )
        following = due.after(now, settings.zone)
        if await begin_due(client, due, job, run, next_at=following, trail=trail):
            begun.append(job)
    return begun


def _asked(due: ReportSchedule, settings: Settings, now: datetime) -> tuple[Job, Run]:
    caller = Caller(due.by, cast("Role", due.role), organisation=due.organisation)
    run = asked_run(
        caller,
        due.kind,
        due.parameters,
        as_of=None,
        now=now,
        today=today(settings),
        smallest=settings.smallest_count,
        schedule=due.id,
    )
    job = Job(
        id=new_id(),
        task="report",
        state="queued",
        created_at=now,
        seen_at=now,
        by=due.by,
        asked={"run": run.id, **asker(caller)},
    )
    return job, run


async def _keep_looking(client: Client, jobs: Jobs, journal: Journal, settings: Settings) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            now = datetime.now(UTC).replace(microsecond=0)
            if await jobs.has_room():
                for job in await ask_what_is_due(client, journal, settings, now):
                    jobs.begin(job)
        except (EngineUnavailable, NotRecorded) as failure:
            _log.warning("schedules_not_looked_at", reason=type(failure).__name__)
        except Exception as bug:  # noqa: BLE001 - what is due tomorrow must not go down with it
            _log.error("schedules_failed", exc_info=bug)
