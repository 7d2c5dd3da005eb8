"""Katz and HITS equal networkx where that is unique, and are settled where it is not."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import status
from graph.analytics.measures import strength
from graph.analytics.projection import Projection
from graph.analytics.status import hits, katz
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import NAMES, TOLERANCE, is_directed, projection_of, whole


def dense(network: Projection, *, weighted: bool) -> np.ndarray:
    weight = "strength" if weighted else None
    order = range(len(network.ids))
    return nx.to_numpy_array(network.graph, nodelist=order, weight=weight)  # pyright: ignore[reportArgumentType] - None is said to be no weight


@pytest.mark.parametrize("name", NAMES)
def test_katz_equals_networkx(name: str) -> None:
    network = whole(name, directed=is_directed(name))
    found = katz(network)
    expected: Any = nx.katz_centrality_numpy(network.graph, alpha=found.alpha)
    assert found.scores == pytest.approx([expected[node] for node in network.graph], abs=TOLERANCE)


def test_katz_counts_more_walks_than_a_float_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [[f"{layer:03}-{place}" for place in range(8)] for layer in range(100)]
    arcs = [(one, other) for near, far in pairwise(layers) for one in near for other in far]
    network = projection_of([node for layer in layers for node in layer], arcs, directed=True)
    found = katz(network)
    assert (found.scores[-1] or 0) == pytest.approx(4 * (found.scores[-9] or 0))
    monkeypatch.setattr(status, "_LARGE", 10)
    assert katz(network).scores == pytest.approx(found.scores)


@OFTEN
@given(network=networks(), attenuation=st.floats(0.01, 0.9), weighted=st.booleans())
def test_katz_of_any_network_solves_its_equation(
    network: Projection, *, attenuation: float, weighted: bool
) -> None:
    found = katz(network, attenuation=attenuation, weighted=weighted)
    if not network.ids:
        assert found.scores == []
        return
    adjacency = dense(network, weighted=weighted)
    radius = max(abs(np.linalg.eigvals(adjacency)))
    assert found.alpha * radius <= attenuation + 1e-6
    scores = np.linalg.solve(
        np.eye(len(network.ids)) - found.alpha * adjacency.T, np.ones(len(network.ids))
    )
    assert found.scores == pytest.approx((scores / np.linalg.norm(scores)).tolist(), abs=1e-9)
    isolates = [score for score, own in zip(found.scores, network.degrees, strict=True) if not own]
    assert all(score == min(score for score in found.scores if score) for score in isolates)


@pytest.mark.parametrize("attenuation", [-1, 0, 1, 2, float("nan")])
def test_a_sum_that_is_infinite_is_refused(attenuation: float) -> None:
    with pytest.raises(Invalid, match="attenuation must lie between 0 and 1"):
        katz(projection_of(["a"], []), attenuation=attenuation)


# Of who reports to whom, in which nobody has two bosses, the vectors are not unique.
UNIQUE = [name for name in NAMES if is_directed(name) and not name.endswith("_reports")]


@pytest.mark.parametrize("name", UNIQUE)
def test_hubs_and_authorities_equal_networkx(name: str) -> None:
    network = whole(name, directed=True)
    found = hits(network)
    hubs, authorities = nx.hits(network.graph, max_iter=1000, tol=1e-12)
    for ours, theirs in ((found.hubs, hubs), (found.authorities, authorities)):
        assert ours == pytest.approx([theirs[node] for node in network.graph], abs=TOLERANCE)


@OFTEN
@given(network=networks(), weighted=st.booleans())
def test_hubs_and_authorities_of_any_network_are_where_the_iteration_ends(
    network: Projection, *, weighted: bool
) -> None:
    found = hits(network, weighted=weighted)
    count = len(network.ids)
    if not len(network.sources):
        assert found == ([None] * count, [None] * count)
        return
    adjacency = dense(network, weighted=weighted)
    _, values, vectors = np.linalg.svd(adjacency)
    space = vectors[values >= values[0] * (1 - 1e-9)].T
    authorities = space @ space.T @ np.ones(count)
    hubs = adjacency @ authorities
    assert found.authorities == pytest.approx((authorities / authorities.sum()).tolist(), abs=1e-7)
    assert found.hubs == pytest.approx((hubs / hubs.sum()).tolist(), abs=1e-7)


@OFTEN
@given(networks())
def test_strength_of_any_network_is_its_weighted_degree(network: Projection) -> None:
    graph: Any = network.graph
    expected = [graph.degree(node, weight="strength") for node in graph]
    assert strength(network) == pytest.approx(expected)


def test_large_networks_have_the_same_hubs_as_small_ones() -> None:
    chance = random.Random(5)
    nodes = [f"n{index:04}" for index in range(400)]
    arcs = [(one, other) for one in nodes for other in chance.sample(nodes, 4) if one != other]
    network = projection_of(nodes, arcs, directed=True)
    found = hits(network)
    hubs, authorities = nx.hits(network.graph, max_iter=10_000, tol=1e-12)
    for ours, theirs in ((found.hubs, hubs), (found.authorities, authorities)):
        assert ours == pytest.approx([theirs[node] for node in network.graph], abs=TOLERANCE)
    assert hits(network) == found
