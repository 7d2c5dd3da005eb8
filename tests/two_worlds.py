"""A small network of all sorts of people, and a second one that a caller must not tell from it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import UUID

from hypothesis import strategies as st

from graph.consents import CONSENT_PURPOSES
from graph.masks import shown_tie
from graph.policy import SHARED, Caller, Purpose, View, may, view
from graph.ties import TIE_TYPES
from tests.what_is_known import (
    BESIDE,
    DEEDS,
    TODAY,
    UNTIL,
    Known,
    World,
    kept_tie,
    named,
    possible,
    shown_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.long_work import Record

PEOPLE: Final = [str(UUID(int=(7 << 76) | (2 << 62) | n)) for n in range(1, 6)]
GROUPS: Final = {"town": "agency", "club": "association", "choir": "association", "hall": "asset"}
STEWARDS: Final = ("town", "club")
"""Always there: records and keys name them."""

CALLERS: Final[list[Caller]] = [
    Caller("", "coordinator"),
    Caller("", "coordinator", "town"),
    Caller("", "partner", "town"),
    Caller("", "analyst"),
    Caller("", "analyst", "town"),
    Caller("", "member", person=PEOPLE[0]),
]
PURPOSES: Final[tuple[Purpose, ...]] = (
    "directory", "record", "introductions", "analysis", "sharing",
)  # fmt: skip

_SAID: Final = {"wording": "1", "method": "spoken", "given_by": "A"}
_PROVENANCE: Final = ({"exercise": "one"}, {"exercise": "another"})
_stewards = st.sampled_from([None, "town", "club"])
_clearances = st.sampled_from(["private", "partners", "public"])


@st.composite
def _consents(draw: st.DrawFn, shared: Sequence[str] | None) -> list[Record]:
    """Draw what somebody agreed to: where `shared`, all purposes, and these stewards if any."""
    if shared is None and not draw(st.integers(0, 3)):
        return []
    given = TODAY - timedelta(days=30)
    explicit = draw(st.booleans())
    purposes = draw(st.lists(st.sampled_from(CONSENT_PURPOSES), min_size=1, unique=True))
    partners = st.just(["town"]) | st.just(["club"]) if shared is None else st.just([*shared])
    scope: Record = {
        "purposes": purposes,
        "explicit": explicit,
        "condition": "explicit_consent" if explicit else None,
        "fields": draw(st.none() | st.lists(st.sampled_from(["tags", "description"]), unique=True)),
        "tie_types": draw(st.none() | st.lists(st.sampled_from(TIE_TYPES), unique=True)),
        "partners": draw(st.none() | partners),
        "expires": draw(st.none() | st.just(str(TODAY - timedelta(days=1)))),
        "withdrawn": draw(st.sampled_from([None, None, None, f"{given}T12:00:00Z"])),
    }
    if shared is not None:
        scope |= {"purposes": [*CONSENT_PURPOSES], "expires": None, "withdrawn": None}
    return [{**_SAID, **scope, "given": str(given)}]


def _beside(*, often: bool = False) -> st.SearchStrategy[Record]:
    """Say whether somebody is (`often`) restricted, and to which role their record was opened."""
    return st.fixed_dictionaries(
        {
            "restricted": st.sampled_from([False, often, often, True]),
            "override": st.sampled_from([None, None, "coordinator", "partner"]),
        }
    )


def override_of(row: Record) -> Record | None:
    """Return the override that a row speaks of."""
    if row.get("override") is None:
        return None
    return {
        "role": row["override"], "reason": "nobody has seen them", "author": "Duty",
        "second_person": "Lead", "review_on": str(UNTIL),
    }  # fmt: skip


def rows_of(world: World) -> World:
    """Return the rows of a world as a file holds them."""
    rows = (row for row in world if "deed" not in row)
    return [{k: v for k, v in row.items() if k not in BESIDE} for row in rows]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return the rows of a small network, and what was done in it."""
    # Two or three records of one person; who does not see the second may see the others.
    same = draw(st.permutations(PEOPLE))[: draw(st.integers(2, 3))]
    hands = dict(zip(same, draw(st.permutations([None, *STEWARDS])), strict=False))
    rows: World = []
    for place, (id_, kind) in enumerate([*GROUPS.items(), *((p, "person") for p in PEOPLE)]):
        steward = id_ if id_ in STEWARDS else hands[id_] if id_ in hands else draw(_stewards)
        others = [each for each in hands.values() if each not in (None, steward)]
        row: Record = {
            "kind": kind, "id": id_, "name": f"Name {place % 7}", "steward": steward,
            "clearance": draw(st.sampled_from(SHARED) if id_ in hands else _clearances),
            "sensitive": draw(st.sampled_from([False, False, True])),
            "description": draw(st.sampled_from(["a choir of people", "bread and cake"])),
            "tags": draw(st.sampled_from([["bread"], ["song"], []])),
            "contacts": [
                {"kind": "phone", "value": "1", "clearance": draw(st.none() | _clearances)}
            ],
            "source": {"system": "register", "type": kind, "id": id_},
            "provenance": _PROVENANCE[0],
        }  # fmt: skip
        if kind == "person":
            consents = draw(_consents(others if id_ in hands else None))
            row |= {"mapped": True, "consents": consents, **draw(_beside(often=id_ == same[1]))}
        rows.append(row)
    drawn = [_tie(draw, place) for place in range(draw(st.integers(6, 12)))]
    # Said twice by one steward of the same time, it would be refused.
    said = {
        (row["type"], row["steward"], *sorted((row["source"], row["target"]))): row for row in drawn
    }
    world = [*rows, *said.values()]
    return _done(draw, world, same)


