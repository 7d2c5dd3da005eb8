"""Writing ties: read both ends and what lies between them, decide, create or update."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from graph.errors import Conflict, Fault, Forbidden, GraphError, Invalid, NotFound, Overlap, Stale
from graph.policy import EVERYTHING, TieFacts, may_write, sees
from graph.refusals import check_write
from graph.revising import Fields, Mode, content, revised_tie
from graph.rules import check_ends, repeats, settled_clearance
from graph.store.erased import Named, refuse_erased_ends
from graph.store.node_writes import Outcome, given_source_key
from graph.store.properties import (
    facts_of_tie,
    new_row,
    shared,
    tie_properties,
)
from graph.store.tie_ground import Between, Ground, Side, ends_of, ground_of, walked_from
from graph.store.units import Entry, check_version, tombstone_key
from graph.ties import TIE_TYPES, AnyTie, TieType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.store.client import Row
    from graph.store.units import Unit

Written = Literal["created", "updated"]


@dataclass(frozen=True, slots=True)
class TieWrite:
    """One tie to write; the fields' ends may be foreign ids in an import."""

    type: TieType
    id: str | None
    fields: Fields
    mode: Mode
    expected: int | None = None
    absent: bool = False
    replace_changed: bool = False


class WrittenTie(NamedTuple):
    """A tie as a write left it."""

    tie: AnyTie
    outcome: Outcome


@dataclass(slots=True)
class _Plan:
    created: dict[TieType, list[Row]] = field(default_factory=lambda: defaultdict(list))
    updated: dict[Side, list[Row]] = field(default_factory=lambda: defaultdict(list))
    entries: list[Entry] = field(default_factory=list[Entry])
    ids: set[tuple[TieType, str | None]] = field(default_factory=set[tuple[TieType, str | None]])


async def put_ties(unit: Unit, writes: Sequence[TieWrite]) -> list[WrittenTie | GraphError]:
    """Write ties, each by itself: what one row is refused for is returned in its place.

    Notes
    -----
    Cost: five statements a batch, whatever its size, and one more for each type created. A tie
    whose id is used between other ends is refused by the engine's constraint, then found by
    `used_elsewhere`.
    """
    foreign = [_foreign_ends(unit, write) for write in writes]
    fields = await _with_ends(unit, writes, foreign)
    ground = await ground_of(
        unit,
        [
            (write.type, row)
            for write, row in zip(writes, fields, strict=True)
            if isinstance(row, dict)
        ],
    )
    drafts = [
        row if isinstance(row, GraphError) else _drafted(unit, write, row, ground)
        for write, row in zip(writes, fields, strict=True)
    ]
    new = [
        draft[0]
        for write, draft in zip(writes, drafts, strict=True)
        if not isinstance(draft, GraphError) and draft[1] is None and write.id is not None
    ]
    await ground.dig_up(unit, new)
    plan = _Plan()
    results = [
        draft if isinstance(draft, GraphError) else _planned(unit, write, draft, ground, plan)
        for write, draft in zip(writes, drafts, strict=True)
    ]
    for type_ in TIE_TYPES:
        if plan.created[type_]:
            await unit.run(
                f"write/create_{type_}", rows=plan.created[type_], shared=shared(unit.now)
            )
    for side, rows in plan.updated.items():
        await unit.run(f"write/update_ties_from_{side}", rows=rows)
    unit.entries.extend(plan.entries)
    named = [
        Named(list(ends_of(write.fields)), keys.values())
        for write, keys in zip(writes, foreign, strict=True)
    ]
    return await refuse_erased_ends(unit, named, results)


async def put_tie(unit: Unit, write: TieWrite) -> WrittenTie:
    """Write one tie, or raise what it is refused for.

    A tie that is written by its id takes its ends from what is there.
    """
    if write.id is not None:
        if write.fields.get("id", write.id) != write.id:
            raise Invalid.at("/id", f"the id is {write.id} and does not change")
        row = await unit.row(f"read/{write.type}", id=write.id, **EVERYTHING.parameters())
        if row is not None:
            write = await _with_kept_ends(unit, write, row)
        elif write.mode == "merge":
            raise NotFound(f"there is no tie {write.type} {write.id}")
    (result,) = await put_ties(unit, [write])
    if isinstance(result, GraphError):
        raise result
    return result


