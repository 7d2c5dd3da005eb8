"""Who stands between people who do not know each other: Burt's structural holes."""

from __future__ import annotations

from typing import NamedTuple

from graph.analytics.projection import Projection


class Holes(NamedTuple):
    """Both measures, in the order of the projection's ids; None for an isolate (`no_ties`)."""

    constraint: list[float | None]
    effective_size: list[float | None]


def structural_holes(projection: Projection, *, weighted: bool = False) -> Holes:
    """Return constraint and effective size of every node.

    Parameters
    ----------
    projection
        n nodes, m ties. Where directed, ties in both directions of a pair are added.
    weighted
        A tie counts by its strength instead of as one.

    Returns
    -------
    Holes
        Constraint > 0: how much of a node's attention goes to people who know each other.
        Effective size: its contacts, less what they repeat of one another; from 1 to its degree
        where unweighted.

    Notes
    -----
    With s the ties added over both directions, p_ij = s_ij / sum_q s_iq and
    m_jq = s_jq / max_k s_jk: constraint_i = sum_j (p_ij + sum_q p_iq p_qj)^2 and
    effective size_i = sum_j (1 - sum_q p_iq m_jq), over the contacts j of i. Every q is a contact
    of both, so triangles are all there is to visit: O(sum over ties of the smaller degree), in
    memory O(m). NetworkX (3.6) multiplies whole matrices instead, which no memory holds around a
    node with 100,000 contacts, and takes a node with ties inward only for an isolate.

    References
    ----------
    .. [1] Burt, "Structural Holes", 1992, chapter 2.
    .. [2] Borgatti, "Structural Holes: Unpacking Burt's Redundancy Measures", Connections 20,
       1997.
    """
    ties = _added(projection, weighted=weighted)
    total = [sum(own.values()) for own in ties]
    largest = [max(own.values(), default=0.0) for own in ties]
    constraint: list[float | None] = []
    effective_size: list[float | None] = []
    for node, own in enumerate(ties):
        if not own:
            constraint.append(None)
            effective_size.append(None)
            continue
        constrained, size = 0.0, 0.0
        for contact, direct in own.items():
            theirs = ties[contact]
            fewer, more = (own, theirs) if len(own) <= len(theirs) else (theirs, own)
            shared = sorted(fewer.keys() & more.keys())
            indirect = sum(own[third] / total[third] * ties[third][contact] for third in shared)
            # Each share by itself, because the product of two faint strengths is 0.
            repeated = sum(
                own[third] / total[node] * (theirs[third] / largest[contact]) for third in shared
            )
            constrained += ((direct + indirect) / total[node]) ** 2
            size += 1 - repeated
        constraint.append(constrained)
        effective_size.append(size)
    return Holes(constraint, effective_size)


def _added(projection: Projection, *, weighted: bool) -> list[dict[int, float]]:
    ties = [dict[int, float]() for _ in projection.ids]
    sources: list[int] = projection.sources.tolist()
    targets: list[int] = projection.targets.tolist()
    strengths: list[float] = projection.strengths.tolist()
    for source, target, strength in zip(sources, targets, strengths, strict=True):
        share = strength if weighted else 1.0
        ties[source][target] = ties[source].get(target, 0.0) + share
        ties[target][source] = ties[target].get(source, 0.0) + share
    return ties
