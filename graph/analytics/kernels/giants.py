"""The largest components of two sets of ties, one of which holds the other."""

from __future__ import annotations

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.entries import SHIFT, Entries
from graph.analytics.kernels.rows import Nodes
from graph.analytics.projection import Flags

_ZERO, _ONE = np.uint32(0), np.uint32(1)


def giants(rows: Entries, least: Nodes) -> Flags:
    """Tell who is in the largest component by all ties, and by natural ones, shape (2, nodes).

    Parameters
    ----------
    rows
        Neighbours of every node.
    least
        The first of each node and its neighbours by natural ties; written over.

    Notes
    -----
    Of several as large, that of the first node; none where nobody is tied. O(m log n) at worst.

    References
    ----------
    .. [1] Sutton, Ben-Nun and Barak, "Optimizing Parallel Graph Connectivity Computation via
       Subgraph Sampling", IPDPS 2018.
    """
    found = np.zeros((2, len(least)), np.bool_)
    # One more, so that there is a first where there is no node.
    sizes = np.empty(len(least) + 1, np.uint32)
    _giants(*rows, least, sizes, found)
    return found


@compiled
def _giants(firsts: Nodes, entries: Nodes, above: Nodes, sizes: Nodes, giants: Flags) -> None:
    """Find the largest components; `above` begins as the first natural neighbour, if it is before.

    What is above a node is before it, in the same component. Who stands in the component that a
    few ties make the largest need not be looked at again: whoever is tied to them is.
    """
    nodes = np.uint64(giants.shape[1])
    _settle(above, nodes)
    for near in range(nodes):
        if firsts[near + _ONE] > firsts[near]:
            entry = entries[firsts[near + _ONE] - _ONE]
            if entry & _ONE:
                _join(above, np.uint32(near), np.uint32(entry >> SHIFT))
    _settle(above, nodes)
    largest = _largest(above, sizes, nodes)
    # Natural ties first: all ties only join what these have joined.
    for kind in range(2):
        for near in range(nodes):
            if above[near] != largest:
                for place in range(firsts[near], firsts[near + _ONE]):
                    entry = entries[place]
                    if kind or entry & _ONE:
                        _join(above, np.uint32(near), np.uint32(entry >> SHIFT))
        _settle(above, nodes)
        largest = _largest(above, sizes, nodes)
        if sizes[largest] > 1:
            for near in range(nodes):
                giants[1 - kind, near] = above[near] == largest


@compiled
def _join(above: Nodes, one: np.uint32, other: np.uint32) -> None:
    while above[one] != one:
        above[one] = above[above[one]]
        one = above[one]
    while above[other] != other:
        above[other] = above[above[other]]
        other = above[other]
    if one < other:
        above[other] = one
    elif other < one:
        above[one] = other


@compiled
def _settle(above: Nodes, nodes: np.uint64) -> None:
    """Put every node right beneath the first of its component."""
    for node in range(nodes):
        above[node] = above[above[node]]


@compiled
def _largest(above: Nodes, sizes: Nodes, nodes: np.uint64) -> np.uint32:
    """Return the first node of the largest component; of several as large, of the first."""
    sizes[:] = 0
    for node in range(nodes):
        sizes[above[node]] += _ONE
    most = _ZERO
    for size in sizes:
        most = max(most, size)
    largest = _ZERO
    while sizes[largest] < most:
        largest += _ONE
    return largest
