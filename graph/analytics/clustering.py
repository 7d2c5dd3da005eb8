"""Whether those who know one know each other: clustering, transitivity, cores."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import networkx as nx

from graph.analytics.figures import Figure, share
from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Projection

_networkx: Final[Any] = nx


class Clustering(NamedTuple):
    """How tied neighbours are to each other.

    Parameters
    ----------
    local
        In the order of the projection's ids: share of the pairs of a node's neighbours that are
        tied; 0 with less than two neighbours, as NetworkX has it.
    mean
        Over all nodes, those with 0 included; None without nodes (`no_nodes`).
    transitivity
        Share of all pairs of neighbours of somebody that are tied; None where nobody has two
        neighbours (`no_two_paths`).
    triangles
        Number of triangles in the network.
    """

    local: list[float]
    mean: Figure
    transitivity: Figure
    triangles: int


def clustering(projection: Projection) -> Clustering:
    """Return clustering of every node and of the whole, on the underlying undirected graph.

    Notes
    -----
    Exact; O(sum over nodes of degree squared). Strengths are not read. Isolates have 0.

    References
    ----------
    .. [1] Watts and Strogatz, "Collective Dynamics of Small-world Networks", Nature 393, 1998.
    .. [2] Newman, Watts and Strogatz, "Random Graph Models of Social Networks", PNAS 99, 2002:
       transitivity.
    """
    undirected = projection.underlying
    corners: dict[int, int] = _networkx.triangles(undirected.graph)
    pairs = [degree * (degree - 1) // 2 for degree in undirected.degrees.tolist()]
    local = [corners[place] / own if own else 0.0 for place, own in enumerate(pairs)]
    closed = sum(corners.values())
    return Clustering(
        local,
        share(sum(local), len(local), "no_nodes"),
        share(closed, sum(pairs), "no_two_paths"),
        closed // 3,
    )


def directed_transitivity(projection: Projection) -> Figure:
    """Return how many of the ways i to j to k have an arrow from i to k.

    Parameters
    ----------
    projection
        n nodes, m ties; where undirected a tie counts as two arrows.

    Returns
    -------
    Figure
        Of ways over three nodes; None without one (`no_two_paths`). Isolates are on none.

    Notes
    -----
    Exact; O(sum over nodes of in-degree * out-degree). R sna calls it weak transitivity.

    References
    ----------
    .. [1] Holland and Leinhardt, "Transitivity in Structural Models of Small Groups", Comparative
       Group Studies 2, 1971.
    """
    graph: Any = projection.graph
    before: Any = graph.pred if projection.directed else graph.adj
    ways = closed = 0
    for middle in graph:
        after = graph.adj[middle].keys()
        for first in before[middle]:
            thirds = after - {first}
            ways += len(thirds)
            closed += len(thirds & graph.adj[first].keys())
    return share(closed, ways, "no_two_paths")


def coreness(projection: Projection) -> list[int]:
    """Return the greatest k for which a node is in a part where each has k neighbours in it.

    Returns
    -------
    list of int
        In the order of the projection's ids; an isolate has 0.

    Notes
    -----
    Exact; O(n + m), on the underlying undirected graph.

    References
    ----------
    .. [1] Seidman, "Network Structure and Minimum Degree", Social Networks 5, 1983.
    .. [2] Batagelj and Zaversnik, "An O(m) Algorithm for Cores Decomposition of Networks", 2003.
    """
    if len(projection.ids) >= SCANNED_FROM:
        from graph.analytics.kernels import frame  # noqa: PLC0415 - see kernels

        return frame.coreness(projection).tolist()
    cores: dict[int, int] = _networkx.core_number(projection.underlying.graph)
    return [cores[place] for place in range(len(projection.ids))]
