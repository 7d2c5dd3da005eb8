"""What changed between two days: ties kept, made and lost; who entered and who left."""

from __future__ import annotations

from typing import NamedTuple

from graph.analytics.figures import Figure, share
from graph.analytics.projection import Projection
from graph.errors import Invalid

Pair = tuple[str, str]


class Comparison(NamedTuple):
    """Two days of one projection; ties as pairs of ids, ascending.

    Parameters
    ----------
    kept, made, lost
        Ties on both days, only on the later, only on the earlier.
    entered, left
        Ids of nodes only on the later day, only on the earlier.
    stayed
        Number of nodes on both days.
    jaccard
        kept / (kept + made + lost); None without any tie (`no_ties`).
    jaccard_of_stayers
        The same of the ties among nodes that were there on both days, so that who entered or left
        does not lower it.
    """

    kept: list[Pair]
    made: list[Pair]
    lost: list[Pair]
    entered: list[str]
    left: list[str]
    stayed: int
    jaccard: Figure
    jaccard_of_stayers: Figure


def compare(earlier: Projection, later: Projection) -> Comparison:
    """Compare one projection on two days.

    Parameters
    ----------
    earlier, later
        The same projection of the same view; strengths are not read.

    Returns
    -------
    Comparison
        Isolates enter, stay and leave as all others do.

    Raises
    ------
    Invalid
        When the two are different projections.

    Notes
    -----
    Exact; O(n log n + m log m).

    References
    ----------
    .. [1] Snijders, van de Bunt and Steglich, "Introduction to Stochastic Actor-based Models for
       Network Dynamics", Social Networks 32, 2010: the Jaccard index of two waves.
    """
    if (earlier.name, earlier.directed) != (later.name, later.directed):
        raise Invalid("only two days of the same projection can be compared")
    before, after = set(_pairs(earlier)), set(_pairs(later))
    kept, made, lost = before & after, after - before, before - after
    stayers = set(earlier.ids) & set(later.ids)
    changed = sum(stayers.issuperset(pair) for pair in made | lost)
    return Comparison(
        sorted(kept),
        sorted(made),
        sorted(lost),
        sorted(set(later.ids) - stayers),
        sorted(set(earlier.ids) - stayers),
        len(stayers),
        share(len(kept), len(before | after), "no_ties"),
        share(len(kept), len(kept) + changed, "no_ties"),
    )


def _pairs(projection: Projection) -> list[Pair]:
    ids = tuple(projection.ids)
    return [
        (ids[source], ids[target])
        for source, target in zip(
            projection.sources.tolist(), projection.targets.tolist(), strict=True
        )
    ]
