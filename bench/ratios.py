"""What a benchmark says: ours, the peer's, and their ratio within its bound."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from math import log
from statistics import linear_regression, median, quantiles
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Coroutine, Iterable, Sequence

EngineName = Literal["embedded", "neo4j"]
ENGINES: Final[tuple[EngineName, ...]] = get_args(EngineName)
LEAST_NODES: Final = 20
"""Nodes without which a network holds no group, and no question can be asked of it."""
_HEADINGS: Final = ("what", "engine or peer", "ours", "peer", "ratio", "bound", "ok")


class Ratio(NamedTuple):
    """One line of the table; `engine` is a peer where no engine is asked.

    `least` and `most` bound the ratio; without them it is told only.
    """

    what: str
    engine: str
    ours: str
    peer: str
    ratio: float
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bounds."""
        return (self.least is None or self.ratio >= self.least) and (
            self.most is None or self.ratio <= self.most
        )

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the line."""
        bounds = [f">= {self.least}"] if self.least is not None else []
        bounds += [f"<= {self.most}"] if self.most is not None else []
        ok = "-" if not bounds else "yes" if self.holds else "NO"
        bound = " ".join(bounds) or "-"
        return (self.what, self.engine, self.ours, self.peer, f"{self.ratio:.2f}", bound, ok)


def table(ratios: Iterable[Ratio]) -> str:
    """Return the table of some ratios."""
    lines = [_HEADINGS, *(ratio.cells() for ratio in ratios)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def milliseconds(seconds: Sequence[float]) -> str:
    """Return the median of some times, and the 95th percentile."""
    return f"{median(seconds) * 1000:.2f} ms (p95 {p95(seconds) * 1000:.2f})"


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile of some times."""
    return quantiles(seconds, n=20, method="inclusive")[-1]


def growth(what: str, sizes: Sequence[int], seconds: Sequence[float]) -> str:
    """Return how time grows: the slope of its logarithm over that of size, by least squares."""
    slope = linear_regression([log(size) for size in sizes], [log(each) for each in seconds]).slope
    return f"{what}: {', '.join(f'{each:.3g} s' for each in seconds)}; exponent {slope:.2f}"


def on_engines(
    measured: Callable[[EngineName, float], Coroutine[Any, Any, list[Ratio]]],
    words: Sequence[str] | None,
    about: str,
) -> list[Ratio]:
    """Measure on each engine that is asked for, print the table, and return its lines."""
    told = arguments(words, about)
    ratios = [ratio for name in told.engines for ratio in asyncio.run(measured(name, told.scale))]
    print(table(ratios))
    return ratios


def scaled(size: int, scale: float, *, least: int = LEAST_NODES) -> int:
    """Return a part of a promised size.

    Raises
    ------
    SystemExit
        When it is less than can be measured; it says so.
    """
    part = round(size * scale)
    if part < least:
        raise SystemExit(f"--scale {scale:g} makes {part} of {size:,}: at least {least} are needed")
    return part


def arguments(words: Sequence[str] | None, about: str) -> Namespace:
    """Return the arguments that every benchmark takes: its engines, and how large it is."""
    parser = ArgumentParser(description=about)
    parser.add_argument("--engine", choices=ENGINES, action="append", dest="engines")
    parser.add_argument("--scale", type=float, default=1.0, help="1 for the promised size")
    told = parser.parse_args(words)
    told.engines = told.engines or list(ENGINES)
    return told
