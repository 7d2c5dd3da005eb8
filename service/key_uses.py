"""When keys were last used: noted in memory, kept once a minute, never on a request's way."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from graph.errors import EngineUnavailable
from graph.store.keys import note_uses

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from graph.store.client import Client
    from graph.store.keys import Key

BETWEEN_SECONDS: Final = 60.0
_log = structlog.get_logger(__name__)


class KeyUses:
    """The last uses that this process has seen and the engine may not know yet."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def note(self, key_id: str, at: datetime) -> None:
        """Note that a key was used."""
        self._seen[key_id] = at

    def shown(self, key: Key) -> Key:
        """Return a key with its last use, as far as this process has seen it."""
        seen = self._seen.get(key.id)
        uses = [use.replace(microsecond=0) for use in (key.last_used_at, seen) if use is not None]
        return key.model_copy(update={"last_used_at": max(uses, default=None)})

    @asynccontextmanager
    async def kept(self, client: Client) -> AsyncGenerator[None]:
        """Keep what was seen, once a minute and in the end, while the service runs."""
        keeping = asyncio.create_task(self._keep(client))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self.keep(client)

    async def keep(self, client: Client) -> None:
        """Write what was seen since the last time; when the engine is away, the next time."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            await note_uses(client, {id_: at.replace(microsecond=0) for id_, at in seen.items()})
        except EngineUnavailable:
            self._seen = {**seen, **self._seen}
            _log.warning("uses_not_kept", reason="engine unavailable")

    async def _keep(self, client: Client) -> None:
        while True:
            await asyncio.sleep(BETWEEN_SECONDS)
            await self.keep(client)
