"""Which few together hold a network together, or reach the most of it: Borgatti's key players.

The best set is seldom the set of the best: two who do the same count once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.sparse import csgraph

from graph.analytics.figures import Figure, share
from graph.analytics.projection import Floats, Projection
from graph.errors import Invalid

EXHAUSTIVE_SETS: Final = 5_000
"""Where there are no more sets than this, all are looked at, and the best is proven."""

KEY_PLAYER_LIMIT: Final = 3_000
"""Nodes at most."""

BY_DISTANCE_LIMIT: Final = 300
"""Nodes at most where all distances are measured again without each."""

GREEDY_GUARANTEE: Final = 1 - 1 / math.e

_csgraph: Final[Any] = csgraph

_Score = Callable[[Sequence[int]], float]


class KeyPlayers(NamedTuple):
    """A set of nodes, and what it does.

    Parameters
    ----------
    members
        Places in the projection's ids, ascending; of equally good sets the first.
    score
        What is left in pieces without them, or reached by them.
    exact
        Whether no other set of this size is better.
    guarantee
        The score is at least this share of the best; None where nothing is proven.
    """

    members: list[int]
    score: Figure
    exact: bool
    guarantee: float | None


def fragmentation(
    projection: Projection, *, without: Collection[int] = (), by_distance: bool = False
) -> Figure:
    """Return the share of pairs that cannot reach each other.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.
    without
        Places of nodes that are taken away first, with their ties.
    by_distance
        A pair counts by 1 - 1 / distance instead of as cut off or not.

    Returns
    -------
    Figure
        From 0 to 1, of the pairs that are left; None where less than two nodes are (`no_pairs`).
        Isolates are cut off from everybody.

    Notes
    -----
    Exact; O(n + m), by distance O(n (n + m)).

    References
    ----------
    .. [1] Borgatti, "Identifying Sets of Key Players in a Social Network", Computational and
       Mathematical Organization Theory 12, 2006.
    """
    left = len(projection.ids) - len(set(without))
    if left < 2:  # noqa: PLR2004 - one node makes no pair
        return Figure(None, "no_pairs")
    return Figure(_pieces(projection, by_distance=by_distance)(sorted(set(without))))


def group_reach(
    projection: Projection, members: Collection[int], *, steps: int | None = None
) -> Figure:
    """Return the share of the nodes that a group reaches.

    Parameters
    ----------
    projection
        n nodes, m ties; outward where directed. Strengths are not read.
    members
        Places of the group's nodes.
    steps
        Within so many steps; None: each counts by 1 / distance from the nearest member.

    Returns
    -------
    Figure
        From 0 to 1; members count as reached, 1 each. None without nodes (`no_nodes`). An isolate
        is reached as a member only.

    Raises
    ------
    Invalid
        When there are more than `KEY_PLAYER_LIMIT` nodes.

    Notes
    -----
    Exact; O(n (n + m)).

    References
    ----------
    .. [1] Borgatti, "Identifying Sets of Key Players in a Social Network", 2006.
    """
    reached = _covered(_nearness(projection, steps))(sorted(set(members)))
    return share(reached, len(projection.ids), "no_nodes")


def breaking_players(projection: Projection, size: int, *, by_distance: bool = False) -> KeyPlayers:
    """Return those without whom the network is in the most pieces: the negative problem.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.
    size
        How many, from 1 to n.
    by_distance
        As for `fragmentation`.

    Returns
    -------
    KeyPlayers
        Its score is the fragmentation of what is left, isolates included.

    Raises
    ------
    Invalid
        When the size is out of range, or there are more than `KEY_PLAYER_LIMIT` nodes, by
        distance `BY_DISTANCE_LIMIT`.

    Notes
    -----
    Exact with at most `EXHAUSTIVE_SETS` sets. Else greedy, then members are exchanged for others
    as long as that is better: without a guarantee, because the problem has none. O(size n) times
    the cost of `fragmentation` a round.

    References
    ----------
    .. [1] Borgatti, "Identifying Sets of Key Players in a Social Network", 2006.
    """
    limit = BY_DISTANCE_LIMIT if by_distance else KEY_PLAYER_LIMIT
    _within_limits(projection, size, limit)
    count = len(projection.ids)
    if count - size < 2:  # noqa: PLR2004 - one node makes no pair
        return KeyPlayers(list(range(size)), Figure(None, "no_pairs"), exact=True, guarantee=1.0)
    score = _pieces(projection, by_distance=by_distance)
    members, exact = _best(count, size, score)
    return KeyPlayers(members, Figure(score(members)), exact, 1.0 if exact else None)


def reaching_players(projection: Projection, size: int, *, steps: int | None = None) -> KeyPlayers:
    """Return those who together reach the most: the positive problem.

    Parameters
    ----------
    projection
        n nodes, m ties; outward where directed. Strengths are not read.
    size
        How many, from 1 to n.
    steps
        As for `group_reach`.

    Returns
    -------
    KeyPlayers
        Its score is the reach of the group; an isolate is reached as a member only.

    Raises
    ------
    Invalid
        When the size is out of range, or there are more than `KEY_PLAYER_LIMIT` nodes.

    Notes
    -----
    Exact with at most `EXHAUSTIVE_SETS` sets. Else greedy, then members are exchanged: at least
    1 - 1/e of the best, because what a member adds only shrinks as the group grows. O(n (n + m)
    + size n^2) a round.

    References
    ----------
    .. [1] Borgatti, "Identifying Sets of Key Players in a Social Network", 2006.
    .. [2] Nemhauser, Wolsey and Fisher, "An Analysis of Approximations for Maximizing Submodular
       Set Functions", Mathematical Programming 14, 1978.
    """
    _within_limits(projection, size, KEY_PLAYER_LIMIT)
    count = len(projection.ids)
    score = _covered(_nearness(projection, steps))
    members, exact = _best(count, size, score)
    guarantee = 1.0 if exact else GREEDY_GUARANTEE
    return KeyPlayers(members, Figure(score(members) / count), exact, guarantee)


def _within_limits(projection: Projection, size: int, limit: int) -> None:
    count = len(projection.ids)
    if not 1 <= size <= count:
        raise Invalid(f"size must be from 1 to the {count} nodes that there are")
    if count > limit:
        raise Invalid(f"key players are looked for among at most {limit} nodes, not {count}")


def _best(count: int, size: int, score: _Score) -> tuple[list[int], bool]:
    if math.comb(count, size) <= EXHAUSTIVE_SETS:
        # max takes the first of equals, and rounding keeps what is equal so.
        best = max(combinations(range(count), size), key=lambda members: _rounded(score(members)))
        return list(best), True
    members: list[int] = []
    while len(members) < size:
        members.append(_better(count, members, score)[0])
    reached = _rounded(score(members))
    exchanged = True
    while exchanged:
        exchanged = False
        for leaving in members:
            others = [place for place in members if place != leaving]
            place, gained = _better(count, others, score)
            if gained > reached:
                members, reached, exchanged = [*others, place], gained, True
                break
    return sorted(members), False


def _better(count: int, members: list[int], score: _Score) -> tuple[int, float]:
    """Return who is best added to some, and the score with them."""
    gains = ((place, _rounded(score(sorted([*members, place]))))
             for place in range(count) if place not in members)  # fmt: skip
    return max(gains, key=lambda gain: (gain[1], -gain[0]))


def _rounded(score: float) -> float:
    return round(score, 12)


def _pieces(projection: Projection, *, by_distance: bool) -> _Score:
    adjacency, count = projection.underlying.adjacency, len(projection.ids)

    def score(members: Sequence[int]) -> float:
        kept = np.ones(count, np.bool_)
        kept[list(members)] = False
        left = adjacency[kept][:, kept]
        pairs = left.shape[0] * (left.shape[0] - 1)
        if by_distance:
            steps: Floats = _csgraph.shortest_path(left, directed=False, unweighted=True)
            return 1 - float((1 / steps[steps > 0]).sum()) / pairs
        sizes = np.bincount(_csgraph.connected_components(left, directed=False)[1])
        return 1 - int((sizes * (sizes - 1)).sum()) / pairs

    return score


def _covered(nearness: Floats) -> _Score:
    def score(members: Sequence[int]) -> float:
        return float(nearness[list(members)].max(axis=0, initial=0).sum())

    return score


def _nearness(projection: Projection, steps: int | None) -> Floats:
    """Return how near every node is to every other, 1 to itself; shape (n, n)."""
    count = len(projection.ids)
    if count > KEY_PLAYER_LIMIT:
        raise Invalid(f"reach is measured among at most {KEY_PLAYER_LIMIT} nodes, not {count}")
    if not count:
        return np.zeros((0, 0))
    adjacency = projection.adjacency
    apart: Floats = _csgraph.shortest_path(
        adjacency, directed=projection.directed, unweighted=True, method="D"
    )
    np.fill_diagonal(apart, 1)
    return 1 / apart if steps is None else (apart <= steps).astype(np.float64)
