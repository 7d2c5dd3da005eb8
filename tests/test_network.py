"""The network in memory: whatever is written, a day of it is what a plain model says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from graph.consents import Sight
from graph.network import (
    ASPECTS,
    LEVELS,
    METHODS,
    ORIGINATORS,
    PROVENANCES,
    QUALITIES,
    RELATIONS,
    STATES,
    STATUSES,
    Adjacency,
    Network,
    NodeRow,
    Opening,
    Reported,
    Snapshot,
    TieRow,
)
from graph.nodes import KINDS
from graph.policy import EVERYTHING, Caller, NodeFacts, TieFacts, may, sees, view
from graph.ties import TIE_TYPES, TieType

DAYS = [date(2026, 1, 1) + timedelta(days) for days in range(5)]
IDS = [f"n{number}" for number in range(8)]
TIE_IDS = [f"t{number}" for number in range(6)]

ORGANISATIONS = ["n0", "n1", "elsewhere"]
CALLERS = [
    Caller("k", "operator"),
    Caller("k", "coordinator"),
    Caller("k", "analyst"),
    *(
        Caller("k", role, organisation)
        for role in ("coordinator", "analyst")
        for organisation in ORGANISATIONS
    ),
]

sights = st.none() | st.builds(
    Sight,
    first=st.sampled_from(DAYS[:3]),
    after=st.sampled_from([*DAYS[3:], date.max]),
    explicit=st.booleans(),
    ties=st.none() | st.frozensets(st.sampled_from(TIE_TYPES)),
    partners=st.none() | st.frozensets(st.sampled_from(ORGANISATIONS)),
)
maybe_day = st.none() | st.sampled_from(DAYS)
node_rows = st.builds(
    NodeRow,
    id=st.sampled_from(IDS),
    kind=st.sampled_from(KINDS),
    name=st.sampled_from(["Ada", "Ben", "Choir"]),
    areas=st.sampled_from([(), ("riverside",), ("riverside", "hill")]),
    active_from=maybe_day,
    active_to=maybe_day,
    steward=st.none() | st.sampled_from([*IDS, "elsewhere"]),
    clearance=st.sampled_from(["private", "partners", "public"]),
    sensitive=st.booleans(),
    mapped=st.none() | st.booleans(),
    status=st.sampled_from(STATUSES),
    levels=st.sampled_from([(), ("physical",), ("individual", "cultural")]),
    aspect=st.sampled_from(ASPECTS),
    terms=st.sampled_from([(), ("open:1",), ("open:1", "esd:242")]),
    schedule=st.sampled_from([(), (Opening("FREQ=DAILY", None, None),)]),
    reported=st.sampled_from([(), (Reported(DAYS[0], 40),)]),
    originator=st.sampled_from(ORIGINATORS),
    method=st.sampled_from(METHODS),
    exercise=st.sampled_from([None, "spring walk", "autumn walk"]),
    same_as=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
    cleared_for=st.lists(
        st.sampled_from([f"{who} {day}" for who in ORGANISATIONS for day in DAYS]), max_size=2
    ).map(tuple),
    introductions=sights,
    analysis=sights,
)
tie_rows = st.builds(
    TieRow,
    id=st.sampled_from(TIE_IDS),
    type=st.sampled_from(TIE_TYPES),
    source=st.sampled_from(IDS),
    target=st.sampled_from(IDS),
    relation=st.sampled_from(RELATIONS),
    strength=st.none() | st.floats(0, 1, exclude_min=True),
    paid=st.none() | st.booleans(),
    quality=st.sampled_from(QUALITIES),
    state=st.sampled_from(STATES),
    valid_from=maybe_day,
    valid_to=maybe_day,
    steward=st.none() | st.sampled_from(IDS),
    clearance=st.sampled_from(["private", "partners", "public"]),
    originator=st.sampled_from(ORIGINATORS),
    method=st.sampled_from(METHODS),
    met_by=st.none() | st.sampled_from([*TIE_IDS, "another"]),
).filter(lambda tie: tie.source != tie.target)


def live(first: date | None, after: date | None, day: date) -> bool:
    return (first is None or first <= day) and (after is None or day < after)


def nodes_of(day: Snapshot) -> list[tuple[Any, ...]]:
    flags = {-1: None, 0: False, 1: True}
    return [
        (id_, KINDS[kind], name, areas, flags[mapped], STATUSES[status])
        for id_, kind, name, areas, mapped, status in zip(
            day.ids, day.kinds, day.names, day.areas, day.mapped, day.status, strict=True
        )
    ]


def said_of_nodes(day: Snapshot) -> list[tuple[Any, ...]]:
    """Return what only reports of the community read of nodes."""
    return [
        (
            tuple(level for bit, level in enumerate(LEVELS) if day.levels[place] >> bit & 1),
            ASPECTS[day.aspect[place]],
            day.terms.get(place, ()),
            day.schedules.get(place, ()),
            day.reported.get(place, ()),
            bool(day.owned[place]),
            PROVENANCES[day.provenance[place]],
            None if day.exercise[place] < 0 else day.exercises[day.exercise[place]],
        )
        for place in range(len(day))
    ]


def said_of_ties(day: Snapshot) -> dict[tuple[TieType, str], tuple[Any, ...]]:
    """Return what only reports of the community read of ties."""
    ties = day.ties
    return {
        (TIE_TYPES[ties.type[tie]], ties.id(tie)): (
            PROVENANCES[ties.provenance[tie]],
            None if ties.since[tie] == 0 else date.fromordinal(int(ties.since[tie])),
            None if ties.steward[tie] < 0 else day.ids[ties.steward[tie]],
            None if ties.met_by[tie] < 0 else ties.id(int(ties.met_by[tie])),
        )
        for tie in range(len(ties))
    }


def ties_of(day: Snapshot) -> dict[tuple[TieType, str], tuple[Any, ...]]:
    ties = day.ties
    flags = {-1: None, 0: False, 1: True}
    return {
        (TIE_TYPES[ties.type[tie]], ties.id(tie)): (
            day.ids[ties.source[tie]],
            day.ids[ties.target[tie]],
            RELATIONS[ties.relation[tie]],
            None if ties.assumed[tie] else float(ties.strength[tie]),
            flags[int(ties.paid[tie])],
            QUALITIES[ties.quality[tie]],
            STATES[ties.state[tie]],
        )
        for tie in range(len(ties))
    }


class NetworkBesideAModel(RuleBasedStateMachine):
    """The network and two dicts, written side by side."""

    @initialize()
    def begin(self) -> None:
        self.network = Network("epoch", 0)
        self.nodes: dict[str, NodeRow] = {}
        self.ties: dict[tuple[TieType, str], TieRow] = {}
        self.view = EVERYTHING
        self.kept: list[tuple[Snapshot, list[Any], dict[Any, Any]]] = []

    @rule(row=node_rows)
    def put_node(self, row: NodeRow) -> None:
        self.network.put_node(row)
        self.nodes[row.id] = row

    @rule(row=tie_rows)
    def put_tie(self, row: TieRow) -> None:
        self.network.put_tie(row)
        self.ties[row.type, row.id] = row

    @rule(nodes=st.lists(node_rows, max_size=4), ties=st.lists(tie_rows, max_size=4))
    def load(self, nodes: list[NodeRow], ties: list[TieRow]) -> None:
        self.network.load(nodes, ties)
        self.nodes |= {row.id: row for row in nodes}
        self.ties |= {(row.type, row.id): row for row in ties}

    @rule(id_=st.sampled_from(IDS))
    def drop_node(self, id_: str) -> None:
        self.network.drop_node(id_)
        self.nodes.pop(id_, None)

    @rule(type_=st.sampled_from(TIE_TYPES), id_=st.sampled_from(TIE_IDS))
    def drop_tie(self, type_: TieType, id_: str) -> None:
        self.network.drop_tie(type_, id_)
        self.ties.pop((type_, id_), None)

    @rule(
        caller=st.sampled_from(CALLERS),
        purpose=st.sampled_from(["introductions", "analysis"]),
        today=st.sampled_from(DAYS),
    )
    def look_as_somebody(self, caller: Caller, purpose: Any, today: date) -> None:
        if may(caller, purpose):
            self.view = view(caller, purpose, today)

    def facts(self, id_: str) -> NodeFacts:
        row = self.nodes[id_]
        sight = row.analysis if self.view.consent == "analysis" else row.introductions
        return NodeFacts(
            row.kind, row.steward, id_, row.clearance, row.sensitive, sight,
            cleared_for=row.cleared_for,
        )  # fmt: skip

    def tie_facts(self, row: TieRow) -> TieFacts:
        ends = self.facts(row.source), self.facts(row.target)
        return TieFacts(row.steward, *ends, row.type, row.clearance)

    @rule(day=st.sampled_from(DAYS))
    def keep_a_snapshot(self, day: date) -> None:
        snapshot = self.network.on(day)
        self.kept.append((snapshot, nodes_of(snapshot), ties_of(snapshot)))

    def is_shown(self, row: TieRow) -> bool:
        return self.view.everything or self.view.owns(row.steward)

    def seen(self, day: date) -> Snapshot:
        return self.network.on(day, self.view)

    def same(self, there: set[str]) -> dict[str, str]:
        """Return of each record the smallest id that it is the same as, of those there."""
        first = {id_: id_ for id_ in there}
        for _ in IDS:
            for id_ in there:
                for other in there.intersection(self.nodes[id_].same_as):
                    first[id_] = first[other] = min(first[id_], first[other])
        return first

    @invariant()
    def every_day_is_as_the_model_says(self) -> None:
        seen = {id_ for id_ in self.nodes if sees(self.view, self.facts(id_))}
        sets = self.same(seen)
        for day in DAYS[::2]:
            snapshot = self.seen(day)
            here = {
                id_: row
                for id_, row in sorted(self.nodes.items())
                if live(row.active_from, row.active_to, day) and id_ in seen
            }
            parts = {id_: [part for part in here if sets[part] == sets[id_]] for id_ in here}
            into = {id_: some[0] for id_, some in parts.items()}
            assert snapshot.parts == {id_: to for id_, to in into.items() if id_ != to}
            assert nodes_of(snapshot) == [
                (
                    id_,
                    row.kind,
                    row.name,
                    tuple(dict.fromkeys(a for part in parts[id_] for a in here[part].areas)),
                    max((here[part].mapped for part in parts[id_]), key=[None, False, True].index),
                    row.status,
                )
                for id_, row in here.items()
                if into[id_] == id_
            ]
            assert ties_of(snapshot) == {
                key: (
                    into[row.source],
                    into[row.target],
                    row.relation,
                    row.strength if self.is_shown(row) else None,
                    row.paid,
                    row.quality if self.is_shown(row) else None,
                    row.state,
                )
                for key, row in self.ties.items()
                if live(row.valid_from, row.valid_to, day)
                and {row.source, row.target} <= set(here)
                and into[row.source] != into[row.target]
                and sees(self.view, self.tie_facts(row))
            }

    @invariant()
    def where_a_record_comes_from_is_told_to_its_own_steward(self) -> None:
        snapshot = self.seen(DAYS[2])
        rows = [self.nodes[id_] for id_ in snapshot.ids]
        assert said_of_nodes(snapshot) == [
            (
                row.levels, row.aspect, row.terms, row.schedule, row.reported, own,
                (row.originator, row.method) if own else (None, None),
                row.exercise if own else None,
            )
            for row in rows
            for own in [self.view.everything or self.view.owns(row.steward)]
        ]  # fmt: skip
        said = said_of_ties(snapshot)
        offers = {id_ for type_, id_ in said if type_ == "offers"}
        for key, told in said.items():
            row = self.ties[key]
            assert told == (
                (row.originator, row.method) if self.is_shown(row) else (None, None),
                row.valid_from,
                snapshot.ids[snapshot.place[row.steward]]
                if row.steward in snapshot.place
                else None,
                row.met_by if row.met_by in offers else None,
            )

    @invariant()
    def a_snapshot_stays_as_it_was(self) -> None:
        for snapshot, nodes, ties in self.kept:
            assert nodes_of(snapshot) == nodes
            assert ties_of(snapshot) == ties


TestNetworkBesideAModel = NetworkBesideAModel.TestCase
TestNetworkBesideAModel.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(
    nodes=st.integers(1, 9),
    pairs=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30),
)
def test_every_tie_is_found_from_both_its_ends(nodes: int, pairs: list[tuple[int, int]]):
    pairs = [(one % nodes, other % nodes) for one, other in pairs]
    source = np.array([one for one, _ in pairs], np.int32)
    target = np.array([other for _, other in pairs], np.int32)
    adjacency = Adjacency.of(nodes, source, target)
    expected = sorted(
        [(one, other, tie, True) for tie, (one, other) in enumerate(pairs)]
        + [(other, one, tie, False) for tie, (one, other) in enumerate(pairs)]
    )
    entries, owners = adjacency.rows(np.arange(nodes))
    assert entries.tolist() == list(range(2 * len(pairs)))
    found = zip(
        owners.tolist(),
        adjacency.neighbours.tolist(),
        adjacency.ties.tolist(),
        adjacency.outgoing.tolist(),
        strict=True,
    )
    assert sorted(found) == expected
    for node in range(nodes):
        row = adjacency.row(node)
        assert (owners[row] == node).all()
        assert adjacency.neighbours[row].tolist() == sorted(adjacency.neighbours[row].tolist())


def small() -> Network:
    network = Network("first", 3)
    network.load(
        [NodeRow("a", "person", "Ada"), NodeRow("b", "person", "Ben")],
        [TieRow("t", "trusts", "a", "b", strength=0.5)],
    )
    return network


def test_a_tie_that_comes_before_its_end_is_live_when_the_end_comes():
    network = Network()
    network.put_tie(TieRow("t", "trusts", "a", "b"))
    network.put_node(NodeRow("a", "person", "Ada"))
    assert len(network.on(DAYS[0]).ties) == 0
    network.put_node(NodeRow("b", "person", "Ben"))
    assert network.on(DAYS[0]).ties.ids == ["t"]


def test_of_rows_of_one_tie_that_come_together_the_last_holds():
    network = small()
    network.load((), [TieRow("t", "trusts", "a", "b", None, level) for level in (0.25, 0.75)])
    assert network.on(DAYS[0]).ties.strength.tolist() == [0.75]


def test_a_steward_that_is_named_only_is_no_node():
    network = small()
    network.put_node(NodeRow("c", "person", "Carla", steward="council"))
    assert network.on(DAYS[0]).ids == ["a", "b", "c"]


def test_the_same_day_and_view_is_built_once():
    network = small()
    assert network.on(DAYS[0]) is network.on(DAYS[0])
    coordinator, again = (view(Caller("k", "coordinator"), "analysis", DAYS[1]) for _ in "ab")
    assert network.on(DAYS[0], coordinator) is network.on(DAYS[0], again)
    assert network.on(DAYS[0], coordinator) is not network.on(DAYS[0])
    assert network.on(DAYS[0], coordinator._replace(today=DAYS[2])) is not network.on(
        DAYS[0], coordinator
    )
    assert network.on(DAYS[0]) is not network.on(DAYS[1])


@pytest.mark.parametrize("change", ["write", "revision", "epoch"])
def test_a_change_is_seen_by_the_next_question(change: str):
    network = small()
    before = network.on(DAYS[0])
    if change == "write":
        network.drop_tie("trusts", "t")
    elif change == "revision":
        network.revision = 4
    else:
        network.epoch = "second"
    after = network.on(DAYS[0])
    assert after is not before
    assert (after.epoch, after.revision) == (network.epoch, network.revision)
    assert len(before.ties) == 1


def test_nobody_can_write_into_a_snapshot():
    snapshot = small().on(DAYS[0])
    for values in (snapshot.kinds, snapshot.ties.strength, snapshot.adjacency.neighbours):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0


def test_a_node_that_is_dropped_leaves_no_name_behind():
    network = small()
    network.on(DAYS[0])
    network.drop_node("a")
    assert network.on(DAYS[0]).names == ["Ben"]
    assert "Ada" not in network.nodes.names


@pytest.mark.parametrize("room", [1, 0])
def test_an_older_snapshot_is_kept_while_there_is_room_for_its_ties(room: int) -> None:
    network = Network(kept_ties=room)
    network.load([NodeRow(id_, "person", id_) for id_ in IDS[:2]])
    network.put_tie(TieRow("t", "trusts", IDS[0], IDS[1]))
    older, newer = network.on(DAYS[0]), network.on(DAYS[1])
    assert network.on(DAYS[1]) is newer
    assert (network.on(DAYS[0]) is older) == bool(room)


def test_the_latest_of_many_snapshots_are_kept() -> None:
    network = Network()
    asked = [DAYS[0] + timedelta(days) for days in range(9)]
    made = [network.on(day) for day in asked]
    assert [network.on(day) for day in asked[1:]] == made[1:]
    assert network.on(asked[0]) is not made[0]
