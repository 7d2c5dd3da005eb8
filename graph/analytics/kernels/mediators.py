"""Open ways over every node by groups, as `brokerage`: counted as all ways less the closed ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.kernels.compiling import compiled
from graph.analytics.kernels.rows import Nodes, Offsets, forward_of, order_of, rows_of
from graph.analytics.projection import Floats, Indices, Projection

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
    ways = _open_ways(projection, groups, cells=6, classes=0)
    ways[:, TOTAL] = ways[:, :TOTAL].sum(axis=1)
    return ways


def class_counts(projection: Projection, groups: Indices, classes: int) -> Indices:
    """Count open ways by the classes before and after every node; shape (n, classes, classes).

    Notes
    -----
    As `role_counts`; n classes^2 cells.
    """
    ways = _open_ways(projection, groups, cells=classes**2, classes=classes)
    return ways.reshape(len(ways), classes, classes)


def _open_ways(projection: Projection, groups: Indices, *, cells: int, classes: int) -> Indices:
    """Count ways by role where there are no classes, else by the classes before and after."""
    order = order_of(projection)
    out = rows_of(projection, order, "out")
    into = rows_of(projection, order, "in") if projection.directed else out
    ways = np.zeros((len(projection.ids), cells), np.int64)
    size = int(groups.max(initial=0)) + 1
    _count_ways(*out, *into, order.place, groups, size, classes, ways)
    del out, into
    forward = forward_of(projection, np.ones(len(projection.sources)))
    _take_closed(
        *forward.rows, forward.out, forward.into, forward.place, groups, np.int64(classes), ways
    )
    return ways


@compiled
def _count_ways(
    out_offsets: Offsets,
    out_neighbours: Nodes,
    in_offsets: Offsets,
    in_neighbours: Nodes,
    place: Indices,
    groups: Indices,
    size: int,
    classes: int,
    ways: Indices,
) -> None:
    """Count all ways over every node but those back to where they come from."""
    arrows_from = np.zeros(size, np.int64)
    last_to = np.zeros(len(place), np.int64)
    for row in range(len(place)):
        node = place[row]
        here = groups[node]
        arrows = np.int64(0)
        for entry in range(in_offsets[row], in_offsets[row + 1]):
            before = in_neighbours[entry]
            arrows_from[groups[place[before]]] += 1
            last_to[before] = row + 1
            arrows += 1
        for entry in range(out_offsets[row], out_offsets[row + 1]):
            after = out_neighbours[entry]
            there = groups[place[after]]
            back = 1 if last_to[after] == row + 1 else 0
            if classes:
                for before in range(classes):
                    ways[node, before * classes + there] += arrows_from[before]
                ways[node, there * (classes + 1)] -= back
            elif there == here:
                ways[node, COORDINATOR] += arrows_from[here] - back
                ways[node, GATEKEEPER] += arrows - arrows_from[here]
            else:
                ways[node, ITINERANT] += arrows_from[there] - back
                ways[node, REPRESENTATIVE] += arrows_from[here]
                ways[node, LIAISON] += arrows - arrows_from[here] - arrows_from[there]
        for entry in range(in_offsets[row], in_offsets[row + 1]):
            arrows_from[groups[place[in_neighbours[entry]]]] = 0


@compiled
def _role(before: np.int64, here: np.int64, after: np.int64) -> int:
    if before == here:
        return COORDINATOR if here == after else REPRESENTATIVE
    if here == after:
        return GATEKEEPER
    return ITINERANT if before == after else LIAISON


@compiled
def _take(
    ways: Indices, groups: Indices, a: np.int64, b: np.int64, c: np.int64, classes: np.int64
) -> None:
    """Take away the way a to b to c, which an arrow from a to c closes."""
    if classes:
        ways[b, groups[a] * classes + groups[c]] -= 1
    else:
        ways[b, _role(groups[a], groups[b], groups[c])] -= 1


@compiled
def _take_closed(
    offsets: Offsets,
    neighbours: Nodes,
    out: Floats,
    into: Floats,
    place: Indices,
    groups: Indices,
    classes: np.int64,
    ways: Indices,
) -> None:
    pair_of = np.zeros(len(offsets), np.uint64)
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        a = place[row]
        for ab in range(begin, end):
            pair_of[neighbours[ab]] = ab + _ONE
        for ab in range(begin, end):
            near = np.uint64(neighbours[ab])
            b = place[near]
            for bc in range(offsets[near], offsets[near + _ONE]):
                far = np.uint64(neighbours[bc])
                if not pair_of[far]:
                    continue
                c = place[far]
                ac = pair_of[far] - _ONE
                if out[ab] > 0 and out[bc] > 0 and out[ac] > 0:
                    _take(ways, groups, a, b, c, classes)
                if into[ab] > 0 and into[bc] > 0 and into[ac] > 0:
                    _take(ways, groups, c, b, a, classes)
                if out[ac] > 0 and into[bc] > 0 and out[ab] > 0:
                    _take(ways, groups, a, c, b, classes)
                if out[bc] > 0 and into[ac] > 0 and into[ab] > 0:
                    _take(ways, groups, b, c, a, classes)
                if into[ab] > 0 and out[ac] > 0 and out[bc] > 0:
                    _take(ways, groups, b, a, c, classes)
                if into[ac] > 0 and out[ab] > 0 and into[bc] > 0:
                    _take(ways, groups, c, a, b, classes)
        for ab in range(begin, end):
            pair_of[neighbours[ab]] = np.uint64(0)
