"""How near each node is to others: the arrays say what NetworkX says."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.standing import pairs_of, standing

MOST = 12
PLACES = st.integers(0, MOST - 1)


@given(
    st.integers(0, MOST),
    st.lists(st.tuples(PLACES, PLACES), max_size=30),
    st.lists(PLACES, max_size=3, unique=True),
)
def test_standing_is_what_networkx_says(
    nodes: int, drawn: list[tuple[int, int]], wanted: list[int]
) -> None:
    ends = [(one % nodes, other % nodes) for one, other in drawn if nodes]
    nearest = np.unique(np.array([place for place in wanted if place < nodes], np.int64))
    source, target = (np.array([pair[end] for pair in ends], np.int32) for end in (0, 1))
    low, high = pairs_of(source, target, nodes=nodes)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from((one, other) for one, other in ends if one != other)
    assert set(zip(low.tolist(), high.tolist(), strict=True)) == {
        (min(pair), max(pair)) for pair in graph.edges
    }

    found = standing(low, high, nodes, nearest=nearest)
    assert found.pairs == graph.number_of_edges()
    assert found.degree.tolist() == [graph.degree[place] for place in range(nodes)]
    parts = [sorted(part) for part in nx.connected_components(graph) if len(part) > 1]
    giant = min(parts, key=lambda part: (-len(part), part[0]), default=[])
    assert np.flatnonzero(found.in_giant).tolist() == giant
    reached = (
        nx.multi_source_dijkstra_path_length(graph, set(nearest.tolist())) if len(nearest) else {}
    )
    assert found.hops.tolist() == [int(reached.get(place, -1)) for place in range(nodes)]
