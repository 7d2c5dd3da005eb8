"""A store written anew, so that nothing that was deleted from it lingers in its files.

Engines keep deleted texts in their files, and writing over a text before it is deleted does not
help: it is written elsewhere. What helps is a fresh store that holds what is there and nothing
else, verified, in the place of the old one.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.engines import folder
from graph.engines.embedded import EmbeddedEngine
from graph.errors import Conflict, GraphError
from graph.nodes import KINDS
from graph.store.client import Client
from graph.store.opening import open_store, prepare
from graph.store.probe import answers
from graph.store.tallies import Tally
from graph.ties import TIE_TYPES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from pathlib import Path

    from graph.engines.addresses import Engine
    from graph.store.client import Row

    Tell = Callable[[int, int | None], None]

_AT_ONCE: Final = 1_000
_LONG_AT_ONCE: Final = 8
"""A page of a long result has half a million characters."""


class CopyDiffers(GraphError):
    """The copy does not hold what the store holds; the store is as it was."""


class _Part(NamedTuple):
    """One kind of record: its place in the order is its key's, after `first`."""

    name: str
    first: str | int = ""
    at_once: int = _AT_ONCE


_RECORDS: Final = (
    _Part("areas"),
    _Part("audits"),
    _Part("changes", -1, 200),
    _Part("clearances"),
    _Part("consents"),
    _Part("corrections"),
    _Part("jobs"),
    _Part("keys"),
    _Part("merges"),
    _Part("overrides"),
    _Part("pages", at_once=_LONG_AT_ONCE),
    _Part("requests"),
    _Part("retention_reports"),
    _Part("runs"),
    _Part("same_as"),
    _Part("schedules"),
    _Part("tombstones"),
    # Last: a copy that was cut short does not know the last change.
    _Part("counters"),
)
_NODES: Final = _Part("nodes")

Tallies = dict[str, Tally]


async def compact_folder(
    data_folder: Path, *, budget_seconds: float, tell: Tell | None = None
) -> Tallies:
    """Write the embedded store of a data folder anew, and put it in the place of the old one.

    Killed at any moment, it leaves the old store or the new one in its place; the next start on
    the folder removes the rest.

    Returns
    -------
    What the store holds.

    Raises
    ------
    FolderInUse
        When a service runs on the folder.
    CopyDiffers
        When the copy is not equal; the old store stays.
    """
    claim = folder.claim(data_folder)
    try:
        folder.settle(data_folder)
        fresh = folder.fresh_folder(data_folder)
        async with (
            EmbeddedEngine(data_folder, answers, claimed=True) as old,
            Client(old.engine, budget_seconds=budget_seconds) as source,
            open_store(None, fresh, budget_seconds=budget_seconds) as target,
        ):
            await prepare(source)
            copied = await _copied(source, target, tell)
        # What is compared is what is in the files by now.
        async with open_store(None, fresh, budget_seconds=budget_seconds) as target:
            _compare(copied, await tallies(target))
        folder.swap(data_folder)
    finally:
        os.close(claim)
    return copied


async def compact_server(
    engine: Engine, into: Engine, *, budget_seconds: float, tell: Tell | None = None
) -> Tallies:
    """Write the store of a server anew into an empty one; nothing of the first is changed.

    Raises
    ------
    Conflict
        When the other one is not empty.
    CopyDiffers
        When the copy is not equal, or the store was written to meanwhile.
    """
    await answers(into)
    async with Client(into, budget_seconds=budget_seconds) as target:
        if count := await _count(target, "read/count_of_nodes"):
            raise Conflict(f"the database at {into.uri} is not empty: it holds {count} nodes")
    async with (
        _on_server(engine, budget_seconds) as source,
        _on_server(into, budget_seconds) as target,
    ):
        copied = await _copied(source, target, tell)
        _compare(copied, await tallies(target))
        # Nothing keeps another service from the server.
        _compare(await tallies(source), copied)
    return copied


