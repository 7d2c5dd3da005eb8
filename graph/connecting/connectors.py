"""Who could open the door: the members, by what they share with the person; then their friends."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graph.connecting.layers import NEVER
from graph.connecting.search import Search, bounds, key
from graph.network import KIND_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.connecting.answer import Order
    from graph.connecting.layers import Reach
    from graph.connecting.question import Question
    from graph.connecting.search import Budget, Found, Key


class Named(NamedTuple):
    """A connector, as a place; `shared` are places in ascending order."""

    node: int
    is_member: bool
    shared: list[int]
    route: Found | None


@dataclass(frozen=True, eq=False)
class Shared:
    """Which associations and assets each party shares with the person.

    Two are in it with the same thing when both have a `connects` to it that is not stressful, or
    both offer it. The pairs of party and thing are sorted; the group is no such thing.
    """

    parties: NDArray[np.int64]
    things: NDArray[np.int64]

    def counts(self, nodes: NDArray[Any]) -> NDArray[np.int64]:
        """Count the things that each node shares with the person."""
        return np.searchsorted(self.parties, nodes, "right") - np.searchsorted(self.parties, nodes)

    def of(self, node: int) -> list[int]:
        """Return the things that one node shares with the person."""
        first, after = np.searchsorted(self.parties, (node, node + 1))
        return self.things[first:after].tolist()


def shared(question: Question) -> Shared:
    """Find what the person shares with everybody: O(ties of the things the person is in)."""
    snapshot, adjacency, ways = question.snapshot, question.adjacency, question.ways
    size = len(snapshot)
    entries, _ = adjacency.rows(np.array([question.person]))
    near = adjacency.neighbours[entries]
    thing = (snapshot.kinds[near] == KIND_CODE["association"]) | (
        snapshot.kinds[near] == KIND_CODE["asset"]
    )
    thing &= near != question.group
    pairs: list[NDArray[np.int64]] = []
    for carried in (ways.linked, ways.offered):
        things = np.unique(near[thing & carried[entries]])
        around, owners = adjacency.rows(things)
        also = carried[around]
        parties = adjacency.neighbours[around[also]].astype(np.int64)
        pairs.append(parties * size + things[owners[also]])
    parties, things = np.divmod(np.unique(np.concatenate(pairs)), size)
    return Shared(parties, things)


def connectors(reach: Reach, budget: Budget) -> Iterator[Named]:
    """Yield all connectors in order: the members, then the others with a way to a member."""
    question = reach.question
    common = shared(question)
    for nodes, are_members in ((question.members, True), (_acquaintances(question), False)):
        for node, route in _in_order(reach, budget, nodes, common):
            yield Named(node, are_members, common.of(node), route)


def _acquaintances(question: Question) -> NDArray[np.int64]:
    """Return who can ask a member and stands on no list of members."""
    entries, _ = question.adjacency.rows(question.members)
    nodes = np.unique(question.adjacency.neighbours[entries[question.ways.comes[entries]]])
    nodes = nodes[question.may_pass(nodes)]
    return nodes[~np.isin(nodes, question.listed)].astype(np.int64)


def _in_order(
    reach: Reach, budget: Budget, nodes: NDArray[np.int64], common: Shared
) -> Iterator[tuple[int, Found | None]]:
    """Sort connectors by what they share, their best route, name and id.

    Notes
    -----
    Routes are searched for those alone that come first by the bound of theirs: whoever falls
    back when the route is known waits for the turn of that.
    """
    order, names = reach.question.order, reach.question.snapshot.names
    many = common.counts(nodes).tolist()
    placed: list[int] = nodes.tolist()
    waiting: list[tuple[int, bool, Key, str, int]] = [
        (-shared_things, hope is None, hope or (0.0, 0.0), names[node], node)
        for node, shared_things, hope in zip(placed, many, _hopes(reach, nodes), strict=True)
    ]
    heapify(waiting)
    known: dict[int, Found | None] = {}
    while waiting:
        shared_things, hopeless, hope, name, node = heappop(waiting)
        if not hopeless and node not in known:
            route = known[node] = _best(reach, budget, node, hope)
            if budget.spent:
                return
            best = None if route is None else _key(order, route)
            if best != hope:
                again = (shared_things, best is None, best or (0.0, 0.0), name, node)
                heappush(waiting, again)
                continue
        yield node, known.get(node)


def _best(reach: Reach, budget: Budget, node: int, hope: Key) -> Found | None:
    """Return the best route through a node: nearly always one as good as was hoped."""
    order = reach.question.order
    hops = int(hope[1] if order == "strongest" else hope[0])
    route = next(Search(reach, budget, via=node, hops=hops).routes(), None)
    if route is None or _key(order, route) != hope:
        route = next(Search(reach, budget, via=node).routes(), None)
    return route


def _key(order: Order, route: Found) -> Key:
    return key(order, route.product, len(route.nodes) - 1)


def _hopes(reach: Reach, nodes: NDArray[np.int64]) -> list[Key | None]:
    """Bound the best route through each node: the best walk to it, and the best on from it."""
    question = reach.question
    best: list[Key | None] = [None] * len(nodes)
    for before, ahead in enumerate(reach.ahead[1:], start=1):
        there = ahead.at(nodes)
        for after in range(1, question.max_hops - before + 1):
            onwards = reach.behind[after].at(nodes)
            met = np.flatnonzero((there > NEVER) & (onwards > NEVER))
            reached = bounds(there[met] * onwards[met])
            for at, bound in zip(met.tolist(), reached.tolist(), strict=True):
                hope = key(question.order, bound, before + after)
                known = best[at]
                if known is None or hope < known:
                    best[at] = hope
    return best
