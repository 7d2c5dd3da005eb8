"""Burt's structural holes in one pass over the triangles, as `structural_holes`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from graph.analytics.kernels.compiling import THREADS, compiled, in_threads
from graph.analytics.kernels.rows import Forward, Nodes, Offsets, Rows, forward_of
from graph.analytics.projection import Floats, Projection

_ONE: Final = np.uint64(1)


class Sums(NamedTuple):
    """What Burt's measures are made of, in the order of the projection's ids.

    Parameters
    ----------
    constraint
        Sum of the squared terms; 0 for an isolate.
    repeated
        What the contacts repeat of one another; effective size is degree less this.
    uneven
        Sum of c ln c over the terms, for hierarchy.
    contacts
        Number of contacts.
    """

    constraint: Floats
    repeated: Floats
    uneven: Floats
    contacts: Floats


def hole_sums(projection: Projection, *, weighted: bool) -> Sums:
    """Add up the terms of constraint, effective size and hierarchy.

    Parameters
    ----------
    projection
        n nodes, m ties; ties in both directions of a pair are added.
    weighted
        A tie counts by its strength instead of as one.

    Notes
    -----
    O(m^1.5) at most, each triangle once; O(m) memory.

    References
    ----------
    .. [1] Burt, "Structural Holes", 1992, chapter 2.
    .. [2] Latapy, "Main-memory Triangle Computations for Very Large (Sparse (Power-law)) Graphs",
       Theoretical Computer Science 407, 2008.
    """
    weights = projection.strengths if weighted else np.ones_like(projection.strengths)
    forward = forward_of(projection, weights)
    offsets, neighbours = forward.rows
    count = len(projection.ids)
    # Proportions of an undirected tie are the same whether it counts once or twice.
    strengths = forward.out + forward.into
    near = np.repeat(np.arange(count), np.diff(offsets).astype(np.int64))
    total = np.bincount(near, strengths, count).astype(np.float64)
    total += np.bincount(neighbours, strengths, count)
    largest = np.zeros(count)
    np.maximum.at(largest, near, strengths)
    np.maximum.at(largest, neighbours, strengths)
    parts = _parts(forward.rows)
    indirect = np.zeros((THREADS, 2, len(strengths)))
    repeated = np.zeros((THREADS, count))

    def block(number: int) -> None:
        _triangles(
            offsets, neighbours, strengths, total, largest, parts[number], parts[number + 1],
            indirect[number], repeated[number],
        )  # fmt: skip

    in_threads(block, THREADS)
    return _added(forward, strengths, total, indirect.sum(axis=0), repeated.sum(axis=0))


def _added(
    forward: Forward, strengths: Floats, total: Floats, indirect: Floats, repeated: Floats
) -> Sums:
    count = len(total)
    constraint, uneven, contacts = np.zeros((3, count))
    _add_terms(*forward.rows, strengths, total, indirect, constraint, uneven, contacts)
    answers = np.empty((4, count))
    for answer, column in zip(answers, (constraint, repeated, uneven, contacts), strict=True):
        answer[forward.place] = column
    return Sums(*answers)


@compiled
def _add_terms(
    offsets: Offsets,
    neighbours: Nodes,
    strengths: Floats,
    total: Floats,
    indirect: Floats,
    constraint: Floats,
    uneven: Floats,
    contacts: Floats,
) -> None:
    for near in range(np.uint64(len(offsets)) - _ONE):
        for pair in range(offsets[near], offsets[near + _ONE]):
            far = np.uint64(neighbours[pair])
            for end, way in ((near, indirect[0, pair]), (far, indirect[1, pair])):
                share = (strengths[pair] + way) / total[end]
                term = share * share
                constraint[end] += term
                contacts[end] += 1
                if term > 0:
                    uneven[end] += term * np.log(term)


def _parts(rows: Rows) -> Offsets:
    """Cut the rows into as many parts as there are threads, with about as many pairs in each."""
    pairs = rows.offsets[-1]
    cuts = np.searchsorted(rows.offsets, np.linspace(0, float(pairs), THREADS + 1)[1:-1])
    return np.concatenate(([0], cuts, [len(rows.offsets) - 1])).astype(np.uint64)


@compiled
def _triangles(
    offsets: Offsets,
    neighbours: Nodes,
    strengths: Floats,
    total: Floats,
    largest: Floats,
    first: np.uint64,
    last: np.uint64,
    indirect: Floats,
    repeated: Floats,
) -> None:
    pair_of = np.zeros(len(offsets), np.uint64)
    for a in range(first, last):
        begin, end = offsets[a], offsets[a + _ONE]
        for ab in range(begin, end):
            pair_of[neighbours[ab]] = ab + _ONE
        for ab in range(begin, end):
            b = np.uint64(neighbours[ab])
            for bc in range(offsets[b], offsets[b + _ONE]):
                c = np.uint64(neighbours[bc])
                if not pair_of[c]:
                    continue
                ac = pair_of[c] - _ONE
                s_ab, s_ac, s_bc = strengths[ab], strengths[ac], strengths[bc]
                # To b from a by way of c, and so on; the row is the first end of its pairs.
                indirect[0, ab] += s_ac * (s_bc / total[c])
                indirect[1, ab] += s_bc * (s_ac / total[c])
                indirect[0, ac] += s_ab * (s_bc / total[b])
                indirect[1, ac] += s_bc * (s_ab / total[b])
                indirect[0, bc] += s_ab * (s_ac / total[a])
                indirect[1, bc] += s_ac * (s_ab / total[a])
                repeated[a] += s_ac / total[a] * (s_bc / largest[b])
                repeated[a] += s_ab / total[a] * (s_bc / largest[c])
                repeated[b] += s_bc / total[b] * (s_ac / largest[a])
                repeated[b] += s_ab / total[b] * (s_ac / largest[c])
                repeated[c] += s_bc / total[c] * (s_ab / largest[a])
                repeated[c] += s_ac / total[c] * (s_ab / largest[b])
        for ab in range(begin, end):
            pair_of[neighbours[ab]] = np.uint64(0)
