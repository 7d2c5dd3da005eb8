"""What holds a network together: cores, cut points, bridges, as `clustering` and `cohesion`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Flags, Indices, Projection

_ONE: Final = np.uint64(1)


class Frame(NamedTuple):
    """What falls apart without what.

    Parameters
    ----------
    cuts
        Whether a node is a cut point, in the order of the projection's ids.
    bridges
        Places of both ends, shape (bridges, 2), ascending.
    """

    cuts: Flags
    bridges: Indices


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
    cuts = np.zeros(count, np.uint8)
    bridge_to = np.full(count, count, np.uint32)
    _search(offsets, neighbours, cuts, bridge_to)
    lower = np.flatnonzero(bridge_to < count)
    ends = np.stack((order.place[lower], order.place[bridge_to[lower]]), axis=1)
    ends.sort(axis=1)
    return Frame(cuts[order.row].astype(np.bool_), ends[np.lexsort((ends[:, 1], ends[:, 0]))])


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
def _search(offsets: Offsets, neighbours: Nodes, cuts: NDArray[np.uint8], bridge_to: Nodes) -> None:
    count = np.uint64(len(offsets) - 1)
    # When a node was found, from 1; and the earliest that its part of the search leads back to.
    found = np.zeros(count, np.uint32)
    earliest = np.zeros(count, np.uint32)
    parent = np.zeros(count, np.uint32)
    entry = offsets.copy()
    stack = np.empty(count, np.uint32)
    clock = np.uint32(0)
    for root in range(count):
        if found[root]:
            continue
        clock += np.uint32(1)
        found[root] = earliest[root] = clock
        stack[0] = root
        depth = _ONE
        branches = 0
        while depth:
            near = np.uint64(stack[depth - _ONE])
            if entry[near] < offsets[near + _ONE]:
                far = np.uint64(neighbours[entry[near]])
                entry[near] += _ONE
                if not found[far]:
                    clock += np.uint32(1)
                    found[far] = earliest[far] = clock
                    parent[far] = near
                    stack[depth] = far
                    depth += _ONE
                    if near == root:
                        branches += 1
                elif far != parent[near] or near == root:
                    earliest[near] = min(earliest[near], found[far])
            else:
                depth -= _ONE
                if not depth:
                    continue
                above = np.uint64(parent[near])
                earliest[above] = min(earliest[above], earliest[near])
                if earliest[near] > found[above]:
                    bridge_to[near] = above
                if above != root and earliest[near] >= found[above]:
                    cuts[above] = 1
        if branches > 1:
            cuts[root] = 1


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
