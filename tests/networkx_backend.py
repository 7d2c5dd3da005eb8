"""Our measures under the names that NetworkX has for them, for its own tests to ask.

As a plugin of pytest it runs kernels from the smallest networks on. What our measures do not offer
is refused, never handed on to NetworkX; nor may a measure ask NetworkX for what it was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import wraps
from typing import Any, Final

import networkx as nx
import numpy as np
import pytest

from graph.analytics import (
    census,
    clustering,
    cohesion,
    distances,
    groups,
    measures,
    status,
    structural_holes,
    two_mode,
)
from graph.analytics.figures import Figure
from graph.analytics.projection import Flags, Projection
from graph.errors import Invalid

ANSWERED: Final = Counter[str]()
"""How often each measure has answered; 0 before it did."""

ARROWS: Final = "arrows: ours reads the undirected graph beneath"
BY_NETWORKX: Final = "weights as lengths: by those NetworkX computes for us"
PAIRS: Final = "loops or parallel ties: ours are between two, and one a pair"
STEPS: Final = "weights as lengths: ours counts steps"
SOME: Final = "a figure of some nodes: ours is of the whole network"
UNEVEN: Final = "a walk that starts anew here rather than there: ours does so anywhere"
UNSCALED: Final = "another scale: ours has one"

_asked: Final[list[str]] = []


class NotOffered(Exception):
    """A test asks for what our measures do not say they do."""


def refuse(asked: object, what: str) -> None:
    if asked:
        raise NotOffered(what)


def answering(measure: Callable[..., Any]) -> Callable[..., Any]:
    """Count a measure's answers, and see to it that it does not ask NetworkX for them."""
    name = measure.__name__
    ANSWERED[name] = 0

    @wraps(measure)
    def answer(*arguments: Any, **named: Any) -> Any:
        refuse(name in _asked, "fewer than three nodes: NetworkX computes them for us")
        _asked.append(name)
        try:
            found = measure(*arguments, **named)
        finally:
            _asked.pop()
        ANSWERED[name] += 1
        return found

    return answer


