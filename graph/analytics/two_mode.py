"""Networks of two kinds of nodes with ties only between them, such as parties and assets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph.analytics import measures
from graph.analytics.cohesion import components
from graph.analytics.figures import Scores
from graph.analytics.projection import FLOW_LIMIT, Flags, Floats, Indices, Projection
from graph.errors import Invalid
from graph.nodes import KINDS


class TwoModeCentrality(NamedTuple):
    """Centrality as a share of the most that a node of its mode could have.

    In the order of the projection's ids. None where the other mode is empty, or where nobody of
    the mode could be between others (`no_pairs`). An isolate has 0.
    """

    degree: Scores
    closeness: Scores
    betweenness: Scores


class OneMode(NamedTuple):
    """One mode alone, tied by what they share.

    Parameters
    ----------
    projection
        Its nodes and ties; a tie's strength is the chance that something passes by at least one
        of those that both are tied to, 1 - prod(1 - p q).
    shared
        Number of those that both are tied to, one a tie.
    """

    projection: Projection
    shared: Indices


def parties_of(projection: Projection) -> Flags:
    """Tell which nodes are parties rather than assets: one mode of the projection `two-mode`."""
    return projection.kinds != KINDS.index("asset")


def two_mode_centrality(projection: Projection, first: Flags) -> TwoModeCentrality:
    """Return degree, closeness and betweenness of the nodes of two modes.

    Parameters
    ----------
    projection
        n nodes, m ties between the modes; its underlying undirected graph is read, without
        strengths.
    first
        Which nodes are of the first mode, shape (n,).

    Returns
    -------
    TwoModeCentrality
        An isolate has 0.

    Raises
    ------
    Invalid
        When a tie is within a mode.

    Notes
    -----
    Closeness is further multiplied by the share of all others that are reached, as NetworkX has
    it. Exact; cost as `measures.betweenness`.

    References
    ----------
    .. [1] Borgatti and Everett, "Network Analysis of 2-Mode Data", Social Networks 19, 1997.
    """
    network = _between_modes(projection, first)
    count = len(network.ids)
    sizes = int(first.sum()), count - int(first.sum())
    most = _most_between(*sizes), _most_between(sizes[1], sizes[0])
    raw = measures.betweenness(network, normalised=False)
    close = measures.closeness(network)
    reached = {place: len(part) - 1 for part in components(network) for place in part}
    scores = TwoModeCentrality([], [], [])
    for place, in_first in enumerate(first.tolist()):
        own, other = sizes if in_first else sizes[::-1]
        between, near = raw[place] or 0.0, close[place] or 0.0
        largest = most[0] if in_first else most[1]
        scores.degree.append(int(network.degrees[place]) / other if other else None)
        # Wasserman and Faust's is reached / farness, by the same share of those reached.
        scores.closeness.append(
            near * (other + 2 * (own - 1)) / max(reached[place], 1) if other else None
        )
        scores.betweenness.append(between / largest if largest else None)
    return scores


def one_mode(projection: Projection, first: Flags) -> OneMode:
    """Tie the nodes of the first mode that share a node of the other.

    Parameters
    ----------
    projection
        n nodes, m ties between the modes.
    first
        Which nodes are of the first mode, shape (n,).

    Returns
    -------
    OneMode
        A node that shares nothing is an isolate.

    Raises
    ------
    Invalid
        When a tie is within a mode, or more than `FLOW_LIMIT` pairs share something.

    Notes
    -----
    Exact; O(sum over nodes of the other mode of degree squared).

    References
    ----------
    .. [1] Breiger, "The Duality of Persons and Groups", Social Forces 53, 1974.
    """
    network = _between_modes(projection, first)
    source_first = first[network.sources]
    own = np.where(source_first, network.sources, network.targets)
    other = np.where(source_first, network.targets, network.sources)
    left, right, chances = _sharing(own, other, network.strengths)
    places = np.flatnonzero(first)
    number = np.zeros(len(network.ids), np.int64)
    number[places] = np.arange(len(places))
    nodes = [(network.ids[place], int(network.kinds[place])) for place in places.tolist()]
    left, right = number[left], number[right]
    tied = Projection.of(projection.name, nodes, (left, right, chances), directed=False)
    shared = np.unique(left * max(len(nodes), 1) + right, return_counts=True)[1]
    return OneMode(tied, shared.astype(np.int64))


def _between_modes(projection: Projection, first: Flags) -> Projection:
    network = projection.underlying
    if (first[network.sources] == first[network.targets]).any():
        raise Invalid("a network of two modes has ties between them only")
    return network


def _sharing(own: Indices, other: Indices, strengths: Floats) -> tuple[Indices, Indices, Floats]:
    """Return every two ties that meet at a node of the other mode, by their own ends."""
    order = np.lexsort((own, other))
    own, other, strengths = own[order], other[order], strengths[order]
    after = np.searchsorted(other, other, side="right") - np.arange(len(other)) - 1
    pairs = int(after.sum())
    if pairs > FLOW_LIMIT:
        raise Invalid(f"{pairs} pairs share something, over {FLOW_LIMIT}")
    one = np.repeat(np.arange(len(other)), after)
    within = np.arange(pairs) - np.repeat(np.cumsum(after) - after, after)
    two = one + 1 + within
    return own[one], own[two], strengths[one] * strengths[two]


def _most_between(own: int, other: int) -> float:
    """Return the most betweenness that one of `own` nodes can have, beside `other` of the rest."""
    if not own or not other:
        return 0.0
    wide, rest = divmod(own - 1, other)
    return (
        other**2 * (wide + 1) ** 2
        + other * (wide + 1) * (2 * rest - wide - 1)
        - rest * (2 * wide - rest + 3)
    ) / 2
