"""How many pairs and triples of nodes there are of each kind, and how many arrows are returned."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import networkx as nx

from graph.analytics.figures import Figure, share
from graph.analytics.projection import Projection

_networkx: Final[Any] = nx


class Dyads(NamedTuple):
    """Pairs of nodes by the arrows between them."""

    mutual: int
    asymmetric: int
    null: int


class Reciprocity(NamedTuple):
    """Shares of what is returned; None without ties (`no_ties`).

    Parameters
    ----------
    arrows
        Of the arrows, those that are returned.
    pairs
        Of the pairs that are tied, those that are tied both ways.
    """

    arrows: Figure
    pairs: Figure


def dyads(projection: Projection) -> Dyads:
    """Count the pairs of nodes that are tied both ways, one way, and not at all.

    Notes
    -----
    Exact; O(m). Where undirected, a tie goes both ways. Isolates count in null pairs.

    References
    ----------
    .. [1] Holland and Leinhardt, "A Method for Detecting Structure in Sociometric Data", American
       Journal of Sociology 76, 1970.
    """
    count, tied = len(projection.ids), len(projection.underlying.sources)
    mutual = len(projection.sources) - tied if projection.directed else tied
    return Dyads(mutual, tied - mutual, count * (count - 1) // 2 - tied)


def reciprocity(projection: Projection) -> Reciprocity:
    """Return how much is returned, of the arrows and of the tied pairs.

    Notes
    -----
    Exact; O(m). 1 where undirected. Isolates are not counted.

    References
    ----------
    .. [1] Wasserman and Faust, "Social Network Analysis", 1994, section 13.3.
    """
    mutual, asymmetric, _ = dyads(projection)
    return Reciprocity(
        share(2 * mutual, 2 * mutual + asymmetric, "no_ties"),
        share(mutual, mutual + asymmetric, "no_ties"),
    )


def triads(projection: Projection) -> dict[str, int]:
    """Count the triples of nodes of each of the sixteen kinds.

    Returns
    -------
    dict
        Keys as Holland and Leinhardt name them: numbers of mutual, asymmetric and null pairs, and
        a letter (Down, Up, Cyclic, Transitive). Where undirected, a tie goes both ways.

    Notes
    -----
    Exact; O(m * largest degree). Isolates count, in 003, 012 and 102.

    References
    ----------
    .. [1] Batagelj and Mrvar, "A Subquadratic Triad Census Algorithm for Large Sparse Networks
       with Small Maximum Degree", Social Networks 23, 2001.
    """
    graph: Any = projection.graph
    return _networkx.triadic_census(graph if projection.directed else graph.to_directed())
