"""Whose map is it: by whom its records were said, and how they were found out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from graph.analytics.faces import ROWS, SUMMARY, Face
from graph.analytics.projection import Flags, in_areas
from graph.analytics.questions import ProvenanceParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many
from graph.analytics.suppression import Line, Name
from graph.network import LEVELS, METHODS, ORIGINATORS, PROVENANCES, Snapshot
from graph.nodes import KINDS
from graph.ties import TIE_TYPES

IN_PERSON: Final = ("face_to_face", "door_knocking", "storytelling")
"""Ways of finding out in which somebody was met."""

Said = Literal["originator", "method"]
_WORDS: Final[dict[Said, tuple[str | None, ...]]] = {
    "originator": (*ORIGINATORS[1:], None),
    "method": (*METHODS[1:], None),
}
_PER_PART: Final = sum(len(words) for words in _WORDS.values())
_PARTS: Final = (*KINDS, *TIE_TYPES)


class _Part(NamedTuple):
    """Records of one sort: how many of each provenance, and how many whose is not told."""

    name: str
    told: Counter[int]
    untold: int

    @property
    def records(self) -> int:
        return self.told.total() + self.untold


def provenance(snapshot: Snapshot, parameters: ProvenanceParameters) -> ReportResult:
    """Report by whom the records of the map were said, and how they were found out.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the nodes, and the ties with an end there. `alarm_over` is the share of
        what agencies said over which the map is said to be theirs.

    Returns
    -------
    ReportResult
        Rows: for each kind of node, type of tie and level of assets, how many records were said by
        each originator and found out by each method, and the share of those of which it is said.
        Null is what nobody said, or what the caller is not told: where a record comes from is for
        its own steward. `alarm` is null where nothing is said.

    Notes
    -----
    An asset on two levels counts on both, and once among assets. O(n + m).
    """
    inside = in_areas(snapshot, parameters.areas)
    parts = list(_parts(snapshot, inside))
    levels = [_level(snapshot, inside, bit) for bit in range(len(LEVELS))]
    whole = Counter[int]()
    for part in parts:
        whole += part.told
    records = sum(part.records for part in parts)
    untold = records - whole.total()
    people = inside & (snapshot.kinds == KINDS.index("person"))
    by = {said: _by(said, _Part("", whole, untold)) for said in _WORDS}
    agency, in_person = (
        _share(by["originator"], ("agency",)),
        _share(by["method"], IN_PERSON),
    )
    summary: Row = {
        "records": records,
        "not_told": untold,
        "people": int(people.sum()),
        "agency_share": agency,
        "in_person_share": in_person,
        "alarm_over": parameters.alarm_over,
        "alarm": None if agency is None else agency > parameters.alarm_over,
        "by_originator": by["originator"],
        "by_method": by["method"],
    }
    return ReportResult(
        provenance_headline(records, summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every record"
            if parameters.areas is None
            else "nodes in the areas, and ties with an end there",
            isolates="A node counts whether or not it has ties.",
            measures=_MEASURES,
        ),
        records,
        [
            {"of": part.name, "said": said, **line}
            for part in (*parts, *levels)
            for said in _WORDS
            for line in _by(said, part)
        ]
        if records
        else [],
        truncated=False,
    )


_MEASURES: Final = {
    "of": "A kind of node, a type of tie, or a level of assets.",
    "said": "originator: the class of the party that said it. method: how it was found out.",
    "word": "Which; null where nobody said so, or the caller is not told it.",
    "records": "How many records.",
    "share": "Of those records of which it is said, and told to the caller.",
    "agency_share": "The share of what agencies said, among what is said of an originator.",
    "in_person_share": "The share found out face to face, by knocking on doors or by stories, among"
    " what is said of a method.",
    "alarm": "Whether agency_share is over alarm_over, the share that was agreed.",
    "not_told": "Records of other stewards, whose provenance the caller is not told.",
}


def _parts(snapshot: Snapshot, inside: Flags) -> Iterator[_Part]:
    for code, kind in enumerate(KINDS):
        yield _counted(kind, snapshot.provenance, snapshot.owned, inside & (snapshot.kinds == code))
    ties = snapshot.ties
    touching = inside[ties.source] | inside[ties.target]
    for code, type_ in enumerate(TIE_TYPES):
        yield _counted(type_, ties.provenance, ties.judged, touching & (ties.type == code))


def _level(snapshot: Snapshot, inside: Flags, bit: int) -> _Part:
    of_level = inside & ((snapshot.levels >> bit & 1) == 1)
    return _counted(f"level {LEVELS[bit]}", snapshot.provenance, snapshot.owned, of_level)


def _counted(name: str, codes: np.ndarray[Any, Any], told: Flags, which: Flags) -> _Part:
    counts = np.bincount(codes[which & told], minlength=len(PROVENANCES)).tolist()
    kept = Counter({code: count for code, count in enumerate(counts) if count})
    return _Part(name, kept, int((which & ~told).sum()))


def _by(said: Said, part: _Part) -> list[Row]:
    place = 0 if said == "originator" else 1
    counts = Counter[str | None]()
    for code, count in part.told.items():
        counts[PROVENANCES[code][place]] += count
    counts[None] += part.untold
    stated = counts.total() - counts[None]
    return [
        {
            "word": word,
            "records": counts[word],
            "share": counts[word] / stated if stated and word is not None else None,
        }
        for word in _WORDS[said]
    ]


def _share(lines: list[Row], words: tuple[str, ...]) -> float | None:
    """Return the share of some words among all that are said."""
    stated = sum(line["records"] for line in lines if line["word"] is not None)
    return (
        sum(line["records"] for line in lines if line["word"] in words) / stated if stated else None
    )


def provenance_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["records"] == 0:
        return "Nothing is on this map on that day."
    whole = how_many(summary["records"], "record", "records")
    if all(line["records"] == 0 for line in summary["by_originator"][:-1]):
        return f"Nobody said of any of {whole} who told it: whose map this is cannot be said."
    agency = summary["agency_share"]
    text = f"Of {whole}, {_percent(agency)} of those with a known teller come from agencies"
    if summary["in_person_share"] is not None:
        text += f", and {_percent(summary['in_person_share'])} of those with a known method were"
        text += " found out in person"
    if summary["alarm"]:
        text += (
            f". That is over the agreed {_percent(summary['alarm_over'])}: this is the map of"
            " agencies before it is that of the people who live here"
        )
    if summary["people"] == 0:
        text += ". No person is on it"
    return f"{text}."


def _percent(share: float | None) -> str:
    return "some" if share is None else f"{100 * share:.0f} %"


def _lines(result: ReportResult) -> list[Line]:
    """Return what adds up: a table of originators, and the totals of methods.

    Methods by kind are left out, and levels: they would be in a third line.
    """
    originators = len(_WORDS["originator"])
    first: list[int] = [_PER_PART * part for part in range(len(_PARTS))] if result.rows else []
    lines = [
        Line(
            (("by_originator", word), "records"),
            [((ROWS, place + word), "records") for place in first],
        )
        for word in range(originators)
        if first
    ]
    for said in ("by_originator", "by_method"):
        parts: list[Name] = [
            ((said, place), "records") for place in range(len(result.summary[said]))
        ]
        lines.append(Line((SUMMARY, "records"), parts))
    if first:
        people = KINDS.index("person") * _PER_PART
        lines.append(
            Line(
                (SUMMARY, "people"),
                [((ROWS, people + word), "records") for word in range(originators)],
            )
        )
    return lines


def _follows(result: ReportResult) -> dict[Name, list[Name]]:
    found: dict[Name, list[Name]] = {}
    for said, words in (("by_originator", "originator"), ("by_method", "method")):
        all_: list[Name] = [((said, at), "records") for at in range(len(result.summary[said]))]
        found |= {((said, at), "share"): all_ for at in range(len(all_))}
        name = "agency_share" if words == "originator" else "in_person_share"
        found[SUMMARY, name] = all_
    found[SUMMARY, "alarm"] = found[SUMMARY, "agency_share"]
    for at, row in enumerate(result.rows):
        start = at - at % _PER_PART
        found[(ROWS, at), "share"] = [
            ((ROWS, place), "records")
            for place in range(start, start + _PER_PART)
            if result.rows[place]["said"] == row["said"]
        ]
    return found


def _is_fine(row: Row) -> bool:
    return row["of"] not in _PARTS or row["said"] == "method"


PROVENANCE_FACE: Final = Face("records", _lines, _follows, _is_fine)
