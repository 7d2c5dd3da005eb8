"""What is kept for a time only, and goes when that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from graph.store.changes import KEPT_DAYS, NOBODY
from graph.store.requests import KEPT_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graph.store.client import Client, Transaction

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
