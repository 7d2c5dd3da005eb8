"""Who mediates between groups: Gould and Fernandez's roles, and brokers by the classes they tie.

Read from open ways a to b to c: two arrows over three nodes, and no arrow from a to c. A tie of an
undirected projection is two arrows, so that each way counts once in each direction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from graph.analytics.chance_brokers import Moments, moments, moments_together
from graph.analytics.figures import Figure, Scores
from graph.analytics.kernels import SCANNED_FROM
from graph.analytics.projection import Floats, Indices, Projection
from graph.errors import Invalid

Role = Literal["coordinator", "itinerant", "gatekeeper", "representative", "liaison", "total"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""The roles of b on an open way a to b to c, and all of them together.

coordinator: all three are of one group (w_I in R sna). itinerant, also consultant: a and c are of
one group, b of another (w_O). gatekeeper: b and c are of one group, a of another (b_OI).
representative: a and b are of one group, c of another (b_IO). liaison: all are of different groups
(b_O). total: t.
"""


class Roles(NamedTuple):
    """Brokerage of every node in one role, in the order of the projection's ids.

    `z` is (counted - expected) / standard deviation; None where chance would always give the same
    (`certain`), as with a group of one.
    """

    counted: list[int]
    expected: list[float]
    z: Scores


class RoleTogether(NamedTuple):
    """Brokerage of all nodes together in one role; see `Roles`."""

    counted: int
    expected: float
    z: Figure


class Brokerage(NamedTuple):
    """Brokerage by role, of every node and of all together.

    Parameters
    ----------
    counted
        Of every node, shape (n, roles).
    groups
        Number of every node's group, shape (n,).
    chance
        What chance alone would bring a broker of each group.
    together
        All nodes together.
    """

    counted: Indices
    groups: Indices
    chance: Moments
    together: dict[Role, RoleTogether]

    @property
    def by_node(self) -> dict[Role, Roles]:
        """Every node beside what chance would bring it, in O(n)."""
        means, variances = (each[self.groups] for each in self.chance)
        return {
            role: Roles(own.tolist(), mean.tolist(), _standings(own, mean, variance))
            for role, own, mean, variance in zip(
                ROLES, self.counted.T, means.T, variances.T, strict=True
            )
        }


class ClassTriples(NamedTuple):
    """Open ways by the classes of their three nodes.

    Parameters
    ----------
    classes
        The c classes, in the order of every axis.
    by_node
        Shape (n, c, c): ways over a node as broker, by the class of who is before and after it.
    together
        Shape (c, c, c): ways by the classes of all three; 27 cells for three classes.
    """

    classes: tuple[str, ...]
    by_node: NDArray[np.int64]
    together: NDArray[np.int64]


def brokerage(projection: Projection, groups: Sequence[str]) -> Brokerage:
    """Count, for every node, the brokerage roles that it plays between groups.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    groups
        Group of every node, in the order of the projection's ids.

    Returns
    -------
    Brokerage
        An isolate has 0 in every role, and is expected to have what others of its group have.

    Raises
    ------
    Invalid
        When there is not one group a node.

    Notes
    -----
    Expected is what as many arrows thrown by chance would give, see `chance_brokers`. Counts are
    exact; O(sum over nodes of in-degree * out-degree).

    References
    ----------
    .. [1] Gould and Fernandez, "Structures of Mediation: A Formal Approach to Brokerage in
       Transaction Networks", Sociological Methodology 19, 1989.
    """
    labels, members = _labelled(projection, groups)
    counted = _counted(projection, labels)
    arrows = len(projection.sources) * (1 if projection.directed else 2)
    sizes = np.bincount(labels, minlength=len(members)).astype(np.float64)
    all_means, all_variances = moments_together(sizes, arrows)
    together: dict[Role, RoleTogether] = {}
    for column, role in enumerate(ROLES):
        own, mean = counted[:, column].sum(keepdims=True), all_means[[column]]
        (z,) = _standings(own, mean, all_variances[[column]])
        together[role] = RoleTogether(
            int(own[0]), float(mean[0]), Figure(z) if z is not None else Figure(None, "certain")
        )
    return Brokerage(counted, labels, moments(sizes, arrows), together)


