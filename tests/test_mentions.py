"""A row mentions somebody however it is written; and nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.nodes import NODE
from graph.policy import EVERYTHING
from graph.store.mentions import GONE, Mentions, named_in
from graph.ties import TIE

ANN = "0192f0c1-7d1e-7cc3-98c4-dc0c0c070001"
PERSON = NODE.validate_python(
    {
        "kind": "person", "id": ANN, "name": "Ann-Marie Östlund", "description": "Bakes rye bread",
        "contacts": [
            {"kind": "phone", "value": "+44 20 7946 0001"}, {"kind": "email", "value": "am@x.org"},
        ],
        "source": {"system": "register", "type": "member", "id": "17"},
    }
)  # fmt: skip
WANT = TIE.validate_python(
    {"type": "wants", "id": "w", "source": ANN, "target": "oven", "purpose": "to bake for Eid"}
)


def _line(row: str) -> str:
    return json.dumps({"line": 3, "row": row, "detail": "wrong", "errors": []}) + "\n"


@pytest.mark.parametrize(
    "row",
    [
        json.dumps({"id": ANN.upper()}),
        json.dumps({"name": "ann-marie östlund"}),
        json.dumps({"name": "Ann-Marie Östlund"}, ensure_ascii=False),
        json.dumps({"first": "Marie Ann", "last": "O\u0308STLUND"}),
        'a,"Östlund, Ann-Marie",b',
        '"Ostlund ""Annie"" Ann Marie"',
        "x;020 7946-0001;y",
        "x,am@x.org,y",
        json.dumps({"source": {"id": 17}}),
        "a,17,b",
        "said: To bake  for eid!",
        "she bakes rye bread every day",
    ],
)
def test_a_row_that_mentions_somebody_keeps_its_number_alone(row: str) -> None:
    text = Mentions(PERSON, [WANT]).scrubbed(_line("{}") + _line(row))
    assert text is not None
    first, second = (json.loads(line) for line in text.splitlines())
    assert first == json.loads(_line("{}"))
    assert second == {"line": 3, "row": "", "detail": GONE, "errors": []}


@pytest.mark.parametrize(
    "row", ["Ann Östlund", "Marie", "171", "a17", "am@y.org", "7946 0002", "to bake", "rye bread"]
)
def test_a_row_that_mentions_somebody_else_stays_as_it_is(row: str) -> None:
    assert Mentions(PERSON, [WANT]).scrubbed(_line(row)) is None


@pytest.mark.parametrize(
    ("row", "ids", "sources"),
    [
        (f"x,{ANN.upper()},y", {ANN}, 0),
        ('{"source": {"system": "a", "type": "b", "id": "c"}, "areas": 1}', set(), 1),
        ('{"source": {"system": "a", "type": "b", "id": 3}}', set(), 0),
        ('{"source": "x", "target"', set(), 0),
        ("[]", set(), 0),
    ],
)
def test_a_row_that_cannot_be_read_names_uuids_and_foreign_ids(
    row: str, ids: set[str], sources: int
) -> None:
    named: Any = named_in(row, EVERYTHING)
    assert set(named.ids) == ids
    assert len(named.source_keys) == sources
