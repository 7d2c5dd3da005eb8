"""Open ways over every node by groups, as `brokerage`: counted as all ways less the closed ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, forward_of
from graph.analytics.projection import Flags, Floats, Indices, Projection

_ONE: Final = np.uint64(1)

COORDINATOR, ITINERANT, GATEKEEPER, REPRESENTATIVE, LIAISON, TOTAL = range(6)


def role_counts(projection: Projection, groups: Indices) -> Indices:
    """Count Gould and Fernandez's roles; shape (n, 6), in the order of `brokerage.ROLES`.

    Parameters
    ----------
    projection
        n nodes, m ties; where undirected a tie is two arrows.
    groups
        Number of the group of every node, from 0.

    Notes
    -----
    O(m^1.5) at most: a way a to b to c is closed where a, b and c are a triangle, and each of
    those is found once.

    References
    ----------
    .. [1] Gould and Fernandez, "Structures of Mediation", Sociological Methodology 19, 1989.
    """
    count, (near, far) = len(projection.ids), _arrows(projection)
    same = groups[near] == groups[far]
    own = [np.bincount(ends[same], minlength=count) for ends in (far, near)]
    all_ = [np.bincount(ends, minlength=count) for ends in (far, near)]
    into, out, other_into, other_out = *own, all_[0] - own[0], all_[1] - own[1]
    around = _by_foreign_group(near[~same], far[~same], groups, count)
    mutual = _mutual(projection)
    within = np.bincount(near[mutual & same], minlength=count)
    ways = np.stack(
        [
            into * out - within,
            around - np.bincount(near[mutual & ~same], minlength=count),
            other_into * out,
            into * other_out,
            other_into * other_out - around,
            np.zeros(count, np.int64),
        ],
        axis=1,
    )
    ways -= _closed_ways(projection, groups, cells=6, classes=0)
    ways[:, TOTAL] = ways[:, :TOTAL].sum(axis=1)
    return ways


def class_counts(projection: Projection, groups: Indices, classes: int) -> Indices:
    """Count open ways by the classes before and after every node; shape (n, classes, classes).

    Notes
    -----
    As `role_counts`; n classes^2 cells.
    """
    count, (near, far) = len(projection.ids), _arrows(projection)
    into, out = (
        np.bincount(here * classes + groups[there], minlength=count * classes).reshape(count, -1)
        for here, there in ((far, near), (near, far))
    )
    ways = into[:, :, None] * out[:, None, :]
    mutual = _mutual(projection)
    cells = near[mutual] * classes**2 + groups[far[mutual]] * (classes + 1)
    there_and_back = np.bincount(cells, minlength=count * classes**2)
    closed = _closed_ways(projection, groups, cells=classes**2, classes=classes)
    return ways - (there_and_back.reshape(closed.shape) + closed).reshape(ways.shape)


def _arrows(projection: Projection) -> tuple[Indices, Indices]:
    near, far = projection.sources, projection.targets
    if projection.directed:
        return near, far
    return np.concatenate((near, far)), np.concatenate((far, near))


def _mutual(projection: Projection) -> Flags:
    """Tell which arrows are returned."""
    near, far, count = projection.sources, projection.targets, max(len(projection.ids), 1)
    if not projection.directed or not len(near):
        return np.ones(2 * len(near), np.bool_)
    # A projection's ties are in ascending order.
    ahead, back = near * count + far, far * count + near
    return ahead[np.minimum(np.searchsorted(ahead, back), len(ahead) - 1)] == back


def _by_foreign_group(near: Indices, far: Indices, groups: Indices, count: int) -> Indices:
    """Add up, over the groups of others, arrows from the group to a node times arrows to it."""
    size = int(groups.max(initial=0)) + 1
    into, ways_in = np.unique(far * size + groups[near], return_counts=True)
    out, ways_out = np.unique(near * size + groups[far], return_counts=True)
    both, place_in, place_out = np.intersect1d(into, out, assume_unique=True, return_indices=True)
    found = np.zeros(count, np.int64)
    np.add.at(found, both // size, ways_in[place_in] * ways_out[place_out])
    return found


def _closed_ways(projection: Projection, groups: Indices, *, cells: int, classes: int) -> Indices:
    forward = forward_of(projection, np.ones(len(projection.sources)))
    closed = np.zeros((len(projection.ids), cells), np.int64)
    _count_closed(
        forward.rows.offsets, forward.rows.neighbours, forward.out, forward.into,
        groups[forward.place], np.uint64(classes), closed,
    )  # fmt: skip
    counted = np.empty_like(closed)
    counted[forward.place] = closed
    return counted


@compiled
def _role(before: np.int64, here: np.int64, after: np.int64) -> int:
    if before == here:
        return COORDINATOR if here == after else REPRESENTATIVE
    if here == after:
        return GATEKEEPER
    return ITINERANT if before == after else LIAISON


@compiled
def _close(
    closed: Indices, groups: Indices, a: np.uint64, b: np.uint64, c: np.uint64, classes: np.uint64
) -> None:
    """Count the way a to b to c, which an arrow from a to c closes."""
    if classes:
        closed[b, np.uint64(groups[a]) * classes + np.uint64(groups[c])] += 1
    else:
        closed[b, _role(groups[a], groups[b], groups[c])] += 1


@compiled
def _count_closed(
    offsets: Offsets,
    neighbours: Nodes,
    out: Floats,
    into: Floats,
    groups: Indices,
    classes: np.uint64,
    closed: Indices,
) -> None:
    pair_of = np.zeros(len(offsets), np.uint64)
    for row in range(len(offsets) - 1):
        a = np.uint64(row)
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
                if out[ab] > 0 and out[bc] > 0 and out[ac] > 0:
                    _close(closed, groups, a, b, c, classes)
                if into[ab] > 0 and into[bc] > 0 and into[ac] > 0:
                    _close(closed, groups, c, b, a, classes)
                if out[ac] > 0 and into[bc] > 0 and out[ab] > 0:
                    _close(closed, groups, a, c, b, classes)
                if out[bc] > 0 and into[ac] > 0 and into[ab] > 0:
                    _close(closed, groups, b, c, a, classes)
                if into[ab] > 0 and out[ac] > 0 and out[bc] > 0:
                    _close(closed, groups, b, a, c, classes)
                if into[ac] > 0 and out[ab] > 0 and into[bc] > 0:
                    _close(closed, groups, c, a, b, classes)
        for ab in range(begin, end):
            pair_of[neighbours[ab]] = np.uint64(0)
