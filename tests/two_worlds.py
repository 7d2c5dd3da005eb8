"""A small network of all sorts of people, and a second one that a caller must not tell from it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from hypothesis import strategies as st

from graph.audiences import audience_of, is_told_of
from graph.consents import CONSENT_PURPOSES, Consent, Sight, sight
from graph.masks import shown_node, shown_tie
from graph.nodes import NODE, AnyNode
from graph.policy import Caller, NodeFacts, Purpose, TieFacts, View, may, sees, view
from graph.rules import author_of, settled
from graph.ties import TIE, TIE_TYPES, AnyTie
from service.settings import Settings
from service.state import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.long_work import Record

TODAY: Final = today(Settings())
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

World = list["Record"]

BESIDE: Final = ("restricted", "override")
"""What a row says of a person that no import does: it is asked for when the rows are there."""

_UNTIL: Final = TODAY + timedelta(days=7)
_SAID: Final = {"wording": "1", "method": "spoken", "given_by": "A"}
_PROVENANCE: Final = ({"exercise": "one"}, {"exercise": "another"})
_stewards = st.sampled_from([None, "town", "club"])
_clearances = st.sampled_from(["private", "partners", "public"])


@st.composite
def _consents(draw: st.DrawFn) -> list[Record]:
    if not draw(st.integers(0, 3)):
        return []
    given = TODAY - timedelta(days=30)
    explicit = draw(st.booleans())
    scope = {
        "purposes": draw(st.lists(st.sampled_from(CONSENT_PURPOSES), min_size=1, unique=True)),
        "explicit": explicit,
        "condition": "explicit_consent" if explicit else None,
        "fields": draw(st.none() | st.lists(st.sampled_from(["tags", "description"]), unique=True)),
        "tie_types": draw(st.none() | st.lists(st.sampled_from(TIE_TYPES), unique=True)),
        "partners": draw(st.none() | st.just(["town"]) | st.just(["club"])),
        "expires": draw(st.none() | st.just(str(TODAY - timedelta(days=1)))),
        "withdrawn": draw(st.sampled_from([None, None, None, f"{given}T12:00:00Z"])),
    }
    return [{**_SAID, **scope, "given": str(given)}]


def _beside() -> st.SearchStrategy[Record]:
    """Say whether somebody is restricted, and to which role their record was opened."""
    return st.fixed_dictionaries(
        {
            "restricted": st.sampled_from([False, False, False, True]),
            "override": st.sampled_from([None, None, "coordinator", "partner"]),
        }
    )


def override_of(row: Record) -> Record | None:
    """Return the override that a row speaks of."""
    if row.get("override") is None:
        return None
    return {
        "role": row["override"], "reason": "nobody has seen them", "author": "Duty",
        "second_person": "Lead", "review_on": str(_UNTIL),
    }  # fmt: skip


def rows_of(world: World) -> World:
    """Return the rows of a world as a file holds them."""
    return [{k: v for k, v in row.items() if k not in BESIDE} for row in world]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return the rows of a small network."""
    rows: World = []
    for place, (id_, kind) in enumerate([*GROUPS.items(), *((p, "person") for p in PEOPLE)]):
        steward = id_ if id_ in STEWARDS else draw(_stewards)
        row: Record = {
            "kind": kind, "id": id_, "name": f"Name {place % 7}", "steward": steward,
            "clearance": draw(_clearances),
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
            row |= {"mapped": True, "consents": draw(_consents()), **draw(_beside())}
        rows.append(row)
    drawn = [_tie(draw, place) for place in range(draw(st.integers(6, 12)))]
    # Said twice of the same time, it would be refused.
    said = {(row["type"], *sorted((row["source"], row["target"]))): row for row in drawn}
    return [*rows, *said.values()]


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
    """Return a world that differs from another in nothing that a view may see of either."""
    facts = {row["id"]: _facts(row, seen) for row in world if "kind" in row}
    ties = [row for row in world if "type" in row]
    shown = [row for row in ties if sees(seen, _tie_facts(_kept_tie(row), facts))]
    needed = {*STEWARDS, *(end for row in shown for end in (row["source"], row["target"]))}
    gone = {
        id_
        for id_, node in facts.items()
        if id_ not in needed
        and not sees(seen, node)
        and not is_told_of(seen, _audience(world, id_))
        and draw(st.booleans())
    }
    other: World = []
    for row in world:
        if "kind" in row:
            if row["id"] not in gone:
                hidden = not sees(seen, facts[row["id"]])
                said = _said_otherwise(row, seen, hidden=hidden)
                if hidden and row["kind"] == "person":
                    said = _treated_otherwise(draw, said, seen, world, shown)
                other.append(said)
        elif row in shown:
            other.append(_stated_otherwise(row, seen))
        elif not {row["source"], row["target"]} & gone and draw(st.booleans()):
            other.append(row)
    return other


def _treated_otherwise(
    draw: st.DrawFn, row: Record, seen: View, world: World, shown: Sequence[Record]
) -> Record:
    """Restrict or open a hidden person otherwise, where the view still sees nothing of it."""
    if is_told_of(seen, _audience(world, row["id"])):
        return row
    treated = row | draw(_beside())
    facts = {each["id"]: _facts(each, seen) for each in world if "kind" in each}
    facts[row["id"]] = _facts(treated, seen)
    ties = [each for each in world if "type" in each]
    unseen = not sees(seen, facts[row["id"]])
    same = [tie for tie in ties if sees(seen, _tie_facts(_kept_tie(tie), facts))] == [*shown]
    return treated if unseen and same else row


def _said_otherwise(row: Record, seen: View, *, hidden: bool) -> Record:
    """Return a node that says other things where the view is shown nothing of them."""
    for name, said in {
        "name": "Name of another", "description": "song and bread", "tags": ["cake"],
        "contacts": [], "provenance": _PROVENANCE[1],
        "source": {"system": "other", "type": "other", "id": row["id"]},
    }.items():  # fmt: skip
        changed = {**row, name: said}
        if hidden or _shown_node(changed, seen) == _shown_node(row, seen):
            row = changed
    return row


def _stated_otherwise(row: Record, seen: View) -> Record:
    for name, said in (
        ("strength", 0.3), ("quality", "stressful"), ("level", 0.4), ("openness", 4),
        ("provenance", _PROVENANCE[1]),
    ):  # fmt: skip
        if name in row:
            changed = {**row, name: said}
            if _shown_tie(changed, seen) == _shown_tie(row, seen):
                row = changed
    return row


def _node(row: Record) -> AnyNode:
    beside = {"consents", *BESIDE}
    return NODE.validate_python({k: v for k, v in row.items() if k not in beside}, strict=False)


def _agreed(row: Record) -> list[Consent]:
    return [Consent.model_validate_json(json.dumps(consent)) for consent in row.get("consents", ())]


def _sight(row: Record, consent: str) -> Sight | None:
    for purpose in CONSENT_PURPOSES:
        if purpose == consent:
            return sight(_agreed(row), purpose)
    return None


def _facts(row: Record, seen: View, consent: str | None = None) -> NodeFacts:
    return NodeFacts(
        row["kind"], row["steward"], row["id"], row["clearance"], row["sensitive"],
        None if row.get("restricted") else _sight(row, consent or seen.consent),
        override_role=row.get("override"), override_after=_UNTIL if row.get("override") else None,
    )  # fmt: skip


def _audience(world: World, id_: str) -> str:
    """Return who could know of somebody before they were restricted."""
    (row,) = [row for row in world if row.get("kind") and row["id"] == id_]
    return audience_of(_facts({**row, "restricted": False}, View(everything=True), "sharing"))


def _kept_tie(row: Record) -> AnyTie:
    return settled(TIE.validate_python(row))


def _tie_facts(tie: AnyTie, facts: dict[str, NodeFacts]) -> TieFacts:
    return TieFacts(
        tie.steward, facts[tie.source], facts[tie.target], tie.type, tie.clearance,
        author_of(tie), tie.disclosed,
    )  # fmt: skip


def _shown_node(row: Record, seen: View) -> AnyNode:
    opened = None if row.get("restricted") else _sight(row, seen.consent)
    return shown_node(seen, _node(row), None if opened is None else opened.fields)


def _shown_tie(row: Record, seen: View) -> AnyTie:
    tie = _kept_tie(row)
    return shown_tie(seen, tie, author_of(tie))


def ids_of(*worlds: Iterable[Record]) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """Return the ids of all nodes and ties of some worlds, and of one that is in none."""
    nodes = {row["id"] for world in worlds for row in world if "kind" in row}
    ties = {(row["type"], row["id"]) for world in worlds for row in world if "type" in row}
    return sorted({*nodes, "none"}), sorted({*ties, ("connects", "none")})
