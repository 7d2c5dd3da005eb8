"""How far it is from each to each, in steps. On directed projections outward, unless said."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.sparse import csgraph

from graph.analytics.figures import Figure, Scores, share
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.projection import Floats, Indices, Projection
from graph.analytics.standing import steps_from
from graph.errors import Invalid

_csgraph: Final[Any] = csgraph
_CELLS: Final = 4_000_000
"""Distances that are in memory at a time: 32 MB."""


class Distances(NamedTuple):
    """Figures of all ordered pairs of nodes.

    Parameters
    ----------
    mean, diameter
        Over the pairs with a route; None without one (`no_route`).
    compactness
        The mean of 1 / distance, 0 where there is no route; None with less than two nodes
        (`no_pairs`).
    routes
        Number of ordered pairs with a route.
    """

    mean: Figure
    diameter: Figure
    compactness: Figure
    routes: int


def reach(projection: Projection, *, steps: int) -> list[int]:
    """Count the others that every node reaches in some steps.

    Parameters
    ----------
    projection
        n nodes, m ties; outward where directed. Strengths are not read.
    steps
        At least 1; 1 counts the neighbours.

    Returns
    -------
    list of int
        In the order of the projection's ids. An isolate reaches 0.

    Raises
    ------
    Invalid
        When steps is below 1.

    Notes
    -----
    Exact; O(n (n + m)).

    References
    ----------
    .. [1] Borgatti, "Identifying Sets of Key Players in a Social Network", Computational and
       Mathematical Organization Theory 12, 2006: m-reach.
    """
    if steps < 1:
        raise Invalid("steps must be at least 1")
    if len(projection.ids) >= SEARCHED_FROM:
        from graph.analytics.kernels.searches import searches  # noqa: PLC0415 - see kernels

        return searches(projection, "from", within=steps).others.tolist()
    found: list[int] = []
    for _, rows in _from_each(projection, within=steps):
        found += (np.isfinite(rows).sum(axis=1) - 1).tolist()
    return found


def eccentricity(projection: Projection) -> Scores:
    """Return the number of steps from every node to the furthest that it reaches.

    Returns
    -------
    Scores
        None for who reaches nobody (`no_route`), such as an isolate. Who cannot be reached does
        not count, where NetworkX refuses.

    Notes
    -----
    Exact; O(n (n + m)). Strengths are not read.

    References
    ----------
    .. [1] Hage and Harary, "Eccentricity and Centrality in Networks", Social Networks 17, 1995.
    """
    if len(projection.ids) >= SEARCHED_FROM:
        from graph.analytics.kernels.searches import searches  # noqa: PLC0415 - see kernels

        most = searches(projection, "from").furthest.tolist()
        return [float(steps) if steps else None for steps in most]
    found: Scores = []
    for _, rows in _from_each(projection):
        furthest = np.where(np.isfinite(rows), rows, 0).max(axis=1)
        found += [float(steps) if steps else None for steps in furthest.tolist()]
    return found


def distances(projection: Projection, *, among: Collection[int] | None = None) -> Distances:
    """Return mean distance, diameter and compactness.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    among
        Places of the nodes whose pairs count, such as those of `cohesion.giant`; routes may lead
        by others. None: all.

    Notes
    -----
    Exact; O(n (n + m)). An isolate has no route to anybody, and 0 in compactness.

    References
    ----------
    .. [1] Wasserman and Faust, "Social Network Analysis", 1994, section 4.3.
    .. [2] Borgatti, Everett and Johnson, "Analyzing Social Networks", 2013, chapter 9: compactness.
    """
    chosen = np.array(sorted(range(len(projection.ids)) if among is None else among), np.int64)
    found = _totals(projection, chosen, everybody=among is None)
    return Distances(
        share(found.steps, found.routes, "no_route"),
        Figure(found.longest) if found.routes else Figure(None, "no_route"),
        share(found.nearness, len(chosen) * (len(chosen) - 1), "no_pairs"),
        found.routes,
    )


class _Totals(NamedTuple):
    routes: int
    steps: float
    nearness: float
    longest: float


def _totals(projection: Projection, chosen: Indices, *, everybody: bool) -> _Totals:
    if everybody and len(chosen) >= SEARCHED_FROM:
        from graph.analytics.kernels.searches import searches  # noqa: PLC0415 - see kernels

        all_ = searches(projection, "from")
        return _Totals(
            int(all_.others.sum()),
            float(all_.steps.sum()),
            float(all_.nearness.sum()),
            float(all_.furthest.max()),
        )
    found = _Totals(0, 0.0, 0.0, 0.0)
    for _, rows in _from_each(projection, sources=chosen):
        steps = rows[:, chosen]
        steps = steps[np.isfinite(steps) & (steps > 0)]
        found = _Totals(
            found.routes + len(steps),
            found.steps + float(steps.sum()),
            found.nearness + float((1 / steps).sum()),
            max(found.longest, float(steps.max(initial=0))),
        )
    return found


def longest_route(projection: Projection) -> int:
    """Return a number not less than the nodes on the longest of all shortest routes.

    Returns
    -------
    int
        0 without ties, else at least 2. Undirected: at most one less than twice what is needed
        in each component. Directed: the size of the largest component, because no search from one
        node bounds the others.

    Notes
    -----
    O(n + m): one search a component, from the node in it that has the most ties.

    References
    ----------
    .. [1] Riondato and Kornaropoulos, "Fast Approximation of Betweenness Centrality through
       Sampling", Data Mining and Knowledge Discovery 30, 2016, section 4.
    """
    count = len(projection.ids)
    if count >= SEARCHED_FROM and not projection.directed:
        from graph.analytics.kernels.longest import longest  # noqa: PLC0415 - see kernels

        return longest(projection)
    adjacency = projection.adjacency
    labels: Indices = _csgraph.connected_components(adjacency, directed=False)[1]
    if not len(projection.sources):
        return 0
    if projection.directed:
        return int(np.bincount(labels).max())
    # One search from a node of every component, which do not meet.
    most_ties_first = np.argsort(-projection.degrees, kind="stable")
    firsts = most_ties_first[np.unique(labels[most_ties_first], return_index=True)[1]]
    rows = adjacency + adjacency.T
    ordered = np.sort(labels.astype(np.int64) * count + steps_from(rows, count, firsts))
    component, steps = np.divmod(ordered, count)
    same = component[1:] == component[:-1]
    # Of two neighbours in one component, those at its end are the two that are furthest.
    return int((steps[1:] + steps[:-1])[same].max()) + 1


def _from_each(
    projection: Projection, *, sources: Indices | None = None, within: float = np.inf
) -> Iterator[tuple[Indices, Floats]]:
    """Yield some nodes, and their steps to all; infinite where there is no route."""
    count = len(projection.ids)
    adjacency = projection.adjacency
    order = np.arange(count) if sources is None else sources
    size = max(_CELLS // max(count, 1), 1)
    for start in range(0, len(order), size):
        block = order[start : start + size]
        rows = _csgraph.dijkstra(
            adjacency, directed=projection.directed, indices=block, unweighted=True, limit=within
        )
        yield block, rows
