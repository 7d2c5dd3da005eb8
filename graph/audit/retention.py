"""Retention: an entry goes when its time is over, and its hash stays, so that its chain closes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from graph.audit.chain import Link, NoLink, line, parsed
from graph.audit.entries import instant
from graph.audit.files import (
    day_of,
    entries_files,
    heads_files,
    links,
    replace,
    whole_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path


def limits(days: Mapping[str, int], now: datetime) -> dict[str, str]:
    """Return for each class the time before which its entries go.

    Parameters
    ----------
    days
        How long each class is kept. A class that is not named is kept for good.
    """
    return {class_: instant(now - timedelta(days=kept)) for class_, kept in days.items()}


def is_over(link: Link, before: Mapping[str, str]) -> bool:
    """Tell whether the time of an entry that is still there is over."""
    return link.entry is not None and link.at < before.get(link.class_, "")


def overdue(folder: Path, before: Mapping[str, str]) -> dict[str, int]:
    """Count by class the entries whose time is over; nothing is changed."""
    counts: dict[str, int] = {}
    for file in _old_enough(entries_files(folder), before):
        for link in links([file]):
            if is_over(link, before):
                counts[link.class_] = counts.get(link.class_, 0) + 1
    return counts


def drop(folder: Path, before: Mapping[str, str]) -> None:
    """Drop the entries whose time is over; of old heads, the last of its day is kept.

    Parameters
    ----------
    before
        As `limits` gives it; it must have been announced in a chain, or the verification takes
        what is missing for removed.

    Notes
    -----
    No time before which something goes is today, so that the file being written is not touched.
    """
    for file in _old_enough(entries_files(folder), before):
        if any(is_over(link, before) for link in links([file])):
            replace(file, _left(file, before))
    for file in _old_enough(heads_files(folder), {"audit": before.get("audit", "")}):
        if len(lines := list(whole_lines(file))) > 1:
            replace(file, lines[-1:])


def _left(file: Path, before: Mapping[str, str]) -> Iterator[bytes]:
    with file.open("rb") as opened:
        for raw in opened:
            try:
                link = parsed(raw)
            except NoLink:
                # What is wrong with it is the verification's to say.
                yield raw
                continue
            yield line(link._replace(entry=None)) if is_over(link, before) else raw


def _old_enough(files: list[Path], before: Mapping[str, str]) -> list[Path]:
    latest = max(before.values(), default="")[:10]
    return [file for file in files if day_of(file) <= latest]
