from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.exchange.columns import Table, columns
from graph.exchange.csv_rows import csv_header, csv_row, read_csv
from graph.exchange.ndjson import ndjson_line, read_ndjson
from graph.exchange.rows import Row
from graph.nodes import KINDS, NODE, AnyNode, Person
from graph.ties import TIE, TIE_TYPES, AnyTie
from tests.records import nodes, ties


def wire(record: AnyNode | AnyTie) -> dict[str, Any]:
    return record.model_dump(mode="json")


def read(rows: Iterable[Row]) -> list[AnyNode | AnyTie]:
    rows = list(rows)
    assert [row.faults for row in rows] == [() for _ in rows]
    return [
        TIE.validate_python(row.tie) if row.node is None else NODE.validate_python(row.node)
        for row in rows
    ]


@given(st.lists(nodes() | ties(), max_size=2))
def test_ndjson_gives_back_every_record(records: list[AnyNode | AnyTie]):
    file = BytesIO(b"".join(ndjson_line(wire(record)) for record in records))
    assert read(read_ndjson(file)) == records


@given(st.lists(nodes(), max_size=2))
def test_csv_gives_back_every_node(records: list[AnyNode | AnyTie]):
    file = csv_header("node") + b"".join(csv_row("node", wire(each)) for each in records)
    assert read(read_csv(BytesIO(file))) == records


@given(st.lists(ties(), max_size=2))
def test_csv_gives_back_every_tie(records: list[AnyNode | AnyTie]):
    file = csv_header("tie") + b"".join(csv_row("tie", wire(each)) for each in records)
    assert read(read_csv(BytesIO(file))) == records


@given(nodes())
def test_a_file_of_one_kind_needs_no_column_for_it(record: AnyNode):
    header = [name for name in columns(record.kind) if name != "kind"]
    cells = csv_row(record.kind, wire(record)).partition(b",")[2]
    file = ",".join(header).encode() + b"\r\n" + cells
    assert read(read_csv(BytesIO(file), what=record.kind)) == [record]


@pytest.mark.parametrize("table", [*KINDS, *TIE_TYPES])
def test_the_header_of_a_table_names_all_fields_of_its_model(table: Table):
    names = csv_header(table).decode().strip().split(",")
    assert names[0] in {"kind", "type"}
    assert len(set(names)) == len(names)
    assert "version" not in names


def test_what_the_service_keeps_is_written_and_not_read():
    person = Person(id="0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f", name="Ada", version=7)
    (row,) = read_ndjson(BytesIO(ndjson_line(wire(person))))
    assert row.node is not None
    assert "version" not in row.node
    assert row.node["steward"] is None


@given(nodes())
def test_no_text_of_a_node_is_taken_for_a_formula(record: AnyNode):
    cells = csv_row("node", {**wire(record), "location": None})
    (row,) = read_csv(BytesIO(csv_header("node") + cells))
    name = record.name
    marked = b"'" + name.encode() if name[0] in "=+-@\t\r" else name.encode()
    assert marked.replace(b'"', b'""') in cells
    assert row.node is not None
