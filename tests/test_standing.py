"""How near each node is to others: the arrays say what NetworkX says of each set of ties."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import isolation
from graph.analytics.kernels import standings as compiled
from graph.analytics.reports import run
from graph.analytics.result import finite, least, ranked
from graph.analytics.standing import SocialTies, Standings, pairs_of, standing, standings, tied_to
from tests.random_networks import OFTEN
from tests.small_networks import neighbourhood

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


def assert_same(one: Standings, other: Standings) -> None:
    for own, theirs in zip(one.standing, other.standing, strict=True):
        assert own.pairs == theirs.pairs
        for column, expected in zip(own[1:], theirs[1:], strict=True):
            assert column.tolist() == expected.tolist()
    for column, expected in zip(one.noticing, other.noticing, strict=True):
        assert column.tolist() == expected.tolist()


def by_chance(
    source: list[int], target: list[int], nodes: int, chance: random.Random
) -> SocialTies:
    """Return ties of every set, most of them natural, at nodes of every kind."""

    def sets(count: int) -> list[int]:
        return chance.choices(range(16), [1] * 15 + [15], k=count)

    return SocialTies(
        np.array(source, np.int32),
        np.array(target, np.int32),
        np.array(sets(len(source)), np.uint8),
        np.array(sets(nodes), np.uint8),
        np.array([chance.random() < 0.7 for _ in range(nodes)], np.bool_),
        np.array([chance.random() < 0.1 for _ in range(nodes)], np.bool_),
    )


@OFTEN
@given(
    st.integers(0, MOST),
    st.lists(st.tuples(PLACES, PLACES), max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_kernel_gives_what_sorted_pairs_give(
    nodes: int, drawn: list[tuple[int, int]], chance: random.Random
) -> None:
    ends = [(one % nodes, other % nodes) for one, other in drawn if nodes]
    ties = by_chance([one for one, _ in ends], [other for _, other in ends], nodes, chance)
    assert_same(compiled.standings(ties), standings(ties))


@pytest.mark.parametrize("seed", range(4))
def test_the_kernel_gives_the_same_of_hubs_pieces_and_long_tails(seed: int) -> None:
    chance, nodes = random.Random(seed), 6_000
    tail = [chance.sample(range(nodes), 1_000) for _ in range(2)]
    source = [chance.randrange(nodes // 2) for _ in range(5_000)]
    target = [int(nodes // 2 * chance.random() ** 4) for _ in source]
    for line in tail:
        source += line[:-1]
        target += line[1:]
    ties = by_chance(source, target, nodes, chance)
    assert_same(compiled.standings(ties), standings(ties))


@pytest.mark.parametrize("mixed", [False, True])
def test_a_way_of_a_million_steps_is_counted_by_the_kernel(*, mixed: bool) -> None:
    nodes = 1_000_000
    line = np.arange(nodes, dtype=np.int32)
    if mixed:
        np.random.default_rng(1).shuffle(line)
    every, first = np.full(nodes, 15, np.uint8), np.zeros(nodes, np.bool_)
    first[line[0]] = True
    ties = SocialTies(line[:-1], line[1:], every[:-1], every, first, first)
    for found in compiled.standings(ties).standing:
        assert found.pairs == nodes - 1
        assert found.in_giant.all()
        assert np.array_equal(found.hops[line], np.arange(nodes))


@given(st.lists(st.integers(0, 9)), st.integers(1, 12))
def test_the_least_come_in_their_order_and_equals_as_they_stand(
    values: list[int], most: int
) -> None:
    expected = sorted(range(len(values)), key=values.__getitem__)[:most]
    assert least(np.array(values, np.int64), most).tolist() == expected


@given(st.lists(st.none() | st.sampled_from([0.0, 1 / 3, 1 / 3 + 1e-15, 2.5])), st.integers(1, 9))
def test_rows_are_ranked_by_the_digits_that_are_told_and_null_comes_last(
    scores: list[float | None], most: int
) -> None:
    places = np.arange(len(scores))
    every = [
        {"place": place, "score": finite(score)}
        for place, score in zip(places.tolist(), scores, strict=True)
    ]
    every.sort(key=lambda row: (row["score"] is None, -(row["score"] or 0), row["place"]))
    assert ranked({"place": places, "score": scores}, "score", most) == every[:most]


@pytest.mark.parametrize("size", [0, 1, 12, 60])
def test_isolation_is_the_same_by_the_kernel(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots = [neighbourhood(random.Random(seed), size) for seed in range(10)]
    for asked in ({}, {"areas": ["a1"], "limit": 3}):
        plain = [run("isolation", snapshot, asked) for snapshot in snapshots]
        with monkeypatch.context() as patch:
            patch.setattr(isolation, "COUNTED", range(1_000))
            assert [run("isolation", snapshot, asked) for snapshot in snapshots] == plain
