"""Rows of neighbours whose entries say in which sets of ties they are, made without a sort."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes
from graph.analytics.standing import Counts, SocialTies
from graph.network.snapshot import frozen

Bits = NDArray[np.uint8]

SHIFT: Final = np.uint32(4)
"""An entry is a node and four bits: of a natural tie, of somebody who would notice, of somebody who
would by a natural tie, of one of the nearest. `giants` and `steps` have it compiled in: what is
kept of them is for their own sources alone.
"""

_BLOCK: Final = np.uint32(12)
"""Nodes that differ in their last so many bits alone have their rows made at once: what is written
to and fro then stays near the processor."""

_ZERO, _ONE, _TWO, _THREE = (np.uint32(number) for number in range(4))
_HALF: Final = np.uint64(32)


class Entries(NamedTuple):
    """Each neighbour of every node once, in the order of the ties.

    Parameters
    ----------
    firsts
        Shape (nodes + 1,): the entries of node u are entries[firsts[u] : firsts[u + 1]].
    entries
        Shape (2 * ties,) at most.
    """

    firsts: Nodes
    entries: Nodes


class Tally(NamedTuple):
    """What rows are counted to say of their nodes.

    Parameters
    ----------
    degrees, noticing
        Neighbours, and people by ties that are not stressful, shape (2, nodes): by all ties, and
        by natural ones.
    beside
        Bits of the two: whether one of the nearest is a neighbour, shape (nodes,).
    least
        The first of the node and its neighbours by natural ties, shape (nodes,).
    """

    degrees: Counts
    noticing: Counts
    beside: Bits
    least: Nodes


def entries_of(ties: SocialTies) -> tuple[Entries, Tally]:
    """Return the rows of social ties, and what they say.

    Notes
    -----
    O(n + m): each tie is put into the blocks of both its ends, and these into rows, in which what
    is parallel is joined. 24 bytes a tie while they are made.
    """
    nodes = len(ties.allowed)
    # Who notices counts in two sets of ties.
    at = ties.allowed | ties.person * np.uint8(48) | ties.nearest * np.uint8(64)
    # One type of array whoever asks: what is compiled beforehand is compiled for that alone.
    source, target = (
        frozen(np.asarray(ends, np.int32).view(np.uint32)) for ends in (ties.source, ties.target)
    )
    said, begins = np.empty(len(source), np.uint8), np.zeros((nodes >> _BLOCK) + 2, np.uint32)
    _counted(source, target, frozen(ties.bits[:]), frozen(at), said, begins[1:])
    begins = np.cumsum(begins, dtype=np.uint32)
    spread = np.empty(int(begins[-1]), np.uint64)
    _spread(source, target, said, begins.copy(), spread)
    # In one piece each, which the system gives in large pages.
    firsts, least, stands = np.zeros((3, nodes + 1), np.uint32)
    degrees, noticing = np.empty((2, 2, nodes), np.int32)
    tally = Tally(degrees, noticing, np.empty(nodes, np.uint8), least[:-1])
    entries = np.empty(len(spread), np.uint32)
    _joined(begins, spread, stands, firsts, entries, *tally)
    return Entries(firsts, entries), tally


@compiled
def _counted(source: Nodes, target: Nodes, bits: Bits, at: Bits, said: Bits, blocks: Nodes) -> None:
    """Tell what each tie is and who is at its ends, and count those of each block."""
    for tie in range(np.uint64(len(source))):
        near, far = source[tie], target[tie]
        at_near, at_far = at[near], at[far]
        tied = bits[tie] & at_near & at_far
        if tied & 1 and near != far:
            read = tied >> 2 | 4
            said[tie] = 128 | tied >> 1 & 1 | (read & at_far >> 4) << 1 | (read & at_near >> 4) << 4
            blocks[near >> _BLOCK] += _ONE
            blocks[far >> _BLOCK] += _ONE
        else:
            said[tie] = 0


@compiled
def _spread(
    source: Nodes, target: Nodes, said: Bits, ends: Nodes, spread: NDArray[np.uint64]
) -> None:
    """Write each tie into the blocks of both its ends: the node, and its entry."""
    for tie in range(np.uint64(len(source))):
        what = np.uint32(said[tie])
        if what:
            near, far = source[tie], target[tie]
            place = ends[near >> _BLOCK]
            ends[near >> _BLOCK] = place + _ONE
            entry = far << SHIFT | what & np.uint32(15)
            spread[place] = np.uint64(near) << _HALF | np.uint64(entry)
            place = ends[far >> _BLOCK]
            ends[far >> _BLOCK] = place + _ONE
            entry = near << SHIFT | what >> _THREE & np.uint32(14) | what & _ONE
            spread[place] = np.uint64(far) << _HALF | np.uint64(entry)


@compiled
def _joined(
    begins: Nodes,
    spread: NDArray[np.uint64],
    stands: Nodes,
    firsts: Nodes,
    entries: Nodes,
    degrees: Counts,
    noticing: Counts,
    beside: Bits,
    least: Nodes,
) -> None:
    """Write the rows block by block, parallel ties as one entry, and count what each row says."""
    most = _ZERO
    for block in range(np.uint64(len(begins) - 1)):
        most = max(most, begins[block + _ONE] - begins[block])
    held, ends = np.empty(most, np.uint32), np.empty(_ONE << _BLOCK, np.uint32)
    end, near = _ZERO, _ZERO
    for block in range(np.uint64(len(begins) - 1)):
        _sorted(spread[begins[block] : begins[block + _ONE]], held, ends)
        last = _ZERO
        for row in range(min(np.uint64(len(ends)), np.uint64(len(beside) - near))):
            place, last = last, ends[row]
            first = end
            natural, notice, naturally = _ZERO, _ZERO, _ZERO
            all_of, all_of_natural = _ZERO, _ZERO
            lowest = near
            for index in range(place, last):
                entry = held[index]
                far = entry >> SHIFT
                # Where the last entry of it is, from 1: at most `first` if that is of another row.
                before = stands[far]
                new = entry
                if before > first:
                    new &= ~entries[before - _ONE]
                    entries[before - _ONE] |= new
                else:
                    entries[end] = entry
                    end += _ONE
                    stands[far] = end
                natural += new & _ONE
                notice += new >> _ONE & _ONE
                naturally += new >> _TWO & _ONE
                all_of |= entry
                if entry & _ONE:
                    all_of_natural |= entry
                    lowest = min(lowest, far)
            firsts[near + _ONE] = end
            degrees[0, near], degrees[1, near] = end - first, natural
            noticing[0, near], noticing[1, near] = notice, naturally
            beside[near] = all_of >> _THREE & _ONE | (all_of_natural >> _THREE & _ONE) << _ONE
            least[near] = lowest
            near += _ONE


@compiled
def _sorted(spread: NDArray[np.uint64], held: Nodes, ends: Nodes) -> None:
    """Write the entries of a block by node; say where those of each end."""
    ends[:] = 0
    within = (np.uint64(1) << np.uint64(_BLOCK)) - np.uint64(1)
    for both in spread:
        ends[both >> _HALF & within] += _ONE
    place = _ZERO
    for row in range(np.uint64(len(ends))):
        count = ends[row]
        ends[row] = place
        place += count
    for both in spread:
        row = both >> _HALF & within
        held[ends[row]] = np.uint32(both)
        ends[row] += _ONE
