from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest

from graph.errors import Fault
from graph.exchange.ndjson import read_ndjson
from graph.exchange.repeats import refuse_repeats
from graph.exchange.rows import Row
from graph.revising import onto

ASSET = b'{"kind": "asset", "id": "a%d", "name": "Hall"}\n'


class Stream(BytesIO):
    """Lines that are made while they are read, so that a file may be longer than memory."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        super().__init__()
        self._lines = iter(lines)

    def readline(self, size: int | None = -1, /) -> bytes:
        line = next(self._lines, b"")
        assert len(line) <= (size or 0)
        return line


def rows(text: bytes) -> list[Row]:
    return list(read_ndjson(BytesIO(text)))


def only(text: bytes) -> Row:
    (row,) = rows(text)
    return row


def test_nodes_and_ties_come_in_any_order_with_their_lines():
    tie = b'{"type": "offers", "source": "hall", "target": "chairs"}'
    found = rows(b"\xef\xbb\xbf" + tie + b"\r\n\r\n  \n" + ASSET % 1)
    assert [(row.line, row.tie, row.node) for row in found] == [
        (1, {"type": "offers", "source": "hall", "target": "chairs"}, None),
        (4, None, {"kind": "asset", "id": "a1", "name": "Hall"}),
    ]


def test_a_row_keeps_only_the_fields_that_it_gives():
    row = only(b'{"kind": "agency", "id": "council", "steward": null, "version": 3}')
    assert row.node == {"kind": "agency", "id": "council", "steward": None}
    assert onto({"name": "Council", "steward": "trust"}, row.node or {}, row.append) == {
        "name": "Council",
        "kind": "agency",
        "id": "council",
    }


@pytest.mark.parametrize(
    ("text", "pointer", "detail"),
    [
        (b"[]", "", "a row must be an object"),
        (b'{"id": "x"}', "", "a row is a node, which has a kind, or a tie, which has a type"),
        (b'{"kind": "asset", "type": "offers"}', "",
         "a row is a node, which has a kind, or a tie, which has a type"),
        (b'{"kind": "club", "id": "x"}', "/kind",
         "must be one of person, association, agency, asset"),
        (b'{"kind": ["asset"], "id": "x"}', "/kind",
         "must be one of person, association, agency, asset"),
        (b'{"kind": "asset", "name": "Hall"}', "/id",
         "a node needs an id, or a source that it is known by"),
        (b'{"kind": "asset", "id": 7}', "/id", "must be a text"),
        (b'{"kind": "asset", "source": {"system": "x", "id": "1"}}', "/source/type", "is needed"),
        (b'{"type": "offers", "source": "x"}', "/target", "is needed"),
        (b'{"type": "offers", "source": "x", "target": {"system": 1, "type": "a", "id": "b"}}',
         "/target/system", "must be a text"),
        (b'{"kind": "asset", "name": "\xff"}', "", "not UTF-8: byte 28 belongs to no character"),
        (b'{"kind": "asset", "name": "\x00"}', "",
         "not JSON: invalid control character at, line 1 column 28"),
        (b"[" * 70, "", "nested deeper than 64 levels, line 1 column 65"),
        (b'{"strength": 1e400}', "", "a number is too large, line 1 column 14"),
        (b'{"strength": NaN}', "", "NaN is not a JSON number, line 1 column 14"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_says_where_and_why(text: bytes, pointer: str, detail: str):
    found = rows(ASSET % 1 + text + b"\n" + ASSET % 2)
    assert [row.line for row in found] == [1, 2, 3]
    assert found[1].faults == (Fault(pointer, detail),)
    assert found[1].node is found[1].tie is None
    assert found[1].text == text.decode("utf-8", "replace")
    assert not found[2].faults


def test_a_line_of_any_length_costs_the_memory_of_one_that_is_read(tmp_path: Path):
    path = tmp_path / "long.ndjson"
    with path.open("wb") as file:
        file.write(ASSET % 1 + b'{"kind": "asset", "name": "')
        file.seek(1 << 30)
        file.write(b'"}\n' + ASSET % 2)
    tracemalloc.start()
    with path.open("rb") as file:
        found = list(read_ndjson(file))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(row.line, bool(row.faults)) for row in found] == [(1, False), (2, True), (3, False)]
    assert found[1].faults[0].detail == "a line must have 1048576 bytes or fewer"
    assert len(found[1].text) == 2_000
    assert most < 4 << 20


def test_an_id_that_comes_twice_names_the_line_it_came_on_first():
    person = b'{"kind": "person", "id": "%s", "name": "Ada"}\n'
    upper = b"0192F0C1-7D1E-7CC3-98C4-DC0C0C07398F"
    tie = b'{"type": "%s", "id": "a1", "source": "x", "target": "y"}\n'
    found = list(
        refuse_repeats(
            read_ndjson(
                BytesIO(
                    ASSET % 1
                    + ASSET % 2
                    + ASSET % 1
                    + person % upper
                    + person % upper.lower()
                    + tie % b"offers"
                    + tie % b"wants"
                    + tie % b"offers"
                )
            )
        )
    )
    assert {row.line: row.faults for row in found if row.faults} == {
        3: (Fault("/id", "line 1 has the same"),),
        5: (Fault("/id", "line 4 has the same"),),
        8: (Fault("/id", "line 6 has the same"),),
    }


def test_a_source_that_comes_twice_is_refused_and_may_be_appended_to():
    node = {"kind": "agency", "source": {"system": "s", "type": "t", "id": "1"}, "contacts": []}
    appending = Row(3, "", node=node, append=frozenset({"contacts"}))
    found = list(refuse_repeats([Row(1, "", node=node), Row(2, "", node=node), appending]))
    assert [row.faults for row in found] == [(), (Fault("/source", "line 1 has the same"),), ()]


def test_a_tie_without_an_id_may_be_said_twice():
    tie = {"type": "offers", "source": "hall", "target": "chairs"}
    assert not [row for row in refuse_repeats([Row(1, "", tie=tie)] * 2) if row.faults]


def test_rows_of_any_number_are_read_in_the_memory_of_a_few(tmp_path: Path):
    def memory_for(count: int) -> int:
        lines = (ASSET % number for number in range(count))
        tracemalloc.start()
        found = refuse_repeats(read_ndjson(Stream(lines)), folder=tmp_path)
        good = sum(not row.faults for row in found)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert good == count
        return most

    memory_for(10)
    # Kept, the rows would be 20 MiB; what the rest of the process does meanwhile counts as well.
    assert memory_for(20_000) < memory_for(200) + (1 << 20)
    assert not list(tmp_path.iterdir())


def test_appending_the_same_twice_appends_it_once():
    known = {"contacts": [{"kind": "phone", "value": "1", "label": None, "preferred": False}]}
    row = Row(
        1,
        "",
        node={"contacts": [{"kind": "phone", "value": "1"}, {"kind": "phone", "value": "2"}]},
        append=frozenset({"contacts"}),
    )
    once = onto(known, row.node or {}, row.append)
    assert [contact["value"] for contact in once["contacts"]] == ["1", "2"]
    assert onto(once, row.node or {}, row.append) == once
    assert len(known["contacts"]) == 1
