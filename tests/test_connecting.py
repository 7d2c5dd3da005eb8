"""Who could connect a person to a group: the real clubs of Minneapolis, and brute force."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from itertools import chain, combinations, pairwise
from math import prod
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from graph.connecting import Connection, Order, connect
from graph.connecting.sentences import Said, sentence
from graph.errors import Invalid, NotFound
from graph.network import Network, NodeRow, Snapshot, TieRow
from graph.nodes import KINDS, Kind
from graph.rules import RELATION_ENDS, SYMMETRIC, TYPE_ENDS, Ends
from graph.ties import Relation, TieType

Walk = tuple[str, ...]

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 3, 1)
TRUTHS = json.loads((DATA / "truths/connect_person_to_group_minneapolis.json").read_text())["pairs"]


def network_of(nodes: list[NodeRow], ties: list[TieRow]) -> Network:
    network = Network("test", 7)
    network.load(nodes, ties)
    return network


def ask(
    nodes: list[NodeRow], ties: list[TieRow], who: str = "p", group: str = "g", **options: Any
) -> Connection:
    return connect(network_of(nodes, ties).on(TODAY), who, group, **options)


def person(*ids: str) -> list[NodeRow]:
    return [NodeRow(id_, "person", id_.title()) for id_ in ids]


def friends(first: str, second: str, strength: float | None = None, **more: Any) -> TieRow:
    id_ = more.pop("id", f"{first}-{second}")
    return TieRow(id_, "connects", first, second, "friend", strength, **more)


def member(who: str, group: str = "g", strength: float | None = None, **more: Any) -> TieRow:
    return TieRow(f"{who}-in-{group}", "connects", who, group, "member", strength, **more)


GROUP = NodeRow("g", "association", "Riverside Choir")


# The clubs of Minneapolis


@pytest.fixture(scope="module")
def minneapolis():
    with (DATA / "networks/minneapolis_club_membership.nodes.csv").open() as file:
        nodes = [
            NodeRow(row["id"], "association" if row["type"] == "True" else "person", row["id"])
            for row in csv.DictReader(file)
        ]
    with (DATA / "networks/minneapolis_club_membership.edges.csv").open() as file:
        ties = [member(row["source"], row["target"]) for row in csv.DictReader(file)]
    return network_of(nodes, ties).on(TODAY)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth['person']}-{truth['group']}")
def test_the_clubs_of_minneapolis_are_answered_as_computed_elsewhere(
    minneapolis: Snapshot, truth: dict[str, Any]
):
    answer = connect(minneapolis, truth["person"], truth["group"], max_hops=6)
    assert answer.hops == truth["distance"]
    assert answer.shortest_routes == truth["n_shortest_paths"]
    assert sorted(each.id for each in answer.connectors if each.is_member) == sorted(
        truth["members_of_group"]
    )
    assert [(each.id, each.shared) for each in answer.connectors if each.shared] == [
        (each["person"], sorted(each["shared_with_person"])) for each in truth["introducers"]
    ]


# Brute force: the semantics written a second time, by dicts and recursion


def rounded(product: float) -> float:
    return float(f"{product:.12g}")


def live(start: date | None, end: date | None) -> bool:
    return (start is None or start <= TODAY) and (end is None or end > TODAY)


def first(entry: tuple[Any, ...]) -> Any:
    return entry[0]


class Oracle:
    """All simple routes, walked one by one."""

    def __init__(
        self,
        nodes: list[NodeRow],
        ties: list[TieRow],
        who: str,
        group: str,
        through: frozenset[Kind],
    ) -> None:
        self.nodes = {row.id: row for row in nodes if live(row.active_from, row.active_to)}
        self.ties = [
            tie
            for tie in ties
            if live(tie.valid_from, tie.valid_to) and {tie.source, tie.target} <= set(self.nodes)
        ]
        self.who, self.group = who, group
        self.inner = {"person", "association", *through}
        self.carrying = defaultdict[tuple[str, str], list[TieRow]](list)
        for tie in self.ties:
            if tie.type == "connects" and tie.quality != "stressful":
                self.carrying[tie.source, tie.target].append(tie)
                self.carrying[tie.target, tie.source].append(tie)
            elif tie.type == "trusts":
                self.carrying[tie.source, tie.target].append(tie)
        self.all_members = {tie.source for tie in self.ties if self.is_membership(tie)}
        self.entering = defaultdict[str, list[TieRow]](list)
        for tie in self.ties:
            allowed = self.nodes[tie.source].kind in self.inner
            if self.is_membership(tie) and tie.quality != "stressful" and allowed:
                self.entering[tie.source].append(tie)
        self.found = list[Walk]()
        self.walk((who,))

    def is_membership(self, tie: TieRow) -> bool:
        if tie.target != self.group:
            return False
        kind = self.nodes[self.group].kind
        if kind == "asset":
            return tie.type == "offers" or tie.relation in {"hosts", "controls", "uses"}
        if self.nodes[tie.source].kind != "person":
            return False
        return tie.relation in {"staff", "volunteer"} or (
            kind == "association" and tie.relation == "member"
        )

    def walk(self, nodes: Walk) -> None:
        here = nodes[-1]
        if here in self.entering:
            self.found.append((*nodes, self.group))
            return
        for source, target in sorted(self.carrying):
            if (
                source == here
                and target not in nodes
                and target != self.group
                and self.nodes[target].kind in self.inner
            ):
                self.walk((*nodes, target))

    def best_tie(self, source: str, target: str) -> TieRow:
        ties = self.entering[source] if target == self.group else self.carrying[source, target]
        return min(ties, key=lambda tie: (-(tie.strength or 0.5), tie.type, tie.id))

    def steps(self, route: Walk) -> list[dict[str, Any]]:
        chosen = [(one, other, self.best_tie(one, other)) for one, other in pairwise(route)]
        return [
            {
                "from": one,
                "to": other,
                "type": tie.type,
                "tie": tie.id,
                "relation": tie.relation,
                "strength": tie.strength or 0.5,
                "assumed": tie.strength is None,
            }
            for one, other, tie in chosen
        ]

    def key(self, route: Walk, order: Order) -> tuple[Any, ...]:
        product = rounded(prod(step["strength"] for step in self.steps(route)))
        hops = len(route) - 1
        return (-product, hops, route) if order == "strongest" else (hops, -product, route)

    def linked_things(self, who: str) -> dict[str, set[str]]:
        around = defaultdict[str, set[str]](set)
        for tie in self.ties:
            if tie.type == "connects" and tie.quality != "stressful":
                around["connects"] |= {tie.target} if tie.source == who else set()
                around["connects"] |= {tie.source} if tie.target == who else set()
            elif tie.type == "offers" and tie.source == who:
                around["offers"].add(tie.target)
        things = {
            id_ for id_, row in self.nodes.items() if row.kind in {"association", "asset"}
        } - {self.group}
        return {type_: ids & things for type_, ids in around.items()}

    def shared(self, other: str) -> list[str]:
        mine, theirs = self.linked_things(self.who), self.linked_things(other)
        both = (mine[type_] & theirs.get(type_, set()) for type_ in mine)
        return sorted(set[str]().union(*both))

    def answer(self, max_hops: int, order: Order, limit: int) -> dict[str, Any]:
        if self.who in self.all_members:
            return {
                "reason": "already_member",
                "hops": None,
                "shortest_routes": 0,
                "routes": [],
                "connectors": [],
            }
        lengths = [len(route) - 1 for route in self.found]
        hops = min(lengths, default=None)
        keys = {route: self.key(route, order) for route in self.found if len(route) - 1 <= max_hops}
        routes = sorted(keys, key=keys.__getitem__)

        def entry(who: str, *, is_member: bool) -> tuple[Any, str, bool, Walk | None]:
            through = [r for r in routes if who in (r[-2:-1] if is_member else r[1:-1])]
            best = through[0] if through else None
            name = self.nodes[who].name
            rank = (-len(self.shared(who)), best is None, keys[best][:2] if best else (), name, who)
            return rank, who, is_member, best

        others = {
            source
            for (source, target) in self.carrying
            if target in self.entering
            and self.nodes[source].kind in self.inner
            and source not in self.all_members | {self.who, self.group}
        }
        listed = sorted((entry(who, is_member=True) for who in self.entering), key=first)
        listed += sorted((entry(who, is_member=False) for who in others), key=first)
        if hops is None:
            no_ties = not any(source == self.who for source, _ in self.carrying)
            kept_out = "no_route" if self.entering else "group_has_no_members"
            reason = "person_has_no_ties" if no_ties else kept_out
        else:
            reason = "too_far" if hops > max_hops else None
        return {
            "reason": reason,
            "hops": hops,
            "shortest_routes": lengths.count(hops or 0),
            "routes": [self.route(route, keys[route], order) for route in routes[:limit]],
            "connectors": [
                {
                    "id": who,
                    "kind": self.nodes[who].kind,
                    "name": self.nodes[who].name,
                    "is_member": is_member,
                    "shared": self.shared(who),
                    "route": best and self.route(best, keys[best], order),
                }
                for _, who, is_member, best in listed
            ],
        }

    def route(self, route: Walk, key: tuple[Any, ...], order: Order) -> dict[str, Any]:
        return {
            "hops": len(route) - 1,
            "strength": -key[0 if order == "strongest" else 1],
            "steps": self.steps(route),
        }


STRENGTHS: dict[str, list[float | None]] = {
    "equal": [0.5],
    "certain": [1.0],
    "few": [None, 0.5, 0.25, 1.0],
    "fine": [1 / 3, 0.1, 0.7, 0.999999999999, 0.7000000000001, 0.3, 1e-9],
    "tiny": [1e-200, 1e-300, 5e-324, 1.0],
}
ON_DEMAND: tuple[Kind, ...] = ("agency", "asset")
GROUP_KINDS: tuple[Kind, ...] = ("association", "agency", "asset")
BELONGING: dict[Kind, Relation] = {"association": "member", "agency": "staff", "asset": "uses"}
OfKind = dict[Kind, list[str]]
CALM = [None, "supportive", "neutral"]
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
TIMES = [
    *[(None, None)] * 12,
    (TODAY, TOMORROW),
    (YESTERDAY, None),
    (None, TODAY),
    (TOMORROW, None),
]
THROUGH: list[frozenset[Kind]] = [
    frozenset(kinds) for size in range(3) for kinds in combinations(ON_DEMAND, size)
]


def population(random: Random, group_kind: Kind) -> list[NodeRow]:
    """Make some nodes of every kind; the first of each kind plays a part."""
    counts: dict[Kind, int] = {"person": random.randint(4, 8)}
    for kind in GROUP_KINDS:
        counts[kind] = random.randint(kind == group_kind, 2)
    labels = [f"{letter}{digit}" for letter in "abcd" for digit in "1234"]
    random.shuffle(labels)
    return [
        NodeRow(
            id_,
            kind,
            random.choice(["Ada", "Ben", id_]),
            active_to=TODAY if random.random() < 0.03 else None,
        )
        for kind, count in counts.items()
        for id_ in (labels.pop() for _ in range(count))
    ]


def likely_ties(random: Random, of_kind: OfKind, group_kind: Kind) -> list[TieRow]:
    """Tie people to one another, and some of them to groups, the first to other groups only."""
    people = of_kind["person"]
    ties = list[TieRow]()
    for _ in range(random.randint(3, 18)):
        one, other = random.sample(people, 2)
        if random.random() < 0.6:
            ties.append(TieRow("", "connects", one, other, "friend"))
        else:
            ties.append(TieRow("", "trusts", one, other))
    for kind, relation in BELONGING.items():
        for place, group in enumerate(of_kind[kind]):
            entered = people[1:] if (kind, place) == (group_kind, 0) else people
            ties += [
                TieRow("", "connects", one, group, relation)
                for one in entered
                if random.random() < 0.35
            ]
    return ties


def unlikely_ties(random: Random, of_kind: OfKind) -> list[TieRow]:
    """Make ties of any type and relation between any ends that the rules allow."""
    shapes = list[tuple[TieType, Relation | None, Ends]]()
    for relation, ends in RELATION_ENDS.items():
        shapes.append(("connects", relation, ends))
    for type_, ends in TYPE_ENDS.items():
        shapes.extend((type_, None, ends) for _ in range(3))
    ties = list[TieRow]()
    for _ in range(random.randint(0, 14)):
        type_, relation, (sources, targets) = random.choice(shapes)
        source = [id_ for kind in sorted(sources) for id_ in of_kind[kind]]
        target = [id_ for kind in sorted(targets) for id_ in of_kind[kind]]
        if source and target:
            ties.append(TieRow("", type_, random.choice(source), random.choice(target), relation))
    return [tie for tie in ties if tie.source != tie.target]


def generated(random: Random) -> tuple[list[NodeRow], list[TieRow], str, str]:
    """Make a small tangle of everything that a question can meet."""
    group_kind = random.choice(GROUP_KINDS)
    nodes = population(random, group_kind)
    of_kind: OfKind = {kind: [row.id for row in nodes if row.kind == kind] for kind in KINDS}
    strengths = STRENGTHS[random.choice(list(STRENGTHS))]
    troubled = random.choice([0.0, 0.3])
    ties = list[TieRow]()
    for tie in likely_ties(random, of_kind, group_kind) + unlikely_ties(random, of_kind):
        start, end = random.choice(TIMES)
        quality = "stressful" if random.random() < troubled else random.choice(CALM)
        ties.append(
            tie._replace(
                id=f"t{random.randint(0, 9)}{len(ties)}",
                strength=random.choice(strengths) if tie.type in {"connects", "trusts"} else None,
                quality=quality if tie.type == "connects" else None,
                valid_from=start,
                valid_to=end,
            )
        )
    return nodes, ties, of_kind["person"][0], of_kind[group_kind][0]


@pytest.mark.parametrize("seed", range(500))
def test_every_answer_is_the_one_that_walking_all_routes_gives(seed: int):
    random = Random(seed)
    nodes, ties, who, group = generated(random)
    snapshot = network_of(nodes, ties).on(TODAY)
    gone = {row.id for row in nodes if not live(row.active_from, row.active_to)}
    for through in THROUGH:
        if {who, group} & gone:
            with pytest.raises(NotFound):
                connect(snapshot, who, group, through=through)
            continue
        oracle = Oracle(nodes, ties, who, group, through)
        for order in get_args(Order):
            max_hops, limit = random.randint(1, 6), random.choice([1, 3, 50])
            answer = connect(
                snapshot,
                who,
                group,
                max_hops=max_hops,
                limit=limit,
                order=order,
                through=through,
            ).model_dump()
            connectors = answer["connectors"]
            for route in [*answer["routes"], *(each["route"] for each in connectors)]:
                if route is not None:
                    assert route.pop("sentence").endswith(".")
            expected = oracle.answer(max_hops, order, limit)
            assert {name: answer[name] for name in expected} == expected
            assert not answer["truncated"]


# What brute force cannot reach


def test_the_first_of_ten_thousand_equal_routes_come_in_the_order_of_their_ids():
    first = [f"a{number:03}" for number in range(100)]
    second = [f"b{number:03}" for number in range(100)]
    ties = [friends("p", id_, 0.5) for id_ in first] + [member(id_, strength=0.5) for id_ in second]
    ties += [friends(one, other, 0.5) for one in first for other in second]
    answer = ask([*person("p", *first, *second), GROUP], ties, limit=50)
    assert answer.hops == 3
    assert answer.shortest_routes == 10_000
    walked = [[step.from_ for step in route.steps] for route in answer.routes]
    assert walked == [["p", "a000", id_] for id_ in second[:50]]


def test_shortest_routes_are_counted_beyond_the_integers_of_the_machine():
    rows = [[f"r{row:02}-{number}" for number in range(8)] for row in range(25)]
    ties = [friends("p", id_) for id_ in rows[0]] + [member(id_) for id_ in rows[-1]]
    for above, below in pairwise(rows):
        ties += [friends(one, other) for one in above for other in below]
    answer = ask([*person("p", *chain(*rows)), GROUP], ties)
    assert answer.reason == "too_far"
    assert answer.hops == 26
    assert answer.shortest_routes == 8**25


def test_products_that_differ_in_the_thirteenth_digit_only_are_equal():
    nodes = [*person("p", "a", "b"), GROUP]
    ties = [
        friends("p", "a", 0.5),
        member("a", strength=0.5),
        friends("p", "b", 0.5 + 1e-14),
        member("b", strength=0.5),
    ]
    answer = ask(nodes, ties)
    assert [route.steps[0].to for route in answer.routes] == ["a", "b"]
    assert [route.strength for route in answer.routes] == [0.25, 0.25]


def test_an_answer_without_time_is_cut_and_says_so():
    nodes = [*person("p", "a"), GROUP]
    answer = ask(nodes, [friends("p", "a"), member("a")], seconds=0)
    assert answer.truncated
    assert (answer.hops, answer.shortest_routes, answer.reason) == (2, 1, None)
    assert answer.routes == []


def test_connectors_end_at_their_limit():
    ids = [f"m{number}" for number in range(9)]
    answer = ask([*person("p", *ids), GROUP], [member(id_) for id_ in ids], connectors_limit=4)
    assert [each.id for each in answer.connectors] == ids[:4]


def test_what_is_shared_is_told_among_many_nodes():
    crowd = [NodeRow(f"c{number:05}", "person", "Somebody") for number in range(70_000)]
    nodes = [*crowd, *person("p", "z"), GROUP, NodeRow("x", "association", "Garden Group")]
    answer = ask(nodes, [member("p", "x"), member("z", "x"), member("z")])
    shared = {each.id: each.shared for each in answer.connectors}
    assert shared == {"z": ["x"], "x": []}
    assert answer.hops == 3


# What is refused


@pytest.mark.parametrize(("who", "group"), [("nobody", "g"), ("p", "nowhere")])
def test_an_unknown_end_is_not_found(who: str, group: str):
    with pytest.raises(NotFound):
        ask([*person("p"), GROUP], [], who, group)


@pytest.mark.parametrize(
    ("who", "group", "options", "pointer"),
    [
        ("g", "g", {}, "/person"),
        ("p", "p", {}, "/group"),
        ("p", "g", {"max_hops": 0}, "/max_hops"),
        ("p", "g", {"max_hops": 7}, "/max_hops"),
        ("p", "g", {"limit": 0}, "/limit"),
        ("p", "g", {"limit": 51}, "/limit"),
    ],
)
def test_what_is_no_question_is_refused_where_it_is_wrong(
    who: str, group: str, options: dict[str, int], pointer: str
):
    with pytest.raises(Invalid) as refusal:
        ask([*person("p"), GROUP], [], who, group, **options)
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


# The wire and the sentence


def test_a_step_says_from_and_to_on_the_wire():
    answer = ask([*person("p", "a"), GROUP], [friends("p", "a", 0.25), member("a")])
    wire = json.loads(answer.model_dump_json())
    assert wire["as_of"] == "2026-03-01"
    assert wire["routes"] == [
        {
            "hops": 2,
            "strength": 0.125,
            "steps": [
                {
                    "from": "p",
                    "to": "a",
                    "type": "connects",
                    "tie": "p-a",
                    "relation": "friend",
                    "strength": 0.25,
                    "assumed": False,
                },
                {
                    "from": "a",
                    "to": "g",
                    "type": "connects",
                    "tie": "a-in-g",
                    "relation": "member",
                    "strength": 0.5,
                    "assumed": True,
                },
            ],
            "sentence": "P is a friend of A, who is a member of Riverside Choir.",
        }
    ]


SAID = {
    "member": ("Ada is a member of Ben.", "Ada counts among its members Ben."),
    "staff": ("Ada is on the staff of Ben.", "Ada has on its staff Ben."),
    "volunteer": ("Ada is a volunteer at Ben.", "Ada counts among its volunteers Ben."),
    "uses": ("Ada uses Ben.", "Ada is used by Ben."),
    "professional": (
        "Ada gives professional support to Ben.",
        "Ada gets professional support from Ben.",
    ),
    "hosts": ("Ada hosts Ben.", "Ada is hosted by Ben."),
    "controls": ("Ada controls Ben.", "Ada is controlled by Ben."),
    "funds": ("Ada funds Ben.", "Ada is funded by Ben."),
    "partner": ("Ada is a partner of Ben.",) * 2,
    "family": ("Ada is a relative of Ben.",) * 2,
    "friend": ("Ada is a friend of Ben.",) * 2,
    "neighbour": ("Ada is a neighbour of Ben.",) * 2,
    "peer": ("Ada is a peer of Ben.",) * 2,
    "other": ("Ada is connected with Ben.",) * 2,
}


@pytest.mark.parametrize("relation", get_args(Relation))
def test_every_relation_is_said_from_both_its_ends(relation: Relation):
    said = tuple(
        sentence(["Ada", "Ben"], ["person", "person"], [Said(relation, "connects", forwards)])
        for forwards in (True, False)
    )
    assert said == SAID[relation]
    assert (said[0] == said[1]) == (relation in SYMMETRIC)


def test_people_are_who_and_the_rest_is_which():
    names = ["Ada", "Garden Group", "Ben", "Carla", "Friends of the Park Ltd."]
    kinds: list[Kind] = ["person", "association", "person", "person", "asset"]
    steps = [
        Said("member", "connects", forwards=True),
        Said("member", "connects", forwards=False),
        Said(None, "trusts", forwards=True),
        Said(None, "offers", forwards=True),
    ]
    assert sentence(names, kinds, steps) == (
        "Ada is a member of Garden Group, which counts among its members Ben, who trusts Carla, "
        "who offers Friends of the Park Ltd."
    )
