"""What a batch costs when the store is full, against what it costs when it is empty."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.engines import engine_of
from bench.ratios import Ratio, arguments, table
from graph.policy import EVERYTHING
from graph.store.client import Client
from graph.store.node_writes import NodeWrite
from graph.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.ratios import EngineName
    from graph.store.client import Transaction
    from graph.store.units import Unit

ROWS: Final = 5_000
FULL: Final = 50_000
ROUNDS: Final = 3
MOST: Final = 2.0
"""A batch at 50,000 nodes may cost so many times one at none."""


class BatchCost(NamedTuple):
    """Seconds for a batch of 5,000 rows at no nodes and at 50,000: the median of three rounds."""

    at_none: float
    at_full: float

    @property
    def ratio(self) -> float:
        """How many times dearer the batch is in the full store."""
        return self.at_full / self.at_none


async def batch_cost(client: Client) -> BatchCost:
    """Measure the cost of a batch of new nodes on an engine that holds none.

    Notes
    -----
    The first round at none warms statements and compilers and is not counted; what a round
    wrote is deleted before the next, so that each begins with none or with 50,000.
    """
    writer = Writer(client, EVERYTHING)
    at_none = [await _timed(client, writer) for _ in range(ROUNDS + 1)][1:]
    for first in range(0, FULL, ROWS):
        await _write(writer, "kept", first)
    at_full = [await _timed(client, writer) for _ in range(ROUNDS)]
    return BatchCost(median(at_none), median(at_full))


async def _timed(client: Client, writer: Writer) -> float:
    began = time.perf_counter()
    await _write(writer, "timed", 0)
    seconds = time.perf_counter() - began
    await client.write(_delete_timed)
    return seconds


async def _delete_timed(transaction: Transaction) -> None:
    for number in range(ROWS):
        await transaction.run("write/delete_node", id=f"timed-{number:06d}")


async def _write(writer: Writer, word: str, first: int) -> None:
    rows = [
        NodeWrite("asset", f"{word}-{n:06d}", {"name": f"Asset {n}", "tags": ["a"]}, "import")
        for n in range(first, first + ROWS)
    ]
    written = await writer.put_batch(rows, [], also=_nothing_else)
    assert len(written) == ROWS


async def _nothing_else(unit: Unit, written: object) -> None:
    del unit, written


async def _measure(engine_name: EngineName, folder: Path) -> BatchCost:
    async with (
        engine_of(engine_name, folder / "engine") as engine,
        Client(engine, budget_seconds=120.0) as client,
    ):
        return await batch_cost(client)


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    told = arguments(words, str(__doc__))
    ratios: list[Ratio] = []
    for name in told.engines:
        with tempfile.TemporaryDirectory() as folder:
            cost = asyncio.run(_measure(name, Path(folder)))
        what = f"a batch of {ROWS} rows at {FULL} nodes and at none"
        at_full, at_none = f"{cost.at_full:.2f} s", f"{cost.at_none:.2f} s"
        ratios.append(Ratio(what, name, at_full, at_none, cost.ratio, most=MOST))
    print(table(ratios))
    return ratios


if __name__ == "__main__":
    main()
