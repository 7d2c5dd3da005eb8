"""The demo is an invented neighbourhood that is as real ones were measured to be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import networkx as nx
import pytest

from graph.demo import areas, figures, generate, questions
from graph.exchange.ndjson import ndjson_line
from graph.nodes import NODE, Area, Asset, Person
from graph.rules import check_ends, overlaps, settled
from graph.ties import TIE, AnyTie, Connects, Offers, Trusts, Wants

SEEDS = (1, 2, 3)
PERSONAL = {"family", "friend", "neighbour", "peer"}
JOINED = {"member", "staff", "volunteer"}


class Community:
    def __init__(self, seed: int) -> None:
        records = list(generate(seed))
        listed = [
            NODE.validate_python({name: each[name] for name in each if name != "consents"})
            for each in records
            if "kind" in each
        ]
        self.nodes = {node.id: node for node in listed}
        assert len(self.nodes) == len(listed)
        self.ties: list[AnyTie] = [TIE.validate_python(each) for each in records if "type" in each]
        self.live = [tie for tie in self.ties if tie.valid_to is None]
        self.connects = [tie for tie in self.live if isinstance(tie, Connects)]
        self.asked = [n.id for n in listed if isinstance(n, Person) and n.mapped]

    def kinds(self) -> Counter[str]:
        return Counter(node.kind for node in self.nodes.values())

    def people(self, *relations: str) -> nx.Graph[str]:
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(each for each, node in self.nodes.items() if node.kind == "person")
        graph.add_edges_from(
            (tie.source, tie.target)
            for tie in self.connects
            if tie.relation in relations and tie.quality != "stressful"
        )
        return graph


@pytest.fixture(params=SEEDS, scope="module")
def community(request: pytest.FixtureRequest) -> Community:
    return Community(request.param)


def test_it_has_the_size_of_a_small_ward(community: Community):
    assert community.kinds() == {"person": 400, "association": 40, "agency": 15, "asset": 150}
    assert {type(tie) for tie in community.ties} == {Offers, Wants, Connects, Trusts}


def test_every_tie_keeps_the_rules(community: Community):
    kept = defaultdict(list)
    for tie in community.ties:
        assert settled(tie) == tie
        check_ends(tie, community.nodes[tie.source].kind, community.nodes[tie.target].kind)
        relation = tie.relation if isinstance(tie, Connects) else None
        kept[tie.type, tie.source, tie.target, relation].append((tie.valid_from, tie.valid_to))
    assert len({(tie.type, tie.id) for tie in community.ties}) == len(community.ties)
    for times in kept.values():
        assert not any(overlaps(one, two) for one in times for two in times if one is not two)


def test_every_area_is_there_and_one_place_has_no_association(community: Community):
    known = {each["id"]: Area.model_validate(each) for each in areas()}
    used = {area for node in community.nodes.values() for area in node.areas}
    assert used <= known.keys()
    assert {area.parent for area in known.values()} <= {None, *known}
    assert Counter(area.area_kind for area in known.values()) == {
        "place": 6,
        "interest": 1,
        "topic": 1,
    }
    with_any = {a for n in community.nodes.values() if n.kind == "association" for a in n.areas}
    with_people = {a for n in community.nodes.values() if n.kind == "person" for a in n.areas}
    assert with_people - with_any == {"new-meadows"}


def test_people_have_as_many_close_ties_as_people_have(community: Community):
    close = community.people("family", "friend")
    degrees = [close.degree(person) for person in community.asked]
    none, some = figures.NO_CLOSE_TIE
    assert none <= degrees.count(0) / len(degrees) <= some
    least, most = figures.MEAN_CLOSE_TIES
    assert least <= sum(degrees) / len(degrees) <= most


def test_neighbours_are_in_touch_as_often_as_in_england(community: Community):
    neighbours = community.people("neighbour")
    touched = sum(neighbours.degree(person) > 0 for person in community.asked)
    assert touched / len(community.asked) == pytest.approx(figures.NEIGHBOURS, abs=0.06)


def test_those_who_join_join_as_much_as_in_britain(community: Community):
    members = Counter(
        tie.source for tie in community.connects
        if tie.relation == "member" and tie.source in set(community.asked)
    )  # fmt: skip
    assert len(members) / len(community.asked) == pytest.approx(figures.JOINING, abs=0.08)
    expected = sum(n * count for n, count in figures.MEMBERSHIPS.items())
    expected /= sum(figures.MEMBERSHIPS.values())
    assert sum(members.values()) / len(members) == pytest.approx(expected, abs=0.1)


def test_a_third_of_those_asked_does_something_for_others_now(community: Community):
    now = {
        tie.source for tie in community.live if isinstance(tie, Offers) and tie.state == "now"
    } & set(community.asked)
    assert len(now) / len(community.asked) == pytest.approx(figures.ACTIVE, abs=0.03)


def test_it_is_a_small_world(community: Community):
    people = community.people(*PERSONAL)
    least, most = figures.TRANSITIVITY
    assert least <= nx.transitivity(people) <= most
    largest = people.subgraph(max(nx.connected_components(people), key=len))
    assert len(largest) > 0.9 * len(people)
    least, most = figures.MEAN_PATH
    assert least <= nx.average_shortest_path_length(largest) <= most


def test_some_are_known_to_nobody_and_some_to_the_paid_only(community: Community):
    around = defaultdict(set)
    for tie in community.live:
        if isinstance(tie, Connects | Trusts):
            paid = isinstance(tie, Connects) and tie.paid is True
            around[tie.source].add(paid)
            around[tie.target].add(paid)
    assert sum(not around[person] for person in community.asked) >= 5
    assert sum(around[person] == {True} for person in community.asked) >= 5
    assert 60 < community.kinds()["person"] - len(community.asked) < 180


def test_wants_and_offers_miss_each_other_now_and_then(community: Community):
    offered = {tie.target for tie in community.live if isinstance(tie, Offers)}
    wanted = {tie.target for tie in community.live if isinstance(tie, Wants)}
    potential = {
        n.id for n in community.nodes.values() if isinstance(n, Asset) and n.status == "potential"
    }
    assert len(potential) == 14
    assert potential <= wanted - offered
    assert len(wanted - offered - potential) >= 3
    assert len(offered - wanted) >= 20
    offers = {tie.id: tie for tie in community.ties if isinstance(tie, Offers)}
    met = [tie for tie in community.ties if isinstance(tie, Wants) and tie.met_by is not None]
    assert met
    assert all(offers[str(tie.met_by)].target == tie.target for tie in met)


def test_some_ties_are_over_some_are_hard_and_many_have_no_number(community: Community):
    assert len(community.ties) - len(community.live) >= 40
    assert sum(tie.quality == "stressful" for tie in community.connects) >= 10
    unsaid = sum(tie.strength is None for tie in community.connects)
    assert 0.3 < unsaid / len(community.connects) < 0.8


@pytest.mark.parametrize("seed", SEEDS)
def test_three_people_could_be_connected_in_two_three_and_four_steps(seed: int):
    community = Community(seed)
    asked = questions(seed)
    assert len({each for question in asked for each in question}) == 6
    for (person, group), hops in zip(asked, (2, 3, 4), strict=True):
        into = [tie for tie in community.connects if tie.target == group]
        members = {tie.source for tie in into if tie.relation in JOINED}
        carrying: nx.DiGraph[str] = nx.DiGraph()
        for tie in community.live:
            ends = tie.source, tie.target
            kinds = {community.nodes[end].kind for end in ends}
            if group in ends or not kinds <= {"person", "association"}:
                continue
            if isinstance(tie, Trusts):
                carrying.add_edge(*ends)
            elif isinstance(tie, Connects) and tie.quality != "stressful":
                carrying.add_edges_from([ends, (tie.target, tie.source)])
        lengths = nx.single_source_shortest_path_length(carrying, person)
        assert min(lengths[member] for member in members if member in lengths) + 1 == hops
        does = {t.target for t in community.live if isinstance(t, Offers) and t.source == group}
        wants = {t.target for t in community.live if isinstance(t, Wants) and t.source == person}
        assert does & wants


def test_nobody_in_it_is_anybody(community: Community):
    contacts = [contact for node in community.nodes.values() for contact in node.contacts]
    phones = [contact.value for contact in contacts if contact.kind == "phone"]
    assert len(set(phones)) == len(phones) > 50
    assert all(re.fullmatch(r"01632 960\d{3}|07700 900\d{3}", phone) for phone in phones)
    emails = [contact.value for contact in contacts if contact.kind == "email"]
    assert all(email.endswith("@example.org") for email in emails)
    assert len(phones) + len(emails) == len(contacts)


def test_where_people_live_is_told_as_coarsely_as_it_is_kept(community: Community):
    places = [n.location for n in community.nodes.values() if n.kind == "person" and n.location]
    assert places
    assert all(place == place.coarse() for place in places)


def test_the_same_seed_is_the_same_community_in_every_process():
    program = (
        "import sys; from graph.demo import generate;"
        "from graph.exchange.ndjson import ndjson_line;"
        "sys.stdout.buffer.writelines(map(ndjson_line, generate(7)))"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert texts[0] == texts[1] == b"".join(map(ndjson_line, generate(7)))
    assert texts[0] != b"".join(map(ndjson_line, generate(8)))
