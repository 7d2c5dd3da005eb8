"""Whom everybody's way to some places leads through: single points that access hangs on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import networkx as nx

from graph.analytics.projection import Projection
from graph.errors import Invalid

_networkx: Final[Any] = nx


class Gates(NamedTuple):
    """The last single point on every node's ways to some targets.

    Parameters
    ----------
    last
        Place of the nearest node that all ways of a node lead through, in the order of the
        projection's ids; -1 where there are two ways that share nobody, or the node is a target;
        None where there is no way.
    """

    last: list[int | None]

    def routes(self, place: int) -> int:
        """Return how many ways that share nobody there are, 2 for two or more; at most that."""
        gate = self.last[place]
        return 0 if gate is None else 2 if gate < 0 else 1

    def hangs_on(self, place: int, other: int) -> bool:
        """Tell whether all ways of a node lead through another."""
        gate = self.last[place]
        while gate is not None and gate >= 0:
            if gate == other:
                return True
            gate = self.last[gate]
        return False

    def holding(self) -> list[int]:
        """Count for every node the others that have no way without it."""
        held = [0] * len(self.last)
        for place in range(len(self.last)):
            gate = self.last[place]
            while gate is not None and gate >= 0:
                held[gate] += 1
                gate = self.last[gate]
        return held


def gates(projection: Projection, targets: Collection[int]) -> Gates:
    """Return, for every node, the nearest that all its ways to some targets lead through.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.
    targets
        Places of those that ways may end at. A way ends where it first meets one, and two ways
        that share nobody end at two of them; so a node whose only way ends at one target has that
        target for a gate.

    Returns
    -------
    Gates
        An isolate has no way, unless it is a target.

    Raises
    ------
    Invalid
        When there is no such place.

    Notes
    -----
    The immediate dominators of a search from one point behind all targets: a node has two ways
    that share nobody if and only if nothing but that point dominates it (Menger), so the answer
    equals `redundancy.disjoint_routes` of at most two, for all nodes at once. Exact; O(m log n)
    and a few passes in practice.

    References
    ----------
    .. [1] Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph", ACM
       Transactions on Programming Languages and Systems 1, 1979.
    .. [2] Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
    """
    count = len(projection.ids)
    ends = sorted(set(targets))
    if not all(0 <= end < count for end in ends):
        raise Invalid("targets must be nodes of the projection")
    if not ends:
        return Gates([None] * count)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_edges_from((count, end) for end in ends)
    for one, other in projection.underlying.pairs:
        graph.add_edges_from(((one, other), (other, one)))
    above: dict[int, int | None] = _networkx.immediate_dominators(graph, count)
    last: list[int | None] = [None] * count
    for place in range(count):
        gate = above.get(place)
        if gate is not None:
            last[place] = -1 if gate == count else gate
    return Gates(last)
