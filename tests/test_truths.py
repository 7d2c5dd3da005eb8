"""Every figure that other programs computed of 26 real networks, and ours beside it."""

import pytest

from graph.analytics import measures
from graph.analytics.centralisation import centralisation
from graph.analytics.cohesion import components
from tests.real_networks import NAMES, TOLERANCE, is_directed
from tests.truths import OURS, by_id, case, everywhere, truths


def test_every_truth_is_held_against_a_figure_of_ours() -> None:
    assert set().union(*(truths(name) for name in NAMES)) == set(OURS)


@pytest.mark.parametrize("key", OURS)
def test_a_figure_equals_other_programs(key: str) -> None:
    lines = everywhere(key)
    assert lines
    off = {name: line for name, line in lines.items() if line.difference > TOLERANCE}
    assert not off


@pytest.mark.parametrize("name", NAMES)
def test_freemans_closeness_is_said_of_connected_networks_alone(name: str) -> None:
    connected = len(components(case(name).network)) == 1
    assert ("u_closeness_freeman" in truths(name)) == connected
    assert ("u_centralization_closeness" in truths(name)) == connected
    closeness = centralisation(case(name).network).closeness
    assert (closeness.value is None) == (not connected)
    assert closeness.reason == (None if connected else "disconnected")


@pytest.mark.parametrize("name", [name for name in NAMES if is_directed(name)])
def test_the_degree_of_arrows_is_inward_and_outward_together(name: str) -> None:
    found = by_id(case(name).arrows, measures.degree(case(name).arrows, normalised=False))
    inward, outward = truths(name)["d_indegree"], truths(name)["d_outdegree"]
    assert found == pytest.approx({node: inward[node] + outward[node] for node in inward})
