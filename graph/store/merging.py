"""Two records of one steward made one, and two again: what is merged leaves a redirect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.audiences import audience_of, of_both
from graph.errors import Conflict, Invalid, NotFound
from graph.policy import EVERYTHING
from graph.refusals import check_write
from graph.rules import author_of, repeats, settled
from graph.store.deleting import check_answers_for_none, entries_of_deleted_ties
from graph.store.merges import (
    AskedMerge,
    KeptTie,
    Merge,
    merge_of,
    no_merge,
    node_text,
    properties_of,
)
from graph.store.outdating import outdate_runs
from graph.store.properties import facts_of_node, native, tie_of
from graph.store.same_as import OPEN
from graph.store.units import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.store.client import Row
    from graph.store.units import Action, Unit
    from graph.ties import AnyTie


async def merge(unit: Unit, merge_id: str, asked: AskedMerge) -> Merge:
    """Merge a record into another of the same steward, with its ties.

    The survivor's fields stay as they are. A tie between the two, and one that repeats a tie of
    the survivor for the same eyes, is kept for when they are two again: what somebody sees of this
    follows from what else they see.

    Raises
    ------
    NotFound, Forbidden
        As for a write of either.
    Invalid
        When it is one record, or the two are of two kinds.
    Conflict
        When two stewards have them, or others stand on the one that would go: records of which it
        is the steward, that were merged into it, that are said to be the same as it, or for whom
        it is cleared.
    """
    if asked.survivor == asked.merged:
        raise Invalid.at("/merged", "a record is not merged into itself: name another one")
    await unit.lock_all()
    await unit.lock({asked.survivor, asked.merged})
    nodes = await _nodes(unit, {asked.survivor, asked.merged})
    for id_ in (asked.survivor, asked.merged):
        if id_ not in nodes:
            raise NotFound(f"there is no record {id_}")
        check_write(unit.view, facts_of_node(nodes[id_], unit.view.consent))
    gone, survivor = nodes[asked.merged], nodes[asked.survivor]
    if gone["kind"] != survivor["kind"]:
        raise Invalid.at("/merged", f"the one is of kind {gone['kind']}, not {survivor['kind']}")
    if gone.get("steward") != survivor.get("steward"):
        raise Conflict("two stewards have them: say that they are the same instead")
    await _check_stands_alone(unit, gone)
    there = [_tie(row) for row in await _ties_at(unit, asked.survivor)]
    kept: list[KeptTie] = []
    between: list[AnyTie] = []
    repeated: list[tuple[AnyTie, AnyTie]] = []
    created: list[tuple[AnyTie, dict[str, Any]]] = []
    for row in await _ties_at(unit, asked.merged):
        tie = _tie(row)
        moved = _onto(tie, asked.merged, asked.survivor)
        takes = moved is not None and not any(_repeats_for_all(moved, other) for other in there)
        kept.append(KeptTie(row["type"], row["source"], row["target"], takes, _whole(row["tie"])))
        if moved is None:
            between.append(tie)
        elif takes:
            there.append(moved)
            created.append((moved, _whole(row["tie"])))
        else:
            repeated.append((tie, moved))
    entries = await entries_of_deleted_ties(unit, between)
    entries += await _entries_of_repeated(unit, repeated)
    # Of other stewards' ties not even their number is told.
    own = sum(tie.properties.get("steward") == gone.get("steward") for tie in kept)
    await unit.run("write/delete_node", id=asked.merged)
    if gone["kind"] == "person":
        await outdate_runs(unit, [asked.merged])
    entries += [await _create(unit, tie, properties, 1) for tie, properties in created]
    shared = audience_of(facts_of_node(gone, "sharing"))
    version = gone["version"] + 1
    entries.append(
        Entry("node", gone["kind"], asked.merged, "merged", version, gone.get("steward"), "",
              asked.survivor, shared)
    )  # fmt: skip
    await unit.bury([entry for entry in entries if entry.action in ("deleted", "merged")])
    unit.entries.extend(entries)
    made = Merge(
        id=merge_id,
        kind=gone["kind"],
        steward=gone.get("steward"),
        ties=own,
        merged_at=unit.now,
        **asked.model_dump(),
    )
    row = made.model_dump(exclude_none=True, exclude={"ties"}) | {
        "tie_count": own,
        "source_key": gone.get("source_key"),
        "audience": shared,
        "node": node_text(gone),
        "ties": [tie.text() for tie in kept],
    }
    await unit.run("write/keep_merge", row=row)
    return made


async def unmerge(unit: Unit, merge_id: str) -> Merge:
    """Make two records of one again, as they were: the one that was gone, with its ties.

    What was written to the survivor and to the ties since then stays; versions go on counting.

    Raises
    ------
    NotFound, Forbidden
        As for a write of the survivor.
    Conflict
        When it was unmerged before, or another record has the foreign id by now.
    """
    await unit.lock_all()
    row = await unit.row("read/merge", id=merge_id)
    if row is None:
        raise no_merge(merge_id)
    made, kept = merge_of(row), row["merge"]
    await unit.lock({made.survivor})
    survivor = (await _nodes(unit, {made.survivor})).get(made.survivor)
    if survivor is None:
        raise no_merge(merge_id)
    check_write(unit.view, facts_of_node(survivor, unit.view.consent))
    if made.state == "unmerged":
        raise Conflict(f"the merge {merge_id} was unmerged before")
    node = properties_of(kept["node"])
    version = node["version"] + 2
    areas = await unit.rows("read/areas_of", ids=node.get("areas") or [])
    left = {found["id"] for found in areas}
    node |= {
        "version": version,
        "updated_at": unit.now,
        "areas": [area for area in node.get("areas") or () if area in left],
    }
    await unit.run(f"write/create_{made.kind}", rows=[node], shared={})
    unit.entries.append(
        Entry("node", made.kind, made.merged, "created", version, node.get("steward"))
    )
    now = {(tie["type"], tie["tie"]["id"]): tie for tie in await _ties_at(unit, made.survivor)}
    for tie in map(KeptTie.of, kept.get("ties") or ()):
        key = (tie.type, tie.properties["id"])
        if not tie.moved:
            await _set_back(unit, tie)
        elif key in now:
            await _move_back(unit, tie, now[key], made)
    told = made.model_copy(update={"state": "unmerged", "unmerged_at": unit.now})
    cleared = dict.fromkeys(("node", "ties", "source_key"))
    state = {"id": merge_id, "state": "unmerged", "unmerged_at": unit.now}
    await unit.run("write/keep_merge", row=state | cleared)
    return told


async def _check_stands_alone(unit: Unit, gone: Row) -> None:
    """Refuse to take away a record on which others stand."""
    id_ = gone["id"]
    await check_answers_for_none(unit, id_)
    if any(row["survivor"] == id_ for row in await _naming(unit, id_)):
        raise Conflict(f"others were merged into {id_}: let it be the one that stays")
    rows = await unit.rows("read/same_as_of", ids=[id_], states=list(OPEN))
    if rows:
        raise Conflict(f"{id_} is said to be the same as another steward's: withdraw that first")
    if gone.get("cleared_for"):
        raise Conflict(f"{id_} is cleared for others: withdraw that first")


async def _naming(unit: Unit, id_: str) -> list[Row]:
    return await unit.rows("read/merges_naming", ids=[id_], source_keys=[])


async def _nodes(unit: Unit, ids: set[str]) -> dict[str, Row]:
    rows = await unit.rows("read/nodes", ids=sorted(ids), **EVERYTHING.parameters())
    return {row["node"]["id"]: row["node"] for row in rows}


async def _ties_at(unit: Unit, id_: str) -> list[Row]:
    rows = await unit.rows("read/whole_ties_at", id=id_)
    return sorted(rows, key=lambda row: (row["type"], row["tie"]["id"]))


def _tie(row: Row) -> AnyTie:
    return tie_of(row["type"], row["source"], row["target"], row["tie"])


def _whole(properties: Row) -> dict[str, Any]:
    return {name: native(value) for name, value in properties.items()}


def _onto(tie: AnyTie, old: str, new: str) -> AnyTie | None:
    """Return a tie at another node; nothing where both its ends would be that."""
    ends = {end: new if getattr(tie, end) == old else getattr(tie, end) for end in _ENDS}
    if ends["source"] == ends["target"]:
        return None
    stated_by = new if tie.stated_by == old else tie.stated_by
    return settled(tie.model_copy(update={**ends, "stated_by": stated_by}))


_ENDS = ("source", "target")


def _repeats_for_all(tie: AnyTie, other: AnyTie) -> bool:
    """Tell whether a tie repeats another, and whoever sees the one sees the other."""
    return repeats(tie, other) and _seen_by(tie) == _seen_by(other)


def _seen_by(tie: AnyTie) -> tuple[str | None, str | None, bool]:
    """Return what decides who sees a tie, beside its steward and its ends."""
    return tie.clearance, author_of(tie), tie.disclosed


async def _entries_of_repeated(
    unit: Unit, repeated: Sequence[tuple[AnyTie, AnyTie]]
) -> list[Entry]:
    """Return what the feed says of ties that go since another says the same.

    To whoever saw it and sees the other: to anybody else it moved out of sight, like all the rest.
    """
    before = await entries_of_deleted_ties(unit, [tie for tie, _ in repeated])
    after = await entries_of_deleted_ties(unit, [moved for _, moved in repeated])
    return [
        entry._replace(audience=of_both(entry.audience, moved.audience))
        for entry, moved in zip(before, after, strict=True)
    ]


async def _create(
    unit: Unit, tie: AnyTie, properties: dict[str, Any], step: int, action: Action = "updated"
) -> Entry:
    """Create a tie at its ends with the properties that it had, at a later version."""
    version = properties["version"] + step
    changed = {
        "version": version,
        "updated_at": unit.now,
        "stated_by": tie.stated_by,
        "author": author_of(tie),
    }
    whole = {n: v for n, v in (properties | changed).items() if v is not None}
    row = {"source": tie.source, "target": tie.target, "properties": whole}
    await unit.run(f"write/create_{tie.type}", rows=[row], shared={})
    return Entry("tie", tie.type, str(tie.id), action, version, tie.steward, tie.source, tie.target)


async def _set_back(unit: Unit, kept: KeptTie) -> None:
    """Create a tie that was set aside, if what it ties is there and no other has its id."""
    tie = kept.tie()
    ends = await unit.facts({tie.source, tie.target})
    taken = await unit.rows(f"read/{tie.type}_by_ids", ids=[tie.id])
    if len(ends) > 1 and not taken:
        unit.entries.append(await _create(unit, tie, kept.properties, 2, "created"))


async def _move_back(unit: Unit, kept: KeptTie, row: Row, made: Merge) -> None:
    """Give a tie back to the record that it was of, as it stands by now."""
    now = _tie(row)
    (other,) = {now.source, now.target} - {made.survivor}
    ends = (made.merged, other) if kept.source == made.merged else (other, made.merged)
    stated_by = made.merged if kept.tie().stated_by == made.merged else now.stated_by
    back = settled(
        now.model_copy(update={"source": ends[0], "target": ends[1], "stated_by": stated_by})
    )
    await unit.run(
        "write/delete_tie", id=now.id, type=now.type, source=now.source, target=now.target
    )
    unit.entries.append(await _create(unit, back, _whole(row["tie"]), 1))
