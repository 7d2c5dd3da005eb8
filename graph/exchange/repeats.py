"""One record, one row: what a file says twice is said to be wrong, with the first line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from graph.errors import Fault
from graph.exchange.rows import Row

_CACHE_KIB: Final = 2048


def refuse_repeats(rows: Iterable[Row], *, folder: Path | None = None) -> Iterator[Row]:
    """Yield the rows, those with an id that an earlier row has as faulty.

    Ids are those of nodes, those of ties within their type, and foreign ids of nodes. Rows that
    append to a record may be many for one record. A tie without an id is none: saying it twice
    is saying it once.

    Parameters
    ----------
    rows
        In the order of the file.
    folder
        Where a temporary file is kept while rows are read; None: where the system keeps such.

    Notes
    -----
    The file holds 64 bits for each id, Python's own hash of it, and a line number; memory holds a
    cache of 2 MiB of it: a million rows cost no more than a thousand. Two of a million ids have
    the same hash by chance in one file of 37 million.
    """
    with (
        NamedTemporaryFile(dir=folder, prefix="ids-", suffix=".sqlite") as file,
        closing(_opened(file.name)) as seen,
    ):
        for row in rows:
            faults = () if row.append else tuple(_repeats(seen, row))
            yield Row(row.line, row.text, faults=faults) if faults else row


def _opened(name: str) -> sqlite3.Connection:
    # An importer may go on in another thread than it began in, but is never in two at once.
    seen = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    # Nothing here is to outlive a crash.
    seen.execute("PRAGMA journal_mode = OFF")
    seen.execute("PRAGMA synchronous = OFF")
    seen.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    seen.execute("CREATE TABLE seen (hash INTEGER PRIMARY KEY, line INTEGER NOT NULL)")
    seen.execute("BEGIN")
    return seen


def _repeats(seen: sqlite3.Connection, row: Row) -> Iterator[Fault]:
    for where, identity in _identities(row):
        key = hash(identity)
        added = seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, row.line))
        if added.rowcount == 0:
            (first,) = seen.execute("SELECT line FROM seen WHERE hash = ?", (key,)).fetchone()
            yield Fault(where, f"line {first} has the same")


def _identities(row: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
    if row.node is not None:
        given = row.node.get("id")
        if given is not None:
            # A person's id is a UUID, which the models write in lower case.
            yield "/id", ("node", given.lower() if row.node["kind"] == "person" else given)
        source = row.node.get("source")
        if source is not None:
            yield "/source", ("source", source["system"], source["type"], source["id"])
    elif row.tie is not None and row.tie.get("id") is not None:
        yield "/id", (row.tie["type"], row.tie["id"])
