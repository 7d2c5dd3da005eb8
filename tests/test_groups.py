"""Whether ties stay within groups, and which groups a network falls into by itself."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.cohesion import components
from graph.analytics.communities import communities, matched
from graph.analytics.groups import (
    areas_of,
    assortativity,
    degree_assortativity,
    ei_index,
    kinds_of,
    modularity,
)
from graph.analytics.projection import Projection, project
from graph.errors import Invalid
from graph.network import Network, NodeRow, TieRow
from tests.random_networks import OFTEN, grouped_networks, networks
from tests.real_networks import (
    DAY,
    NAMES,
    grouped_by,
    projection_of,
    whole,
)

GROUPED = [name for name in NAMES if grouped_by(name)]


@OFTEN
@given(drawn=grouped_networks(), weighted=st.booleans())
def test_modularity_and_assortativity_of_any_network_equal_networkx(
    drawn: tuple[Projection, list[str]], *, weighted: bool
) -> None:
    network, groups = drawn
    graph: Any = network.graph
    if not len(network.sources):
        assert modularity(network, groups) == (None, "no_ties")
        assert assortativity(network, groups) == (None, "no_ties")
        return
    parts = [{place for place in graph if groups[place] == group} for group in set(groups)]
    expected = nx.community.modularity(graph, parts, weight="strength" if weighted else None)
    assert modularity(network, groups, weighted=weighted).value == pytest.approx(expected)
    nx.set_node_attributes(graph, dict(enumerate(groups)), "group")
    found = assortativity(network, groups)
    touched = {groups[end] for end in (*network.sources.tolist(), *network.targets.tolist())}
    if len(touched) == 1:
        assert found == (None, "one_group")
    else:
        coefficient = nx.attribute_assortativity_coefficient(graph, "group")
        assert found.value == pytest.approx(coefficient)


@OFTEN
@given(networks(directed=False))
def test_degree_assortativity_of_any_network_is_a_correlation(network: Projection) -> None:
    found = degree_assortativity(network)
    degrees = {int(network.degrees[end]) for end in network.sources.tolist()}
    degrees |= {int(network.degrees[end]) for end in network.targets.tolist()}
    if len(degrees) < 2:
        assert found == (None, "alike" if degrees else "no_ties")
    else:
        expected = nx.degree_pearson_correlation_coefficient(network.graph)
        assert found.value == pytest.approx(expected, abs=1e-9)


def test_all_within_is_minus_one_and_all_across_is_one() -> None:
    network = projection_of(list("abcd"), [("a", "b"), ("c", "d")])
    assert ei_index(network, ["1", "1", "2", "2"]).whole.value == -1
    across = ei_index(network, ["1", "2", "1", "2"])
    assert (across.whole.value, across.external, across.internal) == (1, 2, 0)


def test_ties_of_who_is_in_no_group_are_left_out() -> None:
    network = projection_of(list("abc"), [("a", "b"), ("b", "c")])
    found = ei_index(network, ["1", "1", None])
    assert (found.internal, found.external) == (1, 0)
    assert found.by_node == [-1, -1, None]
    assert modularity(network, ["1", None, "1"]) == (None, "no_ties")
    with pytest.raises(Invalid, match="1 groups were given for 3 nodes"):
        ei_index(network, ["1"])


def test_kinds_and_areas_serve_as_groups() -> None:
    network = Network()
    network.load(
        [
            NodeRow(id="barn", kind="asset", name="Barn", areas=("south",)),
            NodeRow(id="choir", kind="association", name="Choir", areas=("north",)),
            NodeRow(id="office", kind="agency", name="Office", areas=("north", "south")),
            NodeRow(id="p", kind="person", name="P"),
        ],
        [TieRow(id="t", type="connects", source="p", target="choir", relation="member")],
    )
    snapshot = network.on(DAY)
    social = project(snapshot, "social")
    assert kinds_of(social) == ["association", "agency", "person"]
    assert areas_of(snapshot, social) == ["north", None, None]


# Communities


def rings(count: int, size: int) -> Projection:
    """Return complete groups, each tied to the next by one tie."""
    nodes = [f"{ring:02}-{place}" for ring in range(count) for place in range(size)]
    arcs = [
        (f"{ring:02}-{one}", f"{ring:02}-{other}")
        for ring in range(count)
        for one, other in combinations(range(size), 2)
    ]
    arcs += [(f"{ring:02}-0", f"{ring + 1:02}-1") for ring in range(count - 1)]
    return projection_of(nodes, arcs)


def test_complete_groups_in_a_row_are_its_communities() -> None:
    network = rings(5, 6)
    found = communities(network, seed=3)
    assert Counter(found.labels) == dict.fromkeys(range(1, 6), 6)
    for ring in range(5):
        assert len(set(found.labels[6 * ring : 6 * ring + 6])) == 1
    assert (found.split, found.exact, found.seed) == (0, False, 3)


def test_the_karate_club_divides_as_well_as_is_known() -> None:
    best = max(
        communities(whole("karate_nx"), seed=seed).modularity.value or 0 for seed in range(9)
    )
    assert best == pytest.approx(0.4198, abs=5e-5)


@OFTEN
@given(network=networks(), seed=st.integers(0, 2**32), weighted=st.booleans())
def test_communities_are_connected_and_the_same_for_one_seed(
    network: Projection, *, seed: int, weighted: bool
) -> None:
    found = communities(network, seed=seed, weighted=weighted)
    assert found == communities(network, seed=seed, weighted=weighted)
    graph = network.underlying.graph
    members = {
        label: [place for place, own in enumerate(found.labels) if own == label]
        for label in set(found.labels)
    }
    assert sorted(members) == list(range(1, len(members) + 1))
    assert all(nx.is_connected(graph.subgraph(part)) for part in members.values())
    assert len(members) >= len(components(network))
    assert found.modularity.reason == (None if len(network.sources) else "no_ties")


def test_communities_keep_their_earlier_labels() -> None:
    network = rings(4, 5)
    former = communities(network)
    earlier = dict(zip(network.ids, [40 + label for label in former.labels], strict=True))
    later = communities(network, seed=8, earlier=earlier)
    assert later.labels == [40 + label for label in former.labels]


def test_who_has_most_in_common_takes_the_label_and_the_other_a_new_one() -> None:
    earlier = {"a": 1, "b": 1, "c": 1, "d": 7}
    labels = {"a": 5, "b": 5, "c": 6, "d": 6, "e": 8}
    # c and d have as much of 1 as of 7, but 1 is taken by a and b, who have more of it.
    assert matched(labels, earlier) == [1, 1, 7, 7, 2]
