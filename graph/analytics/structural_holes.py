"""Who stands between people who do not know each other: Burt's structural holes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from graph.analytics.figures import Scores
from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Flags, Floats, Projection


class Holes(NamedTuple):
    """All of Burt's measures, in the order of the projection's ids.

    None for an isolate (`no_ties`); hierarchy is None with one contact too (`one_contact`).
    """

    constraint: Scores
    effective_size: Scores
    efficiency: Scores
    hierarchy: Scores


def structural_holes(projection: Projection, *, weighted: bool = False) -> Holes:
    """Return constraint, effective size, efficiency and hierarchy of every node.

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
        where unweighted. Efficiency: effective size over the number of contacts. Hierarchy: from
        0, where every contact constrains alike, to 1, where all constraint is one contact's.

    Notes
    -----
    With s the ties added over both directions, p_ij = s_ij / sum_q s_iq and
    m_jq = s_jq / max_k s_jk: constraint_i = sum_j c_ij with c_ij = (p_ij + sum_q p_iq p_qj)^2 and
    effective size_i = sum_j (1 - sum_q p_iq m_jq), over the contacts j of i. With N contacts and
    r_ij = N c_ij / constraint_i, hierarchy_i = sum_j r_ij ln r_ij / (N ln N).

    Exact. Every q is a contact of both, so triangles are all there is to visit: O(sum over ties of
    the smaller degree), in memory O(m). NetworkX (3.6) multiplies whole matrices instead, which no
    memory holds around a node with 100,000 contacts, and takes a node with ties inward only for an
    isolate.

    References
    ----------
    .. [1] Burt, "Structural Holes", 1992, chapter 2.
    .. [2] Borgatti, "Structural Holes: Unpacking Burt's Redundancy Measures", Connections 20,
       1997.
    """
    if len(projection.ids) >= SCANNED_FROM:
        return _large(projection, weighted=weighted)
    ties = _added(projection, weighted=weighted)
    total = [sum(own.values()) for own in ties]
    largest = [max(own.values(), default=0.0) for own in ties]
    holes = Holes([], [], [], [])
    for node, own in enumerate(ties):
        if not own:
            for scores in holes:
                scores.append(None)
            continue
        constrained: list[float] = []
        size = 0.0
        for contact, direct in own.items():
            theirs = ties[contact]
            fewer, more = (own, theirs) if len(own) <= len(theirs) else (theirs, own)
            shared = sorted(fewer.keys() & more.keys())
            indirect = sum(own[third] / total[third] * ties[third][contact] for third in shared)
            # Each share by itself, because the product of two faint strengths is 0.
            repeated = sum(
                own[third] / total[node] * (theirs[third] / largest[contact]) for third in shared
            )
            constrained.append(((direct + indirect) / total[node]) ** 2)
            size += 1 - repeated
        holes.constraint.append(sum(constrained))
        holes.effective_size.append(size)
        holes.efficiency.append(size / len(own))
        holes.hierarchy.append(_hierarchy(constrained))
    return holes


def _large(projection: Projection, *, weighted: bool) -> Holes:
    from graph.analytics.kernels.holes import hole_sums  # noqa: PLC0415 - see kernels

    total, repeated, uneven, contacts = hole_sums(projection, weighted=weighted)
    effective_size = contacts - repeated
    # sum r ln r with r = N c / total, from the sum of c ln c.
    with np.errstate(divide="ignore", invalid="ignore"):
        efficiency = effective_size / contacts
        spread = contacts * (uneven / total + np.log(contacts / total))
        hierarchy = np.maximum(spread / (contacts * np.log(contacts)), 0.0)
    tied, several = contacts > 0, contacts > 1
    return Holes(
        _scores(total, tied),
        _scores(effective_size, tied),
        _scores(efficiency, tied),
        _scores(hierarchy, several),
    )


def _scores(values: Floats, defined: Flags) -> Scores:
    return [
        value if has else None for value, has in zip(values.tolist(), defined.tolist(), strict=True)
    ]


def _hierarchy(constrained: list[float]) -> float | None:
    count, total = len(constrained), sum(constrained)
    if count == 1:
        return None
    ratios = (count * part / total for part in constrained)
    # A part of a faint tie may be 0, and r ln r tends to 0 with r.
    uneven = sum(ratio * math.log(ratio) for ratio in ratios if ratio)
    return max(uneven / (count * math.log(count)), 0.0)


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
