"""The network in memory, loaded from the engine, against a bare driver that reads the same rows.

Ours includes all that makes rows answer: policy, snapshot of a day, adjacency. The peer reads every
column of every row, a record each, and keeps nothing. The ratio is that of the largest network; how
the time of both grows is told.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, LiteralString

from bench.bare_writer import batches_of, driver_of, transaction_on, write
from bench.community import community
from bench.engines import engine_of
from bench.ratios import Ratio, growth, on_engines, scaled
from cypher import statement
from graph.policy import EVERYTHING
from graph.store.client import Client
from graph.store.live_network import LiveNetwork
from service.importing import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from neo4j import AsyncDriver

    from bench.ratios import EngineName
    from graph.engines.addresses import Engine

SIZES: Final = (1_000, 10_000, 100_000)
"""Nodes; what one size has more than the one before is written to the same engine."""
TIES_A_NODE: Final = 4.5
ROUNDS: Final = 2
LEAST: Final = 0.8
DAY: Final = date(2026, 3, 1)
# What anybody would write first: a row a tie, of the same columns.
_TIES: Final[LiteralString] = """
    MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
    RETURN r.id, toLower(type(r)), a.id, b.id, r.relation, coalesce(r.strength, r.level), r.paid,
      r.quality, r.state, r.valid_from, r.valid_to, r.steward, r.clearance,
      r.provenance_originator, r.provenance_method, r.met_by"""
BARE: Final = (statement("read/network_nodes"), _TIES)
OWN: Final = (statement("read/network_nodes"), statement("read/network_ties"))


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Load and read at each size, one after the other on the same engine."""
    sizes = [scaled(size, scale) for size in SIZES]
    nodes = ties = 0
    taken: list[tuple[float, float, float]] = []
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        async with (
            engine_of(engine_name, Path(folder, "engine")) as engine,
            driver_of(engine) as driver,
            Client(engine, budget_seconds=600) as client,
        ):
            for seed, size in enumerate(sizes):
                more = size - nodes
                drawn = community(more, round(more * TIES_A_NODE), seed=seed)
                await write(driver, engine.database, batches_of(drawn, size=BATCH_ROWS))
                nodes, ties = nodes + len(drawn.nodes), ties + len(drawn.ties)
                taken.append(await _taken(client, driver, nodes=nodes, rows=nodes + ties))
    ours, theirs, own = zip(*taken, strict=True)
    print(growth(f"load from {engine_name}", sizes, ours))
    print(growth(f"rows read from {engine_name}", sizes, theirs), flush=True)
    return [
        Ratio(
            f"load of {nodes:,} nodes and {ties:,} ties",
            engine_name,
            f"{(nodes + ties) / ours[-1]:,.0f} rows a second",
            f"{(nodes + ties) / theirs[-1]:,.0f} rows a second",
            theirs[-1] / ours[-1],
            least=LEAST,
        ),
        Ratio(
            "the same, bare by our own statements",
            engine_name,
            f"{(nodes + ties) / ours[-1]:,.0f} rows a second",
            f"{(nodes + ties) / own[-1]:,.0f} rows a second",
            own[-1] / ours[-1],
        ),
    ]


async def _taken(
    client: Client, driver: AsyncDriver, *, nodes: int, rows: int
) -> tuple[float, float, float]:
    """Load and read in turn; the first of each meets a cold engine, and is not counted."""
    taken: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        snapshot = await LiveNetwork(client).on(DAY)
        loaded = time.perf_counter()
        assert len(snapshot) == nodes
        assert await _read(driver, client.engine, BARE) == rows
        read = time.perf_counter()
        await _read(driver, client.engine, OWN)
        taken.append((loaded - began, read - loaded, time.perf_counter() - read))
    ours, theirs, own = zip(*taken[1:], strict=True)
    return median(ours), median(theirs), median(own)


async def _read(driver: AsyncDriver, engine: Engine, statements: Sequence[LiteralString]) -> int:
    count = 0
    for text in statements:
        async with transaction_on(driver, engine.database) as transaction:
            result = await transaction.run(text, EVERYTHING.parameters())
            async for record in result:
                count += len(record.values()) > 0
    return count


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    main()
