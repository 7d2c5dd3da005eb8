"""How much a network turns about one: Freeman's centralisation."""

from __future__ import annotations

from typing import NamedTuple

from graph.analytics import measures
from graph.analytics.cohesion import components
from graph.analytics.figures import Figure, Scores, share
from graph.analytics.projection import Projection


class Centralisation(NamedTuple):
    """From 0, all alike, to 1, a star. None with less than three nodes (`no_pairs`).

    Closeness is None where not all can reach each other (`disconnected`).
    """

    degree: Figure
    betweenness: Figure
    closeness: Figure


def centralisation(projection: Projection) -> Centralisation:
    """Return by how much the most central node exceeds the others, as a share of a star's excess.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.

    Returns
    -------
    Centralisation
        Isolates count among the nodes.

    Notes
    -----
    Exact; cost as `measures.betweenness`.

    References
    ----------
    .. [1] Freeman, "Centrality in Social Networks: Conceptual Clarification", Social Networks 1,
       1979.
    """
    network = projection.underlying
    count = len(network.ids)
    star = (count - 1) * (count - 2)
    connected = len(components(network)) <= 1
    return Centralisation(
        share(_excess(measures.degree(network, normalised=False)), star, "no_pairs"),
        share(_excess(measures.betweenness(network)), count - 1 if star else 0, "no_pairs"),
        share(
            _excess(measures.closeness(network)) * (2 * count - 3) if connected else 0,
            star if connected else 0,
            "no_pairs" if connected else "disconnected",
        ),
    )


def _excess(scores: Scores) -> float:
    defined = [score for score in scores if score is not None]
    greatest = max(defined, default=0.0)
    return sum(greatest - score for score in defined)
