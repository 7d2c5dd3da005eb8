"""What a report is asked with, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from graph.analytics.figures import Figure
from graph.analytics.projection import MEANING, Indices, Projection
from graph.analytics.questions import Parameters
from graph.nodes import KINDS

_DIGITS: Final = 12
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})

WHOLE: Final = (
    "Everything that is on the map: people, associations, agencies, assets and their ties."
)

Row = dict[str, Any]
Column = Sequence[Any] | NDArray[Any]

Library = Literal["wholemap", "networkx", "networkit"]
"""Distributions whose versions a result can name."""


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report's answer.

    Parameters
    ----------
    headline
        One sentence for somebody who never heard of networks.
    summary
        Figures of the whole.
    conventions
        What a reader must know to check a number.
    counted
        Number of nodes that the report speaks of.
    rows
        One line a node or finding, in a fixed order.
    truncated
        Whether rows were left out.
    suppressed
        Which of these are not told, or not wholly (`graph.analytics.disclosed`).
    labels
        The community of every node of the day, shape (nodes,), whatever rows are told; 0 where it
        is in none. Kept for a later run, never shown.
    """

    headline: str
    summary: Row
    conventions: Row
    counted: int
    rows: list[Row]
    truncated: bool
    suppressed: Sequence[str] = ()
    labels: NDArray[np.int32] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as it goes over the wire."""
        return {
            "headline": self.headline,
            "summary": self.summary,
            "conventions": self.conventions,
            "counted": self.counted,
            "rows": self.rows,
            "truncated": self.truncated,
            **({"suppressed": list(self.suppressed)} if self.suppressed else {}),
        }


def cut(result: ReportResult, limit: int) -> ReportResult:
    """Return a report with its first rows only, where it has more."""
    if len(result.rows) <= limit:
        return result
    return replace(result, rows=result.rows[:limit], truncated=True)


def finite(value: Any) -> Any:
    """Return a JSON value with its numbers to 12 significant digits.

    Raises
    ------
    ArithmeticError
        When a number is NaN or infinite: JSON has neither, and null says it better.
    """
    # Asked of each cell of a million rows: what most cells are comes first.
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ArithmeticError(f"{value} is not a number that a report may give")
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, Mapping):
        held = cast("Mapping[str, Any]", value)
        if _AS_THEY_ARE.issuperset(map(type, held.values())):
            return dict(held)
        return {key: finite(item) for key, item in held.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [finite(item) for item in cast("Sequence[Any]", value)]
    return value


def table(columns: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Return columns of equal length as rows, their numbers finite."""
    names = list(columns)
    return [
        finite(dict(zip(names, cells, strict=True)))
        for cells in zip(*columns.values(), strict=True)
    ]


def taken(columns: Mapping[str, Column], places: Indices) -> list[Row]:
    """Return some rows of columns of equal length, in the order given, their numbers finite."""
    return table(
        {
            name: column[places].tolist()
            if isinstance(column, np.ndarray)
            else [column[place] for place in places.tolist()]
            for name, column in columns.items()
        }
    )


def ranked(columns: Mapping[str, Column], measure: str, most: int) -> list[Row]:
    """Return the first rows by a measure, the highest first, null last, then as they stand.

    Notes
    -----
    Rows are made of what is returned alone: a million of them take a gigabyte.
    """
    scores = columns[measure]
    told = (math.nan if score is None else finite(score) for score in scores)
    found = np.fromiter(told, np.float64, len(scores))
    return taken(columns, np.argsort(-found, kind="stable")[:most])


def least(values: NDArray[np.integer[Any]], most: int) -> NDArray[np.int64]:
    """Return the places of the least values, at most so many, of equals the first; in their order.

    Values are 0 or more. O(n + v + k log k) for a greatest value v and k values that are no
    greater than the last of those returned.
    """
    places = np.arange(len(values))
    if len(values) > most:
        last = np.searchsorted(np.cumsum(np.bincount(values)), most)
        places = np.flatnonzero(values <= last)
    return places[np.argsort(values[places], kind="stable")][:most]


def by_kind(projection: Projection) -> dict[str, int]:
    """Count the nodes of a projection by kind, kinds without a node included."""
    codes = projection.kinds.tolist()
    return {kind: codes.count(code) for code, kind in enumerate(KINDS)}


def figures_with_reasons(figures: Mapping[str, Figure]) -> Row:
    """Return figures of the whole by name, and under `reasons` why some are null."""
    reasons = {name: figure.reason for name, figure in figures.items() if figure.reason}
    values: Row = {name: figure.value for name, figure in figures.items()}
    return {**values, "reasons": reasons} if reasons else values


def how_many(count: int | None, one: str, many: str) -> str:
    """Return a count with its noun: `1 person`, `1,200 people`; `some people` if it is not told."""
    if count is None:
        return f"some {many}"
    return f"{count:,} {one if count == 1 else many}"


def number(count: int | None) -> str:
    """Return a count as it is read, `some` if it is not told."""
    return "some" if count is None else f"{count:,}"


def conventions(
    parameters: Parameters,
    *,
    directed: bool,
    scope: str,
    isolates: str,
    measures: Mapping[str, str],
    library: Library = "wholemap",
) -> Row:
    """Return what a reader must know to check a number of this report.

    `library` computed what is not counted from the arrays of the network.
    """
    return {
        "projection": parameters.projection,
        "projection_means": WHOLE
        if parameters.projection == "whole"
        else MEANING[parameters.projection],
        "weights": parameters.weights,
        "weights_mean": (
            "Every tie counts alike; parallel ties are one."
            if parameters.weights == "none"
            else "Parallel ties are one of strength 1 - prod(1 - p); 0.5 where nobody said;"
            " the distance is -log(strength)."
        ),
        "normalised": parameters.normalised,
        "direction": "directed" if directed else "undirected",
        "areas": parameters.areas,
        "scope": scope,
        "who_counts": "Nodes on the map and ties valid on the day asked for, as far as the caller"
        " may see them; stressful ties too.",
        "isolates": isolates,
        "measures": dict(measures),
        "exact": True,
        "library": library,
        "library_version": version(library),
    }
