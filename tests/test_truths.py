"""Every figure that other programs computed of 26 real networks, and ours beside it."""

import pytest

from graph.analytics.centralisation import centralisation
from graph.analytics.cohesion import components
from tests.real_networks import NAMES, TOLERANCE
from tests.truths import OURS, case, compared, truths


def test_every_truth_is_held_against_a_figure_of_ours() -> None:
    assert set().union(*(truths(name) for name in NAMES)) == set(OURS)


@pytest.mark.parametrize("key", OURS)
def test_a_figure_equals_other_programs(key: str) -> None:
    lines = {name: compared(name, key) for name in NAMES if truths(name).get(key) is not None}
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
