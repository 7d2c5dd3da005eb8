"""What is kept for a time only, and goes when that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from graph.store.changes import KEPT_DAYS, NOBODY
from graph.store.requests import KEPT_HOURS

if TYPE_CHECKING:
    from datetime import datetime

    from graph.store.client import Client, Transaction

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


async def purge(client: Client, before: datetime) -> int:
    """Take the plain ids of those who were erased before out of marks and changes.

    The marks stay, and keep them from coming back. Returns how many ids went.

    Notes
    -----
    Cost: a walk over all changes that are kept, for every thousand ids.
    """
    purged = 0
    while True:
        count, _ = await client.write(lambda t: _purge(t, before))
        purged += count
        if count < AT_ONCE:
            return purged


async def _purge(transaction: Transaction, before: datetime) -> int:
    rows = await transaction.rows("read/erased_before", before=before, limit=AT_ONCE)
    if rows:
        ids = [row["id"] for row in rows]
        await transaction.run("write/purge_changes", ids=ids, nobody=NOBODY)
        await transaction.run("write/forget_tombstones", keys=[f"node:{i}" for i in ids])
        await transaction.run("write/purge_marks", keys=[row["key"] for row in rows])
    return len(rows)
