"""How many members associations had by year: as they reported, and as the map has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analytics.faces import ROWS
from graph.analytics.result import ReportResult, Row
from graph.analytics.suppression import Line, Name
from graph.network import Reported, Snapshot

OVER_TIME: Final = "over_time"

_FIELDS: Final = ("members_in_year", "joined_in_year", "left_in_year", "members_on_map")
_EPOCH: Final = date(1970, 1, 1)
_SPAN: Final = 1 << 22
"""More than any day has for an ordinal."""


class Spells(NamedTuple):
    """Spells in which a party was a member of an association without a break, one entry each.

    Parameters
    ----------
    first, after
        Ordinals, ascending each for itself: of the first days, 0 where it is not said, and of the
        days after the last.
    """

    first: NDArray[np.int32]
    after: NDArray[np.int32]

    def on(self, day: int) -> int:
        """Count those that hold on a day."""
        began = int(np.searchsorted(self.first, day, "right"))
        return began - int(np.searchsorted(self.after, day, "right"))


def spells(snapshot: Snapshot, places: Sequence[int]) -> Spells:
    """Return the spells of membership in some associations that have begun by the day.

    Notes
    -----
    Ties of one party to one association that overlap, or follow each other without a day between,
    are one spell. O(k log k) for k memberships.
    """
    held = snapshot.memberships
    chosen = np.flatnonzero(np.isin(held.association, np.array(places, np.int32)))
    pair = held.association[chosen].astype(np.int64) * (1 << 32) + held.member[chosen]
    order = np.lexsort((held.first[chosen], pair))
    pair, first = pair[order], held.first[chosen][order]
    apart = np.cumsum(np.append(0, pair[1:] != pair[:-1]))[: len(pair)]
    reach = np.maximum.accumulate(apart * _SPAN + held.after[chosen][order]) - apart * _SPAN
    begins = np.ones(len(pair), np.bool_)
    begins[1:] = (pair[1:] != pair[:-1]) | (first[1:] > reach[:-1])
    ends = np.append(begins[1:], True)[: len(pair)]
    return Spells(np.sort(first[begins]), np.sort(reach[ends]).astype(np.int32))


def reported(snapshot: Snapshot, place: int) -> list[Reported]:
    """Return what was reported of an association by the day, in order."""

    def order(said: Reported) -> tuple[date, int]:
        return said.on, said.members

    said = (each for each in snapshot.reported.get(place, ()) if each.on <= snapshot.day)
    return sorted(said, key=order)


def over_time(snapshot: Snapshot, places: Sequence[int]) -> list[Row]:
    """Return by year what some associations reported, and who was a member on the map.

    Returns
    -------
    list of Row
        Years in which something was reported, or somebody joined or left, in order; the last ends
        with the day. `members_in_year` are those who were members before and those who joined, and
        so those who left and those who were members at its end (`members_on_map`). A party counts
        once in each association, and again where it comes back.
    """
    latest: dict[int, dict[int, int]] = defaultdict(dict)
    for place in places:
        for said in reported(snapshot, place):
            latest[said.on.year][place] = said.members
    today = snapshot.day.toordinal()
    held = spells(snapshot, places)
    joined, left = _by_year(held.first[held.first > 0]), _by_year(held.after[held.after <= today])
    rows: list[Row] = []
    for year in sorted({*latest, *joined, *left}):
        at_end = held.on(min(date(year, 12, 31).toordinal(), today))
        rows.append(
            {
                "year": str(year),
                "reporting": len(latest[year]),
                "members": sum(latest[year].values()),
                "members_in_year": at_end + left[year],
                "joined_in_year": joined[year],
                "left_in_year": left[year],
                "members_on_map": at_end,
            }
        )
    return rows


def over_time_lines(result: ReportResult) -> list[Line]:
    """Return what adds up in the table: each year in itself, with the one before, and today's."""
    years: Sequence[Row] = result.summary[OVER_TIME]
    lines: list[Line] = []
    for at, row in enumerate(years):
        own: Name = (OVER_TIME, at)
        whole: Name = (own, "members_in_year")
        lines.append(Line(whole, [(own, "left_in_year"), (own, "members_on_map")]))
        before: list[Name] = [((OVER_TIME, at - 1), "members_on_map")] if at else []
        # Before the first year there are those whose beginning is not said: nobody tells of them.
        if at or row["members_in_year"] == row["joined_in_year"]:
            lines.append(Line(whole, [*before, (own, "joined_in_year")]))
    if years:
        now: Name = ((OVER_TIME, len(years) - 1), "members_on_map")
        lines.append(Line(now, [((ROWS, at), "members") for at in range(len(result.rows))]))
    return lines


def over_time_follows(result: ReportResult) -> dict[Name, list[Name]]:
    """Return the zeros of each year, which are not told where another figure of it is not.

    From a few members on, years in which nobody left say at least how many there are by now.
    """
    found: dict[Name, list[Name]] = {}
    for at, row in enumerate(result.summary[OVER_TIME]):
        figures: list[Name] = [((OVER_TIME, at), field) for field in _FIELDS]
        found |= {(place, field): figures for place, field in figures if row[field] == 0}
    return found


def _by_year(ordinals: NDArray[np.int32]) -> Counter[int]:
    days = (ordinals.astype(np.int64) - _EPOCH.toordinal()).astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + _EPOCH.year
    return Counter(years.tolist())
