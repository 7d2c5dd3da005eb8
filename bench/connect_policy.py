"""The same question with the policy and without it: a coordinator's against the operator's."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, LiteralString

from bench.bare_writer import batches_of, driver_of, transaction_on, write
from bench.community import community
from bench.engines import engine_of, service_on
from bench.ratios import Ratio, milliseconds, on_engines, p95, scaled
from service.importing import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from bench.ratios import EngineName

NODES: Final = 100_000
TIES_A_NODE: Final = 4.5
QUESTIONS: Final = 600
MOST: Final = 1.3

# Everybody agreed: the policy hides nothing, so both look through the same network.
_AGREED: Final[LiteralString] = """
    MATCH (n:Person) WHERE n.introductions_first IS NULL
    WITH n LIMIT 5000
    SET n.introductions_first = $first, n.introductions_after = $after
    RETURN count(*) AS people"""


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Ask both in turn; their first questions, which load the network, are not counted."""
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
            agreed = {"first": date(2020, 1, 1), "after": date(2999, 1, 1)}
            for _ in range(0, len(people), 5_000):
                async with transaction_on(driver, engine.database) as transaction:
                    await (await transaction.run(_AGREED, agreed)).consume()
                    await transaction.commit()
            with service_on(engine) as service, service.client() as operator:
                made = operator.post("/v1/keys", json={"role": "coordinator"}).raise_for_status()
                bearer = f"Bearer {made.json()['secret']}"
                with service.client(Authorization=bearer) as coordinator:
                    askers = [(coordinator, ours), (operator, theirs)]
                    for person, group in questions:
                        asked = {"person": person, "group": group, "max_hops": 4, "limit": 5}
                        first, second = [await _asked(who, asked, times) for who, times in askers]
                        assert first == second, (first, second)
                        # What the one has just walked lies ready for the other.
                        askers.reverse()
    print(
        f"{engine_name}: the first with policy, which loads the network, took {ours.pop(0):.1f} s"
    )
    theirs.pop(0)
    what = f"connect under the policy at {len(drawn.nodes)} nodes, {len(drawn.ties)} ties (p95)"
    ratio = p95(ours) / p95(theirs)
    return [Ratio(what, engine_name, milliseconds(ours), milliseconds(theirs), ratio, most=MOST)]


async def _asked(client: httpx.Client, asked: dict[str, Any], times: list[float]) -> Any:
    began = time.perf_counter()
    answer = await asyncio.to_thread(client.post, "/v1/connect", json=asked)
    times.append(time.perf_counter() - began)
    assert answer.is_success, answer.text
    return answer.json()


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    main()
