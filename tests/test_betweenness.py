"""Betweenness of ties is exact, and a sample of routes holds the bound that it promises."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.betweenness import sample_size, sampled_betweenness, tie_betweenness
from graph.analytics.measures import betweenness
from graph.analytics.projection import Projection
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import arcs_of, nodes_of, projection_of, whole


def test_colemans_ties_are_as_netrics_prints_them() -> None:
    network = whole("coleman_adolescents8")
    scores = tie_betweenness(network, normalised=False)
    by_pair = {
        frozenset((network.ids[source], network.ids[target])): score
        for source, target, score in zip(network.sources, network.targets, scores, strict=True)
    }
    place = {node: index for index, node in enumerate(nodes_of("coleman_adolescents8"))}
    # It goes by the later end of each tie.
    ends = sorted((sorted((place[one], place[other])) for one, other in
                   arcs_of("coleman_adolescents8")), key=lambda pair: pair[::-1])  # fmt: skip
    names = list(place)
    first = [by_pair[frozenset((names[one], names[other]))] for one, other in ends[:3]]
    assert first == [7, 3, 5]


def test_ties_of_a_square_and_a_tree_are_as_networkx_prints_them() -> None:
    square = projection_of(list("abcd"), [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")])
    assert tie_betweenness(square, normalised=False) == [2, 2, 2, 2]
    arcs = [("a", "b"), ("a", "c"), ("b", "d"), ("b", "e"), ("c", "f"), ("c", "g")]
    tree = projection_of(list("abcdefg"), arcs)
    assert tie_betweenness(tree, normalised=False) == [12, 12, 6, 6, 6, 6]
    assert tie_betweenness(tree)[0] == pytest.approx(12 / 21)


@OFTEN
@given(networks(most=8))
def test_ties_of_any_network_carry_the_shortest_routes(network: Projection) -> None:
    graph: Any = network.graph
    expected = dict.fromkeys(
        zip(network.sources.tolist(), network.targets.tolist(), strict=True), 0.0
    )
    for one, other in permutations(graph, 2):
        if nx.has_path(graph, one, other):
            routes = list(nx.all_shortest_paths(graph, one, other))
            for route in routes:
                for tie in nx.utils.pairwise(route):
                    pair = tie if network.directed else (min(tie), max(tie))
                    expected[pair] += 1 / len(routes) / (1 if network.directed else 2)
    found = tie_betweenness(network, normalised=False)
    assert found == pytest.approx(list(expected.values()))


# A sample of routes


@pytest.mark.parametrize(
    ("name", "directed"),
    [("karate_nx", False), ("lazega_friends", True), ("glasgow_s50_wave1", False)],
)
def test_the_bound_holds_in_98_of_100_samples(name: str, *, directed: bool) -> None:
    network = whole(name, directed=directed)
    exact = betweenness(network)
    held = 0
    for seed in range(100):
        found = sampled_betweenness(network, epsilon=0.1, delta=0.01, seed=seed)
        off = max(abs(own - (true or 0)) for own, true in zip(found.scores, exact, strict=True))
        held += off <= found.error_bound
        assert (found.error_bound, found.confidence, found.exact) == (0.1, 0.99, False)
    assert held >= 98


def test_a_sample_errs_in_no_direction() -> None:
    network = whole("karate_nx")
    exact = betweenness(network)
    found = [
        sampled_betweenness(network, epsilon=0.1, delta=0.1, seed=seed).scores
        for seed in range(200)
    ]
    for node, true in enumerate(exact):
        mean = sum(scores[node] for scores in found) / len(found)
        assert mean == pytest.approx(true, abs=0.005)


@OFTEN
@given(network=networks(), seed=st.integers(0, 1000), normalised=st.booleans())
def test_a_sample_of_any_network_holds_its_bound(
    network: Projection, *, seed: int, normalised: bool
) -> None:
    found = sampled_betweenness(network, epsilon=0.3, delta=1e-6, seed=seed, normalised=normalised)
    exact = betweenness(network, normalised=normalised)
    for own, true in zip(found.scores, exact, strict=True):
        assert abs(own - (true or 0)) <= found.error_bound + 1e-12
    again = sampled_betweenness(network, epsilon=0.3, delta=1e-6, seed=seed, normalised=normalised)
    assert found == again


def test_where_nobody_is_between_nothing_is_drawn() -> None:
    for nodes, arcs in (([], []), (["a"], []), (list("abcd"), [("a", "b"), ("c", "d")])):
        found = sampled_betweenness(projection_of(nodes, arcs))
        assert found.scores == [0] * len(nodes)
        assert (found.samples, found.error_bound, found.exact) == (0, 0, True)


def test_the_sample_is_as_large_as_riondato_and_kornaropoulos_say() -> None:
    # The scores are of pairs of others, theirs of all pairs: the bound is less by (n - 2) / n.
    expected = 0.5 / (0.01 * 98 / 100) ** 2 * (3 + 1 + math.log(200))
    assert sample_size(100, 12, epsilon=0.01, delta=0.01) == math.ceil(expected)


@pytest.mark.parametrize("bounds", [(0, 0.1), (1, 0.1), (0.1, 0), (0.1, 1), (-1, 0.5)])
def test_a_bound_that_nothing_holds_is_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(Invalid, match="must lie between 0 and 1"):
        sampled_betweenness(whole("karate_nx"), epsilon=bounds[0], delta=bounds[1])


def test_more_routes_than_ten_million_are_refused() -> None:
    with pytest.raises(Invalid, match="over 10000000"):
        sampled_betweenness(whole("karate_nx"), epsilon=1e-4)


def test_one_of_more_routes_than_any_machine_counts_is_drawn() -> None:
    # 70 diamonds in a row: 2^70 shortest routes from end to end.
    arcs = []
    for place in range(70):
        near, far = f"a{place:02}", f"a{place + 1:02}"
        for middle in (f"b{place:02}", f"c{place:02}"):
            arcs += [(near, middle), (middle, far)]
    nodes = sorted({end for arc in arcs for end in arc})
    network = projection_of(nodes, arcs)
    found = sampled_betweenness(network, epsilon=0.1, delta=0.1, seed=1)
    exact = betweenness(network)
    off = max(abs(own - (true or 0)) for own, true in zip(found.scores, exact, strict=True))
    assert off <= 0.1
