"""Ten routes from a person to a group, the strongest first, against NetworkX on the same network.

NetworkX is asked as well for those with the fewest hops, which it finds from both ends; told only.
"""

from __future__ import annotations

import random
import time
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any, Final, cast

import networkx as nx
import numpy as np

from bench.ratios import Ratio, arguments, milliseconds, scaled, table
from bench.town import DAY, drawn
from graph.connecting import connect
from graph.nodes import KINDS
from graph.policy import Caller, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.connecting.answer import Order
    from graph.network import Snapshot

NODES: Final = 100_000
QUESTIONS: Final = 20
FEW: Final = 5
"""Questions by strength, of which one takes NetworkX a minute."""
LIMIT: Final = 10
MAX_HOPS: Final = 6
LEAST: Final = 100.0
"""How many times as long NetworkX takes."""

UNSAID: Final = 0.5
"""The strength of a tie of which nobody said one."""


def measured(nodes: int) -> list[Ratio]:
    """Ask both the same questions in turn, on one network."""
    seen = drawn(nodes).on(DAY, view(Caller("k", "coordinator"), "introductions", DAY))
    ties = seen.ties
    distance = -np.log(np.where(np.isnan(ties.strength), UNSAID, ties.strength))
    graph = cast("Any", nx.Graph())
    graph.add_weighted_edges_from(
        zip(ties.source.tolist(), ties.target.tolist(), distance.tolist(), strict=True)
    )
    questions = _questions(seen, graph)
    return [
        _compared(seen, graph, questions[:FEW], "strongest"),
        _compared(seen, graph, questions, "fewest_hops"),
    ]


def _compared(
    seen: Snapshot, graph: Any, questions: Sequence[tuple[int, int]], order: Order
) -> Ratio:
    weight, least = ("weight", LEAST) if order == "strongest" else (None, None)
    ours: list[float] = []
    theirs: list[float] = []
    for person, group in questions:
        ends = seen.ids[person], seen.ids[group]
        began = time.perf_counter()
        connect(seen, *ends, max_hops=MAX_HOPS, limit=LIMIT, order=order, connectors_limit=0)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        list(islice(nx.shortest_simple_paths(graph, person, group, weight=weight), LIMIT))
        theirs.append(time.perf_counter() - began)
    what = f"ten routes at {len(seen):,} nodes, {len(seen.ties):,} ties, {order}"
    ratio = median(theirs) / median(ours)
    return Ratio(what, "networkx", milliseconds(ours), milliseconds(theirs), ratio, least=least)


def _questions(seen: Snapshot, graph: Any) -> list[tuple[int, int]]:
    """Return people and groups between whom there is a way, drawn by chance."""
    chance = random.Random(1)  # noqa: S311 - chance without secrecy
    largest: set[int] = max(nx.connected_components(graph), key=len)
    people, groups = (
        [
            node
            for node in np.flatnonzero(seen.kinds == KINDS.index(kind)).tolist()
            if node in largest
        ]
        for kind in ("person", "association")
    )
    return [(chance.choice(people), chance.choice(groups)) for _ in range(QUESTIONS)]


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    ratios = measured(scaled(NODES, arguments(words, str(__doc__)).scale, least=100))
    print(table(ratios))
    return ratios


if __name__ == "__main__":
    main()
