"""NDJSON: one node or one tie a line, in any order.

Lines end in LF or CRLF, blank ones are passed over, a byte order mark before the first is too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from graph.errors import Fault, Unreadable
from graph.exchange.rows import LONGEST_TEXT, Row, row_of
from graph.strict_json import parse

LONGEST_LINE: Final = 1 << 20
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_SKIPPED_AT_ONCE: Final = 1 << 16


def read_ndjson(stream: BinaryIO, *, longest_line: int = LONGEST_LINE) -> Iterator[Row]:
    """Yield the rows of a stream, faulty ones too.

    Parameters
    ----------
    stream
        Read forward once, by `readline`.
    longest_line
        In bytes. A longer line is a faulty row; what is beyond the bound is skipped unkept.

    Notes
    -----
    Memory is that of one line, however long the stream and its lines are.
    """
    number = 0
    while line := stream.readline(longest_line + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) > longest_line and not line.endswith(b"\n"):
            _skip_line(stream)
            fault = Fault("", f"a line must have {longest_line} bytes or fewer")
            yield Row(number, _shown(line), faults=(fault,))
        elif not line.isspace() and line:
            yield _row(number, line)


def ndjson_line(record: Mapping[str, Any]) -> bytes:
    """Return the line of a record that holds JSON values only.

    Fields that are null have to be in the record if reading it is to clear them: absent ones are
    kept.

    Raises
    ------
    ValueError
        For a number that JSON cannot write.
    """
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"{text}\n".encode()


def _row(number: int, line: bytes) -> Row:
    try:
        return row_of(number, _shown(line), parse(line))
    except Unreadable as error:
        return Row(number, _shown(line), faults=error.faults)


def _shown(line: bytes) -> str:
    # A character has four bytes at most.
    return line[: 4 * LONGEST_TEXT].decode("utf-8", "replace").rstrip("\r\n")[:LONGEST_TEXT]


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(_SKIPPED_AT_ONCE)) and not rest.endswith(b"\n"):
        pass
