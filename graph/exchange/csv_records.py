"""CSV as RFC 4180 means it, cell by cell: what a record says, where it begins, how it came.

UTF-8, with a byte order mark or without; lines end in CRLF or LF; quoted cells may hold both.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import BinaryIO, Final

from graph.exchange.ndjson import BYTE_ORDER_MARK

LONGEST_RECORD: Final = 1 << 20
_SKIPPED_AT_ONCE: Final = 1 << 16
_NO_UTF8: Final = re.compile("[\ud800-\udfff]")

# The library's own bound is lower than what a valid record may need. It is one for the process.
csv.field_size_limit(2 * LONGEST_RECORD)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line, from 1, its text as it came, and its cells or what is wrong."""

    line: int
    text: str
    cells: list[str]
    wrong: str | None = None


class _TooLong(Exception):
    """A record has more bytes than are kept."""


class _Lines:
    """The lines of a stream for `csv.reader`, which asks for as many as a record has."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._number = 0
        self._quotes = 0
        self._size = 0
        self._within_line = False
        self._parts: list[str] = []
        self.first = 1

    def begin(self) -> None:
        """Say that the next line belongs to another record."""
        self._quotes = self._size = 0
        self._parts = []
        self.first = self._number + 1

    def text(self) -> str:
        """Return what was read of the record."""
        return "".join(self._parts)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._longest - self._size + 1)
        if not line:
            raise StopIteration
        self._count(line)
        if self._number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        # Half surrogate pairs stand for bytes that are no UTF-8: no text that is has any.
        read = line.decode("utf-8", "surrogateescape")
        self._parts.append(read)
        if self._size > self._longest:
            self._skip(line)
            raise _TooLong
        return read

    def _count(self, line: bytes) -> None:
        self._number += not self._within_line
        self._within_line = not line.endswith(b"\n")
        self._size += len(line)
        self._quotes += line.count(b'"')

    def _skip(self, line: bytes) -> None:
        """Read on to the end of the record: of a line on which every quote is closed."""
        while line and (self._within_line or self._quotes % 2):
            line = self._stream.readline(_SKIPPED_AT_ONCE)
            if line:
                self._count(line)


def read_records(stream: BinaryIO, *, longest: int = LONGEST_RECORD) -> Iterator[Record]:
    """Yield the records of a stream, the header too, those that cannot be read with the reason.

    Parameters
    ----------
    stream
        Read forward once, by `readline`.
    longest
        In bytes. What a longer record has beyond is skipped unkept.
    """
    lines = _Lines(stream, longest)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        cells: list[str] = []
        wrong = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooLong:
            wrong = f"a row must have {longest} bytes or fewer; is a quote left open?"
        except csv.Error as error:
            wrong = f"not CSV: {error}"
        text = lines.text().rstrip("\r\n")
        if not text.isascii() and _NO_UTF8.search(text):
            text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            wrong = wrong or "not UTF-8: some bytes belong to no character"
        if text or wrong:
            yield Record(lines.first, text, cells, wrong)


def record_line(cells: list[str]) -> bytes:
    """Return the bytes of a record, ending in CRLF."""
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()
