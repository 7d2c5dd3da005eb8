"""What a day says of skills, and of who has a voice in a community."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import numpy as np

from graph.analytics.giving import Giving
from graph.analytics.projection import Flags, Indices, of_type, open_wants
from graph.network import LEVEL_BIT, RELATION_CODE, STATE_CODE, Snapshot
from graph.nodes import KINDS
from graph.ties import Relation

_ASSET: Final = KINDS.index("asset")
_PERSON: Final = KINDS.index("person")


class Community:
    """Skills and voices of a day, in arrays of shape (nodes,).

    `offers` of an asset, and whether it is `in_use`: wanted, had or used. Of a party: `expressive`,
    how many offers of cultural assets it makes; `deciding`, what it controls or funds;
    `through_groups`, how many groups that do so a person is a member of; `received`, and whether it
    `only_receives`.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        ties, size = snapshot.ties, len(snapshot)
        offers = of_type(snapshot, "offers")
        met = of_type(snapshot, "wants") & (ties.state == STATE_CODE["met"])
        self.snapshot = snapshot
        self.offers = _counted(ties.target[offers], size)
        asked = open_wants(snapshot) | met | _of(snapshot, "uses")
        self.in_use = _counted(ties.target[asked], size) > 0
        cultural = (snapshot.levels & LEVEL_BIT["cultural"]) != 0
        self.expressive = _counted(ties.source[offers & cultural[ties.target]], size)
        decides = _of(snapshot, "controls") | _of(snapshot, "funds")
        self.deciding = _counted(ties.source[decides], size)
        belongs = _of(snapshot, "member") & (self.deciding[ties.target] > 0)
        belongs &= snapshot.kinds[ties.source] == _PERSON
        self.through_groups = _counted(ties.source[belongs], size)
        giving = Giving(snapshot)
        silent = (self.expressive == 0) & (self.deciding == 0) & (self.through_groups == 0)
        self.received = giving.received
        self.only_receives = (
            silent & (giving.received > 0) & (giving.given == 0) & (giving.could_give == 0)
        )

    def areas_of_skills(self) -> dict[int, tuple[str, ...]]:
        """Return the areas of each skill; where none is said, those of who offers it."""
        snapshot, ties = self.snapshot, self.snapshot.ties
        skill = (snapshot.kinds == _ASSET) & ((snapshot.levels & LEVEL_BIT["individual"]) != 0)
        found = {place: snapshot.areas[place] for place in np.flatnonzero(skill).tolist()}
        offered = of_type(snapshot, "offers") & skill[ties.target]
        by_offer: defaultdict[int, set[str]] = defaultdict(set)
        for source, target in zip(
            ties.source[offered].tolist(), ties.target[offered].tolist(), strict=True
        ):
            if not found[target]:
                by_offer[target] |= set(snapshot.areas[int(source)])
        return found | {place: tuple(sorted(areas)) for place, areas in by_offer.items()}


def _of(snapshot: Snapshot, relation: Relation) -> Flags:
    return of_type(snapshot, "connects") & (snapshot.ties.relation == RELATION_CODE[relation])


def _counted(places: np.ndarray[Any, Any], size: int) -> Indices:
    return np.bincount(places, minlength=size).astype(np.int64)
