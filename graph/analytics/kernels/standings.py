"""How every node stands by all ties and by natural ones, as `standing.standings`."""

from __future__ import annotations

import numpy as np

from graph.analytics.kernels.entries import entries_of
from graph.analytics.kernels.giants import giants
from graph.analytics.kernels.steps import steps
from graph.analytics.standing import SocialTies, Standing, Standings


def standings(ties: SocialTies) -> Standings:
    """Return how every node stands by all ties and by natural ones.

    Parameters
    ----------
    ties
        Of no more nodes than `kernels.COUNTED` has.

    Notes
    -----
    O(n + m), but for the components, which are O(m log n) at worst.
    """
    rows, tally = entries_of(ties)
    hops = steps(rows, tally, ties.nearest)
    in_giant = giants(rows, tally.least)
    every, natural = (
        Standing(int(degree.sum(dtype=np.int64)) // 2, degree, giant, away)
        for degree, giant, away in zip(tally.degrees, in_giant, hops, strict=True)
    )
    return Standings((every, natural), (tally.noticing[0], tally.noticing[1]))
