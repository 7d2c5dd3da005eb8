"""How associations are: who is in them, who carries them, and whose money and ties they live on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from graph.analytics.evenness import gini
from graph.analytics.faces import ROWS, SUMMARY, Face, of_nobody
from graph.analytics.giving import AGENCY
from graph.analytics.membership import (
    OVER_TIME,
    over_time,
    over_time_follows,
    over_time_lines,
    reported,
)
from graph.analytics.projection import in_areas, of_type
from graph.analytics.questions import AssociationParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many, number
from graph.analytics.suppression import Line, Name
from graph.network import RELATION_CODE, Snapshot
from graph.nodes import KINDS

FLAGS: Final = ("exhausted", "dominated", "few_members", "shrinking")
_OF_FLAG: Final = ("flagged", "others", "not_stated")

_ASSOCIATION: Final = KINDS.index("association")
_PARTIES: Final = 3
_YEAR_DAYS: Final = 365

Others = dict[int, set[int]]
"""The places of others by the place of an association."""


def associations(snapshot: Snapshot, parameters: AssociationParameters) -> ReportResult:
    """Report of every association its members, its load, and the share of agencies in it.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the associations; their ties count wherever they lead. The other parameters
        are the limits over, or under, which an association is flagged; a community sets its own.

    Returns
    -------
    ReportResult
        Rows: one an association, those with most flags first. A flag is null where what it is read
        from is not stated: `few_members` and `shrinking` without a known membership, `exhausted`
        without volunteers, `dominated` without ties or funders.

    Notes
    -----
    Membership is the latest figure that was reported by the day asked, and the members on the map
    where there is none. `load_gini` is the Gini coefficient of what the members and volunteers on
    the map volunteer for in all, anywhere: few who carry much in many places exhaust an association
    as much as few in it alone. Money has no amounts on the map: funders are counted. O(n + m).
    """
    ties = snapshot.ties
    chosen = np.flatnonzero((snapshot.kinds == _ASSOCIATION) & in_areas(snapshot, parameters.areas))
    volunteers = _at_target(snapshot, "volunteer")
    members = _at_target(snapshot, "member")
    funders = _at_target(snapshot, "funds")
    partners = _partners(snapshot)
    load = np.bincount(ties.source[_of(snapshot, "volunteer")], minlength=len(snapshot)).tolist()
    joined = _joined(snapshot)
    agency: list[bool] = (snapshot.kinds == AGENCY).tolist()
    rows: list[Row] = []
    for place in chosen.tolist():
        people = members[place] | volunteers[place]
        said = reported(snapshot, place)
        known = said[-1].members if said else len(members[place]) or None
        change = said[-1].members - said[0].members if len(said) > 1 else None
        funding = _share(funders[place], agency)
        tied = _share(partners[place], agency)
        unevenness = gini([load[each] for each in sorted(people)])
        row: Row = {
            "node": snapshot.ids[place],
            "members": len(members[place]),
            "joined": joined.get(place, 0),
            "membership": known,
            "first_reported": said[0].members if said else None,
            "reported_on": said[-1].on.isoformat() if said else None,
            "change": change,
            "volunteers": len(volunteers[place]),
            "load_gini": unevenness,
            "tied_to": len(partners[place]),
            **_split(partners[place], agency, "ties"),
            "agency_share_of_ties": tied,
            "funders": len(funders[place]),
            **_split(funders[place], agency, "funders"),
            "agency_share_of_funders": funding,
            "exhausted": None if unevenness is None else unevenness > parameters.exhausted_over,
            "dominated": None
            if tied is None and funding is None
            else max(tied or 0, funding or 0) > parameters.dominated_over,
            "few_members": None if known is None else known < parameters.few_members,
            "shrinking": None if change is None else change < 0,
        }
        rows.append(row)
    rows.sort(key=lambda row: (-sum(row[flag] is True for flag in FLAGS), row["node"]))
    belonging = {each for place in chosen.tolist() for each in members[place] | volunteers[place]}
    summary: Row = {
        "associations": len(rows),
        "load_gini": gini([load[each] for each in sorted(belonging)]),
        "people": len(belonging),
        "by_flag": [_flagged(rows, flag) for flag in FLAGS],
        OVER_TIME: over_time(snapshot, chosen.tolist()),
    }
    return ReportResult(
        associations_headline(len(rows), summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every association"
            if parameters.areas is None
            else "associations in the areas; their ties count wherever they lead",
            isolates="An association without ties has null for what is a share of them.",
            measures={**_MEASURES, **_limits(parameters)},
        ),
        len(rows),
        rows,
        truncated=False,
    )


_MEASURES: Final = {
    "members": "Members on the map.",
    "joined": "Of them, those whose membership began in the year before the day.",
    "membership": "The latest figure that was reported; where none was, the members on the map.",
    "first_reported": "The first figure that was reported.",
    "reported_on": "When the latest figure was reported.",
    "change": "The latest reported figure less the first.",
    "volunteers": "Volunteers on the map.",
    "load_gini": "How unequally its members and volunteers carry what they volunteer for, here and"
    " elsewhere: 0 alike, towards 1 by one alone (Gini). In the summary: of all of them.",
    "tied_to": "People, associations and agencies tied to it, by connects or trusts.",
    "agency_ties": "Of them, agencies.",
    "other_ties": "Of them, others.",
    "agency_share_of_ties": "Their share.",
    "funders": "Groups and agencies that fund it; amounts are not on the map.",
    "agency_funders": "Of them, agencies.",
    "other_funders": "Of them, others.",
    "agency_share_of_funders": "Their share.",
    "people": "Members and volunteers on the map, each once.",
    "over_time": "By year in which something happened: associations that reported a figure, the sum"
    " of their latest of it (members), and memberships on the map, whoever left since included.",
    "members_in_year": "Memberships that held at some time in the year.",
    "joined_in_year": "Of them, those that began in it.",
    "left_in_year": "Of them, those that ended in it.",
    "members_on_map": "Members on the map at the end of the year, or on the day: in each"
    " association once. Where no beginning is said, from the first year on.",
    "not_stated": "Associations of which nothing is stated that the flag is read from.",
}


def _limits(parameters: AssociationParameters) -> dict[str, str]:
    return {
        "exhausted": f"load_gini is over {parameters.exhausted_over:g}.",
        "dominated": "The share of agencies among its ties or among its funders is over"
        f" {parameters.dominated_over:g}.",
        "few_members": f"Its membership is under {parameters.few_members}.",
        "shrinking": "Its reported membership has become smaller.",
    }


def _of(snapshot: Snapshot, relation: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return of_type(snapshot, "connects") & (snapshot.ties.relation == RELATION_CODE[relation])


def _at_target(snapshot: Snapshot, relation: Any) -> defaultdict[int, set[int]]:
    """Return who is in a relation to each association."""
    ties = snapshot.ties
    which = _of(snapshot, relation) & (snapshot.kinds[ties.target] == _ASSOCIATION)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for source, target in zip(
        ties.source[which].tolist(), ties.target[which].tolist(), strict=True
    ):
        found[target].add(source)
    return found


def _partners(snapshot: Snapshot) -> defaultdict[int, set[int]]:
    """Return the parties that each association is tied to, either way."""
    ties = snapshot.ties
    social = of_type(snapshot, "connects") | of_type(snapshot, "trusts")
    found: defaultdict[int, set[int]] = defaultdict(set)
    for near, far in ((ties.source, ties.target), (ties.target, ties.source)):
        which = social & (snapshot.kinds[near] == _ASSOCIATION) & (snapshot.kinds[far] < _PARTIES)
        for one, other in zip(near[which].tolist(), far[which].tolist(), strict=True):
            found[one].add(other)
    return found


def _joined(snapshot: Snapshot) -> Mapping[int, int]:
    """Return how many memberships of each association began in the year before the day."""
    ties = snapshot.ties
    new = _of(snapshot, "member") & (ties.since > snapshot.day.toordinal() - _YEAR_DAYS)
    places, counts = np.unique(ties.target[new], return_counts=True)
    return dict(zip(places.tolist(), counts.tolist(), strict=True))


def _split(others: set[int], agency: list[bool], name: str) -> Row:
    agencies = sum(agency[each] for each in others)
    return {f"agency_{name}": agencies, f"other_{name}": len(others) - agencies}


def _share(others: set[int], agency: list[bool]) -> float | None:
    return sum(agency[each] for each in others) / len(others) if others else None


def _flagged(rows: list[Row], flag: str) -> Row:
    said = [row[flag] for row in rows]
    counts = {"flagged": said.count(True), "others": said.count(False)}
    return {"flag": flag, **counts, "not_stated": said.count(None)}


def associations_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["associations"] == 0:
        return "No association is on this map on that day."
    whole = how_many(summary["associations"], "association", "associations")
    said = [
        _said_of(line["flagged"], *_WORDS[line["flag"]])
        for line in summary["by_flag"]
        if line["flagged"] != 0 or line["others"] != 0
    ]
    if not said:
        return f"Of {whole} neither members nor ties are stated: how they are cannot be said."
    *first, last = said
    return f"Of {whole}, {', '.join(first)}{' and ' if first else ''}{last}."


_WORDS: Final = {
    "exhausted": ("rests", "rest", "on few who carry much"),
    "dominated": ("lives", "live", "mostly on agencies"),
    "few_members": ("has", "have", "few members"),
    "shrinking": ("has", "have", "fewer members than before"),
}


def _said_of(count: int | None, one: str, many: str, what: str) -> str:
    return f"{number(count)} {one if count == 1 else many} {what}"


def _lines(result: ReportResult) -> list[Line]:
    lines = over_time_lines(result)
    for at in range(len(result.rows)):
        for total, name in (("tied_to", "ties"), ("funders", "funders")):
            parts: list[Name] = [((ROWS, at), f"{of}_{name}") for of in ("agency", "other")]
            lines.append(Line(((ROWS, at), total), parts))
    return lines


def _follows(result: ReportResult) -> dict[Name, list[Name]]:
    made_of = {
        "agency_share_of_ties": ("tied_to", "agency_ties"),
        "agency_share_of_funders": ("funders", "agency_funders"),
        "load_gini": ("members", "volunteers"),
        "exhausted": ("members", "volunteers"),
        "dominated": ("tied_to", "agency_ties", "funders", "agency_funders"),
        "few_members": ("members", "membership"),
        "shrinking": ("membership", "first_reported", "change"),
    }
    found: dict[Name, list[Name]] = {
        ((ROWS, at), name): [((ROWS, at), count) for count in counts]
        for at in range(len(result.rows))
        for name, counts in made_of.items()
    }
    # Their total is told in every line: one that is not told would follow from the others.
    for at in range(len(FLAGS)):
        parts: list[Name] = [(("by_flag", at), name) for name in _OF_FLAG]
        found |= dict.fromkeys(parts, parts)
    found[SUMMARY, "load_gini"] = [(SUMMARY, "people")]
    return found | over_time_follows(result)


ASSOCIATIONS_FACE: Final = Face("associations", _lines, _follows, of_nobody, order=("node",))
