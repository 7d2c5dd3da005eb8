"""Opening the store: an engine is started or found, its schema applied and verified."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from graph.engines.embedded import EmbeddedEngine
from graph.engines.schema import apply_schema
from graph.store.client import Client
from graph.store.probe import answers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from graph.engines.addresses import Engine
    from graph.store.client import Transaction


@asynccontextmanager
async def open_store(
    engine: Engine | None, data_folder: Path, *, budget_seconds: float
) -> AsyncGenerator[Client]:
    """Yield connections to an engine that is ready, and close everything in the end.

    Parameters
    ----------
    engine
        The address of a server; null for the embedded engine, with its files in `data_folder`.

    Raises
    ------
    EngineUnavailable, FolderInUse, SchemaMismatch
        When it cannot be had.
    """
    if engine is not None:
        await answers(engine)
        async with Client(engine, budget_seconds=budget_seconds) as client:
            await prepare(client)
            yield client
        return
    async with (
        EmbeddedEngine(data_folder, answers) as embedded,
        Client(embedded.engine, budget_seconds=budget_seconds) as client,
    ):
        await prepare(client)
        await embedded.make_durable()
        yield client


async def prepare(client: Client) -> None:
    """Apply the schema and verify it.

    Raises
    ------
    SchemaMismatch
        When something is missing afterwards.
    """

    async def run(asked: Mapping[str, Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
        async def work(transaction: Transaction) -> Sequence[Mapping[str, object]]:
            return [
                row
                for name, parameters in asked.items()
                for row in await transaction.rows(name, **parameters)
            ]

        rows, _ = await client.write(work)
        return rows

    await apply_schema(run, embedded=client.engine.embedded, epoch=uuid4().hex)
