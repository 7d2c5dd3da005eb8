"""What brokerage chance alone would bring: Gould and Fernandez's moments.

Every ordered pair of N nodes has an arrow with the network's density d, independently. An open way
then is there with probability p = d^2 (1 - d), and two that share an arrow, or the pair that must
have none, are not independent. R sna computes the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph.analytics.projection import Floats


class Moments(NamedTuple):
    """Means and variances; the last axis is that of `brokerage.ROLES`."""

    means: Floats
    variances: Floats


def moments(sizes: Floats, arrows: int) -> Moments:
    """Return the moments of one broker's roles, by its group.

    Parameters
    ----------
    sizes
        Members of each of the g groups, at least one; together N.
    arrows
        Number of arrows between them.

    Returns
    -------
    Moments
        Of shape (g, 6).

    Notes
    -----
    Exact under the model; O(g).

    References
    ----------
    .. [1] Gould and Fernandez, "Structures of Mediation", Sociological Methodology 19, 1989.
    """
    total, density = _density(sizes, arrows)
    way, twice = density**2 * (1 - density), (density * (1 - density)) ** 3
    others, within = total - sizes, sizes - 1
    pairs, triples = sizes * within, sizes * within * (sizes - 2)
    # n_j choose(N - n_j - n_i, 2) over the other groups j, from power sums.
    thirds = others[:, None] - sizes
    apart = sizes * thirds * (thirds - 1) / 2
    np.fill_diagonal(apart, 0)
    across = others * within
    squares = (sizes**2).sum() - sizes**2
    everybody = np.full_like(sizes, (total - 1) * (total - 2))
    one_way = across, within * others * (others - 1) + others * within * (within - 1)
    ways = np.stack(
        [
            within * (sizes - 2),
            pairs.sum() - pairs,
            across,
            across,
            others**2 - squares,
            everybody,
        ],
        axis=-1,
    )
    sharing = np.stack(
        [
            2 * within * (sizes - 2) * (sizes - 3),
            2 * (triples.sum() - triples),
            one_way[1],
            one_way[1],
            4 * apart.sum(axis=1),
            2 * everybody * (total - 3),
        ],
        axis=-1,
    )
    means = way * ways
    return Moments(means, means * (1 - way) + sharing * twice)


def moments_together(sizes: Floats, arrows: int) -> Moments:
    """Return the moments of the roles of all brokers together, shape (6,).

    Parameters
    ----------
    sizes, arrows
        As for `moments`.

    Notes
    -----
    O(g^2). References as `moments`.
    """
    total, density = _density(sizes, arrows)
    way = density**2 * (1 - density)
    # Two ways can share the arrow into or out of the broker, or one's arrow be the other's gap.
    cubes = (
        (density * (1 - density)) ** 3,
        density**4 * (1 - density) ** 2,
        density**5 * (1 - density),
    )
    pairs, others = sizes * (sizes - 1), total - sizes
    triples = pairs * (sizes - 2)
    mine, theirs = sizes[:, None], sizes[None, :]
    around = mine * theirs * (mine - 1)
    around = around * ((2 * mine + 2 * theirs - 6) * cubes[0] + (total - mine - 1) * cubes[2])
    np.fill_diagonal(around, 0)
    across = others * pairs
    everybody = total * (total - 1) * (total - 2)
    # Over ordered triples of different groups: the sum of x y z, and of x^2 y z.
    first, second, third, fourth = ((sizes**power).sum() for power in (1, 2, 3, 4))
    mixed = first**3 - 3 * first * second + 2 * third
    squared = second * first**2 - second**2 - 2 * third * first + 2 * fourth
    broad = (4 * total - 2) * mixed - 8 * squared
    ways = np.array([triples.sum(), across.sum(), across.sum(), across.sum(), mixed, everybody])
    one_way = (across * ((total - 3) * cubes[0] + (sizes - 2) * cubes[2])).sum()
    sharing = np.array(
        [
            (triples * _within(sizes, cubes)).sum(),
            around.sum(),
            one_way,
            one_way,
            broad * (cubes[0] - cubes[1]) + ((total - 1) * mixed - 2 * squared) * cubes[2],
            everybody * _within(np.array(total), cubes),
        ],
        dtype=np.float64,
    )
    means = way * ways
    return Moments(means, means * (1 - way) + sharing)


def _within(sizes: Floats, cubes: tuple[float, float, float]) -> Floats:
    return (4 * sizes - 10) * cubes[0] - 4 * (sizes - 3) * cubes[1] + (sizes - 3) * cubes[2]


def _density(sizes: Floats, arrows: int) -> tuple[float, float]:
    total = float(sizes.sum())
    pairs = total * (total - 1)
    return total, arrows / pairs if pairs else 0.0
