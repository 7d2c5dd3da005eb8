"""How far people depend on agencies to come together: by hand, and by definition."""

from __future__ import annotations

from datetime import date
from itertools import combinations, compress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import dependence
from graph.analytics.brokerage import class_triples
from graph.analytics.dependence import (
    paid_connectors,
    pairs_only_through_agencies,
    ways_between_people,
)
from graph.analytics.groups import kinds_of
from graph.analytics.projection import Projection, project
from graph.analytics.reports import run
from graph.network import Network, TieRow
from graph.nodes import KINDS
from tests.random_networks import OFTEN
from tests.real_networks import DAY
from tests.small_networks import agency, by_node, day_of, friends, group, neighbourhood, person, tie


def uses(*pairs: tuple[str, str]) -> list[TieRow]:
    return [tie("connects", one, other, relation="uses") for one, other in pairs]


def served() -> list[Any]:
    """Return a, b, c whom one council serves; a and b are friends, b and c sing in one choir."""
    return [
        *map(person, "abcd"),
        group("choir"),
        agency("council"),
        *uses(("a", "council"), ("b", "council"), ("c", "council"), ("d", "council")),
        *friends("ab"),
        tie("connects", "b", "choir", relation="member"),
        tie("connects", "c", "choir", relation="member"),
    ]


def test_who_shares_only_an_agency_depends_on_it() -> None:
    result = run("brokers", day_of(*served()), {"groups": "kind"})
    summary, rows = result["summary"], by_node(result)
    # Of six pairs at the council a and b are friends; b and c have the choir as well.
    assert summary["pairs_only_through_agencies"] == 4
    assert (summary["ways_by_agency"], summary["ways_by_association"]) == (5, 1)
    assert summary["ways_by_person"] == 0
    assert summary["agency_share_of_ways"] == pytest.approx(5 / 6)
    assert {node: row["between_people"] for node, row in rows.items() if row["between_people"]} == {
        "council": 5, "choir": 1,
    }  # fmt: skip
    assert rows["council"]["itinerant"] == 10
    cells = {
        (cell["before"], cell["broker"], cell["after"]): cell["ways"]
        for cell in summary["class_triples"]
    }
    assert len(cells) == 27
    assert cells["person", "agency", "person"] == 10
    assert sum(cells.values()) == summary["roles"][-1]["counted"]
    assert {line["role"] for line in summary["roles"]} >= {"coordinator", "liaison", "total"}
    between = {node: row["betweenness"] for node, row in rows.items()}
    share = between["council"] / sum(between.values())
    assert summary["agency_share_of_betweenness"] == pytest.approx(share)
    assert summary["paid_share_of_betweenness"] == 0


def test_areas_are_what_brokers_mediate_between() -> None:
    west, east = ("west",), ("east",)
    snapshot = day_of(
        person("a", areas=west), person("b", areas=west), person("c", areas=east),
        person("d"), person("e", areas=(*west, *east)), *friends("ab", "bc", "cd", "de"),
    )  # fmt: skip
    rows = by_node(run("brokers", snapshot, {}))
    # a to b to c leaves the west, c to b to a enters it; d and e are in no one area.
    roles = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
    assert [rows["b"][role] for role in roles] == [0, 0, 1, 1, 0]
    assert [rows["c"][role] for role in roles] == [0, 0, 0, 0, 2]
    assert [rows["d"][role] for role in roles] == [0, 0, 1, 1, 0]


def test_who_is_paid_to_connect_has_their_share() -> None:
    snapshot = day_of(
        *map(person, ("worker", "carer", "one", "two")),
        agency("council"),
        tie("connects", "worker", "council", relation="staff"),
        tie("connects", "carer", "one", relation="professional"),
        *[tie("connects", "worker", other, relation="peer") for other in ("one", "two")],
    )
    assert set(compress(snapshot.ids, paid_connectors(snapshot))) == {"worker", "carer"}
    summary = run("brokers", snapshot, {"normalised": False})["summary"]
    # On the ways of the other four: worker on 5 of 6, one on 3.
    assert summary["paid_share_of_betweenness"] == pytest.approx(5 / 8)


def test_an_earlier_day_shows_the_trend() -> None:
    network = Network(epoch="e", revision=1)
    nodes = [row for row in served() if not isinstance(row, TieRow)]
    ties = [
        row._replace(valid_from=DAY) if row.relation == "friend" else row
        for row in served()
        if isinstance(row, TieRow)
    ]
    network.load(nodes, ties)
    days = network.on(date(2025, 1, 1)), network.on(DAY)
    asked = {"earlier": "2025-01-01"}
    summary = run("brokers", days[1], asked, earlier=days[0])["summary"]
    assert summary["earlier"]["day"] == "2025-01-01"
    assert summary["earlier"]["pairs_only_through_agencies"] == 5
    assert summary["change"]["pairs_only_through_agencies"] == -1
    assert summary["earlier"]["agency_share_of_ways"] == pytest.approx(6 / 7)
    assert summary["change"]["agency_share_of_ways"] == pytest.approx(5 / 6 - 6 / 7)
    disclosed = run("brokers", days[1], asked, earlier=days[0], smallest=8)["summary"]
    assert disclosed["earlier"]["pairs_only_through_agencies"] is None
    assert disclosed["earlier"]["agency_share_of_ways"] is None
    assert {value for name, value in disclosed["change"].items() if name != "suppressed"} == {None}


def by_definition(projection: Projection) -> int:
    graph: Any = projection.underlying.graph
    kinds = [KINDS[code] for code in projection.kinds.tolist()]
    people = [place for place, kind in enumerate(kinds) if kind == "person"]
    found = 0
    for one, other in combinations(people, 2):
        common = {kinds[place] for place in set(graph.adj[one]) & set(graph.adj[other])}
        found += common == {"agency"} and not graph.has_edge(one, other)
    return found


@OFTEN
@given(st.randoms(use_true_random=False), st.integers(1, 25), st.sampled_from(["social", "trust"]))
def test_pairs_and_ways_are_counted_by_definition(chance: Any, size: int, name: Any) -> None:
    projection = project(neighbourhood(chance, size), name)
    assert pairs_only_through_agencies(projection).value == by_definition(projection)
    ways = ways_between_people(
        projection, class_triples(projection, kinds_of(projection), classes=KINDS)
    )
    graph: Any = projection.graph
    kinds = kinds_of(projection)
    expected = sum(
        kinds[one] == kinds[other] == "person" and kinds[broker] == "agency"
        for broker in graph
        for one in (graph.predecessors(broker) if projection.directed else graph.adj[broker])
        for other in graph.adj[broker]
        if one != other and not graph.has_edge(one, other)
    )
    assert ways.by_agency == expected // (1 if projection.directed else 2)


def test_too_many_ways_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependence, "PAIRS_LIMIT", 10)
    summary = run("brokers", day_of(*served()), {})["summary"]
    assert summary["pairs_only_through_agencies"] is None
    assert summary["reasons"]["pairs_only_through_agencies"] == "too_many"


def test_where_nobody_meets_no_share_is_told() -> None:
    summary = run("brokers", day_of(*map(person, "abc")), {})["summary"]
    assert summary["agency_share_of_ways"] is None
    assert summary["reasons"]["agency_share_of_betweenness"] == "no_two_paths"
    assert summary["pairs_only_through_agencies"] == 0
