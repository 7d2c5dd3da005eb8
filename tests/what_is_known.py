"""What a world holds, what can be done in it, and what a caller may know of it.

A world is rows: nodes and ties as a file holds them, and deeds, which no import does. They are done
in this order: clearances, what is said to be the same, a merge, then what a row says of its person
beside the file.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.audiences import audience_of, audience_of_tie, is_told_of, of_both
from graph.clearances import cleared
from graph.consents import CONSENT_PURPOSES, Consent, Sight, sight
from graph.masks import shown_node, shown_tie
from graph.nodes import NODE, AnyNode
from graph.policy import (
    Caller,
    NodeFacts,
    TieFacts,
    View,
    of_steward,
    sees,
    view,
)
from graph.rules import author_of, claim_of, settled
from graph.ties import TIE, AnyTie
from service.settings import Settings
from service.state import today
from tests.long_work import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

World = list[Record]

TODAY: Final = today(Settings())
UNTIL: Final = TODAY + timedelta(days=7)

BESIDE: Final = ("restricted", "override")
"""What a row says of a person that no import does: it is asked for when the rows are there."""

DEEDS: Final = {
    "clearances": ("cleared", "cleared", "asked", "refused", "withdrawn"),
    "same-as": ("confirmed", "confirmed", "confirmed", "asked", "refused", "withdrawn"),
    "merges": ("merged", "undone", "deleted"),
}
"""What may have been done, and what became of it.

