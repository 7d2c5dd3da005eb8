"""Greatest eigenvalues and their vectors, the same digits in every run."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.sparse import csgraph, csr_array, linalg

from graph.analytics.projection import Floats, Indices, Projection

# Both say what they take and give in prose only.
_csgraph: Final[Any] = csgraph
_linalg: Final[Any] = linalg

_DENSE_LIMIT: Final = 256
_SAME_RADIUS: Final = 1e-9
_RADIUS_STEPS: Final = 128


def matrix_of(projection: Projection, *, weighted: bool) -> Any:
    """Return the adjacency as a sparse matrix, from row to column, both ways where undirected.

    Parameters
    ----------
    projection
        n nodes, m ties.
    weighted
        It holds strengths instead of ones.

    Returns
    -------
    csr_array
        Shape (n, n), floats: 12 bytes an entry.
    """
    ties = projection.strengths if weighted else np.ones_like(projection.strengths)
    ends = projection.sources.astype(np.int32), projection.targets.astype(np.int32)
    matrix: Any = csr_array((ties, ends), shape=(len(projection.ids),) * 2)
    return matrix if projection.directed else matrix + matrix.T


def principal(adjacency: Any, start: Floats) -> Floats:
    """Return what power iteration from a start tends to, as to its direction.

    Parameters
    ----------
    adjacency
        A symmetric sparse matrix without negative entries, and with one above 0.
    start
        Scores >= 0 to begin with, shape (n,).

    Returns
    -------
    ndarray
        The part of the start in the eigenvectors of greatest eigenvalue, >= 0. Each component
        that has this eigenvalue has its part in it.

    Notes
    -----
    Component by component, because power iteration over all of them need not converge in any
    fixed number of steps. Radii that differ by less than a billionth are one, so that a tie too
    faint for floating point decides nothing. O(m) a step of Lanczos; components up to 256 nodes
    are solved whole.

    References
    ----------
    .. [1] Golub and Van Loan, "Matrix Computations", 1996, chapters 7 to 9.
    """
    # Faint ties alone would be lost in the solvers' own thresholds.
    if (greatest_tie := adjacency.max()) != 1:
        adjacency = adjacency / greatest_tie
    count, labels = _csgraph.connected_components(adjacency, directed=False)
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels, minlength=count))
    bounds = np.asarray(adjacency.sum(axis=1))
    greatest = 0.0
    found: list[tuple[float, Indices, Floats]] = []
    for part in sorted(np.split(order, ends[:-1]), key=lambda part: (-len(part), part[0])):
        # No spectral radius exceeds the largest row sum, so most small components end here.
        if bounds[part].max() < greatest * (1 - _SAME_RADIUS):
            continue
        radius, scores = _principal(adjacency[part][:, part], start[part])
        greatest = max(greatest, radius)
        found.append((radius, part, scores))
    together = np.zeros(len(start))
    for radius, part, scores in found:
        if radius >= greatest * (1 - _SAME_RADIUS):
            together[part] = scores
    return np.maximum(together, 0)


def radius_bound(adjacency: Any) -> float:
    """Return a number not below the spectral radius of a sparse matrix, and close to it.

    Parameters
    ----------
    adjacency
        A square sparse matrix without negative entries; it need not be symmetric.

    Returns
    -------
    float
        The 128th root of the greatest row sum of the 128th power; 0 exactly where no walk has
        more than 127 steps, as on a network whose arrows never lead round.

    Notes
    -----
    Gelfand: every such root is a bound, and they tend to the radius. O(m), no convergence to wait
    for.

    References
    ----------
    .. [1] Horn and Johnson, "Matrix Analysis", 1985, section 5.6.
    """
    walks = np.ones(adjacency.shape[0])
    logarithm = 0.0
    for _ in range(_RADIUS_STEPS):
        walks = adjacency @ walks
        largest = float(walks.max(initial=0.0))
        if largest == 0:
            return 0.0
        walks = walks / largest
        logarithm += float(np.log(largest))
    return float(np.exp(logarithm / _RADIUS_STEPS))


def _principal(adjacency: Any, start: Floats) -> tuple[float, Floats]:
    radii: Floats
    vectors: Floats
    if adjacency.shape[0] <= _DENSE_LIMIT:
        radii, vectors = np.linalg.eigh(adjacency.toarray())
    else:
        # From the start, because a start by chance gives other last digits each run.
        radii, vectors = _linalg.eigsh(adjacency, k=1, which="LA", v0=start)
    space = vectors[:, radii >= radii[-1] * (1 - _SAME_RADIUS)]
    return float(radii[-1]), space @ (space.T @ start)
