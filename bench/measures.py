"""Kernels against igraph and NetworKit, and how their time grows with the network.

Ours include what makes rows of a projection; the peers' graphs are built beforehand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple
from venv import create

import numpy as np

from bench import peer_measures
from bench.networks import network
from bench.ratios import Ratio, arguments, growth, scaled, table
from graph.analytics import betweenness, gates, measures
from graph.analytics.kernels import SCANNED_FROM, frame, holes, mediators, routes, searches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.analytics.projection import Projection

PEERS: Final = Path(__file__).parents[1] / ".cache/peers"
PACKAGES: Final = ("igraph==1.0.0", "networkit==11.3", "numpy")
ROUNDS: Final = 3
GROWTH: Final = (10_000, 100_000, 1_000_000)
SEARCHED_FROM_ONE_IN: Final[dict[str, tuple[int, int, int]]] = {
    "closeness": (1, 1, 32),
    "betweenness": (1, 10, 1_000),
}
"""Of what searches from every node, a day of betweenness at a million: from one in so many of each
size, evenly, and the time times as many. Each once."""


class Line(NamedTuple):
    """One comparison: how large, with whom, and the promised bound of ours to theirs."""

    measure: str
    nodes: int
    peer: str
    most: float | None


LINES: Final = (
    Line("betweenness", 10_000, "igraph", 1.0),
    Line("betweenness", 10_000, "networkit", 1.0),
    Line("closeness", 10_000, "igraph", 0.1),
    Line("closeness", 10_000, "networkit", 0.1),
    Line("sampled", 100_000, "networkit", 1.0),
    Line("sampled", 1_000_000, "networkit", 1.0),
    Line("holes", 100_000, "igraph", 0.25),
    Line("coreness", 100_000, "igraph", None),
    Line("coreness", 100_000, "networkit", None),
    Line("frame", 100_000, "igraph", None),
    Line("gates", 100_000, "igraph", None),
)

OURS: Final[dict[str, Callable[[Projection], object]]] = {
    "betweenness": measures.betweenness,
    "closeness": measures.closeness,
    "sampled": lambda drawn: betweenness.sampled_betweenness(drawn, epsilon=0.01, delta=0.01),
    "holes": lambda drawn: holes.hole_sums(drawn, weighted=False),
    "roles": lambda drawn: mediators.role_counts(drawn, np.arange(len(drawn.ids)) % 3),
    "coreness": frame.coreness,
    "frame": frame.frame,
    "gates": lambda drawn: gates.gates(drawn, range(0, len(drawn.ids), peer_measures.ONE_IN)),
}
GROWING: Final = ("sampled", "holes", "roles", "coreness", "frame", "gates")
SEARCHING: Final[dict[str, Callable[[Projection, int], object]]] = {
    "closeness": lambda drawn, one_in: searches.searches(drawn, "to", one_in=one_in),
    "betweenness": lambda drawn, one_in: routes.betweenness(drawn, one_in=one_in),
}


def peers() -> Path:
    """Return the interpreter of the peers' environment, which is made once."""
    python = PEERS / "bin/python"
    if not python.exists():
        create(PEERS, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def seconds(measure: str, drawn: Projection) -> float:
    """Return what one measure of ours takes."""
    began = time.perf_counter()
    OURS[measure](drawn)
    return time.perf_counter() - began


def compared(line: Line, drawn: Projection, path: Path) -> Ratio:
    """Measure both in turn; what compiles is not counted."""
    python, script = peers(), Path(peer_measures.__file__)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        ours.append(seconds(line.measure, drawn))
        words = [python, script, path, line.peer, line.measure]
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        theirs.append(float(json.loads(told)))
    what = f"{line.measure} at {len(drawn.ids):,} nodes"
    ratio = Ratio(
        what, line.peer, f"{median(ours):.3f} s", f"{median(theirs):.3f} s",
        median(ours) / median(theirs), most=line.most,
    )  # fmt: skip
    print("  ".join(ratio.cells()), flush=True)
    return ratio


def grown(scale: float) -> list[str]:
    """Return how the time of each kernel grows: the exponent of n over the sizes."""
    drawn = [network(scaled(nodes, scale)) for nodes in GROWTH]
    sizes = [len(each.ids) for each in drawn]
    lines: list[str] = []
    for measure in GROWING:
        taken = [median(seconds(measure, each) for _ in range(ROUNDS)) for each in drawn]
        lines.append(growth(measure, sizes, taken))
    for measure, shares in SEARCHED_FROM_ONE_IN.items():
        taken: list[float] = []
        for each, one_in in zip(drawn, shares, strict=True):
            began = time.perf_counter()
            SEARCHING[measure](each, one_in)
            taken.append((time.perf_counter() - began) * one_in)
        said = ", ".join(f"{one_in:,}" for one_in in shares)
        lines.append(f"{growth(measure, sizes, taken)} (from one node in {said})")
    return lines


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    scale = arguments(words, str(__doc__)).scale
    for measure in OURS:
        seconds(measure, network(SCANNED_FROM))
    ratios: list[Ratio] = []
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        for nodes in sorted({line.nodes for line in LINES}):
            drawn = network(scaled(nodes, scale))
            path = Path(folder, f"{nodes}.npz")
            np.savez(path, sources=drawn.sources, targets=drawn.targets, count=len(drawn.ids))
            ratios += [compared(line, drawn, path) for line in LINES if line.nodes == nodes]
    print(table(ratios))
    print("\n".join(grown(scale)))
    return ratios


if __name__ == "__main__":
    sys.exit(not main())
