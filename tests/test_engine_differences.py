"""Where the engines differ, as docs/engines.md has it: a test fails when a difference is gone."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import neo4j
import pytest
from neo4j import AsyncGraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import ClientError, ConstraintError, Neo4jError, TransientError

from cypher import statement, statements
from graph.errors import Invalid
from graph.policy import EVERYTHING
from graph.store.client import Client
from graph.store.reading import Reader
from graph.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent

ADD_ONE: LiteralString = "MATCH (n:Node {id: 'one'}) SET n.version = n.version + 1"
MERGE_ONE: LiteralString = "MERGE (t:Tombstone {key: 'one'})"


@asynccontextmanager
async def _session(
    connection: Connection, access: str = neo4j.WRITE_ACCESS
) -> AsyncGenerator[neo4j.AsyncSession]:
    engine = connection.engine
    async with (
        AsyncGraphDatabase.driver(
            engine.uri,
            auth=(engine.user, engine.password),
            notifications_min_severity=NotificationMinimumSeverity.INFORMATION,
        ) as driver,
        driver.session(database=engine.database, default_access_mode=access) as session,
    ):
        yield session


async def test_a_write_outside_of_a_transaction_is_half_done_on_the_embedded_engine(
    connection: Connection,
) -> None:
    await connection.query("UNWIND range(1, 10) AS id CREATE (:Sum {id: id})")
    half: LiteralString = (
        "UNWIND range(1, 10) AS id MATCH (n:Sum {id: id}) "
        "SET n.done = CASE WHEN id = 5 THEN 1 / 0 ELSE 1 END"
    )
    async with _session(connection) as session:
        with pytest.raises(Neo4jError):
            await (await session.run(half)).consume()
    rows = await connection.query("MATCH (n:Sum) WHERE n.done = 1 RETURN n")
    assert len(rows) == (4 if connection.engine.embedded else 0)
    # In a transaction, which is how the store writes, both leave nothing.
    await connection.query("MATCH (n:Sum) REMOVE n.done")
    with pytest.raises(Neo4jError):
        await connection.query(half)
    assert await connection.query("MATCH (n:Sum) WHERE n.done = 1 RETURN n") == []


async def test_a_read_session_may_write_on_the_embedded_engine(connection: Connection) -> None:
    async with _session(connection, neo4j.READ_ACCESS) as session:
        transaction = await session.begin_transaction()
        if connection.engine.embedded:
            await _done(transaction, "CREATE (:Sum {id: 1})")
            await transaction.commit()
        else:
            with pytest.raises(ClientError, match="read access mode"):
                await _done(transaction, "CREATE (:Sum {id: 1})")
    rows = await connection.query("MATCH (n:Sum) RETURN n")
    assert len(rows) == int(connection.engine.embedded)


async def test_the_second_writer_of_a_node_is_refused_on_the_embedded_engine_and_waits_on_neo4j(
    connection: Connection,
) -> None:
    await connection.query("CREATE (:Node:Asset {id: 'one', version: 1})")
    async with _session(connection) as one, _session(connection) as two:
        first, second = await one.begin_transaction(), await two.begin_transaction()
        await (await first.run(ADD_ONE)).consume()
        waiting = asyncio.create_task(_done(second, ADD_ONE))
        if connection.engine.embedded:
            await waiting
            await first.commit()
            with pytest.raises(TransientError):
                await second.commit()
        else:
            assert await asyncio.wait([waiting], timeout=0.3) == (set(), {waiting})
            await first.commit()
            await waiting
            await second.commit()
    rows = await connection.query("MATCH (n:Node {id: 'one'}) RETURN n.version AS version")
    assert rows[0]["version"] == (2 if connection.engine.embedded else 3)


async def test_the_loser_of_a_merge_is_refused_on_the_embedded_engine_and_finds_it_on_neo4j(
    connection: Connection,
) -> None:
    async with _session(connection) as one, _session(connection) as two:
        first, second = await one.begin_transaction(), await two.begin_transaction()
        await (await first.run(MERGE_ONE)).consume()
        waiting = asyncio.create_task(_done(second, MERGE_ONE))
        if connection.engine.embedded:
            await waiting
            await first.commit()
            with pytest.raises(ConstraintError):
                await second.commit()
        else:
            await first.commit()
            await waiting
            await second.commit()
    assert len(await connection.query("MATCH (t:Tombstone) RETURN t")) == 1


async def _done(transaction: neo4j.AsyncTransaction, text: LiteralString) -> None:
    await (await transaction.run(text)).consume()


async def test_a_bookmark_that_nobody_gave_is_refused_by_neo4j_alone(
    connection: Connection,
) -> None:
    async with Client(connection.engine) as client:
        commit = await Writer(client, EVERYTHING).create_area({"id": "east", "name": "East"})
        read = Reader(client, EVERYTHING, commit.bookmarks)
        assert await read.area("east") == commit.result
        invented = Reader(client, EVERYTHING, ["nobody gave this"])
        if connection.engine.embedded:
            assert await invented.area("east") == commit.result
        else:
            with pytest.raises(Invalid, match="bookmark"):
                await invented.area("east")


async def test_remarks_on_a_statement_come_from_neo4j_alone(connection: Connection) -> None:
    async with (
        _session(connection) as session,
        await session.begin_transaction() as transaction,
    ):
        result = await transaction.run("MATCH (a:Node), (b:Node) RETURN a, b")
        summary = await result.consume()
    remarks = [status.gql_status for status in summary.gql_status_objects]
    # A cartesian product, in the words of GQL.
    assert ("03N90" in remarks) == (not connection.engine.embedded)


async def test_types_of_properties_are_declared_on_the_embedded_engine_alone(
    connection: Connection,
) -> None:
    declaration = statement("schema/embedded/type_node_id")
    if connection.engine.embedded:
        await connection.query(declaration)
    else:
        with pytest.raises(Neo4jError, match="Enterprise"):
            await connection.query(declaration)


async def test_the_index_behind_a_constraint_is_named_for_it_on_neo4j_alone(
    connection: Connection,
) -> None:
    rows = await connection.query(
        "SHOW INDEXES YIELD name, owningConstraint WHERE owningConstraint IS NOT NULL "
        "RETURN name, owningConstraint AS owner"
    )
    named = {row["name"] for row in rows if row["name"] == row["owner"]}
    assert ("constraint_node_id" in named) == (not connection.engine.embedded), rows


async def test_any_inside_a_case_is_right_on_neo4j_alone(connection: Connection) -> None:
    """Seen on ArcadeDB 26.10.2: the branch that is not taken decides."""
    await connection.run("write/copy_clearances", {"rows": [{"id": "c", "said": ["a"]}]})
    rows = await connection.query(
        "MATCH (c:Clearance) "
        "WHERE CASE WHEN c.said IS NULL THEN any(word IN c.said WHERE word = 'a') ELSE false END "
        "RETURN c.id AS id"
    )
    assert bool(rows) == connection.engine.embedded
    rows = await connection.query(
        "MATCH (c:Clearance) WHERE CASE WHEN c.said IS NULL "
        "THEN size([word IN c.said WHERE word = 'a']) > 0 ELSE false END RETURN c.id AS id"
    )
    assert rows == []


def test_no_statement_asks_optionally_for_each_of_many_rows() -> None:
    """Seen on ArcadeDB 26.10.2: after UNWIND of several rows it does not use the index."""
    for name in (*statements("read"), *statements("write")):
        assert not re.search(r"UNWIND.*OPTIONAL MATCH", statement(name), re.DOTALL), name


def test_no_statement_merges_on_more_than_one_label() -> None:
    """Seen on ArcadeDB 26.10.2: such a MERGE scans all nodes of the first label."""
    for name in (*statements("read"), *statements("write"), *statements("schema")):
        assert not re.search(r"MERGE\s*\(\w*:\w+:", statement(name)), name


def test_no_label_is_set_or_taken_after_the_creation() -> None:
    """Seen on ArcadeDB 26.10.2: a label added in the transaction that made the node fails it."""
    for name in statements("write"):
        assert not re.search(r"(?:SET|REMOVE)\s+\w+:", statement(name)), name


def test_every_difference_names_a_test_that_there_is() -> None:
    page = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/test_\w+\.py)::(test_\w+)`", page)
    assert len(named) > 15
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"
    table = [line for line in page.splitlines() if line.startswith("| ")]
    rows = [line for line in table if not re.match(r"\| (?:what|-)", line)]
    assert rows
    for row in rows:
        assert "::test_" in row, row
