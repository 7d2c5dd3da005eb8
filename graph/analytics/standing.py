"""How near each node is to others, over the arrays of a network of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph, csr_array

if TYPE_CHECKING:
    from graph.analytics.projection import Flags, Indices


# It does not say in types what it takes and gives.
_csgraph: Final[Any] = csgraph
_BITS: Final = 8

Counts = NDArray[np.int64] | NDArray[np.int32]

SOCIAL, NATURAL, KINDLY, KINDLY_NATURAL = (np.uint8(1 << bit) for bit in range(4))
"""Sets of social ties: all, natural ones, those that are not stressful, and both."""


class Pairs(NamedTuple):
    """Each tied pair once, shape (pairs,).

    Parameters
    ----------
    low, high
        Its ends, the lower node first.
    bits
        What some tie of it is: a bit for each set of ties.
    """

    low: Indices
    high: Indices
    bits: NDArray[np.uint8]

    def by(self, bit: np.uint8) -> Pairs:
        """Return the pairs that a tie of one set ties."""
        chosen = self.bits & bit != 0
        return Pairs(self.low[chosen], self.high[chosen], self.bits[chosen])


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
    degree: Counts
    in_giant: Flags
    hops: Counts


class SocialTies(NamedTuple):
    """Ties, and in which sets of ties they are.

    Parameters
    ----------
    source, target
        The places of their ends, shape (ties,).
    bits
        In which sets each would be, whoever is at its ends, shape (ties,): `SOCIAL` and so on.
    allowed
        In which sets a tie of each node may be, shape (nodes,).
    person, nearest
        Who would notice, and to whom steps are counted, shape (nodes,).
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    bits: NDArray[np.uint8]
    allowed: NDArray[np.uint8]
    person: Flags
    nearest: Flags


class Standings(NamedTuple):
    """How every node stands: by all social ties, and by natural ones.

    Parameters
    ----------
    standing
        Of each of the two sets.
    noticing
        How many people every node is tied to by those that are not stressful, shape (nodes,).
    """

    standing: tuple[Standing, Standing]
    noticing: tuple[Counts, Counts]


def standings(ties: SocialTies) -> Standings:
    """Return how every node stands by all ties and by natural ones. O(n + m log m)."""
    source, target, nodes = ties.source, ties.target, len(ties.allowed)
    bits = ties.bits & ties.allowed[source] & ties.allowed[target]
    pairs = pairs_of(source, target, bits * (bits & SOCIAL), nodes=nodes)
    nearest = np.flatnonzero(ties.nearest)
    every, natural = (standing(pairs.by(bit), nodes, nearest=nearest) for bit in (SOCIAL, NATURAL))
    kindly, of_both = (
        tied_to(pairs.by(bit), nodes, ties.person) for bit in (KINDLY, KINDLY_NATURAL)
    )
    return Standings((every, natural), (kindly, of_both))


def pairs_of(
    source: NDArray[Any], target: NDArray[Any], bits: NDArray[np.uint8], *, nodes: int
) -> Pairs:
    """Return each tied pair once; loops, and ties of no set (0), are left out. O(m log m)."""
    told = (bits != 0) & (source != target)
    source, target = source[told], target[told]
    keys = np.minimum(source, target).astype(np.int64) * nodes + np.maximum(source, target)
    # Sorted, which is several times as fast as `np.unique`, whose table of hashes fits no cache.
    said = np.sort(keys << _BITS | bits[told])
    keys = said >> _BITS
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    low, high = np.divmod(keys[firsts], max(nodes, 1))
    joined = np.bitwise_or.reduceat(said.astype(np.uint8), firsts) if len(firsts) else bits[:0]
    return Pairs(low, high, joined)


def standing(pairs: Pairs, nodes: int, *, nearest: Indices) -> Standing:
    """Return how every node stands in an undirected network.

    Parameters
    ----------
    pairs
        Each tied pair, once.
    nodes
        How many nodes there are.
    nearest
        The nodes to which steps are counted, each once.

    Notes
    -----
    Exact; O(n + m). An isolate has degree 0, is in no giant, and reaches nothing but itself.

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    low, high, _ = pairs
    degree = np.bincount(low, minlength=nodes) + np.bincount(high, minlength=nodes)
    # Four bytes a node: at a million of them the rows are most of what is held.
    ends = low.astype(np.int32), high.astype(np.int32)
    in_giant = np.zeros(nodes, np.bool_)
    if len(low):
        once = rows_of(*ends, nodes)
        component: Indices = _csgraph.connected_components(once, directed=False)[1]
        in_giant = component == np.argmax(np.bincount(component))
    rows = rows_of(np.concatenate(ends), np.concatenate(ends[::-1]), nodes)
    return Standing(len(low), degree, in_giant, steps_from(rows, nodes, nearest))


def tied_to(pairs: Pairs, nodes: int, which: Flags) -> Indices:
    """Count of how many of the chosen nodes every node is tied to, shape (nodes,)."""
    low, high, _ = pairs
    at_low, at_high = low[which[high]], high[which[low]]
    return np.bincount(at_low, minlength=nodes) + np.bincount(at_high, minlength=nodes)


def rows_of(near: NDArray[Any], far: NDArray[Any], nodes: int) -> Any:
    """Return neighbours as compressed sparse rows."""
    return csr_array((np.ones(len(near), np.int8), (near, far)), (nodes, nodes))


def steps_from(rows: Any, nodes: int, nearest: Indices) -> Indices:
    """Return the steps from the nearest of some nodes, each named once; -1 where none is reached.

    O(n + m): from all of them at once, a step at a time.
    """
    offsets = rows.indptr.astype(np.int64)
    hops = np.full(nodes, -1, np.int64)
    hops[nearest] = 0
    last = np.empty(nodes, np.int64)
    edge, step = nearest, 0
    while len(edge):
        lengths = offsets[edge + 1] - offsets[edge]
        firsts = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) + np.repeat(offsets[edge] - firsts, lengths)
        beyond = rows.indices[within].astype(np.int64)
        beyond = beyond[hops[beyond] < 0]
        step += 1
        hops[beyond] = step
        # Each once: the one that was written last. All nodes are never looked through.
        last[beyond] = np.arange(len(beyond))
        edge = beyond[last[beyond] == np.arange(len(beyond))]
    return hops