async def used_elsewhere(unit: Unit, writes: Sequence[TieWrite]) -> set[int]:
    """Return the rows whose id belongs to a tie between other ends.

    Cost: a statement for each type of which rows give an id, which walks all ties of the type on
    the embedded engine. A write asks only when the engine refused it, a rehearsal for what is new.
    """
    fields = await _with_ends(unit, writes, [_foreign_ends(unit, write) for write in writes])
    given: dict[TieType, dict[str, int]] = defaultdict(dict)
    for index, (write, row) in enumerate(zip(writes, fields, strict=True)):
        if write.id is not None and not isinstance(row, GraphError):
            given[write.type][write.id] = index
    taken: set[int] = set()
    for type_, index_of in given.items():
        for there in await unit.rows(f"read/{type_}_by_ids", ids=sorted(index_of)):
            index = index_of[there["id"]]
            row = fields[index]
            ends = {there["source"], there["target"]}
            if isinstance(row, dict) and ends != {row.get("source"), row.get("target")}:
                taken.add(index)
    return taken


async def facts_of_kept(unit: Unit, row: Row) -> TieFacts:
    """Return what the policy reads of a tie that was read, and of its ends."""
    ends = await unit.facts({row["source"], row["target"]})
    return facts_of_tie(row["type"], row["tie"], ends[row["source"]], ends[row["target"]])


async def _with_kept_ends(unit: Unit, write: TieWrite, row: Row) -> TieWrite:
    facts = await facts_of_kept(unit, row)
    if write.mode == "create":
        raise Conflict(f"the id {write.id} is in use")
    check_write(unit.view, facts)
    ends = {"source": row["source"], "target": row["target"]}
    given = {end: write.fields.get(end, ends[end]) for end in ends}
    # A symmetric tie may be said the other way round; `revised_tie` refuses what is turned else.
    if (given["source"], given["target"]) != (ends["target"], ends["source"]):
        for end, there in ends.items():
            if given[end] != there:
                detail = "the ends of a tie do not change: delete it and make another"
                raise Invalid.at(f"/{end}", detail)
    return TieWrite(
        type=write.type,
        id=write.id,
        fields={**ends, **write.fields},
        mode=write.mode,
        expected=write.expected,
        absent=write.absent,
    )


async def _with_ends(
    unit: Unit, writes: Sequence[TieWrite], foreign: Sequence[dict[str, str]]
) -> list[Fields | GraphError]:
    """Return each row's fields with plain ids at both ends."""
    found = await unit.ids_of_sources({key for keys in foreign for key in keys.values()})
    resolved: list[Fields | GraphError] = []
    for write, keys in zip(writes, foreign, strict=True):
        fields = dict(write.fields)
        if write.id is not None:
            fields.setdefault("id", write.id)
            if fields.keys().isdisjoint(("source", "target")):
                row = await unit.row(f"read/{write.type}", id=write.id, **EVERYTHING.parameters())
                fields |= {"source": row["source"], "target": row["target"]} if row else {}
        faults: list[Fault] = []
        for end, key in keys.items():
            if key in found:
                fields[end] = found[key]
            else:
                faults.append(Fault(f"/{end}", "its steward has no node with this source"))
        resolved.append(Invalid("an end is not there", faults) if faults else fields)
    return resolved


def _foreign_ends(unit: Unit, write: TieWrite) -> dict[str, str]:
    """Return the keys of the foreign ids that a row of an import gives as ends, by end."""
    if write.mode != "import":
        return {}
    steward = unit.view.steward_of(write.fields)
    keys = {end: given_source_key(write.fields.get(end), steward) for end in ("source", "target")}
    return {end: key for end, key in keys.items() if key is not None}


