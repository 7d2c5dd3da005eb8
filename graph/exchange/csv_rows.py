"""CSV files of nodes or of ties: the header names the fields, or a mapping says what becomes what.

A file is of one kind or type, or has a column `kind` (nodes) or `type` (ties) that says it row by
row. `graph.exchange.columns` says how cells are written, `graph.exchange.mapping` how the files of
others are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, Final, NoReturn

from graph.errors import Fault, Unreadable
from graph.exchange.columns import (
    Column,
    Table,
    cell_fault,
    columns,
    discriminator,
    put,
    reached,
    readable,
)
from graph.exchange.csv_records import Record, read_records, record_line
from graph.exchange.mapping import ForeignMapping
from graph.exchange.rows import LONGEST_TEXT, READ_ONLY, Row, row_of
from graph.nodes import KINDS
from graph.ties import TIE_TYPES

_IDENTIFYING: Final = {"kind": ("id", "source.id"), "type": ("id", "source", "source.id")}


def read_csv(
    stream: BinaryIO, *, what: Table | None = None, mapping: ForeignMapping | None = None
) -> Iterator[Row]:
    """Return the rows of a file, faulty ones too; its header is read at once.

    Parameters
    ----------
    stream
        Read forward once, by `readline`.
    what
        The kind or type of all rows where no column says it.
    mapping
        For a file whose columns are not Wholemap's: what becomes which field.

    Raises
    ------
    Unreadable
        Where the header is missing, names a column twice, one that there is not, or lacks one
        that is needed.

    Notes
    -----
    Memory is that of one row, however long the file is.
    """
    records = read_records(stream)
    header = next(records, None)
    if header is None:
        _refuse("the file is empty: its first line must name the columns")
    if header.wrong is not None:
        _refuse(f"the header cannot be read: {header.wrong}")
    if mapping is not None:
        positions = _mapped_header(header.cells, mapping)
        return chain.from_iterable(_mapped(r, header, positions, mapping) for r in records)
    table = _table(header.cells, what)
    known = _known_header(header.cells, table)
    return (_row(record, known, table) for record in records)


def csv_header(table: Table) -> bytes:
    """Return the first line of a file."""
    return record_line(list(columns(table)))


def csv_row(table: Table, record: Mapping[str, Any]) -> bytes:
    """Return the line of a record that holds JSON values only.

    What the service keeps by itself is not written, and null cannot be told from absent: a file
    says what is so, not what is no more. An object of which nothing is said is null, too.
    """
    cells = [column.write(reached(record, column.path)) for column in columns(table).values()]
    return record_line(cells)


def _refuse(detail: str) -> NoReturn:
    raise Unreadable(detail, (Fault("", detail),))


def _table(header: list[str], what: Table | None) -> Table:
    named = [name for name in ("kind", "type") if name in header]
    if what is not None:
        return what
    if not named:
        _refuse("no column `kind` or `type` says what the rows are, nor does the request")
    return "node" if named[0] == "kind" else "tie"


def _known_header(header: list[str], table: Table) -> list[Column | None]:
    known = readable(table)
    for name in header:
        if name not in known and name not in READ_ONLY:
            _refuse(f"there is no column {name[:100]!r} for rows of {table}")
        if header.count(name) > 1:
            _refuse(f"the column {name!r} stands twice in the header")
    if table in {"node", "tie"} and discriminator(table) not in header:
        _refuse(f"the column {discriminator(table)!r} is missing")
    identifying = _IDENTIFYING[discriminator(table)]
    if not any(name in header for name in identifying):
        _refuse(f"none of the columns {', '.join(identifying)} says which record a row is")
    return [known.get(name) for name in header]


def _mapped_header(header: list[str], mapping: ForeignMapping) -> dict[str, int]:
    for name in sorted(mapping.columns()):
        if name not in header:
            _refuse(f"the mapping reads a column {name[:100]!r} that the header does not have")
        if header.count(name) > 1:
            _refuse(f"the column {name[:100]!r} that the mapping reads stands twice in the header")
    return {name: header.index(name) for name in mapping.columns()}


def _wrong(record: Record, width: int) -> Row | None:
    wrong = record.wrong
    if wrong is None and len(record.cells) != width:
        wrong = f"has {len(record.cells)} cells where the header has {width}"
    if wrong is None:
        return None
    return Row(record.line, record.text[:LONGEST_TEXT], faults=(Fault("", wrong),))


def _row(record: Record, header: list[Column | None], table: Table) -> Row:
    wrong = _wrong(record, len(header))
    if wrong is not None:
        return wrong
    fields: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, cell in zip(header, record.cells, strict=True):
        if column is None or not cell:
            continue
        try:
            put(fields, column.path, column.read(cell))
        except ValueError as error:
            faults.append(cell_fault(column, error))
    if table in KINDS or table in TIE_TYPES:
        first = discriminator(table)
        if fields.setdefault(first, table) != table:
            faults.append(Fault(f"/{first}", f"the rows of this file are of {table}"))
    if faults:
        return Row(record.line, record.text[:LONGEST_TEXT], faults=tuple(faults))
    return row_of(record.line, record.text, fields)


def _mapped(
    record: Record, header: Record, positions: dict[str, int], mapping: ForeignMapping
) -> Iterator[Row]:
    wrong = _wrong(record, len(header.cells))
    if wrong is not None:
        yield wrong
        return
    cells = {name: record.cells[position].strip() for name, position in positions.items()}
    yield from mapping.rows(record.line, record.text, cells)
