"""What a peer takes for a measure; run in an environment of its own, and answers in JSON.

python peer_measures.py NETWORK.npz igraph betweenness
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS: Final = 2
ONE_IN: Final = 17
"""One node in so many is a place to go."""


def igraph_calls(count: int, ends: Any) -> dict[str, Callable[[], Any]]:
    igraph = import_module("igraph")
    graph = igraph.Graph(count, ends.tolist())
    behind = [(count, end) for end in range(0, count, ONE_IN)]
    arrows = [*ends.tolist(), *ends[:, ::-1].tolist(), *behind]
    ways = igraph.Graph(count + 1, arrows, directed=True)
    return {
        "betweenness": graph.betweenness,
        "closeness": graph.closeness,
        "holes": graph.constraint,
        "coreness": graph.coreness,
        "gates": lambda: ways.dominator(count),
        "frame": lambda: (graph.articulation_points(), graph.bridges()),
    }


def networkit_calls(count: int, ends: Any) -> dict[str, Callable[[], Any]]:
    networkit = import_module("networkit")
    networkit.setNumberOfThreads(THREADS)
    networkit.setSeed(1, useThreadId=False)
    columns = np.ones(len(ends)), (ends[:, 0], ends[:, 1])
    graph = networkit.GraphFromCoo(columns, n=count)
    centrality = networkit.centrality
    variant = centrality.ClosenessVariant.GENERALIZED
    return {
        "betweenness": lambda: centrality.Betweenness(graph).run(),
        "closeness": lambda: centrality.Closeness(graph, normalized=True, variant=variant).run(),
        "sampled": lambda: centrality.KadabraBetweenness(graph, err=0.01, delta=0.01).run(),
        "coreness": lambda: centrality.CoreDecomposition(graph).run(),
    }


def main() -> None:
    path, library, measure = sys.argv[1:]
    held = np.load(path)
    ends = np.stack((held["sources"], held["targets"]), axis=1)
    calls = {"igraph": igraph_calls, "networkit": networkit_calls}[library]
    call = calls(int(held["count"]), ends)[measure]
    began = time.perf_counter()
    call()
    print(json.dumps(time.perf_counter() - began))


if __name__ == "__main__":
    main()
