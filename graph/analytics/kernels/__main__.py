"""Compile every kernel, so that no report waits for it: `python -m graph.analytics.kernels`."""

from __future__ import annotations

import numpy as np

from graph.analytics.kernels import frame, holes, mediators, routes, samples, searches
from graph.analytics.projection import Projection


def main() -> None:
    """Measure a network of three, of which one knows both others."""
    ends = np.array([0, 0]), np.array([1, 2])
    nodes = [("a", 0), ("b", 0), ("c", 0)]
    network = Projection.of("social", nodes, (*ends, np.array([0.5, 0.5])), directed=False)
    routes.betweenness(network)
    searches.searches(network, "from")
    holes.hole_sums(network, weighted=False)
    mediators.role_counts(network, np.zeros(3, np.int64))
    list(samples.drawn_hits(network, [1], 0))
    frame.frame(network)
    frame.coreness(network)


if __name__ == "__main__":
    main()
