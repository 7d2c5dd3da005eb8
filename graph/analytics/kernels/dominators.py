"""What all ways from some nodes to another lead through, as `gates`."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Flags, Indices, Projection

_ONE: Final = np.uint64(1)


def dominators(projection: Projection, targets: Flags) -> Indices:
    """Return the immediate dominators of a search from one point behind all targets, shape (n,).

    The point itself is n, and -1 stands where the search does not come; on the underlying
    undirected graph.

    Notes
    -----
    O(n + m) a pass; a few passes in practice.

    References
    ----------
    .. [1] Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
    """
    count = len(projection.ids)
    order = order_of(projection)
    offsets, neighbours = rows_of(projection, order, "both")
    above = np.full(count + 1, count + 1, np.uint32)
    _dominated(offsets, neighbours, targets[order.place].view(np.uint8), above)
    place = np.append(order.place, (count, -1))
    return place[above[order.row]]


@compiled
def _dominated(
    offsets: Offsets, neighbours: Nodes, targets: NDArray[np.uint8], above: Nodes
) -> None:
    count = np.uint64(len(offsets) - 1)
    nowhere = np.uint32(count + _ONE)
    # When the search left a node for good: whoever is above another is left after it.
    left = np.zeros(count + _ONE, np.uint32)
    seen = np.zeros(count, np.uint8)
    nodes = np.empty(count, np.uint32)
    entry = offsets.copy()
    stack = np.empty(count, np.uint32)
    clock = np.uint32(0)
    for first in range(count):
        if not targets[first] or seen[first]:
            continue
        seen[first] = 1
        stack[0] = first
        depth = _ONE
        while depth:
            near = np.uint64(stack[depth - _ONE])
            if entry[near] < offsets[near + _ONE]:
                far = neighbours[entry[near]]
                entry[near] += _ONE
                if not seen[far]:
                    seen[far] = 1
                    stack[depth] = far
                    depth += _ONE
            else:
                depth -= _ONE
                nodes[clock] = near
                left[near] = clock
                clock += np.uint32(1)
    left[count] = clock
    above[count] = count
    changed = True
    while changed:
        changed = False
        for turn in range(clock):
            node = np.uint64(nodes[clock - np.uint32(1) - np.uint32(turn)])
            gate = np.uint32(count) if targets[node] else nowhere
            if not targets[node]:
                for at in range(offsets[node], offsets[node + _ONE]):
                    other = neighbours[at]
                    if above[other] == nowhere:
                        continue
                    if gate == nowhere:
                        gate = other
                    while gate != other:
                        while left[gate] < left[other]:
                            gate = above[gate]
                        while left[other] < left[gate]:
                            other = above[other]
            if above[node] != gate:
                above[node] = gate
                changed = True
