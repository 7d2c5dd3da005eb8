"""The examples of the API's documentation: invented records of one small neighbourhood."""

from __future__ import annotations

from typing import Any, Final

Example = dict[str, Any]

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
    "revision": 812,
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
    "truncated": False,
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
    "position": "6f1f0c2d9a3b000000000000032c",
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
    "revision": 812,
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
KEY: Final[Example] = {
    "id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739cc",
    "role": "coordinator",
    "steward": None,
    "system": "front desk",
    "created_at": "2026-03-01T09:00:00Z",
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
