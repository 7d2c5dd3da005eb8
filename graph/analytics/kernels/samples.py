"""Shortest routes drawn by chance, for `betweenness.sampled_betweenness`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from graph.analytics.kernels.compiling import THREADS, compiled, in_threads
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Floats, Indices, Projection

_ONE: Final = np.uint64(1)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_UNIT: Final = 2.0**-53

STEPS, ROUTES = range(2)


def drawn_hits(projection: Projection, cuts: Sequence[int], seed: int) -> Iterator[Indices]:
    """Draw shortest routes between uniform pairs, and count how many lead through every node.

    Parameters
    ----------
    projection
        n nodes, at least 2; m ties. Strengths are not read.
    cuts
        Numbers of pairs, ascending, after which to tell what was hit so far.
    seed
        Each pair has numbers of its own from it, so that threads change nothing.

    Yields
    ------
    ndarray
        Shape (n,), in the order of the projection's ids; ends are not on a route.

    Notes
    -----
    From both ends by turns, the one with less to look at first, until they meet: some sqrt(m)
    ties a pair in networks without long ways. Numbers are those of SplitMix64.

    References
    ----------
    .. [1] Borassi and Natale, "KADABRA is an Adaptive Algorithm for Betweenness via Random
       Approximation", Journal of Experimental Algorithmics 24, 2019: the balanced search.
    .. [2] Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    """
    order = order_of(projection)
    out = rows_of(projection, order, "out")
    into = rows_of(projection, order, "in") if projection.directed else out
    hits = np.zeros((THREADS, len(projection.ids)), np.int64)
    parts = np.zeros(THREADS + 1, np.uint64)

    def block(number: int) -> None:
        _draw(
            *out, *into, parts[number], parts[number + 1], np.uint64(seed % 2**64), hits[number]
        )  # fmt: skip

    drawn = 0
    for cut in cuts:
        parts[:] = np.linspace(drawn, cut, THREADS + 1).astype(np.uint64)
        in_threads(block, THREADS)
        drawn = cut
        yield hits.sum(axis=0)[order.row]


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@compiled
def _below(state: np.uint64, bound: np.uint64) -> np.uint64:
    # Of 32 bits: the share that any number has too much is below 2^-32 times the bound.
    return ((_mixed(state) >> np.uint64(32)) * bound) >> np.uint64(32)


@compiled
def _spread(
    offsets: Offsets,
    neighbours: Nodes,
    queue: Nodes,
    begin: np.uint64,
    end: np.uint64,
    found: Floats,
) -> np.uint64:
    """Go one step on from queue[begin:end]; return the new end of the queue."""
    written = end
    for index in range(begin, end):
        near = queue[index]
        further, routes = found[near, STEPS] + 1, found[near, ROUTES]
        for entry in range(offsets[near], offsets[np.uint64(near) + _ONE]):
            far = neighbours[entry]
            steps = found[far, STEPS]
            if steps < 0:
                found[far, STEPS] = further
                found[far, ROUTES] = routes
                queue[written] = far
                written += _ONE
            elif steps == further:
                found[far, ROUTES] += routes
    return written


@compiled
def _weight(offsets: Offsets, queue: Nodes, begin: np.uint64, end: np.uint64) -> np.uint64:
    weight = np.uint64(0)
    for index in range(begin, end):
        near = np.uint64(queue[index])
        weight += offsets[near + _ONE] - offsets[near]
    return weight


@compiled
def _back(
    offsets: Offsets,
    neighbours: Nodes,
    node: np.uint64,
    found: Floats,
    state: np.uint64,
    hits: Indices,
) -> np.uint64:
    """Draw the way from where both met back to one end, and count who is on it."""
    while found[node, STEPS] > 1:
        state += _STEP
        ticket = np.float64(_mixed(state) >> np.uint64(11)) * _UNIT * found[node, ROUTES]
        nearer = found[node, STEPS] - 1
        chosen = node
        for entry in range(offsets[node], offsets[node + _ONE]):
            before = np.uint64(neighbours[entry])
            if found[before, STEPS] == nearer:
                chosen = before
                ticket -= found[before, ROUTES]
                if ticket < 0:
                    break
        node = chosen
        hits[node] += 1
    return state


@compiled
def _together(found: Floats, side: int, queue: Nodes, begin: np.uint64, end: np.uint64) -> float:
    """Count the routes through a new level of one side, where the other side has been."""
    routes = 0.0
    for index in range(begin, end):
        node = queue[index]
        if found[1 - side, node, STEPS] >= 0:
            routes += found[0, node, ROUTES] * found[1, node, ROUTES]
    return routes


@compiled
def _middle(
    found: Floats, side: int, queue: Nodes, begin: np.uint64, end: np.uint64, ticket: float
) -> np.uint64:
    """Return the node of the level that one of these routes leads through."""
    middle = np.uint64(0)
    for index in range(begin, end):
        node = queue[index]
        if found[1 - side, node, STEPS] >= 0:
            middle = np.uint64(node)
            ticket -= found[0, node, ROUTES] * found[1, node, ROUTES]
            if ticket < 0:
                break
    return middle


@compiled
def _draw(
    out: Offsets,
    followers: Nodes,
    into: Offsets,
    leaders: Nodes,
    first: np.uint64,
    last: np.uint64,
    seed: np.uint64,
    hits: Indices,
) -> None:
    count = np.uint64(len(out) - 1)
    # Side by side: most of the time goes by until memory has what is asked of one node.
    found = np.full((2, count, 2), -1, np.float64)
    queues = np.empty((2, count), np.uint32)
    for sample in range(first, last):
        state = _mixed(seed + _mixed(sample + _ONE) * _STEP)
        source = _below(state, count)
        state += _STEP
        target = _below(state, count - _ONE)
        if target >= source:
            target += _ONE
        found[0, source, STEPS] = found[1, target, STEPS] = 0
        found[0, source, ROUTES] = found[1, target, ROUTES] = 1
        queues[0, 0], queues[1, 0] = source, target
        begin_s, end_s, begin_t, end_t = np.uint64(0), _ONE, np.uint64(0), _ONE
        weight_s = _weight(out, queues[0], begin_s, end_s)
        weight_t = _weight(into, queues[1], begin_t, end_t)
        met = False
        while not met and begin_s < end_s and begin_t < end_t:
            if weight_s <= weight_t:
                side = 0
                written = _spread(out, followers, queues[0], begin_s, end_s, found[0])
                begin_s, end_s = end_s, written
                begin, end = begin_s, end_s
            else:
                side = 1
                written = _spread(into, leaders, queues[1], begin_t, end_t, found[1])
                begin_t, end_t = end_t, written
                begin, end = begin_t, end_t
            # Every shortest route passes the new level of one side, where the other has been.
            together = _together(found, side, queues[side], begin, end)
            met = together > 0
            if not met and side == 0:
                weight_s = _weight(out, queues[0], begin, end)
            elif not met:
                weight_t = _weight(into, queues[1], begin, end)
            else:
                state += _STEP
                ticket = np.float64(_mixed(state) >> np.uint64(11)) * _UNIT * together
                middle = _middle(found, side, queues[side], begin, end, ticket)
                if middle not in (source, target):
                    hits[middle] += 1
                state = _back(into, leaders, middle, found[0], state, hits)
                _back(out, followers, middle, found[1], state, hits)
        for index in range(end_s):
            found[0, queues[0, index], STEPS] = -1
        for index in range(end_t):
            found[1, queues[1, index], STEPS] = -1
