"""Writing nodes: read what is there, decide, create the new, update the old."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from graph.errors import (
    Conflict,
    Erased,
    Fault,
    Forbidden,
    GraphError,
    Invalid,
    NotFound,
    Stale,
)
from graph.nodes import KINDS, AnyNode, Kind
from graph.policy import EVERYTHING, NodeFacts, hides, may_write
from graph.refusals import check_write
from graph.revising import Fields, Mode, content, onto, revised_node
from graph.store.erased import REFUSAL, Named, naming_erased
from graph.store.merges import check_not_merged
from graph.store.outdating import outdate_runs
from graph.store.properties import (
    facts_of_node,
    new_row,
    node_of,
    node_properties,
    shared,
    source_key,
)
from graph.store.units import Entry, check_version, tombstone_key
from graph.values import ForeignId, new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.store.units import Unit

_STEWARDS: Final[frozenset[Kind]] = frozenset({"association", "agency"})

Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class NodeWrite:
    """One node to write.

    `expected` is the version that the caller has seen; `absent` says that there may be none.
    `replace_changed`: an import overwrites what was changed here since the last one. `consents`
    come with a person, and are recorded with them or not at all.
    """

    kind: Kind
    id: str | None
    fields: Fields
    mode: Mode
    expected: int | None = None
    absent: bool = False
    replace_changed: bool = False
    append: frozenset[str] = frozenset()
    consents: tuple[Fields, ...] = ()


class WrittenNode(NamedTuple):
    """A node as a write left it."""

    node: AnyNode
    outcome: Outcome


@dataclass(slots=True)
class _Plan:
    """What a batch is about to write."""

    created: dict[Kind, list[Fields]] = field(default_factory=lambda: defaultdict(list))
    updated: list[Fields] = field(default_factory=list[Fields])
    entries: list[Entry] = field(default_factory=list[Entry])
    hidden: list[str] = field(default_factory=list[str])


class KeptNode(NamedTuple):
    """What is kept under an id: the node, or the last version of a deleted one.

    `facts` is what the policy reads of it for the view, `shared` for the purpose of sharing.
    """

    node: AnyNode | None
    imported_version: int | None
    buried_version: int
    facts: NodeFacts | None = None
    shared: NodeFacts | None = None


async def put_nodes(unit: Unit, rows: Sequence[NodeWrite]) -> list[WrittenNode | GraphError]:
    """Write nodes, each by itself: what one row is refused for is returned in its place.

    Rows that append to one record are one write, and have one fate.

    Notes
    -----
    Cost: seven statements a batch, whatever its size, and one more where anybody was ever erased;
    and what it costs to take back reports, where people are hidden from somebody.
    """
    rows = [_in_small_letters(row) for row in rows]
    writes, places = _folded(rows, await _ids_of(unit, rows))
    results = await _put_unique(unit, writes)
    return [results[place] for place in places]


async def _put_unique(
    unit: Unit, identified: Sequence[tuple[NodeWrite, str | None]]
) -> list[WrittenNode | GraphError]:
    writes = [write for write, _ in identified]
    ids = [node_id for _, node_id in identified]
    known = {i for i in ids if i is not None}
    await unit.lock(known)
    kept = await kept_nodes(unit, known)
    drafts = [_draft(unit, write, i, kept) for write, i in zip(writes, ids, strict=True)]
    erased = await _erased(unit, identified, drafts, kept)
    # Whoever does not come back is nobody's steward either.
    drafts = [Erased(REFUSAL) if i in erased else draft for i, draft in enumerate(drafts)]
    refused = await _refused_references(unit, drafts, kept)
    refused |= await _merged(unit, drafts, kept)
    plan = _Plan()
    results: list[WrittenNode | GraphError] = []
    done: set[str] = set()
    for index, (write, draft) in enumerate(zip(writes, drafts, strict=True)):
        if isinstance(draft, GraphError):
            results.append(draft)
        elif index in refused:
            results.append(refused[index])
        elif draft.id in done:
            results.append(Conflict(f"the id {draft.id} comes twice in one batch"))
        else:
            done.add(draft.id)
            results.append(_planned(unit, write, draft, kept[draft.id], plan))
    for kind in KINDS:
        if plan.created[kind]:
            await unit.run(f"write/create_{kind}", rows=plan.created[kind], shared=shared(unit.now))
    if plan.updated:
        await unit.run("write/update_nodes", rows=plan.updated)
    if plan.hidden and unit.rehearsal is None:
        await outdate_runs(unit, plan.hidden)
    unit.entries.extend(plan.entries)
    return results


async def put_node(unit: Unit, write: NodeWrite) -> WrittenNode:
    """Write one node, or raise what it is refused for."""
    (result,) = await put_nodes(unit, [write])
    if isinstance(result, GraphError):
        raise result
    return result


def kept_id(kind: Kind | None, given: str) -> str:
    """Return an id as it is kept: a person's is a UUID, which may be given in capitals."""
    return given.lower() if kind == "person" else given


