"""Which nodes keep to each other: communities by modularity, with the labels of an earlier run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from itertools import count
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.sparse import csgraph

from graph.analytics.figures import Figure
from graph.analytics.groups import modularity
from graph.analytics.projection import Indices, Projection
from graph.analytics.standing import rows_of

# It does not say in types what it takes and gives.
_csgraph: Final[Any] = csgraph


class Communities(NamedTuple):
    """Who is in which community.

    Parameters
    ----------
    labels
        Whole numbers from 1, in the order of the projection's ids. An isolate is a community of
        its own.
    modularity
        See `groups.modularity`; None without ties (`no_ties`).
    split
        Communities that the method gave in several unconnected pieces; the pieces count here.
    seed
        What the method drew from.
    exact
        False: the best division is not known of any large network.
    """

    labels: list[int]
    modularity: Figure
    split: int
    seed: int
    exact: bool


def communities(
    projection: Projection,
    *,
    seed: int = 0,
    weighted: bool = False,
    earlier: Mapping[str, int] | None = None,
) -> Communities:
    """Divide a network into communities that are tied within more than chance would have it.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read.
    seed
        The same seed gives the same communities.
    weighted
        Ties count by their strengths instead of as one.
    earlier
        Labels of an earlier run by id; a community keeps the label of the earlier one that it has
        most in common with. Without it they are numbered, the largest first.

    Returns
    -------
    Communities
        An isolate is a community of its own.

    Notes
    -----
    NetworKit's Louvain method with refinement, in one thread. O(m) a level. A heuristic: other
    seeds may give other communities, hence `earlier`.

    References
    ----------
    .. [1] Blondel, Guillaume, Lambiotte and Lefebvre, "Fast Unfolding of Communities in Large
       Networks", Journal of Statistical Mechanics, 2008.
    .. [2] Staudt and Meyerhenke, "Engineering Parallel Algorithms for Community Detection in
       Massive Networks", IEEE Transactions on Parallel and Distributed Systems 27, 2016.
    .. [3] Greene, Doyle and Cunningham, "Tracking the Evolution of Communities in Dynamic Social
       Networks", ASONAM 2010: matching by Jaccard.
    """
    network = projection.underlying
    found = _louvain(network, seed, weighted=weighted)
    parts = _connected(network, found)
    pieces = Counter(own for own, _ in set(zip(found.tolist(), parts.tolist(), strict=True)))
    labels = _numbered(parts)
    if earlier is not None:
        labels = matched(dict(zip(network.ids, labels, strict=True)), earlier)
    return Communities(
        labels,
        modularity(network, labels, weighted=weighted),
        sum(several > 1 for several in pieces.values()),
        seed,
        exact=False,
    )


def matched(labels: Mapping[str, int], earlier: Mapping[str, int]) -> list[int]:
    """Return the labels of an earlier run for the same communities, and new ones for the others.

    Parameters
    ----------
    labels, earlier
        Community of every node by id; the nodes need not be the same.

    Returns
    -------
    list of int
        In the order of `labels`. A community takes the earlier label with which it has the
        greatest Jaccard coefficient, the greatest first, each label once; one that has nothing in
        common with any left takes the least number that was not used.

    Notes
    -----
    O(n log n).

    References
    ----------
    .. [1] Greene, Doyle and Cunningham, "Tracking the Evolution of Communities in Dynamic Social
       Networks", ASONAM 2010.
    """
    sizes, before = Counter(labels.values()), Counter(earlier.values())
    common = Counter((own, earlier[id_]) for id_, own in labels.items() if id_ in earlier)
    alike = sorted(
        common.items(),
        key=lambda item: (
            -item[1] / (sizes[item[0][0]] + before[item[0][1]] - item[1]),
            item[0],
        ),
    )
    renamed: dict[int, int] = {}
    taken: set[int] = set()
    for (own, former), _ in alike:
        if own not in renamed and former not in taken:
            renamed[own] = former
            taken.add(former)
    fresh = (number for number in count(1) if number not in before)
    for own in sorted(sizes):
        if own not in renamed:
            renamed[own] = next(fresh)
    return [renamed[own] for own in labels.values()]


def _louvain(network: Projection, seed: int, *, weighted: bool) -> Indices:
    if not len(network.sources):
        return np.arange(len(network.ids))
    ends = network.sources, network.targets
    # Most reports do without it. It does not say in types what it takes and gives.
    networkit: Any = import_module("networkit")
    # Both are of the whole process; nothing else in it asks NetworKit.
    networkit.setNumberOfThreads(1)
    networkit.setSeed(seed, useThreadId=False)
    graph = networkit.GraphFromCoo(
        (network.strengths, ends) if weighted else ends, n=len(network.ids), weighted=weighted
    )
    method = networkit.community.PLM(graph, refine=True, par="none randomized")
    method.run()
    return np.array(method.getPartition().getVector(), np.int64)


def _connected(network: Projection, found: Indices) -> Indices:
    """Split communities into their connected pieces."""
    within = found[network.sources] == found[network.targets]
    size = len(network.ids)
    ends = network.sources[within].astype(np.int32), network.targets[within].astype(np.int32)
    return _csgraph.connected_components(rows_of(*ends, size), directed=False)[1].astype(np.int64)


def _numbered(parts: Indices) -> list[int]:
    """Return labels from 1, the largest part first, then the one with the first node."""
    names, firsts, sizes = np.unique(parts, return_index=True, return_counts=True)
    order = np.lexsort((firsts, -sizes))
    number = np.empty(len(names), np.int64)
    number[names[order]] = np.arange(1, len(names) + 1)
    return number[parts].tolist()
