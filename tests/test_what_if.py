"""What would follow: the same as if it was so; and no plan is better than the best there is."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics import weaving
from graph.analytics.questions import WhatIfParameters
from graph.analytics.reports import run
from graph.analytics.supposing import supposed
from graph.analytics.weaving import weave
from graph.errors import Invalid
from graph.network import NodeRow, Snapshot, TieRow
from tests.small_networks import agency, asset, by_node, day_of, friends, group, person, tie

SOME = settings(max_examples=60, deadline=None)


def rows_of(chance: random.Random, size: int) -> tuple[list[NodeRow], list[TieRow]]:
    """Return people, a few of them not asked, and associations, with ties among them."""
    nodes = [
        group(f"g{at}", "west")
        if chance.random() < 0.25
        else person(
            f"p{at}", mapped=chance.random() < 0.85, areas=(chance.choice(("west", "east")),)
        )
        for at in range(size)
    ]
    pairs = [pair for pair in combinations([node.id for node in nodes], 2) if chance.random() < 0.3]
    ties = [
        tie(
            "connects", *pair, relation=chance.choice(("friend", "professional")),
            quality=chance.choice((None, "stressful")),
        )
        for pair in pairs
    ]  # fmt: skip
    return nodes, ties


@SOME
@given(st.randoms(use_true_random=False), st.integers(2, 8))
def test_what_is_supposed_is_as_if_it_was_so(chance: random.Random, size: int) -> None:
    nodes, ties = rows_of(chance, size)
    gone = {node.id for node in nodes if chance.random() < 0.3}
    cut = {(each.source, each.target) for each in ties if chance.random() < 0.3}
    # What is taken out before is put in again: all but what a supposed tie cannot say.
    late = {node.id for node in nodes if node.id not in gone and chance.random() < 0.3}
    asked = WhatIfParameters.model_validate(
        {
            "without": sorted(gone),
            "without_ties": [{"source": one, "target": other} for one, other in sorted(cut)],
            "with_nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "areas": list(node.areas),
                }
                for node in nodes
                if node.id in late
            ],
        }
    )
    before = [node for node in nodes if node.id not in late]
    held = [each for each in ties if not late & {each.source, each.target}]
    within = {node.id for node in before}
    asked = asked.model_copy(
        update={
            "without_ties": [
                pair for pair in asked.without_ties if {pair.source, pair.target} <= within
            ]
        }
    )
    after = [
        node._replace(name=node.id, mapped=True if node.kind == "person" else None)
        if node.id in late
        else node
        for node in nodes
        if node.id not in gone
    ]
    left = {node.id for node in after}
    as_if = [
        each
        for each in held
        if {each.source, each.target} <= left and (each.source, each.target) not in cut
    ]
    then, expected = supposed(day_of(*before, *held), asked), day_of(*after, *as_if)
    assert then.ids == expected.ids
    for kind in ("isolation", "fracture", "support", "unused"):
        assert run(kind, then, {}) == run(kind, expected, {})


def test_offers_terms_and_stewards_stay_with_those_who_stay() -> None:
    snapshot = day_of(
        *map(person, "ac"), asset("hall"), *friends("ac"), tie("offers", "c", "hall", state="now")
    )
    asked = WhatIfParameters.model_validate(
        {"without": ["a"], "with_nodes": [{"id": "b", "kind": "agency"}],
         "with_ties": [{"source": "c", "target": "b", "relation": "staff", "strength": 0.7}]}
    )  # fmt: skip
    then = supposed(snapshot, asked)
    assert then.ids == ["b", "c", "hall"]
    ends = {(then.ids[one], then.ids[other]) for one, other in
            zip(then.ties.source, then.ties.target, strict=True)}  # fmt: skip
    assert ends == {("c", "hall"), ("c", "b")}
    assert len({then.ties.id(at) for at in range(len(then.ties))}) == 2
    assert then.ties.strength.tolist()[-1] == 0.7
    assert snapshot.ids == ["a", "c", "hall"]


def test_every_figure_stands_before_and_after() -> None:
    snapshot = day_of(
        *map(person, ("ada", "ben", "cem", "nurse")),
        agency("council"),
        tie("connects", "ada", "ben", relation="friend"),
        tie("connects", "ben", "cem", relation="friend"),
        tie("connects", "nurse", "cem", relation="professional"),
        tie("connects", "nurse", "council", relation="staff"),
    )
    result = run("what_if", snapshot, {"without": ["ben"], "without_staff": True})
    figures = {(line["report"], line["figure"]): line for line in result["summary"]["figures"]}
    assert {report for report, _ in figures} == {"isolation", "fracture", "brokers", "support"}
    isolated = figures["isolation", "isolated"]
    assert (isolated["before"], isolated["after"], isolated["change"]) == (0, 3, 3)
    parts = figures["fracture", "components"]
    assert (parts["before"], parts["after"]) == (1, 4)
    assert figures["brokers", "cut_points"]["after"] == 0
    rows = by_node(result)
    assert rows.keys() == {"ada", "ben", "cem", "nurse"}
    assert (rows["ada"]["status_before"], rows["ada"]["status"]) == ("connected", "isolated")
    assert (rows["ben"]["degree_before"], rows["ben"]["degree"]) == (2, None)
    assert result["summary"]["people_changed"] == 4
    assert result["headline"].startswith("If it were so, ")


def test_the_plan_lets_the_most_people_reach_an_association() -> None:
    """Two pairs and somebody alone wait; one pair shares the choir's area."""
    west = ("west",)
    snapshot = day_of(
        asset("a shed", areas=("east",)),
        group("choir", "west"),
        *(person(id_, areas=west) for id_ in "abcd"),
        *map(person, "efgh"),
        person("named", mapped=False),
        tie("connects", "a", "choir", relation="member"),
        tie("connects", "b", "choir", relation="member"),
        *friends("cd", "ef"),
        tie("connects", "named", "h", relation="friend"),
        tie("connects", "a", "c", relation="professional"),
    )
    result = run("what_if", snapshot, {"introductions": 2, "most_each": 1})
    summary = result["summary"]
    made = [(row["node"], row["other"], row["gain"]) for row in result["rows"][:2]]
    # The choir shares c's area and is two steps away, by work; e, in no area, meets who carries
    # least of those who are left.
    assert made == [("c", "choir", 2), ("e", "a", 2)]
    assert (summary["plan_score_before"], summary["plan_score_after"]) == (2, 6)
    assert (summary["plan_exact"], summary["plan_guarantee"]) == (True, 1)
    assert result["headline"].startswith(
        "2 introductions would let 4 more reach an association, and nothing does more with as many;"
    )
    rows = {row["node"]: row for row in result["rows"] if row["finding"] == "changed"}
    assert rows["d"]["natural_hops_to_association_before"] is None
    assert rows["d"]["natural_hops_to_association"] == 2
    assert "named" not in {row["node"] for row in result["rows"][:2]}


