"""What is kept for a time only is forgotten from time to time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from graph.errors import Conflict, EngineUnavailable, NotRecorded
from graph.store.audits import settle
from graph.store.housekeeping import forget, forget_audits, purge
from graph.store.retention import announce, apply, due, over_before, retention_reports

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from graph.audit.journal import Journal
    from graph.store.client import Client
    from service.settings import Settings

BETWEEN_SECONDS: Final = 3600.0
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_tidy(client: Client, journal: Journal, settings: Settings) -> AsyncGenerator[None]:
    """Forget what has had its time, every hour while the service runs, and say so in the log."""
    tidying = asyncio.create_task(_keep_tidying(client, journal, settings))
    try:
        yield
    finally:
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)


async def tidy(client: Client, settings: Settings, now: datetime) -> None:
    """Forget old changes and idempotency records, and the plain ids of who was erased."""
    forgotten = await forget(client, now)
    purged = await purge(client, now - timedelta(days=settings.erased_days))
    if forgotten or purged:
        _log.info("tidied", changes_and_requests=forgotten, erased_ids=purged)


async def tidy_audit(client: Client, journal: Journal, settings: Settings, now: datetime) -> None:
    """Settle what is in doubt of the audit, and forget what has had its time."""
    await settle(client, journal)
    # The engine's copies go first: one without its entry in a chain would look like a removal.
    await forget_audits(client, settings.audit_days, now)
    if dropped := await journal.forget(settings.audit_days, now):
        _log.info("audit_retention", **dropped)


async def keep_retention(client: Client, settings: Settings, now: datetime, today: date) -> None:
    """Apply the report that waited for its time; if none waits and something is due, report it."""
    waiting = [found for found in await retention_reports(client) if found.applied_at is None]
    for report in waiting:
        if now - report.at >= timedelta(days=settings.retention_notice_days):
            # Another process on the same server may have been quicker.
            with suppress(Conflict):
                applied = await apply(client, report.id, now=now)
                _log.info("retention_applied", report=report.id, deleted=applied.deleted)
    if not waiting:
        periods = settings.kept_days
        if any((await due(client, over_before(periods, today), now)).values()):
            report = await announce(client, periods, now=now, today=today)
            _log.info("retention_announced", report=report.id, due=report.due)


async def _keep_tidying(client: Client, journal: Journal, settings: Settings) -> None:
    while True:
        await asyncio.sleep(BETWEEN_SECONDS)
        try:
            now = datetime.now(UTC).replace(microsecond=0)
            await tidy_audit(client, journal, settings, now)
            await tidy(client, settings, now)
            await keep_retention(client, settings, now, now.astimezone(settings.zone).date())
        except (EngineUnavailable, NotRecorded, OSError) as failure:
            _log.warning("not_tidied", reason=type(failure).__name__)
