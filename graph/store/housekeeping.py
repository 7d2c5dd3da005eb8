"""What is kept for a time only, and goes when that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from graph.store.changes import KEPT_DAYS
from graph.store.requests import KEPT_HOURS

if TYPE_CHECKING:
    from datetime import datetime

    from graph.store.client import Client

AT_ONCE: Final = 1_000


async def forget(client: Client, now: datetime) -> int:
    """Delete changes and idempotency records whose time is over; return how many nodes went."""
    changes = now - timedelta(days=KEPT_DAYS)
    requests = now - timedelta(hours=KEPT_HOURS)
    forgotten = 0
    for name, before in (("write/forget_changes", changes), ("write/forget_requests", requests)):
        while True:
            row, _ = await client.write(
                lambda t, n=name, b=before: t.row(n, before=b, limit=AT_ONCE)
            )
            count = row["forgotten"] if row else 0
            forgotten += count
            if count < AT_ONCE:
                break
    return forgotten
