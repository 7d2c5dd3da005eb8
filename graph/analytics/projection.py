"""Which graph is measured: a multigraph of four kinds is projected to a simple one on purpose.

Parallel ties become one, whose strength is the chance that at least one of them passes a request
on: `1 - prod(1 - p)`. A tie of which nobody said how strong it is counts as `ASSUMED_SHARE`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.analytics.questions import ProjectionName
from graph.errors import Invalid
from graph.network import STATE_CODE, TYPE_CODE, Snapshot
from graph.network.texts import Chosen
from graph.nodes import KINDS, PARTIES
from graph.ties import ASSUMED_SHARE, TieType

MEANING: Final[dict[ProjectionName, str]] = {
    "social": "People, associations and agencies; who is connected to or trusts whom, either way"
    " round.",
    "trust": "People, associations and agencies; an arrow from who trusts to who is trusted.",
    "flow": "People, associations and agencies; an arrow from who offers something to who"
    " wants it.",
    "two-mode": "People, associations and agencies on one side, assets on the other; who offers or"
    " wants what.",
}
"""What each projection holds, for the page of a report."""

QUANTUM: Final = 1e-12
"""Where routes are counted, their lengths are whole numbers of this, so that equals are equal."""

FAINTEST: Final = 1e-100
"""The least strength of a tie in a projection: one over it can still be added up."""

FLOW_LIMIT: Final = 5_000_000
"""Pairs of an offer and a want of one asset that a flow may have: some 2 GB as a graph."""

Indices = NDArray[np.int64]
Ends = NDArray[np.int32 | np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PARTY_CODES: Final = np.array([KINDS.index(kind) for kind in sorted(PARTIES)], dtype=np.uint8)


@dataclass(frozen=True)
class Projection:
    """A simple graph, in one order whatever the order it was read in.

    Parameters
    ----------
    name
        Which projection of the network it is.
    ids
        Ids of the n nodes, ascending. Everything else names a node by its place here.
    places
        Where each stands among the nodes that were projected, shape (n,).
    kinds
        Codes into `graph.nodes.KINDS`, shape (n,).
    sources, targets
        Ends of the m ties, shape (m,), ascending by source and target, each pair once, no loops.
        Undirected: source < target.
    strengths
        Shape (m,), from `FAINTEST` to 1.
    directed
        Whether a tie leads from its source to its target only.
    """

    name: ProjectionName
    ids: Sequence[str]
    places: Indices
    kinds: NDArray[np.uint8]
    sources: Indices
    targets: Indices
    strengths: Floats
    directed: bool

    @classmethod
    def of(
        cls,
        name: ProjectionName,
        nodes: Sequence[tuple[str, int]],
        ties: tuple[Indices, Indices, Floats],
        *,
        directed: bool,
    ) -> Projection:
        """Collapse a multigraph.

        Parameters
        ----------
        name
            Which projection it is.
        nodes
            Id and code of the kind of every node, in any order; ids are unique.
        ties
            Sources and targets (places in `nodes`) and strengths in (0, 1], NaN where nobody said
            one; in any order. Loops are left out.
        directed
            Whether direction is kept.

        Notes
        -----
        O(n log n + m log m). Strengths are multiplied in ascending order, so that the order of
        the ties changes no digit.
        """
        order = sorted(range(len(nodes)), key=lambda place: nodes[place][0])
        place_of = np.empty(len(nodes), dtype=np.int64)
        place_of[order] = np.arange(len(nodes))
        sources, targets, strengths = ties
        return cls(
            name,
            tuple(nodes[place][0] for place in order),
            np.array(order, dtype=np.int64),
            np.array([nodes[place][1] for place in order], dtype=np.uint8),
            *_collapsed(
                place_of[sources], place_of[targets], strengths, len(nodes), directed=directed
            ),
            directed,
        )

    @cached_property
    def graph(self) -> nx.Graph[int]:
        """The same for NetworkX: nodes 0 to n-1; ties with `strength`, `distance`, `quanta`.

        A distance is -log(strength), 0 where a tie is sure. Quanta are the same in whole numbers
        of `QUANTUM`, at least 1.
        """
        graph: nx.Graph[int] = nx.DiGraph() if self.directed else nx.Graph()
        graph.add_nodes_from(range(len(self.ids)))
        distances = 0.0 - np.log(self.strengths)
        quanta = np.maximum(np.rint(distances / QUANTUM), 1).astype(np.int64)
        columns = (self.sources, self.targets, self.strengths, distances, quanta)
        graph.add_edges_from(
            (source, target, {"strength": strength, "distance": distance, "quanta": count})
            for source, target, strength, distance, count in zip(
                *(column.tolist() for column in columns), strict=True
            )
        )
        return graph

    @cached_property
    def underlying(self) -> Projection:
        """The undirected graph beneath: both directions of a pair are parallel ties."""
        if not self.directed:
            return self
        columns = _collapsed(
            self.sources, self.targets, self.strengths, len(self.ids), directed=False
        )
        return Projection(self.name, self.ids, self.places, self.kinds, *columns, directed=False)

    @property
    def adjacency(self) -> Any:
        """The ties as compressed sparse rows of ones, from source to target: 5 bytes a tie."""
        ends = self.sources.astype(np.int32), self.targets.astype(np.int32)
        return csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(len(self.ids),) * 2)

    @property
    def pairs(self) -> Iterator[tuple[int, int]]:
        """The ends of every tie, in the order of the ties."""
        sources: list[int] = self.sources.tolist()
        targets: list[int] = self.targets.tolist()
        return zip(sources, targets, strict=True)

    @cached_property
    def degrees(self) -> Indices:
        """Number of ties at every node, in and out together where directed; shape (n,)."""
        count = len(self.ids)
        return np.bincount(self.sources, minlength=count) + np.bincount(
            self.targets, minlength=count
        )


def project(
    snapshot: Snapshot, name: ProjectionName, *, areas: Collection[str] | None = None
) -> Projection:
    """Return one projection of a day's network.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    name
        The projection, see `MEANING`.
    areas
        Only nodes in one of these areas, and the ties among them; None: all. An area is taken by
        its id alone: what lies within it is named as well or left out.

    Raises
    ------
    Invalid
        When a flow has more than `FLOW_LIMIT` pairs of an offer and a want.

    Notes
    -----
    Only open wants count. A flow has one arrow for each asset that the one offers and the other
    wants; nobody says how strong such an arrow is. O(n log n + m log m).
    """
    party = np.isin(snapshot.kinds, _PARTY_CODES)
    inside = in_areas(snapshot, areas)
    counted = inside if name == "two-mode" else inside & party
    if name == "flow":
        ends = _flow(snapshot, counted)
    else:
        types: dict[ProjectionName, Flags] = {
            "social": of_type(snapshot, "connects") | of_type(snapshot, "trusts"),
            "trust": of_type(snapshot, "trusts"),
            "two-mode": of_type(snapshot, "offers") | open_wants(snapshot),
        }
        ends = ties_among(snapshot, counted, types[name])
    return _projected(name, snapshot, counted, ends, directed=name in {"trust", "flow"})


def social_ties(snapshot: Snapshot, which: Flags, *, also: Flags | bool = False) -> Projection:
    """Return the social projection with only some of its ties, and with further nodes."""
    party = np.isin(snapshot.kinds, _PARTY_CODES) | also
    social = of_type(snapshot, "connects") | of_type(snapshot, "trusts")
    ends = ties_among(snapshot, party, social & which)
    return _projected("social", snapshot, party, ends, directed=False)


def in_areas(snapshot: Snapshot, areas: Collection[str] | None) -> Flags:
    """Tell which nodes lie in one of the areas, shape (nodes,); None: all of them."""
    if areas is None:
        return np.ones(len(snapshot.ids), dtype=np.bool_)
    wanted = frozenset(areas)
    within = [not wanted.isdisjoint(own) for own in snapshot.areas.distinct]
    return np.array(within, np.bool_)[snapshot.areas.codes]


def of_type(snapshot: Snapshot, tie_type: TieType) -> Flags:
    """Tell which ties are of a type, shape (ties,)."""
    return snapshot.ties.type == TYPE_CODE[tie_type]


def open_wants(snapshot: Snapshot) -> Flags:
    """Tell which ties are wants that are neither met nor withdrawn, shape (ties,)."""
    settled = np.isin(snapshot.ties.state, (STATE_CODE["met"], STATE_CODE["withdrawn"]))
    return of_type(snapshot, "wants") & ~settled


def ties_among(snapshot: Snapshot, nodes: Flags, which: Flags) -> tuple[Ends, Ends, Floats]:
    """Return sources, targets and strengths of the chosen ties with both ends in `nodes`."""
    ties = snapshot.ties
    chosen = which & nodes[ties.source] & nodes[ties.target]
    return ties.source[chosen], ties.target[chosen], ties.strength[chosen]


def _flow(snapshot: Snapshot, parties: Flags) -> tuple[Ends, Ends, Floats]:
    # An asset is neither in nor out of an area here: it carries what parties exchange.
    reached = parties | (snapshot.kinds == KINDS.index("asset"))
    offerers, offered, _ = ties_among(snapshot, reached, of_type(snapshot, "offers"))
    wanters, wanted, _ = ties_among(snapshot, reached, open_wants(snapshot))
    by_asset = np.argsort(wanted, kind="stable")
    wanters, wanted = wanters[by_asset], wanted[by_asset]
    first = np.searchsorted(wanted, offered, side="left")
    counts = np.searchsorted(wanted, offered, side="right") - first
    pairs = int(counts.sum())
    if pairs > FLOW_LIMIT:
        raise Invalid(f"the flow has {pairs} pairs of an offer and a want, over {FLOW_LIMIT}")
    sources = np.repeat(offerers, counts)
    ends = np.cumsum(counts)
    within = np.arange(pairs) - np.repeat(ends - counts, counts)
    targets = wanters[np.repeat(first, counts) + within]
    return sources, targets, np.full(pairs, np.nan)


def _projected(
    name: ProjectionName,
    snapshot: Snapshot,
    counted: Flags,
    ties: tuple[Ends, Ends, Floats],
    *,
    directed: bool,
) -> Projection:
    places = np.flatnonzero(counted)
    renumbered = np.full(len(snapshot.ids), -1, dtype=np.int32)
    renumbered[places] = np.arange(len(places))
    sources, targets, strengths = ties
    # A snapshot has its nodes in the order of their ids already.
    return Projection(
        name,
        Chosen(snapshot.ids, places),
        places,
        snapshot.kinds[places],
        *_collapsed(
            renumbered[sources], renumbered[targets], strengths, len(places), directed=directed
        ),
        directed,
    )


def _collapsed(
    sources: Ends, targets: Ends, strengths: Floats, count: int, *, directed: bool
) -> tuple[Indices, Indices, Floats]:
    """Join parallel ties of `count` nodes; see `Projection.of`.

    A town has millions of ties: what is sorted, and one number a pair, is held as short as can be.
    """
    kept = sources != targets
    if not kept.all():
        sources, targets, strengths = sources[kept], targets[kept], strengths[kept]
    if not directed:
        sources, targets = np.minimum(sources, targets), np.maximum(sources, targets)
    pairs = sources.astype(np.int64)
    pairs *= count
    pairs += targets
    del sources, targets, kept
    chances = np.where(np.isnan(strengths), ASSUMED_SHARE, strengths)
    order = np.lexsort((chances, pairs))
    pairs = pairs[order]
    chances = chances[order]
    del order
    first = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    if not first.all():
        pairs, chances = pairs[first], _joined(chances, np.flatnonzero(first))
    low, high = np.divmod(pairs, max(count, 1))
    return low, high, np.maximum(chances, FAINTEST, out=chances)


def _joined(chances: Floats, starts: Indices) -> Floats:
    """Return the chances of pairs together, whose ties begin at `starts`."""
    several = np.diff(starts, append=len(chances)) > 1
    joined = chances[starts]
    # In logarithms, because 1 - (1 - p) is 0 for a p below 1e-16; a sure tie gives -infinity.
    with np.errstate(divide="ignore"):
        together = -np.expm1(np.add.reduceat(np.log1p(-chances), starts))
    joined[several] = together[several]
    return joined
