"""A report says what is so: its rows equal other programs, and its words fit its numbers."""

from __future__ import annotations

import json
import pickle
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.isolation import paid_ties
from graph.analytics.projection import project
from graph.analytics.questions import report_parameters
from graph.analytics.reports import FACES, REPORTS, run
from graph.errors import Invalid
from graph.network import Network
from service.report_page import report_csv, report_html
from tests.real_networks import (
    DAY,
    NAMES,
    TOLERANCE,
    arcs_of,
    check_brokers,
    check_centrality,
    is_directed,
    nodes_of,
    snapshot_of,
    truth,
)
from tests.small_networks import (
    asset,
    by_node,
    day_of,
    group,
    neighbourhood,
    person,
    stored,
    tie,
)

# The 26 networks, from rows of the network in memory to rows of a report


@pytest.mark.parametrize("name", NAMES)
def test_centrality_gives_what_other_programs_give(name: str) -> None:
    check_centrality(run("centrality", snapshot_of(nodes_of(name), arcs_of(name)), {}), name)


@pytest.mark.parametrize("name", NAMES)
def test_brokers_gives_what_other_programs_give(name: str) -> None:
    snapshot = snapshot_of(nodes_of(name), arcs_of(name))
    check_brokers(run("brokers", snapshot, {"normalised": False}), name)


@pytest.mark.parametrize("kind", ["brokers", "centrality"])
@pytest.mark.parametrize("name", ["karate_nx", "lazega_friends", "les_miserables_nx"])
def test_betweenness_is_as_near_as_asked_and_shows_no_digit_that_is_not_sure(
    name: str, kind: str
) -> None:
    snapshot = snapshot_of(nodes_of(name), arcs_of(name))
    exact = by_node(run(kind, snapshot, {}))
    result = run(kind, snapshot, {"epsilon": 0.02, "seed": 7})
    for node, row in by_node(result).items():
        assert row["betweenness"] == round(row["betweenness"], 1)
        off = abs(row["betweenness"] - exact[node]["betweenness"])
        assert off <= 0.02 + 0.05, node
        assert {**row, "betweenness": 0} == {**exact[node], "betweenness": 0}
    conventions = result["conventions"]
    assert (conventions["exact"], conventions["seed"]) == (False, 7)
    assert "with 99% confidence no score was further off than 0.02" in conventions["exactness"]


def test_shares_of_an_estimate_are_near_those_of_the_exact_betweenness() -> None:
    # So many that most scores are rounded to 0, and their shares must not be.
    snapshot = neighbourhood(random.Random(2), 400)
    whole = run("brokers", snapshot, {})["summary"]
    summary = run("brokers", snapshot, {"epsilon": 0.02})["summary"]
    for name in ("agency_share_of_betweenness", "paid_share_of_betweenness"):
        assert summary[name] == pytest.approx(whole[name], abs=0.02)
        assert summary[name] == round(summary[name], 1)


def test_where_nobody_can_be_between_others_an_estimate_is_exact() -> None:
    conventions = run("brokers", day_of(person("p")), {"epsilon": 0.1})["conventions"]
    assert conventions["exact"]