def _drafted(
    unit: Unit, write: TieWrite, fields: Fields, ground: Ground
) -> tuple[AnyTie, Between | None] | GraphError:
    """Return the tie as the row would leave it and what is kept of it, or the refusal."""
    try:
        kept = ground.by_id(write.type, fields)
        draft = kept.tie if kept else revised_tie(write.type, None, fields, mode=write.mode)
        if kept is None:
            _check_ends_are_seen(unit, draft, ground)
            draft = draft if draft.id is not None else ground.stated(draft)
            kept = ground.between[draft.source, draft.target].get((draft.type, str(draft.id)))
            if kept is None and write.mode == "merge":
                return NotFound(f"there is no tie {write.type} {draft.id}")
            if kept is None and write.expected is not None:
                return Stale(f"there is no tie {write.type} {draft.id}")
        if kept is not None:
            _check_takes(unit, write, kept.tie, ground)
            draft = revised_tie(write.type, kept.tie, fields, mode=write.mode)
        source, target = ground.facts[draft.source], ground.facts[draft.target]
        check_ends(draft, source.kind, target.kind)
        draft = settled_clearance(draft, source.kind, target.kind)
        if not may_write(unit.view, draft.steward):
            return Forbidden("one writes what one stewards, no more: give your own id as steward")
    except GraphError as refusal:
        return refusal
    if kept is None:
        ground.state(draft)
    return draft, kept


def _check_ends_are_seen(unit: Unit, tie: AnyTie, ground: Ground) -> None:
    faults = [
        Fault(f"/{side}", f"there is no node {end}")
        for side, end in (("source", tie.source), ("target", tie.target))
        if end not in ground.facts or not sees(unit.view, ground.facts[end])
    ]
    if faults:
        raise Invalid("an end is not there", faults)


def _check_takes(unit: Unit, write: TieWrite, current: AnyTie, ground: Ground) -> None:
    """Refuse a write that the tie, as it stands, does not take."""
    source, target = ground.facts[current.source], ground.facts[current.target]
    ends = facts_of_tie(current.type, tie_properties(current), source, target)
    if write.mode == "create":
        raise Conflict(f"there is such a tie already: {current.id}")
    check_write(unit.view, ends)
    if write.absent:
        raise Stale(f"{current.id} exists")
    if write.mode != "import":
        check_version(current, write.expected)


def _planned(
    unit: Unit,
    write: TieWrite,
    drafted: tuple[AnyTie, Between | None],
    ground: Ground,
    plan: _Plan,
) -> WrittenTie | GraphError:
    """Add a row to the plan, unless it changes nothing or cannot be."""
    draft, kept = drafted
    between = ground.between[draft.source, draft.target]
    latest = between.get((draft.type, str(draft.id)))
    if latest is not None and content(latest.tie) == content(draft):
        return WrittenTie(latest.tie, "unchanged")
    if latest is not kept or (kept is None and (draft.type, draft.id) in plan.ids):
        return Conflict(f"the id {draft.id} comes twice in one batch")
    current = kept.tie if kept else None
    if (
        kept is not None
        and write.mode == "import"
        and not write.replace_changed
        and kept.imported_version != kept.tie.version
    ):
        return Conflict(f"{draft.id} was changed here since its last import")
    for other in between.values():
        if other.tie.id != draft.id and repeats(draft, other.tie):
            return Overlap(f"{other.tie.id} says the same of an overlapping time")
    buried = ground.buried.get(tombstone_key("tie", draft.type, str(draft.id)), 0)
    version = 1 + ((current.version or 0) if current else buried)
    tie = draft.model_copy(
        update={
            "version": version,
            "created_at": current.created_at if current else unit.now,
            "updated_at": unit.now,
        }
    )
    outcome: Written = "updated" if current else "created"
    plan.ids.add((tie.type, tie.id))
    _plan_row(write, tie, outcome, ground, plan)
    between[tie.type, str(tie.id)] = Between(tie, version if write.mode == "import" else None)
    return WrittenTie(tie, outcome)


def _plan_row(write: TieWrite, tie: AnyTie, outcome: Written, ground: Ground, plan: _Plan) -> None:
    properties = tie_properties(tie)
    if write.mode == "import":
        properties["imported_version"] = tie.version
    ends = {"source": tie.source, "target": tie.target}
    if outcome == "created":
        plan.created[tie.type].append({**ends, "properties": new_row(properties)})
    else:
        row = {**ends, "type": tie.type, "properties": properties}
        plan.updated[walked_from(ground.facts, (tie.source, tie.target))].append(row)
    version, steward = tie.version or 1, tie.steward
    ends_of_entry = (tie.source, tie.target)
    plan.entries.append(
        Entry("tie", tie.type, str(tie.id), outcome, version, steward, *ends_of_entry)
    )
