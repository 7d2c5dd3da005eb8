"""Counts of people: all of them, and those of each area."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import numpy as np

from graph.analytics.projection import Flags, Indices
from graph.analytics.result import Row
from graph.network import Lists

_AT_ONCE: Final = 5
"""Flags that one pass counts, in cells of every mixture of them."""


def people_by_area(
    areas: Sequence[tuple[str, ...]], asked_for: Collection[str] | None
) -> dict[str | None, list[int]]:
    """Return the places of people by area, in the order of areas; null, for none, comes last.

    Parameters
    ----------
    areas
        Those of each person; one in several is in each.
    asked_for
        The areas that are told of, whether somebody is there or not; None: all where somebody is.
    """
    held: dict[str | None, list[int]] = {area: [] for area in asked_for or ()}
    for place, own in enumerate(areas):
        for area in own or (None,):
            if asked_for is None or area in held:
                held.setdefault(area, []).append(place)
    return {area: held[area] for area in sorted(held, key=lambda area: (area is None, area or ""))}


def how_many_of_lists(areas: Lists, flags: Sequence[Flags]) -> Indices:
    """Count of each list of areas who has each flag, shape (lists, flags)."""
    sums = np.empty((len(areas.distinct), len(flags)), np.int64)
    for first in range(0, len(flags), _AT_ONCE):
        some = flags[first : first + _AT_ONCE]
        has = np.zeros(len(areas), np.uint8)
        for bit, flag in enumerate(some):
            has |= flag.view(np.uint8) << np.uint8(bit)
        kinds = 1 << len(some)
        cells = np.bincount(areas.codes * kinds + has, minlength=len(sums) * kinds)
        with_flag = np.arange(kinds)[:, None] >> np.arange(len(some)) & 1
        sums[:, first : first + len(some)] = cells.reshape(-1, kinds) @ with_flag
    return sums


def with_areas(
    areas: Lists,
    sums: Indices,
    asked_for: Collection[str] | None,
    told: Callable[[Sequence[int]], Row],
) -> Row:
    """Return what is told of everybody, and under `by_area` what is told of each area.

    Of each list of areas is counted once, and then of each area by the lists that it is in.

    Parameters
    ----------
    areas
        Those of each person.
    sums
        What was counted of each list of areas, the people first, shape (lists, counts).
    asked_for
        As `people_by_area`.
    told
        Makes a row of such counts.
    """
    of_some = sums[:, 0] > 0
    lists = [own for own, some in zip(areas.distinct, of_some.tolist(), strict=True) if some]
    sums = sums[of_some]
    return {
        **told(sums.sum(axis=0).tolist()),
        "by_area": [
            {"area": area, **told(sums[np.array(places, np.int64)].sum(axis=0).tolist())}
            for area, places in people_by_area(lists, asked_for).items()
        ],
    }
