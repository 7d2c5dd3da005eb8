"""Which figures of a table are not told, so that small counts do not follow from the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, Final, NamedTuple, cast

import networkx as nx

BASE: Final = 5
"""Figures that are told are rounded to a multiple of it."""

_MOST_ROUNDS: Final = 50
_TWO: Final = 2
_FREE: Final = -1

Name = Any
"""Whatever names a figure, and can be a key."""


class Line(NamedTuple):
    """A total and the parts that add up to it."""

    total: Name
    parts: Sequence[Name]


def rounded(count: int) -> int:
    """Return a count, rounded to the nearest multiple of `BASE`."""
    return (count + BASE // 2) // BASE * BASE


def hidden(figures: Mapping[Name, int], lines: Sequence[Line], smallest: int) -> set[Name]:
    """Return which counts are not told: the small ones, and those that would give them away.

    Parameters
    ----------
    figures
        Counts by their names, totals included.
    lines
        What adds up to what. A figure may be in one line or two, as a table with margins has them
        (in its row and its column), and no cycle of lines may be odd.
    smallest
        Counts from 1 to below it are not told; 0 is.

    Returns
    -------
    set
        The small counts; more of each line, the least there are, until no hidden one follows from
        the others, not even from their exact values; and more, until none is left a single value
        by what is known of rounded figures and of small ones.

    Notes
    -----
    Lines are the nodes of a graph and hidden figures its edges (a figure of one line leads to where
    nothing adds up). What is known fixes an edge if and only if it is a bridge: around a cycle one
    can add and take away. So each bridge is closed to a cycle by the cheapest other way round.
    O(f log f) for each bridge, f figures.

    References
    ----------
    .. [1] Gusfield, "A Graph Theoretic Approach to Statistical Data Security", SIAM Journal on
       Computing 17, 1988.
    """
    small = {name for name, count in figures.items() if 0 < count < smallest}
    secret = set(small)
    ends = _ends(figures, lines)
    while True:
        _close_bridges(figures, ends, secret)
        known = bounds(figures, lines, secret, small, smallest)
        fixed = {name for name in secret if known[name][0] == known[name][1]}
        # Below two there is one value only: what is small is known, whatever else is hidden.
        more = _least_beside(fixed, figures, lines, secret) if smallest > _TWO else None
        if more is None:
            return secret
        secret.add(more)


def bounds(
    figures: Mapping[Name, int],
    lines: Sequence[Line],
    secret: Collection[Name],
    small: Collection[Name],
    smallest: int,
) -> dict[Name, tuple[float, float]]:
    """Return between which values a reader can place each figure, who knows which are small.

    Notes
    -----
    Each line tightens its figures by the others, until nothing moves.
    """
    known: dict[Name, tuple[float, float]] = {}
    for name, count in figures.items():
        if count == 0:
            known[name] = (0, 0)
        elif name in secret:
            known[name] = (1, smallest - 1 if name in small else inf)
        else:
            near = rounded(count)
            known[name] = (max(smallest, near - BASE // 2), near + BASE // 2)
    for _ in range(_MOST_ROUNDS):
        before = dict(known)
        for line in lines:
            _tighten(known, line)
        if known == before:
            break
    return known


def _tighten(known: dict[Name, tuple[float, float]], line: Line) -> None:
    lows = sum(known[part][0] for part in line.parts)
    highs = [known[part][1] for part in line.parts]
    open_parts, high = highs.count(inf), sum(value for value in highs if value != inf)
    low_total, high_total = known[line.total]
    known[line.total] = (
        max(low_total, lows), min(high_total, inf if open_parts else high)
    )  # fmt: skip
    for part in line.parts:
        low, top = known[part]
        others_open = open_parts - (top == inf)
        others_high = inf if others_open else high - (0 if top == inf else top)
        known[part] = (max(low, low_total - others_high), min(top, high_total - (lows - low)))


def _ends(figures: Mapping[Name, int], lines: Sequence[Line]) -> dict[Name, tuple[int, int]]:
    """Return the lines that each figure is in; `_FREE` stands for where nothing adds up."""
    found: dict[Name, list[int]] = {name: [] for name in figures}
    for number, line in enumerate(lines):
        for name in (line.total, *line.parts):
            found[name].append(number)
    ends: dict[Name, tuple[int, int]] = {}
    for name, numbers in found.items():
        one, other = [*numbers, _FREE, _FREE][:2]
        ends[name] = (one, other)
    return ends


def _close_bridges(
    figures: Mapping[Name, int], ends: Mapping[Name, tuple[int, int]], secret: set[Name]
) -> None:
    """Hide more figures until no hidden one follows from those that are told."""
    while (bridge := _bridge(ends, secret)) is not None:
        ways: nx.Graph[int] = nx.Graph()
        edges: dict[frozenset[int], tuple[int, Name]] = {}
        for name, count in figures.items():
            # A zero is told, and so cannot cover for anything.
            if count == 0 or name == bridge or ends[name][0] == ends[name][1]:
                continue
            cost, pair = (0 if name in secret else count), frozenset(ends[name])
            if pair not in edges or cost < edges[pair][0]:
                edges[pair] = cost, name
                ways.add_edge(*ends[name], weight=cost)
        way = nx.dijkstra_path(ways, *ends[bridge])
        secret.update(edges[frozenset(step)][1] for step in pairwise(way))


def _bridge(ends: Mapping[Name, tuple[int, int]], secret: Collection[Name]) -> Name | None:
    """Return a hidden figure that follows from those that are told; none if none does."""
    untold: nx.MultiGraph[int] = nx.MultiGraph()
    named: dict[frozenset[int], Name] = {}
    # In the order of the figures: a set has another in each process, and of two answers that hide
    # different figures the one tells what the other hides.
    for name, (one, other) in ends.items():
        if name in secret and one != other:
            untold.add_edge(one, other)
            named[frozenset((one, other))] = name
    found = cast("tuple[int, int] | None", next(iter(nx.bridges(untold)), None))
    return None if found is None else named[frozenset(found)]


def _least_beside(
    fixed: Collection[Name],
    figures: Mapping[Name, int],
    lines: Sequence[Line],
    secret: Collection[Name],
) -> Name | None:
    """Return the least figure that is told in a line with a fixed one; none if there is none."""
    beside = [
        name
        for line in lines
        if any(name in fixed for name in (line.total, *line.parts))
        for name in (line.total, *line.parts)
        if name not in secret and figures[name] > 0
    ]
    return min(beside, key=lambda name: figures[name], default=None)
