"""On whom people can rely, and what is left of it when staff or the main carer go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from graph.analytics.figures import share
from graph.analytics.projection import in_areas
from graph.analytics.questions import SupportParameters
from graph.analytics.relying import Reliance, reliance
from graph.analytics.result import (
    ReportResult,
    Row,
    conventions,
    figures_with_reasons,
    how_many,
    number,
    people_by_area,
    table,
)
from graph.network import Snapshot
from graph.nodes import KINDS

_PERSON: Final = KINDS.index("person")
_TWO: Final = 2
_LOSSES: Final = ("", "_without_staff", "_without_carer")


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
    network = found.network
    person_here = in_areas(snapshot, parameters.areas) & (snapshot.kinds == _PERSON)
    chosen = [place for place, id_ in enumerate(network.ids) if person_here[snapshot.place[id_]]]
    mapped = [bool(snapshot.mapped[snapshot.place[network.ids[place]]] == 1) for place in chosen]
    held = found.natural_ways.holding()
    before = {} if earlier is None else _shares(reliance(earlier))
    rows: list[Row] = []
    for place, asked in zip(chosen, mapped, strict=True):
        row: Row = {"node": network.ids[place], "mapped": asked, **_row(found, place)}
        row["holds"] = held[place]
        if earlier is not None:
            was, now = before.get(row["node"]), row["natural_share"]
            row["natural_share_earlier"] = was
            row["natural_share_change"] = None if was is None or now is None else now - was
        rows.append({**row, "reason": _reason(row)})
    own_areas = [snapshot.areas[snapshot.place[network.ids[place]]] for place in chosen]
    summary: Row = {
        **_counts(rows),
        "by_area": [
            {"area": area, **_counts([rows[place] for place in places])}
            for area, places in people_by_area(own_areas, parameters.areas).items()
        ],
        **_overall(rows, earlier),
    }
    rows = table({name: [row[name] for row in rows] for name in rows[0]} if rows else {})
    rows.sort(key=lambda row: (
        row["would_notice_without_staff"], row["ways_to_place_without_staff"],
        row["would_notice"], row["ways_to_place"], row["node"],
    ))  # fmt: skip
    return ReportResult(
        support_headline(len(rows), summary),
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
            library="networkx",
        ),
        len(rows),
        rows[: parameters.limit],
        truncated=len(rows) > parameters.limit,
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


def _row(found: Reliance, place: int) -> Row:
    natural, paid = found.natural[place], found.paid[place]
    carer = found.carers[place]
    left = found.ways.routes(place) > 0 and not (
        carer is not None and found.ways.hangs_on(place, carer)
    )
    return {
        "natural": natural,
        "paid": paid,
        "natural_to_paid": natural / paid if paid else None,
        "natural_share": natural / (natural + paid) if natural + paid else None,
        "would_notice": found.noticing[place],
        "would_notice_without_staff": found.natural_noticing[place],
        "would_notice_without_carer": found.noticing[place] - (carer is not None),
        "ways_to_place": found.ways.routes(place),
        "ways_to_place_without_staff": found.natural_ways.routes(place),
        "place_left_without_carer": left,
        "main_carer": None if carer is None else found.network.ids[carer],
    }


def _reason(row: Row) -> str | None:
    if row["natural_share"] is None:
        return "no_ties"
    return "no_paid_ties" if row["natural_to_paid"] is None else None


def _shares(found: Reliance) -> dict[str, float]:
    return {
        id_: natural / (natural + paid)
        for id_, natural, paid in zip(found.network.ids, found.natural, found.paid, strict=True)
        if natural + paid
    }


def _counts(rows: Collection[Row]) -> Row:
    asked = [row for row in rows if row["mapped"]]
    lacking = Counter[str]()
    for row in asked:
        lacking["unnoticed"] += not row["would_notice"]
        lacking["unnoticed_without_staff"] += not row["would_notice_without_staff"]
        lacking["unnoticed_without_carer"] += not row["would_notice_without_carer"]
        lacking["no_place"] += not row["ways_to_place"]
        lacking["no_place_without_staff"] += not row["ways_to_place_without_staff"]
        lacking["no_place_without_carer"] += not row["place_left_without_carer"]
        lacking["below_two"] += min(row["would_notice"], row["ways_to_place"]) < _TWO
        lacking["below_two_without_staff"] += (
            min(row["would_notice_without_staff"], row["ways_to_place_without_staff"]) < _TWO
        )
    return {
        "people": len(rows),
        "mapped": len(asked),
        "unmapped": len(rows) - len(asked),
        **{name: lacking[name] for name in LACKING},
    }


LACKING: Final = (
    *(f"unnoticed{loss}" for loss in _LOSSES),
    *(f"no_place{loss}" for loss in _LOSSES),
    "below_two",
    "below_two_without_staff",
)
"""Counts of those who were asked and lack something; below two: of who notices or of ways."""


def _overall(rows: Sequence[Row], earlier: Snapshot | None) -> Row:
    natural, paid = (sum(row[name] for row in rows) for name in ("natural", "paid"))
    summary: Row = {
        "natural_ties": natural,
        "paid_ties": paid,
        **figures_with_reasons({"natural_share": share(natural, natural + paid, "no_ties")}),
    }
    if earlier is not None:
        changes = [row["natural_share_change"] for row in rows]
        summary["day_earlier"] = earlier.day.isoformat()
        summary["more_natural"] = sum(change is not None and change > 0 for change in changes)
        summary["less_natural"] = sum(change is not None and change < 0 for change in changes)
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
