"""How near each node is to others: the arrays say what NetworkX says of each set of ties."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.result import least
from graph.analytics.standing import pairs_of, standing, tied_to

MOST = 12
PLACES = st.integers(0, MOST - 1)
SETS = (np.uint8(1), np.uint8(2))


@given(
    st.integers(0, MOST),
    st.lists(st.tuples(PLACES, PLACES, st.integers(0, 3)), max_size=30),
    st.lists(PLACES, max_size=3, unique=True),
)
def test_standing_is_what_networkx_says(
    nodes: int, drawn: list[tuple[int, int, int]], wanted: list[int]
) -> None:
    ties = [(one % nodes, other % nodes, bits) for one, other, bits in drawn if nodes]
    nearest = np.unique(np.array([place for place in wanted if place < nodes], np.int64))
    source, target = (np.array([tie[end] for tie in ties], np.int32) for end in (0, 1))
    bits = np.array([tie[2] for tie in ties], np.uint8)
    pairs = pairs_of(source, target, bits, nodes=nodes)
    odd = np.arange(nodes) % 2 == 1
    for chosen in SETS:
        found = standing(pairs.by(chosen), nodes, nearest=nearest)
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(nodes))
        graph.add_edges_from(
            (one, other) for one, other, said in ties if said & chosen and one != other
        )
        assert found.pairs == graph.number_of_edges()
        assert found.degree.tolist() == [graph.degree[place] for place in range(nodes)]
        parts = [sorted(part) for part in nx.connected_components(graph) if len(part) > 1]
        giant = min(parts, key=lambda part: (-len(part), part[0]), default=[])
        assert np.flatnonzero(found.in_giant).tolist() == giant
        starts = set(nearest.tolist())
        reached = nx.multi_source_dijkstra_path_length(graph, starts) if starts else {}
        assert found.hops.tolist() == [int(reached.get(place, -1)) for place in range(nodes)]
        assert tied_to(pairs.by(chosen), nodes, odd).tolist() == [
            sum(other % 2 for other in graph[place]) for place in range(nodes)
        ]


def test_a_way_may_be_as_long_as_the_network() -> None:
    nodes = 20_000
    ends = np.arange(nodes, dtype=np.int32)
    pairs = pairs_of(ends[:-1], ends[1:], np.ones(nodes - 1, np.uint8), nodes=nodes)
    found = standing(pairs, nodes, nearest=np.zeros(1, np.int64))
    assert found.hops.tolist() == list(range(nodes))


@given(st.lists(st.integers(0, 9)), st.integers(1, 12))
def test_the_least_come_in_their_order_and_equals_as_they_stand(
    values: list[int], most: int
) -> None:
    expected = sorted(range(len(values)), key=values.__getitem__)[:most]
    assert least(np.array(values, np.int64), most).tolist() == expected
