"""Which of the six levels of assets a community has mapped, and where to ask next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np

from graph.analytics.evenness import pielou
from graph.analytics.faces import ROWS, SUMMARY, Face, of_nobody, table_lines
from graph.analytics.projection import in_areas
from graph.analytics.questions import AssetParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many
from graph.analytics.suppression import Line, Name
from graph.network import LEVELS, STATUS_CODE, Snapshot
from graph.nodes import KINDS

CONVERSATIONS: Final[Mapping[str, str]] = {
    "individual": "ask people what they know, can do and care for",
    "association": "ask groups and clubs what they could lend, teach or do together",
    "organisation": "ask agencies which rooms, staff and money they could open",
    "physical": "walk the streets and note land, buildings and green space",
    "economic": "ask shops, makers and workers what is bought, sold and made here",
    "cultural": "ask who sings, plays, paints, cooks and tells the stories here",
}
"""The next conversation to hold, by the level of which least is on the map."""

_ROWS_OF_CELL: Final = (*LEVELS, None)

Cell = tuple[str | None, str | None]
"""An area and an aim, null where none is said."""


class _Tally:
    """Assets of one area and aim, counted by level; one on two levels counts on each."""

    def __init__(self) -> None:
        self.assets = 0
        self.actual: Counter[str | None] = Counter()
        self.potential: Counter[str | None] = Counter()

    def add(self, levels: int, *, potential: bool, count: int) -> None:
        self.assets += count
        into = self.potential if potential else self.actual
        for level in [name for bit, name in enumerate(LEVELS) if levels >> bit & 1] or [None]:
            into[level] += count

    def rows(self) -> list[Row]:
        return [
            {
                "level": level,
                "actual": self.actual[level],
                "potential": self.potential[level],
                "assets": self.actual[level] + self.potential[level],
            }
            for level in _ROWS_OF_CELL
        ]

    def spread(self) -> Row:
        actual = [self.actual[level] for level in LEVELS]
        both = [self.actual[level] + self.potential[level] for level in LEVELS]
        return {
            "evenness": pielou(actual),
            "evenness_with_potential": pielou(both),
            "next": min(LEVELS, key=lambda level: (self.actual[level], -self.potential[level])),
        }


def balance(
    snapshot: Snapshot, parameters: AssetParameters, *, known_areas: Collection[str] = ()
) -> ReportResult:
    """Report how the assets on the map are spread over the six levels, by area and aim.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the assets.
    known_areas
        Ids of all areas: one without an asset has its rows too.

    Returns
    -------
    ReportResult
        Rows: an area, an aim and a level, with `actual` and `potential` assets, in the order of
        areas, aims and levels; the last level, null, counts assets of which none was said.
        `by_area` has the evenness of each area and aim, and the level to ask about next.

    Notes
    -----
    An aim is the exercise by which an asset came on the map, as far as the caller is told it. An
    asset in two areas is counted in each, one on two levels on each. The next level is the one of
    which least is actual; of equals the one with most that is potential, then the first. O(n).
    """
    assets = (snapshot.kinds == KINDS.index("asset")) & in_areas(snapshot, parameters.areas)
    said = (
        snapshot.areas.codes[assets],
        snapshot.exercise[assets] + 1,
        snapshot.levels[assets],
        snapshot.status[assets] == STATUS_CODE["potential"],
    )
    room = (len(snapshot.areas.distinct), len(snapshot.exercises) + 1, 1 << len(LEVELS), 2)
    keys, counts = np.unique(np.ravel_multi_index(said, room), return_counts=True)
    alike: list[list[int]] = np.stack((*np.unravel_index(keys, room), counts), axis=1).tolist()
    whole = _Tally()
    cells: defaultdict[Cell, _Tally] = defaultdict(_Tally)
    for code, exercise, levels, potential, count in alike:
        whole.add(levels, potential=bool(potential), count=count)
        aim = snapshot.exercises[exercise - 1] if exercise else None
        for area in snapshot.areas.distinct[code] or (None,):
            if parameters.areas is None or area in parameters.areas:
                cells[area, aim].add(levels, potential=bool(potential), count=count)
    covered = {area for area, _ in cells}
    for area in {*known_areas, *(parameters.areas or ())} - covered:
        if parameters.areas is None or area in parameters.areas:
            cells[area, None] = _Tally()
    ordered = sorted(cells, key=lambda cell: [(word is None, word or "") for word in cell])
    named = [({"area": area, "aim": aim}, cells[area, aim]) for area, aim in ordered]
    summary: Row = {
        "assets": whole.assets,
        **whole.spread(),
        "by_level": whole.rows(),
        "by_area": [{**name, "assets": each.assets, **each.spread()} for name, each in named],
    }
    return ReportResult(
        balance_headline(whole.assets, summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every asset"
            if parameters.areas is None
            else "assets in the areas; their own areas alone are listed",
            isolates="An asset counts whether or not anybody offers or wants it.",
            measures=_MEASURES,
        ),
        whole.assets,
        [{**name, **row} for name, each in named for row in each.rows()],
        truncated=False,
    )


_MEASURES: Final = {
    "aim": "The exercise by which the assets came on the map; null where none is said, or the"
    " caller is not told it.",
    "level": "One of the six levels of assets; null: nobody said one. An asset may be on several.",
    "actual": "Assets that are there.",
    "potential": "Assets that are not there yet.",
    "assets": "Both together.",
    "evenness": "Pielou's index of the six levels, of actual assets: 1 all six alike, 0 all on one"
    " level; null where no level is said.",
    "evenness_with_potential": "The same, potential assets included.",
    "next": "The level of which least is actual; of equals the one with most that is potential.",
}


def balance_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["assets"] == 0:
        return (
            "No asset is on this map on that day: begin with people, and"
            f" {CONVERSATIONS['individual']}."
        )
    missing = [line["level"] for line in summary["by_level"][:-1] if line["actual"] == 0]
    unsaid = summary["by_level"][-1]["assets"]
    text = f"{how_many(summary['assets'], 'asset is', 'assets are')} on this map"
    if len(missing) == len(LEVELS):
        text += ", none of them said to be there on any of the six levels"
    elif missing:
        text += f", none of them {_listed(missing)}"
    else:
        text += ", on all six levels"
    if summary["evenness"] is not None:
        text += f" (evenness {summary['evenness']:.2f})"
    if unsaid != 0:
        text += f"; of {how_many(unsaid, 'asset', 'assets')} nobody said a level"
    if summary["next"] is not None:
        text += f". Next, {CONVERSATIONS[summary['next']]}"
    return f"{text}."


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _lines(result: ReportResult) -> list[Line]:
    """Return what adds up; who is in two areas is counted in each, and covers less."""
    size = len(_ROWS_OF_CELL)
    lines = table_lines(
        (SUMMARY, "assets"),
        [(("by_area", at), "assets") for at in range(len(result.summary["by_area"]))],
    )
    for level in range(size):
        places: list[Name] = [(ROWS, at) for at in range(level, len(result.rows), size)]
        total: Name = ("by_level", level)
        lines += [
            Line((place, "assets"), [(place, "actual"), (place, "potential")])
            for place in (*places, total)
        ]
        for name in ("actual", "potential", "assets"):
            lines += table_lines((total, name), [(place, name) for place in places])
    return lines


def _follows(result: ReportResult) -> dict[Name, list[Name]]:
    size = len(_ROWS_OF_CELL)
    cells: list[tuple[Any, list[Name]]] = [
        (("by_area", at), [(ROWS, size * at + level) for level in range(len(LEVELS))])
        for at in range(len(result.summary["by_area"]))
    ]
    cells.append((SUMMARY, [("by_level", level) for level in range(len(LEVELS))]))
    return {
        (place, name): [(level, field) for level in levels for field in fields]
        for place, levels in cells
        for name, fields in (
            ("evenness", ("actual",)),
            ("evenness_with_potential", ("assets",)),
            ("next", ("actual", "potential")),
        )
    }


BALANCE_FACE: Final = Face("assets", _lines, _follows, of_nobody)
