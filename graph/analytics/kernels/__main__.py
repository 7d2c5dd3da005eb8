"""Compile every kernel, so that no report waits for it: `python -m graph.analytics.kernels`."""

from __future__ import annotations

import numpy as np

from graph.analytics.kernels import (
    dominators,
    frame,
    holes,
    longest,
    mediators,
    routes,
    samples,
    searches,
    standings,
)
from graph.analytics.projection import Projection
from graph.analytics.standing import SocialTies


def main() -> None:
    """Measure a network of three, of which one knows both others."""
    ends = np.array([0, 0]), np.array([1, 2])
    nodes = [("a", 0), ("b", 0), ("c", 0)]
    network = Projection.of("social", nodes, (*ends, np.array([0.5, 0.5])), directed=False)
    routes.betweenness(network)
    searches.searches(network, "from")
    holes.hole_sums(network, weighted=False)
    mediators.role_counts(network, np.zeros(3, np.int64))
    longest.longest(network)
    list(samples.drawn_hits(network, [1], 0))
    frame.frame(network)
    frame.coreness(network)
    dominators.dominators(network, np.ones(3, np.bool_))
    source, target = (end.astype(np.int32) for end in ends)
    sets, chosen = np.full(3, 15, np.uint8), np.ones(3, np.bool_)
    standings.standings(SocialTies(source, target, sets[:2], sets, chosen, chosen))


if __name__ == "__main__":
    main()