def best_score(snapshot: Snapshot, count: int, aim: str, most_each: int) -> float:
    """Try all sets of introductions."""
    network = weaving.social_ties(
        snapshot,
        (snapshot.ties.quality != weaving.QUALITY_CODE["stressful"]) & ~weaving.paid_ties(snapshot),
    )
    kinds = {id_: snapshot.kinds[snapshot.place[id_]] for id_ in network.ids}
    asked = [id_ for id_ in network.ids if snapshot.mapped[snapshot.place[id_]] == 1]
    groups = [id_ for id_ in network.ids if kinds[id_] == 1]
    who = asked if aim == "distance" else [*asked, *groups]
    graph: Any = nx.Graph()
    graph.add_nodes_from(network.ids)
    graph.add_edges_from((network.ids[one], network.ids[other]) for one, other in network.pairs)
    pairs = [pair for pair in combinations(who, 2) if not graph.has_edge(*pair)]
    best = scored(graph, asked, groups, aim)
    for size in range(1, count + 1):
        for chosen in combinations(pairs, size):
            if max(Counter(end for pair in chosen for end in pair).values()) <= most_each:
                then = graph.copy()
                then.add_edges_from(chosen)
                best = max(best, scored(then, asked, groups, aim))
    return best


def scored(graph: Any, asked: list[str], groups: list[str], aim: str) -> float:
    if aim == "isolation":
        return sum(any(nx.has_path(graph, one, other) for other in groups) for one in asked)
    steps = dict(nx.all_pairs_shortest_path_length(graph))
    near = [steps[one].get(other) for one in asked for other in asked if one != other]
    return sum(1 / far for far in near if far) / max(len(near), 1)


