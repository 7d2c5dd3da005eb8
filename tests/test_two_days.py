"""What changed between two days."""

from __future__ import annotations

import pytest
from hypothesis import given

from graph.analytics.projection import Projection
from graph.analytics.two_days import compare
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import projection_of


def pairs(network: Projection) -> set[tuple[str, str]]:
    return {(network.ids[source], network.ids[target]) for source, target in network.pairs}


def test_ties_are_kept_made_and_lost_and_people_enter_and_leave() -> None:
    earlier = projection_of(list("abcx"), [("a", "b"), ("b", "c"), ("c", "x")])
    later = projection_of(list("abcy"), [("b", "a"), ("a", "c"), ("c", "y")])
    found = compare(earlier, later)
    assert found.kept == [("a", "b")]
    assert found.made == [("a", "c"), ("c", "y")]
    assert found.lost == [("b", "c"), ("c", "x")]
    assert (found.entered, found.left, found.stayed) == (["y"], ["x"], 3)
    assert found.jaccard.value == pytest.approx(1 / 5)
    assert found.jaccard_of_stayers.value == pytest.approx(1 / 3)


@OFTEN
@given(networks(directed=True), networks(directed=True))
def test_any_two_days_are_compared_as_sets(earlier: Projection, later: Projection) -> None:
    found = compare(earlier, later)
    before, after = pairs(earlier), pairs(later)
    assert found.kept == sorted(before & after)
    assert found.made == sorted(after - before)
    assert found.lost == sorted(before - after)
    assert sorted([*found.left, *found.entered]) == sorted(set(earlier.ids) ^ set(later.ids))
    either = before | after
    expected = (len(before & after) / len(either), None) if either else (None, "no_ties")
    assert found.jaccard == expected
    both = set(earlier.ids) & set(later.ids)
    among = [{pair for pair in day if both.issuperset(pair)} for day in (before, after)]
    either = among[0] | among[1]
    expected = (len(among[0] & among[1]) / len(either), None) if either else (None, "no_ties")
    assert found.jaccard_of_stayers == expected


@OFTEN
@given(networks())
def test_a_day_is_like_itself(network: Projection) -> None:
    found = compare(network, network)
    assert (found.made, found.lost, found.entered, found.left) == ([], [], [], [])
    assert found.jaccard.value in (1, None)


def test_two_projections_are_not_two_days() -> None:
    social = projection_of(["a"], [])
    trust = projection_of(["a"], [], directed=True)
    with pytest.raises(Invalid, match="same projection"):
        compare(social, trust)
