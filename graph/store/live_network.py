"""The network in memory, kept current by the change feed."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from graph.consents import Sight
from graph.errors import Expired
from graph.network import Network, NodeRow, Opening, Reported, TieRow
from graph.policy import EVERYTHING
from graph.store.changes import NOBODY, Change, Standing, changes_after, standing
from graph.store.properties import native
from graph.ties import TieType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence

    from graph.network import Snapshot
    from graph.policy import View
    from graph.store.client import Client, Row, Transaction

MOST_CHANGES_READ: Final = 5_000
"""After more changes than this the network is loaded anew, which is quicker."""


class LiveNetwork:
    """One network in memory for one service process.

    A question first reads the number of the last change, re-reads by id what changed since, and
    only then answers: so it has seen every acknowledged write, whichever process wrote it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._network: Network | None = None
        self._refreshing = asyncio.Lock()

    async def on(
        self, day: date, view: View = EVERYTHING, *, bookmarks: Collection[str] = ()
    ) -> Snapshot:
        """Return the network of a day as it is known now, as far as a view sees it.

        Notes
        -----
        Cost: one small statement where nothing changed, two more for each batch of changes, and a
        streaming pass over everything the first time or after a large import.
        """
        (found,) = await self.on_days([day], view, bookmarks=bookmarks)
        return found

    async def on_days(
        self, days: Sequence[date], view: View = EVERYTHING, *, bookmarks: Collection[str] = ()
    ) -> list[Snapshot]:
        """Return the network of several days, all of them as of one revision."""
        async with self._refreshing:
            network = await self._current(bookmarks)
            return [await asyncio.to_thread(network.on, day, view) for day in days]

    async def _current(self, bookmarks: Collection[str]) -> Network:
        stands = await standing(self._client, bookmarks)
        now = stands.revision
        network = self._network
        if (
            network is None
            or network.epoch != now.epoch
            # A revision that went back: the store was emptied, or is an older copy of itself.
            or not 0 <= now.number - network.revision <= MOST_CHANGES_READ
        ):
            network = await self._loaded(stands)
        if now.number > network.revision:
            try:
                await self._catch_up(network, stands)
            except Expired:
                network = await self._loaded(stands)
        self._network = network
        return network

    async def _loaded(self, stands: Standing) -> Network:
        """Load everything, then what changed while it was loading."""
        self._network = None
        network = Network(epoch=stands.revision.epoch, revision=stands.revision.number)
        # `put` is idempotent: what the stream saw already is put again by the catching up.
        await self._pour(
            "read/network_nodes", lambda rows: network.load(map(node_row, rows)), stands
        )
        await self._pour(
            "read/network_ties",
            lambda rows: network.load((), (tie_row(tie) for (ties,) in rows for tie in ties)),
            stands,
        )
        latest = await standing(self._client)
        if latest.revision.number > network.revision:
            await self._catch_up(network, latest)
        return network

    async def _catch_up(self, network: Network, stands: Standing) -> None:
        number = stands.revision.number
        await self._client.read(lambda t: _catch_up(t, network, number), bookmarks=stands.bookmarks)

    async def _pour(
        self, name: str, load: Callable[[list[list[Any]]], None], stands: Standing
    ) -> None:
        def batches(transaction: Transaction) -> AsyncIterator[list[list[Any]]]:
            return transaction.batches(name, **EVERYTHING.parameters())

        async for rows in self._client.stream(batches, stands.bookmarks):
            load(rows)
            await asyncio.sleep(0)


async def _catch_up(transaction: Transaction, network: Network, number: int) -> None:
    """Apply the changes up to a number: what is gone is dropped, the rest re-read by id."""
    found = await changes_after(
        transaction, network.revision, number - network.revision, up_to=number
    )
    if any(NOBODY in (change.id, change.source, change.target) for change in found):
        raise Expired("who was erased is no longer named: what is gone cannot be told")
    everything = EVERYTHING.parameters()
    nodes = {change.id for change in found if change.entity == "node"}
    nodes.update(e for c in found if c.entity == "same_as" for e in (c.source, c.target))
    rows = (
        await transaction.rows("read/network_nodes_of", ids=sorted(nodes), **everything)
        if nodes
        else []
    )
    there = {row["id"] for row in rows}
    network.load([node_row(_values(row)) for row in rows])
    for gone in nodes - there:
        network.drop_node(gone)
    await _catch_up_ties(transaction, network, found)
    network.revision = number


async def _catch_up_ties(
    transaction: Transaction, network: Network, found: Sequence[Change]
) -> None:
    ties = {(change.type, change.id) for change in found if change.entity == "tie"}
    pairs = sorted({(c.source, c.target) for c in found if c.entity == "tie"})
    rows = (
        await transaction.rows(
            "read/network_ties_of",
            pairs=[{"source": source, "target": target} for source, target in pairs],
            **EVERYTHING.parameters(),
        )
        if pairs
        else []
    )
    network.load((), [tie_row(_values(row)) for row in rows])
    for type_, gone in ties - {(row["type"], row["id"]) for row in rows}:
        network.drop_tie(cast("TieType", type_), gone)


def _values(row: Row) -> list[Any]:
    return list(row.values())


def node_row(values: Sequence[Any]) -> NodeRow:
    """Return a row of `read/network_nodes` as the network takes it."""
    said, (first, last), rest = values[:3], values[4:6], values[6:_BEFORE_LEVELS]
    levels, aspect, terms, schedule, reported, *origin = values[_BEFORE_LEVELS:_SAME_AS]
    lists = [tuple(said or ()) for said in values[_SAME_AS:_BEFORE_SIGHTS]]
    sights = values[_BEFORE_SIGHTS:]
    half = len(sights) // 2
    opened = _sight(sights[:half]), _sight(sights[half:])
    return NodeRow._make(
        (
            *said, tuple(values[3] or ()), native(first), native(last), *rest,
            tuple(levels or ()), aspect,
            tuple(_term(from_json(text)) for text in terms or ()),
            tuple(_opening(from_json(text)) for text in schedule or ()),
            tuple(_reported(from_json(text)) for text in reported or ()),
            *origin, *lists, *opened,
        )
    )  # fmt: skip


_BEFORE_LEVELS: Final = NodeRow._fields.index("levels")
_SAME_AS: Final = NodeRow._fields.index("same_as")
_BEFORE_SIGHTS: Final = NodeRow._fields.index("introductions")


def _term(said: Any) -> str:
    return f"{said['scheme']}:{said['code']}"


def _opening(said: Any) -> Opening:
    zone = ZoneInfo(said.get("timezone", "UTC"))
    starts, ends = (
        datetime.fromisoformat(said[name]).astimezone(zone) if name in said else None
        for name in ("starts", "ends")
    )
    return Opening(said.get("rrule"), starts, ends)


def _reported(said: Any) -> Reported:
    return Reported(date.fromisoformat(said["on"]), said["count"])


def _sight(values: Sequence[Any]) -> Sight | None:
    first, after, explicit, ties, partners = values
    if first is None or after is None:
        return None
    return Sight(
        native(first),
        native(after),
        bool(explicit),
        None if ties is None else frozenset(ties),
        None if partners is None else frozenset(partners),
    )


def tie_row(values: list[Any]) -> TieRow:
    """Return a tie of `read/network_ties` as the network takes it; the list is changed by that."""
    for place in _DAYS_OF_A_TIE:
        values[place] = native(values[place])
    return TieRow._make(values)


_DAYS_OF_A_TIE: Final = tuple(map(TieRow._fields.index, ("valid_from", "valid_to")))
