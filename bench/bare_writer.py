"""A bare program that writes what an import writes, with the driver and nothing else.

It gets rows whose every property is decided, asks nothing, checks nothing, and packs the same
change entries: the least that anybody could do.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString, NamedTuple
from uuid import uuid4

from neo4j import AsyncGraphDatabase, NotificationMinimumSeverity

from graph.revising import revised_node, revised_tie
from graph.rules import settled_clearance
from graph.store.properties import node_properties, tie_properties
from graph.store.units import Entry, packed
from graph.values import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from neo4j import AsyncDriver, AsyncTransaction

    from bench.community import Community, Fields
    from graph.engines.addresses import Engine
    from graph.nodes import Kind

_CREATE: Final[dict[str, LiteralString]] = {
    "person": "UNWIND $rows AS row CREATE (n:Node:Person) SET n = row",
    "association": "UNWIND $rows AS row CREATE (n:Node:Association) SET n = row",
    "agency": "UNWIND $rows AS row CREATE (n:Node:Agency) SET n = row",
    "asset": "UNWIND $rows AS row CREATE (n:Node:Asset) SET n = row",
    "offers": """UNWIND $rows AS row
        MATCH (a:Node {id: row.source}) MATCH (b:Node {id: row.target})
        CREATE (a)-[r:OFFERS]->(b) SET r = row.properties""",
    "wants": """UNWIND $rows AS row
        MATCH (a:Node {id: row.source}) MATCH (b:Node {id: row.target})
        CREATE (a)-[r:WANTS]->(b) SET r = row.properties""",
    "connects": """UNWIND $rows AS row
        MATCH (a:Node {id: row.source}) MATCH (b:Node {id: row.target})
        CREATE (a)-[r:CONNECTS]->(b) SET r = row.properties""",
    "trusts": """UNWIND $rows AS row
        MATCH (a:Node {id: row.source}) MATCH (b:Node {id: row.target})
        CREATE (a)-[r:TRUSTS]->(b) SET r = row.properties""",
}
_RECORD: Final[LiteralString] = """
    MATCH (c:Counter {id: 'changes'})
    SET c.value = c.value + $count
    CREATE (:Change {first: c.value - $count + 1, count: $count, unit: $unit, at: $at,
      ids: $ids, entities: $entities, types: $types, actions: $actions, versions: $versions,
      stewards: $stewards, sources: $sources, targets: $targets, audiences: $audiences})"""


class Batch(NamedTuple):
    """What one transaction writes: rows by kind or type, and their change entries."""

    rows: dict[str, list[Fields]]
    changes: Fields


def driver_of(engine: Engine) -> AsyncDriver:
    """Return a driver on an engine."""
    return AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType] - its configuration is untyped
        engine.uri,
        auth=(engine.user, engine.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    )


@asynccontextmanager
async def transaction_on(driver: AsyncDriver, database: str) -> AsyncGenerator[AsyncTransaction]:
    """Begin an explicit transaction; what is not committed in it is undone."""
    session = driver.session(database=database)  # pyright: ignore[reportUnknownMemberType] - its configuration is untyped
    async with session, await session.begin_transaction() as transaction:
        yield transaction


def batches_of(drawn: Community, *, size: int) -> list[Batch]:
    """Return what an import of these rows writes, transaction by transaction."""
    kind_of = {node["id"]: node["kind"] for node in drawn.nodes}
    now = datetime.now(UTC).replace(microsecond=0)
    kept = {"version": 1, "created_at": now, "updated_at": now}
    groups: list[tuple[str, Fields, Entry]] = []
    others: list[tuple[str, Fields, Entry]] = []
    for fields in drawn.nodes:
        node = revised_node(fields["kind"], fields["id"], None, fields, mode="import")
        properties = node_properties(node.model_copy(update=kept)) | {"imported_version": 1}
        entry = Entry("node", node.kind, node.id, "created", 1)
        part = groups if node.kind in ("association", "agency") else others
        part.append((node.kind, _given(properties), entry))
    ties: list[tuple[str, Fields, Entry]] = []
    for fields in drawn.ties:
        row, entry = tie_row(fields, (kind_of[fields["source"]], kind_of[fields["target"]]), now)
        row["properties"]["imported_version"] = 1
        ties.append((entry.type, row, entry))
    return [
        _batch(part[start : start + size], now)
        for part in (groups, others, ties)
        for start in range(0, len(part), size)
    ]


def tie_row(fields: Fields, kinds: tuple[Kind, Kind], now: datetime) -> tuple[Fields, Entry]:
    """Return a tie between two kinds as it is kept when it is new, and its change entry."""
    settled = revised_tie(fields["type"], None, fields, mode="import")
    tie = settled_clearance(settled, *kinds)
    fresh = {"id": tie.id or new_id(), "version": 1, "created_at": now, "updated_at": now}
    kept = tie.model_copy(update=fresh)
    row = {"source": tie.source, "target": tie.target, "properties": _given(tie_properties(kept))}
    return row, Entry("tie", kept.type, str(kept.id), "created", 1, None, tie.source, tie.target)


def _given(properties: Fields) -> Fields:
    return {name: value for name, value in properties.items() if value is not None}


def _batch(rows: Sequence[tuple[str, Fields, Entry]], now: datetime) -> Batch:
    by_what: dict[str, list[Fields]] = defaultdict(list)
    for what, row, _ in rows:
        by_what[what].append(row)
    changes: dict[str, Any] = packed([entry for _, _, entry in rows])
    return Batch(dict(by_what), {**changes, "unit": uuid4().hex, "at": now})


async def write(driver: AsyncDriver, database: str, batches: Sequence[Batch]) -> None:
    """Write batches, each in an explicit transaction."""
    for batch in batches:
        async with transaction_on(driver, database) as transaction:
            for what, rows in batch.rows.items():
                result = await transaction.run(_CREATE[what], {"rows": rows})
                await result.consume()
            result = await transaction.run(_RECORD, batch.changes)
            await result.consume()
            await transaction.commit()
