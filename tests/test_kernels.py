"""Every kernel gives what its plain namesake gives, of networks of every shape."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import (
    betweenness,
    brokerage,
    clustering,
    cohesion,
    distances,
    gates,
    measures,
    reports,
    splits,
    structural_holes,
)
from graph.analytics.kernels import SCANNED_FROM, SEARCHED_FROM, routes, searches
from graph.analytics.kernels.samples import drawn_hits
from graph.analytics.projection import Projection
from tests.random_networks import OFTEN, networks
from tests.real_networks import NAMES, is_directed, projection_of, snapshot_of, whole

Measure = Callable[[Projection], Any]

ROOMS: Final = (
    measures, distances, betweenness, structural_holes, brokerage, clustering, cohesion, splits,
    gates,
)  # fmt: skip
BY_PLACE: Final = "ABC"
IN_ROLES: Final = attrgetter("by_node", "together")


def grouped(network: Projection) -> list[str]:
    return [BY_PLACE[place % 3] for place in range(len(network.ids))]


SAME: Final[dict[str, Measure]] = {
    "betweenness": measures.betweenness,
    "raw betweenness": lambda network: measures.betweenness(network, normalised=False),
    "closeness": measures.closeness,
    "harmonic": measures.harmonic,
    "nearness": measures.nearness,
    "reach in 1": lambda network: distances.reach(network, steps=1),
    "reach in 3": lambda network: distances.reach(network, steps=3),
    "eccentricity": distances.eccentricity,
    "distances": distances.distances,
    "longest route": distances.longest_route,
    "structural holes": structural_holes.structural_holes,
    "weighted holes": lambda network: structural_holes.structural_holes(network, weighted=True),
    "brokerage": lambda network: IN_ROLES(brokerage.brokerage(network, grouped(network))),
    "class triples": lambda network: brokerage.class_triples(
        network, grouped(network), classes=BY_PLACE
    ).by_node.tolist(),
    "coreness": clustering.coreness,
    "cut points": cohesion.cut_points,
    "bridges": cohesion.bridges,
    "splits": splits.splits,
    "gates": lambda network: gates.gates(network, range(0, len(network.ids), 3)).last.tolist(),
}


def compiled(measure: Measure, network: Projection) -> Any:
    """Measure as if the network were large."""
    with pytest.MonkeyPatch.context() as patch:
        for room in ROOMS:
            for name in ("SEARCHED_FROM", "SCANNED_FROM"):
                patch.setattr(room, name, 3, raising=False)
        return measure(network)


def flat(answer: Any) -> list[Any]:
    if isinstance(answer, dict):
        return [item for value in answer.values() for item in flat(value)]
    if isinstance(answer, (list, tuple)):
        return [item for value in answer for item in flat(value)]
    return [answer]


def assert_same(plain: Any, fast: Any) -> None:
    ours, theirs = flat(fast), flat(plain)
    assert len(ours) == len(theirs)
    for own, other in zip(ours, theirs, strict=True):
        if isinstance(other, float) and isinstance(own, float):
            assert math.isclose(own, other, rel_tol=1e-9, abs_tol=1e-9)
        else:
            assert own == other


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("network_name", NAMES)
def test_kernels_of_real_networks_equal_the_plain_measures(name: str, network_name: str) -> None:
    network = whole(network_name, directed=is_directed(network_name))
    assert_same(SAME[name](network), compiled(SAME[name], network))


@OFTEN
@given(networks())
def test_kernels_of_any_network_equal_the_plain_measures(network: Projection) -> None:
    for measure in SAME.values():
        assert_same(measure(network), compiled(measure, network))


def by_chance(nodes: int, ties: int, *, directed: bool) -> Projection:
    """Return a network of hubs, pieces, isolates and long tails."""
    chance = random.Random(nodes)
    ids = [f"n{place:05}" for place in range(nodes)]
    arcs = [
        (chance.choice(ids[: nodes * 9 // 10]), ids[int(nodes * 0.9 * chance.random() ** 3)])
        for _ in range(ties)
    ]
    tail = ids[-nodes // 50 :]
    arcs += list(pairwise(tail))
    strengths = [chance.uniform(0.1, 1) for _ in arcs]
    return projection_of(ids, arcs, strengths, directed=directed)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("name", SAME)
def test_kernels_of_more_nodes_than_one_batch_equal_the_plain_measures(
    name: str, *, directed: bool
) -> None:
    network = by_chance(1200, 3000, directed=directed)
    with pytest.MonkeyPatch.context() as patch:
        for room in ROOMS:
            for limit in ("SEARCHED_FROM", "SCANNED_FROM"):
                patch.setattr(room, limit, 10**9, raising=False)
        plain = SAME[name](network)
    fast = compiled(SAME[name], network)
    assert_same(plain, fast)
    assert compiled(SAME[name], network) == fast


@pytest.mark.parametrize("name", ["karate_nx", "lazega_friends", "sampson_monks_multiplex"])
def test_routes_drawn_from_both_ends_hold_the_bound_in_98_of_100_samples(name: str) -> None:
    network = whole(name, directed=is_directed(name))
    exact = measures.betweenness(network)
    held = 0
    for seed in range(100):
        found = compiled(
            lambda drawn, seed=seed: betweenness.sampled_betweenness(
                drawn, epsilon=0.05, delta=0.01, seed=seed
            ),
            network,
        )
        off = max(abs(own - (true or 0)) for own, true in zip(found.scores, exact, strict=True))
        held += off <= 0.05
    assert held >= 98


@OFTEN
@given(network=networks(), seed=st.integers(0, 2**64 - 1))
def test_routes_drawn_from_both_ends_are_the_shortest(network: Projection, *, seed: int) -> None:
    count = len(network.ids)
    if count < 3:
        return
    *_, hits = drawn_hits(network, [5_000, 20_000], seed)
    exact = measures.betweenness(network)
    found = hits / 20_000 * count / (count - 2)
    assert found.tolist() == pytest.approx(exact, abs=0.05)
    (again,) = drawn_hits(network, [20_000], seed)
    assert again.tolist() == hits.tolist()


def test_a_part_of_the_sources_is_that_part_of_the_whole() -> None:
    """Round a ring every source adds the same, so that shares of the work are shares of the sum."""
    ids = [f"n{place:04}" for place in range(1200)]
    ring = projection_of(ids, [*pairwise(ids), (ids[-1], ids[0])])
    whole_ring = routes.betweenness(ring).sum()
    assert routes.betweenness(ring, one_in=10).sum() == pytest.approx(whole_ring / 10)
    # Of three batches the first and the third: 512 nodes and 176.
    reached = searches.searches(ring, "to", one_in=2).others.sum()
    assert reached == (512 + 176) * 1199


def test_a_report_on_a_large_network_says_whose_kernels_it_asked() -> None:
    ids = [f"n{place:04}" for place in range(SEARCHED_FROM)]
    snapshot = snapshot_of(ids, list(pairwise(ids)))
    for kind in ("brokers", "centrality"):
        told = reports.run(kind, snapshot, {"normalised": False})
        assert told["conventions"]["library"] == "wholemap"
        middle = next(row for row in told["rows"] if row["node"] == ids[len(ids) // 2])
        assert middle["betweenness"] == 250 * 249
        weighted = reports.run(kind, snapshot, {"weights": "strength"})
        assert weighted["conventions"]["library"] == "networkx"


def test_a_report_on_a_small_network_does_without_the_compiler() -> None:
    program = (
        "import sys; from graph.analytics import reports, cohesion, measures;"
        " assert 'numba' not in sys.modules; assert 'networkit' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert SEARCHED_FROM < SCANNED_FROM


def test_drawing_ends_when_the_bound_holds_for_what_was_drawn() -> None:
    # Nobody is on many routes here, which is not known before some are drawn.
    chance = random.Random(4)
    ids = [f"n{place:04}" for place in range(1000)]
    arcs = [(chance.choice(ids), chance.choice(ids)) for _ in range(4000)]
    network = projection_of(ids, arcs)
    found = betweenness.sampled_betweenness(network, epsilon=0.01, delta=0.1, seed=2)
    longest = distances.longest_route(network)
    assert found.samples < betweenness.sample_size(1000, longest, epsilon=0.01, delta=0.1)
    exact = measures.betweenness(network)
    off = max(abs(own - (true or 0)) for own, true in zip(found.scores, exact, strict=True))
    assert off <= found.error_bound
