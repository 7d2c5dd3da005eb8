"""Steps to the nearest of some nodes by two sets of ties at once, one of which holds the other."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.entries import SHIFT, Bits, Entries, Tally
from graph.analytics.kernels.rows import Nodes
from graph.analytics.projection import Flags
from graph.analytics.standing import Counts
from graph.network.snapshot import frozen

_ONE = np.uint32(1)
_MANY: Final = 4
"""A step looks back from who is not reached while these have at most so many times the ties."""


def steps(rows: Entries, tally: Tally, nearest: Flags) -> Counts:
    """Return steps by all ties, and by natural ones, shape (2, nodes); -1 where none is reached.

    Notes
    -----
    O(n + m), whatever the number of steps: what is looked at again is bounded by what is new.

    References
    ----------
    .. [1] Beamer, Asanovic and Patterson, "Direction-Optimizing Breadth-First Search", SC 2012.
    """
    nodes = len(nearest)
    hops = np.empty((2, nodes), np.int32)
    # A node comes twice if by natural ties it comes later.
    left, queue = np.empty(nodes, np.uint32), np.empty(2 * nodes + 1, np.uint32)
    reached = tally.beside.copy()
    _reached(*rows, tally.degrees, frozen(nearest[:]), reached, hops, left, queue)
    return hops


@compiled
def _reached(
    firsts: Nodes,
    entries: Nodes,
    degrees: Counts,
    nearest: Flags,
    reached: Bits,
    hops: Counts,
    left: Nodes,
    queue: Nodes,
) -> None:
    """Count steps; `reached` begins as who is one step away, one bit a set of ties.

    A step looks ahead from who was reached last, or back from who was not yet, whichever has
    fewer ties: of the latter only until one is found.
    """
    news, wants = np.empty(len(queue), np.uint8), np.empty(len(reached), np.uint8)
    head, tail, lefts = np.uint64(0), np.uint64(0), np.uint64(0)
    ahead, back = np.int64(0), np.int64(0)
    hops[:] = -1
    for node in range(np.uint64(len(reached))):
        if nearest[node]:
            hops[0, node] = hops[1, node] = 0
            reached[node] = wants[node] = 3
            continue
        wants[node] = (degrees[0, node] > 0) | (degrees[1, node] > 0) << 1
        queue[tail], news[tail], left[lefts] = node, reached[node], node
        waits, ties = wants[node] != reached[node], degrees[0, node]
        if reached[node]:
            tail += np.uint64(1)
            ahead += ties
        lefts += np.uint64(waits)
        back += ties * waits
    step = 0
    while head < tail:
        step += 1
        for place in range(head, tail):
            for kind in range(2):
                if news[place] >> kind & 1:
                    hops[kind, queue[place]] = step
        if back <= _MANY * ahead:
            end, lefts, ahead, back = _looked_back(
                firsts, entries, reached, wants, left, lefts, queue, news, tail
            )
        else:
            end, ahead, met = _looked_ahead(
                firsts, entries, reached, wants, queue, news, head, tail
            )
            back -= met
        head, tail = tail, end


@compiled
def _looked_back(
    firsts: Nodes,
    entries: Nodes,
    reached: Bits,
    wants: Bits,
    left: Nodes,
    lefts: np.uint64,
    queue: Nodes,
    news: Bits,
    tail: np.uint64,
) -> tuple[np.uint64, np.uint64, np.int64, np.int64]:
    """Queue who is left and tied to somebody who is reached; return where queue and left end."""
    end, still = tail, np.uint64(0)
    ahead, back = np.int64(0), np.int64(0)
    for index in range(lefts):
        node = left[index]
        wanted = wants[node] & ~reached[node]
        if not wanted:
            continue
        found = np.uint8(0)
        for place in range(firsts[node], firsts[node + _ONE]):
            entry = entries[place]
            found |= reached[entry >> SHIFT] & (1 | (entry & _ONE) << 1)
            if found & wanted == wanted:
                break
        found &= wanted
        ties = np.int64(firsts[node + _ONE] - firsts[node])
        if found:
            queue[end], news[end] = node, found
            end += np.uint64(1)
            ahead += ties
        if found != wanted:
            left[still] = node
            still += np.uint64(1)
            back += ties
    # Not before: who is reached now is two steps from who is tied to them.
    for place in range(tail, end):
        reached[queue[place]] |= news[place]
    return end, still, ahead, back


@compiled
def _looked_ahead(
    firsts: Nodes,
    entries: Nodes,
    reached: Bits,
    wants: Bits,
    queue: Nodes,
    news: Bits,
    head: np.uint64,
    tail: np.uint64,
) -> tuple[np.uint64, np.int64, np.int64]:
    """Queue who is tied to those who were reached last; return where the queue ends."""
    end = tail
    ahead, met = np.int64(0), np.int64(0)
    for index in range(head, tail):
        node = queue[index]
        for place in range(firsts[node], firsts[node + _ONE]):
            entry = entries[place]
            far = entry >> SHIFT
            found = news[index] & (1 | (entry & _ONE) << 1) & ~reached[far]
            if found:
                ties = np.int64(firsts[far + _ONE] - firsts[far])
                reached[far] |= found
                queue[end], news[end] = far, found
                end += np.uint64(1)
                ahead += ties
                if not wants[far] & ~reached[far]:
                    met += ties
    return end, ahead, met