def _counted(projection: Projection, labels: Indices) -> Indices:
    """Count every node's roles, shape (n, roles)."""
    if len(labels) >= SCANNED_FROM:
        from graph.analytics.kernels.mediators import role_counts  # noqa: PLC0415 - see kernels

        return role_counts(projection, labels)
    counted = np.zeros((len(labels), len(ROLES)), np.int64)
    for broker, ends in _open_ways(projection):
        before, after = labels[ends].T
        here = labels[broker]
        # Four of the roles, told apart by which two are alike; who is like neither is liaison.
        inward, outward, around = before == here, after == here, before == after
        counted[broker] += (
            (inward & outward).sum(),
            (around & ~inward).sum(),
            (~inward & outward).sum(),
            (inward & ~outward).sum(),
            (~inward & ~outward & ~around).sum(),
            len(ends),
        )
    return counted


def class_triples(
    projection: Projection, groups: Sequence[str], *, classes: Sequence[str] | None = None
) -> ClassTriples:
    """Count open ways by the classes of who is before, at and after the broker.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    groups
        Class of every node, in the order of the projection's ids.
    classes
        All classes there are, in the order wanted; None: those that occur, sorted.

    Returns
    -------
    ClassTriples
        An isolate has 0 in every cell.

    Raises
    ------
    Invalid
        When there is not one class a node, or one that is not in `classes`.

    Notes
    -----
    What the roles of `brokerage` are sums of. Exact; O(sum over nodes of in-degree * out-degree)
    time, n c^2 cells.

    References
    ----------
    .. [1] Gould and Fernandez, "Structures of Mediation", Sociological Methodology 19, 1989.
    """
    labels, members = _labelled(projection, groups, classes)
    size = len(members)
    by_node = _counted_by_class(projection, labels, size)
    together = np.zeros((size, size, size), np.int64)
    for label in range(size):
        together[:, label] = by_node[labels == label].sum(axis=0)
    return ClassTriples(members, by_node, together)


def _counted_by_class(projection: Projection, labels: Indices, size: int) -> Indices:
    if len(labels) >= SCANNED_FROM:
        from graph.analytics.kernels.mediators import class_counts  # noqa: PLC0415 - see kernels

        return class_counts(projection, labels, size)
    by_node = np.zeros((len(labels), size, size), np.int64)
    for broker, ends in _open_ways(projection):
        before, after = labels[ends].T
        cells = np.bincount(before * size + after, minlength=size * size)
        by_node[broker] = cells.reshape(size, size)
    return by_node


def _labelled(
    projection: Projection, groups: Sequence[str], classes: Sequence[str] | None = None
) -> tuple[Indices, tuple[str, ...]]:
    if len(groups) != len(projection.ids):
        raise Invalid(f"{len(groups)} groups were given for {len(projection.ids)} nodes")
    members = tuple(sorted(set(groups)) if classes is None else classes)
    place = {group: index for index, group in enumerate(members)}
    if unknown := set(groups) - place.keys():
        raise Invalid(f"{min(unknown)} is none of the classes")
    return np.array([place[group] for group in groups], np.int64), members


def _open_ways(projection: Projection) -> Iterator[tuple[int, Indices]]:
    """Yield brokers, and the ends of the open ways over them, shape (ways, 2)."""
    graph: Any = projection.graph
    inward: Any = graph.pred if projection.directed else graph.adj
    for broker in graph:
        after = graph.adj[broker].keys()
        ends = [
            (first, last)
            for first in inward[broker]
            for last in after - graph.adj[first].keys() - {first}
        ]
        if ends:
            yield broker, np.array(ends, np.int64)


def _standings(counted: Indices, means: Floats, variances: Floats) -> Scores:
    return [
        (own - mean) / math.sqrt(variance) if variance > 0 else None
        for own, mean, variance in zip(
            counted.tolist(), means.tolist(), variances.tolist(), strict=True
        )
    ]
