"""What every node gives and receives, counted from its ties."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from graph.analytics.projection import Flags, Indices, of_type, open_wants
from graph.network import RELATION_CODE, STATE_CODE, Snapshot
from graph.nodes import KINDS
from graph.ties import Relation

AGENCY: Final = KINDS.index("agency")
ASSET: Final = KINDS.index("asset")
NOBODY: Final = -1

GIVEN: Final = "Offers that stand now, and groups, agencies and assets volunteered for."
COULD_GIVE: Final = "Offers somebody would like to make, or could with support."
RECEIVED: Final = "Wants that were met, groups, agencies and assets used, and professionals."


class Exchanges(NamedTuple):
    """Who received something, and from whom: one entry each.

    Parameters
    ----------
    receiver
        Place of who received it.
    giver
        Place of who gave it, `NOBODY` where that is not stated: a want that was met without saying
        by which offer, or an asset that is used.
    """

    receiver: Indices
    giver: Indices


class Giving:
    """What every node of a day gives, could give and receives; arrays of shape (nodes,).

    Notes
    -----
    O(n + m). Paid work is not given: professionals are only counted where they are received.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def given(self) -> Indices:
        """Offers that stand now, and what is volunteered for."""
        offers = of_type(self._snapshot, "offers") & ~self._hesitant
        return self._at_source(offers | _of_relation(self._snapshot, "volunteer"))

    @cached_property
    def could_give(self) -> Indices:
        """Offers that somebody would like to make, or could with support."""
        return self._at_source(of_type(self._snapshot, "offers") & self._hesitant)

    @cached_property
    def wanted(self) -> Indices:
        """Open wants."""
        return self._at_source(open_wants(self._snapshot))

    @cached_property
    def exchanges(self) -> Exchanges:
        """Everything that somebody received."""
        snapshot, ties = self._snapshot, self._snapshot.ties
        met = np.flatnonzero(of_type(snapshot, "wants") & (ties.state == STATE_CODE["met"]))
        uses = np.flatnonzero(_of_relation(snapshot, "uses"))
        care = np.flatnonzero(_of_relation(snapshot, "professional"))
        offer = ties.met_by[met]
        met_giver = np.full(len(met), NOBODY, np.int64)
        met_giver[offer >= 0] = ties.source[offer[offer >= 0]]
        used = ties.target[uses].astype(np.int64)
        return Exchanges(
            np.concatenate((ties.source[met], ties.source[uses], ties.target[care])).astype(
                np.int64
            ),
            np.concatenate(
                (
                    met_giver,
                    np.where(snapshot.kinds[used] == ASSET, NOBODY, used),
                    ties.source[care],
                )
            ).astype(np.int64),
        )

    @cached_property
    def received(self) -> Indices:
        """Wants that were met, what is used, and professionals."""
        return np.bincount(self.exchanges.receiver, minlength=len(self._snapshot)).astype(np.int64)

    @cached_property
    def from_agency(self) -> Indices:
        """What was received from an agency."""
        receiver, giver = self.exchanges
        by_agency = (giver >= 0) & (self._snapshot.kinds[giver] == AGENCY) if len(giver) else giver
        return np.bincount(
            receiver[by_agency.astype(np.bool_)], minlength=len(self._snapshot)
        ).astype(np.int64)

    @cached_property
    def _hesitant(self) -> Flags:
        return np.isin(
            self._snapshot.ties.state, (STATE_CODE["would_like"], STATE_CODE["with_support"])
        )

    def _at_source(self, which: Flags) -> Indices:
        sources = self._snapshot.ties.source[which]
        return np.bincount(sources, minlength=len(self._snapshot)).astype(np.int64)


def _of_relation(snapshot: Snapshot, relation: Relation) -> Flags:
    return of_type(snapshot, "connects") & (snapshot.ties.relation == RELATION_CODE[relation])
