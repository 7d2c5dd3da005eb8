"""A report as an analyst is told it: small counts suppressed, the rest rounded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, cast

from graph.analytics.isolation import STATUSES
from graph.analytics.result import ReportResult, Row
from graph.analytics.support import LACKING
from graph.analytics.suppression import BASE, Line, Name, hidden, rounded
from graph.disclosure import SUPPRESSED
from graph.nodes import KINDS

Headline = Callable[[int | None, Row], str]
"""Says a report's sentence from what is counted and from its summary."""

_DIGITS: Final = 3
_OF_AREAS: Final = frozenset({"areas", "area_without_association"})
"""Counts of areas, which are published: nobody is counted in them."""

_STRUCTURE: Final = frozenset({"cut_point"})
_OF_PEOPLE: Final = frozenset({"isolation", "fracture", "support"})
"""Reports whose rows list what their figures count: they are told without rows."""

_TWINS: Final = {"isolation": "people", "support": "people", "unused": "assets"}
"""What is the same as `counted`."""

_FOLLOWS_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "density": ("ties", "counted"),
    "fragmentation": ("components", "largest_component", "isolates", "counted"),
    "natural_share": ("natural_ties", "paid_ties"),
    "agency_share_of_ways": ("ways_by_person", "ways_by_association", "ways_by_agency"),
}
"""Shares that would give away the counts that they are made of."""

_ALSO_COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    "isolation": ("unnoticed", "natural_unnoticed"),
    "support": (*LACKING, "more_natural", "less_natural"),
}
"""Further counts of the people of a report, which are told of the whole only."""

_MEANS: Final = ("mean_hops_to_association", "natural_mean_hops_to_association")
_MAPPED: Final = tuple(status for status in STATUSES if status != "unmapped")
_WHOLE: Final = "summary"
_BY_AREA: Final = "by_area"
_CHANGE: Final = "change"
"""Differences of figures that are told rounded, each on its own."""


def disclosed(
    kind: str, result: ReportResult, headline: Headline, *, people: Collection[str], smallest: int
) -> ReportResult:
    """Return a report with its counts suppressed or rounded, and its measures to three digits.

    Parameters
    ----------
    headline
        Is said again from what is left.
    people
        The ids of those nodes that are people.
    smallest
        Counts from 1 to below it are not told.

    Returns
    -------
    ReportResult
        What is not told is null, and named in `suppressed` beside it. The rows of `_OF_PEOPLE` are
        left out, since they list what is counted; those of people wherever fewer than `smallest`
        of them are counted. Bridges and cut points are left out: they are single ties, and single
        nodes; so are all tables of a summary but the one by area. `kind` is said in each row of a
        node.
    """
    figures = _figures(result)
    lines = _lines(kind, result)
    untold = hidden(figures, [line for line in lines if line.parts], smallest)
    untold |= _too_near(kind, result.summary, smallest)
    if (_WHOLE, "counted") in figures and kind in _TWINS:
        twin = (_WHOLE, _TWINS[kind])
        untold |= {(_WHOLE, "counted")} if twin in untold else set()

    def told(place: Name, fields: Mapping[str, Any]) -> Row:
        return _told(place, fields, untold)

    summary = told(_WHOLE, result.summary)
    for name, part in result.summary.items():
        if isinstance(part, Mapping):
            summary[name] = told(name, cast("Mapping[str, Any]", part))
        elif name == _BY_AREA:
            summary[name] = [told((name, at), line) for at, line in enumerate(part)]
        if name == "earlier":
            _hide_what_follows(name, summary[name], untold)
    _hide_what_follows(_WHOLE, summary, untold)
    rows, left_out = _rows(kind, result, set(people), smallest)
    whole = told(_WHOLE, {"counted": result.counted})
    notes = [*whole.get(SUPPRESSED, ()), *(["rows"] if left_out else ())]
    return ReportResult(
        headline(whole["counted"], summary),
        summary,
        {**result.conventions, "disclosure": _says(smallest)},
        whole["counted"],
        rows,
        truncated=result.truncated,
        suppressed=notes,
        labels=result.labels,
    )


def _hide_what_follows(place: Name, fields: Row, untold: Collection[Name]) -> None:
    for name, counts in _FOLLOWS_FROM.items():
        if name in fields and {(place, count) for count in counts} & set(untold):
            fields[name] = None
            fields[SUPPRESSED] = [*fields.get(SUPPRESSED, ()), name]


