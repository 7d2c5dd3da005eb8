"""Who gives and who receives, who was never asked, and what agencies look for in people."""

from __future__ import annotations

from statistics import median
from typing import Any, Final, Literal

import numpy as np

from graph.analytics.faces import ROWS, SUMMARY, Face, of_a_person
from graph.analytics.giving import AGENCY, COULD_GIVE, GIVEN, RECEIVED, Giving
from graph.analytics.projection import Flags, Indices, in_areas, of_type
from graph.analytics.questions import RecordParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many, number, table
from graph.analytics.suppression import Line, Name
from graph.network import Snapshot
from graph.nodes import KINDS

Step = Literal["receives", "could_contribute", "contributes", "neither"]
STEPS: Final[tuple[Step, ...]] = ("receives", "could_contribute", "contributes", "neither")
"""The ladder from receiving to contributing, and last who stands beside it."""

_PARTIES: Final = KINDS[:3]
_PERSON: Final = KINDS.index("person")
_GIVERS: Final = (*_PARTIES, None)
_SOURCES: Final = ("agency", "others", None)
_RECEIVES, _COULD, _CONTRIBUTES, _NEITHER = range(len(STEPS))


def flow(snapshot: Snapshot, parameters: RecordParameters) -> ReportResult:
    """Report what every party gives and receives, and how far each has come from one to the other.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the parties; what they give and receive counts wherever it goes.

    Returns
    -------
    ReportResult
        Rows: every party that gives, receives or wants something, and every agency that records
        what others want or offer; who was never asked first, then by step. `deficit_lens` of an
        agency is the share of wants among the wants and offers of others that it stewards; null
        where it stewards none. `ladder` has the people by whether they receive from agencies,
        from others only, or nothing (null).

    Notes
    -----
    Of a person who receives, offers nothing and was not asked (not `mapped`) it is said that they
    were never asked. O(n log n + m).
    """
    giving = Giving(snapshot)
    chosen = in_areas(snapshot, parameters.areas) & (snapshot.kinds < len(_PARTIES))
    step = np.select(
        [giving.given > 0, giving.could_give > 0, giving.received > 0],
        [_CONTRIBUTES, _COULD, _RECEIVES],
        _NEITHER,
    )
    never_asked = (
        (snapshot.kinds == _PERSON) & (step == _RECEIVES) & (snapshot.mapped != 1) & chosen
    )
    wants, offers = _recorded(snapshot)
    lens = _shares(wants, wants + offers)
    agencies = np.flatnonzero(chosen & (snapshot.kinds == AGENCY)).tolist()
    known = [share for share in (lens[place] for place in agencies) if share is not None]
    summary: Row = {
        "parties": int(chosen.sum()),
        "given": int(giving.given[chosen].sum()),
        "could_give": int(giving.could_give[chosen].sum()),
        "received": int(giving.received[chosen].sum()),
        "wanted": int(giving.wanted[chosen].sum()),
        "never_asked": int(never_asked.sum()),
        "deficit_lens": median(known) if known else None,
        "by_kind": [
            {
                "kind": kind,
                **_steps(step[chosen & (snapshot.kinds == code)], "parties"),
                **{
                    name: int(values[chosen & (snapshot.kinds == code)].sum())
                    for name, values in (
                        ("given", giving.given),
                        ("could_give", giving.could_give),
                        ("received", giving.received),
                        ("wanted", giving.wanted),
                    )
                },
            }
            for code, kind in enumerate(_PARTIES)
        ],
        "ladder": _ladder(giving, step, chosen & (snapshot.kinds == _PERSON)),
        "exchanges": _exchanges(snapshot, giving, chosen),
    }
    people = summary["by_kind"][_PERSON]["parties"]
    both = sum(line["contributes"] for line in summary["ladder"][:2])
    summary["both_share"] = both / people if people else None
    listed = np.flatnonzero(
        chosen
        & (
            (step != _NEITHER)
            | (giving.wanted > 0)
            | ((snapshot.kinds == AGENCY) & (wants + offers > 0))
        )
    )
    order = np.lexsort((listed, -giving.received[listed], step[listed], ~never_asked[listed]))
    places: list[int] = listed[order][: parameters.limit].tolist()
    mapped = {1: True, 0: False}
    return ReportResult(
        flow_headline(summary["parties"], summary),
        summary,
        conventions(
            parameters,
            directed=True,
            scope="every party"
            if parameters.areas is None
            else "parties in the areas; what they give and receive counts wherever it goes",
            isolates="Who neither gives nor receives is counted, and not listed unless they want"
            " something.",
            measures=_MEASURES,
        ),
        summary["parties"],
        table(
            {
                "node": [snapshot.ids[place] for place in places],
                "kind": [KINDS[snapshot.kinds[place]] for place in places],
                "step": [STEPS[step[place]] for place in places],
                "never_asked": never_asked[places].tolist(),
                "asked": [
                    mapped.get(int(snapshot.mapped[place]))
                    if snapshot.kinds[place] == _PERSON
                    else None
                    for place in places
                ],
                "given": giving.given[places].tolist(),
                "could_give": giving.could_give[places].tolist(),
                "received": giving.received[places].tolist(),
                "from_agency": giving.from_agency[places].tolist(),
                "wanted": giving.wanted[places].tolist(),
                **{
                    name: [
                        values[place] if snapshot.kinds[place] == AGENCY else None
                        for place in places
                    ]
                    for name, values in (
                        ("wants_recorded", wants.tolist()),
                        ("offers_recorded", offers.tolist()),
                        ("deficit_lens", lens),
                    )
                },
            }
        ),
        truncated=len(listed) > parameters.limit,
    )


