"""One report on two days, side by side: what was, what is, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from graph.analytics.result import ReportResult, Row
from graph.disclosure import SUPPRESSED

NAMES: Final = (
    "finding", "node", "other", "area", "kind", "aim", "level", "of", "said", "word", "term",
)  # fmt: skip
"""Columns that say what a row speaks of; all others are measured."""

EARLIER: Final = "_earlier"


def waves(earlier: ReportResult, later: ReportResult, *, days: Sequence[str]) -> ReportResult:
    """Return two answers of one report side by side.

    Parameters
    ----------
    earlier, later
        The answers of the two days, as far as whoever asks may know each of them.
    days
        Both days.

    Returns
    -------
    ReportResult
        Rows: what each row speaks of, `wave` (`both`, `entered`, `left`), every measure of the
        later day, and of the earlier one as `..._earlier`; null where a day has no such row. In
        the order of the later report, then who left. Summary: `figures` with their change, and
        the later report's table by area. Other tables stand in each day's own report.

    Notes
    -----
    O(rows). Under disclosure control each day is told as its own report tells it, so that both
    together say no more than the two reports do.
    """
    rows = beside(earlier.rows, later.rows)
    for row, wave in rows:
        row["wave"] = wave
    moved = Counter(wave for _, wave in rows)
    summary: Row = {
        "days": {"earlier": days[0], "later": days[1]},
        "counted_earlier": earlier.counted,
        "figures": figures(
            {**earlier.summary, "counted": earlier.counted},
            {**later.summary, "counted": later.counted},
        ),
    }
    untold = [name for name in ("counted",) if name in earlier.suppressed]
    if "disclosure" in later.conventions:
        summary[SUPPRESSED] = [f"{name}{EARLIER}" for name in untold]
    else:
        summary |= {wave: moved[wave] for wave in ("both", "entered", "left")}
    if "by_area" in later.summary:
        lines = beside(earlier.summary["by_area"], later.summary["by_area"])
        summary["by_area"] = [line for line, _ in lines]
    return ReportResult(
        waves_headline(earlier.headline, later.headline),
        summary,
        {
            **later.conventions,
            "days": f"The report of {days[0]} beside that of {days[1]}; every figure as the"
            " report of its day gives it, from what is known now.",
            "measures": {
                **later.conventions["measures"],
                "wave": "both: in the reports of both days. entered: only of the later. left: only"
                " of the earlier.",
                EARLIER: "The same measure on the earlier day.",
            },
        },
        later.counted,
        [row for row, _ in rows],
        truncated=earlier.truncated or later.truncated,
        suppressed=later.suppressed,
    )


def waves_headline(earlier: str, later: str) -> str:
    """Say both reports' sentences, one after the other."""
    return f"Before: {earlier} Now: {later}"


def beside(earlier: Sequence[Row], later: Sequence[Row]) -> list[tuple[Row, str]]:
    """Return rows that speak of the same thing as one, and where they stand.

    Notes
    -----
    Rows that cannot be told apart by `NAMES` are matched in their order.
    """
    before = dict(_named(earlier))
    now = dict(_named(later))
    columns = list(dict.fromkeys(name for row in (*later, *earlier) for name in row))
    measured = [name for name in columns if name not in {*NAMES, SUPPRESSED}]
    found: list[tuple[Row, str]] = []
    for name in [*now, *(name for name in before if name not in now)]:
        old, new = before.get(name), now.get(name)
        one = new if new is not None else cast("Row", old)
        row: Row = {column: one[column] for column in NAMES if column in one}
        for measure in measured:
            row[measure] = None if new is None else new.get(measure)
            row[f"{measure}{EARLIER}"] = None if old is None else old.get(measure)
        untold = [*_untold(new, ""), *_untold(old, EARLIER)]
        wave = "left" if new is None else "both" if old is not None else "entered"
        found.append(({**row, SUPPRESSED: untold} if untold else row, wave))
    return found


def figures(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[Row]:
    """Return the single figures of two summaries, and the change; null where one has none."""
    before, now = dict(_single(earlier)), dict(_single(later))
    lines: list[Row] = []
    for name in dict.fromkeys([*now, *before]):
        (old, hid_old), (new, hid_new) = before.get(name, _NONE), now.get(name, _NONE)
        change = None if old is None or new is None else new - old
        line: Row = {"figure": name, "earlier": old, "later": new, "change": change}
        untold = [
            column
            for column, hid in (("earlier", hid_old), ("later", hid_new),
                                ("change", hid_old or hid_new))
            if hid
        ]  # fmt: skip
        lines.append({**line, SUPPRESSED: untold} if untold else line)
    return lines


_NONE: Final = (None, False)


def _single(summary: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield figures by name, and whether they are not told; those of one level below included."""
    untold = summary.get(SUPPRESSED, ())
    for name, value in summary.items():
        if isinstance(value, Mapping):
            if not prefix:
                yield from _single(cast("Mapping[str, Any]", value), f"{name}: ")
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield f"{prefix}{name}", (value, name in untold)


def _named(rows: Sequence[Row]) -> Iterator[tuple[tuple[Any, ...], Row]]:
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        name = tuple(row.get(column) for column in NAMES)
        yield (*name, seen[name]), row
        seen[name] += 1


def _untold(row: Row | None, suffix: str) -> list[str]:
    return [] if row is None else [f"{name}{suffix}" for name in row.get(SUPPRESSED, ())]