def given_source_key(given: object, steward: str) -> str | None:
    """Return the key of a foreign id of a steward's as a row gives it; nothing if it is not whole.

    What names a record by its foreign id names one of the same steward.
    """
    if not isinstance(given, dict):
        return None
    source = cast("dict[str, Any]", given)
    parts = [source.get(part) for part in ("system", "type", "id")]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    named = ForeignId.model_construct(system=parts[0], type=parts[1], id=parts[2])
    return source_key(steward, named)


def _given_key(unit: Unit, fields: Fields) -> str | None:
    return given_source_key(fields.get("source"), unit.view.steward_of(fields))


def _kept_key(node: AnyNode | GraphError | None) -> str | None:
    if node is None or isinstance(node, GraphError) or node.source is None:
        return None
    return source_key(node.steward, node.source)


def _in_small_letters(write: NodeWrite) -> NodeWrite:
    if write.id is None or write.id == kept_id(write.kind, write.id):
        return write
    given: Any = write.fields.get("id")
    fields = {**write.fields, "id": given.lower()} if isinstance(given, str) else write.fields
    return replace(write, id=write.id.lower(), fields=fields)


def _folded(
    rows: Sequence[NodeWrite], ids: Sequence[str | None]
) -> tuple[list[tuple[NodeWrite, str | None]], list[int]]:
    """Return the writes that the rows make, and for every row the place of its write."""
    writes: list[tuple[NodeWrite, str | None]] = []
    places: list[int] = []
    place_of: dict[str, int] = {}
    for row, node_id in zip(rows, ids, strict=True):
        place = place_of.get(node_id) if node_id is not None and row.append else None
        if place is None:
            place = len(writes)
            writes.append((row, node_id))
            if node_id is not None:
                place_of.setdefault(node_id, place)
        else:
            first = writes[place][0]
            fields = onto(first.fields, row.fields, row.append)
            folded = replace(first, fields=fields, append=first.append | row.append)
            writes[place] = (folded, node_id)
        places.append(place)
    return writes, places


async def _ids_of(unit: Unit, writes: Sequence[NodeWrite]) -> list[str | None]:
    """Return each row's id: its own, that of its foreign id, or a new one."""
    keys = {
        index: key
        for index, write in enumerate(writes)
        if write.id is None and write.mode == "import" and (key := _given_key(unit, write.fields))
    }
    found = await unit.ids_of_sources(keys.values())
    ids: list[str | None] = []
    for index, write in enumerate(writes):
        if write.id is not None:
            ids.append(write.id)
        elif index in keys:
            ids.append(found.setdefault(keys[index], new_id()))
        else:
            ids.append(None if write.mode == "import" else new_id())
    return ids


