"""Where a network comes apart: by hand, against removal by definition, on real networks."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from graph.analytics.fracture import fracture
from graph.analytics.projection import Projection
from graph.analytics.questions import FractureParameters
from graph.analytics.reports import run
from graph.analytics.splits import splits
from graph.network import Snapshot
from tests.random_networks import OFTEN, networks
from tests.real_networks import arcs_of, nodes_of, snapshot_of, truth
from tests.small_networks import by_node, day_of, friends, person

ASKED = FractureParameters()


@OFTEN
@given(networks())
def test_what_breaks_off_is_what_is_gone_when_it_is_taken_away(network: Projection) -> None:
    whole: Any = network.underlying.graph
    found = splits(network)
    for place in range(len(network.ids)):
        part = nx.node_connected_component(whole, place) - {place}
        left = [len(piece) for piece in nx.connected_components(whole.subgraph(part))]
        assert found.by_node[place] == len(part) - max(left, default=0)
    bridges = {(min(pair), max(pair)) for pair in nx.bridges(whole)}
    assert {bridge[:2] for bridge in found.by_bridge} == bridges
    for one, other, smaller in found.by_bridge:
        without = whole.copy()
        without.remove_edge(one, other)
        sides = [len(nx.node_connected_component(without, end)) for end in (one, other)]
        assert smaller == min(sides)
    assert found.by_bridge == sorted(found.by_bridge, key=lambda bridge: (-bridge[2], bridge))


def barbell(*, areas: bool = False) -> Snapshot:
    """Return two triangles joined by one tie, a pair on its own, and somebody alone."""
    west, east = (("west",), ("east",)) if areas else ((), ())
    pairs = ("ab", "bc", "ac", "cd", "de", "ef", "df", "gh")
    return day_of(
        *(person(id_, areas=west) for id_ in "abc"),
        *(person(id_, areas=east) for id_ in "def"),
        *map(person, "ghi"),
        *friends(*pairs),
    )


def test_two_triangles_on_one_tie_come_apart_there() -> None:
    result = run("fracture", barbell(areas=True), {})
    rows, summary = by_node(result), result["summary"]
    assert (summary["components"], summary["largest_component"], summary["isolates"]) == (3, 6, 1)
    # Of 36 pairs 15 + 1 can reach each other.
    assert summary["fragmentation"] == pytest.approx(1 - 16 / 36)
    assert summary["bridges"] == [["c", "d"], ["g", "h"]]
    assert (summary["bridges_count"], summary["cut_points"]) == (2, 2)
    assert (summary["most_cut_off_by_a_node"], summary["most_cut_off_by_a_tie"]) == (2, 3)
    assert [row["node"] for row in result["rows"]][:2] == ["c", "d"]
    assert [rows[node]["cut_off"] for node in "acdfgi"] == [0, 2, 2, 0, 0, 0]
    assert [rows[node]["component"] for node in "afghi"] == [1, 1, 2, 2, 3]
    # The triangles keep to themselves, and so do the areas: one tie out, six within.
    assert len({rows[node]["community"] for node in "abc"}) == 1
    assert rows["a"]["community"] != rows["d"]["community"]
    assert summary["ei_index_by_area"] == pytest.approx(-5 / 7)
    assert summary["ei_index_by_community"] == pytest.approx(-6 / 8)
    assert summary["ei_index_by_kind"] == -1
    assert rows["c"]["ei_index"] == pytest.approx(-1 / 3)
    assert (rows["i"]["ei_index"], rows["i"]["reason"]) == (None, "no_ties")
    assert summary["component_sizes"] == [{"nodes": size, "components": 1} for size in (6, 2, 1)]
    first = summary["community_table"][0]
    assert (first["nodes"], first["people"], first["ties_within"], first["ties_out"]) == (
        3,
        3,
        3,
        1,
    )
    assert result["headline"] == (
        "The 9 that were counted lie in 3 parts without any tie to each other, the largest of 6;"
        " 1 stands alone; 2 ties have no second way round, and the worst of them to lose would"
        " break 3 off."
    )


def test_who_is_not_asked_about_is_in_no_community() -> None:
    snapshot = day_of(
        person("a", areas=("north",)), person("b"), person("c", areas=("north",)), *friends("ab")
    )
    labels = fracture(snapshot, FractureParameters(areas=["north"])).labels
    assert labels is not None
    assert labels.tolist() == [1, 0, 2]


def test_a_network_without_ties_is_in_as_many_parts_as_it_has_nodes() -> None:
    for size, fragmentation in ((1, None), (3, 1)):
        result = run("fracture", day_of(*map(person, "abc"[:size])), {})
        summary = result["summary"]
        assert (summary["components"], summary["communities"]) == (size, size)
        assert summary["fragmentation"] == fragmentation
        assert summary["modularity"] is None
        assert summary["reasons"]["modularity"] == "no_ties"
        assert {row["cut_off"] for row in result["rows"]} == {0}
    empty = run("fracture", day_of(), {})
    assert empty["headline"] == "Nobody is on this map on that day."


def test_an_earlier_day_lends_its_communities_their_numbers() -> None:
    """Two triangles, of which the smaller becomes the larger: each keeps its number."""
    first = day_of(
        *map(person, "abcdefg"), *friends("ab", "bc", "ac", "de", "ef", "df", "cg", "bg")
    )
    later = day_of(
        *map(person, "abcdefghi"),
        *friends("ab", "bc", "ac", "de", "ef", "df", "dh", "eh", "di", "ei"),
    )
    earlier = {row["node"]: row["community"] for row in fracture(first, ASKED).rows}
    alone = {row["node"]: row["community"] for row in fracture(later, ASKED).rows}
    matched = {row["node"]: row["community"] for row in fracture(later, ASKED, earlier=first).rows}
    assert (earlier["a"], earlier["d"]) == (1, 2)
    assert (alone["a"], alone["d"]) == (2, 1)
    assert (matched["a"], matched["d"]) == (1, 2)


@pytest.mark.parametrize(
    "name", ["karate_nx", "padgett_marriage", "krackhardt_kite_nx", "lazega_friends"]
)
def test_real_networks_come_apart_as_other_programs_say(name: str) -> None:
    result = run("fracture", snapshot_of(nodes_of(name), arcs_of(name)), {})
    expected = truth(name)
    cuts = {row["node"] for row in result["rows"] if row["cut_off"]}
    assert cuts == set(expected["u_articulation_points"])
    sizes = [
        line["nodes"]
        for line in result["summary"]["component_sizes"]
        for _ in range(line["components"])
    ]
    assert sizes == expected["u_component_sizes"]
