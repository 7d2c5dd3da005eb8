"""Reports that are counted from arrays, against one scan of the network's arrays, and their growth.

The scan reads the kinds of both ends of every tie, and each type, relation and strength, once.
It sorts nothing and searches nothing, and makes no row of an answer; ours does all of these.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.ratios import Ratio, arguments, growth, scaled, table
from bench.town import DAY, drawn
from graph.analytics.reports import run
from graph.nodes import KINDS
from graph.policy import Caller, view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.network import Snapshot

SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 5
"""After one that is not counted, in which kernels are loaded."""

MOST: Final = 3.0
REPORTS: Final = ("isolation", "unused", "balance")
LIMIT: Final = 100
"""Rows that a page shows; what is counted is counted of all."""


def scan(seen: Snapshot) -> None:
    """Read what a count of ties by kind, type, relation and strength reads."""
    ties, kinds = seen.ties, seen.kinds
    pairs = kinds[ties.source].astype(np.int16) * len(KINDS) + kinds[ties.target]
    for column in (pairs, ties.type, ties.relation):
        np.bincount(column)
    np.nansum(ties.strength)


def seconds(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return what each of some works takes: all in turn, so that a busy machine slows each."""
    taken: dict[str, list[float]] = {what: [] for what in works}
    for _ in range(1 + ROUNDS):
        for what, work in works.items():
            began = time.perf_counter()
            work()
            taken[what].append(time.perf_counter() - began)
    return {what: median(each[1:]) for what, each in taken.items()}


def measured(scale: float) -> tuple[list[Ratio], list[str]]:
    """Measure each report at each size; the bound is that of the largest."""
    taken: dict[str, list[float]] = {kind: [] for kind in (*REPORTS, "scan")}
    sizes = [scaled(nodes, scale) for nodes in SIZES]
    for nodes in sizes:
        seen = drawn(nodes).on(DAY, view(Caller("k", "analyst"), "analysis", DAY))
        works: dict[str, Callable[[], object]] = {"scan": partial(scan, seen)}
        works |= {kind: partial(run, kind, seen, {"limit": LIMIT}) for kind in REPORTS}
        for what, each in seconds(works).items():
            taken[what].append(each)
    theirs = taken["scan"][-1]
    ratios = [
        Ratio(
            f"{kind} at {sizes[-1]:,} nodes", "one scan", f"{taken[kind][-1]:.3f} s",
            f"{theirs:.3f} s", taken[kind][-1] / theirs, most=MOST,
        )
        for kind in REPORTS
    ]  # fmt: skip
    return ratios, [growth(kind, sizes, some) for kind, some in taken.items()]


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    ratios, grown = measured(arguments(words, str(__doc__)).scale)
    print(table(ratios))
    print("\n".join(grown))
    return ratios


if __name__ == "__main__":
    main()
