"""A network of any size, drawn by chance: neighbours, hubs, long tails and isolates."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.projection import Projection

TIES_A_NODE: Final = 4.5
_NEAR, _ISOLATED = 0.6, 0.03
_REACH: Final = 30


def network(nodes: int, *, seed: int = 1) -> Projection:
    """Return people and their ties: most to some who live near, the others rather to hubs."""
    chance = np.random.default_rng(seed)
    ties = round(nodes * TIES_A_NODE)
    tied = round(nodes * (1 - _ISOLATED))
    source = chance.integers(tied, size=ties)
    near = (source + 1 + chance.geometric(1 / _REACH, ties)) % tied
    hub = (tied * chance.random(ties) ** 3).astype(np.int64)
    target = np.where(chance.random(ties) < _NEAR, near, hub)
    ids = [(f"n{place:07}", 0) for place in range(nodes)]
    return Projection.of("social", ids, (source, target, np.full(ties, np.nan)), directed=False)
