"""A projection as kernels read it: compressed sparse rows, those of most neighbours first."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.analytics.projection import Floats, Indices, Projection

Offsets = NDArray[np.uint64]
Nodes = NDArray[np.uint32]
Places = NDArray[np.int32]
Number = TypeVar("Number", bound=np.generic)


class Rows(NamedTuple):
    """The neighbours of every node, always in the same order.

    Parameters
    ----------
    offsets
        Shape (n + 1,): the neighbours of row u are neighbours[offsets[u] : offsets[u + 1]].
    neighbours
        Rows, shape (entries,).
    """

    offsets: Offsets
    neighbours: Nodes


class Order(NamedTuple):
    """How rows are numbered: by degree, because then most of what is read lies together.

    Parameters
    ----------
    place
        Place in the projection's ids of every row.
    row
        Row of every place: four bytes each, because a town has more ties than anything.
    """

    place: Indices
    row: Places


def order_of(projection: Projection) -> Order:
    """Give rows to the nodes of a projection, those of most ties first."""
    return _order(-projection.degrees)


def _order(values: Indices) -> Order:
    place = np.argsort(values, kind="stable")
    row = np.empty(len(place), np.int32)
    row[place] = np.arange(len(place))
    return Order(place, row)


def rows_of(projection: Projection, order: Order, direction: Literal["out", "in", "both"]) -> Rows:
    """Return rows along the ties, against them, or both; an undirected tie is always both.

    Notes
    -----
    O(n log n + m). Both ways of a directed pair are one entry of `both`.
    """
    network = projection.underlying if direction == "both" else projection
    sources, targets = order.row[network.sources], order.row[network.targets]
    if not network.directed:
        sources, targets = (
            np.concatenate((sources, targets)),
            np.concatenate((targets, sources)),
        )
    elif direction == "in":
        sources, targets = targets, sources
    return _rows(len(projection.ids), sources, targets, np.ones(len(sources), np.int8))[0]


class Forward(NamedTuple):
    """Every pair once, from its end of fewer neighbours: what triangles are found by.

    Parameters
    ----------
    rows
        Rows in ascending order of degree; a row holds its later neighbours only.
    place
        Place in the projection's ids of every row.
    out, into
        Shape (pairs,): what the tie from the row to the neighbour is worth, and the one back; 0
        where there is none.
    """

    rows: Rows
    place: Indices
    out: Floats
    into: Floats


def forward_of(projection: Projection, weights: Floats) -> Forward:
    """Return every pair once, with what its ties are worth.

    Parameters
    ----------
    projection
        n nodes, m ties; an undirected tie is worth the same both ways.
    weights
        One a tie, shape (m,).

    Notes
    -----
    O(n log n + m), directed O(m log m). A node has at most sqrt(2 m) later neighbours.
    """
    count = len(projection.ids)
    place, row = _order(projection.underlying.degrees)
    near, far = row[projection.sources], row[projection.targets]
    low, high = np.minimum(near, far), np.maximum(near, far)
    if not projection.directed:
        rows, tie = _rows(count, low, high, np.arange(len(low), dtype=np.int32))
        worth = weights[tie]
        return Forward(rows, place, worth, worth)
    along = near < far
    keys, pair = np.unique(low * np.int64(max(count, 1)) + high, return_inverse=True)
    out, into = np.zeros(len(keys)), np.zeros(len(keys))
    out[pair[along]] = weights[along]
    into[pair[~along]] = weights[~along]
    lower, higher = (end.astype(np.int32) for end in np.divmod(keys, max(count, 1)))
    rows, order = _rows(count, lower, higher, np.arange(len(keys), dtype=np.int32))
    return Forward(rows, place, out[order], into[order])


def _rows(
    count: int, sources: Places, targets: Places, values: NDArray[Number]
) -> tuple[Rows, NDArray[Number]]:
    """Return rows, and the values of pairs in the order of the rows; no pair comes twice."""
    held: Any = csr_array((values, (sources, targets)), shape=(count, count))
    return Rows(held.indptr.astype(np.uint64), held.indices.view(np.uint32)), held.data
