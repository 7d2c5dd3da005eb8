"""What is kept for a time only is forgotten from time to time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from graph.errors import EngineUnavailable, NotRecorded
from graph.store.audits import settle
from graph.store.housekeeping import forget, forget_audits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from graph.audit.journal import Journal
    from graph.store.client import Client

BETWEEN_SECONDS: Final = 3600.0
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_tidy(
    client: Client, journal: Journal, audit_days: Mapping[str, int]
) -> AsyncGenerator[None]:
    """Forget what is kept for a time only, every hour while the service runs."""
    tidying = asyncio.create_task(_tidy(client, journal, audit_days))
    try:
        yield
    finally:
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)


async def _tidy(client: Client, journal: Journal, audit_days: Mapping[str, int]) -> None:
    while True:
        await asyncio.sleep(BETWEEN_SECONDS)
        try:
            await tidy(client, journal, audit_days, datetime.now(UTC))
        except (EngineUnavailable, NotRecorded, OSError) as failure:
            _log.warning("not_tidied", reason=type(failure).__name__)


async def tidy(
    client: Client, journal: Journal, audit_days: Mapping[str, int], now: datetime
) -> None:
    """Forget once, and say of the audit how much went."""
    await settle(client, journal)
    # The engine's copies go first: one without its entry in a chain would look like a removal.
    await forget_audits(client, audit_days, now)
    await forget(client, now)
    if dropped := await journal.forget(audit_days, now):
        _log.info("audit_retention", **dropped)
