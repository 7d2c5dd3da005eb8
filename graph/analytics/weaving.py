"""Which few introductions would bring the most people nearer to others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from scipy.sparse import csgraph, csr_array

from graph.analytics.cohesion import components
from graph.analytics.communities import communities
from graph.analytics.isolation import paid_ties
from graph.analytics.key_players import EXHAUSTIVE_SETS
from graph.analytics.projection import Flags, Floats, Projection, in_areas, social_ties
from graph.errors import Invalid
from graph.network import QUALITY_CODE, Snapshot
from graph.nodes import KINDS

Aim = Literal["isolation", "distance"]

WEAVING_LIMIT: Final = 1_000
"""People at most whose distances are measured again after each introduction."""

CANDIDATES: Final = 40
"""People whose pairs are looked at where there are more: the best tied of each community."""

_Order = Callable[[int], tuple[bool, bool, bool, int, int, int]]

_csgraph: Final[Any] = csgraph
_PERSON: Final = KINDS.index("person")
_ASSOCIATION: Final = KINDS.index("association")


class Introduction(NamedTuple):
    """Two who are to meet, and what their meeting adds to the score."""

    one: str
    other: str
    gain: float


class Plan(NamedTuple):
    """Introductions, in the order in which they are to be made.

    Parameters
    ----------
    introductions
        Fewer than asked for where no more would add anything.
    before, after
        The score: for `isolation` people who can reach an association, for `distance` the mean of
        1 / distance over the pairs of people; by natural ties that are not stressful.
    exact
        Whether no other introductions of this number do more.
    guarantee
        What is added is at least this share of the most that could be.
    """

    introductions: list[Introduction]
    before: float
    after: float
    exact: bool
    guarantee: float


class _Weave(NamedTuple):
    """The natural network, who may be introduced, and how much each may carry."""

    network: Projection
    together: Projection
    people: list[int]
    areas: list[frozenset[str]]
    most_each: int


def weave(
    snapshot: Snapshot,
    count: int,
    *,
    aim: Aim = "isolation",
    most_each: int = 2,
    areas: Sequence[str] | None = None,
) -> Plan:
    """Plan a few introductions of people to people, or to associations, by natural ties.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    count
        How many introductions at most.
    aim
        `isolation`: as many people as possible are to reach an association. `distance`: people are
        to be as near to each other as possible; who cannot be reached is infinitely far.
    most_each
        How many introductions anybody, or any association, is to be part of.
    areas
        Only people in these are to be helped, and only they are counted; None: all.

    Returns
    -------
    Plan
        Only people who were asked are introduced, since nobody knows of others what they want.

    Raises
    ------
    Invalid
        When distances of more than `WEAVING_LIMIT` people are asked for.

    Notes
    -----
    `isolation`: an introduction joins one component at most to those with an association, so the
    largest components without one, each joined to them, are the best there is; that is what greedy
    does, and it falls short only where the load limit leaves nobody to join to. Of those who could
    be introduced, whoever shares an area, then whoever is two steps away (a triangle closes), then
    who has the fewest ties. `distance`: no greedy choice has a guarantee beforehand, because two
    introductions may do more together than each alone; with at most `EXHAUSTIVE_SETS` sets all are
    tried, else the guarantee is what was gained over a bound that no set can pass: each
    introduction makes one pair neighbours, and brings every other pair to two steps at best.

    References
    ----------
    .. [1] Meyerson and Tagiku, "Minimizing Average Shortest Path Distances via Shortcut Edge
       Addition", APPROX 2009.
    """
    if not count:
        return Plan([], 0, 0, exact=True, guarantee=1)
    kindly = snapshot.ties.quality != QUALITY_CODE["stressful"]
    network = social_ties(snapshot, kindly & ~paid_ties(snapshot))
    chosen: Flags = in_areas(snapshot, areas) & (snapshot.kinds == _PERSON) & (snapshot.mapped == 1)
    places: list[int] = network.places.tolist()
    found = _Weave(
        network,
        social_ties(snapshot, kindly),
        [at for at, place in enumerate(places) if chosen[place]],
        [frozenset(snapshot.areas[place]) for place in places],
        most_each,
    )
    if aim == "distance":
        return _nearer(found, count)
    asked = [at for at, place in enumerate(places) if snapshot.mapped[place] == 1]
    return _reaching(found, asked, count)


def _reaching(found: _Weave, asked: list[int], count: int) -> Plan:
    network = found.network
    people = set(found.people)
    parts = components(network)
    reached = [part for part in parts if (network.kinds[part] == _ASSOCIATION).any()]
    held = {place for part in reached for place in part}
    waiting = [part for part in parts if not held.issuperset(part)]
    waiting.sort(key=lambda part: (-len(people.intersection(part)), part[0]))
    waiting = [part for part in waiting if people.intersection(part)]
    associations = set(np.flatnonzero(network.kinds == _ASSOCIATION).tolist())
    hosts = associations | (held & set(asked))
    load: Counter[int] = Counter()
    made: list[Introduction] = []
    for part in waiting[:count]:
        open_hosts = [host for host in sorted(hosts) if load[host] < found.most_each]
        if not open_hosts:
            break
        joined = people.intersection(part)
        newcomer = min(joined, key=lambda place: (-int(network.degrees[place]), place))
        host = min(open_hosts, key=_preferred(found, newcomer, load))
        load.update((newcomer, host))
        hosts |= set(asked).intersection(part)
        made.append(Introduction(network.ids[newcomer], network.ids[host], len(joined)))
    before = len(people & held)
    gained = sum(int(each.gain) for each in made)
    most = sum(len(people.intersection(part)) for part in waiting[:count]) if associations else 0
    guarantee = gained / most if most else 1.0
    return Plan(made, before, before + gained, gained == most, guarantee)


def _preferred(found: _Weave, newcomer: int, load: Counter[int]) -> _Order:
    """Return by what hosts are put in order for somebody: the nearest and least burdened first."""
    graph: Any = found.together.graph
    near = set(graph.adj[newcomer])
    two_steps = {far for other in near for far in graph.adj[other]}

    def order(host: int) -> tuple[bool, bool, bool, int, int, int]:
        return (
            # Who knows somebody by work, or in strife, is not introduced while others are there.
            host in near,
            not found.areas[newcomer] & found.areas[host],
            host not in two_steps,
            load[host],
            int(found.network.degrees[host]),
            host,
        )

    return order


def _nearer(found: _Weave, count: int) -> Plan:
    people = found.people
    if len(people) > WEAVING_LIMIT:
        raise Invalid.at(
            "/parameters/aim", f"distances are planned among at most {WEAVING_LIMIT:,} people"
        )
    network = found.network
    size = len(network.ids)
    adjacency = csr_array(
        (np.ones(len(network.sources)), (network.sources, network.targets)), shape=(size, size)
    )
    steps: Floats = _csgraph.shortest_path(adjacency, directed=False, unweighted=True)
    apart = steps[np.ix_(people, people)]
    pairs = max(len(people) * (len(people) - 1), 1)
    candidates = _candidates(found, apart)
    every = len(people) * (len(people) - 1) // 2 - int((apart == 1).sum()) // 2
    whole = len(candidates) == every
    sets = math.comb(len(candidates), min(count, len(candidates)))
    before = _nearness(apart) / pairs
    if whole and sets <= EXHAUSTIVE_SETS:
        made, exact = _best_of_all(apart, candidates, count, found.most_each), True
    else:
        made, exact = _greedy(apart, candidates, count, found.most_each), False
    introductions: list[Introduction] = []
    for one, other in made:
        nearer = _introduced(apart, one, other)
        gain = (_nearness(nearer) - _nearness(apart)) / pairs
        names = network.ids[people[one]], network.ids[people[other]]
        introductions.append(Introduction(*names, gain))
        apart = nearer
    after = _nearness(apart) / pairs
    start = steps[np.ix_(people, people)]
    bound = (_nearness(np.minimum(start, 2)) + min(count, every)) / pairs - before
    return Plan(
        introductions, before, after, exact, 1.0 if exact or not every else (after - before) / bound
    )


def _candidates(found: _Weave, apart: Floats) -> list[tuple[int, int]]:
    """Return pairs of people who are not tied, by their places among the people."""
    chosen = list(range(len(found.people)))
    if len(chosen) > CANDIDATES:
        labels = communities(found.network).labels
        ranks: Counter[int] = Counter()
        order: list[tuple[int, int]] = []
        for at in sorted(chosen, key=lambda at: -int(found.network.degrees[found.people[at]])):
            label = labels[found.people[at]]
            order.append((ranks[label], at))
            ranks[label] += 1
        chosen = sorted(at for _, at in sorted(order)[:CANDIDATES])
    return [(one, other) for one, other in combinations(chosen, 2) if apart[one, other] != 1]


def _greedy(
    apart: Floats, candidates: Sequence[tuple[int, int]], count: int, most_each: int
) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    load: Counter[int] = Counter()
    for _ in range(count):
        left = [
            pair for pair in candidates
            if pair not in made and max(load[pair[0]], load[pair[1]]) < most_each
        ]  # fmt: skip
        if not left:
            break
        best = max(left, key=lambda pair: round(_nearness(_introduced(apart, *pair)), 9))
        made.append(best)
        load.update(best)
        apart = _introduced(apart, *best)
    return made


def _best_of_all(
    apart: Floats, candidates: Sequence[tuple[int, int]], count: int, most_each: int
) -> list[tuple[int, int]]:
    best: tuple[float, list[tuple[int, int]]] = (round(_nearness(apart), 9), [])
    for size in range(1, min(count, len(candidates)) + 1):
        for pairs in combinations(candidates, size):
            load = Counter(place for pair in pairs for place in pair)
            if max(load.values()) > most_each:
                continue
            nearer = apart
            for pair in pairs:
                nearer = _introduced(nearer, *pair)
            score = round(_nearness(nearer), 9)
            if score > best[0]:
                best = (score, list(pairs))
    return best[1]


def _introduced(apart: Floats, one: int, other: int) -> Floats:
    """Return the distances once two are tied."""
    over = apart[:, [one]] + 1 + apart[[other], :]
    nearer = np.minimum(apart, np.minimum(over, over.T))
    np.fill_diagonal(nearer, 0)
    return nearer


def _nearness(apart: Floats) -> float:
    return float((1 / apart[apart > 0]).sum())
