"""What holds the network together: density, components, cut points, bridges, bicomponents.

On directed projections all of them are read from the underlying undirected graph: a map falls
apart where nobody is left between two parts, whichever way the arrows point.
"""

from __future__ import annotations

from typing import Any, Final, Literal, cast

import networkx as nx
import numpy as np
from scipy.sparse import csgraph

from graph.analytics.figures import Figure, share
from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Projection

# It does not say in types what it takes and gives.
_csgraph: Final[Any] = csgraph


def density(projection: Projection) -> Figure:
    """Return the share of pairs of nodes that are tied, ordered pairs where directed.

    Notes
    -----
    Exact; O(1). Isolates count among the pairs; None with less than two nodes (`no_pairs`).

    References
    ----------
    .. [1] Wasserman and Faust, "Social Network Analysis", 1994, section 4.1.2.
    """
    count = len(projection.ids)
    pairs = count * (count - 1) // (1 if projection.directed else 2)
    return share(len(projection.sources), pairs, "no_pairs")


def components(projection: Projection) -> list[list[int]]:
    """Return the connected components, as ascending places in the projection's ids.

    Returns
    -------
    list of list of int
        Largest first, then by the first place; an isolate is a component of its own.

    Notes
    -----
    Exact; O(n + m).

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    return _parts(projection, "weak")


def strong_components(projection: Projection) -> list[list[int]]:
    """Return the parts in which each node reaches each along the arrows.

    Returns
    -------
    list of list of int
        As `components`, which they are on an undirected projection; an isolate is one of its own.

    Notes
    -----
    Exact; O(n + m).

    References
    ----------
    .. [1] Tarjan, "Depth-first Search and Linear Graph Algorithms", SIAM Journal on Computing 1,
       1972.
    """
    if not projection.directed:
        return components(projection)
    return _parts(projection, "strong")


def _parts(projection: Projection, connection: Literal["weak", "strong"]) -> list[list[int]]:
    found, labels = _csgraph.connected_components(projection.adjacency, connection=connection)
    by_label = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels, minlength=found)
    starts = np.cumsum(sizes) - sizes
    parts = np.lexsort((by_label[starts], -sizes)).tolist()
    return [by_label[starts[part] : starts[part] + sizes[part]].tolist() for part in parts]


def giant(projection: Projection) -> frozenset[int]:
    """Return the largest component; of several, the one with the first id. Empty without ties."""
    largest = components(projection)[:1]
    return frozenset(place for places in largest if len(places) > 1 for place in places)


def cut_points(projection: Projection) -> list[bool]:
    """Tell which nodes the network falls apart without; in the order of the projection's ids.

    Notes
    -----
    Removing one raises the number of components. Isolates are none. Exact; O(n + m).

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    if len(projection.ids) >= SCANNED_FROM:
        from graph.analytics.kernels.frame import frame  # noqa: PLC0415 - see kernels

        return (frame(projection).broken > 0).tolist()
    cuts = np.zeros(len(projection.ids), dtype=np.bool_)
    cuts[list(nx.articulation_points(projection.underlying.graph))] = True
    return cuts.tolist()


def bridges(projection: Projection) -> list[tuple[int, int]]:
    """Return the ties that the network falls apart without, as ascending pairs of places.

    Notes
    -----
    Parallel ties are one: a pair with two ties is a bridge if the network hangs on that pair.
    Isolates have none. Exact; O(n + m).

    References
    ----------
    .. [1] Schmidt, "A Simple Test on 2-Vertex- and 2-Edge-Connectivity", IPL 113, 2013.
    """
    if len(projection.ids) >= SCANNED_FROM:
        from graph.analytics.kernels.frame import frame  # noqa: PLC0415 - see kernels

        return [(one, other) for one, other in frame(projection).bridges.tolist()]
    # Declared to give pairs of pairs; it gives pairs of nodes.
    pairs: list[tuple[int, int]] = list(cast("Any", nx.bridges(projection.underlying.graph)))
    return sorted((min(pair), max(pair)) for pair in pairs)


def bicomponents(projection: Projection) -> list[list[int]]:
    """Return the parts that hold together whoever of them leaves, as ascending places.

    Returns
    -------
    list of list of int
        Largest first, then by the first places. A bridge is a part of two; a cut point is in
        several; an isolate is in none.

    Notes
    -----
    Exact; O(n + m), on the underlying undirected graph.

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    # Declared to give lists of sets; it gives sets of nodes.
    parts: Any = nx.biconnected_components(projection.underlying.graph)
    found: list[list[int]] = [sorted(places) for places in parts]
    return sorted(found, key=lambda places: (-len(places), places))
