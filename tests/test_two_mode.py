"""Two-mode measures equal the printed ones of Davis's women, and networkx on any network."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.measures import betweenness
from graph.analytics.projection import Projection
from graph.analytics.two_mode import one_mode, parties_of, two_mode_centrality
from graph.errors import Invalid
from tests.random_networks import OFTEN
from tests.real_networks import arcs_of, groups_of, nodes_of, projection_of, published, whole

DAVIS = "davis_southern_women_nx"
MEASURES = {"degree": 1, "betweenness": 2, "closeness": 3}


def women(network: Projection) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mode = groups_of(DAVIS, "bipartite")
    return np.array([mode[node] == "0" for node in network.ids])


@pytest.mark.parametrize("measure", ["degree", "betweenness", "closeness"])
def test_davis_is_as_borgatti_and_everett_printed_it(measure: str) -> None:
    network = whole(DAVIS)
    scores = getattr(two_mode_centrality(network, women(network)), measure)
    found = dict(zip(network.ids, scores, strict=True))
    context = f"TestBipartiteCentrality.test_davis_{measure}_centrality"
    (printed,) = [
        vector["values"]
        for vector in published("networkx_test_vectors")["vectors"]
        if vector["context"] == context
    ]
    assert len(printed) == len(found)
    for node, value in printed.items():
        assert found[node] == pytest.approx(value, abs=5e-3 + 1e-9), node


def test_davis_is_as_netrics_prints_it() -> None:
    name = "davis_manynet_dates"
    network = whole(name)
    mode = groups_of(name, "type")
    first = np.array([mode[node] == "False" for node in network.ids])
    found = {
        "two-mode betweenness raw first 5 women": betweenness(network, normalised=False),
        "two-mode normalised closeness first 5": two_mode_centrality(network, first).closeness,
    }
    checked = 0
    for vector in published("netrics_test_vectors")["vectors"]:
        if vector["dataset"] == name and vector["measure"] in found:
            scores = dict(zip(network.ids, found[vector["measure"]], strict=True))
            own = [scores[node] for node in nodes_of(name)[: len(vector["values"])]]
            assert own == pytest.approx(vector["values"], abs=5e-5 + 1e-9)
            checked += 1
    assert checked == 2


@st.composite
def two_modes(draw: st.DrawFn) -> tuple[Projection, list[bool], list[float]]:
    own = [f"p{place}" for place in range(draw(st.integers(0, 6)))]
    other = [f"a{place}" for place in range(draw(st.integers(0, 6)))]
    nodes = [*other, *own]
    arcs: list[tuple[str, str]] = []
    if own and other:
        arc = st.tuples(st.sampled_from(own), st.sampled_from(other))
        arcs = draw(st.lists(arc, max_size=20, unique=True))
    chance = st.floats(0.01, 1)
    strengths = draw(st.lists(chance, min_size=len(arcs), max_size=len(arcs)))
    network = projection_of(nodes, arcs, strengths)
    return network, [node.startswith("p") for node in network.ids], strengths


@OFTEN
@given(two_modes())
def test_two_mode_measures_of_any_network_equal_networkx(
    drawn: tuple[Projection, list[bool], list[float]],
) -> None:
    network, first, _ = drawn
    graph: Any = network.graph
    own = [place for place, is_first in enumerate(first) if is_first]
    found = two_mode_centrality(network, np.array(first, np.bool_))
    sizes = len(own), len(first) - len(own)
    if not all(sizes):
        empty = [None] * len(first)
        assert found == (empty, empty, empty)
        return
    close: Any = nx.bipartite.closeness_centrality(graph, own)
    assert found.closeness == pytest.approx([close[place] for place in graph])
    degree: Any = nx.bipartite.degree_centrality(graph, own)
    assert found.degree == pytest.approx([degree[place] for place in graph])
    if sizes == (1, 1):
        assert found.betweenness == [None, None]
        return
    # It divides by 0 for the only node of a mode that can have nobody between.
    if min(sizes) > 1:
        between: Any = nx.bipartite.betweenness_centrality(graph, own)
        assert found.betweenness == pytest.approx([between[place] for place in graph])


def test_nobody_can_be_between_one_other() -> None:
    star = projection_of(["a", "p", "q"], [("p", "a"), ("q", "a")])
    found = two_mode_centrality(star, np.array([False, True, True]))
    assert found.betweenness == [1, None, None]
    assert found.closeness == [1, 1, 1]


@OFTEN
@given(two_modes())
def test_who_shares_something_is_tied_by_as_many_as_they_share(
    drawn: tuple[Projection, list[bool], list[float]],
) -> None:
    network, first, _ = drawn
    found = one_mode(network, np.array(first, np.bool_))
    graph: Any = network.graph
    strength = nx.get_edge_attributes(graph, "strength")
    shared: Counter[tuple[str, str]] = Counter()
    lost: dict[tuple[str, str], float] = {}
    for middle in (place for place, is_first in enumerate(first) if not is_first):
        around: list[int] = sorted(graph.adj[middle])
        for one in around:
            for other in around:
                if one < other:
                    pair = network.ids[one], network.ids[other]
                    shared[pair] += 1
                    passed = strength[middle, one] * strength[middle, other]
                    lost[pair] = lost.get(pair, 1) * (1 - passed)
    own = found.projection
    ties = [(own.ids[source], own.ids[target]) for source, target in own.pairs]
    assert dict(zip(ties, found.shared.tolist(), strict=True)) == shared
    for tie, chance in zip(ties, own.strengths.tolist(), strict=True):
        assert chance == pytest.approx(1 - lost[tie], abs=1e-12)
    assert list(own.ids) == [node for node in network.ids if node.startswith("p")]


def test_women_share_as_many_evenings_as_breiger_counted() -> None:
    network = whole(DAVIS)
    found = one_mode(network, women(network))
    evenings = {woman: {event for one, event in arcs_of(DAVIS) if one == woman}
                for woman in found.projection.ids}  # fmt: skip
    for (source, target), shared in zip(found.projection.pairs, found.shared, strict=True):
        one, other = found.projection.ids[source], found.projection.ids[target]
        assert shared == len(evenings[one] & evenings[other])


def test_a_tie_within_a_mode_is_refused() -> None:
    network = projection_of(["a", "b"], [("a", "b")])
    for asked in (two_mode_centrality, one_mode):
        with pytest.raises(Invalid, match="ties between them only"):
            asked(network, np.array([True, True]))
    assert parties_of(network).tolist() == [True, True]
