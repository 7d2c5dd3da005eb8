"""The transactions of single requests, bare: the same statements by the same driver, no more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from neo4j import READ_ACCESS

from bench.bare_writer import tie_row, transaction_on
from cypher import statement
from graph.policy import EVERYTHING, Caller, view
from graph.store.properties import new_row, shared
from graph.store.units import packed

if TYPE_CHECKING:
    from neo4j import AsyncDriver

    from bench.community import Fields
    from graph.engines.addresses import Engine

_COORDINATOR: Final = view(Caller("bench", "coordinator"), "record", date(2026, 3, 1))
"""What the service's own caller sees: the statement decides it for the peer as well."""

_AUDIT: Final = {"chain": "c" * 32, "class": "write", "text": "x" * 400}
"""An entry of the audit, as long as that of one tie."""


async def read_node(driver: AsyncDriver, engine: Engine, node_id: str) -> None:
    """Read a node as `GET /v1/people/{id}` does."""
    async with transaction_on(driver, engine.database) as transaction:
        asked = {"id": node_id, **_COORDINATOR.parameters()}
        result = await transaction.run(statement("read/node"), asked)
        assert await result.data()


async def read_node_at_once(driver: AsyncDriver, engine: Engine, node_id: str) -> None:
    """Read a node by the statement alone, in the transaction that the engine makes of it."""
    asked = {"id": node_id, **_COORDINATOR.parameters()}
    session = driver.session(  # pyright: ignore[reportUnknownMemberType] - its configuration is untyped
        database=engine.database, default_access_mode=READ_ACCESS
    )
    async with session:
        assert await (await session.run(statement("read/node"), asked)).data()


async def create_tie(driver: AsyncDriver, engine: Engine, fields: Fields) -> None:
    """Create a tie between two people as `POST /v1/ties` does."""
    now = datetime.now(UTC).replace(microsecond=0)
    row, entry = tie_row(fields, ("person", "person"), now)
    rows = [{**row, "properties": new_row(row["properties"])}]
    ends = sorted((row["source"], row["target"]))
    pairs = [{"source": row["source"], "target": row["target"]}]
    changes: dict[str, Any] = {**packed([entry]), "unit": uuid4().hex, "at": now}
    async with transaction_on(driver, engine.database) as transaction:
        facts = "read/node_facts" if engine.embedded else "write/lock_nodes"
        for name, parameters in (
            (facts, {"ids": ends}),
            ("read/ties_between_from_source", {"pairs": pairs, **EVERYTHING.parameters()}),
        ):
            await (await transaction.run(statement(name), parameters)).data()
        for name, parameters in (
            ("write/create_trusts", {"rows": rows, "shared": shared(now)}),
            ("write/record_audit", {"id": uuid4().hex, "at": now, **_AUDIT}),
            ("write/record_changes", changes),
        ):
            await (await transaction.run(statement(name), parameters)).consume()
        await transaction.commit()
