"""How a report that is made of counts is told to an analyst: small ones hidden, the rest rounded.

A report says what adds up in it (`lines`), which measures are made of which counts (`follows`) and
which rows speak of one person (`left_out`). The rest is the same for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

from graph.analytics.result import ReportResult, Row
from graph.analytics.suppression import BASE, Line, Name, hidden, rounded
from graph.disclosure import SUPPRESSED

SUMMARY = "summary"
ROWS = "rows"
_DIGITS = 3

Headline = Callable[[int | None, Row], str]


class Face(NamedTuple):
    """What must be known of a report to tell it without giving anybody away.

    A name is a place and a field: `(SUMMARY, "people")`, `(("by_area", 3), "people")` for the
    fourth line of a table in the summary, `((ROWS, 0), "given")` for the first row.

    Parameters
    ----------
    counted
        The field of the summary that says how many are counted.
    lines
        What adds up: each count is in two lines at most.
    follows
        Counts from which a measure or a flag can be worked out, in both ways.
    left_out
        Tells of a row whether it speaks of one person: it is not told at all.
    public
        Counts of the summary in which nobody is counted, such as that of areas.
    order
        Fields by which the rows stand, so that their order tells no count; none: as they stand.
    """

    counted: str
    lines: Callable[[ReportResult], list[Line]]
    follows: Callable[[ReportResult], Mapping[Name, Collection[Name]]]
    left_out: Callable[[Row], bool]
    public: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()


def told(face: Face, result: ReportResult, headline: Headline, *, smallest: int) -> ReportResult:
    """Return a report as an analyst is told it.

    Parameters
    ----------
    result
        The whole report: what is hidden must not depend on how many rows were asked for.
    headline
        Is said again from what is left.
    smallest
        Counts from 1 to below it are not told.

    Returns
    -------
    ReportResult
        What is not told is null, and named in `suppressed` beside it. Counts are rounded to
        `BASE`, measures to three digits.

    Notes
    -----
    O(f log f) for each figure that is hidden, f figures that add up together.
    """
    figures = {
        (place, name): value
        for place, fields in _places(result)
        for name, value in fields.items()
        if _is_count(value) and not (place == SUMMARY and name in face.public)
    }
    lines = face.lines(result)
    untold: set[Name] = set()
    for part, among in _apart(figures, lines):
        untold |= hidden(part, among, smallest)
    untold |= {
        name for name, counts in face.follows(result).items() if not untold.isdisjoint(counts)
    }

    def shown(place: Name, fields: Mapping[str, Any]) -> Row:
        row = {name: _shown(fields[name], (place, name), figures, untold) for name in fields}
        secret = [name for name in fields if (place, name) in untold]
        return {**row, SUPPRESSED: secret} if secret else row

    summary = shown(SUMMARY, {n: v for n, v in result.summary.items() if not _is_table(v)})
    for name, table in result.summary.items():
        if _is_table(table):
            summary[name] = [shown((name, at), line) for at, line in enumerate(table)]
    summary = {name: summary[name] for name in (*result.summary, SUPPRESSED) if name in summary}
    rows = [shown((ROWS, at), row) for at, row in enumerate(result.rows) if not face.left_out(row)]
    if face.order:
        rows.sort(key=lambda row: [(row[name] is None, row[name] or "") for name in face.order])
    counted = summary[face.counted]
    notes = [
        *(["counted"] if counted is None else []),
        *(["rows"] if len(rows) < len(result.rows) else []),
    ]
    return replace(
        result,
        headline=headline(counted, summary),
        summary=summary,
        conventions={**result.conventions, "disclosure": _says(smallest)},
        counted=counted,
        rows=rows,
        suppressed=notes,
    )


def table_lines(total: Name, parts: Sequence[Name]) -> list[Line]:
    """Return what adds up to a total, nothing where there is only the total."""
    return [Line(total, parts)] if parts else []


def of_nobody(row: Row) -> bool:
    """Tell that a row speaks of no single person, whatever it says."""
    del row
    return False


def of_a_person(row: Row) -> bool:
    """Tell whether a row speaks of a person."""
    return row["kind"] == "person"


def _says(smallest: int) -> str:
    return (
        f"Counts from 1 to {smallest - 1}, and what would give them away, are not told; others are"
        f" rounded to {BASE}, measures to {_DIGITS} digits. Rows of single people are left out."
    )


def _places(result: ReportResult) -> Iterator[tuple[Name, Row]]:
    yield SUMMARY, result.summary
    for name, value in result.summary.items():
        if _is_table(value):
            for at, line in enumerate(cast("Sequence[Row]", value)):
                yield (name, at), line
    for at, row in enumerate(result.rows):
        yield (ROWS, at), row


def _is_table(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any, name: Name, figures: Mapping[Name, int], untold: Collection[Name]) -> Any:
    if name in untold:
        return None
    if name in figures:
        return rounded(value)
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _apart(
    figures: Mapping[Name, int], lines: Sequence[Line]
) -> Iterator[tuple[dict[Name, int], list[Line]]]:
    """Return the figures and lines in parts that have nothing to do with each other."""
    of_name: dict[Name, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for name in (line.total, *line.parts):
            of_name[name].append(at)
    yield {name: count for name, count in figures.items() if name not in of_name}, []
    left = set(range(len(lines)))
    while left:
        found, ahead = set[int](), [left.pop()]
        while ahead:
            at = ahead.pop()
            found.add(at)
            for name in (lines[at].total, *lines[at].parts):
                ahead += [other for other in of_name[name] if other in left]
                left.difference_update(of_name[name])
        among = [lines[at] for at in sorted(found)]
        names = dict.fromkeys(name for line in among for name in (line.total, *line.parts))
        yield {name: figures[name] for name in names}, among
