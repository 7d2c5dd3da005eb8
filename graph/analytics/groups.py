"""Whether ties stay within groups: E-I index, assortativity, modularity of groups that are given.

A group is a label, one a node in the order of the projection's ids. None is nobody's: the ties of
such a node are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from graph.analytics.figures import Figure, Scores, share
from graph.analytics.projection import Flags, Floats, Indices, Projection
from graph.errors import Invalid
from graph.network import Snapshot
from graph.nodes import KINDS

Groups = Sequence[str | None] | Sequence[int]


class EIIndex(NamedTuple):
    """From -1, all ties within groups, to 1, all between them.

    Parameters
    ----------
    whole
        Of all ties; None without ties (`no_ties`).
    by_node
        Of every node's own ties; None without (`no_ties`).
    external, internal
        Ties between groups, and within one.
    """

    whole: Figure
    by_node: Scores
    external: int
    internal: int


def kinds_of(projection: Projection) -> list[str]:
    """Return the kind of every node, to be used as groups."""
    return [KINDS[code] for code in projection.kinds.tolist()]


def areas_of(snapshot: Snapshot, projection: Projection) -> list[str | None]:
    """Return the area of every node, to be used as groups; None in no area or in several.

    `projection` is one of the snapshot.
    """
    only = [own[0] if len(own) == 1 else None for own in snapshot.areas.distinct]
    return [only[code] for code in snapshot.areas.codes[projection.places].tolist()]


def ei_index(projection: Projection, groups: Groups) -> EIIndex:
    """Return external less internal ties, as a share of both.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read. Directed: arrows in and out count each; take
        `projection.underlying` to count pairs.
    groups
        Group of every node.

    Returns
    -------
    EIIndex
        An isolate has None.

    Raises
    ------
    Invalid
        When there is not one group a node.

    Notes
    -----
    Exact; O(n + m).

    References
    ----------
    .. [1] Krackhardt and Stern, "Informal Networks and Organizational Crises", Social Psychology
       Quarterly 51, 1988.
    """
    labels, sources, targets, _ = _within(projection, groups)
    across = labels[sources] != labels[targets]
    count = len(projection.ids)
    own, outside = (
        np.bincount(sources[which], minlength=count) + np.bincount(targets[which], minlength=count)
        for which in (slice(None), across)
    )
    external, ties = int(across.sum()), len(across)
    return EIIndex(
        share(2 * external - ties, ties, "no_ties"),
        [
            (2 * out - all_) / all_ if all_ else None
            for out, all_ in zip(outside.tolist(), own.tolist(), strict=True)
        ],
        external,
        ties - external,
    )


def assortativity(projection: Projection, groups: Groups) -> Figure:
    """Return how much more often ties stay within groups than they would by chance.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    groups
        Group of every node.

    Returns
    -------
    Figure
        1 where all ties stay within, 0 as by chance, below 0 where fewer; None without ties
        (`no_ties`) or where they all touch one group (`one_group`). Isolates do not count.

    Raises
    ------
    Invalid
        When there is not one group a node.

    Notes
    -----
    (tr e - sum ab) / (1 - sum ab), with e the shares of ties by the groups of their ends, a and b
    its sums by row and column. Exact; O(n + m).

    References
    ----------
    .. [1] Newman, "Mixing Patterns in Networks", Physical Review E 67, 2003.
    """
    labels, sources, targets, _ = _within(projection, groups)
    if not len(sources):
        return Figure(None, "no_ties")
    out, into = _ends(projection, labels, sources, targets, np.ones(len(sources)))
    inside = float((labels[sources] == labels[targets]).mean())
    chance = float(out @ into)
    return share(inside - chance, 1 - chance, "one_group")


def degree_assortativity(projection: Projection) -> Figure:
    """Return the correlation of the degrees at both ends of a tie.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.

    Returns
    -------
    Figure
        In [-1, 1]; None without ties (`no_ties`) or where all ends have one degree (`alike`).
        Isolates do not count.

    Notes
    -----
    Exact, in whole numbers until the last step; O(n + m).

    References
    ----------
    .. [1] Newman, "Assortative Mixing in Networks", Physical Review Letters 89, 2002.
    """
    undirected = projection.underlying
    if not len(undirected.sources):
        return Figure(None, "no_ties")
    one = undirected.degrees[undirected.sources].astype(object)
    other = undirected.degrees[undirected.targets].astype(object)
    count = 2 * len(one)
    total = int((one + other).sum())
    squares = int((one * one + other * other).sum())
    products = 2 * int((one * other).sum())
    spread = count * squares - total * total
    return share(count * products - total * total, spread, "alike")


def modularity(projection: Projection, groups: Groups, *, weighted: bool = False) -> Figure:
    """Return the share of ties within groups, less what it would be by chance.

    Parameters
    ----------
    projection
        n nodes, m ties.
    groups
        Group of every node.
    weighted
        Ties count by their strengths instead of as one.

    Returns
    -------
    Figure
        In [-0.5, 1); None without ties (`no_ties`). Isolates do not count.

    Raises
    ------
    Invalid
        When there is not one group a node.

    Notes
    -----
    Resolution 1; directed, chance keeps in- and out-degrees. Exact; O(n + m).

    References
    ----------
    .. [1] Newman, "Modularity and Community Structure in Networks", PNAS 103, 2006.
    .. [2] Leicht and Newman, "Community Structure in Directed Networks", Physical Review Letters
       100, 2008.
    """
    labels, sources, targets, strengths = _within(projection, groups)
    if not len(sources):
        return Figure(None, "no_ties")
    weights = strengths if weighted else np.ones_like(strengths)
    out, into = _ends(projection, labels, sources, targets, weights)
    inside = weights[labels[sources] == labels[targets]].sum() / weights.sum()
    return Figure(float(inside - out @ into))


def _within(projection: Projection, groups: Groups) -> tuple[Indices, Indices, Indices, Floats]:
    """Return groups by number, and the ties between nodes that have one."""
    if len(groups) != len(projection.ids):
        raise Invalid(f"{len(groups)} groups were given for {len(projection.ids)} nodes")
    names = sorted({group for group in groups if group is not None})
    number = {name: index for index, name in enumerate(names)}
    labels = np.array([-1 if group is None else number[group] for group in groups], np.int64)
    # Where all have a group nothing is copied.
    kept: Flags | slice = slice(None)
    if labels.min(initial=0) < 0:
        kept = (labels[projection.sources] >= 0) & (labels[projection.targets] >= 0)
    return (
        labels,
        projection.sources[kept],
        projection.targets[kept],
        projection.strengths[kept],
    )


def _ends(
    projection: Projection, labels: Indices, sources: Indices, targets: Indices, weights: Floats
) -> tuple[Floats, Floats]:
    """Return the shares of the ends out and in by group; where undirected each end is both."""
    size = int(labels.max()) + 1
    out = np.bincount(labels[sources], weights, size) / weights.sum()
    into = np.bincount(labels[targets], weights, size) / weights.sum()
    return (out, into) if projection.directed else ((out + into) / 2, (out + into) / 2)
