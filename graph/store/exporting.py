"""Every record that a view sees, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.store.properties import node_of, tie_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.store.client import Client, Transaction
    from graph.ties import AnyTie


async def exported_nodes(client: Client, view: View) -> AsyncIterator[AnyNode]:
    """Yield every node, in no order; memory is that of one fetch of the driver."""

    def rows(transaction: Transaction) -> AsyncIterator[tuple[Any, ...]]:
        return transaction.stream("read/all_nodes", **view.parameters())

    async for (properties,) in client.stream(rows):
        yield node_of(properties)


async def exported_ties(client: Client, view: View) -> AsyncIterator[AnyTie]:
    """Yield every tie, in no order; memory is that of one fetch of the driver."""

    def rows(transaction: Transaction) -> AsyncIterator[tuple[Any, ...]]:
        return transaction.stream("read/all_ties", **view.parameters())

    async for type_, properties, source, target in client.stream(rows):
        yield tie_of(type_, source, target, properties)
