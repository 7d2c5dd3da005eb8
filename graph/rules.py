"""What may be tied to what: pure rules, the same whatever the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import Invalid
from graph.nodes import PARTIES, Kind
from graph.ties import AnyTie, Connects, Relation, TieType

if TYPE_CHECKING:
    from datetime import date

_ANY: Final[frozenset[Kind]] = frozenset({"person", "association", "agency", "asset"})
_GROUPS: Final[frozenset[Kind]] = frozenset({"association", "agency"})
_PEOPLE: Final[frozenset[Kind]] = frozenset({"person"})
_ASSETS: Final[frozenset[Kind]] = frozenset({"asset"})
_NEIGHBOURS: Final[frozenset[Kind]] = frozenset({"person", "association"})
_PROFESSIONALS: Final[frozenset[Kind]] = frozenset({"person", "agency"})
_THINGS: Final = _GROUPS | _ASSETS

Ends = tuple[frozenset[Kind], frozenset[Kind]]

TYPE_ENDS: Final[dict[TieType, Ends]] = {
    "offers": (PARTIES, _ASSETS),
    "wants": (PARTIES, _ASSETS),
    "trusts": (PARTIES, PARTIES),
}
"""Kinds allowed at the source and at the target of a tie; `connects` goes by its relation."""

RELATION_ENDS: Final[dict[Relation, Ends]] = {
    "member": (_NEIGHBOURS, _GROUPS),
    "staff": (_PEOPLE, _THINGS),
    "volunteer": (_PEOPLE, _THINGS),
    "uses": (_NEIGHBOURS, _THINGS),
    "professional": (_PROFESSIONALS, _PEOPLE),
    "hosts": (_GROUPS, _THINGS),
    "controls": (_GROUPS, _THINGS),
    "funds": (_GROUPS, _THINGS),
    "partner": (_GROUPS, _GROUPS),
    "family": (_PEOPLE, _PEOPLE),
    "friend": (_PEOPLE, _PEOPLE),
    "neighbour": (_PEOPLE, _PEOPLE),
    "peer": (_PEOPLE, _PEOPLE),
    "other": (_ANY, _ANY),
}

SYMMETRIC: Final[frozenset[Relation]] = frozenset(
    {"partner", "family", "friend", "neighbour", "peer", "other"}
)


class Claim(NamedTuple):
    """What a steward says of two nodes: no time overlaps of which it says so twice."""

    type: TieType
    source: str
    target: str
    relation: Relation | None
    steward: str | None


def relation_of(tie: AnyTie) -> Relation | None:
    """Return the relation of a `connects`; the other types have none."""
    return tie.relation if isinstance(tie, Connects) else None


def is_symmetric(tie: AnyTie) -> bool:
    """Tell whether a tie says the same of both its ends."""
    return relation_of(tie) in SYMMETRIC


def author_of(tie: AnyTie) -> str | None:
    """Return the node that stated a tie; null for a symmetric one of which nobody said so."""
    return tie.stated_by or (None if is_symmetric(tie) else tie.source)


def claim_of(tie: AnyTie) -> Claim:
    """Return what a tie claims, and whose word it is.

    Another steward may claim the same: whoever may not see its tie learns nothing by a refusal.
    """
    return Claim(tie.type, tie.source, tie.target, relation_of(tie), tie.steward)


def repeats(tie: AnyTie, other: AnyTie) -> bool:
    """Tell whether two ties make one claim of an overlapping time."""
    return claim_of(tie) == claim_of(other) and overlaps(
        (tie.valid_from, tie.valid_to), (other.valid_from, other.valid_to)
    )


def settled(tie: AnyTie) -> AnyTie:
    """Return a tie as it is kept: symmetric ends in order.

    Raises
    ------
    Invalid
        When both ends are the same node.
    """
    if tie.source == tie.target:
        raise Invalid.at("/target", "a node has no tie to itself")
    if is_symmetric(tie) and tie.target < tie.source:
        return tie.model_copy(update={"source": tie.target, "target": tie.source})
    return tie


def check_ends(tie: AnyTie, source_kind: Kind, target_kind: Kind) -> None:
    """Refuse a tie between kinds that it cannot tie.

    Raises
    ------
    Invalid
        With a pointer to the end that is of a wrong kind.
    """
    relation = relation_of(tie)
    ends = TYPE_ENDS[tie.type] if relation is None else RELATION_ENDS[relation]
    called = tie.type if relation is None else f"{tie.type} as {relation}"
    allowed_sources, allowed_targets = ends
    if source_kind not in allowed_sources:
        raise Invalid.at("/source", f"{_article(source_kind)} cannot be the source of {called}")
    if target_kind not in allowed_targets:
        raise Invalid.at("/target", f"{_article(target_kind)} cannot be the target of {called}")


def settled_clearance(tie: AnyTie, source_kind: Kind, target_kind: Kind) -> AnyTie:
    """Return a tie with a clearance: private where it touches a person, else partners."""
    if tie.clearance is not None:
        return tie
    private = "person" in (source_kind, target_kind)
    return tie.model_copy(update={"clearance": "private" if private else "partners"})


def overlaps(
    first: tuple[date | None, date | None], second: tuple[date | None, date | None]
) -> bool:
    """Tell whether two half-open times [from, to) share a day; null is open."""
    first_from, first_to = first
    second_from, second_to = second
    return (first_to is None or second_from is None or second_from < first_to) and (
        second_to is None or first_from is None or first_from < second_to
    )


def _article(kind: Kind) -> str:
    return f"{'a' if kind == 'person' else 'an'} {kind}"
