"""Whom everybody's way to some places leads through: single points that access hangs on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np

from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Flags, Indices, Projection
from graph.errors import Invalid

FREE: Final = -1
NO_WAY: Final = -2

_networkx: Final[Any] = nx


class Gates(NamedTuple):
    """The last single point on every node's ways to some targets.

    Parameters
    ----------
    last
        Place of the nearest node that all ways of a node lead through, in the order of the
        projection's ids, shape (n,); `FREE` where there are two ways that share nobody, or the
        node is a target; `NO_WAY` where there is none.
    """

    last: Indices

    def routes(self) -> Indices:
        """Return how many ways that share nobody each has, 2 for two or more; shape (n,)."""
        return np.select([self.last == FREE, self.last == NO_WAY], [2, 0], 1)

    def hanging_on(self, others: Indices) -> Flags:
        """Tell of each node whether all its ways lead through another, shape (n,).

        Parameters
        ----------
        others
            The place of the other, one a node; -1: nobody's.
        """
        hanging = np.zeros(len(self.last), np.bool_)
        for places, met in self._chains():
            hanging[places] |= met == others[places]
        return hanging

    def holding(self) -> Indices:
        """Count for every node the others that have no way without it, shape (n,)."""
        held = np.zeros(len(self.last), np.int64)
        for _, met in self._chains():
            np.add.at(held, met, 1)
        return held

    def _chains(self) -> Iterator[tuple[Indices, Indices]]:
        """Yield nodes and the first gate of each, then the second of who has one, and so on."""
        places = np.flatnonzero(self.last >= 0)
        met = self.last[places]
        while len(places):
            yield places, met
            further = self.last[met] >= 0
            places, met = places[further], self.last[met[further]]


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
    above = _dominators(projection, ends)
    return Gates(np.select([above == count, above < 0], [FREE, NO_WAY], above))


def _dominators(projection: Projection, ends: list[int]) -> Indices:
    """Return the immediate dominator of every node, n for the point behind all ends; -1: none."""
    count = len(projection.ids)
    if count >= SCANNED_FROM:
        from graph.analytics.kernels.dominators import dominators  # noqa: PLC0415 - see kernels

        chosen = np.zeros(count, np.bool_)
        chosen[ends] = True
        return dominators(projection, chosen)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_node(count)
    graph.add_edges_from((count, end) for end in ends)
    for one, other in projection.underlying.pairs:
        graph.add_edges_from(((one, other), (other, one)))
    above: dict[int, int | None] = _networkx.immediate_dominators(graph, count)
    found = (above.get(place) for place in range(count))
    return np.array([-1 if gate is None else gate for gate in found], np.int64)
