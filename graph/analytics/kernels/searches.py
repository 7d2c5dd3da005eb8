"""Searches from 512 nodes at a time, one bit each: distances of every node to and from all."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from graph.analytics.kernels.compiling import compiled, in_threads
from graph.analytics.kernels.rows import Nodes, Offsets, order_of, rows_of
from graph.analytics.projection import Floats, Indices, Projection

_WORDS: Final = 8
_BATCH: Final = 64 * _WORDS
_BLOCKS: Final = 8

_ONE: Final = np.uint64(1)
_WORD_COUNT: Final = np.uint64(_WORDS)
_PAIRS: Final = np.uint64(0x5555555555555555)
_FOURS: Final = np.uint64(0x3333333333333333)
_EIGHTS: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM: Final = np.uint64(0x0101010101010101)


class Searches(NamedTuple):
    """What is known of every node's distances, in the order of the projection's ids.

    Parameters
    ----------
    others
        Number of others with a route.
    steps
        Sum of the steps of these routes.
    nearness
        Sum of 1 / steps.
    furthest
        The most steps of a route; 0 without.
    """

    others: Indices
    steps: Indices
    nearness: Floats
    furthest: Indices


def searches(
    projection: Projection,
    direction: Literal["from", "to"],
    *,
    within: int | None = None,
    one_in: int = 1,
) -> Searches:
    """Measure the shortest routes from every node to all others, or to it from them.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    direction
        Where directed: routes `from` the node, or `to` it.
    within
        Only routes of at most so many steps.
    one_in
        Only one in so many batches of the others: how long all take is so many times as long.

    Notes
    -----
    At most O(n m / 64) a level. Sums are added up in eight blocks, whichever thread does which.

    References
    ----------
    .. [1] Then et al., "The More the Merrier: Efficient Multi-Source Graph Traversal", PVLDB 8,
       2014.
    """
    order = order_of(projection)
    # A search spreads from who is reached by the node to the node, and so against its routes.
    offsets, neighbours = rows_of(projection, order, "in" if direction == "from" else "out")
    count = len(projection.ids)
    whole = np.zeros((_BLOCKS, 3, count), np.int64)
    nearness = np.zeros((_BLOCKS, count))
    limit = count if within is None else min(within, count)

    def block(number: int) -> None:
        for first in range(number * one_in * _BATCH, count, _BLOCKS * one_in * _BATCH):
            last = min(first + _BATCH, count)
            _batch(
                offsets, neighbours, np.uint64(first), np.uint64(last), limit, whole[number],
                nearness[number],
            )  # fmt: skip

    in_threads(block, _BLOCKS)
    row = order.row
    return Searches(
        whole[:, 0].sum(axis=0)[row],
        whole[:, 1].sum(axis=0)[row],
        nearness.sum(axis=0)[row],
        whole[:, 2].max(axis=0)[row],
    )


@compiled
def _ones(word: np.uint64) -> np.uint64:
    word -= (word >> _ONE) & _PAIRS
    word = (word & _FOURS) + ((word >> np.uint64(2)) & _FOURS)
    word = (word + (word >> np.uint64(4))) & _EIGHTS
    return (word * _SUM) >> np.uint64(56)


@compiled
def _batch(
    offsets: Offsets,
    neighbours: Nodes,
    first: np.uint64,
    last: np.uint64,
    limit: int,
    whole: Indices,
    nearness: Floats,
) -> None:
    count = len(offsets) - 1
    seen = np.zeros((count, _WORDS), np.uint64)
    now = np.zeros((count, _WORDS), np.uint64)
    after = np.zeros((count, _WORDS), np.uint64)
    active = np.empty(count, np.uint32)
    touched = np.empty(count, np.uint32)
    is_touched = np.zeros(count, np.uint8)
    actives = np.uint64(0)
    for source in range(first, last):
        bit = source - first
        seen[source, bit >> np.uint64(6)] |= _ONE << (bit & np.uint64(63))
        now[source, bit >> np.uint64(6)] |= _ONE << (bit & np.uint64(63))
        active[actives] = source
        actives += _ONE
    level = 0
    while actives and level < limit:
        level += 1
        touches = np.uint64(0)
        for index in range(actives):
            near = active[index]
            for entry in range(offsets[near], offsets[np.uint64(near) + _ONE]):
                far = neighbours[entry]
                for word in range(_WORD_COUNT):
                    after[far, word] |= now[near, word]
                if not is_touched[far]:
                    is_touched[far] = 1
                    touched[touches] = far
                    touches += _ONE
        for index in range(actives):
            for word in range(_WORD_COUNT):
                now[active[index], word] = 0
        actives = np.uint64(0)
        for index in range(touches):
            far = touched[index]
            is_touched[far] = 0
            found = np.uint64(0)
            for word in range(_WORD_COUNT):
                fresh = after[far, word] & ~seen[far, word]
                after[far, word] = 0
                seen[far, word] |= fresh
                now[far, word] = fresh
                found += _ones(fresh)
            if found:
                reached = np.int64(found)
                whole[0, far] += reached
                whole[1, far] += reached * level
                whole[2, far] = max(whole[2, far], level)
                nearness[far] += reached / level
                active[actives] = far
                actives += _ONE
