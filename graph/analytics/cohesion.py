"""What holds the network together: components, cut points and bridges.

On directed projections all of them are read from the underlying undirected graph: a map falls
apart where nobody is left between two parts, whichever way the arrows point.
"""

from __future__ import annotations

from typing import Any, cast

import networkx as nx
import numpy as np

from graph.analytics.projection import Projection


def components(projection: Projection) -> list[list[int]]:
    """Return the connected components, as ascending places in the projection's ids.

    Returns
    -------
    list of list of int
        Largest first, then by the first place; an isolate is a component of its own.

    Notes
    -----
    O(n + m).
    """
    found = [sorted(places) for places in nx.connected_components(projection.underlying.graph)]
    return sorted(found, key=lambda places: (-len(places), places[0]))


def giant(projection: Projection) -> frozenset[int]:
    """Return the largest component; of several, the one with the first id. Empty without ties."""
    largest = components(projection)[:1]
    return frozenset(place for places in largest if len(places) > 1 for place in places)


def cut_points(projection: Projection) -> list[bool]:
    """Tell which nodes the network falls apart without; in the order of the projection's ids.

    Notes
    -----
    Removing one raises the number of components. Isolates are none. O(n + m).

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient Algorithms for Graph Manipulation", CACM 16, 1973.
    """
    cuts = np.zeros(len(projection.ids), dtype=np.bool_)
    cuts[list(nx.articulation_points(projection.underlying.graph))] = True
    return cuts.tolist()


def bridges(projection: Projection) -> list[tuple[int, int]]:
    """Return the ties that the network falls apart without, as ascending pairs of places.

    Notes
    -----
    Parallel ties are one: a pair with two ties is a bridge if the network hangs on that pair.
    O(n + m).

    References
    ----------
    .. [1] Schmidt, "A Simple Test on 2-Vertex- and 2-Edge-Connectivity", IPL 113, 2013.
    """
    # Declared to give pairs of pairs; it gives pairs of nodes.
    pairs: list[tuple[int, int]] = list(cast("Any", nx.bridges(projection.underlying.graph)))
    return sorted((min(pair), max(pair)) for pair in pairs)
