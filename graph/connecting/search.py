"""The best routes in order: best-first search over beginnings of routes.

A beginning is weighed by the best that may become of it: its product times the layer's bound,
rounded as a route's own product is, then its hops, then its ids. No route can be better than its
beginnings, so routes come out in exactly the order asked for; and since the bound is nearly always
met, few beginnings lead nowhere, also where thousands of routes are equally strong.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from graph.connecting.layers import NEVER, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.connecting.answer import Order
    from graph.connecting.layers import Reach

_DIGITS: Final = 12
_LARGEST_MANTISSA: Final = 10.0**_DIGITS
_SLACK: Final = 1 + 1e-14
"""More than multiplying in another order can change, less than the twelfth digit."""
_LEAST: Final = 1e-290
"""No bound is less: below, doubles lose their digits."""
_POWERS: Final = np.array([float(f"1e{power}") for power in range(303)])
_EXACT_POWERS: Final = 22
"""10**22 is the last power of ten that a double holds exactly."""

Key = tuple[float, float]


class Found(NamedTuple):
    """A route: its nodes, person and group included, and its rounded product."""

    nodes: tuple[int, ...]
    product: float


class Budget:
    """The time that an answer may take; `spent` once something was left out for it."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds
        self.spent = False

    def allows(self) -> bool:
        """Tell whether there is time left."""
        self.spent = self.spent or monotonic() >= self._until
        return not self.spent


def rounded(product: float) -> float:
    """Return a product to 12 significant digits."""
    return float(f"{product:.{_DIGITS}g}")


def bounds(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round products as `rounded` does, or a little higher where a double leaves room for doubt.

    Parameters
    ----------
    products
        Each in [0, 1], as computed in any order of multiplication.
    """
    high = np.maximum(products * _SLACK, _LEAST)
    power = _DIGITS - 1 - np.floor(np.log10(high)).astype(np.int64)
    # The logarithm of a number beside a power of ten may fall on its other side.
    power -= high * _POWERS[power] >= _LARGEST_MANTISSA
    power += high * _POWERS[power] < _LARGEST_MANTISSA / 10
    nearest = np.floor(high * _POWERS[power] + 0.5) / _POWERS[power]
    return np.where(power <= _EXACT_POWERS, nearest, nearest * _SLACK)


def key(order: Order, product: float, hops: int) -> Key:
    """Return what routes are sorted by, before their ids; the least is the best."""
    return (-product, hops) if order == "strongest" else (hops, -product)


@dataclass(frozen=True, slots=True)
class _Children:
    """The nodes that may follow a beginning, the most promising first."""

    nodes: list[int]
    products: list[float]
    bounds: list[float]


class Search:
    """The routes of one question in order: all, or those past one node, or of one length.

    Parameters
    ----------
    reach
        The layers that bound what may become of a beginning.
    budget
        When it is spent, the routes end.
    via
        The place of a node that every route passes.
    hops
        The length of every route; None: any up to the question's.
    """

    def __init__(
        self,
        reach: Reach,
        budget: Budget,
        *,
        via: int | None = None,
        hops: int | None = None,
    ) -> None:
        self._reach = reach
        self._question = reach.question
        self._budget = budget
        self._via = via
        self._after = reach.behind
        longest = self._question.max_hops if hops is None else hops
        self._lengths = range(2 if hops is None else hops, longest + 1)
        self._before = reach.behind if via is None else reach.towards(_passing(reach, via), longest)

    def routes(self) -> Iterator[Found]:
        """Yield routes, the best first.

        Notes
        -----
        O(degree log degree) for every beginning that is taken up. The heap holds one child of it
        at a time: taking a child brings its next sibling in.
        """
        question, order = self._question, self._question.order
        heap: list[tuple[Key, tuple[int, ...], int, _Children | None, int]] = []

        def offer(beginning: tuple[int, ...], hops: int, children: _Children, child: int) -> None:
            if child < len(children.nodes):
                weight = key(order, children.bounds[child], hops)
                heappush(heap, (weight, (*beginning, children.nodes[child]), hops, children, child))

        start = (question.person,)
        for hops in self._lengths:
            offer(start, hops, self._children(start, 1.0, hops - 1), 0)
        while heap and self._budget.allows():
            weight, nodes, hops, children, child = heappop(heap)
            if children is None:
                yield Found(nodes, -weight[0] if order == "strongest" else -weight[1])
                continue
            offer(nodes[:-1], hops, children, child + 1)
            product, left = children.products[child], hops - len(nodes) + 1
            if left > 1:
                offer(nodes, hops, self._children(nodes, product, left - 1), 0)
            else:
                exact = key(order, rounded(product * self._entry_of(nodes[-1])), hops)
                heappush(heap, (exact, (*nodes, question.group), hops, None, 0))

    def _entry_of(self, member: int) -> float:
        at = int(np.searchsorted(self._question.members, member))
        return float(self._question.entry[at])

    def _children(self, nodes: tuple[int, ...], product: float, left: int) -> _Children:
        """Find who may follow, `left` steps off the group."""
        question = self._question
        row = question.adjacency.row(nodes[-1])
        leads = question.ways.leads[row]
        next_ = question.adjacency.neighbours[row][leads]
        strength = question.ways.strength[row][leads]
        layers = self._after if self._via in nodes else self._before
        bound = layers[left].at(next_)
        useful = bound > NEVER
        for node in nodes:
            useful &= next_ != node
        next_, strength, bound = next_[useful], strength[useful], bound[useful]
        if len(next_) > 1:
            # Several ties to one neighbour stand side by side and count as the strongest.
            first = np.flatnonzero(np.concatenate(([True], next_[1:] != next_[:-1])))
            next_, bound = next_[first], bound[first]
            strength = np.maximum.reduceat(strength, first)
        products = product * strength
        weights = bounds(products * bound)
        order = np.argsort(-weights, kind="stable")
        return _Children(next_[order].tolist(), products[order].tolist(), weights[order].tolist())


def _passing(reach: Reach, via: int) -> dict[int, Layer]:
    """Return the bounds of going on from one node, as goals of the way to it."""
    node = np.array([via])
    products = ((steps, layer.at(node)) for steps, layer in enumerate(reach.behind))
    return {steps: Layer(node, product) for steps, product in products if product[0] > NEVER}
