"""Who is cut off from others, with and without those who are paid to be there.

Somebody whose only ties are to paid staff is not called connected, and somebody whom nobody asked
is not called isolated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, NamedTuple

import networkx as nx
import numpy as np

from graph.analytics.cohesion import giant
from graph.analytics.projection import Flags, Projection, in_areas, social_ties
from graph.analytics.questions import IsolationParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    by_kind,
    conventions,
    how_many,
    number,
    table,
)
from graph.network import QUALITY_CODE, RELATION_CODE, Snapshot
from graph.nodes import KINDS

Status = Literal["isolated", "paid_only", "connected", "unmapped"]
STATUSES: Final[tuple[Status, ...]] = ("isolated", "paid_only", "connected", "unmapped")
"""The most cut off first, then those who were not asked."""


class _Standing(NamedTuple):
    """How every node stands in one network, in the order of its ids."""

    degree: list[int]
    in_giant: list[bool]
    hops: list[int | None]
    noticing: list[int]


def paid_ties(snapshot: Snapshot) -> Flags:
    """Tell which ties are paid, shape (ties,); all others are natural.

    Paid: said to be, or `professional` or `staff`, or with an agency at one end.
    """
    ties = snapshot.ties
    agency = snapshot.kinds == KINDS.index("agency")
    by_relation = np.isin(ties.relation, (RELATION_CODE["professional"], RELATION_CODE["staff"]))
    return (ties.paid == 1) | by_relation | agency[ties.source] | agency[ties.target]


def isolation(snapshot: Snapshot, parameters: IsolationParameters) -> ReportResult:
    """Report, for every person, how they are tied to others, by all ties and by natural ones.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the people; their ties count wherever they lead, or a friend across the
        road would leave somebody isolated.

    Returns
    -------
    ReportResult
        Rows: `degree`, `in_giant`, `hops_to_association`, `would_notice` and the same as
        `natural_...`, and `status`: `isolated` (asked, no ties), `paid_only` (asked, no natural
        ties), `connected` (asked, natural ties), `unmapped` (only named by others). The most cut
        off first. Hops are null where no association can be reached.

    Notes
    -----
    O(n log n + m log m).
    """
    everyone = np.ones(len(snapshot.ties), dtype=np.bool_)
    together = social_ties(snapshot, everyone)
    natural = social_ties(snapshot, ~paid_ties(snapshot))
    kindly = snapshot.ties.quality != QUALITY_CODE["stressful"]
    standings = (
        _standing(together, social_ties(snapshot, kindly)),
        _standing(natural, social_ties(snapshot, kindly & ~paid_ties(snapshot))),
    )

    party = np.flatnonzero(snapshot.kinds != KINDS.index("asset"))
    chosen = in_areas(snapshot, parameters.areas)[party] & (together.kinds == _PERSON)
    people: list[int] = np.flatnonzero(chosen).tolist()
    places: list[int] = party[chosen].tolist()
    asked = (snapshot.mapped[party] == 1).tolist()
    statuses: list[Status] = [
        _status(standings[0].degree[place], standings[1].degree[place], mapped=asked[place])
        for place in people
    ]
    columns = {
        f"{prefix}{name}": [column[place] for place in people]
        for prefix, standing in zip(("", "natural_"), standings, strict=True)
        for name, column in (
            ("degree", standing.degree),
            ("in_giant", standing.in_giant),
            ("hops_to_association", standing.hops),
            ("would_notice", standing.noticing),
        )
    }
    rows = table({"node": [together.ids[place] for place in people], **columns, "status": statuses})
    rows.sort(key=lambda row: (STATUSES.index(row["status"]), row["natural_degree"], row["node"]))
    own_areas = [snapshot.areas[place] for place in places]
    people_lines = [
        _Line(
            status,
            *(standing.noticing[place] for standing in standings),
            *(standing.hops[place] for standing in standings),
        )
        for status, place in zip(statuses, people, strict=True)
    ]
    summary: Row = {
        **_counts(people_lines),
        "by_area": _by_area(own_areas, people_lines, parameters.areas),
        "nodes": by_kind(together),
        "ties": len(together.sources),
        "natural_ties": len(natural.sources),
        "giant": len(giant(together)),
        "natural_giant": len(giant(natural)),
    }
    return ReportResult(
        isolation_headline(len(people), summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every person"
            if parameters.areas is None
            else "people in the areas; their ties count wherever they lead",
            isolates="Isolated is only said of people who were asked (mapped); others without ties"
            " are unmapped.",
            measures=_MEASURES,
        ),
        len(people),
        rows[: parameters.limit],
        truncated=len(rows) > parameters.limit,
    )


_PERSON: Final = KINDS.index("person")
_MEASURES: Final = {
    "degree": "Number of people, associations and agencies tied to, by connects or trusts.",
    "in_giant": "Part of the largest component.",
    "hops_to_association": "Steps to the nearest association; null where none can be reached.",
    "would_notice": "Number of people tied to by a tie that is not stressful: who would notice if"
    " something was wrong.",
    "unnoticed": "People who were asked and whom nobody would notice; natural_unnoticed: nobody but"
    " who is paid.",
    "mean_hops_to_association": "Of those who were asked and can reach one.",
    "natural_": "The same by natural ties only. A tie is paid if it says so, is professional or"
    " staff, or has an agency at one end; every other is natural.",
    "status": "isolated: asked, without ties. paid_only: asked, without natural ties. connected:"
    " asked, with natural ties. unmapped: only named by others.",
}


def _standing(network: Projection, kindly: Projection) -> _Standing:
    largest = giant(network)
    associations = np.flatnonzero(network.kinds == KINDS.index("association")).tolist()
    hops: Mapping[int, float] = {}
    if associations:
        hops = nx.multi_source_dijkstra_path_length(
            network.graph, set(associations), weight=_one_step
        )
    places = range(len(network.ids))
    return _Standing(
        network.degrees.tolist(),
        [place in largest for place in places],
        [int(hops[place]) if place in hops else None for place in places],
        _people_at(kindly),
    )


def _people_at(network: Projection) -> list[int]:
    """Count the people that every node is tied to."""
    ends = np.concatenate((network.sources, network.targets))
    others = np.concatenate((network.targets, network.sources))
    people = ends[network.kinds[others] == _PERSON]
    return np.bincount(people, minlength=len(network.ids)).tolist()


def _one_step(_source: int, _target: int, _data: object) -> int:
    return 1


def _status(degree: int, natural_degree: int, *, mapped: bool) -> Status:
    if not mapped:
        return "unmapped"
    if natural_degree:
        return "connected"
    return "paid_only" if degree else "isolated"


class _Line(NamedTuple):
    """What is counted of one person."""

    status: Status
    would_notice: int
    natural_would_notice: int
    hops: int | None
    natural_hops: int | None


def _counts(people: Collection[_Line]) -> Row:
    counts = Counter(line.status for line in people)
    asked = [line for line in people if line.status != "unmapped"]
    return {
        "people": counts.total(),
        "mapped": len(asked),
        **{status: counts[status] for status in STATUSES},
        "unnoticed": sum(not line.would_notice for line in asked),
        "natural_unnoticed": sum(not line.natural_would_notice for line in asked),
        "mean_hops_to_association": _mean(line.hops for line in asked),
        "natural_mean_hops_to_association": _mean(line.natural_hops for line in asked),
    }


def _mean(hops: Iterable[int | None]) -> float | None:
    known = [steps for steps in hops if steps is not None]
    return sum(known) / len(known) if known else None


def _by_area(
    areas: list[tuple[str, ...]], people: list[_Line], asked_for: list[str] | None
) -> list[Row]:
    """Count by area; a person in several counts in each, one in none under null, last."""
    held: dict[str | None, list[_Line]] = {area: [] for area in asked_for or ()}
    for own, line in zip(areas, people, strict=True):
        for area in own or (None,):
            if asked_for is None or area in held:
                held.setdefault(area, []).append(line)
    return [
        {"area": area, **_counts(held[area])}
        for area in sorted(held, key=lambda area: (area is None, area or ""))
    ]


def isolation_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["people"] == 0:
        return "Nobody is on this map on that day."
    if summary["mapped"] == 0:
        return (
            f"{how_many(summary['people'], 'person is', 'people are')} on this map, but none was"
            " asked yet: nothing can be said about who is isolated."
        )
    parts = summary["isolated"], summary["paid_only"]
    cut_off = None if None in parts else sum(parts)
    text = (
        f"Of {how_many(summary['mapped'], 'person', 'people')} who were asked,"
        f" {number(cut_off)} {'has' if cut_off == 1 else 'have'} no natural tie to anybody"
        if cut_off != 0
        else f"Of {how_many(summary['mapped'], 'person', 'people')} who were asked,"
        " everybody has a natural tie to somebody"
    )
    if summary["paid_only"] != 0:
        paid_only = number(summary["paid_only"])
        text += f", and {paid_only} of them only know people who are paid to be there"
    if summary["unmapped"] != 0:
        text += (
            f"; {how_many(summary['unmapped'], 'more person was', 'more people were')} only named"
            " by others and not asked"
        )
    return f"{text}."