def _done(draw: st.DrawFn, world: World, same: Sequence[str]) -> World:
    """Return a world in which some of what can be done was done."""
    asked = [
        {"record": record, "organisation": organisation}
        for record in (*GROUPS, *PEOPLE)
        for organisation in STEWARDS
    ]
    said = [{"record": one, "same_as": other} for one, other in pairwise(same)]
    # A key names the first person.
    pairs = [{"survivor": s, "merged": m} for s in PEOPLE for m in PEOPLE[1:]]
    for deed, candidates, most in (
        ("clearances", asked, 3),
        ("same-as", said, 2),
        ("merges", pairs, 1),
    ):
        for state in draw(st.lists(st.sampled_from(DEEDS[deed]), min_size=most, max_size=most)):
            rows = [{"deed": deed, **each, "state": state} for each in candidates]
            can = [row for row in rows if possible([*world, row])]
            if can:
                world = [*world, draw(st.sampled_from(can))]
    return world


def _tie(draw: st.DrawFn, place: int) -> Record:
    type_ = draw(st.sampled_from(["connects", "connects", "connects", *TIE_TYPES]))
    source = draw(st.sampled_from(PEOPLE))
    others = [person for person in PEOPLE if person != source]
    target = "hall"
    said: Record = {}
    if type_ == "connects":
        target = draw(st.sampled_from([*others, "choir", "club", "town"]))
        said = {
            "relation": "friend" if target in PEOPLE else "member",
            "strength": draw(st.sampled_from([0.1, 0.5, 0.9])),
            "quality": draw(st.sampled_from([None, "supportive", "stressful"])),
        }
    elif type_ == "trusts":
        target = draw(st.sampled_from([*others, "choir"]))
        said = {"level": draw(st.sampled_from([0.2, 0.8])), "openness": 2}
    return {
        "type": type_, "id": f"t{place}", "source": source, "target": target,
        "steward": draw(_stewards), "clearance": draw(_clearances),
        "disclosed": draw(st.booleans()), "provenance": _PROVENANCE[0], **said,
    }  # fmt: skip


def views(caller: Caller, purpose: Purpose) -> View | None:
    """Return what a caller sees for a purpose; nothing where it may not ask."""
    return view(caller, purpose, TODAY) if may(caller, purpose) else None


def otherwise(draw: st.DrawFn, world: World, seen: View) -> World:
    """Return a world that differs from another in nothing that a view may know of either."""
    known = Known(world, seen)

    def alike(proposed: World) -> bool:
        return possible(proposed) and Known(proposed, seen).parts == known.parts

    other = world
    for row in world:
        new = draw(_instead(row))
        gone = {row["id"]} if "kind" in row and not new else set[str]()
        others = [each for old in other for each in (new if old == row else [old])]
        proposed = [each for each in others if not gone & named(each)]
        other = proposed if alike(proposed) else other
    return [
        _said_otherwise(row, seen, hidden=row["id"] not in known.here)
        if "kind" in row
        else _stated_otherwise(row, seen, known.authors[row["id"]])
        if row.get("id") in known.authors
        else row
        for row in other
    ]


def _instead(row: Record) -> st.SearchStrategy[World]:
    """Draw what stands in the place of a row, whoever asks: itself, nothing, or another one."""
    if row.get("id") in STEWARDS:
        return st.just([row])
    states = {*DEEDS.get(row.get("deed", ""), ())} - {row.get("state")}
    others = st.sampled_from([[row], [], *([{**row, "state": state}] for state in sorted(states))])
    if row.get("kind") == "person":
        return others | _beside().map(lambda beside: [row | beside])
    return others


def _said_otherwise(row: Record, seen: View, *, hidden: bool) -> Record:
    """Return a node that says other things where the view is shown nothing of them."""
    for name, said in {
        "name": "Name of another", "description": "song and bread", "tags": ["cake"],
        "contacts": [], "provenance": _PROVENANCE[1],
        "source": {"system": "other", "type": "other", "id": row["id"]},
    }.items():  # fmt: skip
        changed = {**row, name: said}
        # The foreign ids of one's own records stay taken when the records were merged.
        taken = name == "source" and seen.sees_own and seen.owns(row["steward"])
        if not taken and (hidden or shown_row(changed, seen) == shown_row(row, seen)):
            row = changed
    return row


def _stated_otherwise(row: Record, seen: View, author: str | None) -> Record:
    for name, said in (
        ("strength", 0.3), ("quality", "stressful"), ("level", 0.4), ("openness", 4),
        ("provenance", _PROVENANCE[1]),
    ):  # fmt: skip
        if name in row:
            changed = {**row, name: said}
            now, before = (shown_tie(seen, kept_tie(each), author) for each in (changed, row))
            if now == before:
                row = changed
    return row


def ids_of(*worlds: Iterable[Record]) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """Return the ids of all nodes and ties of some worlds, and of one that is in none."""
    nodes = {row["id"] for world in worlds for row in world if "kind" in row}
    ties = {(row["type"], row["id"]) for world in worlds for row in world if "type" in row}
    return sorted({*nodes, "none"}), sorted({*ties, ("connects", "none")})
