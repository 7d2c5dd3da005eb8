"""On whom people can rely: ways by Menger's theorem, losses by hand."""

from __future__ import annotations

from datetime import date
from itertools import compress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.gates import NO_WAY, gates
from graph.analytics.projection import Projection
from graph.analytics.redundancy import disjoint_routes
from graph.analytics.reports import run
from graph.errors import Invalid
from graph.network import Network
from graph.store.runs import _of_these
from tests.random_networks import OFTEN, networks
from tests.real_networks import DAY, projection_of, whole
from tests.small_networks import agency, asset, by_node, day_of, friends, group, person, tie


@OFTEN
@given(networks(directed=False), st.sets(st.integers(0, 11), min_size=2, max_size=5))
def test_two_ways_that_share_nobody_are_as_menger_says(
    network: Projection, targets: set[int]
) -> None:
    ends = {end for end in targets if end < len(network.ids)}
    if len(ends) < 2:
        return
    found = gates(network, ends)
    ways = found.routes().tolist()
    held = found.holding().tolist()
    for other in range(len(network.ids)):
        hanging = found.hanging_on(np.full(len(network.ids), other)).tolist()
        assert held[other] == sum(hanging)
        for place in set(range(len(network.ids))) - ends - {other}:
            routes = len(disjoint_routes(network, place, ends, most=2))
            assert ways[place] == min(routes, 2)
            left = without(network, other, ends - {other}, place)
            assert hanging[place] == (routes > 0 and not left)


def without(network: Projection, gone: int, ends: set[int], place: int) -> bool:
    graph: Any = network.graph.copy()
    graph.remove_node(gone)
    seen, queue = {place}, [place]
    for near in queue:
        queue += [far for far in graph.adj[near] if far not in seen]
        seen |= set(graph.adj[near])
    return bool(seen & ends)


def test_a_real_network_hangs_on_its_cut_points() -> None:
    karate = whole("karate_nx")
    place = {id_: at for at, id_ in enumerate(karate.ids)}
    found = gates(karate, [place["33"], place["32"]])
    # The instructor, 0, is the only cut point: of member 11, and of the five around 5 and 6.
    hanging = found.hanging_on(np.full(len(karate.ids), place["0"])).tolist()
    assert set(compress(karate.ids, hanging)) == {"4", "5", "6", "10", "11", "16"}
    assert [ways == 1 for ways in found.routes().tolist()] == hanging


def test_targets_that_are_not_there_are_refused() -> None:
    network = projection_of(["a", "b"], [("a", "b")])
    with pytest.raises(Invalid):
        gates(network, [2])
    assert gates(network, []).last.tolist() == [NO_WAY, NO_WAY]
    assert gates(network, [1]).routes().tolist() == [1, 2]


def test_what_is_left_without_staff_or_carer() -> None:
    snapshot = day_of(
        *map(person, ("ada", "ben", "mum", "nurse", "foe", "alone")),
        person("named", mapped=False),
        group("choir"),
        agency("council"),
        asset("park"),
        tie("connects", "ada", "mum", relation="family", strength=0.9),
        tie("connects", "ada", "ben", relation="friend", strength=1.0),
        tie("connects", "ada", "foe", relation="neighbour", quality="stressful"),
        tie("connects", "nurse", "ada", relation="professional"),
        tie("connects", "nurse", "council", relation="staff"),
        tie("connects", "mum", "choir", relation="member"),
        tie("connects", "nurse", "park", relation="uses"),
        tie("connects", "foe", "choir", relation="member"),
    )
    result = run("support", snapshot, {})
    rows = by_node(result)
    ada = rows["ada"]
    assert (ada["natural"], ada["paid"], ada["natural_to_paid"]) == (2, 1, 2.0)
    assert ada["natural_share"] == pytest.approx(2 / 3)
    assert ada["main_carer"] == "mum"
    assert (ada["would_notice"], ada["would_notice_without_staff"]) == (3, 2)
    assert ada["would_notice_without_carer"] == 2
    # By mum to the choir and by the nurse to the park; by friends there is mum's way alone.
    assert (ada["ways_to_place"], ada["ways_to_place_without_staff"]) == (2, 1)
    assert ada["place_left_without_carer"]
    # ben hangs on ada; without her there is none.
    assert (rows["ben"]["main_carer"], rows["ben"]["ways_to_place"]) == ("ada", 1)
    assert not rows["ben"]["place_left_without_carer"]
    assert (rows["ada"]["holds"], rows["mum"]["holds"]) == (1, 2)
    # A professional's own way to the park is natural: they use it as anybody does.
    assert rows["nurse"]["ways_to_place_without_staff"] == 1
    assert (rows["foe"]["would_notice"], rows["foe"]["main_carer"]) == (0, None)
    assert (rows["alone"]["natural_share"], rows["alone"]["reason"]) == (None, "no_ties")
    assert (rows["ben"]["natural_to_paid"], rows["ben"]["reason"]) == (None, "no_paid_ties")
    summary = result["summary"]
    assert (summary["people"], summary["mapped"], summary["unmapped"]) == (7, 6, 1)
    assert summary["unnoticed"] == 2
    assert summary["unnoticed_without_staff"] == 3
    assert summary["no_place"] == 1
    assert summary["no_place_without_carer"] == 2
    assert summary["below_two"] == 5
    assert result["rows"][0]["node"] == "alone"
    assert result["headline"] == (
        "Of 6 people who were asked, 2 have nobody who would notice if something was wrong, and 3"
        " if the staff left; 5 cannot count on two who notice and two separate ways to a place to"
        " go."
    )


def test_the_share_of_natural_support_is_followed_over_time() -> None:
    network = Network()
    network.load(
        [*map(person, "abc"), agency("council")],
        [
            tie("connects", "a", "council", relation="uses"),
            *(each._replace(valid_from=DAY) for each in friends("ab", "ac")),
        ],
    )
    days = network.on(date(2025, 1, 1)), network.on(DAY)
    result = run("support", days[1], {"earlier": "2025-01-01"}, earlier=days[0])
    row = by_node(result)["a"]
    assert (row["natural_share_earlier"], row["natural_share"]) == (0, pytest.approx(2 / 3))
    assert row["natural_share_change"] == pytest.approx(2 / 3)
    assert by_node(result)["b"]["natural_share_change"] is None
    assert (result["summary"]["more_natural"], result["summary"]["less_natural"]) == (1, 0)


@pytest.mark.parametrize("size", [1, 3])
def test_who_has_no_ties_has_no_support(size: int) -> None:
    result = run("support", day_of(*map(person, "abc"[:size])), {})
    assert result["summary"]["unnoticed"] == result["summary"]["no_place"] == size
    assert result["summary"]["natural_share"] is None
    assert {row["holds"] for row in result["rows"]} == {0}


def test_a_carer_who_is_not_seen_any_more_is_left_out_of_the_row() -> None:
    rows = [
        {"node": "a", "main_carer": "b"},
        {"node": "b", "main_carer": "a"},
        {"node": "a", "other": "b"},
        {"node": None, "other": "a"},
    ]
    shown = _of_these({"summary": {}, "rows": rows}, {"a", None})
    assert shown["rows"] == [{"node": "a", "main_carer": None}, {"node": None, "other": "a"}]
