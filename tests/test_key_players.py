"""Sets of key players: the best where that can be proven, never worse than the guarantee."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import key_players
from graph.analytics.key_players import (
    breaking_players,
    fragmentation,
    group_reach,
    reaching_players,
)
from graph.analytics.projection import Projection
from graph.errors import Invalid
from tests.random_networks import OFTEN, networks
from tests.real_networks import projection_of, whole


def cut_off(network: Projection, without: tuple[int, ...], *, by_distance: bool) -> float | None:
    graph: Any = network.underlying.graph.copy()
    graph.remove_nodes_from(without)
    if len(graph) < 2:
        return None
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    near = [far for own in lengths.values() for far in own.values() if far]
    pairs = len(graph) * (len(graph) - 1)
    return 1 - (sum(1 / far for far in near) if by_distance else len(near)) / pairs


def covered(network: Projection, members: tuple[int, ...], steps: int | None) -> float:
    graph: Any = network.graph
    lengths: dict[int, float] = dict(nx.multi_source_dijkstra_path_length(
        graph, set(members), weight=lambda _one, _other, _data: 1))  # fmt: skip
    if steps is None:
        return sum(1 / max(far, 1) for far in lengths.values()) / len(graph)
    return sum(far <= steps for far in lengths.values()) / len(graph)


@OFTEN
@given(network=networks(most=8), size=st.integers(0, 3), by_distance=st.booleans())
def test_what_is_left_of_any_network_is_in_pieces_by_definition(
    network: Projection, *, size: int, by_distance: bool
) -> None:
    for without in list(combinations(range(len(network.ids)), size))[:5]:
        found = fragmentation(network, without=without, by_distance=by_distance)
        expected = cut_off(network, without, by_distance=by_distance)
        assert found.value == pytest.approx(expected)
        assert found.reason == (None if expected is not None else "no_pairs")


@OFTEN
@given(
    network=networks(most=8),
    size=st.integers(1, 3),
    steps=st.none() | st.integers(1, 3),
)
def test_a_set_of_any_network_that_is_proven_is_the_best(
    network: Projection, *, size: int, steps: int | None
) -> None:
    count = len(network.ids)
    if size > count:
        with pytest.raises(Invalid, match="size must be from 1 to"):
            reaching_players(network, size, steps=steps)
        return
    sets = list(combinations(range(count), size))
    reaching = reaching_players(network, size, steps=steps)
    best = max(covered(network, members, steps) for members in sets)
    assert reaching.score.value == pytest.approx(best)
    assert group_reach(network, reaching.members, steps=steps).value == pytest.approx(best)
    assert (reaching.exact, reaching.guarantee) == (True, 1)
    for by_distance in (False, True):
        breaking = breaking_players(network, size, by_distance=by_distance)
        scores = [cut_off(network, members, by_distance=by_distance) for members in sets]
        most = max((score for score in scores if score is not None), default=None)
        assert breaking.score.value == pytest.approx(most)
        assert breaking.exact


@OFTEN
@given(network=networks(most=9), size=st.integers(1, 4), data=st.data())
def test_greedy_is_as_good_as_it_promises(
    network: Projection, *, size: int, data: st.DataObject
) -> None:
    if size > len(network.ids):
        return
    steps = data.draw(st.none() | st.integers(1, 2))
    proven = reaching_players(network, size, steps=steps).score.value or 0
    broken = breaking_players(network, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_players, "EXHAUSTIVE_SETS", 0)
        greedy = reaching_players(network, size, steps=steps)
        pieces = breaking_players(network, size)
    assert greedy.guarantee is not None
    assert greedy.guarantee * proven <= (greedy.score.value or 0) <= proven + 1e-12
    assert not greedy.exact
    # Every exchange was tried: no set that differs in one member is better.
    for leaving in greedy.members:
        others = [place for place in greedy.members if place != leaving]
        for entering in range(len(network.ids)):
            swapped = group_reach(network, [*others, entering], steps=steps).value or 0
            assert swapped <= (greedy.score.value or 0) + 1e-9
    assert (pieces.score.value or 0) <= (broken.score.value or 0) + 1e-12
    assert pieces.guarantee is None or pieces.score.value is None


def test_the_two_who_do_the_same_are_not_both_taken() -> None:
    # a and b both hold the first star; c holds the second, smaller one.
    arcs = [(hub, f"p{leaf}") for hub in "ab" for leaf in range(5)]
    arcs += [("c", f"q{leaf}") for leaf in range(3)]
    nodes = sorted({end for arc in arcs for end in arc})
    network = projection_of(nodes, arcs)
    found = reaching_players(network, 2, steps=1)
    assert [network.ids[place] for place in found.members] == ["a", "c"]
    assert found.score.value == pytest.approx(10 / 11)


def test_the_karate_club_breaks_without_its_two_leaders() -> None:
    network = whole("karate_nx")
    found = breaking_players(network, 2)
    assert found.exact
    best = max(
        cut_off(network, members, by_distance=False) or 0 for members in combinations(range(34), 2)
    )
    assert found.score.value == pytest.approx(best)


def test_a_town_is_too_many_to_look_at_each() -> None:
    nodes = [f"n{place:04}" for place in range(key_players.KEY_PLAYER_LIMIT + 1)]
    town = projection_of(nodes, [])
    for asked in (
        lambda: breaking_players(town, 1),
        lambda: reaching_players(town, 1),
        lambda: group_reach(town, [0]),
    ):
        with pytest.raises(Invalid, match="at most 3000 nodes"):
            asked()
    with pytest.raises(Invalid, match="at most 300 nodes"):
        breaking_players(projection_of(nodes[:301], []), 1, by_distance=True)


def test_of_nobody_nothing_is_reached() -> None:
    assert group_reach(projection_of([], []), []) == (None, "no_nodes")
    assert fragmentation(projection_of(["a"], [])) == (None, "no_pairs")
    assert breaking_players(projection_of(["a"], []), 1).score == (None, "no_pairs")
