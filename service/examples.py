"""The examples of the API's documentation: invented records of one small neighbourhood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

Example = dict[str, Any]

POSITION: Final = "pLk3wBqMkUkqj0fXl8nJq8m1bVhW4xkq0Zs5nT7cYdE"
ADA: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f"
_KEPT: Final[Example] = {
    "version": 1,
    "created_at": "2026-03-01T09:00:00Z",
    "updated_at": "2026-03-01T09:00:00Z",
}

FIELDS_OF: Final[dict[str, Example]] = {
    "person": {"id": ADA, "name": "Ada", "areas": ["riverside"], "mapped": True},
    "association": {"id": "choir", "name": "Riverside Choir", "formality": "informal"},
    "agency": {"id": "council", "name": "Town Council", "sector": "public"},
    "asset": {"id": "hall", "name": "Church Hall", "levels": ["physical"], "category": "space"},
    "area": {"id": "riverside", "name": "Riverside", "area_kind": "place"},
    "tie": {
        "id": "t1",
        "type": "connects",
        "source": ADA,
        "target": "choir",
        "relation": "member",
        "strength": 0.7,
    },
}
"""What is given to create each of them."""

RECORD_OF: Final[dict[str, Example]] = {
    kind: {**fields, **({} if kind in ("tie", "area") else {"kind": kind}), **_KEPT}
    for kind, fields in FIELDS_OF.items()
}

_ROUTE: Final[Example] = {
    "hops": 2,
    "strength": 0.35,
    "steps": [
        {
            "from": ADA,
            "to": "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990",
            "type": "connects",
            "tie": "t2",
            "relation": "neighbour",
            "strength": 0.5,
            "assumed": True,
        },
        {
            "from": "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990",
            "to": "choir",
            "type": "connects",
            "tie": "t3",
            "relation": "member",
            "strength": 0.7,
            "assumed": False,
        },
    ],
    "sentence": "Ada is a neighbour of Ben, who is a member of Riverside Choir.",
}

CONNECT_QUESTION: Final[Example] = {"person": ADA, "group": "choir", "max_hops": 4, "limit": 3}
CONNECTION: Final[Example] = {
    "person": ADA,
    "group": "choir",
    "as_of": "2026-03-01",
    "revision": POSITION,
    "hops": 2,
    "shortest_routes": 1,
    "connectors": [
        {
            "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990",
            "kind": "person",
            "name": "Ben",
            "is_member": True,
            "shared": ["hall"],
            "route": _ROUTE,
        }
    ],
    "routes": [_ROUTE],
    "reason": None,
    "contacts": [],
    "advice": "There may be more ways when more people have been asked whether they agree to be"
    " part of introductions.",
    "truncated": False,
}
CONSENT_FIELDS: Final[Example] = {
    "purposes": ["directory", "introductions"],
    "wording": "2026-02",
    "method": "spoken",
    "given_by": "Ada",
    "given": "2026-02-20",
    "expires": "2027-02-20",
}
CONSENT: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739dd",
    "person": ADA,
    **CONSENT_FIELDS,
    "basis": "consent",
    "explicit": False,
    "language": "en",
    "capacity": "self",
    "recorded_at": "2026-03-01T09:00:00Z",
}
OVERRIDE: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739ee",
    "person": ADA,
    "role": "coordinator",
    "reason": "Not seen for a week; a neighbour is worried",
    "author": "Duty coordinator",
    "second_person": "Safeguarding lead",
    # Within the four weeks that an override may last, whenever the docs are read.
    "review_on": (datetime.now(UTC) + timedelta(days=7)).date().isoformat(),
    "recorded_at": "2026-03-01T09:00:00Z",
}
JOB: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739aa",
    "task": "import",
    "state": "running",
    "done": 12_000,
    "total": 50_000,
    "percent": 24.0,
    "failed_rows": 3,
    "created_at": "2026-03-01T09:00:00Z",
    "finished_at": None,
    "result": None,
    "problem": None,
}
CHANGE: Final[Example] = {
    "position": POSITION,
    "at": "2026-03-01T09:00:00Z",
    "action": "created",
    "entity": "node",
    "kind": "person",
    "type": None,
    "id": ADA,
    "version": 1,
}
ERASURE: Final[Example] = {
    "erased": ADA,
    "at": "2026-03-01T09:00:00Z",
    "ties": 4,
    "references": 1,
    "runs_removed": ["0192f0c1-7d1e-7cc3-98c4-dc0c0c0739bb"],
    "jobs_scrubbed": [],
    "jobs_open": [],
    "backups": [{"name": "2026-02-28.tar.gz", "expires_on": "2026-03-30"}],
}
NOTICE: Final[Example] = {
    "person": ADA,
    "name": "Ada",
    "recorded_at": "2026-03-01T09:00:00Z",
    "tell_by": "2026-04-01",
    "expires_on": "2026-05-30",
}
CORRECTION: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739ab",
    "person": ADA,
    "field": "name",
    "value": "Ada Oak",
    "reason": None,
    "state": "open",
    "asked_at": "2026-03-01T09:00:00Z",
    "decided_at": None,
    "decided_because": None,
}
DUPLICATE: Final[Example] = {"records": ["choir", "singers"], "because": ["spelling", "contact"]}
MERGED: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739af",
    "survivor": "choir",
    "merged": "the-choir",
    "kind": "association",
    "steward": None,
    "state": "merged",
    "ties": 3,
    "merged_at": "2026-03-01T09:00:00Z",
    "unmerged_at": None,
}
MOVED: Final[dict[int | str, dict[str, Any]]] = {
    308: {"description": "It was merged into another record, which `Location` names"}
}
CLEARANCE: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739ae",
    "record": ADA,
    "reason": "She asked us to drive her",
    "until": "2099-01-01",
    "organisation": "council",
    "state": "asked",
    "asked_at": "2026-03-01T09:00:00Z",
    "decided_at": None,
}
SAME_AS: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739ac",
    "record": "choir",
    "same_as": "singers",
    "state": "asked",
    "asked_at": "2026-03-01T09:00:00Z",
    "decided_at": None,
}
ACCESS_BUNDLE: Final[Example] = {
    "person": RECORD_OF["person"],
    "restricted": False,
    "ties": [
        {
            "type": "connects",
            "id": "t1",
            "source": {"kind": "person", "name": "Ada", "id": ADA},
            "target": {"kind": "association", "name": "Riverside Choir", "id": "choir"},
            "stated_by": "the person",
            "says": {"relation": "member", "strength": 0.7, "clearance": "partners"},
        },
        {
            "type": "connects",
            "id": "t2",
            "source": {"kind": "person", "name": "Ada", "id": ADA},
            "target": {"kind": "person", "name": "another person", "id": None},
            "stated_by": None,
            "says": {"relation": "neighbour", "clearance": "private"},
        },
    ],
    "consents": [CONSENT],
    "overrides": [],
    "corrections": [],
    "same_as": [],
    "clearances": [],
    "merged": [],
    "keys": [],
    "failed_imports": [],
    "runs": [
        {
            "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739bb",
            "kind": "centrality",
            "as_of": "2026-03-01",
            "created_at": "2026-03-01T09:00:00Z",
            "names": True,
        }
    ],
    "accesses": [
        {
            "at": "2026-03-01T09:00:00.000000Z",
            "operation": "GET /v1/people/{id}",
            "outcome": 200,
            "role": "coordinator",
            "purpose": "record",
        }
    ],
    "decisions": [
        {
            "what": "/ties/1/target",
            "rule": "another_person",
            "why": "it says who another person is",
            "confidential": False,
        }
    ],
    "unsearched": "What others wrote in the free texts of their own records is not searched; "
    "nor are backups.",
}
RETENTION_REPORT: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739dd",
    "at": "2026-03-01T09:00:00Z",
    "before": {"jobs": "2025-12-01", "runs": "2025-03-01"},
    "due": {"jobs": 12, "runs": 3},
    "applied_at": None,
    "deleted": None,
}
REPORT_QUESTION: Final[Example] = {"kind": "centrality", "parameters": {"projection": "social"}}
REPORT: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739bb",
    "kind": "centrality",
    "parameters": {"projection": "social", "weights": "none", "normalised": True, "areas": []},
    "as_of": "2026-03-01",
    "revision": POSITION,
    "state": "done",
    "created_at": "2026-03-01T09:00:00Z",
    "result": {
        "headline": "Ben stands on more shortest ways than anybody else.",
        "summary": {},
        "conventions": {"projection": "social"},
        "counted": 455,
        "rows": [{"node": ADA, "degree": 4, "betweenness": 0.012}],
        "truncated": False,
    },
    "problem": None,
}
SCHEDULE_QUESTION: Final[Example] = {
    "kind": "isolation",
    "rrule": "FREQ=WEEKLY;BYDAY=MO",
    "starts": "2026-03-02T06:00:00Z",
}
SCHEDULE: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739dd",
    **SCHEDULE_QUESTION,
    "parameters": {"areas": None, "limit": 1000},
    "paused": False,
    "next_at": "2026-03-09T06:00:00Z",
    "last_run": REPORT["id"],
    "created_at": "2026-03-01T09:00:00Z",
}
EXPLANATION: Final[Example] = {
    "name": "degree",
    "kind": "measure",
    "title": "Degree",
    "plain": "How many others this person or group is directly tied to.",
    "precise": {
        "formula": "The number of neighbours.",
        "range": "0 to n - 1.",
        "isolates": "0.",
        "source": "Freeman, Social Networks 1, 1979.",
    },
    "also": [],
    "measures": [],
    "function": "measures.degree",
}
KEY: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739cc",
    "role": "coordinator",
    "steward": None,
    "person": None,
    "system": "front desk",
    "replaces": None,
    "created_at": "2026-03-01T09:00:00Z",
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
}


def json_example(example: Any) -> dict[str, Any]:
    """Return what the docs show of a JSON answer."""
    return {"content": {"application/json": {"example": example}}}


def page_of(example: Any) -> dict[str, Any]:
    """Return what the docs show of a page."""
    return json_example({"items": [example], "next": None})


def json_body(schema: str, example: Any, media_type: str = "application/json") -> dict[str, Any]:
    """Return what the docs say of a request's body: its schema, by name, and an example."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                media_type: {
                    "schema": {"$ref": f"#/components/schemas/{schema}"},
                    "example": example,
                }
            },
        }
    }


AUDIT_ENTRY: Final[dict[str, Any]] = {
    "chain": "9f1c0c2a6e5b4f5f8a7f3f0d6f0b1c2d",
    "sequence": 2,
    "at": "2026-03-01T09:00:00.000000Z",
    "class": "read",
    "hash": "0" * 64,
    "operation": "GET /v1/people/{id}",
    "outcome": 200,
    "request": "3c9a7a0e5b7e4b0f9d6d0b7d1f2e3a4b",
    "key": KEY["id"],
    "role": "coordinator",
    "organisation": None,
    "purpose": "directory",
    "ids": [ADA],
    "fields": [],
    "unit": None,
    "reason": None,
    "detail": None,
}
AUDIT_HEAD: Final[dict[str, Any]] = {
    "chain": AUDIT_ENTRY["chain"],
    "sequence": 2,
    "hash": AUDIT_ENTRY["hash"],
    "at": "2026-03-01T09:01:00.000000Z",
    "key": "5b0c1d2e3f405162738495a6b7c8d9e0",
    "signature": "c2lnbmVk",
}
