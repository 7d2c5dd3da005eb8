"""What is kept for a time only is forgotten from time to time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from graph.errors import EngineUnavailable
from graph.store.housekeeping import forget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from graph.store.client import Client

BETWEEN_SECONDS: Final = 3600.0
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_tidy(client: Client) -> AsyncGenerator[None]:
    """Forget old changes and idempotency records every hour while the service runs."""
    tidying = asyncio.create_task(_tidy(client))
    try:
        yield
    finally:
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)


async def _tidy(client: Client) -> None:
    while True:
        await asyncio.sleep(BETWEEN_SECONDS)
        try:
            await forget(client, datetime.now(UTC))
        except EngineUnavailable:
            _log.warning("not_tidied", reason="engine unavailable")
