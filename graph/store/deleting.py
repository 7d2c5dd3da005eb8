"""Deleting what was entered by mistake, or is over: nothing is left of it but its entries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from graph.audiences import audience_of, audience_of_tie
from graph.errors import Conflict, Forbidden, HasTies, NotFound
from graph.policy import EVERYTHING, TieFacts, may_write
from graph.refusals import check_write
from graph.store.clearing import forget_clearances
from graph.store.keys import end_keys_of
from graph.store.merges import check_not_merged
from graph.store.node_writes import kept_id, kept_nodes
from graph.store.outdating import outdate_runs
from graph.store.properties import facts_of_node, tie_of
from graph.store.same_as import forget_same_as
from graph.store.tie_writes import facts_of_kept
from graph.store.units import Entry, check_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.nodes import Kind
    from graph.store.units import Unit
    from graph.ties import AnyTie, TieType


async def delete_node(
    unit: Unit, kind: Kind, node_id: str, *, expected: int | None, with_ties: bool
) -> list[str]:
    """Delete a node that was entered by mistake; its ties only on demand, each with its entry.

    Returns
    -------
    list of str
        The keys that ended with it.

    Raises
    ------
    NotFound
        When there is none of this kind that the caller may see.
    Stale
        When it was changed since the caller read it.
    HasTies
        When it has ties and `with_ties` is false.
    Forbidden
        When the node or one of its ties is another steward's.
    Conflict
        When it still answers for other records.
    """
    node_id = kept_id(kind, node_id)
    await unit.lock({node_id})
    kept = (await kept_nodes(unit, {node_id}))[node_id]
    node, facts = kept.node, kept.facts
    if node is None or facts is None or kept.shared is None or node.kind != kind:
        raise NotFound(f"there is no {kind} {node_id}")
    check_write(unit.view, facts)
    check_version(node, expected)
    ties = await ties_at(unit, node_id)
    if ties and not with_ties:
        # Of other stewards' ties not even their number is told.
        own = sum(may_write(unit.view, tie.steward) for tie in ties)
        message = f"{node_id} has {own} ties of yours; with_ties=true deletes them as well"
        raise HasTies(message, own)
    if any(not may_write(unit.view, tie.steward) for tie in ties):
        message = "some of its ties are another steward's"
        raise Forbidden(message)
    await check_answers_for_none(unit, node_id)
    if await check_not_merged(unit, {node_id}, ()):
        raise Conflict(f"others were merged into {node_id}: unmerge them first")
    entries = await entries_of_deleted_ties(unit, ties)
    version = (node.version or 0) + 1
    audience = audience_of(kept.shared)
    entries.append(Entry("node", kind, node_id, "deleted", version, node.steward, "", "", audience))
    await forget_same_as(unit, node_id, kind)
    await forget_clearances(unit, node_id)
    await unit.run("write/delete_node", id=node_id)
    if kind == "person":
        await unit.run("write/delete_consents_of", person=node_id)
        await outdate_runs(unit, [node_id])
    await unit.bury(entries)
    unit.entries.extend(entries)
    return await end_keys_of(unit, node_id)


async def delete_tie(unit: Unit, type_: TieType, tie_id: str, *, expected: int | None) -> None:
    """Delete a tie that was entered by mistake.

    Raises
    ------
    NotFound, VersionNeeded, Stale, Forbidden
        As a change does.
    """
    row = await unit.row(f"read/{type_}", id=tie_id, **EVERYTHING.parameters())
    if row is not None and unit.several_writers:
        await unit.lock({row["source"], row["target"]})
        # Another writer may have changed or deleted it before the lock was had.
        row = await unit.row(f"read/{type_}", id=tie_id, **EVERYTHING.parameters())
    if row is None:
        raise NotFound(f"there is no tie {type_} {tie_id}")
    check_write(unit.view, await facts_of_kept(unit, row))
    tie = tie_of(type_, row["source"], row["target"], row["tie"])
    check_version(tie, expected)
    await unit.run(
        "write/delete_tie", id=tie_id, type=type_, source=row["source"], target=row["target"]
    )
    entries = await entries_of_deleted_ties(unit, [tie])
    await unit.bury(entries)
    unit.entries.extend(entries)


async def delete_ended_ties(unit: Unit, **asked: object) -> int:
    """Delete some of the ties that ended before a day, each with its entry; return how many.

    What is asked is as `read/ended_ties` takes it.
    """
    rows = await unit.rows("read/ended_ties", **asked)
    if unit.several_writers:
        await unit.lock({row[end] for row in rows for end in ("source", "target")})
        # Another writer may have changed or deleted some before the locks were had.
        rows = await unit.rows("read/ended_ties", **asked)
    ties = [tie_of(row["type"], row["source"], row["target"], row["tie"]) for row in rows]
    entries = await entries_of_deleted_ties(unit, ties)
    for entry in entries:
        await unit.run(
            "write/delete_tie", id=entry.id, type=entry.type, source=entry.source,
            target=entry.target,
        )  # fmt: skip
    await unit.bury(entries)
    unit.entries.extend(entries)
    return len(entries)


async def check_answers_for_none(unit: Unit, id_: str) -> None:
    """Refuse to take away a steward; of how many records is not told, they may be hidden.

    Raises
    ------
    Conflict
        When it answers for any.
    """
    if await unit.row("read/stewarded", id=id_) is not None:
        raise Conflict(f"{id_} is the steward of other records")


async def ties_at(unit: Unit, node_id: str) -> list[AnyTie]:
    """Return every tie at a node."""
    rows = await unit.rows("read/whole_ties_at", id=node_id)
    return [tie_of(row["type"], row["source"], row["target"], row["tie"]) for row in rows]


async def entries_of_deleted_ties(unit: Unit, ties: Sequence[AnyTie]) -> list[Entry]:
    """Return what the feed says of ties that are about to go, to their steward and who saw them.

    To be called while both ends of each are still there.
    """
    ids = sorted({end for tie in ties for end in (tie.source, tie.target)})
    ends = {
        row["node"]["id"]: facts_of_node(row["node"], "sharing")
        for row in await unit.rows("read/nodes", ids=ids, **EVERYTHING.parameters())
    }
    # Tomorrow's date is already somewhere: a consent that ends today lets nobody know.
    latest = unit.now.date() + timedelta(days=1)
    return [
        Entry(
            "tie", tie.type, str(tie.id), "deleted", (tie.version or 0) + 1, tie.steward,
            tie.source, tie.target,
            audience_of_tie(
                TieFacts(None, ends[tie.source], ends[tie.target], tie.type, tie.clearance), latest
            ),
        )
        for tie in ties
    ]  # fmt: skip
