"""The schema is applied at each start, and its absence is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import pytest
from neo4j import AsyncGraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import ConstraintError

from cypher import UnknownStatement, statement, statements
from graph.engines.schema import apply_schema, verify_schema
from graph.errors import SchemaMismatch

if TYPE_CHECKING:
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

RELATIONSHIP_TYPES: list[LiteralString] = ["OFFERS", "WANTS", "CONNECTS", "TRUSTS"]
KINDS: list[LiteralString] = ["Person", "Association", "Agency", "Asset"]


async def test_applying_the_schema_twice_changes_nothing(connection: Connection) -> None:
    embedded = connection.engine.embedded
    before = await _shown(connection)
    await apply_schema(connection.run_all, embedded=embedded, epoch="a later epoch")
    await verify_schema(connection.run_all, embedded=embedded)
    assert await _shown(connection) == before
    assert await connection.query("MATCH (n:Node) RETURN n") == []


async def test_a_new_start_keeps_the_epoch_and_the_number_of_the_last_change(
    connection: Connection,
) -> None:
    before = await connection.query(
        "MATCH (c:Counter {id: 'changes'}) SET c.value = 7 "
        "WITH c MATCH (e:Counter {id: 'epoch'}) RETURN e.text AS text"
    )
    await apply_schema(
        connection.run_all, embedded=connection.engine.embedded, epoch="a later epoch"
    )
    after = await connection.query(
        "MATCH (c:Counter {id: 'changes'}), (e:Counter {id: 'epoch'}) "
        "RETURN c.value AS value, e.text AS text"
    )
    assert after[0].data() == {"value": 7, "text": before[0]["text"]}


@pytest.mark.parametrize("missing", ["constraint_node_source_key", "constraint_offers_id"])
async def test_a_missing_constraint_is_noticed_and_mended(
    connection: Connection, missing: LiteralString
) -> None:
    embedded = connection.engine.embedded
    await connection.query("DROP CONSTRAINT " + missing)
    with pytest.raises(SchemaMismatch, match=missing):
        await verify_schema(connection.run_all, embedded=embedded)
    await apply_schema(connection.run_all, embedded=embedded, epoch="any")
    await verify_schema(connection.run_all, embedded=embedded)


async def test_a_missing_index_is_noticed_and_mended(connection: Connection) -> None:
    embedded = connection.engine.embedded
    await connection.query("DROP INDEX index_node_steward")
    with pytest.raises(SchemaMismatch, match="index_node_steward"):
        await verify_schema(connection.run_all, embedded=embedded)
    await apply_schema(connection.run_all, embedded=embedded, epoch="any")


async def test_every_constraint_and_index_is_named_for_its_file(connection: Connection) -> None:
    for name in statements("schema") + statements("schema/embedded"):
        kind, _, rest = name.rpartition("/")[2].partition("_")
        if kind in ("constraint", "index", "type"):
            assert f" {kind}_{rest} IF NOT EXISTS" in statement(name)
    assert {name for name, _, _ in await _shown(connection)} >= {
        name.rpartition("/")[2]
        for name in statements("schema")
        if not name.startswith("schema/singleton_")
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_an_id_is_given_once_whatever_the_kind(
    connection: Connection, kind: LiteralString
) -> None:
    await connection.query("CREATE (:Node:" + kind + " {id: 'the one'})")
    with pytest.raises(ConstraintError):
        await connection.query("CREATE (:Node:Person {id: 'the one'})")


async def test_records_without_a_foreign_id_do_not_collide(connection: Connection) -> None:
    await connection.query("UNWIND ['a', 'b'] AS id CREATE (:Node:Asset {id: id})")
    await connection.query("CREATE (:Node:Asset {id: 'c', source_key: 'register/1'})")
    with pytest.raises(ConstraintError):
        await connection.query("CREATE (:Node:Agency {id: 'd', source_key: 'register/1'})")


@pytest.mark.parametrize("relationship_type", RELATIONSHIP_TYPES)
async def test_the_id_of_a_tie_is_given_once_within_its_type(
    connection: Connection, relationship_type: LiteralString
) -> None:
    create: LiteralString = (
        "MATCH (a:Node {id: 'a'}), (b:Node {id: 'b'}) "
        "CREATE (a)-[:" + relationship_type + " {id: 'one'}]->(b)"
    )
    await connection.query("UNWIND ['a', 'b'] AS id CREATE (:Node:Person {id: id})")
    await connection.query(create)
    with pytest.raises(ConstraintError):
        await connection.query(create)


async def test_applying_the_schema_brings_no_notification(connection: Connection) -> None:
    engine = connection.engine
    await connection.query("DROP INDEX index_node_steward")
    async with AsyncGraphDatabase.driver(
        engine.uri,
        auth=(engine.user, engine.password),
        notifications_min_severity=NotificationMinimumSeverity.INFORMATION,
        warn_notification_severity=NotificationMinimumSeverity.INFORMATION,
    ) as driver:
        # The driver turns each notification into a warning, and a warning fails the test.
        watched = type(connection)(engine, driver)
        await apply_schema(watched.run_all, embedded=engine.embedded, epoch="any")


def test_an_unknown_statement_says_its_file() -> None:
    with pytest.raises(UnknownStatement, match=r"cypher/read/nothing\.cypher"):
        statement("read/nothing")


async def _shown(connection: Connection) -> list[tuple[str, str, list[str]]]:
    constraints = await connection.query(
        "SHOW CONSTRAINTS YIELD name, type, properties RETURN name, type, properties ORDER BY name"
    )
    indexes = await connection.query(
        "SHOW INDEXES YIELD name, type, properties, owningConstraint "
        "WHERE owningConstraint IS NULL AND type = 'RANGE' "
        "RETURN name, type, properties ORDER BY name"
    )
    return [(row["name"], row["type"], row["properties"]) for row in constraints + indexes]