def _too_near(kind: str, summary: Row, smallest: int) -> set[Name]:
    """Return further counts of the same people that differ from another by too few to be told."""
    also = [name for name in _ALSO_COUNTED.get(kind, ()) if name in summary]
    if not also:
        return set()
    untold: set[Name] = {
        ((_BY_AREA, at), name)
        for at, _ in enumerate(summary[_BY_AREA])
        for name in (*also, *_MEANS)
    }
    cut_off = [summary[status] for status in ("isolated", "paid_only") if status in summary]
    known = [0, summary["people"], summary["mapped"], *cut_off, sum(cut_off)]
    for name in also:
        if any(0 < abs(summary[name] - count) < smallest for count in known):
            untold.add((_WHOLE, name))
        else:
            known.append(summary[name])
    return untold


def _says(smallest: int) -> str:
    return (
        f"Counts from 1 to {smallest - 1}, and what would give them away, are not told; others are"
        f" rounded to {BASE}, measures to {_DIGITS} digits. People have pseudonyms."
    )


def _figures(result: ReportResult) -> dict[Name, int]:
    """Return every count of a summary by its place and name."""
    parts: dict[Name, Mapping[str, Any]] = {
        _WHOLE: {**result.summary, "counted": result.counted},
        **{name: part for name, part in result.summary.items() if isinstance(part, Mapping)},
    }
    for at, line in enumerate(result.summary.get("by_area", ())):
        parts["by_area", at] = line
    return {
        (place, name): count
        for place, fields in parts.items()
        for name, count in fields.items()
        if _is_count(name, count)
    }


def _is_count(name: str, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and name not in _OF_AREAS


def _lines(kind: str, result: ReportResult) -> list[Line]:
    """Return what adds up in a report; who is in two areas is counted in each, and covers less."""
    if kind in ("brokers", "centrality", "fracture"):
        return [Line((_WHOLE, "counted"), [("nodes", name) for name in KINDS])]
    if kind not in ("isolation", "support"):
        return []
    areas: list[Name] = [("by_area", at) for at in range(len(result.summary["by_area"]))]
    lines: list[Line] = []
    for place in (*areas, _WHOLE):
        if kind == "isolation":
            lines.append(Line((place, "mapped"), [(place, name) for name in _MAPPED]))
        lines.append(Line((place, "people"), [(place, "mapped"), (place, "unmapped")]))
    # `mapped` by area follows from these.
    lines += [
        Line((_WHOLE, name), [(place, name) for place in areas])
        for name in ((*STATUSES, "people") if kind == "isolation" else ("mapped", "unmapped"))
    ]
    return lines


def _told(place: Name, fields: Mapping[str, Any], untold: Collection[Name]) -> Row:
    row: Row = {}
    secret: list[str] = []
    for name, value in fields.items():
        if (place, name) in untold or place == _CHANGE or _is_table(name, value):
            row[name] = None
            secret.append(name)
        elif _is_count(name, value):
            row[name] = rounded(value)
        else:
            row[name] = _digits(value)
    return {**row, SUPPRESSED: secret} if secret else row


def _is_table(name: str, value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and name != _BY_AREA


def _digits(value: Any) -> Any:
    """Return a measure to three significant digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return type(value)(float(f"{value:.{_DIGITS}g}"))


def _rows(
    kind: str, result: ReportResult, people: set[str], smallest: int
) -> tuple[list[Row], bool]:
    """Return the rows that are told, and whether some are left out."""
    if kind in _OF_PEOPLE:
        return [], bool(result.rows)
    if kind == "unused":
        return _findings(result.rows, smallest), False
    few = 0 < result.summary["nodes"]["person"] < smallest
    rows: list[Row] = []
    for row in result.rows:
        of_person = row["node"] in people
        if of_person and few:
            continue
        secret = sorted(_STRUCTURE & row.keys())
        measures = {name: None if name in secret else _digits(row[name]) for name in row}
        note = {SUPPRESSED: secret} if secret else {}
        rows.append({**measures, "kind": "person" if of_person else "group", **note})
    return rows, len(rows) < len(result.rows)


def _findings(rows: list[Row], smallest: int) -> list[Row]:
    """Return findings with their counts suppressed, in an order that does not tell them."""
    found: list[Row] = []
    for at, row in enumerate(rows):
        counts: dict[Name, int] = {
            (at, name): row[name] for name in ("offers", "wants") if row[name] is not None
        }
        found.append(_told(at, row, hidden(counts, [], smallest)))
    place = {finding: at for at, finding in enumerate(dict.fromkeys(r["finding"] for r in rows))}
    found.sort(
        key=lambda row: (
            place[row["finding"]],
            -(row["offers"] or 0) - (row["wants"] or 0),
            row["node"] or row["area"] or "",
            row["term"] or "",
        )
    )
    return found
