"""Who could connect a person to a group, against the engine's shortest path alone."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, LiteralString

from bench.bare_writer import batches_of, driver_of, transaction_on, write
from bench.community import community
from bench.engines import engine_of, service_on
from bench.ratios import Ratio, milliseconds, on_engines, scaled
from service.importing import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from neo4j import AsyncDriver

    from bench.ratios import EngineName
    from graph.engines.addresses import Engine

NODES: Final = 100_000
TIES_A_NODE: Final = 4.5
QUESTIONS: Final = 100
MAX_HOPS: Final = 4

# The nearest that one call comes to the question: one route, whatever its ties say.
_SHORTEST: Final[LiteralString] = """
    MATCH (a:Node {id: $person}), (b:Node {id: $group}),
      p = shortestPath((a)-[:CONNECTS|TRUSTS*..4]-(b))
    RETURN length(p) AS hops"""


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Ask both the same questions in turn; the first, which loads the network, is not counted."""
    nodes = scaled(NODES, scale)
    drawn = community(nodes, round(nodes * TIES_A_NODE), seed=1)
    chance = random.Random(1)  # noqa: S311 - chance without secrecy
    people, groups = drawn.ids("person"), drawn.ids("association")
    questions = [(chance.choice(people), chance.choice(groups)) for _ in range(QUESTIONS + 1)]
    ours: list[float] = []
    theirs: list[float] = []
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        async with (
            engine_of(engine_name, Path(folder, "engine")) as engine,
            driver_of(engine) as driver,
        ):
            await write(driver, engine.database, batches_of(drawn, size=BATCH_ROWS))
            with service_on(engine) as service, service.client() as client:
                for person, group in questions:
                    asked = {"person": person, "group": group, "max_hops": MAX_HOPS, "limit": 5}
                    began = time.perf_counter()
                    answer = await asyncio.to_thread(client.post, "/v1/connect", json=asked)
                    ours.append(time.perf_counter() - began)
                    assert answer.is_success, answer.text
                    began = time.perf_counter()
                    await _shortest(driver, engine, person, group)
                    theirs.append(time.perf_counter() - began)
    print(f"{engine_name}: the first question, which loads the network, took {ours.pop(0):.1f} s")
    theirs.pop(0)
    ratio = median(ours) / median(theirs)
    what = f"connect at {len(drawn.nodes)} nodes, {len(drawn.ties)} ties"
    return [Ratio(what, engine_name, milliseconds(ours), milliseconds(theirs), ratio)]


async def _shortest(driver: AsyncDriver, engine: Engine, person: str, group: str) -> None:
    async with transaction_on(driver, engine.database) as transaction:
        result = await transaction.run(_SHORTEST, person=person, group=group)
        await result.data()


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    main()