@pytest.mark.parametrize("name", [name for name in NAMES if is_directed(name)])
def test_trust_keeps_its_direction(name: str) -> None:
    snapshot = snapshot_of(nodes_of(name), arcs_of(name), directed=True)
    result = run("brokers", snapshot, {"projection": "trust", "normalised": False})
    expected = truth(name)
    assert result["conventions"]["direction"] == "directed"
    for node, row in by_node(result).items():
        raw = pytest.approx(expected["d_betweenness_raw"][node], abs=TOLERANCE)
        assert row["betweenness"] == raw
        constraint = expected["d_burt_constraint_sumsym"].get(node)
        assert row["constraint"] == pytest.approx(constraint, abs=TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
def test_isolation_counts_ties_as_other_programs_do(name: str) -> None:
    result = run("isolation", snapshot_of(nodes_of(name), arcs_of(name)), {})
    expected = truth(name)
    for node, row in by_node(result).items():
        assert row["degree"] == row["natural_degree"] == expected["u_degree"][node]
        assert row["status"] == ("isolated" if node in expected["isolates"] else "connected")
    assert result["summary"]["giant"] == expected["u_component_sizes"][0]


# What is counted


def test_only_the_nodes_of_the_areas_and_the_ties_among_them_are_counted() -> None:
    snapshot = day_of(
        person("a", areas=("n",)),
        person("b", areas=("n", "s")),
        person("c", areas=("s",)),
        tie("connects", "a", "b", relation="friend"),
        tie("connects", "b", "c", relation="friend"),
    )
    result = run("centrality", snapshot, {"areas": ["n"]})
    assert sorted(by_node(result)) == ["a", "b"]
    assert result["summary"]["ties"] == 1
    assert "areas" in result["conventions"]["scope"]


def test_assets_are_not_among_people_and_the_highest_come_first() -> None:
    snapshot = day_of(
        *map(person, "abcd"),
        group("g"),
        asset("hall"),
        tie("connects", "a", "hall", relation="volunteer"),
        tie("connects", "d", "g", relation="member"),
        tie("connects", "c", "g", relation="member"),
        tie("trusts", "b", "g"),
        tie("connects", "b", "c", relation="friend"),
    )
    for kind in ("brokers", "centrality"):
        result = run(kind, snapshot, {})
        assert result["counted"] == 5
        assert result["summary"]["nodes"] == {
            "person": 4,
            "association": 1,
            "agency": 0,
            "asset": 0,
        }
    assert [row["node"] for row in result["rows"]] == ["g", "b", "c", "d", "a"]
    assert [row["node"] for row in run("brokers", snapshot, {})["rows"]] == list("gabcd")


def test_a_flow_leads_from_who_offers_to_who_wants() -> None:
    snapshot = day_of(
        *map(person, "abc"),
        group("g"),
        asset("drill"),
        asset("ladder"),
        tie("offers", "a", "drill", state="now"),
        tie("offers", "a", "ladder", state="would_like"),
        tie("offers", "g", "drill", state="now"),
        tie("wants", "b", "drill", state="open"),
        tie("wants", "b", "ladder", state="open"),
        tie("wants", "a", "drill", state="open"),
        tie("wants", "c", "drill", state="met"),
        tie("wants", "c", "ladder", state="withdrawn"),
    )
    flow = project(snapshot, "flow")
    arcs = {
        (flow.ids[source], flow.ids[target]): strength
        for source, target, strength in zip(flow.sources, flow.targets, flow.strengths, strict=True)
    }
    assert arcs == {("a", "b"): 0.75, ("g", "a"): 0.5, ("g", "b"): 0.5}
    two_mode = project(snapshot, "two-mode")
    assert len(two_mode.ids) == 6
    assert len(two_mode.sources) == 5


def test_ties_that_ended_and_people_who_left_are_not_counted() -> None:
    network = Network()
    network.load(
        [person("a"), person("b")._replace(active_to=DAY), person("c"), person("d")],
        [
            tie("connects", "a", "b", relation="friend"),
            tie("connects", "a", "c", relation="friend")._replace(valid_to=DAY),
            tie("connects", "a", "d", relation="friend")._replace(valid_from=DAY),
        ],
    )
    rows = by_node(run("isolation", network.on(DAY), {}))
    assert {node: row["degree"] for node, row in rows.items()} == {"a": 1, "c": 0, "d": 1}
    before = by_node(run("isolation", network.on(date(2026, 2, 28)), {}))
    assert before["a"]["degree"] == 2


# What is unused


def test_offers_and_wants_that_do_not_meet_are_found() -> None:
    snapshot = day_of(
        person("p", areas=("north",)),
        group("choir", "north"),
        asset("hall"),
        asset("drill"),
        asset("boat", "potential"),
        asset("lathe"),
        asset("piano"),
        tie("offers", "p", "hall", state="now"),
        tie("offers", "choir", "hall", state="with_support"),
        tie("wants", "p", "hall", state="met"),
        asset("kiln", "potential"),
        tie("offers", "p", "kiln", state="would_like"),
        tie("wants", "p", "boat", state="open"),
        tie("wants", "choir", "drill", state="open"),
        tie("offers", "p", "piano", state="now"),
        tie("wants", "choir", "piano", state="open"),
    )
    result = run("unused", snapshot, {}, known_areas=["south", "north", "west"])
    assert [(row["finding"], row["node"] or row["area"]) for row in result["rows"]] == [
        ("offered_unwanted", "hall"),
        ("wanted_unoffered", "boat"),
        ("wanted_unoffered", "drill"),
        ("potential", "boat"),
        ("potential", "kiln"),
        ("area_without_association", "south"),
        ("area_without_association", "west"),
    ]
    assert result["rows"][0]["offers"] == 2
    assert result["counted"] == result["summary"]["assets"] == 6
    assert result["headline"] == (
        "1 thing is offered and wanted by nobody, and 2 are wanted and offered by nobody;"
        " 2 areas have no association."
    )
    north = run("unused", snapshot, {"areas": ["north", "south"]}, known_areas=["south", "west"])
    assert [row["area"] for row in north["rows"]] == ["south"]


# Asking


@pytest.mark.parametrize(
    "asked",
    [
        {"epsilon": 0.0001},
        {"epsilon": 0},
        {"epsilon": 1},
        {"epsilon": 0.01, "weights": "strength"},
        {"epsilon": 0.01, "normalised": False},
    ],
)
@pytest.mark.parametrize("kind", ["brokers", "centrality"])
def test_an_estimate_that_cannot_be_made_is_refused(kind: str, asked: dict[str, Any]) -> None:
    for report, parameters, pointer in (
        (kind, asked, "/parameters/epsilon"),
        ("waves", {"report": kind, "parameters": asked}, "/parameters/parameters/epsilon"),
    ):
        with pytest.raises(Invalid) as refused:
            report_parameters(report, parameters)
        assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_what_a_report_does_not_know_is_refused_where_it_stands() -> None:
    with pytest.raises(Invalid) as unknown:
        report_parameters("isolation", {"areas": ["a", "b c"], "depth": 3})
    assert {fault.pointer for fault in unknown.value.faults} == {
        "/parameters/areas/1",
        "/parameters/depth",
    }
    for kind, parameters in (
        ("isolation", {"projection": "trust"}),
        ("unused", {"weights": "strength"}),
        ("brokers", {"normalised": "yes"}),
        ("centrality", {"limit": 0}),
        ("centrality", {"areas": []}),
    ):
        with pytest.raises(Invalid):
            run(kind, day_of(), parameters)
    with pytest.raises(Invalid):
        run("gossip", day_of(), {})


@pytest.mark.parametrize("kind", REPORTS)
def test_an_empty_map_has_a_report_too(kind: str) -> None:
    result = run(kind, day_of(), {})
    assert (result["counted"], result["rows"], result["truncated"]) == (0, [], False)
    assert result["headline"].endswith(".")
    assert report_html(stored(kind, result))
    assert report_csv(stored(kind, result)).count("\r\n") == 1


@pytest.mark.parametrize("kind", REPORTS)
def test_a_limit_cuts_the_rows_and_says_so(kind: str) -> None:
    snapshot = neighbourhood(random.Random(1), 30)
    whole = run(kind, snapshot, {}, known_areas=["a9"])
    cut = run(kind, snapshot, {"limit": 2}, known_areas=["a9"])
    assert (whole["truncated"], cut["truncated"]) == (False, True)
    assert cut["rows"] == whole["rows"][:2]
    assert cut["counted"] == whole["counted"]
    assert cut["headline"] == whole["headline"]


@pytest.mark.parametrize("kind", REPORTS)
def test_conventions_stand_beside_the_numbers(kind: str) -> None:
    result = run(kind, day_of(person("p")), {})
    conventions = result["conventions"]
    assert {
        "projection", "weights", "normalised", "direction", "isolates", "measures", "library",
        "library_version", "exact", "scope", "areas",
    } <= set(conventions)  # fmt: skip
    computed_elsewhere = {
        "brokers": "networkx", "centrality": "networkx", "support": "networkx",
        "fracture": "networkit",
    }  # fmt: skip
    assert conventions["library"] == computed_elsewhere.get(kind, "wholemap")
    for row in result["rows"]:
        for name in set(row) - {"node", "finding", "area", "reason"}:
            assert any(name.startswith(said) or said == name for said in conventions["measures"]), (
                name
            )


# Maps by chance


QUESTIONS = st.one_of(
    st.tuples(st.just("isolation"), st.just({})),
    st.tuples(st.just("unused"), st.just({})),
    st.tuples(st.sampled_from(tuple(FACES)), st.just({})),
    st.tuples(
        st.just("fracture"),
        st.fixed_dictionaries(
            {
                "projection": st.sampled_from(["social", "trust", "flow", "two-mode"]),
                "weights": st.sampled_from(["none", "strength"]),
                "seed": st.integers(0, 3),
            }
        ),
    ),
    st.tuples(
        st.sampled_from(["brokers", "centrality"]),
        st.fixed_dictionaries(
            {
                "projection": st.sampled_from(["social", "trust", "flow", "two-mode"]),
                "weights": st.sampled_from(["none", "strength"]),
                "normalised": st.booleans(),
            }
        ),
    ),
    st.tuples(
        st.sampled_from(["brokers", "centrality"]),
        st.fixed_dictionaries(
            {
                "projection": st.sampled_from(["social", "trust", "flow", "two-mode"]),
                "epsilon": st.sampled_from([0.02, 0.1]),
                "seed": st.integers(0, 3),
            }
        ),
    ),
)


@given(QUESTIONS, st.randoms(use_true_random=False), st.integers(1, 16))
def test_every_report_of_every_map_is_json_and_the_same_twice(
    question: tuple[str, dict[str, Any]], chance: random.Random, size: int
) -> None:
    kind, parameters = question
    snapshot = neighbourhood(chance, size)
    result = run(kind, snapshot, parameters)
    text = json.dumps(result, allow_nan=False)
    elsewhere = pickle.loads(pickle.dumps(snapshot))  # noqa: S301 - as the worker gets it
    assert json.dumps(run(kind, elsewhere, parameters), allow_nan=False) == text
    assert json.loads(text) == result
    for row in result["rows"]:
        undefined = [name for name, value in row.items() if value is None and name != "reason"]
        if kind in {"brokers", "centrality", "fracture"}:
            assert bool(undefined) == (row["reason"] is not None)
    assert report_csv(stored(kind, result))
    assert report_html(stored(kind, result))


@given(st.randoms(use_true_random=False), st.integers(1, 16))
def test_every_tie_is_natural_or_paid_and_natural_figures_never_exceed_all(
    chance: random.Random, size: int
) -> None:
    snapshot = neighbourhood(chance, size)
    paid = paid_ties(snapshot)
    assert paid.shape == snapshot.ties.type.shape
    result = run("isolation", snapshot, {})
    for row in result["rows"]:
        assert row["natural_degree"] <= row["degree"]
        assert row["in_giant"] <= (row["degree"] > 0)
        if row["natural_hops_to_association"] is not None:
            assert 1 <= row["hops_to_association"] <= row["natural_hops_to_association"]
    summary = result["summary"]
    kinds = ("isolated", "paid_only", "connected", "unmapped")
    assert sum(summary[status] for status in kinds) == summary["people"] == result["counted"]
    assert all(
        sum(line[status] for status in kinds) == line["people"] for line in summary["by_area"]
    )
