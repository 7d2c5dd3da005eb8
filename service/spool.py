"""Uploads on their way in: a private file, then its rows in the order in which they are written."""

from __future__ import annotations

import asyncio
import os
import pickle
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, Literal

from graph.exchange.csv_rows import read_csv
from graph.exchange.mapping import ForeignMapping
from graph.exchange.ndjson import read_ndjson
from graph.exchange.repeats import refuse_repeats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator
    from threading import Event

    from graph.exchange.columns import Table
    from graph.exchange.rows import Row

Part = Literal["faulty", "stewards", "groups", "others", "ties"]
WRITTEN: Final[tuple[Part, ...]] = ("stewards", "groups", "others", "ties")
"""Groups come first, since they are the stewards of others: before all, those without a steward.

Ties come last, since they need ends.
"""


@dataclass(frozen=True, slots=True)
class Upload:
    """How a file is to be read."""

    format: Literal["ndjson", "csv"]
    what: Table | None = None
    mapping: dict[str, Any] | None = None

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """Return the rows of a file, faulty ones too.

        Raises
        ------
        Unreadable
            When a CSV file has no header that can be read.
        """
        if self.format == "ndjson":
            return read_ndjson(file)
        mapping = None if self.mapping is None else ForeignMapping.model_validate(self.mapping)
        return read_csv(file, what=self.what, mapping=mapping)


def sweep(folder: Path, *, keep: Collection[str]) -> None:
    """Remove what a process that was killed left behind, but the files of some jobs."""
    for file in folder.glob("*"):
        if file.name.partition(".")[0] not in keep:
            file.unlink(missing_ok=True)


class Spool:
    """The files of one job, in a private folder; gone when the job has ended.

    Parameters
    ----------
    folder
        Where jobs keep their files.
    job_id
        Names this one's.
    """

    def __init__(self, folder: Path, job_id: str) -> None:
        self._folder = folder
        self._job_id = job_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def upload(self) -> Path:
        """The file as it came."""
        return self._folder / f"{self._job_id}.upload"

    async def take(self, chunks: AsyncIterator[bytes]) -> int:
        """Write an upload as it comes; return its bytes."""
        size = 0
        descriptor = os.open(self.upload, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            async for chunk in chunks:
                file.write(chunk)
                size += len(chunk)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        return size

    def sort(self, upload: Upload, abandoned: Event) -> dict[Part, int]:
        """Sort the rows of the upload by when they are written; return how many there are of each.

        Parameters
        ----------
        upload
            How the file is to be read.
        abandoned
            Once it is set, nobody waits for the rest: it is left.

        Raises
        ------
        Unreadable
            When the file as a whole cannot be read.

        Notes
        -----
        Memory is that of one row, and one MiB for finding ids that come twice.
        """
        counts: dict[Part, int] = dict.fromkeys(("faulty", *WRITTEN), 0)
        with ExitStack() as files, self.upload.open("rb") as file:
            out = {part: files.enter_context(self._part(part).open("wb")) for part in counts}
            for row in refuse_repeats(upload.rows(file), folder=self._folder):
                part = _part_of(row)
                pickle.dump(row, out[part], protocol=pickle.HIGHEST_PROTOCOL)
                counts[part] += 1
                if abandoned.is_set():
                    break
        return counts

    def batches(self, part: Part, *, size: int, skip: int = 0) -> Iterator[list[Row]]:
        """Yield the sorted rows of a part, after those that are skipped."""
        with self._part(part).open("rb") as file:
            rows = islice(_unpickled(file), skip, None)
            while batch := list(islice(rows, size)):
                yield batch

    def clear(self) -> None:
        """Remove every file of the job."""
        for file in self._folder.glob(f"{self._job_id}.*"):
            file.unlink(missing_ok=True)

    def _part(self, part: Part) -> Path:
        return self._folder / f"{self._job_id}.{part}"


def _part_of(row: Row) -> Part:
    if row.faults:
        return "faulty"
    if row.node is None:
        return "ties"
    if row.node.get("kind") not in ("association", "agency"):
        return "others"
    return "groups" if row.node.get("steward") else "stewards"


def _unpickled(file: IO[bytes]) -> Iterator[Row]:
    # Only this service writes these files, in a folder that is its own.
    while True:
        try:
            yield pickle.load(file)  # noqa: S301 - see above
        except EOFError:
            return
