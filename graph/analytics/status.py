"""Who is chosen by those who are chosen: status that is passed along ties."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from scipy import sparse

from graph.analytics.figures import Scores
from graph.analytics.projection import Floats, Projection
from graph.analytics.spectrum import matrix_of, principal, radius_bound
from graph.errors import Invalid

# It says what it takes and gives in prose only.
_sparse: Final[Any] = sparse

_SETTLED: Final = 1e-15
_MOST_STEPS: Final = 10_000
_LARGE: Final = 1e100


class Katz(NamedTuple):
    """Scores, and the weight that each further step of a walk is multiplied by."""

    scores: Scores
    alpha: float


class Hits(NamedTuple):
    """Scores of both kinds; None for all where there are no ties (`no_ties`)."""

    hubs: Scores
    authorities: Scores


def katz(projection: Projection, *, attenuation: float = 0.5, weighted: bool = False) -> Katz:
    """Count the walks that end at every node, long ones for less.

    Parameters
    ----------
    projection
        n nodes, m ties; inward where directed.
    attenuation
        In (0, 1): what a step is worth, as a share of the most for which the sum is finite, or of
        1 where that is more.
    weighted
        A walk counts by the product of its ties' strengths instead of as one.

    Returns
    -------
    Katz
        Scores x = alpha A'x + 1, scaled to Euclidean norm 1. An isolate has the least score there
        is: that of the empty walk.

    Raises
    ------
    Invalid
        When attenuation is not in (0, 1).

    Notes
    -----
    alpha = attenuation / max(1, `spectrum.radius_bound`). Exact to 1e-15 of the largest score;
    O(m) a step, some log(1e-15) / log(attenuation) steps.

    References
    ----------
    .. [1] Katz, "A New Status Index Derived from Sociometric Analysis", Psychometrika 18, 1953.
    """
    if not 0 < attenuation < 1:
        raise Invalid("attenuation must lie between 0 and 1")
    if not len(projection.ids):
        return Katz([], attenuation)
    inward = matrix_of(projection, weighted=weighted).T.tocsr()
    alpha = attenuation / max(1.0, radius_bound(inward))
    scores = step = np.ones(len(projection.ids))
    for _ in range(_MOST_STEPS):
        step: Floats = alpha * (inward @ step)
        scores = scores + step
        # Arrows that never lead round may have more walks than a float can count.
        largest = float(scores.max())
        if largest > _LARGE:
            scores, step = scores / largest, step / largest
        if step.max() <= _SETTLED * scores.max():
            break
    return Katz((scores / np.linalg.norm(scores)).tolist(), alpha)


def hits(projection: Projection, *, weighted: bool = False) -> Hits:
    """Return who chooses the chosen (hubs) and who is chosen by such (authorities).

    Parameters
    ----------
    projection
        n nodes, m ties. Where undirected both are one.
    weighted
        Ties count by their strengths instead of as one.

    Returns
    -------
    Hits
        Both sum to 1. An isolate has 0 and 0; who has ties out only is no authority.

    Notes
    -----
    The principal singular vectors of the adjacency. Where several are principal they are not
    unique; these are what the iteration tends to that begins with equal authorities. Exact; cost
    as `spectrum.principal` on 2n nodes and 2m ties.

    References
    ----------
    .. [1] Kleinberg, "Authoritative Sources in a Hyperlinked Environment", Journal of the ACM 46,
       1999.
    """
    count = len(projection.ids)
    if not len(projection.sources):
        return Hits([None] * count, [None] * count)
    adjacency = matrix_of(projection, weighted=weighted)
    # Hubs and authorities as the two sides of one symmetric matrix, whose eigenvectors hold both.
    sides: Any = _sparse.block_array([[None, adjacency], [adjacency.T, None]], format="csr")
    scores = principal(sides, np.repeat([0.0, 1.0], count))
    hubs, authorities = scores[:count], scores[count:]
    return Hits((hubs / hubs.sum()).tolist(), (authorities / authorities.sum()).tolist())