async def kept_nodes(unit: Unit, ids: set[str]) -> dict[str, KeptNode]:
    """Return what is kept of these ids: the node, or the last version of a deleted one."""
    kept = dict.fromkeys(ids, KeptNode(None, None, 0))
    if not ids:
        return kept
    for row in await unit.rows("read/nodes", ids=sorted(ids), **EVERYTHING.parameters()):
        node = node_of(row["node"])
        facts = facts_of_node(row["node"], unit.view.consent)
        known = facts_of_node(row["node"], "sharing")
        kept[node.id] = KeptNode(node, row["node"].get("imported_version"), 0, facts, known)
    keys = {tombstone_key("node", "", i): i for i, known in kept.items() if known.node is None}
    for row in await unit.rows("read/tombstones", keys=sorted(keys)) if keys else []:
        kept[keys[row["key"]]] = KeptNode(None, None, row["version"])
    if unit.rehearsal is not None:
        earlier = unit.rehearsal.nodes(ids)
        kept |= {
            i: KeptNode(node, node.version, 0, NodeFacts(node.kind, node.steward))
            for i, node in earlier.items()
        }
    return kept


def _draft(
    unit: Unit, write: NodeWrite, node_id: str | None, kept: dict[str, KeptNode]
) -> AnyNode | GraphError:
    """Return the node as the row would leave it, or what the row is refused for."""
    if node_id is None:
        return Invalid.at("/id", "a row needs an id, or a source with system, type and id")
    current = kept[node_id].node
    try:
        if current is not None:
            facts = kept[node_id].facts or NodeFacts(current.kind, current.steward)
            _check_takes(unit, write, current, facts)
        elif write.mode == "merge":
            return NotFound(f"there is no {write.kind} {node_id}")
        elif write.expected is not None:
            return Stale(f"there is no {write.kind} {node_id}")
        node = revised_node(
            write.kind, node_id, current, write.fields, mode=write.mode, append=write.append
        )
        if not may_write(unit.view, node.steward):
            message = "one writes what one stewards, no more: give your own id as steward"
            return Forbidden(message)
        if current is not None and content(current) != node:
            _check_imported(write, current, kept[node_id])
    except GraphError as refusal:
        return refusal
    return node


def _check_imported(write: NodeWrite, current: AnyNode, kept: KeptNode) -> None:
    """Refuse an import that would undo what was done here since the last one."""
    if (
        write.mode == "import"
        and not write.replace_changed
        and kept.imported_version != current.version
    ):
        raise Conflict(f"{current.id} was changed here since its last import")


def _check_takes(unit: Unit, write: NodeWrite, current: AnyNode, facts: NodeFacts) -> None:
    """Refuse a write that the record, as it stands, does not take."""
    if current.kind != write.kind:
        if write.mode == "merge":
            raise NotFound(f"there is no {write.kind} {current.id}")
        raise Conflict(f"the id {current.id} is used by a record of another kind")
    if write.mode == "create":
        raise Conflict(f"the id {current.id} is in use")
    check_write(unit.view, facts)
    if write.absent:
        raise Stale(f"{current.id} exists")
    if write.mode != "import":
        check_version(current, write.expected)


async def _merged(
    unit: Unit, drafts: Sequence[AnyNode | GraphError], kept: dict[str, KeptNode]
) -> dict[int, GraphError]:
    """Return the rows that would make anew what was merged into another record."""
    new = {
        index: draft
        for index, draft in enumerate(drafts)
        if not isinstance(draft, GraphError) and kept[draft.id].node is None
    }
    keys = {index: key for index, node in new.items() if (key := _kept_key(node))}
    refused = await check_not_merged(unit, {node.id for node in new.values()}, keys.values())
    return {
        index: refusal
        for index, node in new.items()
        if (refusal := refused.get(node.id) or refused.get(keys.get(index, " ")))
    }


