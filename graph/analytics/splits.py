"""How much breaks off when one node or one tie of a network goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Projection


class Splits(NamedTuple):
    """What the network loses with each of its weak places.

    Parameters
    ----------
    by_node
        How many others lose the largest piece that is left of their component when a node goes;
        in the order of the projection's ids. 0 for all but cut points.
    by_bridge
        Both ends of every bridge, ascending, and the number of nodes on its smaller side; those
        that break off the most first.
    """

    by_node: list[int]
    by_bridge: list[tuple[int, int, int]]


def splits(projection: Projection) -> Splits:
    """Return how many nodes break off with each cut point and each bridge.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.

    Returns
    -------
    Splits
        An isolate breaks nothing off. Of two pieces alike one counts as left, one as broken off.

    Notes
    -----
    Exact; O(n + m): one search in depth, which counts what hangs below each node.

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    if len(projection.ids) >= SCANNED_FROM:
        from graph.analytics.kernels.frame import frame  # noqa: PLC0415 - see kernels

        broken, ends, smaller = frame(projection)
        most_first = np.argsort(-smaller, kind="stable")
        found = zip(ends[most_first].tolist(), smaller[most_first].tolist(), strict=True)
        return Splits(broken.tolist(), [(one, other, size) for (one, other), size in found])
    neighbours = _neighbours(projection)
    count = len(neighbours)
    seen, low, below = [-1] * count, [0] * count, [1] * count
    by_node = [0] * count
    bridges: list[tuple[int, int, int]] = []
    for root in range(count):
        if seen[root] < 0:
            order, parent = _searched(root, neighbours, seen, low, below)
            _read(order, parent, (seen, low, below), by_node, bridges)
    bridges.sort(key=lambda bridge: (-bridge[2], bridge))
    return Splits(by_node, bridges)


def _read(
    order: list[int],
    parent: dict[int, int],
    search: tuple[list[int], list[int], list[int]],
    by_node: list[int],
    bridges: list[tuple[int, int, int]],
) -> None:
    """Read what breaks off in one component from a search in depth through it."""
    found, low, below = search
    whole = len(order)
    pieces: dict[int, list[int]] = {}
    for node in order[1:]:
        above = parent[node]
        if low[node] >= found[above]:
            pieces.setdefault(above, []).append(below[node])
        if low[node] > found[above]:
            smaller = min(below[node], whole - below[node])
            bridges.append((min(above, node), max(above, node), smaller))
    for node, broken in pieces.items():
        rest = whole - 1 - sum(broken)
        by_node[node] = whole - 1 - max([*broken, rest])


def _searched(
    root: int, neighbours: list[list[int]], found: list[int], low: list[int], below: list[int]
) -> tuple[list[int], dict[int, int]]:
    """Search one component in depth; return its nodes in order, and what is above each."""
    order, parent = [root], {root: -1}
    found[root] = low[root] = 0
    path: list[tuple[int, Iterator[int]]] = [(root, iter(neighbours[root]))]
    while path:
        node, others = path[-1]
        for other in others:
            if found[other] < 0:
                found[other] = low[other] = len(order)
                order.append(other)
                parent[other] = node
                path.append((other, iter(neighbours[other])))
                break
            if other != parent[node]:
                low[node] = min(low[node], found[other])
        else:
            path.pop()
            above = parent[node]
            if above >= 0:
                low[above] = min(low[above], low[node])
                below[above] += below[node]
    return order, parent


def _neighbours(projection: Projection) -> list[list[int]]:
    undirected = projection.underlying
    neighbours: list[list[int]] = [[] for _ in projection.ids]
    for one, other in undirected.pairs:
        neighbours[one].append(other)
        neighbours[other].append(one)
    return neighbours
