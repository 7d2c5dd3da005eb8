"""On whom people can rely, and what is left of it when staff or the main carer go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.analytics.by_area import how_many_of_lists, with_areas
from graph.analytics.figures import share
from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Flags, Floats, Indices, in_areas
from graph.analytics.questions import SupportParameters
from graph.analytics.relying import Reliance, reliance
from graph.analytics.result import (
    ReportResult,
    Row,
    conventions,
    figures_with_reasons,
    how_many,
    number,
    table,
)
from graph.network import Lists, Snapshot
from graph.nodes import KINDS

_PERSON: Final = KINDS.index("person")
_TWO: Final = 2
_LOSSES: Final = ("", "_without_staff", "_without_carer")
_FEWEST_FIRST: Final = (
    "would_notice_without_staff",
    "ways_to_place_without_staff",
    "would_notice",
    "ways_to_place",
)
"""Figures by which rows are sorted; of equals the first id comes first."""


def support(
    snapshot: Snapshot, parameters: SupportParameters, *, earlier: Snapshot | None = None
) -> ReportResult:
    """Report, for every person, natural and paid support, and what is left without some of it.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the people; their ties count wherever they lead.
    earlier
        The day that a trend begins at, if one is asked for.

    Returns
    -------
    ReportResult
        Rows: how many support a person by natural and by paid ties, and the ratio; how many people
        would notice, and how many ways that share nobody there are to a place to go (2 for two or
        more): by all ties, without staff (by natural ties only), and without the main carer. Who
        relies on the fewest comes first. `natural_share_earlier` and its change with an earlier
        day. `reason` is `no_ties`, or `no_paid_ties` where there is no ratio.

    Notes
    -----
    Stressful ties support nobody. O(n log n + m log n); see `gates.gates`.
    """
    found = reliance(snapshot)
    person_here = in_areas(snapshot, parameters.areas) & (snapshot.kinds == _PERSON)
    people = np.flatnonzero(person_here[found.places])
    places = found.places[people]
    mapped = snapshot.mapped[places] == 1
    figures = _figures(found, people)
    if earlier is not None:
        figures |= _trend(snapshot, places, figures["natural_share"], earlier)
    shown = np.lexsort([figures[name] for name in reversed(_FEWEST_FIRST)])[: parameters.limit]
    summary: Row = {
        **_counts(figures, mapped, snapshot.areas[places], parameters.areas),
        **_overall(figures, earlier),
    }
    rows = table(
        {
            "node": [snapshot.ids[place] for place in places[shown].tolist()],
            "mapped": mapped[shown].tolist(),
            **{name: _shown(column[shown]) for name, column in figures.items()},
        }
    )
    for row in rows:
        carer = row["main_carer"]
        row["main_carer"] = None if carer < 0 else found.network.ids[carer]
        row["reason"] = _reason(row)
    return ReportResult(
        support_headline(len(people), summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every person"
            if parameters.areas is None
            else "people in the areas; their ties count wherever they lead",
            isolates="Nobody supports them (no_ties). Only who was asked (mapped) is counted as"
            " lacking something.",
            measures=_MEASURES,
            library="networkx" if len(found.network.ids) < SCANNED_FROM else "wholemap",
        ),
        len(people),
        rows,
        truncated=len(people) > parameters.limit,
    )


_MEASURES: Final = {
    "mapped": "Whether this person was asked, or only named by others.",
    "natural": "Number of people, associations and agencies tied to by natural ties that are not"
    " stressful.",
    "paid": "The same by paid ties: said to be, professional or staff, or with an agency.",
    "natural_to_paid": "natural over paid; null without paid ones (no_paid_ties).",
    "natural_share": "natural over natural and paid; null without either (no_ties).",
    "would_notice": "Number of people tied to, who would notice if something was wrong.",
    "ways_to_place": "Ways to an association, or to an asset that somebody is connected to, that"
    " share neither people nor the place: 0, 1, or 2 for two or more.",
    "_without_staff": "The same by natural ties only.",
    "_without_carer": "The same when the main carer is gone; of ways, whether there is one left.",
    "main_carer": "The person with the strongest tie as family or professional, or else with the"
    " strongest of any kind; 0.5 where nobody said how strong, the first id of equals.",
    "holds": "How many nodes have no natural way to a place but through this person.",
    "place_left": "Whether a place to go can be reached without the main carer.",
}


def _figures(found: Reliance, people: Indices) -> dict[str, NDArray[Any]]:
    """Return the columns of some places; NaN where there is no ratio."""
    natural, paid, carers = (each[people] for each in (found.natural, found.paid, found.carers))
    ways, natural_ways = found.ways.routes()[people], found.natural_ways.routes()[people]
    noticing, natural_noticing = found.noticing[people], found.natural_noticing[people]
    hanging = found.ways.hanging_on(found.carers)[people]
    return {
        "natural": natural,
        "paid": paid,
        "natural_to_paid": _ratio(natural, paid),
        "natural_share": _ratio(natural, natural + paid),
        "would_notice": noticing,
        "would_notice_without_staff": natural_noticing,
        "would_notice_without_carer": noticing - (carers >= 0),
        "ways_to_place": ways,
        "ways_to_place_without_staff": natural_ways,
        "place_left_without_carer": (ways > 0) & ~hanging,
        "main_carer": carers,
        "holds": found.natural_ways.holding()[people],
    }


def _ratio(part: Indices, whole: Indices) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _shown(column: NDArray[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    return [None if value != value else value for value in values]  # noqa: PLR0124 - NaN alone


def _reason(row: Row) -> str | None:
    if row["natural_share"] is None:
        return "no_ties"
    return "no_paid_ties" if row["natural_to_paid"] is None else None


def _trend(
    snapshot: Snapshot, places: Indices, share_now: Floats, earlier: Snapshot
) -> dict[str, NDArray[Any]]:
    """Return the natural share of an earlier day and what changed since, NaN if there is none."""
    before = reliance(earlier)
    of_place = np.full(len(earlier.ids) + 1, np.nan)
    of_place[before.places] = _ratio(before.natural, before.natural + before.paid)
    where = earlier.place
    at: list[int] = places.tolist()
    then = np.fromiter((where.get(snapshot.ids[place], -1) for place in at), np.int64, len(at))
    was = of_place[then]
    return {"natural_share_earlier": was, "natural_share_change": share_now - was}


def _counts(
    figures: Mapping[str, NDArray[Any]],
    mapped: Flags,
    areas: Lists,
    asked_for: Collection[str] | None,
) -> Row:
    """Count people, of whom each array has one entry: all of them, and those of each area."""
    fewest = np.minimum(figures["would_notice"], figures["ways_to_place"])
    fewest_without_staff = np.minimum(
        figures["would_notice_without_staff"], figures["ways_to_place_without_staff"]
    )
    lacking = {
        **{f"unnoticed{loss}": figures[f"would_notice{loss}"] == 0 for loss in _LOSSES},
        "no_place": figures["ways_to_place"] == 0,
        "no_place_without_staff": figures["ways_to_place_without_staff"] == 0,
        "no_place_without_carer": ~figures["place_left_without_carer"],
        "below_two": fewest < _TWO,
        "below_two_without_staff": fewest_without_staff < _TWO,
    }
    flags = {
        "people": np.ones(len(mapped), np.bool_),
        "mapped": mapped,
        "unmapped": ~mapped,
        **{name: lacking[name] & mapped for name in LACKING},
    }
    sums = how_many_of_lists(areas, list(flags.values()))
    return with_areas(areas, sums, asked_for, lambda counts: dict(zip(flags, counts, strict=True)))


LACKING: Final = (
    *(f"unnoticed{loss}" for loss in _LOSSES),
    *(f"no_place{loss}" for loss in _LOSSES),
    "below_two",
    "below_two_without_staff",
)
"""Counts of those who were asked and lack something; below two: of who notices or of ways."""


def _overall(figures: Mapping[str, NDArray[Any]], earlier: Snapshot | None) -> Row:
    natural, paid = (int(figures[name].sum()) for name in ("natural", "paid"))
    summary: Row = {
        "natural_ties": natural,
        "paid_ties": paid,
        **figures_with_reasons({"natural_share": share(natural, natural + paid, "no_ties")}),
    }
    if earlier is not None:
        changes = figures["natural_share_change"]
        summary["day_earlier"] = earlier.day.isoformat()
        summary["more_natural"] = int((changes > 0).sum())
        summary["less_natural"] = int((changes < 0).sum())
    return summary


def support_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["people"] == 0:
        return "Nobody is on this map on that day."
    if summary["mapped"] == 0:
        return (
            f"{how_many(summary['people'], 'person is', 'people are')} on this map, but none was"
            " asked yet: nothing can be said about whom they rely on."
        )
    alone = summary["unnoticed"]
    return (
        f"Of {how_many(summary['mapped'], 'person', 'people')} who were asked,"
        f" {number(alone)} {'has' if alone == 1 else 'have'} nobody who would notice if something"
        f" was wrong, and {number(summary['unnoticed_without_staff'])} if the staff left;"
        f" {number(summary['below_two'])} cannot count on two who notice and two separate ways to"
        " a place to go."
    )
