"""The answer put together."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.connecting.answer import (
    ASK_MORE_PEOPLE,
    Connection,
    Connector,
    Order,
    Reason,
    Route,
    Step,
)
from graph.connecting.connectors import connectors
from graph.connecting.layers import Reach, shortest
from graph.connecting.question import question
from graph.connecting.search import Budget, Search
from graph.connecting.sentences import Said, sentence
from graph.errors import Invalid
from graph.network import RELATIONS
from graph.ties import ASSUMED_SHARE, TIE_TYPES

if TYPE_CHECKING:
    from graph.connecting.question import Question
    from graph.connecting.search import Found
    from graph.network import Snapshot
    from graph.nodes import Kind

MAX_HOPS: Final = 6
MAX_ROUTES: Final = 50


def connect(
    snapshot: Snapshot,
    person: str,
    group: str,
    *,
    max_hops: int = 4,
    limit: int = 5,
    order: Order = "strongest",
    through: frozenset[Kind] = frozenset(),
    connectors_limit: int = 50,
    seconds: float = 2.0,
) -> Connection:
    """Return who could connect a person to a group.

    A step from u to v is carried by a `connects` between them that is not stressful, or by
    `trusts` from u to v; the last one by a membership. Inner nodes are people and associations,
    and the kinds named by `through`; a member leads to the group only.

    Parameters
    ----------
    snapshot
        The day asked about, as the caller may see it.
    person, group
        Ids; the group is an association, an agency or an asset.
    max_hops
        1 to 6; the step into the group counts.
    limit
        Routes, 1 to 50.
    order
        `strongest`: product of strengths to 12 digits, hops, ids. `fewest_hops`: hops, product,
        ids.
    through
        Further kinds that a route may pass through.
    connectors_limit
        Connectors, 0 or more.
    seconds
        What the search for routes may take; an answer cut by it says `truncated`. `hops` and
        `shortest_routes` are exact all the same.

    Returns
    -------
    Connection
        Without the group's contacts, which the network in memory does not hold.

    Raises
    ------
    NotFound
        When the snapshot holds no such person or group.
    Invalid
        When one of the two is of a wrong kind, or a number is out of its range.
    """
    if not 1 <= max_hops <= MAX_HOPS:
        raise Invalid.at("/max_hops", f"max_hops is 1 to {MAX_HOPS}")
    if not 1 <= limit <= MAX_ROUTES:
        raise Invalid.at("/limit", f"limit is 1 to {MAX_ROUTES}")
    asked = question(snapshot, person, group, max_hops=max_hops, order=order, through=through)
    answer = Connection(person=person, group=group, as_of=snapshot.day)
    if asked.person in asked.listed:
        return answer.model_copy(update={"reason": "already_member", "advice": ASK_MORE_PEOPLE})
    hops, shortest_routes = shortest(asked)
    budget = Budget(seconds)
    reach = Reach(asked)
    found = list(islice(Search(reach, budget).routes(), limit))
    named = list(islice(connectors(reach, budget), connectors_limit))
    return answer.model_copy(
        update={
            "hops": hops,
            "shortest_routes": shortest_routes,
            "routes": [_route(asked, each) for each in found],
            "connectors": [
                Connector(
                    id=snapshot.ids[each.node],
                    kind=asked.kind(each.node),
                    name=snapshot.names[each.node],
                    is_member=each.is_member,
                    shared=[snapshot.ids[thing] for thing in each.shared],
                    route=None if each.route is None else _route(asked, each.route),
                )
                for each in named
            ],
            "reason": _reason(asked, hops),
            "advice": ASK_MORE_PEOPLE if len(found) < limit else None,
            "truncated": budget.spent,
        }
    )


def _reason(asked: Question, hops: int | None) -> Reason | None:
    if hops is not None:
        return "too_far" if hops > asked.max_hops else None
    if not asked.ways.leads[asked.adjacency.row(asked.person)].any():
        return "person_has_no_ties"
    return "no_route" if len(asked.members) else "group_has_no_members"


def _route(asked: Question, found: Found) -> Route:
    snapshot = asked.snapshot
    told = [_step(asked, source, target) for source, target in pairwise(found.nodes)]
    return Route(
        hops=len(told),
        strength=None if any(step.strength is None for step, _ in told) else found.product,
        steps=[step for step, _ in told],
        sentence=sentence(
            [snapshot.names[node] for node in found.nodes],
            [asked.kind(node) for node in found.nodes],
            [said for _, said in told],
        ),
    )


def _step(asked: Question, source: int, target: int) -> tuple[Step, Said]:
    """Tell a step by its strongest tie; of equals by the first type, then the first id."""
    snapshot, adjacency, ways = asked.snapshot, asked.adjacency, asked.ways
    ties = snapshot.ties
    if target == asked.group:
        entries = asked.entrances[adjacency.neighbours[asked.entrances] == source]
    else:
        row = np.arange(*adjacency.row(source).indices(len(adjacency.ties)))
        entries = row[(adjacency.neighbours[row] == target) & ways.leads[row]]
    _, _, id_, tie = min(
        (-float(ways.strength[entry]), TIE_TYPES[int(ties.type[tie])], ties.id(tie), tie)
        for entry, tie in zip(entries.tolist(), adjacency.ties[entries].tolist(), strict=True)
    )
    relation = RELATIONS[int(ties.relation[tie])]
    type_ = TIE_TYPES[int(ties.type[tie])]
    step = Step(
        from_=snapshot.ids[source],
        to=snapshot.ids[target],
        type=type_,
        tie=id_,
        relation=relation,
        strength=_strength(asked, tie) if ties.judged[tie] else None,
        assumed=bool(ties.assumed[tie] & ties.judged[tie]),
    )
    return step, Said(relation, type_, forwards=bool(ties.source[tie] == source))


def _strength(asked: Question, tie: int) -> float:
    ties = asked.snapshot.ties
    return ASSUMED_SHARE if ties.assumed[tie] else float(ties.strength[tie])
