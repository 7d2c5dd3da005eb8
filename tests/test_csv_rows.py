from __future__ import annotations

import csv
import tracemalloc
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import Fault, Unreadable
from graph.exchange.csv_records import read_records, record_line
from graph.exchange.csv_rows import read_csv

NOT_SAID = "no column `kind` or `type` says what the rows are, nor does the request"
CELLS = st.text(st.characters(exclude_categories=["Cs"]))


def rows(text: str, **how: Any) -> list[Any]:
    return list(read_csv(BytesIO(text.encode()), **how))


def node(text: str, **how: Any) -> dict[str, Any]:
    (row,) = rows(text, **how)
    assert row.faults == ()
    return row.node


def refusal(text: str, **how: Any) -> str:
    with pytest.raises(Unreadable) as refused:
        read_csv(BytesIO(text.encode()), **how)
    return refused.value.detail


def test_cells_have_the_types_of_their_fields():
    text = (
        "\ufeffid,name,sensitive,location.latitude,capacity.maximum,levels,contacts,active_from\r\n"
        'hall,"Hall, the ""old"" one",TRUE,51.5,40,physical|cultural,'
        '"[{""kind"":""phone"",""value"":""01632 960001""}]",2026-03-01\r\n'
    )
    assert node(text, what="asset") == {
        "kind": "asset",
        "id": "hall",
        "name": 'Hall, the "old" one',
        "sensitive": True,
        "location": {"latitude": 51.5},
        "capacity": {"maximum": 40.0},
        "levels": ["physical", "cultural"],
        "contacts": [{"kind": "phone", "value": "01632 960001"}],
        "active_from": "2026-03-01",
    }


def test_an_empty_cell_says_nothing():
    assert node("kind,id,name,steward\nagency,council,,\n") == {"kind": "agency", "id": "council"}


def test_an_end_of_a_tie_is_an_id_or_a_foreign_id():
    (row,) = rows(
        "type,source.system,source.type,source.id,target\noffers,ohana,organization,1,hall\n"
    )
    assert row.tie == {
        "type": "offers",
        "source": {"system": "ohana", "type": "organization", "id": "1"},
        "target": "hall",
    }


def test_an_apostrophe_is_taken_off_only_where_it_hides_a_formula():
    names = ["'=1", "''", "'", "'t Hof", "=1"]
    text = "kind,id,description\n" + "".join(f"asset,a,{name}\n" for name in names)
    read = [row.node["description"] for row in rows(text)]
    assert read == ["=1", "'", "", "'t Hof", "=1"]


@pytest.mark.parametrize(
    ("text", "how", "detail"),
    [
        ("", {}, "the file is empty: its first line must name the columns"),
        ('"id', {}, "the header cannot be read: not CSV: unexpected end of data"),
        ("id,name\n", {}, NOT_SAID),
        ("kind,id,nmae\n", {}, "there is no column 'nmae' for rows of node"),
        ("id,sector\n", {"what": "asset"}, "there is no column 'sector' for rows of asset"),
        ("kind,type,id\n", {}, "there is no column 'type' for rows of node"),
        ("kind,id,name,name\n", {}, "the column 'name' stands twice in the header"),
        ("kind,name\n", {}, "none of the columns id, source.id says which record a row is"),
        ("id,name\n", {"what": "node"}, "the column 'kind' is missing"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_used_names_its_column(text: str, how: dict[str, Any], detail: str):
    assert refusal(text, **how) == detail


@pytest.mark.parametrize(
    ("line", "pointer", "detail"),
    [
        ("a,b", "", "has 2 cells where the header has 6"),
        ("a,b,1,1,,,", "", "has 7 cells where the header has 6"),
        ('a,"b"c,1,1,,', "", "not CSV: ',' expected after '\"'"),
        ("a,b,north,1,,", "/location/latitude", "must be a number, such as 0.7"),
        ("a,b,1e400,1,,", "/location/latitude", "must be a number, such as 0.7"),
        ("a,b,1,1,maybe,", "/sensitive", "must be true or false"),
        ('a,b,1,1,,"[{"', "/contacts",
         "not JSON: expecting property name enclosed in double quotes, line 1 column 3"),
        (",b,1,1,,", "/id", "a node needs an id, or a source that it is known by"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_says_where_and_why(line: str, pointer: str, detail: str):
    header = "id,name,location.latitude,location.longitude,sensitive,contacts\n"
    found = rows(f"{header}x,X,,,,\n{line}\ny,Y,,,,\n", what="asset")
    assert [row.line for row in found] == [2, 3, 4]
    assert found[1].faults == (Fault(pointer, detail),)
    assert found[1].text == line
    assert not found[0].faults
    assert not found[2].faults


def test_a_row_of_another_kind_than_the_file_is_faulty():
    (row,) = rows("kind,id\nagency,council\n", what="asset")
    assert row.faults == (Fault("/kind", "the rows of this file are of asset"),)


def test_a_field_given_as_a_whole_and_in_parts_is_faulty():
    (row,) = rows("type,source,source.id,target\nwants,a,b,c\n")
    assert row.faults[0].pointer == "/source/id"


def test_bytes_that_are_no_utf8_make_their_row_faulty_only():
    found = list(read_csv(BytesIO(b"kind,id,name\nasset,a,caf\xe9\nasset,b,caf\xc3\xa9\n")))
    assert found[0].faults[0].detail == "not UTF-8: some bytes belong to no character"
    assert found[0].text == "asset,a,caf\ufffd"
    assert found[1].node == {"kind": "asset", "id": "b", "name": "café"}


def test_a_row_begins_on_the_line_where_its_first_cell_does():
    text = 'kind,id,description\nasset,a,"one\n\ntwo"\n\nasset,b,\r\n"asset",c,"x\r\ny"\n'
    found = rows(text)
    assert [(row.line, row.node["id"]) for row in found] == [(2, "a"), (6, "b"), (7, "c")]
    assert found[0].node["description"] == "one\n\ntwo"
    assert found[0].text == 'asset,a,"one\n\ntwo"'
    assert found[2].node["description"] == "x\r\ny"


def test_a_row_of_any_length_is_faulty_and_the_next_one_is_read(tmp_path: Path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b'kind,id,description\nasset,a,"x\n')
        file.seek(1 << 28)
        file.write(b'\n"\nasset,b,y\n')
    tracemalloc.start()
    with path.open("rb") as file:
        found = list(read_csv(file))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(row.line, bool(row.faults)) for row in found] == [(2, True), (5, False)]
    assert found[0].faults[0].detail.startswith("a row must have 1048576 bytes or fewer")
    assert most < 32 << 20


def test_a_row_of_many_short_lines_takes_time_that_grows_with_its_length_only():
    found = rows('kind,id,description\nasset,a,"' + "\n" * 500_000 + '"\n')
    assert len(found[0].node["description"]) == 500_000


@given(st.lists(st.lists(CELLS, min_size=2), min_size=1))
def test_records_are_those_of_the_standard_library(table: list[list[str]]):
    written = b"".join(record_line(cells) for cells in table)
    assert list(csv.reader(StringIO(written.decode(), newline=""))) == table
    assert [record.cells for record in read_records(BytesIO(written))] == table
