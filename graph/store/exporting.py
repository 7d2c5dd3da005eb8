"""Every record that a view sees, streamed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from graph.consents import Consent
from graph.exchange.pseudonymous import Outline
from graph.masks import shown_node, shown_tie
from graph.policy import may_write
from graph.store.properties import node_of, record_of, tie_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.revising import Fields
    from graph.store.client import Client, Transaction
    from graph.ties import AnyTie

_PEOPLE_AT_ONCE: Final = 500


async def exported_nodes(client: Client, view: View) -> AsyncIterator[Fields]:
    """Yield every node as JSON values, in no order, a steward's own people with their consents.

    Memory is that of one fetch of the driver and of some hundred people.
    """

    def rows(transaction: Transaction) -> AsyncIterator[tuple[Any, ...]]:
        return transaction.stream("read/all_nodes", **view.parameters())

    waiting: list[AnyNode] = []
    async for (properties,) in client.stream(rows):
        node = shown_node(view, node_of(properties), properties.get(f"{view.consent}_fields"))
        if node.kind == "person" and may_write(view, node.steward):
            waiting.append(node)
        else:
            yield node.model_dump(mode="json")
        if len(waiting) >= _PEOPLE_AT_ONCE:
            for person in await _with_consents(client, waiting):
                yield person
            waiting.clear()
    for person in await _with_consents(client, waiting):
        yield person


async def outline(client: Client, view: View) -> Outline:
    """Return what a view sees, and how densely it is tied.

    Memory is that of the ids of all who are no people.
    """
    groups: set[str] = set()
    nodes = ties = 0
    async for (properties,) in client.stream(
        lambda t: t.stream("read/all_nodes", **view.parameters())
    ):
        nodes += 1
        if properties["kind"] != "person":
            groups.add(properties["id"])
    async for _ in client.stream(lambda t: t.stream("read/all_ties", **view.parameters())):
        ties += 1
    return Outline(frozenset(groups), nodes, ties)


async def _with_consents(client: Client, people: Sequence[AnyNode]) -> list[Fields]:
    ids = [person.id for person in people]
    rows = await client.read(lambda t: t.rows("read/consents_of", people=ids)) if ids else []
    agreed: dict[str, list[Fields]] = defaultdict(list)
    for row in rows:
        consent = record_of(Consent, row["consent"]).model_dump(mode="json", exclude_none=True)
        agreed[consent["person"]].append(consent)
    return [
        person.model_dump(mode="json") | ({"consents": some} if (some := agreed[person.id]) else {})
        for person in people
    ]


async def exported_ties(client: Client, view: View) -> AsyncIterator[AnyTie]:
    """Yield every tie, in no order; memory is that of one fetch of the driver."""

    def rows(transaction: Transaction) -> AsyncIterator[tuple[Any, ...]]:
        return transaction.stream("read/all_ties", **view.parameters())

    async for type_, properties, source, target in client.stream(rows):
        tie = tie_of(type_, source, target, properties)
        yield shown_tie(view, tie, properties.get("author"))
