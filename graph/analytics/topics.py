"""Topics of the map that nobody offers anything of."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from graph.analytics.projection import Flags, of_type, open_wants
from graph.network import Snapshot

Topic = tuple[str | None, str]
"""An area, null for everywhere, and a term."""


def terms_without_offer(snapshot: Snapshot, areas: list[str] | None) -> list[tuple[Topic, int]]:
    """Return the terms of which nothing is offered, and how often each is wanted.

    Parameters
    ----------
    areas
        Only these areas; None: all of them, and everywhere.

    Returns
    -------
    list
        Everywhere: each term that some asset has and no offer. In an area: each that somebody there
        wants and nobody there offers, and no asset there is offered of. The most wanted first.

    Notes
    -----
    O(offers and wants of assets that have a term).
    """
    offered, wanted = _Said(snapshot), _Said(snapshot)
    offered.add(of_type(snapshot, "offers"), with_assets=True)
    wanted.add(open_wants(snapshot), with_assets=False)
    found: dict[Topic, int] = {}
    if areas is None:
        known = {term for terms in snapshot.terms.values() for term in terms}
        found |= {(None, term): wanted.of[term] for term in known if not offered.of[term]}
    for (area, term), count in wanted.there.items():
        if (areas is None or area in areas) and not offered.there[area, term]:
            found[area, term] = count
    return sorted(
        found.items(),
        key=lambda each: (each[0][0] is not None, -each[1], each[0][0] or "", each[0][1]),
    )


class _Said:
    """How often each term is offered or wanted, everywhere and in each area."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.has_terms = np.zeros(len(snapshot), np.bool_)
        self.has_terms[list(snapshot.terms)] = True
        self.of: Counter[str] = Counter()
        self.there: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, which: Flags, *, with_assets: bool) -> None:
        snapshot, ties = self.snapshot, self.snapshot.ties
        said = which & self.has_terms[ties.target]
        pairs = zip(ties.source[said].tolist(), ties.target[said].tolist(), strict=True)
        for party, asset in pairs:
            areas = set(snapshot.areas[int(party)])
            if with_assets:
                areas |= set(snapshot.areas[int(asset)])
            for term in set(snapshot.terms[asset]):
                self.of[term] += 1
                for area in areas:
                    self.there[area, term] += 1
