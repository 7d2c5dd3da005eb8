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


class Reliance(NamedTuple):
    """What every node of one day relies on, in the order of the network's ids.

    Parameters
    ----------
    network
        Parties, and assets that somebody is connected to, with all ties that are not stressful.
    natural, paid
        How many parties each is tied to by natural and by paid ties.
    noticing, natural_noticing
        How many people each is tied to, by any and by natural ties.
    carers
        Place of the main carer: the person at the strongest tie as family or professional, or
        else at the strongest of any kind; the first id of equals.
    ways, natural_ways
        The gates of each on all ways, and on natural ones, to associations and such assets.
    """

    network: Projection
    natural: list[int]
    paid: list[int]
    noticing: list[int]
    natural_noticing: list[int]
    carers: list[int | None]
    ways: Gates
    natural_ways: Gates


def reliance(snapshot: Snapshot) -> Reliance:
    """Return whom everybody relies on.

    Notes
    -----
    O(n log n + m log n); see `gates.gates`.
    """
    ties = snapshot.ties
    kindly = ties.quality != QUALITY_CODE["stressful"]
    paid = paid_ties(snapshot)
    places = np.zeros(len(snapshot.ids), np.bool_)
    connected = kindly & (ties.type == TYPE_CODE["connects"])
    places[ties.target[connected]] = True
    places &= snapshot.kinds == KINDS.index("asset")
    together = social_ties(snapshot, kindly, also=places)
    natural = social_ties(snapshot, kindly & ~paid, also=places)
    goals = np.flatnonzero(
        (together.kinds == KINDS.index("association")) | (together.kinds == KINDS.index("asset"))
    ).tolist()
    by_paid = social_ties(snapshot, kindly & paid, also=places)
    return Reliance(
        together,
        _tied(natural, assets=False),
        _tied(by_paid, assets=False),
        _tied(together, people=True),
        _tied(natural, people=True),
        _carers(snapshot, together, kindly),
        gates(together, goals),
        gates(natural, goals),
    )


def _tied(network: Projection, *, people: bool = False, assets: bool = True) -> list[int]:
    """Count the ties of every node, to people only, or to all but assets."""
    ends = np.concatenate((network.sources, network.targets))
    kinds = network.kinds[np.concatenate((network.targets, network.sources))]
    counted = (kinds == _PERSON) if people else (kinds != KINDS.index("asset")) | assets
    return np.bincount(ends[counted], minlength=len(network.ids)).tolist()


def _carers(snapshot: Snapshot, network: Projection, kindly: Flags) -> list[int | None]:
    """Return the place of every person's main carer."""
    ties = snapshot.ties
    near = np.isin(ties.relation, (RELATION_CODE["family"], RELATION_CODE["professional"]))
    found: list[int | None] = [None] * len(network.ids)
    place = {id_: at for at, id_ in enumerate(network.ids)}
    for which in (kindly, kindly & near):
        for one, other in _strongest(social_ties(snapshot, which)):
            found[place[one]] = place[other]
    return found


def _strongest(some: Projection) -> list[tuple[str, str]]:
    """Return everybody who is tied to people, and to whom by the strongest tie."""
    ends: Indices = np.concatenate((some.sources, some.targets))
    others: Indices = np.concatenate((some.targets, some.sources))
    strengths = np.tile(some.strengths, 2)
    people = (some.kinds[ends] == _PERSON) & (some.kinds[others] == _PERSON)
    ends, others, strengths = ends[people], others[people], strengths[people]
    order = np.lexsort((others, -strengths, ends))
    firsts = order[np.flatnonzero(np.diff(ends[order], prepend=-1))]
    pairs: list[list[int]] = np.stack((ends[firsts], others[firsts]), axis=1).tolist()
    return [(some.ids[one], some.ids[other]) for one, other in pairs]
