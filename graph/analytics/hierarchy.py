"""How like a chain of command a network is: Krackhardt's four dimensions."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final, Literal, NamedTuple

import networkx as nx

from graph.analytics.cohesion import components
from graph.analytics.figures import Figure, share
from graph.analytics.projection import Projection
from graph.errors import Invalid

HIERARCHY_LIMIT: Final = 5_000
"""Nodes at most: every pair of them is looked at."""

_networkx: Final[Any] = nx


class Hierarchy(NamedTuple):
    """1 in each for an out-tree, in which all are under one, each under one other.

    Parameters
    ----------
    connectedness
        Share of the pairs that are in one component; None with less than two nodes (`no_pairs`).
    hierarchy
        Of the pairs of which one reaches the other along the arrows, those of which only one
        does; None without (`no_route`).
    efficiency
        Of the arrows that components could do without, those that they do without; None where no
        component could do without any (`no_ties`).
    least_upper_bound
        Of the pairs in a component that could lack one, those with a least upper bound: somebody
        who reaches both; None without components of three (`no_pairs`).
    """

    connectedness: Figure
    hierarchy: Figure
    efficiency: Figure
    least_upper_bound: Figure


def hierarchy(
    projection: Projection, *, bound: Literal["closest", "highest"] = "closest"
) -> Hierarchy:
    """Return Krackhardt's connectedness, hierarchy, efficiency and least upper boundedness.

    Parameters
    ----------
    projection
        n nodes, m ties; an arrow leads down. Where undirected a tie is two arrows, so that
        hierarchy is 0.
    bound
        Which of those who reach both of a pair bounds it: `closest`, who is reached by all the
        others, as Krackhardt says; `highest`, who reaches all the others, as R sna computes.

    Returns
    -------
    Hierarchy
        An isolate is a component of its own, and counts in connectedness alone.

    Raises
    ------
    Invalid
        When there are more than `HIERARCHY_LIMIT` nodes.

    Notes
    -----
    Exact; O(n m + n^3 / 64).

    References
    ----------
    .. [1] Krackhardt, "Graph Theoretical Dimensions of Informal Organizations", in Carley and
       Prietula (eds.), "Computational Organization Theory", 1994.
    """
    count = len(projection.ids)
    if count > HIERARCHY_LIMIT:
        raise Invalid(f"hierarchy looks at every pair, and {count} is over {HIERARCHY_LIMIT} nodes")
    parts = components(projection)
    sizes = [len(part) for part in parts]
    arrows = len(projection.sources) * (1 if projection.directed else 2)
    needed = sum(size - 1 for size in sizes)
    most = sum(size * (size - 1) for size in sizes)
    graph: Any = projection.graph if projection.directed else projection.graph.to_directed()
    below, above = _reached(graph), _reached(graph.reverse())
    mutual = sum((below[place] & above[place]).bit_count() - 1 for place in range(count)) // 2
    ordered = sum(reached.bit_count() - 1 for reached in below) - mutual
    large = [part for part in parts if len(part) > 2]  # noqa: PLR2004 - two have one pair
    unbounded = sum(_unbounded(part, above, below, closest=bound == "closest") for part in large)
    lackable = sum((len(part) - 1) * (len(part) - 2) // 2 for part in large)
    return Hierarchy(
        share(sum(size * (size - 1) for size in sizes), count * (count - 1), "no_pairs"),
        share(ordered - mutual, ordered, "no_route"),
        share(most - arrows, most - needed, "no_ties"),
        share(lackable - unbounded, lackable, "no_pairs"),
    )


def _reached(graph: Any) -> list[int]:
    """Return whom every node reaches, itself included, as bits."""
    whole: Any = _networkx.condensation(graph)
    reached: dict[int, int] = {}
    for part in reversed(list(_networkx.topological_sort(whole))):
        bits = sum(1 << place for place in whole.nodes[part]["members"])
        for further in whole.adj[part]:
            bits |= reached[further]
        reached[part] = bits
    return [reached[whole.graph["mapping"][place]] for place in range(len(graph))]


def _unbounded(part: list[int], above: list[int], below: list[int], *, closest: bool) -> int:
    """Count the pairs of a component without the bound."""
    # The closest bound is reached by just those who reach both; so its own `above` is that set.
    bounds = {above[place] for place in part}
    missing = 0
    for one, other in combinations(part, 2):
        both = above[one] & above[other]
        if closest:
            missing += both not in bounds
        else:
            missing += not any(both >> place & 1 and both & ~below[place] == 0 for place in part)
    return missing