class Measures:
    """The backend: a graph of NetworkX's as a projection, and what NetworkX may ask of it.

    Each argument is handed over in its order, those left out by their defaults.
    """

    __networkx_backend__ = "wholemap"

    def __init__(self, graph: Any, weight: str | None, default: float) -> None:
        self.nodes = list(graph)
        self.about, self.attributes = dict(graph.graph), dict(graph.nodes(data=True))
        place = {node: index for index, node in enumerate(self.nodes)}
        ties = [
            (place[one], place[other], own)
            for one, other, own in graph.edges(data=weight or "", default=default)
        ]
        sources, targets, weights = np.array(ties, np.float64).reshape(-1, 3).T
        # Who reads weights reads proportions of them, and no strength is above 1.
        self.heaviest = float(weights.max(initial=0.0)) or 1.0
        self.weighted, self.directed = weight is not None, graph.is_directed()
        self.projection = Projection.of(
            "trust" if self.directed else "social",
            [(f"{index:06}", 0) for index in range(len(self.nodes))],
            (sources.astype(np.int64), targets.astype(np.int64), weights / self.heaviest),
            directed=self.directed,
        )
        refuse(len(self.projection.sources) < len(ties), PAIRS)

    def scores(self, found: Collection[float | None], chosen: Any = None, *, none: Any = 0) -> Any:
        """Return scores by node, those of chosen nodes, or the one of a chosen node."""
        by_node = {
            node: none if score is None else score
            for node, score in zip(self.nodes, found, strict=True)
        }
        if chosen is None:
            return by_node
        if chosen in self.nodes:
            return by_node[chosen]
        return {node: by_node[node] for node in chosen if node in by_node}

    def parts(self, found: list[list[int]]) -> Iterator[set[Any]]:
        """Yield the nodes of each part."""
        return ({self.nodes[place] for place in part} for part in found)

    def among(self, nodes: Any) -> Flags:
        """Tell which nodes are in a collection, shape (n,)."""
        chosen = set(nodes)
        return np.array([node in chosen for node in self.nodes], np.bool_)

    @staticmethod
    def convert_from_nx(
        graph: Any, *, edge_attrs: Mapping[str, float] | None = None, **_: object
    ) -> Measures:
        weight, default = next(iter((edge_attrs or {}).items()), (None, 1))
        return Measures(graph, weight, default)

    @staticmethod
    def convert_to_nx(answer: Any, **_: object) -> Any:
        return answer

    # Who is central. Where a limit is told, it does not matter how NetworkX would iterate to it.

    @answering
    def degree_centrality(self) -> Any:
        return self.scores(measures.degree(self.projection))

    @answering
    def betweenness_centrality(self, *asked: Any) -> Any:
        sources, normalised, weight, endpoints, _ = asked
        refuse(sources is not None, "drawn sources: ours draws routes")
        refuse(endpoints, "routes with their ends: ours leaves them out")
        refuse(weight is not None, BY_NETWORKX)
        return self.scores(measures.betweenness(self.projection, normalised=normalised))

    @answering
    def closeness_centrality(self, *asked: Any) -> Any:
        node, distance, wf_improved = asked
        refuse(distance is not None, BY_NETWORKX)
        refuse(not wf_improved, UNSCALED)
        return self.scores(measures.closeness(self.projection), node)

    @answering
    def harmonic_centrality(self, *asked: Any) -> Any:
        nodes, distance, sources = asked
        refuse(distance is not None, BY_NETWORKX)
        refuse(sources is not None, SOME)
        return self.scores(measures.harmonic(self.projection), nodes)

    @answering
    def eigenvector_centrality(self, *_: Any) -> Any:
        return _eigenvector(self)

    @answering
    def eigenvector_centrality_numpy(self, *_: Any) -> Any:
        return _eigenvector(self)

    @answering
    def katz_centrality(self, alpha: float, beta: Any, *asked: Any) -> Any:
        *_, normalised, _ = asked
        return _katz(self, alpha, beta, normalised=normalised)

    @answering
    def katz_centrality_numpy(self, alpha: float, beta: Any, *asked: Any) -> Any:
        normalised, _ = asked
        return _katz(self, alpha, beta, normalised=normalised)

    @answering
    def hits(self, *asked: Any) -> Any:
        *_, normalised = asked
        refuse(not normalised, UNSCALED)
        found = status.hits(self.projection, weighted=self.weighted)
        return self.scores(found.hubs), self.scores(found.authorities)

    @answering
    def pagerank(self, alpha: float, personalization: Any, *asked: Any) -> Any:
        *_, dangling = asked
        refuse(personalization is not None or dangling is not None, UNEVEN)
        return self.scores(
            measures.pagerank(self.projection, damping=alpha, weighted=self.weighted)
        )

    # Structural holes

    @answering
    def constraint(self, nodes: Any, _: Any) -> Any:
        found = structural_holes.structural_holes(self.projection, weighted=self.weighted)
        return self.scores(found.constraint, nodes, none=float("nan"))

    @answering
    def effective_size(self, nodes: Any, _: Any) -> Any:
        found = structural_holes.structural_holes(self.projection, weighted=self.weighted)
        return self.scores(found.effective_size, nodes, none=float("nan"))

    # What holds a network together

    @answering
    def core_number(self) -> Any:
        refuse(self.directed, ARROWS)
        return self.scores(clustering.coreness(self.projection))

    @answering
    def connected_components(self) -> Any:
        return self.parts(cohesion.components(self.projection))

    @answering
    def weakly_connected_components(self) -> Any:
        return self.parts(cohesion.components(self.projection))

    @answering
    def strongly_connected_components(self) -> Any:
        return self.parts(cohesion.strong_components(self.projection))

    @answering
    def articulation_points(self) -> Any:
        cuts = cohesion.cut_points(self.projection)
        return (node for node, cut in zip(self.nodes, cuts, strict=True) if cut)

    @answering
    def bridges(self, root: Any) -> Any:
        refuse(root is not None and not _is_whole(self), SOME)
        pairs = cohesion.bridges(self.projection)
        return ((self.nodes[one], self.nodes[other]) for one, other in pairs)

    @answering
    def clustering(self, nodes: Any, weight: Any) -> Any:
        return self.scores(_clustering(self, weight).local, nodes)

    @answering
    def average_clustering(self, nodes: Any, weight: Any, count_zeros: Any) -> Any:
        refuse(nodes is not None or not count_zeros, SOME)
        return _defined(_clustering(self, weight).mean)

    @answering
    def transitivity(self) -> Any:
        return _clustering(self, None).transitivity.value or 0

    @answering
    def overall_reciprocity(self) -> Any:
        return _defined(census.reciprocity(self.projection).arrows)

    # How far it is

    @answering
    def eccentricity(self, node: Any, lengths: Any, weight: Any) -> Any:
        refuse(lengths is not None or weight is not None, STEPS)
        _whole(self)
        return self.scores(distances.eccentricity(self.projection), node)

    @answering
    def diameter(self, eccentricities: Any, _: Any, weight: Any) -> Any:
        refuse(eccentricities is not None or weight is not None, STEPS)
        _whole(self)
        return distances.distances(self.projection).diameter.value or 0

    @answering
    def average_shortest_path_length(self, weight: Any, method: Any) -> Any:
        refuse(weight is not None or method is not None, STEPS)
        _whole(self)
        return distances.distances(self.projection).mean.value or 0

    @answering
    def wiener_index(self, weight: Any) -> Any:
        refuse(weight is not None, STEPS)
        if not _is_whole(self):
            return float("inf")
        found = distances.distances(self.projection)
        return (found.mean.value or 0) * found.routes / (1 if self.directed else 2)

    @answering
    def global_efficiency(self) -> Any:
        return distances.distances(self.projection).compactness.value or 0

    @answering
    def harmonic_diameter(self, lengths: Any, *, weight: Any) -> Any:
        refuse(lengths is not None or weight is not None, STEPS)
        compactness = _defined(distances.distances(self.projection).compactness)
        return 1 / compactness if compactness else float("inf")

    # Groups

    @answering
    def attribute_assortativity_coefficient(self, attribute: str, nodes: Any) -> Any:
        refuse(nodes is not None, SOME)
        labels = [repr(self.attributes[node][attribute]) for node in self.nodes]
        return _defined(groups.assortativity(self.projection, labels))

    @answering
    def degree_assortativity_coefficient(self, *asked: Any) -> Any:
        return _degree_assortativity(self, *asked)

    @answering
    def degree_pearson_correlation_coefficient(self, *asked: Any) -> Any:
        return _degree_assortativity(self, *asked)

    @answering
    def modularity(self, communities: Any, _: Any, resolution: float) -> Any:
        refuse(resolution != 1, "a resolution: ours is 1")
        label = {node: str(index) for index, own in enumerate(communities) for node in own}
        own = [label.get(node) for node in self.nodes]
        return _defined(groups.modularity(self.projection, own, weighted=self.weighted))

    # Two modes

    @answering
    def bipartite_degree_centrality(self, nodes: Any) -> Any:
        return self.scores(_two_modes(self, nodes).degree)

    @answering
    def bipartite_betweenness_centrality(self, nodes: Any) -> Any:
        return self.scores(_two_modes(self, nodes).betweenness)

    @answering
    def bipartite_closeness_centrality(self, nodes: Any, normalised: Any) -> Any:
        refuse(not normalised, UNSCALED)
        return self.scores(_two_modes(self, nodes).closeness)

    @answering
    def weighted_projected_graph(self, nodes: Any, ratio: Any) -> Any:
        refuse(self.directed, ARROWS)
        refuse(ratio, UNSCALED)
        first = self.among(nodes)
        try:
            found = two_mode.one_mode(self.projection, first)
        except Invalid as within:
            raise NotOffered("ties within a mode") from within
        own = [node for node, chosen in zip(self.nodes, first, strict=True) if chosen]
        tied: Any = nx.Graph(**self.about)
        tied.add_nodes_from((node, self.attributes[node]) for node in own)
        for (one, other), shared in zip(found.projection.pairs, found.shared, strict=True):
            tied.add_edge(own[one], own[other], weight=int(shared))
        return tied


