"""How long a shortest route may be, as `distances.longest_route`: one search of each component."""

from __future__ import annotations

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Projection


def longest(projection: Projection) -> int:
    """Return a number not less than the nodes on the longest of all shortest routes.

    Parameters
    ----------
    projection
        n nodes, m ties, undirected. Strengths are not read.

    Notes
    -----
    O(n + m).
    """
    # Rows come in the order of degree, so that the first of a component has the most ties in it.
    return int(_longest(*rows_of(projection, order_of(projection), "both")))


@compiled
def _longest(offsets: Offsets, neighbours: Nodes) -> np.int64:
    count = np.uint64(len(offsets) - 1)
    steps = np.full(count, -1, np.int64)
    queue = np.empty(count, np.uint32)
    most = np.int64(0)
    for root in range(count):
        if steps[root] >= 0:
            continue
        steps[root] = 0
        queue[0] = root
        begin, end = np.uint64(0), np.uint64(1)
        while begin < end:
            near = np.uint64(queue[begin])
            begin += np.uint64(1)
            for entry in range(offsets[near], offsets[near + np.uint64(1)]):
                far = neighbours[entry]
                if steps[far] < 0:
                    steps[far] = steps[near] + 1
                    queue[end] = far
                    end += np.uint64(1)
        if end > np.uint64(1):
            # Those that were reached last are the two that are furthest.
            last, other = queue[end - np.uint64(1)], queue[end - np.uint64(2)]
            most = max(most, np.int64(steps[last] + steps[other] + 1))
    return most
