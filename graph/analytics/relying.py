"""Whom everybody relies on, and by which ways they reach a place to go. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from graph.analytics.gates import Gates, gates
from graph.analytics.isolation import paid_ties
from graph.analytics.projection import Flags, Indices, Projection, social_ties
from graph.network import QUALITY_CODE, RELATION_CODE, TYPE_CODE, Snapshot
from graph.nodes import KINDS

_PERSON: Final = KINDS.index("person")
_ASSET: Final = KINDS.index("asset")


class Reliance(NamedTuple):
    """What every node of one day relies on, in the order of the network's ids.

    Parameters
    ----------
    network
        Parties, and assets that somebody is connected to, with all ties that are not stressful.
    places
        Where each node stands in the snapshot, shape (n,).
    natural, paid
        How many parties each is tied to by natural and by paid ties, shape (n,).
    noticing, natural_noticing
        How many people each is tied to, by any and by natural ties, shape (n,).
    carers
        Place of the main carer, shape (n,), -1 without one: the person at the strongest tie as
        family or professional, or else at the strongest of any kind; the first id of equals.
    ways, natural_ways
        The gates of each on all ways, and on natural ones, to associations and such assets.
    """

    network: Projection
    places: Indices
    natural: Indices
    paid: Indices
    noticing: Indices
    natural_noticing: Indices
    carers: Indices
    ways: Gates
    natural_ways: Gates


def reliance(snapshot: Snapshot) -> Reliance:
    """Return whom everybody relies on.

    Notes
    -----
    O(n log n + m log m); see `gates.gates`.
    """
    ties = snapshot.ties
    kindly = ties.quality != QUALITY_CODE["stressful"]
    paid = paid_ties(snapshot)
    reached = np.zeros(len(snapshot.ids), np.bool_)
    connected = kindly & (ties.type == TYPE_CODE["connects"])
    reached[ties.target[connected]] = True
    reached &= snapshot.kinds == _ASSET
    places = np.flatnonzero(reached | (snapshot.kinds != _ASSET))
    kinds = snapshot.kinds[places]
    goals: list[int] = np.flatnonzero(
        (kinds == KINDS.index("association")) | (kinds == _ASSET)
    ).tolist()
    # One graph after the other: together they are most of what the report holds.
    natural = social_ties(snapshot, kindly & ~paid, also=reached)
    natural_parties, natural_people = _parties(natural), _people(natural)
    natural_ways = gates(natural, goals)
    del natural
    paid_parties = _parties(social_ties(snapshot, kindly & paid, also=reached))
    carers = _carers(snapshot, kindly, reached, len(places))
    together = social_ties(snapshot, kindly, also=reached)
    return Reliance(
        together,
        places,
        natural_parties,
        paid_parties,
        _people(together),
        natural_people,
        carers,
        gates(together, goals),
        natural_ways,
    )


def _people(network: Projection) -> Indices:
    """Count the people whom every node is tied to."""
    return _tied(network, network.kinds == _PERSON)


def _parties(network: Projection) -> Indices:
    """Count the people, associations and agencies that every node is tied to."""
    return _tied(network, network.kinds != _ASSET)


def _tied(network: Projection, counted: Flags) -> Indices:
    count = len(network.ids)
    return np.bincount(network.sources[counted[network.targets]], minlength=count) + np.bincount(
        network.targets[counted[network.sources]], minlength=count
    )


def _carers(snapshot: Snapshot, kindly: Flags, reached: Flags, count: int) -> Indices:
    """Return the place of every node's main carer."""
    ties = snapshot.ties
    near = np.isin(ties.relation, (RELATION_CODE["family"], RELATION_CODE["professional"]))
    found = np.full(count, -1, np.int64)
    for which in (kindly, kindly & near):
        ends, others = _strongest(social_ties(snapshot, which, also=reached))
        found[ends] = others
    return found


def _strongest(some: Projection) -> tuple[Indices, Indices]:
    """Return everybody who is tied to people, and to whom by the strongest tie."""
    among = (some.kinds[some.sources] == _PERSON) & (some.kinds[some.targets] == _PERSON)
    sources, targets = some.sources[among], some.targets[among]
    ends, others = np.concatenate((sources, targets)), np.concatenate((targets, sources))
    order = np.lexsort((others, -np.tile(some.strengths[among], 2), ends))
    firsts = order[np.flatnonzero(np.diff(ends[order], prepend=-1))]
    return ends[firsts], others[firsts]
