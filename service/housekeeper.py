"""What is kept for a time only is forgotten from time to time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from graph.errors import EngineUnavailable
from graph.store.housekeeping import forget, purge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from graph.store.client import Client
    from service.settings import Settings

BETWEEN_SECONDS: Final = 3600.0
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_tidy(client: Client, settings: Settings) -> AsyncGenerator[None]:
    """Forget what has had its time, every hour while the service runs, and say so in the log."""
    tidying = asyncio.create_task(_keep_tidying(client, settings))
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


async def _keep_tidying(client: Client, settings: Settings) -> None:
    while True:
        await asyncio.sleep(BETWEEN_SECONDS)
        try:
            await tidy(client, settings, datetime.now(UTC))
        except EngineUnavailable:
            _log.warning("not_tidied", reason="engine unavailable")
