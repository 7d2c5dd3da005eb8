"""How near each node is to others, over the arrays of a network of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy.sparse import csgraph, csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.analytics.projection import Flags, Indices


# It does not say in types what it takes and gives.
_csgraph: Final[Any] = csgraph


class Standing(NamedTuple):
    """How every node stands, each of shape (nodes,).

    Parameters
    ----------
    pairs
        How many pairs of nodes are tied.
    degree
        The number of nodes tied to.
    in_giant
        Whether it is part of the largest component that has a tie; of several as large, of the
        one with the first node.
    hops
        Steps to the nearest of the nodes asked for; -1 where none can be reached.
    """

    pairs: int
    degree: Indices
    in_giant: Flags
    hops: Indices


def pairs_of(source: NDArray[Any], target: NDArray[Any], *, nodes: int) -> tuple[Indices, Indices]:
    """Return each tied pair once, the lower node first; loops are left out. O(m log m)."""
    apart = source != target
    low = np.minimum(source, target)[apart].astype(np.int64)
    high = np.maximum(source, target)[apart]
    # Sorted, which is several times as fast as `np.unique`, whose table of hashes fits no cache.
    keys = np.sort(low * nodes + high)
    keys = keys[np.diff(keys, prepend=-1) != 0]
    return np.divmod(keys, max(nodes, 1))


def standing(low: Indices, high: Indices, nodes: int, *, nearest: Indices) -> Standing:
    """Return how every node stands in an undirected network.

    Parameters
    ----------
    low, high
        The ends of each tied pair, once; shape (pairs,).
    nodes
        How many nodes there are.
    nearest
        The nodes to which steps are counted.

    Notes
    -----
    Exact; O(n + m). An isolate has degree 0, is in no giant, and reaches nothing but itself.

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    degree = np.bincount(low, minlength=nodes) + np.bincount(high, minlength=nodes)
    rows = _rows(low, high, nodes)
    in_giant = np.zeros(nodes, np.bool_)
    if len(low):
        component: Indices = _csgraph.connected_components(rows, directed=False)[1]
        in_giant = component == np.argmax(np.bincount(component))
    return Standing(len(low), degree, in_giant, _hops(rows, nodes, nearest))


def _rows(low: Indices, high: Indices, nodes: int) -> Any:
    """Return the neighbours of each node as compressed sparse rows."""
    # Four bytes a node: at a million of them the rows are most of what is held.
    near, far = (
        np.concatenate(ends, dtype=np.int32, casting="same_kind")
        for ends in ((low, high), (high, low))
    )
    return csr_array((np.ones(len(near), np.int8), (near, far)), (nodes, nodes))


def _hops(rows: Any, nodes: int, nearest: Indices) -> Indices:
    """Search from all of them at once, a step at a time."""
    offsets = rows.indptr.astype(np.int64)
    hops = np.full(nodes, -1, np.int64)
    hops[nearest] = 0
    edge, step = nearest, 0
    while len(edge):
        lengths = offsets[edge + 1] - offsets[edge]
        firsts = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) + np.repeat(offsets[edge] - firsts, lengths)
        beyond = rows.indices[within].astype(np.int64)
        step += 1
        hops[beyond[hops[beyond] < 0]] = step
        edge = np.flatnonzero(hops == step)
    return hops