@settings(max_examples=30, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.integers(1, 6),
    st.integers(1, 2),
    st.tuples(st.sampled_from(["isolation", "distance"]), st.sampled_from([5_000, 0])),
    st.integers(1, 2),
)
def test_no_plan_is_better_than_the_best_nor_worse_than_its_guarantee(
    chance: random.Random, size: int, count: int, way: tuple[Any, int], most_each: int
) -> None:
    aim, sets = way
    nodes, ties = rows_of(chance, size)
    snapshot = day_of(*nodes, *ties)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(weaving, "EXHAUSTIVE_SETS", sets)
        plan = weave(snapshot, count, aim=aim, most_each=most_each)
    best = best_score(snapshot, count, aim, most_each)
    assert plan.after <= best + 1e-9
    assert plan.after - plan.before >= plan.guarantee * (best - plan.before) - 1e-9
    if plan.exact:
        assert plan.after == pytest.approx(best)
    assert plan.exact or not sets or aim == "isolation"
    assert plan.before + sum(each.gain for each in plan.introductions) == pytest.approx(plan.after)
    loads = Counter(end for each in plan.introductions for end in (each.one, each.other))
    assert max(loads.values(), default=0) <= most_each
    assert len(plan.introductions) <= count


def test_many_people_are_brought_nearer_by_the_best_tied_of_each_community() -> None:
    """Two rings of 25: greedy among a few joins them, and never claims to be the best."""
    names = [f"{side}{at:02}" for side in "ab" for at in range(25)]
    ties = [
        tie("connects", f"{side}{at:02}", f"{side}{(at + 1) % 25:02}", relation="friend")
        for side in "ab"
        for at in range(25)
    ]
    plan = weave(day_of(*map(person, names), *ties), 2, aim="distance")
    assert {plan.introductions[0].one[0], plan.introductions[0].other[0]} == {"a", "b"}
    assert plan.after > plan.before
    assert not plan.exact
    assert 0 < plan.guarantee < 1


@pytest.mark.parametrize("aim", ["isolation", "distance"])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_network_without_ties_has_a_plan_too(aim: str, size: int) -> None:
    asked = {"aim": aim, "introductions": 2}
    result = run("what_if", day_of(*map(person, "abc"[:size])), asked)
    made = result["summary"]["introductions"]
    # Nobody reaches an association that is not there; three who are alone become a chain.
    assert made == (2 if (aim, size) == ("distance", 3) else 0)
    assert result["headline"].endswith(".")


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({"without": ["a", "x"]}, ["/parameters/without/1"]),
        (
            {"without": ["a"], "with_ties": [{"source": "a", "target": "b"}]},
            ["/parameters/with_ties/0/source"],
        ),
        ({"with_ties": [{"source": "a", "target": "hall"}]}, ["/parameters/with_ties/0/target"]),
        ({"with_ties": [{"source": "a", "target": "a"}]}, ["/parameters/with_ties/0/target"]),
        (
            {"with_nodes": [{"id": "a", "kind": "person"}, {"id": "n", "kind": "agency"},
                            {"id": "n", "kind": "agency"}]},
            ["/parameters/with_nodes/0/id", "/parameters/with_nodes/2/id"],
        ),
        ({"without_ties": [{"source": "a", "target": "y"}]}, ["/parameters/without_ties/0/target"]),
        ({"introductions": 21}, ["/parameters/introductions"]),
        ({"reports": ["waves"]}, ["/parameters/reports/0"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_network_is_refused_where_it_stands(
    asked: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        run("what_if", day_of(*map(person, "ab"), asset("hall")), asked)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_distances_of_too_many_people_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weaving, "WEAVING_LIMIT", 2)
    with pytest.raises(Invalid):
        weave(day_of(*map(person, "abc")), 1, aim="distance")