_MEASURES: Final = {
    "given": GIVEN,
    "could_give": COULD_GIVE,
    "received": RECEIVED,
    "from_agency": "What was received from an agency, as far as the giver is stated.",
    "wanted": "Open wants.",
    "step": "contributes: gives something. could_contribute: offers something that does not stand"
    " yet. receives: only receives. neither: none of these.",
    "asked": "Whether a person was asked, or only named by others; null for groups.",
    "never_asked": "A person who receives, offers nothing, and was never asked what they could"
    " offer.",
    "wants_recorded": "Wants of others that an agency stewards.",
    "offers_recorded": "Offers of others that an agency stewards.",
    "deficit_lens": "wants_recorded over both: 1 where an agency records only what is wanted; null"
    " where it records neither. In the summary: the median of agencies.",
    "both_share": "The share of people who both give and receive.",
    "exchanges": "What was received, by the kind of who gave it; null where that is not stated.",
    "kind": "The kind of party.",
}


def _recorded(snapshot: Snapshot) -> tuple[Indices, Indices]:
    """Return how many wants and offers of others each node stewards."""
    ties = snapshot.ties
    of_others = (ties.steward >= 0) & (ties.steward != ties.source)
    wants, offers = (
        np.bincount(
            ties.steward[of_others & of_type(snapshot, type_)], minlength=len(snapshot)
        ).astype(np.int64)
        for type_ in ("wants", "offers")
    )
    return wants, offers


def _shares(parts: Indices, wholes: Indices) -> list[float | None]:
    return [
        part / whole if whole else None
        for part, whole in zip(parts.tolist(), wholes.tolist(), strict=True)
    ]


def _steps(steps: np.ndarray[Any, Any], total: str) -> Row:
    counts = np.bincount(steps, minlength=len(STEPS)).tolist()
    return {total: len(steps), **dict(zip(STEPS, counts, strict=True))}


def _ladder(giving: Giving, step: np.ndarray[Any, Any], people: Flags) -> list[Row]:
    """Return the people by step and by from whom they receive."""
    from_agency, receives = giving.from_agency > 0, giving.received > 0
    flags = (from_agency, receives & ~from_agency, ~receives)
    return [
        {"receives_from": source, **_steps(step[people & those], "people")}
        for source, those in zip(_SOURCES, flags, strict=True)
    ]


def _exchanges(snapshot: Snapshot, giving: Giving, chosen: Flags) -> list[Row]:
    receiver, giver = giving.exchanges
    counted = chosen[receiver]
    giver_kind = np.full(len(giver), len(_PARTIES), np.int64)
    giver_kind[giver >= 0] = snapshot.kinds[giver[giver >= 0]]
    pairs = (giver_kind * len(_PARTIES) + snapshot.kinds[receiver])[counted]
    counts = np.bincount(pairs, minlength=len(_GIVERS) * len(_PARTIES)).tolist()
    return [
        {"giver": giver, "receiver": receiver, "received": counts[at * len(_PARTIES) + to]}
        for at, giver in enumerate(_GIVERS)
        for to, receiver in enumerate(_PARTIES)
    ]


def flow_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    people = summary["by_kind"][_PERSON]
    if summary["parties"] == 0:
        return "Nobody is on this map on that day."
    if people["parties"] == 0:
        return "No person is on this map: who gives and who only receives cannot be said."
    gives = "contributes" if people["contributes"] == 1 else "contribute"
    receives = "receives" if people["receives"] == 1 else "receive"
    text = (
        f"Of {how_many(people['parties'], 'person', 'people')}, {number(people['contributes'])}"
        f" {gives} something and {number(people['receives'])} only {receives}"
    )
    if summary["never_asked"] != 0:
        asked = "was" if summary["never_asked"] == 1 else "were"
        text += (
            f"; {number(summary['never_asked'])} of these {asked} never asked what they could offer"
        )
    lens = summary["deficit_lens"]
    if lens is not None:
        text += f". Of what agencies record of others, {100 * lens:.0f} % is what they want"
    return f"{text}."


def _lines(result: ReportResult) -> list[Line]:
    kinds: list[Name] = [("by_kind", at) for at in range(len(_PARTIES))]
    sources: list[Name] = [("ladder", at) for at in range(len(_SOURCES))]
    lines = [
        Line((SUMMARY, name), [(kind, name) for kind in kinds])
        for name in ("parties", "given", "could_give", "received", "wanted")
    ]
    lines += [Line((kind, "parties"), [(kind, step) for step in STEPS]) for kind in kinds]
    lines += [Line((line, "people"), [(line, step) for step in STEPS]) for line in sources]
    lines += [Line((kinds[_PERSON], step), [(line, step) for line in sources]) for step in STEPS]
    lines += [
        Line(
            (kind, "received"),
            [
                (("exchanges", at), "received")
                for at, line in enumerate(result.summary["exchanges"])
                if line["receiver"] == _PARTIES[place]
            ],
        )
        for place, kind in enumerate(kinds)
    ]
    return lines


def _follows(result: ReportResult) -> dict[Name, list[Name]]:
    found: dict[Name, list[Name]] = {
        (SUMMARY, "both_share"): [
            (("by_kind", _PERSON), "parties"),
            *((("ladder", at), "contributes") for at in range(2)),
        ]
    }
    for at, row in enumerate(result.rows):
        counts: list[Name] = [((ROWS, at), name) for name in ("wants_recorded", "offers_recorded")]
        found[(ROWS, at), "deficit_lens"] = counts if row["deficit_lens"] is not None else []
        # The step says which of these are nought.
        found[(ROWS, at), "step"] = [
            ((ROWS, at), name) for name in ("given", "could_give", "received")
        ]
    return found


FLOW_FACE: Final = Face("parties", _lines, _follows, of_a_person, order=("kind", "node"))
