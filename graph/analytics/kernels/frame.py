"""What holds a network together, as `clustering`, `cohesion` and `splits` have it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Indices, Projection

_ONE: Final = np.uint64(1)


class Frame(NamedTuple):
    """What falls apart without what.

    Parameters
    ----------
    broken
        How many others lose the largest piece that is left of their component when a node goes, in
        the order of the projection's ids; above 0 at cut points alone.
    bridges
        Places of both ends, shape (bridges, 2), ascending.
    smaller
        Number of nodes on the smaller side of each bridge, shape (bridges,).
    """

    broken: Indices
    bridges: Indices
    smaller: Indices


def frame(projection: Projection) -> Frame:
    """Find cut points and bridges in one search, on the underlying undirected graph.

    Notes
    -----
    O(n + m).

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    order = order_of(projection)
    offsets, neighbours = rows_of(projection, order, "both")
    count = len(projection.ids)
    bridge_to = np.full(count, count, np.uint32)
    pieces, largest, below, root = np.zeros((4, count), np.uint32)
    _search(offsets, neighbours, bridge_to, pieces, largest, below, root)
    whole = below[root].astype(np.int64)
    # The piece above is left beside those below, but at the root of the search.
    left = np.maximum(largest, whole - 1 - pieces)
    broken = np.where(pieces > 0, whole - 1 - left, 0)[order.row]
    lower = np.flatnonzero(bridge_to < count)
    ends = np.stack((order.place[lower], order.place[bridge_to[lower]]), axis=1)
    ends.sort(axis=1)
    smaller = np.minimum(below[lower], whole[lower] - below[lower])
    ascending = np.lexsort((ends[:, 1], ends[:, 0]))
    return Frame(broken, ends[ascending], smaller[ascending])


def coreness(projection: Projection) -> Indices:
    """Return core numbers, shape (n,), on the underlying undirected graph.

    Notes
    -----
    O(n + m).

    References
    ----------
    .. [1] Batagelj and Zaversnik, "An O(m) Algorithm for Cores Decomposition of Networks", 2003.
    """
    order = order_of(projection)
    offsets, neighbours = rows_of(projection, order, "both")
    return _peeled(offsets, neighbours)[order.row]


@compiled
def _search(
    offsets: Offsets,
    neighbours: Nodes,
    bridge_to: Nodes,
    pieces: Nodes,
    largest: Nodes,
    below: Nodes,
    root: Nodes,
) -> None:
    """Search in depth, and write at each node what is above it by a bridge, and what hangs on it.

    `pieces` and `largest`: nodes in all and in the largest of the parts below that have no way
    round it. `below`: nodes below, itself too. `root`: where the search of its component began.
    """
    count = np.uint64(len(offsets) - 1)
    # When a node was found, from 1; and the earliest that its part of the search leads back to.
    found = np.zeros(count, np.uint32)
    earliest = np.zeros(count, np.uint32)
    parent = np.zeros(count, np.uint32)
    entry = offsets.copy()
    stack = np.empty(count, np.uint32)
    clock = np.uint32(0)
    for first in range(count):
        if found[first]:
            continue
        clock += np.uint32(1)
        found[first] = earliest[first] = clock
        below[first], root[first] = 1, first
        stack[0] = first
        depth = _ONE
        while depth:
            near = np.uint64(stack[depth - _ONE])
            if entry[near] < offsets[near + _ONE]:
                far = np.uint64(neighbours[entry[near]])
                entry[near] += _ONE
                if not found[far]:
                    clock += np.uint32(1)
                    found[far] = earliest[far] = clock
                    parent[far] = near
                    below[far], root[far] = 1, first
                    stack[depth] = far
                    depth += _ONE
                elif far != parent[near] or near == first:
                    earliest[near] = min(earliest[near], found[far])
            else:
                depth -= _ONE
                if not depth:
                    continue
                above = np.uint64(parent[near])
                earliest[above] = min(earliest[above], earliest[near])
                below[above] += below[near]
                if earliest[near] > found[above]:
                    bridge_to[near] = above
                if earliest[near] >= found[above]:
                    pieces[above] += below[near]
                    largest[above] = max(largest[above], below[near])


@compiled
def _peeled(offsets: Offsets, neighbours: Nodes) -> Indices:
    count = np.uint64(len(offsets) - 1)
    left = np.zeros(count, np.int64)
    for node in range(count):
        left[node] = np.int64(offsets[node + _ONE] - offsets[node])
    # Nodes by what is left of their degree, and where each degree begins.
    most = 0
    for node in range(count):
        most = max(most, left[node])
    begin = np.zeros(most + 2, np.int64)
    for node in range(count):
        begin[left[node] + 1] += 1
    for degree in range(most + 1):
        begin[degree + 1] += begin[degree]
    place = np.empty(count, np.int64)
    nodes = np.empty(count, np.uint32)
    following = begin.copy()
    for node in range(count):
        place[node] = following[left[node]]
        nodes[place[node]] = node
        following[left[node]] += 1
    for index in range(count):
        node = np.uint64(nodes[index])
        for entry in range(offsets[node], offsets[node + _ONE]):
            far = neighbours[entry]
            if left[far] > left[node]:
                first = begin[left[far]]
                other = nodes[first]
                nodes[first], nodes[place[far]] = far, other
                place[other], place[far] = place[far], first
                begin[left[far]] += 1
                left[far] -= 1
    return left