def _eigenvector(held: Measures) -> Any:
    refuse(held.directed, ARROWS)
    return held.scores(measures.eigenvector(held.projection, weighted=held.weighted))


def _katz(held: Measures, alpha: float, beta: Any, *, normalised: bool) -> Any:
    refuse(not isinstance(beta, int | float), "a beginning of each node's own: ours is 1 for all")
    refuse(not normalised, UNSCALED)
    most = 0.5 / status.katz(held.projection, weighted=held.weighted).alpha
    attenuation = alpha * held.heaviest * most
    refuse(not 0 < attenuation < 1, "an alpha above our bound for it, if below the true one")
    found = status.katz(held.projection, attenuation=attenuation, weighted=held.weighted)
    return held.scores(found.scores)


def _clustering(held: Measures, weight: Any) -> clustering.Clustering:
    refuse(held.directed, ARROWS)
    refuse(weight is not None, "clustering by weights")
    return clustering.clustering(held.projection)


def _degree_assortativity(held: Measures, *asked: Any) -> float:
    *_, weight, nodes = asked
    refuse(held.directed, ARROWS)
    refuse(weight is not None, "degrees by weights")
    refuse(nodes is not None, SOME)
    return _defined(groups.degree_assortativity(held.projection))


def _two_modes(held: Measures, nodes: Any) -> two_mode.TwoModeCentrality:
    return two_mode.two_mode_centrality(held.projection, held.among(nodes))


def _is_whole(held: Measures) -> bool:
    count = len(held.nodes)
    return distances.distances(held.projection).routes == count * (count - 1)


def _whole(held: Measures) -> None:
    """Raise as NetworkX does; ours measures what can be reached."""
    if not _is_whole(held):
        connected = "strongly connected" if held.directed else "connected"
        raise nx.NetworkXError(f"Graph is not {connected}")


def _defined(figure: Figure) -> float:
    if figure.value is None:
        raise nx.NetworkXError(figure.reason)
    return figure.value


def pytest_configure() -> None:
    """Ask kernels where measures do so of large networks; some divide by pairs of others."""
    for room, limit, nodes in (
        (clustering, "SCANNED_FROM", 0),
        (cohesion, "SCANNED_FROM", 0),
        (structural_holes, "SCANNED_FROM", 0),
        (distances, "SEARCHED_FROM", 3),
        (measures, "SEARCHED_FROM", 3),
    ):
        setattr(room, limit, nodes)


@pytest.fixture(autouse=True)
def answers(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Write into the report on every test which measures answered it."""
    before = ANSWERED.copy()
    yield
    for name, times in (ANSWERED - before).items():
        record_property(name, times)
