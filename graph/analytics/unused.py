"""What is offered and lies unused, and what is wanted and nobody offers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import numpy as np

from graph.analytics.opening_hours import weekly_hours
from graph.analytics.projection import Flags, Indices, in_areas, of_type, open_wants
from graph.analytics.questions import UnusedParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    conventions,
    finite,
    how_many,
    table,
)
from graph.analytics.topics import terms_without_offer
from graph.network import LEVEL_BIT, LEVELS, STATUS_CODE, Snapshot
from graph.nodes import KINDS, Level

Finding = Literal[
    "offered_unwanted", "wanted_unoffered", "potential", "area_without_association",
    "term_without_offer",
]  # fmt: skip
FINDINGS: Final[tuple[Finding, ...]] = (
    "offered_unwanted", "wanted_unoffered", "potential", "area_without_association",
    "term_without_offer",
)  # fmt: skip


def unused(
    snapshot: Snapshot, parameters: UnusedParameters, *, known_areas: Collection[str] = ()
) -> ReportResult:
    """Report assets whose offers and wants do not meet, and areas without an association.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the assets and areas; who offers or wants may be anywhere.
    known_areas
        Ids of all areas, which are no part of the network.

    Returns
    -------
    ReportResult
        Rows by `finding`, then the most offered or wanted first: `offered_unwanted` (an actual
        asset with offers and no open want), `wanted_unoffered` (an asset with open wants and no
        offer), `potential` (an asset that is not there yet; it may be wanted_unoffered as well),
        `area_without_association` (its id is in `area`, and `node` is null), `term_without_offer`
        (a term of the map that nobody offers anything of, or, with an area, one that is wanted
        there and not offered there). `offers` and `wants` are counts of live offers in any state
        and of open wants; `hours` for how many hours a week an asset can be had.

    Notes
    -----
    O(n log n + m), with a row for those alone that are told. An association is in the areas that
    it names, not in what lies around them. A term is wanted in the areas of who wants it; it is
    offered in those of who offers it and in those of the asset.
    """
    assets = (snapshot.kinds == KINDS.index("asset")) & in_areas(snapshot, parameters.areas)
    offers = _count_at_target(snapshot, of_type(snapshot, "offers"))
    wants = _count_at_target(snapshot, open_wants(snapshot))
    potential = snapshot.status == STATUS_CODE["potential"]
    sums = offers + wants
    found = {
        finding: _most_first(np.flatnonzero(flags), sums)
        for finding, flags in (
            ("offered_unwanted", assets & ~potential & (offers > 0) & (wants == 0)),
            ("wanted_unoffered", assets & (wants > 0) & (offers == 0)),
            ("potential", assets & potential),
        )
    }
    rows: list[Row] = []
    for finding, ordered in found.items():
        # No more than are told: what else was found is counted below.
        places: list[int] = ordered[: parameters.limit - len(rows)].tolist()
        rows += table(
            {
                "finding": [finding] * len(places),
                "node": [snapshot.ids[place] for place in places],
                "area": [None] * len(places),
                "term": [None] * len(places),
                "levels": [_levels(int(snapshot.levels[place])) for place in places],
                "offers": offers[places].tolist(),
                "wants": wants[places].tolist(),
                "hours": [_hours(snapshot, place) for place in places],
            }
        )
    empty = _areas_without_association(snapshot, known_areas, parameters.areas)
    rows += [_gap("area_without_association", area) for area in empty]
    lacking = terms_without_offer(snapshot, parameters.areas)
    rows += [
        _gap("term_without_offer", area, term, wants=wanted) for (area, term), wanted in lacking
    ]
    idle = found["offered_unwanted"]
    scheduled = np.isin(idle, np.fromiter(snapshot.schedules, np.int64, len(snapshot.schedules)))
    hours = [_hours(snapshot, place) for place in idle[scheduled].tolist()]
    stated = [each for each in hours if each is not None]
    counts = dict(zip(FINDINGS, map(len, (*found.values(), empty, lacking)), strict=True))
    summary: Row = {
        "assets": int(assets.sum()),
        "offered": int((assets & (offers > 0)).sum()),
        "wanted": int((assets & (wants > 0)).sum()),
        "areas": len(_asked(known_areas, parameters.areas)),
        **counts,
        "idle_offers": int(offers[idle].sum()),
        "idle_skills": _on_level(snapshot, idle, "individual"),
        "idle_spaces": _on_level(snapshot, idle, "physical"),
        "idle_hours": sum(stated),
        "hours_not_stated": len(idle) - len(stated),
    }
    return ReportResult(
        unused_headline(summary["assets"], summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every asset and area"
            if parameters.areas is None
            else "assets in the areas, and the areas; who offers or wants may be anywhere",
            isolates="An asset that nobody offers and nobody wants is counted, and found only if it"
            " is potential.",
            measures=_MEASURES,
        ),
        summary["assets"],
        rows[: parameters.limit],
        truncated=sum(counts.values()) > parameters.limit,
    )


_MEASURES: Final = {
    "offers": "Live offers of the asset: now, would like to, or with support.",
    "wants": "Open wants of the asset; met and withdrawn ones do not count.",
    "offered_unwanted": "An actual asset with an offer and no open want.",
    "wanted_unoffered": "An asset with an open want and no offer, actual or potential.",
    "potential": "An asset that is not there yet.",
    "area_without_association": "No association on the map names this very area.",
    "term_without_offer": "A term of the map that nobody offers anything of; with an area, a term"
    " that somebody there wants something of, and that is not offered there.",
    "term": "A term of a vocabulary: scheme and code.",
    "levels": "The levels of the asset; null where nobody said one.",
    "hours": "Hours a week in which it can be had, in the four weeks from the day; null where no"
    " schedule says it.",
    "idle": "Of what is offered_unwanted: offers, skills (assets on the level of individuals),"
    " spaces (on the physical one), and hours a week.",
}


def _levels(bits: int) -> str | None:
    return ", ".join(level for at, level in enumerate(LEVELS) if bits >> at & 1) or None


def _hours(snapshot: Snapshot, place: int) -> float | None:
    return finite(weekly_hours(snapshot.schedules.get(place, ()), snapshot.day))


def _most_first(places: Indices, counts: Indices) -> Indices:
    """Order assets by what is offered or wanted of them, then by their ids, which places are."""
    return places[np.argsort(-counts[places], kind="stable")]


def _on_level(snapshot: Snapshot, places: Indices, level: Level) -> int:
    return int(np.count_nonzero(snapshot.levels[places] & LEVEL_BIT[level]))


def _gap(finding: Finding, area: str | None, term: str | None = None, **counts: int) -> Row:
    empty = dict.fromkeys(("levels", "offers", "wants", "hours"))
    return {"finding": finding, "node": None, "area": area, "term": term, **empty, **counts}


def _count_at_target(snapshot: Snapshot, which: Flags) -> Indices:
    return np.bincount(snapshot.ties.target[which], minlength=len(snapshot.ids))


def _asked(known_areas: Collection[str], areas: list[str] | None) -> list[str]:
    return sorted(area for area in set(known_areas) if areas is None or area in areas)


def _areas_without_association(
    snapshot: Snapshot, known_areas: Collection[str], areas: list[str] | None
) -> list[str]:
    areas_of = snapshot.areas[np.flatnonzero(snapshot.kinds == KINDS.index("association"))]
    held = np.bincount(areas_of.codes, minlength=len(areas_of.distinct)).tolist()
    served = {
        area for own, count in zip(areas_of.distinct, held, strict=True) if count for area in own
    }
    return [area for area in _asked(known_areas, areas) if area not in served]


def unused_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["assets"] == 0 and not summary["areas"]:
        return "No asset is on this map on that day."
    lies = how_many(summary["offered_unwanted"], "thing is", "things are")
    lacks = how_many(summary["wanted_unoffered"], "is", "are")
    text = f"{lies} offered and wanted by nobody, and {lacks} wanted and offered by nobody"
    if summary["area_without_association"]:
        empty = how_many(summary["area_without_association"], "area has", "areas have")
        text += f"; {empty} no association"
    if summary["term_without_offer"] != 0:
        topics = how_many(summary["term_without_offer"], "topic is", "topics are")
        text += f"; {topics} without an offer"
    return f"{text}."
