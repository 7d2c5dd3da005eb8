"""Taking answers back: whoever was counted and withdrew, or was erased, is in none any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.store.units import Unit


async def outdate_runs(unit: Unit, people: Sequence[str]) -> list[str]:
    """Take back every answer that counted one of these people; return the runs.

    A report that is being computed is computed again.

    Notes
    -----
    Whoever finishes a report waits for the lock that is taken here: an answer is outdated, or has
    seen what happened. Cost: a walk over all pages.
    """
    await unit.lock_all()
    await unit.run("write/number_erasure")
    named = [row["owner"] for row in await unit.rows("read/pages_naming", ids=list(people))]
    runs = sorted(row["id"] for row in await unit.rows("write/outdate_runs", ids=named))
    await unit.run("write/delete_pages", owners=runs)
    return runs