What was withdrawn was cleared or confirmed before; who was `deleted` was not merged, but deleted.
"""

_AWAY: Final = ("merged", "deleted")


def named(row: Record) -> set[str]:
    """Return the nodes without which a row is not there."""
    names = ("source", "target") if "type" in row else ("record", "same_as", "survivor", "merged")
    return {row["id"]} if "kind" in row else {row[name] for name in names if name in row}


def nodes_of(world: World) -> World:
    """Return the nodes of a world."""
    return [row for row in world if "kind" in row]


def deeds_of(world: World, deed: str) -> World:
    """Return what was done of one sort."""
    return [row for row in world if row.get("deed") == deed]


def possible(world: World) -> bool:
    """Tell whether all deeds of a world can be done in it, in their order."""
    rows = {row["id"]: row for row in nodes_of(world)}
    done = [
        (deed["deed"], named(deed), deed.get("organisation")) for deed in world if "deed" in deed
    ]
    if any(deed in done[:place] for place, deed in enumerate(done)):
        return False
    for deed in deeds_of(world, "clearances"):
        asker = view(Caller("", "partner", deed["organisation"]), "record", TODAY)
        if sees(asker, _before(rows[deed["record"]], asker.consent, [])):
            return False
    opened = deeds_of(world, "clearances")
    stands: set[str] = {deed["record"] for deed in opened if deed["state"] == "cleared"}
    for deed in deeds_of(world, "same-as"):
        one, other = (_before(rows[deed[e]], "directory", opened) for e in ("record", "same_as"))
        pairs = ((one, other), (other, one))
        if one.steward == other.steward or not all(
            sees(of_steward(node.steward, TODAY), it) for node, it in pairs
        ):
            return False
        if deed["state"] in ("asked", "confirmed"):
            stands |= {one.id, other.id}
    merges = deeds_of(world, "merges")
    for deed in merges:
        gone, survivor = rows[deed["merged"]], rows[deed["survivor"]]
        treated = deed["state"] in _AWAY and any(gone.get(name) for name in BESIDE)
        if gone == survivor or gone["id"] in stands or treated:
            return False
        if gone["steward"] != survivor["steward"]:
            return False
    return len(merges) < 2


class Standing(NamedTuple):
    """A tie as it is at last, nothing where it is gone; `lost` tells of one that a merge took.

    `repeated` is what it would have become, where another said the same.
    """

    row: Record
    tie: AnyTie | None
    lost: bool
    moved: bool
    repeated: AnyTie | None = None


class Known:
    """What a view sees of a world, and all that it may know.

    Parameters
    ----------
    here
        The ids of the nodes that are there for it.
    authors
        Who stated each tie that is there for it, by the tie's id.
    parts
        What it may know: two worlds in which it is the same are to be answered alike.
    """

    def __init__(self, world: World, seen: View) -> None:
        self._world, self._seen = world, seen
        self._rows = {row["id"]: row for row in nodes_of(world)}
        self._clearances = deeds_of(world, "clearances")
        self._merges = deeds_of(world, "merges")
        away = {deed["merged"] for deed in self._merges if deed["state"] in _AWAY}
        self._facts = {
            id_: _facts(row, seen.consent, self._clearances) for id_, row in self._rows.items()
        }
        self.here = {i for i, f in self._facts.items() if i not in away and sees(seen, f)}
        self.authors: dict[str, str | None] = {}
        self.parts: list[Any] = [
            *self._nodes(), *self._cleared(), *self._same(), *self._merged(), *self._tied(),
        ]  # fmt: skip

    def _own(self, id_: str) -> bool:
        return self._seen.sees_own and self._seen.owns(self._rows[id_]["steward"])

    def _told(self, id_: str) -> bool:
        """Tell whether the view could know of a node before it was restricted, or went."""
        organisation = self._seen.organisation
        shared = _before(self._rows[id_], "sharing", self._clearances)
        return (
            self._own(id_)
            or is_told_of(self._seen, audience_of(shared))
            or any(
                (deed["record"], deed["organisation"]) == (id_, organisation)
                and deed["state"] in ("cleared", "withdrawn")
                for deed in self._clearances
            )
        )

    def _nodes(self) -> Iterator[Any]:
        for id_, row in self._rows.items():
            if id_ in self.here or self._told(id_):
                shown = shown_row(row, self._seen) if id_ in self.here else None
                yield id_, shown, [row.get(name) for name in BESIDE]

    def _cleared(self) -> Iterator[Any]:
        deleted = {deed["merged"] for deed in self._merges if deed["state"] == "deleted"}
        for deed in self._clearances:
            own = self._seen.owns(self._rows[deed["record"]]["steward"])
            if own or deed["organisation"] == self._seen.organisation:
                yield deed, deed["record"] in deleted

    def _same(self) -> Iterator[Any]:
        for deed in deeds_of(self._world, "same-as"):
            pair = {deed["record"], deed["same_as"]}
            joined = deed["state"] in ("confirmed", "withdrawn")
            if pair <= self.here and (joined or any(self._own(id_) for id_ in pair)):
                yield deed

    def _merged(self) -> Iterator[Any]:
        """Yield merges; into what it was merged is for whoever sees that."""
        for deed in self._merges:
            if deed["merged"] in self.here or self._told(deed["merged"]):
                whole = deed["survivor"] in self.here or self._own(deed["merged"])
                yield deed if whole else (deed["merged"], deed["state"] in _AWAY)

    def _tied(self) -> Iterator[Any]:
        for stands in standing(self._world):
            tie, row = stands.tie, stands.row
            seen = tie is not None and sees(self._seen, _tie_facts(tie, self._facts))
            if tie is not None and seen:
                self.authors[row["id"]] = author_of(tie)
                shown = shown_tie(self._seen, tie, author_of(tie))
                yield shown, stands.lost, stands.moved, self._merges if stands.moved else None
            elif stands.lost and self._told_of_tie(stands):
                yield row["type"], row["id"], "lost"

    def _told_of_tie(self, stands: Standing) -> bool:
        tie = kept_tie(stands.row)
        audience = self._audience(tie)
        if stands.repeated is not None:
            audience = of_both(audience, self._audience(stands.repeated))
        own = self._seen.sees_own and self._seen.owns(tie.steward)
        return own or is_told_of(self._seen, audience)

    def _audience(self, tie: AnyTie) -> str:
        ends = {
            id_: _before(self._rows[id_], "sharing", self._clearances)
            for id_ in (tie.source, tie.target)
        }
        return audience_of_tie(_tie_facts(tie, ends), TODAY + timedelta(days=1))


def standing(world: World) -> Iterator[Standing]:
    """Yield the ties of a world as they stand at last."""
    ties = sorted((row for row in world if "type" in row), key=lambda r: (r["type"], r["id"]))
    (deed,) = deeds_of(world, "merges") or [None]
    old, new = (None, None) if deed is None else (deed["merged"], deed["survivor"])
    said = {_said(kept_tie(row)) for row in ties if new in named(row)}
    for row in ties:
        tie = kept_tie(row)
        if deed is None or old not in named(row):
            yield Standing(row, tie, lost=False, moved=False)
            continue
        ends = {end: new if row[end] == old else row[end] for end in ("source", "target")}
        moved = None if ends["source"] == ends["target"] else kept_tie({**row, **ends})
        claim = None if moved is None else _said(moved)
        lost = deed["state"] == "deleted" or claim is None or claim in said
        if claim is not None and not lost:
            said.add(claim)
        last = tie if deed["state"] == "undone" else None if lost else moved
        repeated = moved if lost and deed["state"] != "deleted" else None
        yield Standing(row, last, lost, moved=not lost, repeated=repeated)


def _said(tie: AnyTie) -> tuple[Any, ...]:
    """Return what a tie says, whose word it is, and what else decides who sees it."""
    return *claim_of(tie), tie.clearance, author_of(tie), tie.disclosed


def shown_row(row: Record, seen: View) -> AnyNode:
    """Return a node as a view that sees it is shown it."""
    opened = None if row.get("restricted") else _sight(row, seen.consent)
    beside = {"consents", *BESIDE}
    node = NODE.validate_python({k: v for k, v in row.items() if k not in beside}, strict=False)
    return shown_node(seen, node, None if opened is None else opened.fields)


def kept_tie(row: Record) -> AnyTie:
    """Return a tie as it is kept."""
    return settled(TIE.validate_python(row))


def _sight(row: Record, consent: str) -> Sight | None:
    agreed = [Consent.model_validate_json(json.dumps(each)) for each in row.get("consents", ())]
    for purpose in CONSENT_PURPOSES:
        if purpose == consent:
            return sight(agreed, purpose)
    return None


def _facts(row: Record, consent: str, clearances: World) -> NodeFacts:
    names: list[str] = []
    for deed in clearances:
        if (deed["record"], deed["state"]) == (row["id"], "cleared"):
            names = cleared(names, deed["organisation"], date.max)
    return NodeFacts(
        row["kind"], row["steward"], row["id"], row["clearance"], row["sensitive"],
        None if row.get("restricted") else _sight(row, consent),
        override_role=row.get("override"), override_after=UNTIL if row.get("override") else None,
        cleared_for=tuple(names),
    )  # fmt: skip


def _before(row: Record, consent: str, clearances: World) -> NodeFacts:
    """Return what the policy read of a node before anybody was restricted, or opened."""
    return _facts({**row, **dict.fromkeys(BESIDE)}, consent, clearances)


def _tie_facts(tie: AnyTie, facts: dict[str, NodeFacts]) -> TieFacts:
    return TieFacts(
        tie.steward, facts[tie.source], facts[tie.target], tie.type, tie.clearance,
        author_of(tie), tie.disclosed,
    )  # fmt: skip
