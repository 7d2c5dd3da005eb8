"""Commits that take a server a while: between its records and its indexes a reader may come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.store.node_writes import NodeWrite

if TYPE_CHECKING:
    from graph.store.units import Unit
    from graph.store.writer import Writer


async def large_commit(writer: Writer, number: int) -> None:
    """Create one asset, and bury 3,000 records that never were, in one transaction."""

    async def bury(unit: Unit, written: object) -> None:
        del written
        rows = [{"key": f"{number}-{n}", "version": 1} for n in range(3_000)]
        await unit.run("write/bury", rows=rows)

    asset = NodeWrite("asset", f"asset-{number}", {"name": "A"}, "import")
    await writer.put_batch([asset], [], also=bury)
