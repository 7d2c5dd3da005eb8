"""Where the chains lie: a file of JSON lines a chain a day (UTC), and one of its heads."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from graph.audit.chain import Link, NoLink, parsed
from graph.audit.signing import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_BLOCK_BYTES: Final = 1 << 16
ItemT = TypeVar("ItemT", Link, Head)


class Place(NamedTuple):
    """Where something stands in the whole audit; places sort as the files are read."""

    day: str = ""
    chain: str = ""
    sequence: int = 0


def entries_file(folder: Path, day: str, chain: str) -> Path:
    """Return where a chain's entries of a day stand."""
    return folder / f"{day}.{chain}.jsonl"


def heads_file(folder: Path, day: str, chain: str) -> Path:
    """Return where a chain's heads of a day stand."""
    return folder / f"{day}.{chain}.heads.jsonl"


def entries_files(folder: Path) -> list[Path]:
    """Return the files of entries, by day and chain."""
    return sorted(f for f in folder.glob("*.jsonl") if not f.name.endswith(".heads.jsonl"))


def heads_files(folder: Path) -> list[Path]:
    """Return the files of heads, by day and chain."""
    return sorted(folder.glob("*.heads.jsonl"))


def day_of(file: Path) -> str:
    """Return the day of a file."""
    return file.name.split(".")[0]


def chain_of(file: Path) -> str:
    """Return the chain of a file."""
    return file.name.split(".")[1]


def files_of_chains(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each chain, in the order of their days."""
    found: dict[str, list[Path]] = {}
    for file in entries_files(folder):
        found.setdefault(chain_of(file), []).append(file)
    return found


def whole_lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file that were written to their end."""
    with file.open("rb") as opened:
        for raw in opened:
            if raw.endswith(b"\n"):
                yield raw


def links(files: Iterable[Path]) -> Iterator[Link]:
    """Yield the links of files; what is none is left to the verification."""
    for file in files:
        for raw in whole_lines(file):
            with suppress(NoLink):
                yield parsed(raw)


def heads(folder: Path) -> Iterator[Head]:
    """Yield all heads; what is none is left out, and is missed by the verification."""
    for file in heads_files(folder):
        for raw in whole_lines(file):
            with suppress(ValueError):
                yield Head.parsed(raw)


def first_link(files: list[Path]) -> Link | None:
    """Return the first link of a chain, if it can be read."""
    return next(links(files), None)


def last_link(files: list[Path]) -> Link | None:
    """Return the last link of a chain that was written to its end, from the end of its files."""
    for file in reversed(files):
        with suppress(NoLink):
            return parsed(_last_whole_line(file))
    return None


def page(
    files: list[Path],
    read: Callable[[bytes], ItemT],
    *,
    after: Place,
    limit: int,
    wanted: Callable[[ItemT], bool],
) -> list[tuple[Place, ItemT]]:
    """Return at most `limit` of what stands in some files, after a place, in order."""
    found: list[tuple[Place, ItemT]] = []
    for file in files:
        day, chain = day_of(file), chain_of(file)
        if (day, chain) < after[:2]:
            continue
        for raw in whole_lines(file):
            try:
                item = read(raw)
            except ValueError:
                continue
            place = Place(day, chain, item.sequence)
            if place > after and wanted(item):
                found.append((place, item))
                if len(found) == limit:
                    return found
    return found


def append(file: Path, content: bytes) -> None:
    """Write at the end of a file, for its owner only; return when it would survive a power cut."""
    new = not file.exists()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        written = 0
        while written < len(content):
            written += os.write(descriptor, content[written:])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        sync_folder(file.parent)


def replace(file: Path, content: Iterable[bytes]) -> None:
    """Write a file anew, whole or not at all."""
    draft = file.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.writelines(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_whole_line(file: Path) -> bytes:
    """Return the last line that was written to its end, reading no more than is needed."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        reach = _BLOCK_BYTES
        while True:
            opened.seek(max(0, size - reach))
            tail = opened.read()
            end = tail.rfind(b"\n")
            start = tail.rfind(b"\n", 0, end) if end > 0 else -1
            if start >= 0 or reach >= size:
                return tail[start + 1 : end + 1]
            reach *= 4
