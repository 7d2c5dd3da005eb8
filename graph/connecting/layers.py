"""How far and how strongly a request can go in exactly so many steps, from either end.

A layer holds, for nodes reached in exactly r steps, the greatest product of strengths of a walk
of r steps. A walk may pass a node twice, so a layer bounds the routes from above. Strengths are
at most 1: cutting a circle out of a walk makes it shorter and no weaker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graph.connecting.question import Question

NEVER: Final = -np.inf
"""The product of no walk at all: it stays below zero, however small products get."""
_SAFE_COUNT: Final = 2**62


@dataclass(frozen=True, eq=False)
class Layer:
    """Nodes in ascending order, and the greatest product of each."""

    nodes: NDArray[np.int64]
    products: NDArray[np.float64]

    def at(self, nodes: NDArray[Any]) -> NDArray[np.float64]:
        """Return the product of each node, NEVER where the layer does not hold it."""
        if not len(self.nodes):
            return np.full(len(nodes), NEVER)
        at = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        return np.where(self.nodes[at] == nodes, self.products[at], NEVER)


EMPTY: Final = Layer(np.empty(0, np.int64), np.empty(0, np.float64))


class Reach:
    """The layers of one question.

    Parameters
    ----------
    ahead
        ahead[i] (0 <= i < max_hops): nodes that the person reaches in exactly i steps, past no
        member; the products are those of multiplying from the person on, to the last bit.
    behind
        behind[r] (1 <= r < max_hops): nodes from which r steps lead into the group, as far as
        the person reaches them in the steps that are left.

    Notes
    -----
    O(ties within max_hops of the person) for each layer.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        size = len(question.snapshot)
        self._best = np.full(size, NEVER)
        self._touched = np.zeros(size, np.bool_)
        self._member = np.zeros(size, np.bool_)
        self._member[question.members] = True
        self._steps_to = np.full(size, question.max_hops + 1, np.int8)
        self.ahead = self._ahead()
        self.behind = self.towards({1: Layer(question.members, question.entry)}, question.max_hops)

    def _ahead(self) -> list[Layer]:
        question = self.question
        layers = [Layer(np.array([question.person]), np.ones(1))]
        for steps in range(1, question.max_hops):
            last = layers[-1]
            going = ~self._member[last.nodes]
            nodes, products = last.nodes[going], last.products[going]
            entries, owners = question.adjacency.rows(nodes)
            carries = question.ways.leads[entries]
            entries, owners = entries[carries], owners[carries]
            reached = question.adjacency.neighbours[entries]
            allowed = question.may_pass(reached)
            layer = self._strongest(
                reached[allowed],
                (products[owners] * question.ways.strength[entries])[allowed],
            )
            self._steps_to[layer.nodes] = np.minimum(self._steps_to[layer.nodes], steps)
            layers.append(layer)
        return layers

    def towards(self, goals: Mapping[int, Layer], hops: int) -> list[Layer]:
        """Return the layers of walks that lead to the goals, goals[r] being r steps off the group.

        Only what a route of so many hops may need, or of fewer.

        A goal's own product is never replaced: a walk goes on from there another way.
        """
        question = self.question
        fixed = [layer.nodes for layer in goals.values()]
        for nodes in fixed:
            self._member[nodes] = True
        layers = [EMPTY]
        for steps in range(1, hops):
            last = layers[-1]
            entries, owners = question.adjacency.rows(last.nodes)
            reached = question.adjacency.neighbours[entries]
            useful = question.ways.comes[entries] & ~self._member[reached]
            useful &= self._steps_to[reached] <= hops - steps
            layer = self._strongest(
                reached[useful],
                (last.products[owners] * question.ways.strength[entries])[useful],
            )
            goal = goals.get(steps, EMPTY)
            layers.append(_joined(layer, goal))
        for nodes in fixed:
            self._member[nodes] = False
        self._member[question.members] = True
        return layers

    def _strongest(self, nodes: NDArray[Any], products: NDArray[np.float64]) -> Layer:
        """Keep each node once, with its greatest product: O(nodes given), in reused memory."""
        np.maximum.at(self._best, nodes, products)
        self._touched[nodes] = True
        kept = np.flatnonzero(self._touched)
        layer = Layer(kept, self._best[kept])
        self._best[kept] = NEVER
        self._touched[kept] = False
        return layer


def _joined(first: Layer, second: Layer) -> Layer:
    if not len(second.nodes):
        return first
    nodes = np.concatenate((first.nodes, second.nodes))
    order = np.argsort(nodes)
    return Layer(nodes[order], np.concatenate((first.products, second.products))[order])


def shortest(question: Question) -> tuple[int | None, int]:
    """Return the length of the shortest route, however long, and how many routes have it.

    Notes
    -----
    Breadth-first from the person, counting ways as in Brandes' betweenness; exact, also beyond
    the integers of the machine. A shortest walk passes no node twice, so it is a route.
    """
    if not len(question.members):
        return None, 0
    size = len(question.snapshot)
    seen = np.zeros(size, np.bool_)
    new = np.zeros(size, np.bool_)
    frontier, counts = np.array([question.person]), np.ones(1, np.int64)
    hops = 1
    while len(frontier):
        entries, owners = question.adjacency.rows(frontier)
        entries, owners = _kept(question.ways.leads[entries], entries, owners)
        reached = question.adjacency.neighbours[entries]
        reached, owners = _kept(question.may_pass(reached) & ~seen[reached], reached, owners)
        if len(reached):
            # Parallel ties stand side by side, and are one step.
            first = np.ones(len(reached), np.bool_)
            first[1:] = (reached[1:] != reached[:-1]) | (owners[1:] != owners[:-1])
            reached, owners = _kept(first, reached, owners)
        if int(counts.max()) * max(len(reached), 1) >= _SAFE_COUNT:
            counts = counts.astype(object)
        new[reached] = True
        frontier = np.flatnonzero(new)
        new[frontier] = False
        seen[frontier] = True
        ways = np.zeros(size, counts.dtype)
        np.add.at(ways, reached, counts[owners])
        counts = ways[frontier]
        hops += 1
        arrived = question.is_member(frontier)
        if arrived.any():
            return hops, sum(counts[arrived].tolist())
    return None, 0


def _kept(keep: NDArray[np.bool_], *arrays: NDArray[Any]) -> list[NDArray[Any]]:
    return [array[keep] for array in arrays]
