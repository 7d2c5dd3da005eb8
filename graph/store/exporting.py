"""Every record that a view sees, streamed: what it sees no more on the way is left out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from graph.consents import Consent
from graph.exchange.pseudonymous import Outline
from graph.masks import shown_node, shown_tie
from graph.policy import may_write
from graph.store.changes import revision_now, standing
from graph.store.client import FETCH_ROWS
from graph.store.properties import node_of, record_of, tie_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.revising import Fields
    from graph.store.client import Client, Row, Transaction
    from graph.ties import AnyTie

BATCH_ROWS: Final = FETCH_ROWS
"""How many rows are judged together before they leave."""


async def exported_nodes(
    client: Client,
    view: View,
    *,
    bookmarks: Collection[str] = (),
    batch_rows: int = BATCH_ROWS,
) -> AsyncIterator[Fields]:
    """Yield every node as JSON values, in no order, a steward's own people with their consents.

    Parameters
    ----------
    bookmarks
        Of what must be in it: those of the feed position that it is told to be taken at.

    Notes
    -----
    What is written while it streams is in the feed; but whoever withdrew, was erased or hidden is
    left out from the next batch on. Memory is that of a batch; cost: one small statement a batch,
    one more for every batch after a change, and one for the consents.
    """
    begun, whole = await standing(client, bookmarks)

    def batches(transaction: Transaction) -> AsyncIterator[list[list[Any]]]:
        return transaction.batches("read/all_nodes", batch_rows, **view.parameters())

    async for batch in client.stream(batches, whole):
        found: list[Row] = [properties for (properties,) in batch]
        if await revision_now(client) != begun:
            found = await _seen_now(client, view, [properties["id"] for properties in found])
        nodes = [
            shown_node(view, node_of(properties), properties.get(f"{view.consent}_fields"))
            for properties in found
        ]
        agreed = await _consents_of(client, view, nodes)
        for node in nodes:
            fields = node.model_dump(mode="json")
            yield fields | ({"consents": some} if (some := agreed.get(node.id)) else {})


async def outline(client: Client, view: View) -> Outline:
    """Return what a view sees, and how densely it is tied.

    Memory is that of the ids of all who are no people.
    """
    groups: set[str] = set()
    nodes = ties = 0
    async for batch in client.stream(lambda t: t.batches("read/all_nodes", **view.parameters())):
        nodes += len(batch)
        groups |= {some["id"] for (some,) in batch if some["kind"] != "person"}
    async for batch in client.stream(lambda t: t.batches("read/all_ties", **view.parameters())):
        ties += len(batch)
    return Outline(frozenset(groups), nodes, ties)


async def exported_ties(
    client: Client,
    view: View,
    *,
    bookmarks: Collection[str] = (),
    batch_rows: int = BATCH_ROWS,
) -> AsyncIterator[AnyTie]:
    """Yield every tie, in no order; with the parameters and notes of `exported_nodes`."""
    begun, whole = await standing(client, bookmarks)

    def batches(transaction: Transaction) -> AsyncIterator[list[list[Any]]]:
        return transaction.batches("read/all_ties", batch_rows, **view.parameters())

    async for batch in client.stream(batches, whole):
        seen: set[tuple[str, str]] | None = None
        if await revision_now(client) != begun:
            seen = await _ties_seen_now(client, view, {(row[2], row[3]) for row in batch})
        for type_, properties, source, target in batch:
            if seen is None or (type_, properties["id"]) in seen:
                tie = tie_of(type_, source, target, properties)
                yield shown_tie(view, tie, properties.get("author"))


async def _seen_now(client: Client, view: View, ids: Sequence[str]) -> list[Row]:
    """Return these nodes as they are now, those of them that the view still sees."""
    rows = await client.rows("read/nodes", ids=ids, **view.parameters())
    return [row["node"] for row in rows]


async def _ties_seen_now(
    client: Client, view: View, pairs: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    asked = [{"source": source, "target": target} for source, target in sorted(pairs)]
    rows = await client.rows("read/visible_ties", pairs=asked, **view.parameters())
    return {(row["type"], row["id"]) for row in rows}


async def _consents_of(
    client: Client, view: View, nodes: Sequence[AnyNode]
) -> dict[str, list[Fields]]:
    """Return the consents of those of these people whose steward asks."""
    ids = [n.id for n in nodes if n.kind == "person" and may_write(view, n.steward)]
    rows = await client.rows("read/consents_of", people=ids) if ids else []
    agreed: dict[str, list[Fields]] = defaultdict(list)
    for row in rows:
        consent = record_of(Consent, row["consent"]).model_dump(mode="json", exclude_none=True)
        agreed[consent["person"]].append(consent)
    return agreed
