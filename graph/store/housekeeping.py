"""What is kept for a time only, and goes when that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from graph.store.changes import KEPT_DAYS
from graph.store.requests import KEPT_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graph.store.client import Client

AT_ONCE: Final = 1_000


async def forget(client: Client, now: datetime) -> int:
    """Delete changes and idempotency records whose time is over; return how many nodes went."""
    changes = now - timedelta(days=KEPT_DAYS)
    requests = now - timedelta(hours=KEPT_HOURS)
    return await _deleted(client, "write/forget_changes", before=changes) + await _deleted(
        client, "write/forget_requests", before=requests
    )


async def forget_audits(client: Client, days: Mapping[str, int], now: datetime) -> int:
    """Delete audits of the classes whose days are over; return how many nodes went."""
    forgotten = 0
    for class_, kept in days.items():
        told = {"class": class_, "before": now - timedelta(days=kept)}
        forgotten += await _deleted(client, "write/forget_audits", **told)
    return forgotten


async def _deleted(client: Client, name: str, /, **parameters: object) -> int:
    """Delete a few at a time, until there are none."""
    forgotten = 0
    while True:
        row, _ = await client.write(lambda t: t.row(name, limit=AT_ONCE, **parameters))
        count = row["forgotten"] if row else 0
        forgotten += count
        if count < AT_ONCE:
            return forgotten
