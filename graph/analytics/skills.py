"""Which skills lie unused, who has a voice, and who only receives."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

import numpy as np

from graph.analytics.faces import SUMMARY, Face, of_a_person, table_lines
from graph.analytics.giving import RECEIVED
from graph.analytics.projection import Flags, Indices, in_areas
from graph.analytics.questions import RecordParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many
from graph.analytics.suppression import Line, Name
from graph.analytics.voices import Community
from graph.network import ASPECTS, Snapshot
from graph.nodes import KINDS

_PERSON: Final = KINDS.index("person")
_PARTIES: Final = KINDS[:3]
_PARTS: Final = ("unused", "in_use", "not_offered")
_VOICES: Final = ("parties", "expressive", "deciding", "through_groups", "only_receives")
_ASPECTS: Final = (*ASPECTS[1:], None)

Cell = tuple[str | None, str | None]


def skills(snapshot: Snapshot, parameters: RecordParameters) -> ReportResult:
    """Report the skills that are offered and used by nobody, who has a voice, and who has none.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses skills and parties; who offers, wants or uses a skill may be anywhere.

    Returns
    -------
    ReportResult
        Rows by `finding`: `skill_unused` (offered; nobody wants it, had it or uses it), the most
        offered first; `expressive`, `deciding`, `through_groups` (parties with such a role, those
        with most first); `only_receives` (parties that receive, give nothing and have no role).
        `skills_by_area` counts skills by area and aspect, `voices` parties by area and kind.

    Notes
    -----
    A skill is an asset on the level of individuals; it lies in its own areas, or in those of who
    offers it where it names none. The map has no offices of persons: a person decides only through
    a group of which they are a member, and that is counted apart. O(n log n + m).
    """
    community = Community(snapshot)
    inside = in_areas(snapshot, parameters.areas)
    areas_of = {
        place: areas
        for place, areas in community.areas_of_skills().items()
        if parameters.areas is None or not set(parameters.areas).isdisjoint(areas)
    }
    of_skill = {place: _standing(community, place) for place in areas_of}
    parties = inside & (snapshot.kinds < len(_PARTIES))
    by_aspect, by_area = _skills_counted(snapshot, areas_of, of_skill, parameters.areas)
    by_kind, voices = _voices_counted(community, parties, parameters.areas)
    rows: list[Row] = []
    found = {
        "skill_unused": (
            np.array(sorted(p for p, part in of_skill.items() if part == "unused"), np.int64),
            community.offers,
        ),
        **{
            finding: (np.flatnonzero(parties & (counts > 0)), counts)
            for finding, counts in (
                ("expressive", community.expressive),
                ("deciding", community.deciding),
                ("through_groups", community.through_groups),
            )
        },
        "only_receives": (np.flatnonzero(parties & community.only_receives), community.received),
    }
    for finding, (places, counts) in found.items():
        ordered = places[np.lexsort((places, -counts[places]))]
        # People are many, and no line of what adds up is among the rows.
        room = max(parameters.limit - len(rows), 0)
        rows += [_row(community, finding, place, counts) for place in ordered[:room].tolist()]
    total = sum(len(places) for places, _ in found.values())
    parts = Counter(of_skill.values())
    summary: Row = {
        "skills": len(of_skill),
        **{part: parts[part] for part in _PARTS},
        "skills_by_aspect": by_aspect,
        "skills_by_area": by_area,
        "voices_by_kind": by_kind,
        "voices": voices,
    }
    return ReportResult(
        skills_headline(len(of_skill), summary),
        summary,
        conventions(
            parameters,
            directed=True,
            scope="every skill and party"
            if parameters.areas is None
            else "skills and parties in the areas; who offers or uses a skill may be anywhere",
            isolates="A skill that nobody offers is counted, and not found; so is a party without"
            " a role that receives nothing.",
            measures=_MEASURES,
        ),
        len(of_skill),
        rows,
        truncated=total > len(rows),
    )


_MEASURES: Final = {
    "aspect": "Of the heart, the head or the hand; null where nobody said.",
    "skills": "Assets on the level of individuals.",
    "unused": "Offered, and nobody wants it, had it or uses it.",
    "in_use": "Offered, and somebody wants it, had it or uses it.",
    "not_offered": "Offered by nobody.",
    "count": "What the finding goes by: offers of a skill; cultural assets that a party offers;"
    " what it controls or funds; groups that do, of which a person is a member; what it received.",
    "expressive": "Parties that offer something cultural.",
    "deciding": "Groups and agencies that control or fund something.",
    "through_groups": "People who are members of such a group: no office of a person is on the"
    " map.",
    "only_receives": "Parties that receive, give nothing, would give nothing, and have no role."
    f" Received: {RECEIVED}",
    "kind": "The kind of node.",
}


def _standing(community: Community, place: int) -> str:
    if community.offers[place] == 0:
        return "not_offered"
    return "in_use" if community.in_use[place] else "unused"


def _row(community: Community, finding: str, place: int, counts: Indices) -> Row:
    snapshot = community.snapshot
    return {
        "finding": finding,
        "node": snapshot.ids[place],
        "kind": KINDS[snapshot.kinds[place]],
        "aspect": ASPECTS[snapshot.aspect[place]],
        "count": int(counts[place]),
    }


def _listed(areas: tuple[str, ...], asked: list[str] | None) -> list[str | None]:
    """Return the areas under which something is counted, null for none."""
    return [area for area in areas or (None,) if asked is None or area in asked]


def _skills_counted(
    snapshot: Snapshot,
    areas_of: dict[int, tuple[str, ...]],
    of_skill: dict[int, str],
    asked: list[str] | None,
) -> tuple[list[Row], list[Row]]:
    """Return skills by aspect, and by area and aspect, and how they stand."""
    whole: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
    cells: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
    for place, areas in areas_of.items():
        aspect = ASPECTS[int(snapshot.aspect[place])]
        whole[aspect][of_skill[place]] += 1
        for area in _listed(areas, asked):
            cells[area, aspect][of_skill[place]] += 1
    areas = sorted({area for area, _ in cells}, key=lambda area: (area is None, area or ""))
    return (
        [{"aspect": aspect, **_with_total(whole[aspect])} for aspect in _ASPECTS],
        [
            {"area": area, "aspect": aspect, **_with_total(cells[area, aspect])}
            for area in areas
            for aspect in _ASPECTS
        ],
    )


def _with_total(parts: Counter[str]) -> Row:
    return {"skills": parts.total(), **{part: parts[part] for part in _PARTS}}


def _voices_counted(
    community: Community, parties: Flags, asked: list[str] | None
) -> tuple[list[Row], list[Row]]:
    """Return parties with a role and without, by kind, and by area and kind."""
    snapshot = community.snapshot
    places = np.flatnonzero(parties)
    flags = [
        (values[places] > 0).tolist()
        for values in (
            np.ones(len(snapshot), np.int64),
            community.expressive,
            community.deciding,
            community.through_groups,
            community.only_receives,
        )
    ]
    alike: Counter[tuple[Any, ...]] = Counter(
        zip(
            [snapshot.areas[place] for place in places.tolist()],
            snapshot.kinds[places].tolist(),
            *flags,
            strict=True,
        )
    )
    whole: defaultdict[int, Counter[str]] = defaultdict(Counter)
    cells: defaultdict[tuple[str | None, int], Counter[str]] = defaultdict(Counter)
    for (areas, kind, *said), count in alike.items():
        for into in (whole[kind], *(cells[area, kind] for area in _listed(areas, asked))):
            for name in (name for name, flag in zip(_VOICES, said, strict=True) if flag):
                into[name] += count
    listed = sorted({area for area, _ in cells}, key=lambda area: (area is None, area or ""))
    return (
        [
            {"kind": kind, **{name: whole[code][name] for name in _VOICES}}
            for code, kind in enumerate(_PARTIES)
        ],
        [
            {"area": area, "kind": kind, **{name: cells[area, code][name] for name in _VOICES}}
            for area in listed
            for code, kind in enumerate(_PARTIES)
        ],
    )


def skills_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    people = summary["voices_by_kind"][_PERSON]
    if summary["skills"] == 0:
        text = "No skill is on this map on that day"
    elif summary["unused"] == 0:
        text = f"Of {how_many(summary['skills'], 'skill', 'skills')}, none is offered in vain"
    else:
        text = (
            f"Of {how_many(summary['skills'], 'skill', 'skills')},"
            f" {how_many(summary['unused'], 'is', 'are')} offered and used by nobody"
        )
    if people["parties"] != 0:
        text += (
            f"; of {how_many(people['parties'], 'person', 'people')},"
            f" {how_many(people['expressive'], 'expresses', 'express')} something of the culture"
            f" here, and {how_many(people['only_receives'], 'only receives', 'only receive')}"
        )
    return f"{text}."


def _lines(result: ReportResult) -> list[Line]:
    """Return what adds up; what is in two areas is counted in each, and covers less."""
    summary = result.summary
    lines: list[Line] = []
    for total, table, names, size in (
        ("skills_by_aspect", "skills_by_area", ("skills", *_PARTS), len(_ASPECTS)),
        ("voices_by_kind", "voices", _VOICES, len(_PARTIES)),
    ):
        for at in range(size):
            cells: list[Name] = [(table, place) for place in range(at, len(summary[table]), size)]
            for name in names:
                lines += table_lines(((total, at), name), [(cell, name) for cell in cells])
            if total == "skills_by_aspect":
                lines += [
                    Line((place, "skills"), [(place, part) for part in _PARTS])
                    for place in ((total, at), *cells)
                ]
    return lines


def _follows(result: ReportResult) -> dict[Name, list[Name]]:
    """Return what is told again: the figures of the summary, as sums over aspects."""
    found: dict[Name, list[Name]] = {
        (SUMMARY, name): [(("skills_by_aspect", at), name) for at in range(len(_ASPECTS))]
        for name in ("skills", *_PARTS)
    }
    del result
    return found


SKILLS_FACE: Final = Face(
    "skills", _lines, _follows, of_a_person, order=("finding", "kind", "node")
)
