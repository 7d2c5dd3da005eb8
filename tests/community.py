"""One small community in which every property of every record is said by somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from graph.consents import Consent, sight_properties
from graph.nodes import NODE, AnyNode, Area
from graph.store.properties import area_properties, flat, node_properties, tie_properties
from graph.store.units import Entry, packed
from graph.ties import TIE, AnyTie

AT: Final = datetime(2026, 3, 1, 9, 30, 15, 250000, tzinfo=UTC)
DAY: Final = date(2026, 3, 1)
ANN: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c070001"
BEA: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c070002"
CEM: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c070003"

_PROVENANCE: Final = {
    "method": "face_to_face",
    "originator": "person",
    "recorded_by": "a walker",
    "recorded_at": AT,
    "exercise": "spring walk",
}
_KEPT: Final = {"version": 3, "created_at": AT, "updated_at": AT + timedelta(days=1)}


def _node(kind: str, id_: str, name: str, **fields: Any) -> AnyNode:
    return NODE.validate_python({"kind": kind, "id": id_, "name": name, **_KEPT, **fields})


def _tie(type_: str, source: str, target: str, id_: str, **fields: Any) -> AnyTie:
    given = {"type": type_, "source": source, "target": target, "id": id_}
    return TIE.validate_python({**given, "clearance": "partners", **_KEPT, **fields})


def _source(system: str, type_: str, id_: str) -> dict[str, str]:
    return {"system": system, "type": type_, "id": id_}


NODES: Final[list[AnyNode]] = [
    _node(
        "person", ANN, "Ann Ö. Oak",
        description="Knows the whole street 🏘", tags=["baker", "walks"], areas=["east", "bread"],
        location={"latitude": 51.51, "longitude": -0.08, "reason": "asked for it"},
        contacts=[{"kind": "phone", "value": "+44 20 7946 0001", "preferred": True}],
        source=_source("register", "member", "1"), steward="club", sensitive=True,
        active_from=date(2020, 1, 1), active_to=date(2030, 1, 1), provenance=_PROVENANCE,
        mapped=True, languages=["en", "tr"], told_on=date(2025, 2, 1),
    ),
    _node("person", BEA, "Bea", mapped=False, areas=["east"]),
    _node(
        "person", CEM, "Cem",
        steward="council", active_to=date(2025, 1, 1), expires_on=date(2026, 2, 1),
    ),
    _node(
        "association", "club", "The Oak Club",
        description="Plays and bakes", formality="informal", structured="yes", staff_present="no",
        safeguarding_pathway="unknown",
        reported_members=[{"count": 40, "on": date(2025, 5, 1)}], clearance="public",
    ),
    _node("association", "choir", "Choir", areas=["west"], source=_source("register", "g", "2")),
    _node("agency", "council", "The Council", sector="public", tags=["baker"]),
    _node(
        "asset", "oven", "Bread oven",
        levels=["physical", "economic"], category="kitchen", status="actual", approval="approved",
        terms=[{"scheme": "openeligibility", "code": "1102", "label": "Food"}], aspect="hand",
        review_due=date(2026, 9, 1), capacity={"unit": "loaves", "maximum": 30, "available": 12.5},
        schedule=[{"rrule": "FREQ=WEEKLY;BYDAY=MO", "starts": AT, "timezone": "Europe/London"}],
        cost="free", accessibility={"ramp": "yes", "hearing_loop": "unknown"}, steward="club",
        areas=["east"], source=_source("register", "thing", "3"),
    ),
    _node("asset", "piano", "Piano", status="potential", levels=["cultural"]),
]  # fmt: skip

TIES: Final[list[AnyTie]] = [
    _tie(
        "offers", ANN, "oven", "o1", state="with_support", support_needed="a lift", steward="club",
        valid_from=date(2025, 1, 1), valid_to=date(2027, 1, 1), provenance=_PROVENANCE,
    ),
    _tie("offers", "club", "piano", "o2"),
    _tie("wants", BEA, "oven", "w1", purpose="to bake for Eid", state="met", met_by="o1"),
    _tie("wants", "council", "piano", "w2"),
    _tie(
        "connects", ANN, "club", "c1", relation="member", paid=False, quality="supportive",
        strength=0.75, last_contact=date(2026, 2, 1), steward="club",
    ),
    _tie("connects", ANN, "club", "c2", relation="volunteer", valid_to=date(2024, 1, 1)),
    _tie("connects", ANN, BEA, "c3", relation="friend", strength=1 / 3),
    _tie("connects", "choir", "club", "c4", relation="partner"),
    _tie(
        "trusts", BEA, ANN, "t1", stated_by=BEA, disclosed=True,
        level=0.9, openness=4, reliability=3, shared_mission=2,
    ),
    _tie("trusts", "council", "club", "t2", valid_from=date(2027, 1, 1)),
]  # fmt: skip

AREAS: Final[list[Area]] = [
    Area.model_validate({"id": id_, "name": name, **_KEPT, **fields})
    for id_, name, fields in (
        ("west", "West", {}),
        (
            "east", "East",
            {"parent": "west", "population": 1200, "source": _source("ons", "ward", "E05")},
        ),
        ("bread", "Bread", {"area_kind": "interest"}),
    )
]  # fmt: skip

CONSENT: Final[dict[str, Any]] = {
    "id": "consent-1", "person": ANN, "purposes": ["directory", "introductions", "analysis"],
    "condition": "explicit_consent", "explicit": True, "fields": ["tags", "areas"],
    "tie_types": ["connects", "trusts"], "partners": ["club", "council"], "wording": "2025-01",
    "method": "spoken", "given_by": "Ann", "given": date(2025, 6, 1), "expires": date(2027, 1, 1),
    "evidence": "note 7", "recorded_at": AT,
}  # fmt: skip
WITHDRAWN: Final = {**CONSENT, "id": "consent-2", "person": BEA, "withdrawn": AT}
OVERRIDE: Final[dict[str, Any]] = {
    "id": "override-1", "person": ANN, "role": "partner", "reason": "not seen for days",
    "author": "A", "second_person": "B", "review_on": DAY, "recorded_at": AT,
}  # fmt: skip

CORRECTION: Final[dict[str, Any]] = {
    "id": "correction-1", "person": ANN, "field": "name", "value": '"Ann"', "reason": "misheard",
    "state": "open", "asked_at": AT,
}  # fmt: skip

MERGE: Final[dict[str, Any]] = {
    "id": "merge-1", "kind": "association", "survivor": "club", "merged": "old-club",
    "state": "merged", "merged_at": AT, "tie_count": 1, "source_key": "k", "node": "{}",
    "ties": ["[]"], "audience": "*",
}  # fmt: skip
CLEARANCE: Final[dict[str, Any]] = {
    "id": "clearance-1", "record": "oven", "organisation": "council", "reason": "to bake",
    "until": date(2029, 1, 1), "state": "cleared", "asked_at": AT, "decided_at": AT,
}  # fmt: skip
SAME_AS: Final[dict[str, Any]] = {
    "id": "same-1", "record": "club", "same_as": "council", "state": "confirmed", "asked_at": AT,
    "decided_at": AT,
}  # fmt: skip

PRIVATE_OVEN: Final = {
    "id": "oven", "clearance": "private", "cleared_for": ["choir 2020-01-01", "council 2029-01-01"],
}  # fmt: skip

# Everything that is kept beside the network, as rows of the statements that write it.
KEY: Final = {
    "id": "key-1", "role": "partner", "steward": "club", "system": "register", "created_at": AT,
    "digest": "d" * 64,
}  # fmt: skip
SUCCESSOR: Final = {
    **KEY, "id": "key-2", "digest": "c" * 64, "replaces": "key-1",
    "last_used_at": AT + timedelta(days=2), "expires_at": AT + timedelta(days=1),
}  # fmt: skip
JOBS: Final = [
    {
        "id": f"job-{number}", "task": "import", "state": state, "created_at": AT, "seen_at": AT,
        "finished_at": AT, "owner": "process-1", "by": "key-1", "asked": "{}", "position": 10,
        "done": 10, "total": 20, "failed_rows": 1, "pages": 2, "result": "/v1", "problem": "{}",
    }
    # Ended ones: a service that runs on the same engine would go on with the others.
    for number, state in enumerate(("failed", "cancelled", "done"))
]  # fmt: skip
RUNS: Final = [
    {
        "id": f"0192f0c1-7d1e-7cc3-98c4-dc0c0c08000{number}", "kind": kind, "parameters": "{}",
        "as_of": DAY, "created_at": AT, "state": "done", "epoch": "one", "revision": 5, "pages": 2,
        "role": "analyst", "organisation": None if number else "club", "until": DAY,
        "problem": "none", "question": "q", "schedule": "schedule-1",
    }
    for number, kind in enumerate(("isolation", "brokers", "isolation"))
]  # fmt: skip
# So late that no service of another test takes them up.
DUE: Final = datetime(2999, 3, 2, 9, 30, tzinfo=UTC)
SCHEDULES: Final = [
    {
        "id": f"schedule-{number}", "kind": "isolation", "parameters": "{}", "rrule": "FREQ=DAILY",
        "starts": AT, "role": "analyst", "organisation": organisation, "by": "key-1",
        "created_at": AT, "paused": number == 2, "next_at": DUE,
        "last_run": "none",
    }
    for number, organisation in ((1, None), (2, "club"))
]  # fmt: skip
REQUEST: Final[dict[str, Any]] = {
    "key": "key-1 POST /v1/people 7", "digest": "e" * 64, "status": 201, "entity": "node",
    "id": ANN, "version": 1, "at": AT,
}  # fmt: skip

ERASED: Final = [
    {
        "key": "erased:a", "id": "erased-1", "version": 4, "source_hmac": "b", "steward": "club",
        "reason": "objected", "erased_at": AT,
    },
    {"key": "erased:b", "version": 4, "erased_at": AT},
]  # fmt: skip


AUDIT: dict[str, Any] = {"at": AT, "class": "write", "text": '{"class":"write"}'}


def loading() -> list[tuple[str, dict[str, Any]]]:
    """Return the statements and parameters that write the community, in order."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("write/create_area", {"row": _said(area_properties(area))}) for area in AREAS
    ]
    for node in NODES:
        imported = {"imported_version": 3}
        rows = [_said(node_properties(node)) | imported]
        steps.append((f"write/create_{node.kind}", {"rows": rows, "shared": {}}))
    for tie in TIES:
        properties = _said(tie_properties(tie)) | {"imported_version": 3}
        row = {"source": tie.source, "target": tie.target, "properties": properties}
        steps.append((f"write/create_{tie.type}", {"rows": [row], "shared": {}}))
    agreed = {CONSENT["person"]: [Consent.model_validate(CONSENT)]}
    opened = [
        {"id": person, "restricted": False, "override_role": "partner", "override_after": DAY}
        | _said(sight_properties(consents, restricted=False))
        for person, consents in agreed.items()
    ]
    steps += [
        ("write/update_nodes", {"rows": opened}),
        (
            "write/create_consents",
            {"rows": [_said(flat(Consent.model_validate(row))) for row in (CONSENT, WITHDRAWN)]},
        ),
        ("write/create_override", {"row": OVERRIDE}),
        ("write/keep_correction", {"row": CORRECTION}),
        ("write/keep_clearance", {"row": CLEARANCE}),
        ("write/keep_merge", {"row": MERGE}),
        ("write/update_nodes", {"rows": [PRIVATE_OVEN]}),
        ("write/keep_same_as", {"row": SAME_AS}),
        ("write/join", {"rows": [{"id": "club", "other": "council"}]}),
        ("write/join", {"rows": [{"id": "council", "other": "club"}]}),
        ("write/create_key", {"row": KEY}),
        ("write/create_key", {"row": SUCCESSOR}),
        ("write/revoke_key", {"id": "key-1", "at": AT}),
        *(
            ("write/record_audit", {**AUDIT, "id": f"audit {n}", "chain": f"chain {n}"})
            for n in range(3)
        ),
        *(("write/create_job", {"row": row}) for row in JOBS),
        *(("write/create_run", {"row": row}) for row in RUNS),
        *(("write/create_schedule", {"row": row}) for row in SCHEDULES),
        ("write/keep_retention_report", {"row": {"id": "r1", "at": AT, "due": "{}"}}),
        *(("write/put_page", {"key": f"run:{n:08d}", "text": f"page {n}"}) for n in range(3)),
        ("write/remember_request", REQUEST),
        ("write/bury", {"rows": [{"key": "node:gone", "version": 4}]}),
        ("write/bury_erased", {"rows": ERASED}),
        ("write/lift_marks", {"keys": ["erased:b"], "at": AT, "reason": "asked"}),
        *(
            ("write/record_changes", {"unit": f"unit {n}", "at": AT + timedelta(n), **packed(some)})
            for n, some in enumerate(_entries())
        ),
    ]
    return steps


def _entries() -> list[list[Entry]]:
    first = [Entry("node", n.kind, n.id, "created", 1, n.steward) for n in NODES]
    second = [
        Entry("tie", t.type, str(t.id), "created", 1, t.steward, t.source, t.target) for t in TIES
    ]
    return [first, second, [Entry("area", "area", "east", "updated", 3)]]


def _said(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
