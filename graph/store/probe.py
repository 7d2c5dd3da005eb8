"""Whether an engine answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neo4j import AsyncGraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from cypher import statement
from graph.errors import EngineUnavailable

if TYPE_CHECKING:
    from graph.engines.addresses import Engine


async def answers(engine: Engine) -> None:
    """Ask the engine a query and return when it was answered.

    Raises
    ------
    EngineUnavailable
        When it was not, after the driver's own attempts (30 s).
    """
    credentials = (engine.user, engine.password)
    try:
        async with AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType] - **config
            engine.uri, auth=credentials
        ) as driver:
            await driver.execute_query(statement("read/answer"), database_=engine.database)
    except (DriverError, Neo4jError) as failure:
        raise EngineUnavailable(
            f"the engine at {engine.uri} does not answer: {failure}"
        ) from failure
