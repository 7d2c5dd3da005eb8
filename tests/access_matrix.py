"""The matrix of `docs/access.md`, made by running the policy: `python -m tests.access_matrix`."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from graph.consents import Sight
from graph.masks import shown_node, shown_tie
from graph.nodes import KINDS, NODE
from graph.policy import ROLES, Caller, NodeFacts, Purpose, TieFacts, may, sees, view
from graph.ties import TIE, TIE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.policy import View

PAGE: Final = Path(__file__).parents[1] / "docs" / "access.md"
BEGIN: Final = "<!-- The matrix: made by `python -m tests.access_matrix`, compared by a test. -->"
END: Final = "<!-- End of the matrix. -->"

DAY: Final = date(2026, 3, 1)
ANN: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f"
BEN: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990"
CALLERS: Final[dict[str, Caller]] = {
    "coordinator": Caller("", "coordinator"),
    "coordinator, its steward": Caller("", "coordinator", "town"),
    "coordinator, another's": Caller("", "coordinator", "club"),
    "analyst": Caller("", "analyst"),
    "analyst, another's": Caller("", "analyst", "club"),
    "partner, its steward": Caller("", "partner", "town"),
    "partner, another's": Caller("", "partner", "club"),
    "member, who is or said it": Caller("", "member", person=ANN),
    "member, another": Caller("", "member", person=BEN),
    "admin, auditor": Caller("", "admin"),
    "operator": Caller("", "operator"),
}
"""Of a record that the organisation `town` stewards."""

OF_RECORDS: Final[tuple[Purpose, ...]] = (
    "directory", "introductions", "analysis", "sharing", "record",
)  # fmt: skip
_SHORT: Final = {purpose: purpose[0].upper() for purpose in OF_RECORDS}
_AGREED: Final = Sight(DAY, date.max)
_KEPT: Final = {
    "version": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    "steward": "town", "clearance": "public",
    "provenance": {"recorded_by": "desk", "recorded_at": "2026-01-01T00:00:00Z"},
}  # fmt: skip
_NODE: Final[dict[str, Any]] = {
    **_KEPT, "name": "A", "description": "a", "tags": ["a"], "areas": ["a"],
    "location": {"latitude": 1, "longitude": 1}, "sensitive": True,
    "contacts": [{"kind": "phone", "value": "1"}],
    "source": {"system": "a", "type": "a", "id": "a"}, "active_from": "2026-01-01",
    "active_to": "2027-01-01",
}  # fmt: skip
_OF_KIND: Final[dict[str, dict[str, Any]]] = {
    "person": {"id": ANN, "mapped": True, "languages": ["en"]},
    "association": {
        "id": "choir", "formality": "formal", "structured": "yes", "staff_present": "yes",
        "reported_members": [{"count": 1, "on": "2026-01-01"}], "safeguarding_pathway": "yes",
    },
    "agency": {"id": "town", "sector": "public"},
    "asset": {
        "id": "hall", "levels": ["physical"], "category": "a", "aspect": "heart", "cost": "free",
        "terms": [{"scheme": "a", "code": "a"}], "status": "potential", "approval": "approved",
        "review_due": "2026-01-01", "capacity": {"unit": "a"}, "accessibility": {"ramp": "yes"},
        "schedule": [{"rrule": "FREQ=DAILY"}],
    },
}  # fmt: skip
_TIE: Final[dict[str, Any]] = {
    **_KEPT, "id": "t", "source": ANN, "valid_from": "2026-01-01", "valid_to": "2027-01-01",
    "stated_by": ANN, "disclosed": True,
}  # fmt: skip
_OF_TYPE: Final[dict[str, dict[str, Any]]] = {
    "offers": {"target": "hall", "state": "would_like", "support_needed": "a"},
    "wants": {"target": "hall", "purpose": "a", "state": "met", "met_by": "o"},
    "connects": {
        "target": BEN, "relation": "friend", "paid": True, "quality": "neutral", "strength": 0.7,
        "last_contact": "2026-01-01",
    },
    "trusts": {"target": BEN, "level": 0.7, "openness": 1, "reliability": 1, "shared_mission": 1},
}  # fmt: skip


def matrix() -> str:
    """Return the tables of who may ask what, for whom a record exists, and what is shown of it."""
    return "\n".join([*_purposes(), "", *_existence(), "", *_fields()])


def _purposes() -> list[str]:
    asked = get_args(Purpose)
    rows = [
        [role, *("yes" if may(Caller("", role), purpose) else "" for purpose in asked)]
        for role in ROLES
    ]
    return ["### Who may ask for what", "", *_table(["role", *asked], rows)]


def _existence() -> list[str]:
    ann, ben = _person(_AGREED), _person(_AGREED, BEN)
    records: dict[str, NodeFacts | TieFacts] = {
        **{
            f"group or asset, `{word}`": NodeFacts("asset", "town", "hall", word)
            for word in ("private", "partners", "public")
        },
        **{
            f"person who agreed, `{word}`": _person(_AGREED)._replace(clearance=word)
            for word in ("private", "partners", "public")
        },
        "group or asset, `private`, cleared for `club`": NodeFacts(
            "asset", "town", "hall", "private", cleared_for=("club 2027-01-01",)
        ),
        "person who agreed, `private`, cleared for `club`": _person(_AGREED)._replace(
            clearance="private", cleared_for=("club 2027-01-01",)
        ),
        "person who did not agree, cleared for `club`": _person(None)._replace(
            clearance="private", cleared_for=("club 2027-01-01",)
        ),
        "person who agreed, for `club`": _person(_AGREED._replace(partners=frozenset({"club"}))),
        "person who did not agree": _person(None),
        **{
            f"tie of two who agreed, `{word}`": TieFacts(
                "town", ann, ben, clearance=word, author=ANN
            )
            for word in ("private", "partners", "public")
        },
        "tie of one who did not agree": TieFacts(
            "town", _person(_AGREED), _person(None, BEN), clearance="public", author=ANN
        ),
        "the same, disclosed": TieFacts(
            "town", _person(_AGREED), _person(None, BEN), clearance="public", author=ANN,
            disclosed=True,
        ),
        "tie to a `sensitive` group": TieFacts(
            "town", _person(_AGREED), NodeFacts("association", "town", "aa", "public", True),
            clearance="public", author=ANN,
        ),
        "the same, agreed to explicitly": TieFacts(
            "town", _person(_AGREED._replace(explicit=True)),
            NodeFacts("association", "town", "aa", "public", True),
            clearance="public", author=ANN,
        ),
    }  # fmt: skip
    rows = [
        [name, *_cells(lambda seen, r=record: sees(seen, r))] for name, record in records.items()
    ]
    return [
        "### For whom a record of `town` exists",
        "",
        "Letters are purposes: " + ", ".join(f"{_SHORT[p]} {p}" for p in OF_RECORDS) + ".",
        "",
        *_table(["record", *CALLERS], rows),
    ]


def _person(sight: Sight | None, id_: str = ANN) -> NodeFacts:
    return NodeFacts("person", "town", id_, "public", sight=sight)


def _fields() -> list[str]:
    rows: list[list[str]] = []
    for kind in KINDS:
        record = NODE.validate_json(json.dumps({"kind": kind, **_NODE, **_OF_KIND[kind]}))
        rows += _shown(kind, record, lambda seen, r=record: shown_node(seen, r, None))
        if kind == "person":
            rows += _shown(
                "person, its consent opens no field", record,
                lambda seen, r=record: shown_node(seen, r, ()),
            )  # fmt: skip
    cleared = NODE.validate_json(
        json.dumps({"kind": "agency", **_NODE, **_OF_KIND["agency"]}).replace(
            '"value": "1"', '"value": "1", "clearance": "private"'
        )
    )
    contact = _shown(
        "contact with a `private` clearance", cleared, lambda s: shown_node(s, cleared, None)
    )
    rows += [row for row in contact if "`contacts`" in row[1]]
    for type_ in TIE_TYPES:
        tie = TIE.validate_json(json.dumps({"type": type_, **_TIE, **_OF_TYPE[type_]}))
        rows += _shown(type_, tie, lambda seen, r=tie: shown_tie(seen, r, ANN))
    return [
        "### Which fields are shown of a record of `town` that exists",
        "",
        *_table(["record", "fields", *CALLERS], rows),
    ]


def _shown(name: str, record: Any, shown: Callable[[View], Any]) -> list[list[str]]:
    """Return a row for the fields that are shown to the same callers."""
    cells: dict[str, list[str]] = {}
    for field in type(record).model_fields:
        said = getattr(record, field)
        cells[field] = _cells(partial(_is_shown, shown, field, said))
    return [
        [name, ", ".join(f"`{field}`" for field in some), *pattern]
        for pattern, some in groupby(
            sorted(cells, key=lambda field: cells[field], reverse=True), lambda field: cells[field]
        )
    ]


def _is_shown(shown: Callable[[View], Any], field: str, said: object, seen: View) -> bool:
    return getattr(shown(seen), field) == said


def _cells(true: Callable[[View], bool]) -> list[str]:
    return ["".join(_letters(caller, true)) for caller in CALLERS.values()]


def _letters(caller: Caller, true: Callable[[View], bool]) -> Iterable[str]:
    for purpose in OF_RECORDS:
        if may(caller, purpose) and true(view(caller, purpose, DAY)):
            yield _SHORT[purpose]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *([cell or "-" for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def page_with(page: str, tables: str) -> str:
    """Return the page with these tables between the marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), matrix()), encoding="utf-8")