@asynccontextmanager
async def _on_server(engine: Engine, budget_seconds: float) -> AsyncGenerator[Client]:
    await answers(engine)
    async with Client(engine, budget_seconds=budget_seconds) as client:
        await prepare(client)
        yield client


async def tallies(client: Client) -> Tallies:
    """Return how much there is of everything, and its digest."""
    found: Tallies = defaultdict(Tally)
    for part in (*_RECORDS, _NODES):
        async for rows in _pages(client, part):
            found[part.name].add(row["properties"] for row in rows)
            if part is _NODES:
                for tie in await _ties_from(client, rows):
                    found[tie["type"]].add([tie])
    return dict(found)


async def _copied(source: Client, target: Client, tell: Tell | None) -> Tallies:
    """Copy everything; return what was copied."""
    total = await _count(source, "read/count_of_nodes")
    total += await _count(source, "read/count_of_relationships")
    copying = _Copying(source, target, tell, total)
    await copying.nodes()
    await copying.ties()
    for part in _RECORDS:
        await copying.records(part)
    if copying.done != total:
        raise CopyDiffers(
            f"the store holds {total} nodes and relationships, of which {copying.done} are "
            "Wholemap's; or it was written to meanwhile"
        )
    return dict(copying.found)


class _Copying:
    """A copy under way: what was read, and written as it is."""

    def __init__(self, source: Client, target: Client, tell: Tell | None, total: int) -> None:
        self._source = source
        self._target = target
        self._tell = tell
        self._total = total
        self.done = 0
        self.found: Tallies = defaultdict(Tally)

    async def nodes(self) -> None:
        async for rows in _pages(self._source, _NODES):
            properties = [row["properties"] for row in rows]
            for kind in KINDS:
                if some := [row for row in properties if row["kind"] == kind]:
                    await self._write(f"write/create_{kind}", some, shared={})
            self._count("nodes", properties)

    async def ties(self) -> None:
        """Copy the ties, when both ends of each are there."""
        async for rows in _pages(self._source, _NODES):
            by_type: dict[str, list[Row]] = defaultdict(list)
            for tie in await _ties_from(self._source, rows):
                by_type[tie["type"]].append(tie)
            for type_ in TIE_TYPES:
                for start in range(0, len(by_type[type_]), _AT_ONCE):
                    some = by_type[type_][start : start + _AT_ONCE]
                    await self._write(f"write/create_{type_}", some, shared={})
                    self._count(type_, some)

    async def records(self, part: _Part) -> None:
        async for rows in _pages(self._source, part):
            properties = [row["properties"] for row in rows]
            await self._write(f"write/copy_{part.name}", properties)
            self._count(part.name, properties)

    async def _write(self, name: str, rows: list[Row], **more: object) -> None:
        await self._target.write(lambda t: t.run(name, rows=rows, **more))

    def _count(self, name: str, rows: list[Row]) -> None:
        self.found[name].add(rows)
        self.done += len(rows)
        if self._tell is not None:
            self._tell(self.done, self._total)


async def _pages(client: Client, part: _Part) -> AsyncIterator[list[Row]]:
    after = part.first
    while rows := await client.rows(f"read/whole_{part.name}", after=after, limit=part.at_once):
        yield rows
        after = rows[-1]["place"]


async def _ties_from(client: Client, nodes: list[Row]) -> list[Row]:
    ids = [node["place"] for node in nodes]
    return await client.rows("read/whole_ties_from", ids=ids)


async def _count(client: Client, name: str) -> int:
    row = await client.row(name)
    return row["count"] if row else 0


def _compare(copied: Tallies, found: Tallies) -> None:
    if unequal := sorted(
        name for name in copied.keys() | found.keys() if copied.get(name) != found.get(name)
    ):
        raise CopyDiffers(f"the copy and the store differ in their {', '.join(unequal)}")
