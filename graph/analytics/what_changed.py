"""What changed from one answer of a report to the next: rows, and the figures of its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

MOST_ROWS: Final = 1_000
"""More rows than this are counted, and not listed."""

_FINDINGS: Final = frozenset({"status", "reason", "name", "suppressed"})
"""Texts of a row that say what was found, not of whom."""

_Key = tuple[tuple[str, Any], ...]
_Row = Mapping[str, Any]


def what_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is new, gone or other in an answer, measured by an earlier one.

    Parameters
    ----------
    before, after
        Two results of one question, as the reader may see them.

    Returns
    -------
    dict
        `summary`: figures that differ, each with its value before and after; null where there was
        none. `appeared` and `left`: rows of the one that are not in the other; `changed`: rows of
        both with the fields that differ. `counts` of these three. At most `MOST_ROWS` of each.

    Notes
    -----
    A row is the same if all that it says in words is, but for what was found of it. Rows that say
    the same in words are told apart by their order. O(n).
    """
    earlier, later = _by_key(before["rows"]), _by_key(after["rows"])
    appeared = [row for key, row in later.items() if key not in earlier]
    left = [row for key, row in earlier.items() if key not in later]
    changed = [
        {**dict(key[:-1]), "changed": fields}
        for key, row in later.items()
        if key in earlier and (fields := _differing(earlier[key], row))
    ]
    return {
        "summary": _differing(_figures(before["summary"]), _figures(after["summary"])),
        "counts": {"appeared": len(appeared), "left": len(left), "changed": len(changed)},
        "appeared": appeared[:MOST_ROWS],
        "left": left[:MOST_ROWS],
        "changed": changed[:MOST_ROWS],
    }


def _by_key(rows: Iterable[_Row]) -> dict[_Key, _Row]:
    found: dict[_Key, _Row] = {}
    met: Counter[_Key] = Counter()
    for row in rows:
        words = tuple(
            (name, value)
            for name, value in sorted(row.items())
            if isinstance(value, str) and name not in _FINDINGS
        )
        found[(*words, ("", met[words]))] = row
        met[words] += 1
    return found


def _differing(before: _Row, after: _Row) -> dict[str, dict[str, Any]]:
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def _figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single figures of a summary, nested ones by their path."""
    found: dict[str, Any] = {}
    for name, value in summary.items():
        if isinstance(value, Mapping):
            parts = cast("Mapping[str, Any]", value)
            found |= {f"{name}.{part}": figure for part, figure in _figures(parts).items()}
        elif not isinstance(value, list):
            found[name] = value
    return found
