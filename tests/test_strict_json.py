from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from graph.errors import Fault, Unreadable
from graph.nodes import NODE, Area
from graph.strict_json import parse, pointer, pointer_faults
from graph.ties import TIE

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


def refusal(text: bytes | str) -> str:
    with pytest.raises(Unreadable) as refused:
        parse(text)
    assert refused.value.faults == (Fault("", refused.value.detail),)
    json.dumps(refused.value.detail, ensure_ascii=False).encode("utf-8")
    return refused.value.detail


def faults(adapter: TypeAdapter[Any], value: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as wrong:
        adapter.validate_python(value)
    return {fault.pointer: fault.detail for fault in pointer_faults(wrong.value)}


@given(values)
def test_what_json_writes_is_read_the_same(value: Any):
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=True).encode()) == value


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (b"\xff{}", "not UTF-8: byte 1 belongs to no character"),
        (b"{} {}", "not JSON: extra data, line 1 column 4"),
        (b"", "not JSON: expecting value, line 1 column 1"),
        (b'{"a":\n 1,\n "a": 2}', 'the key "a" stands twice in one object, line 3 column 2'),
        (b'{"x": {"a": 1}, "\\u0078": {"a": 1}}',
         'the key "x" stands twice in one object, line 1 column 17'),
        (b'{"\\ud800":1,"\\ud800":2}',
         'the key "\\ud800" stands twice in one object, line 1 column 13'),
        (b'{"NaN":\n  [NaN]}', "NaN is not a JSON number, line 2 column 4"),
        (b"[-Infinity]", "-Infinity is not a JSON number, line 1 column 2"),
        (b'{"a": "1e400", "b": 1e400}', "a number is too large, line 1 column 21"),
        (b"[" + b"9" * 5000 + b"]", "a number is too large, line 1 column 2"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64 levels, line 1 column 65"),
    ],
)  # fmt: skip
def test_what_readers_would_differ_about_is_refused_with_its_place(text: bytes | str, detail: str):
    assert refusal(text) == detail


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, '{"a":' * 1_000_000, '["\\"' + '\\"' * 500_000, '["' + "[" * 1_000_000],
    ids=["lists", "objects", "open text of quotes", "open text of brackets"],
)
def test_a_hostile_document_is_refused_in_time_that_grows_with_its_length_only(text: bytes | str):
    assert "line 1" in refusal(text)


def test_sixty_four_levels_and_any_number_of_brackets_in_texts_are_read():
    assert parse("[" * 64 + "]" * 64)
    assert parse(json.dumps(["[{" * 100] * 100)) == ["[{" * 100] * 100


def test_pointers_lead_into_the_document_and_name_no_union_member():
    wrong = {
        "kind": "asset",
        "id": "a/b",
        "name": "",
        "levels": ["individual", "street"],
        "location": {"latitude": 99, "longitude": "west"},
        "accessibility": {"Bad/~Key": "yes"},
        "contacts": [{"kind": "phone", "value": ""}],
        "active_from": "2026-13-01",
        "asset": 1,
    }
    assert faults(NODE, wrong) == {
        "/id": "must match ^[A-Za-z0-9._~-]{1,64}$",
        "/name": "must have 1 characters or more",
        "/levels/1": "must be 'individual', 'association', 'organisation', 'physical', 'economic'"
        " or 'cultural'",
        "/location/latitude": "must be 90.0 or less",
        "/location/longitude": "must be a number",
        "/accessibility/Bad~1~0Key": "must match ^[a-z0-9_]{1,64}$",
        "/contacts/0/value": "must have 1 characters or more",
        "/active_from": "month must be in 1..12",
        "/asset": "is not a field here",
    }


def test_a_model_that_is_no_union_keeps_its_first_step():
    assert faults(TypeAdapter(Area), {"id": "x", "population": -1}) == {
        "/name": "is needed",
        "/population": "must be 0 or more",
    }


def test_a_tie_of_no_known_type_is_told_the_types():
    assert faults(TIE, {"type": "hates"}) == {
        "/type": "must be one of 'offers', 'wants', 'connects', 'trusts'"
    }
    assert faults(TIE, {}) == {"/type": "is needed"}
    assert faults(TIE, []) == {"": "must be an object"}


def test_faults_repeat_nothing_of_what_was_said():
    said = "a secret"
    wrong = {
        "kind": "person",
        "id": said,
        "name": 7,
        "active_from": said,
        "languages": [said],
        "provenance": {"recorded_at": said},
        "clearance": said,
    }
    assert not [detail for detail in faults(NODE, wrong).values() if said in detail]
    assert not [detail for detail in faults(NODE, {"kind": said}).values() if said in detail]


def test_there_are_fifty_faults_at_most():
    assert len(faults(NODE, {"kind": "agency", **{f"x{n}": 1 for n in range(100)}})) == 50


def test_a_pointer_can_always_be_shown():
    assert pointer("a/b", 0, "~", "\ud800") == "/a~1b/0/~0/\\ud800"
