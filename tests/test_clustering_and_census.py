"""Triangles, cores, pairs and triples equal what other programs count."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from graph.analytics.census import dyads, reciprocity, triads
from graph.analytics.clustering import clustering, coreness, directed_transitivity
from graph.analytics.cohesion import bicomponents, density, strong_components
from graph.analytics.projection import Projection
from tests.random_networks import OFTEN, networks
from tests.real_networks import (
    NAMES,
    is_directed,
    nodes_of,
    projection_of,
    published,
    whole,
)

DIRECTED = [name for name in NAMES if is_directed(name)]


def test_colemans_adolescents_have_the_cores_that_netrics_prints() -> None:
    order = nodes_of("coleman_adolescents8")
    network = whole("coleman_adolescents8")
    cores = dict(zip(network.ids, coreness(network), strict=True))
    assert [cores[node] for node in order[:3]] == [1, 2, 2]


def test_the_karate_club_is_as_it_was_printed() -> None:
    values = published("classic_published_values")["zachary_karate"]["values"]
    network = whole("karate_weighted")
    found = clustering(network)
    assert found.transitivity.value == pytest.approx(values["transitivity"], abs=5e-5)
    assert found.mean.value == pytest.approx(values["avg_clustering"], abs=5e-5)
    assert density(network).value == pytest.approx(values["density"], abs=5e-4)
    assert max(coreness(network)) == values["max_core"]


@OFTEN
@given(networks(directed=False))
def test_clustering_of_any_network_is_by_its_definition(network: Projection) -> None:
    found, graph = clustering(network), network.graph
    ways = closed = 0
    for node in graph:
        pairs = list(combinations(sorted(graph.adj[node]), 2))
        tied = sum(graph.has_edge(*pair) for pair in pairs)
        assert found.local[node] == pytest.approx(tied / len(pairs) if pairs else 0)
        ways, closed = ways + len(pairs), closed + tied
    assert found.triangles * 3 == closed
    assert found.transitivity == ((closed / ways, None) if ways else (None, "no_two_paths"))
    assert found.mean.reason == (None if network.ids else "no_nodes")


@OFTEN
@given(networks())
def test_cores_of_any_network_are_what_is_left_by_peeling(network: Projection) -> None:
    cores, graph = coreness(network), network.underlying.graph
    for k in range(1, max(cores, default=0) + 2):
        left = set(graph)
        while low := {node for node in left if len(left & graph.adj[node].keys()) < k}:
            left -= low
        assert left == {node for node, core in enumerate(cores) if core >= k}


def kind_of(triple: tuple[int, ...], arrows: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Return the arrows of three nodes as they are whichever comes first."""
    forms = []
    for order in permutations(triple):
        number = {node: index for index, node in enumerate(order)}
        form = sorted(
            (number[one], number[other])
            for one, other in permutations(triple, 2)
            if (one, other) in arrows
        )
        forms.append(form)
    return frozenset(min(forms))


EXAMPLES: dict[str, list[str]] = {
    "003": [], "012": ["ab"], "102": ["ab", "ba"], "021D": ["ba", "bc"], "021U": ["ab", "cb"],
    "021C": ["ab", "bc"], "111D": ["ab", "ba", "cb"], "111U": ["ab", "ba", "bc"],
    "030T": ["ab", "cb", "ac"], "030C": ["ba", "cb", "ac"], "201": ["ab", "ba", "bc", "cb"],
    "120D": ["ba", "bc", "ac", "ca"], "120U": ["ab", "cb", "ac", "ca"],
    "120C": ["ab", "bc", "ac", "ca"], "210": ["ab", "bc", "cb", "ac", "ca"],
    "300": ["ab", "ba", "bc", "cb", "ac", "ca"],
}  # fmt: skip


@OFTEN
@given(networks(directed=True, most=7))
def test_pairs_and_triples_of_any_network_are_counted_one_by_one(network: Projection) -> None:
    arrows = set(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    pairs = Counter(
        ((one, other) in arrows) + ((other, one) in arrows)
        for one, other in combinations(range(len(network.ids)), 2)
    )
    assert dyads(network) == (pairs[2], pairs[1], pairs[0])
    named = {
        kind_of((0, 1, 2), {("abc".index(arc[0]), "abc".index(arc[1])) for arc in arcs}): name
        for name, arcs in EXAMPLES.items()
    }
    assert len(named) == 16
    found = Counter(
        named[kind_of(triple, arrows)] for triple in combinations(range(len(network.ids)), 3)
    )
    assert {kind: count for kind, count in triads(network).items() if count} == found
    ways = [
        (first, last)
        for first, middle, last in permutations(range(len(network.ids)), 3)
        if {(first, middle), (middle, last)} <= arrows
    ]
    closed = sum(way in arrows for way in ways)
    expected = (closed / len(ways), None) if ways else (None, "no_two_paths")
    assert directed_transitivity(network) == expected


def test_what_is_returned_of_four_arrows_by_hand() -> None:
    values = published("classic_published_values")["hand_cases"]["hand4_directed"]
    arcs = [(arc[0], arc[-1]) for arc in values["arcs"].split(",")]
    network = projection_of(list("abcd"), arcs, directed=True)
    found = reciprocity(network)
    assert found.arrows.value == pytest.approx(values["arc_reciprocity"])
    assert found.pairs.value == pytest.approx(values["dyad_reciprocity"])
    assert len(strong_components(network)) == values["strong_components"]


def test_undirected_ties_go_both_ways() -> None:
    network = projection_of(list("abc"), [("a", "b")])
    assert dyads(network) == (1, 0, 2)
    assert reciprocity(network).arrows.value == 1
    assert triads(network)["102"] == 1
    assert strong_components(network) == [[0, 1], [2]]
    assert reciprocity(projection_of(["a"], [])).pairs == (None, "no_ties")


@OFTEN
@given(networks())
def test_a_bicomponent_of_any_network_holds_together_whoever_leaves(network: Projection) -> None:
    graph: Any = network.underlying.graph
    parts = bicomponents(network)
    for part in parts:
        for leaving in part:
            assert nx.is_connected(graph.subgraph(set(part) - {leaving}))
    ties = {frozenset(tie) for tie in graph.edges}
    within = [frozenset(tie) for part in parts for tie in graph.subgraph(part).edges]
    assert sorted(map(sorted, within)) == sorted(map(sorted, ties))
    for one, other in combinations(parts, 2):
        assert len(set(one) & set(other)) <= 1
