"""Who is central, in seven ways. Scores come in the order of a projection's ids.

NetworkX computes, and its definitions hold: `rescaling` says how other programs differ. Where
`weighted` is true, shortest means strongest: the length of a tie is -log(strength), so that the
lengths along a route add up to the product of its chances.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np

from graph.analytics.figures import Scores
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.projection import Floats, Indices, Projection
from graph.analytics.spectrum import matrix_of, principal
from graph.errors import Invalid

DAMPING: Final = 0.85
_LEFT: Final = 5e-14
"""What is left of an error, as a share of a score and as one of their sum."""

# It says what it takes and gives in prose only.
_networkx: Final[Any] = nx


def degree(projection: Projection, *, normalised: bool = True) -> Scores:
    """Count the neighbours of every node; on directed projections ties in and out are added.

    Parameters
    ----------
    projection
        n nodes, m ties. Strengths are not read.
    normalised
        As a share of the n - 1 others (up to 2 where directed).

    Returns
    -------
    Scores
        An isolate has 0; so has the only node of a network, where NetworkX says 1.

    Notes
    -----
    Exact; O(n + m).

    References
    ----------
    .. [1] Freeman, "Centrality in Social Networks: Conceptual Clarification", Social Networks 1,
       1979.
    """
    others = max(len(projection.ids) - 1, 1)
    counts = projection.degrees.tolist()
    return [count / others for count in counts] if normalised else counts


def strength(projection: Projection) -> Scores:
    """Add up the strengths of the ties of every node; on directed projections in and out.

    Parameters
    ----------
    projection
        n nodes, m ties.

    Returns
    -------
    Scores
        An isolate has 0. Never normalised: 1 for each sure tie.

    Notes
    -----
    O(n + m), exact. Added in the order of the projection's ties.

    References
    ----------
    .. [1] Barrat, Barthelemy, Pastor-Satorras and Vespignani, "The Architecture of Complex
       Weighted Networks", PNAS 101, 2004.
    """
    ends = np.concatenate((projection.sources, projection.targets))
    weights = np.tile(projection.strengths, 2)
    return np.bincount(ends, weights, minlength=len(projection.ids)).tolist()


def betweenness(
    projection: Projection, *, weighted: bool = False, normalised: bool = True
) -> Scores:
    """Sum, for every node, the shares of the shortest routes between two others that it is on.

    Parameters
    ----------
    projection
        n nodes, m ties.
    weighted
        Shortest by -log(strength) instead of by steps. A sure tie has the least length there is,
        because routes cannot be counted along ties without length.
    normalised
        As a share of all pairs of the other nodes, reachable or not.

    Returns
    -------
    Scores
        Isolates have 0. Raw: unordered pairs where undirected, ordered ones where directed.

    Notes
    -----
    Ends are not on a route. Exact; O(n m), weighted O(n m + n^2 log n): minutes at 10,000 nodes.

    References
    ----------
    .. [1] Brandes, "A Faster Algorithm for Betweenness Centrality", Journal of Mathematical
       Sociology 25, 2001.
    """
    count = len(projection.ids)
    if count >= SEARCHED_FROM and not weighted:
        from graph.analytics.kernels import routes  # noqa: PLC0415 - see kernels

        pairs = (count - 1) * (count - 2) / (1 if projection.directed else 2)
        return (routes.betweenness(projection) / (pairs if normalised else 1)).tolist()
    return _in_order(
        _networkx.betweenness_centrality(
            projection.graph, normalized=normalised, weight="quanta" if weighted else None
        )
    )


class Nearness(NamedTuple):
    """How near every node is to the others, by the mean and by the sum of what is near."""

    closeness: Scores
    harmonic: Scores


def nearness(projection: Projection, *, weighted: bool = False) -> Nearness:
    """Return `closeness` and `harmonic`: where they search, one search finds both."""
    if len(projection.ids) < SEARCHED_FROM or weighted:
        return Nearness(
            closeness(projection, weighted=weighted), harmonic(projection, weighted=weighted)
        )
    from graph.analytics.kernels.searches import searches  # noqa: PLC0415 - see kernels

    found = searches(projection, "to")
    near = found.others / np.maximum(found.steps, 1)
    of_others = found.others / (len(projection.ids) - 1)
    return Nearness((near * of_others).tolist(), found.nearness.tolist())


def closeness(projection: Projection, *, weighted: bool = False) -> Scores:
    """Return one over the mean distance to every node from those that reach it.

    Parameters
    ----------
    projection
        n nodes, m ties; inward where directed.
    weighted
        Distance is -log(strength) instead of a number of steps.

    Returns
    -------
    Scores
        Times the share of the n - 1 others that reach it (Wasserman and Faust), so that an isolate
        has 0. None where all who reach a node do so for sure: the mean distance is 0.

    Notes
    -----
    Exact; O(n m), weighted O(n m + n^2 log n).

    References
    ----------
    .. [1] Wasserman and Faust, "Social Network Analysis", 1994, page 201.
    """
    if len(projection.ids) >= SEARCHED_FROM and not weighted:
        return nearness(projection).closeness
    scores = _networkx.closeness_centrality(
        projection.graph, distance="distance" if weighted else None, wf_improved=True
    )
    reached = np.bincount(_inward(projection), minlength=len(projection.ids)) > 0
    return [
        None if score == 0 and tied else score
        for score, tied in zip(_in_order(scores), reached.tolist(), strict=True)
    ]


def harmonic(projection: Projection, *, weighted: bool = False) -> Scores:
    """Sum one over the distance to every node from each that reaches it.

    Parameters
    ----------
    projection
        n nodes, m ties; inward where directed.
    weighted
        Distance is -log(strength) instead of a number of steps.

    Returns
    -------
    Scores
        Never normalised. An isolate has 0. None where somebody reaches a node for sure: the sum
        is infinite.

    Notes
    -----
    Exact; O(n m), weighted O(n m + n^2 log n).

    References
    ----------
    .. [1] Boldi and Vigna, "Axioms for Centrality", Internet Mathematics 10, 2014.
    """
    if len(projection.ids) >= SEARCHED_FROM and not weighted:
        return nearness(projection).harmonic
    scores = _in_order(
        _networkx.harmonic_centrality(projection.graph, distance="distance" if weighted else None)
    )
    if weighted:
        for place in _inward(projection, projection.strengths == 1).tolist():
            scores[place] = None
    return scores


def eigenvector(projection: Projection, *, weighted: bool = False) -> Scores:
    """Return the principal eigenvector of the adjacency: who knows those who know many.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read.
    weighted
        The adjacency holds strengths instead of ones.

    Returns
    -------
    Scores
        Of Euclidean norm 1, >= 0; an isolate has 0. None for all where there are no ties.

    Notes
    -----
    Of the whole graph: only the component of greatest spectral radius has scores above 0. Where
    several share that radius the vector is not unique; this is the one that power iteration from
    equal scores tends to, in which each of them has its part. Exact; cost as
    `spectrum.principal`.

    References
    ----------
    .. [1] Bonacich, "Power and Centrality: A Family of Measures", American Journal of Sociology
       92, 1987.
    """
    if not len(projection.sources):
        return [None] * len(projection.ids)
    adjacency = matrix_of(projection.underlying, weighted=weighted)
    scores = principal(adjacency, np.ones(len(projection.ids)))
    return (scores / np.linalg.norm(scores)).tolist()


def pagerank(projection: Projection, *, damping: float = DAMPING, weighted: bool = False) -> Scores:
    """Return the share of its time that a random walk spends at every node.

    Parameters
    ----------
    projection
        n nodes, m ties; both ways round where undirected.
    damping
        d in (0, 1): how often the walk goes on along a tie; else it starts anew anywhere.
    weighted
        The walk prefers strong ties instead of taking each alike.

    Returns
    -------
    Scores
        In (0, 1], with sum 1. An isolate has what starting anew brings it.

    Raises
    ------
    Invalid
        When damping is not in (0, 1).

    Notes
    -----
    Exact to 1e-13 of each score: d^k bounds what k steps leave of an error that was 2 at most,
    together, and no score is below (1 - d) / n. O(m) a step, some 220 steps for a group and 290
    for a town.

    References
    ----------
    .. [1] Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking", 1999.
    """
    if not 0 < damping < 1:
        raise Invalid("damping must lie between 0 and 1")
    count = len(projection.ids)
    if not count:
        return []
    outward = matrix_of(projection, weighted=weighted)
    whole = np.asarray(outward.sum(axis=1))
    inward = outward.T.tocsr() if projection.directed else outward
    whole[whole == 0] = 1
    anew = (1 - damping) / count
    scores = np.full(count, 1 / count)
    # A walk that no tie leads on starts anew anywhere, which makes all scores so much larger alike.
    for _ in range(math.ceil(math.log(_LEFT * anew / 2, damping))):
        scores: Floats = damping * (inward @ (scores / whole)) + anew
    return (scores / scores.sum()).tolist()


def _inward(projection: Projection, which: Any = slice(None)) -> Indices:
    if projection.directed:
        return projection.targets[which]
    return np.concatenate((projection.sources[which], projection.targets[which]))


def _in_order(scores: dict[int, float]) -> Scores:
    return [float(scores[place]) for place in range(len(scores))]
