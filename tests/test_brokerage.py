"""Brokerage equals Gould and Fernandez's, as R sna and brute force have it."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given

from graph.analytics.brokerage import ROLES, Role, brokerage, class_triples
from graph.analytics.projection import Projection
from graph.errors import Invalid
from tests.random_networks import OFTEN, grouped_networks
from tests.real_networks import (
    NAMES,
    grouped_by,
    is_directed,
    projection_of,
)
from tests.truths import case

GROUPED = [name for name in NAMES if grouped_by(name)]


@pytest.mark.parametrize("name", GROUPED)
def test_no_z_is_said_where_chance_would_always_give_the_same(name: str) -> None:
    network, arrows, groups = case(name)
    found = brokerage(arrows if is_directed(name) else network, groups)
    for role, together in found.together.items():
        assert (together.z.value is None) == (together.z.reason == "certain"), role


def by_definition(network: Projection, groups: list[str], broker: int) -> dict[Role, int]:
    ties = set(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    if not network.directed:
        ties |= {(target, source) for source, target in ties}
    found = dict.fromkeys(ROLES, 0)
    for first, last in permutations(range(len(network.ids)), 2):
        if {(first, broker), (broker, last)} <= ties and (first, last) not in ties:
            before, here, after = groups[first], groups[broker], groups[last]
            alike = before == here, here == after, before == after
            roles: dict[tuple[bool, bool, bool], Role] = {
                (True, True, True): "coordinator",
                (False, False, True): "itinerant",
                (False, True, False): "gatekeeper",
                (True, False, False): "representative",
                (False, False, False): "liaison",
            }
            found[roles[alike]] += 1
            found["total"] += 1
    return found


@OFTEN
@given(grouped_networks())
def test_every_role_of_any_network_is_by_its_definition(
    drawn: tuple[Projection, list[str]],
) -> None:
    network, groups = drawn
    found = brokerage(network, groups)
    for place in range(len(groups)):
        own = {role: roles.counted[place] for role, roles in found.by_node.items()}
        assert own == by_definition(network, groups, place)


def test_the_vector_that_packages_order_differently() -> None:
    arcs = [(arc[0], arc[1]) for arc in ("AB", "AC", "BC", "BD", "CD", "DA")]
    network = projection_of(list("ABCD"), arcs, directed=True)
    found = brokerage(network, ["1", "1", "2", "2"]).by_node
    order: tuple[Role, ...] = (
        "coordinator", "itinerant", "gatekeeper", "representative", "liaison",
    )  # fmt: skip
    by_node = zip(*(found[role].counted for role in order), strict=True)
    assert list(by_node) == [(0, 1, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 1, 0, 0), (0, 1, 0, 1, 0)]


def test_an_association_between_a_person_and_an_agency_is_a_liaison() -> None:
    network = projection_of(["P", "Q", "R"], [("P", "Q"), ("Q", "R")], directed=True)
    kinds = ["person", "association", "agency"]
    assert brokerage(network, kinds).by_node["liaison"].counted == [0, 1, 0]
    triples = class_triples(network, kinds, classes=kinds)
    assert triples.together.size == 27
    assert triples.together[0, 1, 2] == 1
    assert triples.by_node[1, 0, 2] == 1
    assert triples.together.sum() == triples.by_node.sum() == 1


@OFTEN
@given(grouped_networks())
def test_class_triples_add_up_to_the_roles(drawn: tuple[Projection, list[str]]) -> None:
    network, groups = drawn
    triples = class_triples(network, groups, classes="ABC")
    roles = brokerage(network, groups).together
    cells = {
        (before, here, after): int(triples.together[before, here, after])
        for before in range(3)
        for here in range(3)
        for after in range(3)
    }
    assert roles["total"].counted == sum(cells.values())
    assert roles["liaison"].counted == sum(
        count for classes, count in cells.items() if len(set(classes)) == 3
    )
    assert roles["coordinator"].counted == sum(cells[own, own, own] for own in range(3))


def test_a_group_that_nobody_named_is_refused() -> None:
    network = projection_of(["a", "b"], [("a", "b")])
    with pytest.raises(Invalid, match="1 groups were given for 2 nodes"):
        brokerage(network, ["A"])
    with pytest.raises(Invalid, match="C is none of the classes"):
        class_triples(network, ["A", "C"], classes=["A"])
