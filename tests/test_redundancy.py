"""Routes without anybody in common are as many as Menger's theorem says."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.projection import Projection
from graph.analytics.redundancy import disjoint_routes
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import projection_of


def least_cut(network: Projection, source: int, targets: set[int]) -> int:
    """Return the fewest nodes, or direct ties, whose loss leaves no route to any target."""
    graph: Any = network.graph
    inner = [node for node in graph if node != source and (len(targets) > 1 or node not in targets)]
    direct = [(source, target) for target in targets if graph.has_edge(source, target)]
    if len(targets) > 1:
        direct = []
    left = graph.copy()
    left.remove_edges_from(direct)
    for size in range(len(inner) + 1):
        for lost in combinations(inner, size):
            cut = left.copy()
            cut.remove_nodes_from(lost)
            if not any(target in cut and nx.has_path(cut, source, target) for target in targets):
                return size + len(direct)
    raise AssertionError(targets)


@OFTEN
@given(network=networks(most=7), data=st.data())
def test_routes_of_any_network_are_disjoint_and_as_many_as_a_cut(
    network: Projection, data: st.DataObject
) -> None:
    count = len(network.ids)
    if count < 2:
        return
    source, *targets = data.draw(
        st.lists(st.integers(0, count - 1), min_size=2, max_size=4, unique=True)
    )
    routes = disjoint_routes(network, source, targets)
    graph: Any = network.graph
    assert len(routes) == least_cut(network, source, set(targets))
    for route in routes:
        assert route[0] == source
        assert route[-1] in targets
        assert not set(route[1:-1]) & set(targets)
        assert all(graph.has_edge(*tie) for tie in nx.utils.pairwise(route))
    shared = [place for route in routes for place in route[1 : -1 if len(targets) == 1 else None]]
    assert len(shared) == len(set(shared))
    assert routes == sorted(routes, key=lambda route: (len(route), route))
    assert len(disjoint_routes(network, source, targets, most=1)) == min(len(routes), 1)


def test_a_direct_tie_and_a_way_round_are_two() -> None:
    network = projection_of(list("abc"), [("a", "b"), ("a", "c"), ("c", "b")])
    assert disjoint_routes(network, 0, [1]) == [[0, 1], [0, 2, 1]]
    # To either of two, each route ends at another.
    assert disjoint_routes(network, 0, [1, 2]) == [[0, 1], [0, 2]]


def test_from_an_isolate_or_to_nobody_there_is_no_route() -> None:
    network = projection_of(list("abc"), [("a", "b")])
    assert disjoint_routes(network, 2, [0, 1]) == []
    assert disjoint_routes(network, 0, []) == []
    assert disjoint_routes(network, 0, [1], most=0) == []


@pytest.mark.parametrize(("source", "targets"), [(0, [0]), (0, [3]), (-1, [0])])
def test_a_route_leads_from_one_to_another(source: int, targets: list[int]) -> None:
    network = projection_of(list("abc"), [("a", "b")])
    with pytest.raises(Invalid, match="different nodes of the projection"):
        disjoint_routes(network, source, targets)
