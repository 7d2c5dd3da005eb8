"""Family and friends in the demo: as many as people have, and in circles as they are."""

from __future__ import annotations

from typing import Final

from graph.demo.draft import PLACES, Draft
from graph.demo.figures import CLOSE_TIES, TRUSTING, quota

Circle = dict[str, set[str]]
"""The people around each."""

_MOST: Final = 6


class Circles:
    """Who is close to whom, while it is being made up; `wanted` is how many each is to have."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.wanted = _wanted(draft)
        self.close: Circle = {person: set() for person in self.wanted}

    def fill(self) -> None:
        """Tie families first, then friends, friends of friends before others."""
        self._add_families()
        everybody = list(self.wanted)
        for person in self._draft.random.sample(everybody, len(everybody)):
            self._add_friends(person, everybody)
        for person in everybody:
            if self.wanted[person] and not self.close[person]:
                self._add_any_friend(person)

    def _add_families(self) -> None:
        for place in PLACES:
            street = self._draft.people_of(place)
            while street:
                size = min(len(street), self._draft.random.randint(1, 4))
                household = [street.pop() for _ in range(size)]
                for index, person in enumerate(household):
                    for other in household[:index]:
                        if self._may(person, other):
                            self._add(person, other, "family")

    def _add_friends(self, person: str, everybody: list[str]) -> None:
        near = self._draft.people_of(self._draft.nodes[person]["areas"][0])
        while len(self.close[person]) < self.wanted[person]:
            circles = (self._beyond(person), near, everybody)
            first = 0 if self._draft.chance(0.7) else self._draft.random.choice((1, 1, 2))
            free = [self._free(person, others) for others in circles[first:]]
            nearest = next(filter(None, free), None)
            if nearest is None:
                return
            self._add(person, self._draft.random.choice(nearest), "friend")

    def _add_any_friend(self, person: str) -> None:
        near = self._draft.people_of(self._draft.nodes[person]["areas"][0])
        others = [
            other
            for other in near
            if other != person
            and self._draft.nodes[other]["mapped"]
            and 0 < len(self.close[other]) < _MOST
        ]
        self._add(person, self._draft.random.choice(others), "friend")

    def _beyond(self, person: str) -> list[str]:
        # Sorted: the order of a set of texts differs from one process to the next.
        return sorted({far for near in self.close[person] for far in self.close[near]})

    def _free(self, person: str, others: list[str]) -> list[str]:
        return [other for other in others if self._may(person, other)]

    def _may(self, person: str, other: str) -> bool:
        nodes = self._draft.nodes
        return (
            other != person
            and other not in self.close[person]
            and (nodes[person]["mapped"] or nodes[other]["mapped"])
            and all(len(self.close[each]) < self.wanted[each] for each in (person, other))
        )

    def _add(self, person: str, other: str, relation: str) -> None:
        self.close[person].add(other)
        self.close[other].add(person)
        know(self._draft, person, other, relation, (0.6, 0.95))


def know(
    draft: Draft, person: str, other: str, relation: str, strength: tuple[float, float]
) -> None:
    """Add a tie between two people, told by one who was asked, and often trust."""
    draft.connect(
        person,
        other,
        relation,
        strength=draft.said_strength(*strength),
        quality=draft.random.choice(("supportive", "supportive", "neutral", None, None)),
        last_contact=draft.day(2025, 2025) if draft.chance(0.4) else None,
        valid_from=draft.day(1990, 2023) if draft.chance(0.3) else None,
    )
    trusting = TRUSTING if relation in {"neighbour", "peer"} else 0.7
    for one, another in ((person, other), (other, person)):
        if draft.nodes[one]["mapped"] and draft.chance(trusting):
            draft.tie("trusts", one, another, level=draft.said_strength(*strength, share=0.5))


def _wanted(draft: Draft) -> dict[str, int]:
    """Return how many close ties each is to have; who was not asked is named by somebody."""
    wanted: dict[str, int] = {}
    people = draft.ids("person")
    for mapped in (True, False):
        some = [p for p in people if draft.nodes[p]["mapped"] is mapped]
        shares = CLOSE_TIES if mapped else {1: 0.6, 2: 0.3, 3: 0.1}
        wanted |= zip(draft.random.sample(some, len(some)), quota(shares, len(some)), strict=True)
    return {person: wanted[person] for person in people}
