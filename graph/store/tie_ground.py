"""What a batch of ties stands on: its ends, and the ties that lie between them already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from graph.nodes import Kind
from graph.policy import EVERYTHING, NodeFacts
from graph.rules import SYMMETRIC, Claim, claim_of
from graph.store.properties import tie_of
from graph.store.units import tombstone_key
from graph.ties import AnyTie, TieType
from graph.values import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from graph.revising import Fields
    from graph.store.units import Unit

_FEWEST_TIES: Final[tuple[Kind, ...]] = ("person", "asset", "association", "agency")
"""Kinds by the number of their ties, fewest first: a walk starts where there are few."""


Side = Literal["source", "target"]
Pair = tuple[str, str]
Statement = tuple[Claim, "date | None"]
"""What a steward claims, and from which day on."""


class Between(NamedTuple):
    """A tie that is kept between two nodes."""

    tie: AnyTie
    imported_version: int | None


@dataclass(slots=True)
class Ground:
    """What a batch stands on: its ends, and the ties between each pair, by pair.

    `new_ids` are those of the batch's new ties: rows that claim one thing from one day are one tie.
    """

    facts: dict[str, NodeFacts]
    between: dict[Pair, dict[tuple[TieType, str], Between]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    buried: dict[str, int] = field(default_factory=dict[str, int])
    new_ids: dict[Statement, str] = field(default_factory=dict["Statement", str])

    def stated(self, draft: AnyTie) -> AnyTie:
        """Return a tie that was given no id with that of the tie that states it already."""
        said = _statement(draft)
        between = self.between[draft.source, draft.target].values()
        there = (kept.tie.id for kept in between if _statement(kept.tie) == said)
        known = next(there, None) or self.new_ids.get(said) or new_id()
        return draft.model_copy(update={"id": known})

    def state(self, draft: AnyTie) -> None:
        """Let later rows that state what a new tie states be that tie."""
        self.new_ids.setdefault(_statement(draft), str(draft.id))

    def by_id(self, type_: TieType, fields: Fields) -> Between | None:
        """Return the tie between the row's ends that has the id which the row gives."""
        tie_id, source, target = (fields.get(name) for name in ("id", "source", "target"))
        if not (isinstance(tie_id, str) and isinstance(source, str) and isinstance(target, str)):
            return None
        for pair in ((source, target), (target, source)):
            if pair in self.between and (type_, tie_id) in self.between[pair]:
                return self.between[pair][type_, tie_id]
        return None

    async def dig_up(self, unit: Unit, ties: Iterable[AnyTie]) -> None:
        """Read the last versions of ties of these ids that were deleted."""
        keys = [tombstone_key("tie", tie.type, str(tie.id)) for tie in ties]
        rows = await unit.rows("read/tombstones", keys=keys) if keys else []
        self.buried.update({row["key"]: row["version"] for row in rows})


def _statement(tie: AnyTie) -> Statement:
    return claim_of(tie), tie.valid_from


def ends_of(fields: Fields) -> Iterable[str]:
    """Return the ids that a row names as ends."""
    return (end for name in ("source", "target") if isinstance(end := fields.get(name), str))


async def ground_of(unit: Unit, rows: Sequence[tuple[TieType, Fields]]) -> Ground:
    """Lock the ends, then read what they are and what lies between them."""
    ends = {end for _, fields in rows for end in ends_of(fields)}
    ground = Ground(await unit.facts(ends, locked=True))
    pairs: dict[Side, set[Pair]] = {"source": set(), "target": set()}
    for type_, fields in rows:
        if fields.get("source") in ground.facts and fields.get("target") in ground.facts:
            for pair in _pairs(type_, fields):
                pairs[walked_from(ground.facts, pair)].add(pair)
    for side, some in pairs.items():
        if not some:
            continue
        asked = [{"source": source, "target": target} for source, target in sorted(some)]
        for row in await unit.rows(
            f"read/ties_between_from_{side}", pairs=asked, **EVERYTHING.parameters()
        ):
            tie = tie_of(row["type"], row["source"], row["target"], row["tie"])
            kept = Between(tie, row["tie"].get("imported_version"))
            ground.between[tie.source, tie.target][tie.type, str(tie.id)] = kept
    if unit.rehearsal is not None:
        for tie in unit.rehearsal.ties(pairs["source"] | pairs["target"]):
            kept = Between(tie, tie.version)
            ground.between[tie.source, tie.target][tie.type, str(tie.id)] = kept
    return ground


def _pairs(type_: TieType, fields: Fields) -> set[Pair]:
    """Return from which to which end what a row says may be kept already.

    A symmetric tie is kept with the smaller id as its source. A row that gives a tie's id may make
    it symmetric, or end its being so.
    """
    given = fields["source"], fields["target"]
    ordered = min(given), max(given)
    if fields.get("id") is not None:
        return {given, ordered}
    return {ordered if type_ == "connects" and str(fields.get("relation")) in SYMMETRIC else given}


def walked_from(facts: dict[str, NodeFacts], pair: Pair) -> Side:
    """Return the end that is likely to have fewer ties (docs/engines.md, walking from a hub)."""
    source, target = (_FEWEST_TIES.index(facts[end].kind) for end in pair)
    return "source" if source <= target else "target"
