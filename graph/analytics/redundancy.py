"""How many ways there are that share nobody: what is left if one of them breaks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import networkx as nx
from networkx.algorithms.connectivity import node_disjoint_paths

from graph.analytics.projection import Projection
from graph.errors import Invalid

_paths: Final[Any] = node_disjoint_paths


def disjoint_routes(
    projection: Projection, source: int, targets: Collection[int], *, most: int | None = None
) -> list[list[int]]:
    """Return as many routes from a node to others as there are without anybody in common.

    Parameters
    ----------
    projection
        n nodes, m ties; outward where directed. Strengths are not read.
    source
        Place of the node that they begin at.
    targets
        Places of those that they may end at. Towards one, routes share its end; towards several,
        each ends at another, and none passes through another's end.
    most
        No more routes than this are looked for; None: as many as there are.

    Returns
    -------
    list of list of int
        Places from the source to a target, the shortest first. Empty without a route, as from an
        isolate. A tie to a target is a route.

    Raises
    ------
    Invalid
        When the source is a target, or there is no such place.

    Notes
    -----
    Their number is exact (Menger): it is that of the nodes, or of the direct tie and the nodes,
    whose loss would cut the source off. Which routes, out of several such sets, is not unique,
    but the same every time. O(m) a route.

    References
    ----------
    .. [1] Menger, "Zur allgemeinen Kurventheorie", Fundamenta Mathematicae 10, 1927.
    .. [2] White and Harary, "The Cohesiveness of Blocks in Social Networks", Sociological
       Methodology 31, 2001.
    """
    ends = sorted(set(targets))
    count = len(projection.ids)
    if source in ends or not all(0 <= place < count for place in (source, *ends)):
        raise Invalid("source and targets must be different nodes of the projection")
    if not ends or (most is not None and most < 1):
        return []
    graph: Any = projection.graph
    goal = ends[0]
    if len(ends) > 1:
        goal = count
        graph = nx.DiGraph(graph)
        # A route ends where it first meets a target.
        graph.remove_edges_from([(end, far) for end in ends for far in list(graph.adj[end])])
        graph.add_edges_from((end, goal) for end in ends)
    try:
        found = [list(route) for route in _paths(graph, source, goal, cutoff=most)]
    except nx.NetworkXNoPath:
        return []
    routes = [[place for place in route if place != count] for route in found]
    return sorted(routes, key=lambda route: (len(route), route))
