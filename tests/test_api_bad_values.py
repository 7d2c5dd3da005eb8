"""What breaks a rule is refused with a pointer to it, and changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import ADA, BEN, created, feed, pointers, problem, tied

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

NODES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("people", {}, ["/name"]),
    ("people", {"name": ""}, ["/name"]),
    ("people", {"name": "   "}, ["/name"]),
    ("people", {"name": "a\0b"}, ["/name"]),
    ("people", {"name": "\ud800"}, ["/name"]),
    ("people", {"name": "x" * 201}, ["/name"]),
    ("people", {"name": 5}, ["/name"]),
    ("people", {"name": "A", "id": "ada"}, ["/id"]),
    ("people", {"name": "A", "id": "0192f0c17d1e7cc398c4dc0c0c07398f"}, ["/id"]),
    ("people", {"name": "A", "id": 5}, ["/id"]),
    ("people", {"name": "A", "id": "\ud800"}, ["/id"]),
    ("people", {"name": "A", "kind": "asset"}, ["/kind"]),
    ("people", {"name": "A", "nickname": "B"}, ["/nickname"]),
    ("people", {"name": "A", "formality": "formal"}, ["/formality"]),
    ("people", {"name": "A", "mapped": "yes"}, ["/mapped"]),
    ("people", {"name": "A", "languages": ["English!"]}, ["/languages/0"]),
    ("people", {"name": "A", "location": {"latitude": 91, "longitude": 181}},
     ["/location/latitude", "/location/longitude"]),
    ("people", {"name": "A", "location": {"latitude": 1}}, ["/location/longitude"]),
    ("people", {"name": "A", "contacts": [{"kind": "fax", "value": ""}]},
     ["/contacts/0/kind", "/contacts/0/value"]),
    ("people", {"name": "A", "contacts": [{"kind": "phone", "value": "1", "a/b~c": 1}]},
     ["/contacts/0/a~1b~0c"]),
    ("people", {"name": "A", "source": {"system": "s", "type": "t"}}, ["/source/id"]),
    ("people", {"name": "A", "provenance": {"recorded_at": "2026-03-01T09:00:00"}},
     ["/provenance/recorded_at"]),
    ("people", {"name": "A", "provenance": {"recorded_at": 1772355600}},
     ["/provenance/recorded_at"]),
    ("people", {"name": "A", "active_from": "2026-02-30"}, ["/active_from"]),
    ("people", {"name": "A", "active_from": "20260201"}, ["/active_from"]),
    ("people", {"name": "A", "active_from": "2026-02-02", "active_to": "2026-02-02"}, [""]),
    ("people", {"name": "A", "areas": ["north", "nowhere"]}, ["/areas/1"]),
    ("people", {"name": "A", "steward": "nobody"}, ["/steward"]),
    ("people", {"name": "A", "steward": ADA}, ["/steward"]),
    ("people", {"name": "A", "steward": "\ud800"}, ["/steward"]),
    ("people", {"name": "A", "clearance": "secret"}, ["/clearance"]),
    ("people", {"name": "A", "tags": ["x"] * 101}, ["/tags"]),
    ("associations", {"name": "A", "id": "x" * 65}, ["/id"]),
    ("associations", {"name": "A", "id": ""}, ["/id"]),
    ("associations", {"name": "A", "id": "a b"}, ["/id"]),
    ("associations", {"name": "A", "id": ".."}, ["/id"]),
    ("associations", {"name": "A", "id": None}, ["/id"]),
    ("associations", {"name": "A", "structured": "maybe"}, ["/structured"]),
    ("associations", {"name": "A", "reported_members": [{"count": -1, "on": "2026-01-01"}]},
     ["/reported_members/0/count"]),
    ("agencies", {"name": "A", "sector": "third"}, ["/sector"]),
    ("assets", {"name": "A", "levels": ["lunar"]}, ["/levels/0"]),
    ("assets", {"name": "A", "capacity": {"unit": "seats", "maximum": 1, "available": 2}},
     ["/capacity"]),
    ("assets", {"name": "A", "schedule": [{"starts": "2026-03-01T09:00:00"}]},
     ["/schedule/0/starts"]),
    ("assets", {"name": "A", "schedule": [{"timezone": "Moon/Tycho"}]}, ["/schedule/0/timezone"]),
    ("assets", {"name": "A", "accessibility": {"Ramp!": "yes"}}, ["/accessibility/Ramp!"]),
    ("areas", {"name": "A", "population": -1}, ["/population"]),
    ("areas", {"name": "A", "area_kind": "planet"}, ["/area_kind"]),
    ("areas", {"name": "A", "id": "a/b"}, ["/id"]),
    ("areas", {"name": "A", "parent": "\ud800"}, ["/parent"]),
    ("keys", {"role": "king"}, ["/role"]),
    ("keys", {"role": "partner"}, ["/steward"]),
    ("keys", {"role": "partner", "steward": "hall"}, ["/steward"]),
    ("keys", {"role": "admin", "steward": "choir"}, ["/steward"]),
    ("keys", {"role": "auditor", "steward": "choir"}, ["/steward"]),
    ("keys", {"role": "coordinator", "steward": "hall"}, ["/steward"]),
    ("keys", {"role": "member"}, ["/person"]),
    ("keys", {"role": "member", "person": "choir"}, ["/person"]),
    ("keys", {"role": "member", "person": ADA, "steward": "choir"}, ["/steward"]),
    ("keys", {"role": "coordinator", "person": ADA}, ["/person"]),
    ("connect", {"person": ADA}, ["/group"]),
    ("connect", {"person": ADA, "group": "choir", "max_hops": 7}, ["/max_hops"]),
    ("connect", {"person": ADA, "group": "choir", "max_hops": "4"}, ["/max_hops"]),
    ("connect", {"person": ADA, "group": "choir", "through": ["area"]}, ["/through/0"]),
    ("reports", {"kind": "gossip"}, ["/kind"]),
    ("search", {"text": " "}, ["/text"]),
    ("search", {"text": "a", "kinds": []}, ["/kinds"]),
    ("search", {"text": "a", "limit": 0}, ["/limit"]),
    ("nodes/get", {"ids": ["x" * 65]}, ["/ids/0"]),
]  # fmt: skip
TIES: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "likes"}, ["/type"]),
    ({"type": None}, ["/type"]),
    ({"relation": None}, ["/relation"]),
    ({"relation": "lover"}, ["/relation"]),
    ({"source": "nobody"}, ["/source"]),
    ({"source": "nobody", "target": "nothing"}, ["/source", "/target"]),
    ({"source": "\ud800"}, ["/source"]),
    ({"source": 5}, ["/source"]),
    ({"target": ADA, "relation": "friend"}, ["/target"]),
    ({"source": "choir", "target": "hall"}, ["/target"]),
    ({"source": "hall"}, ["/source"]),
    ({"relation": "family"}, ["/target"]),
    ({"relation": "hosts"}, ["/source"]),
    ({"target": "hall", "relation": "partner"}, ["/source"]),
    ({"source": "choir", "target": ADA, "relation": "professional"}, ["/source"]),
    ({"strength": 0}, ["/strength"]),
    ({"strength": 1.01}, ["/strength"]),
    ({"strength": "0.5"}, ["/strength"]),
    ({"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, [""]),
    ({"id": "x" * 65}, ["/id"]),
    ({"id": "\ud800"}, ["/id"]),
    ({"level": 0.5}, ["/level"]),
    ({"type": "offers", "relation": None}, ["/target"]),
]


def _neighbourhood(client: httpx.Client) -> None:
    created(client, "areas", id="north", name="North")
    created(client, "people", id=ADA, name="Ada")
    created(client, "people", id=BEN, name="Ben")
    created(client, "associations", id="choir", name="Choir")
    created(client, "assets", id="hall", name="Hall")


def _post(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    # As ASCII: half a surrogate pair can be written in no other way.
    content = json.dumps(body).encode("ascii")
    return client.post(f"/v1/{path}", content=content, headers={"Content-Type": "application/json"})


def test_a_record_that_breaks_a_rule_is_refused_with_a_pointer_to_it(
    service: RunningService,
) -> None:
    with service.client() as client:
        _neighbourhood(client)
        before = feed(client)
        for path, body, expected in NODES:
            answer = _post(client, path, body)
            assert answer.status_code == 422, (path, body, answer.text)
            assert pointers(answer) == expected, (path, body, answer.text)
        assert feed(client) == before


def test_a_tie_that_breaks_a_rule_is_refused_with_a_pointer_to_it(
    service: RunningService,
) -> None:
    with service.client() as client:
        _neighbourhood(client)
        before = feed(client)
        member = {"type": "connects", "source": ADA, "target": "choir", "relation": "member"}
        for changed, expected in TIES:
            body = {k: v for k, v in {**member, **changed}.items() if v is not None}
            answer = _post(client, "ties", body)
            assert answer.status_code == 422, (changed, answer.text)
            assert set(expected) <= set(pointers(answer)), (changed, answer.text)
        other = {"source": "choir", "target": "hall", "relation": "friend", "type": "connects"}
        assert pointers(_post(client, "ties", other)) == ["/source"]
        assert feed(client) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"name": "A", "name": "B"}',
        b'{"name": "A", "sensitive": NaN}',
        b'{"name": "A", "location": {"latitude": Infinity, "longitude": 0}}',
        b'{"name": "A", "location": {"latitude": 1e400, "longitude": 0}}',
        b'{"name": "A", "description": ' + b"[" * 70 + b"]" * 70 + b"}",
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "A"}',
        b'{"name": "A"} {}',
    ],
)
def test_a_body_that_is_no_strict_json_is_refused(service: RunningService, body: bytes) -> None:
    with service.client(**{"Content-Type": "application/json"}) as client:
        problem(client.post("/v1/people", content=body), 400)
        problem(client.put(f"/v1/people/{ADA}", content=body), 400)
        problem(client.patch(f"/v1/people/{ADA}", content=body), 400)
        problem(client.post("/v1/search", content=body), 400)
        assert feed(client) == []


def test_a_path_that_can_be_no_record_is_answered_404(service: RunningService) -> None:
    with service.client() as client:
        for odd in ("x" * 65, "x" * 5000, "%00", "a%20b", "%F0%9F%8F%98", "%ED%A0%80", "a%0Ab"):
            for path in ("people", "associations", "areas", "nodes", "ties/connects", "jobs",
                         "reports"):  # fmt: skip
                assert client.get(f"/v1/{path}/{odd}").status_code == 404, (path, odd)
            assert client.get(f"/v1/nodes/{odd}/neighbourhood").status_code == 404, odd
            for path in ("assets", "areas"):
                answer = client.put(f"/v1/{path}/{odd}", json={"name": "A"})
                assert answer.status_code == 422, (path, odd)
                assert answer.json()["errors"][0]["pointer"] == "/id"
        assert feed(client) == []


def test_a_bad_patch_or_put_leaves_the_record_as_it_was(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tied(client, ADA, "member", "choir", id="t1")
        before = feed(client)
        for url, patch, expected in (
            (f"/v1/people/{ADA}", {"name": None}, "/name"),
            (f"/v1/people/{ADA}", {"id": BEN}, "/id"),
            (f"/v1/people/{ADA}", {"kind": "asset"}, "/kind"),
            (f"/v1/people/{ADA}", {"location": {"latitude": 3}}, "/location/longitude"),
            ("/v1/assets/hall", {"areas": ["nowhere"]}, "/areas/0"),
            ("/v1/ties/connects/t1", {"strength": 2}, "/strength"),
            ("/v1/ties/connects/t1", {"relation": "friend"}, "/target"),
            ("/v1/ties/connects/t1", {"source": BEN}, "/source"),
            ("/v1/ties/connects/t1", {"id": "t2"}, "/id"),
            ("/v1/ties/connects/t1", {"type": "trusts"}, "/type"),
            ("/v1/areas/north", {"id": "south"}, "/id"),
        ):
            answer = client.patch(url, json=patch, headers={"If-Match": "*"})
            assert expected in pointers(answer), (url, patch, answer.text)
        assert feed(client) == before


def test_bounds_and_instants_of_a_question_are_checked(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        for url, expected in (
            ("people?limit=0", "/query/limit"),
            ("people?limit=1001", "/query/limit"),
            ("ties?as_of=yesterday", "/query/as_of"),
            ("ties?type=likes", "/query/type"),
            ("people?updated_after=soon", "/query/updated_after"),
            ("changes?limit=0", "/query/limit"),
            ("changes?after=nowhere", "/query/after"),
            ("changes?after=" + "f" * 28, "/query/after"),
            ("nodes/choir/neighbourhood?hops=4", "/query/hops"),
            ("nodes/choir/neighbourhood?hops=0", "/query/hops"),
            ("nodes/choir/neighbourhood?types=likes", "/query/types"),
            ("exports?format=csv", "/query/what"),
            ("exports?format=xml", "/query/format"),
        ):
            assert pointers(client.get(f"/v1/{url}")) == [expected], url