async def _erased(
    unit: Unit,
    identified: Sequence[tuple[NodeWrite, str | None]],
    drafts: Sequence[AnyNode | GraphError],
    kept: dict[str, KeptNode],
) -> set[int]:
    """Return the rows that would bring somebody back who was erased, refused otherwise or not."""
    rows: list[Named] = []
    for (write, node_id), draft in zip(identified, drafts, strict=True):
        current = kept[node_id].node if node_id is not None else None
        given = {_given_key(unit, write.fields), _kept_key(draft)} - {None, _kept_key(current)}
        keys = [key for key in given if key is not None]
        if current is not None:
            rows.append(Named((), keys))
        elif isinstance(draft, NotFound):
            rows.append(Named())
        else:
            rows.append(Named([node_id] if node_id is not None else [], keys))
    return await naming_erased(unit, rows)


def _is_kept(current: AnyNode | None, draft: AnyNode) -> bool:
    return current is not None and content(current) == draft


async def _refused_references(
    unit: Unit,
    drafts: Sequence[AnyNode | GraphError],
    kept: dict[str, KeptNode],
) -> dict[int, GraphError]:
    """Return the rows that name areas, stewards or foreign ids that they cannot have."""
    new = {
        index: draft
        for index, draft in enumerate(drafts)
        if not isinstance(draft, GraphError) and not _is_kept(kept[draft.id].node, draft)
    }
    areas = {area for node in new.values() for area in node.areas}
    stewards = {node.steward for node in new.values() if node.steward}
    keys = {index: key for index, node in new.items() if (key := _kept_key(node))}
    known_areas = (
        {row["id"] for row in await unit.rows("read/areas_of", ids=sorted(areas))}
        if areas
        else set[str]()
    )
    kinds: dict[str, str] = {i: facts.kind for i, facts in (await unit.facts(stewards)).items()}
    carriers = await unit.ids_of_sources(keys.values())
    groups = {node.id: node.kind for node in new.values() if node.kind in _STEWARDS}
    while True:
        there = kinds | groups
        claimed = dict(carriers)
        refused: dict[int, GraphError] = {}
        for index, node in new.items():
            faults = [
                Fault(f"/areas/{place}", f"there is no area {area}")
                for place, area in enumerate(node.areas)
                if area not in known_areas
            ]
            if node.steward and there.get(node.steward) not in _STEWARDS:
                missing = f"there is no association or agency {node.steward}"
                faults.append(Fault("/steward", missing))
            if faults:
                refused[index] = Invalid("the record names what is not there", faults)
            elif index in keys and claimed.setdefault(keys[index], node.id) != node.id:
                refused[index] = Conflict("another record carries the same source")
        # A row that is refused cannot be another row's steward, unless it is there already.
        lost = {node.id for index, node in new.items() if index in refused} & groups.keys()
        if not lost:
            return refused
        for node_id in lost:
            del groups[node_id]


def _as_written(node: AnyNode) -> NodeFacts:
    return NodeFacts(node.kind, node.steward, node.id, node.clearance, node.sensitive)


def _planned(
    unit: Unit, write: NodeWrite, draft: AnyNode, kept: KeptNode, plan: _Plan
) -> WrittenNode:
    """Add a row to the plan, unless it changes nothing."""
    current = kept.node
    if current is None:
        version = kept.buried_version + 1
        created_at, outcome = unit.now, "created"
    elif content(current) == draft:
        return WrittenNode(current, "unchanged")
    else:
        version = (current.version or 0) + 1
        created_at, outcome = current.created_at, "updated"
    node = draft.model_copy(
        update={"version": version, "created_at": created_at, "updated_at": unit.now}
    )
    properties = node_properties(node)
    if write.mode == "import":
        properties["imported_version"] = version
    if outcome == "created":
        plan.created[node.kind].append(new_row(properties))
    else:
        plan.updated.append(properties)
        if current is not None and hides(_as_written(current), _as_written(node)):
            plan.hidden.append(node.id)
    plan.entries.append(Entry("node", node.kind, node.id, outcome, version, node.steward))
    return WrittenNode(node, outcome)
