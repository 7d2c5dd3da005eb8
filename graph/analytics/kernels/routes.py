"""Betweenness by steps, exact: Brandes's algorithm, as `measures.betweenness`."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.kernels.compiling import compiled, in_threads
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Floats, Projection

_BLOCKS: Final = 16
"""Sources are added up in so many blocks, whichever thread does which."""

_ONE: Final = np.uint64(1)


def betweenness(projection: Projection, *, one_in: int = 1) -> Floats:
    """Return raw betweenness, shape (n,): ordered pairs where directed, else unordered ones.

    Parameters
    ----------
    one_in
        Only routes from one node in so many: how long all take is so many times as long.

    Notes
    -----
    O(n m); n floats a block.

    References
    ----------
    .. [1] Brandes, "A Faster Algorithm for Betweenness Centrality", Journal of Mathematical
       Sociology 25, 2001.
    """
    order = order_of(projection)
    offsets, neighbours = rows_of(projection, order, "out")
    count = len(projection.ids)
    added = np.zeros((_BLOCKS, count))

    def block(number: int) -> None:
        sources = np.arange(number * one_in, count, _BLOCKS * one_in, dtype=np.uint32)
        _from_sources(offsets, neighbours, sources, added[number])

    in_threads(block, _BLOCKS)
    scores = np.zeros(count)
    scores[order.place] = added.sum(axis=0)
    return scores if projection.directed else scores / 2


@compiled
def _from_sources(offsets: Offsets, neighbours: Nodes, sources: Nodes, added: Floats) -> None:
    count = len(offsets) - 1
    steps = np.empty(count, np.int32)
    routes = np.empty(count, np.float64)
    carried = np.empty(count, np.float64)
    queue = np.empty(count, np.uint32)
    # The ties that are on shortest routes, by their nearer ends in the order of the queue.
    onward = np.empty(len(neighbours), np.uint32)
    begins = np.empty(count + 1, np.uint64)
    for source in sources:
        steps[:] = -1
        steps[source] = 0
        routes[source] = 1.0
        queue[0] = source
        read, written, links = np.uint64(0), np.uint64(1), np.uint64(0)
        while read < written:
            near = queue[read]
            begins[read] = links
            read += _ONE
            further = steps[near] + np.int32(1)
            ways = routes[near]
            for entry in range(offsets[near], offsets[np.uint64(near) + _ONE]):
                far = neighbours[entry]
                if steps[far] < 0:
                    steps[far] = further
                    routes[far] = ways
                    queue[written] = far
                    written += _ONE
                elif steps[far] == further:
                    routes[far] += ways
                else:
                    continue
                onward[links] = far
                links += _ONE
        begins[written] = links
        # Backwards: what a node carries is shared among those one step nearer by their routes.
        while written > _ONE:
            written -= _ONE
            near = queue[written]
            shares = 0.0
            for link in range(begins[written], begins[written + _ONE]):
                shares += carried[onward[link]]
            between = shares * routes[near]
            carried[near] = (1.0 + between) / routes[near]
            added[near] += between
