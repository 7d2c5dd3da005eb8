"""How far it is, how much turns about one, and how like a chain of command it is."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import cohesion, distances
from graph.analytics.hierarchy import hierarchy
from graph.analytics.projection import Projection
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import (
    NAMES,
    projection_of,
    published,
    whole,
)


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_route_is_longer_than_the_diameter(name: str) -> None:
    network = whole(name)
    found = distances.distances(network, among=cohesion.giant(network))
    assert distances.longest_route(network) >= (found.diameter.value or 0) + 1


def test_an_out_tree_is_a_hierarchy_in_every_dimension() -> None:
    tree = projection_of(list("abcde"), [("a", "b"), ("a", "c"), ("b", "d"), ("b", "e")],
                         directed=True)  # fmt: skip
    assert [figure.value for figure in hierarchy(tree)] == [1, 1, 1, 1]


def test_two_bosses_of_two_leave_them_without_a_closest_one() -> None:
    arcs = [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    both = projection_of(list("abcd"), arcs, directed=True)
    # a and b have nobody over both; c and d have two, of whom neither is under the other.
    assert hierarchy(both).least_upper_bound.value == pytest.approx(1 - 2 / 3)


@OFTEN
@given(networks(most=8))
def test_dimensions_of_hierarchy_of_any_network_are_by_their_definition(
    network: Projection,
) -> None:
    graph: Any = network.graph if network.directed else network.graph.to_directed()
    over = {node: nx.ancestors(graph, node) | {node} for node in graph}
    pairs = list(combinations(graph, 2))
    found = hierarchy(network)
    together = [nx.node_connected_component(network.underlying.graph, node) for node in graph]
    connected = [other in together[one] for one, other in pairs]
    if pairs:
        assert found.connectedness.value == pytest.approx(sum(connected) / len(pairs))
    reached = [(one in over[other]) + (other in over[one]) for one, other in pairs]
    if any(reached):
        assert found.hierarchy.value == pytest.approx(
            reached.count(1) / (len(reached) - reached.count(0))
        )
    else:
        assert found.hierarchy == (None, "no_route")
    missing = possible = 0
    for part in map(sorted, nx.connected_components(network.underlying.graph)):
        possible += (len(part) - 1) * (len(part) - 2) // 2 if len(part) > 2 else 0
        for one, other in combinations(part, 2):
            bounds = over[one] & over[other]
            closest = [node for node in bounds if bounds <= over[node]]
            missing += len(part) > 2 and not closest
    if possible:
        assert found.least_upper_bound.value == pytest.approx(1 - missing / possible)
    else:
        assert found.least_upper_bound == (None, "no_pairs")


def test_four_arrows_by_hand() -> None:
    values = published("classic_published_values")["hand_cases"]["hand4_directed"]
    arcs = [(arc[0], arc[-1]) for arc in values["arcs"].split(",")]
    network = projection_of(list("abcd"), arcs, directed=True)
    found = distances.distances(network)
    assert found.mean.value == values["avg_distance"]
    assert found.diameter.value == values["diameter"]
    # The hand case prints 0.5694444, which is not the mean of these distances' reciprocals: five of
    # its eight routes are one step long, two are two, one is three.
    assert found.compactness.value == pytest.approx((5 + 2 / 2 + 1 / 3) / 12)


@OFTEN
@given(network=networks(), steps=st.integers(1, 4))
def test_reach_and_distances_of_any_network_equal_a_search_from_each(
    network: Projection, *, steps: int
) -> None:
    graph: Any = network.graph
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    within = [sum(0 < far <= steps for far in lengths[node].values()) for node in graph]
    assert distances.reach(network, steps=steps) == within
    furthest = [max(lengths[node].values()) or None for node in graph]
    assert distances.eccentricity(network) == furthest
    routes = [lengths[one][other] for one, other in permutations(graph, 2) if other in lengths[one]]
    found = distances.distances(network)
    assert found.routes == len(routes)
    if routes:
        assert found.mean.value == pytest.approx(sum(routes) / len(routes))
        assert found.diameter.value == max(routes)
        assert distances.longest_route(network) >= max(routes) + 1
    else:
        assert found.mean == found.diameter == (None, "no_route")
    if len(network.ids) > 1:
        pairs = len(network.ids) * (len(network.ids) - 1)
        assert found.compactness.value == pytest.approx(sum(1 / far for far in routes) / pairs)
    else:
        assert found.compactness == (None, "no_pairs")


def test_nobody_reaches_anybody_in_no_step() -> None:
    with pytest.raises(Invalid, match="steps must be at least 1"):
        distances.reach(projection_of(["a"], []), steps=0)


def test_distances_are_measured_in_blocks_that_fit_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = whole("karate_nx")
    at_once = distances.eccentricity(network), distances.distances(network)
    monkeypatch.setattr(distances, "_CELLS", 100)
    furthest, found = distances.eccentricity(network), distances.distances(network)
    assert furthest == at_once[0]
    # Sums of other blocks may differ in their last digit.
    assert found.compactness.value == pytest.approx(at_once[1].compactness.value)
    assert found._replace(compactness=None) == at_once[1]._replace(compactness=None)
