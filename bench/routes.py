"""Ten routes from a person to a group, the strongest first, against NetworkX on the same network.

NetworkX is asked as well for those with the fewest hops, which it finds from both ends; told only.
So is how time grows: ours from 10,000 nodes to a million, NetworkX's to 100,000, since at a million
one question takes it a minute.
"""

from __future__ import annotations

import random
import time
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import networkx as nx
import numpy as np
from scipy.sparse import csgraph, csr_array

from bench.ratios import Ratio, arguments, growth, milliseconds, scaled, table
from bench.town import DAY, drawn
from graph.connecting import connect
from graph.nodes import KINDS
from graph.policy import Caller, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.connecting.answer import Order
    from graph.network import Snapshot

# scipy ships no types for its functions on graphs.
_csgraph: Final[Any] = csgraph

SIZES: Final = (10_000, 100_000, 1_000_000)
COMPARED: Final = 2
"""At so many of the sizes NetworkX is asked as well; the ratio is that of the last of them."""
QUESTIONS: Final = 20
LIMIT: Final = 10
MAX_HOPS: Final = 6

UNSAID: Final = 0.5
"""The strength of a tie of which nobody said one."""


class Line(NamedTuple):
    """One order of routes, and how many times as long NetworkX is promised to take."""

    order: Order
    least: float | None


LINES: Final = (Line("strongest", 100.0), Line("fewest_hops", None))


def measured(scale: float) -> tuple[list[Ratio], list[str]]:
    """Ask both the same questions in turn, on one network of each size."""
    sizes = [scaled(nodes, scale, least=100) for nodes in SIZES]
    ours: dict[Order, list[float]] = {line.order: [] for line in LINES}
    theirs: dict[Order, list[float]] = {line.order: [] for line in LINES}
    ratios: list[Ratio] = []
    for nodes in sizes:
        seen = drawn(nodes).on(DAY, view(Caller("k", "coordinator"), "introductions", DAY))
        questions = _questions(seen)
        graph = _graph(seen) if nodes <= sizes[COMPARED - 1] else None
        for line in LINES:
            taken, of_peer = _asked(seen, graph, questions, line.order)
            ours[line.order].append(median(taken))
            if of_peer:
                theirs[line.order].append(median(of_peer))
            if nodes == sizes[COMPARED - 1]:
                ratios.append(_ratio(seen, line, taken, of_peer))
    grown = [
        text
        for line in LINES
        for text in (
            growth(line.order, sizes, ours[line.order]),
            growth(f"{line.order}, networkx", sizes[:COMPARED], theirs[line.order]),
        )
    ]
    return ratios, grown


def _asked(
    seen: Snapshot, graph: Any, questions: Sequence[tuple[int, int]], order: Order
) -> tuple[list[float], list[float]]:
    """Return what each question took ours, and NetworkX where it has a graph."""
    weight = "weight" if order == "strongest" else None
    ours: list[float] = []
    theirs: list[float] = []
    for person, group in questions:
        ends = seen.ids[person], seen.ids[group]
        began = time.perf_counter()
        connect(seen, *ends, max_hops=MAX_HOPS, limit=LIMIT, order=order, connectors_limit=0)
        ours.append(time.perf_counter() - began)
        if graph is not None:
            began = time.perf_counter()
            list(islice(nx.shortest_simple_paths(graph, person, group, weight=weight), LIMIT))
            theirs.append(time.perf_counter() - began)
    return ours, theirs


def _ratio(seen: Snapshot, line: Line, ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    what = f"ten routes at {len(seen):,} nodes, {len(seen.ties):,} ties, {line.order}"
    ratio = median(theirs) / median(ours)
    return Ratio(
        what, "networkx", milliseconds(ours), milliseconds(theirs), ratio, least=line.least
    )


def _graph(seen: Snapshot) -> Any:
    ties = seen.ties
    distance = -np.log(np.where(np.isnan(ties.strength), UNSAID, ties.strength))
    graph = cast("Any", nx.Graph())
    graph.add_weighted_edges_from(
        zip(ties.source.tolist(), ties.target.tolist(), distance.tolist(), strict=True)
    )
    return graph


def _questions(seen: Snapshot) -> list[tuple[int, int]]:
    """Return people and groups between whom there is a way, drawn by chance."""
    chance = random.Random(1)  # noqa: S311 - chance without secrecy
    ties, nodes = seen.ties, len(seen)
    tied = csr_array((np.ones(len(ties), bool), (ties.source, ties.target)), shape=(nodes, nodes))
    parts: NDArray[np.int32] = _csgraph.connected_components(tied, directed=False)[1]
    largest = parts == np.bincount(parts).argmax()
    people, groups = (
        np.flatnonzero(largest & (seen.kinds == KINDS.index(kind))).tolist()
        for kind in ("person", "association")
    )
    return [(chance.choice(people), chance.choice(groups)) for _ in range(QUESTIONS)]


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    ratios, grown = measured(arguments(words, str(__doc__)).scale)
    print(table(ratios))
    print("\n".join(grown))
    return ratios


if __name__ == "__main__":
    main()
