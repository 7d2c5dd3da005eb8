"""Who knows, helps and trusts whom in the demo, and who belongs where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from graph.demo.close import Circle, Circles, know
from graph.demo.draft import PLACES, Draft
from graph.demo.figures import JOINING, MEMBERSHIPS, NEIGHBOURS, quota

ALONE: Final = 6
ONLY_SERVED: Final = 5


def add_social_ties(draft: Draft) -> None:
    """Add all ties among people, and theirs to associations and agencies."""
    people = draft.ids("person")
    circles = Circles(draft)
    circles.fill()
    left_out = [p for p in people if circles.wanted[p] == 0][: ALONE + ONLY_SERVED]
    _add_neighbours(draft, circles.close, set(left_out))
    members = _add_memberships(draft, circles.close, set(left_out))
    _add_peers(draft, members)
    _add_work(draft, left_out)
    _add_what_is_over_or_hard(draft, set(left_out))


def _add_neighbours(draft: Draft, close: Circle, left_out: set[str]) -> None:
    for place in PLACES:
        street = [p for p in draft.people_of(place) if p not in left_out]
        count = round(NEIGHBOURS * len(draft.people_of(place)))
        chatting = set(draft.random.sample(street, count))
        doors = [p for p in street if p in chatting]
        for index, person in enumerate(doors):
            near = [doors[(index + step) % len(doors)] for step in (1, 2, 3)]
            strangers = [other for other in near if other not in close[person]]
            for other in strangers[: 1 + draft.chance(0.6)]:
                if draft.nodes[person]["mapped"] or draft.nodes[other]["mapped"]:
                    know(draft, person, other, "neighbour", (0.2, 0.6))


def _add_memberships(draft: Draft, close: Circle, left_out: set[str]) -> dict[str, list[str]]:
    groups = draft.ids("association")
    liking = {group: draft.random.uniform(0.4, 2.5) for group in groups}
    people = [p for p in draft.ids("person") if p not in left_out and draft.nodes[p]["mapped"]]
    joining = draft.random.sample(people, round(JOINING * len(people)))
    members: dict[str, list[str]] = {group: [] for group in groups}
    joined: Circle = defaultdict(set)
    numbers = quota({n: float(count) for n, count in MEMBERSHIPS.items()}, len(joining))
    for person, number in zip(joining, numbers, strict=True):
        place = draft.nodes[person]["areas"][0]
        with_friends = {group for friend in close[person] for group in joined[friend]}
        weights = {
            group: liking[group]
            * (6 if place in draft.nodes[group]["areas"] else 1)
            * (4 if group in with_friends else 1)
            for group in groups
        }
        for _ in range(number):
            group = draft.random.choices(list(weights), list(weights.values()))[0]
            del weights[group]
            joined[person].add(group)
            members[group].append(person)
            draft.connect(
                person, group, "member", strength=draft.said_strength(0.3, 0.9, 0.4),
                valid_from=draft.day(2010, 2024) if draft.chance(0.5) else None,
            )  # fmt: skip
            if draft.chance(0.12):
                draft.connect(person, group, "volunteer", paid=False)
            if draft.chance(0.2):
                draft.tie("trusts", person, group, level=draft.said_strength(0.4, 0.9))
    return members


def _add_peers(draft: Draft, members: dict[str, list[str]]) -> None:
    for group in members.values():
        for person in group:
            if draft.chance(0.35):
                other = draft.random.choice(group)
                if other != person:
                    know(draft, person, other, "peer", (0.3, 0.7))


def _add_work(draft: Draft, left_out: list[str]) -> None:
    """Add staff, who is served, and those whom nobody but the paid knows."""
    people = [p for p in draft.ids("person") if p not in left_out]
    agencies = draft.ids("agency")
    staff = draft.random.sample(people, 2 * len(agencies))
    for index, person in enumerate(staff):
        draft.connect(person, agencies[index // 2], "staff", paid=True)
    carers = [p for i, p in enumerate(staff) if agencies[i // 2] in {"home-care", "health-centre"}]
    for person in left_out[ALONE:]:
        draft.connect("adult-social-care", person, "professional", paid=True)
        draft.connect(draft.random.choice(carers), person, "professional", paid=True, strength=0.3)
    for person in draft.random.sample(people, 30):
        draft.connect(draft.random.choice(agencies), person, "professional", paid=True)
    for person in draft.random.sample(people, 120):
        draft.connect(person, draft.random.choice(("health-centre", "larkfold-library")), "uses")
    for person in draft.random.sample(people, 5):
        draft.connect(person, draft.random.choice(draft.ids("association")), "staff", paid=True)


def _add_what_is_over_or_hard(draft: Draft, left_out: set[str]) -> None:
    people = [p for p in draft.ids("person") if p not in left_out]
    groups = draft.ids("association")
    for relation, count in (("friend", 18), ("neighbour", 12)):
        for person, other in _pairs(draft, people, count):
            draft.connect(
                person, other, relation, valid_from=draft.day(2005, 2015),
                valid_to=draft.day(2018, 2024),
            )  # fmt: skip
    for person in draft.random.sample(people, 20):
        draft.connect(
            person, draft.random.choice(groups), "member", valid_from=draft.day(2010, 2016),
            valid_to=draft.day(2019, 2024),
        )  # fmt: skip
    for relation in ("family", "neighbour"):
        for person, other in _pairs(draft, people, 8):
            draft.connect(person, other, relation, quality="stressful", strength=0.4)


def _pairs(draft: Draft, people: list[str], count: int) -> Iterable[tuple[str, str]]:
    some = draft.random.sample(people, 2 * count)
    return zip(some[::2], some[1::2], strict=True)
