"""Nodes and areas are made, read, listed, corrected and deleted through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.api import ADA, BEN, KIND_OF, PATHS, created, feed, ids, problem, read, tied

if TYPE_CHECKING:
    from tests.running_service import RunningService

WHOLE: dict[str, dict[str, Any]] = {
    "people": {
        "id": ADA,
        "mapped": True,
        "languages": ["en", "pl"],
        "expires_on": "2030-01-01",
        "told_on": "2026-03-02",
    },
    "associations": {
        "id": "choir",
        "formality": "informal",
        "reported_members": [{"count": 24, "on": "2026-01-31"}],
        "structured": "yes",
        "staff_present": "no",
        "safeguarding_pathway": "unknown",
    },
    "agencies": {"id": "council", "sector": "public"},
    "assets": {
        "id": "hall",
        "levels": ["physical", "economic"],
        "category": "space",
        "terms": [{"scheme": "esd", "code": "17", "label": None}],
        "aspect": "hand",
        "status": "actual",
        "approval": "approved",
        "review_due": "2027-01-01",
        "capacity": {"unit": "seats", "maximum": 80.0, "available": 12.5},
        "schedule": [
            {
                "rrule": "FREQ=WEEKLY;BYDAY=MO",
                "starts": "2026-03-02T09:00:00Z",
                "ends": "2026-03-02T10:30:00.250000Z",
                "timezone": "Europe/London",
            }
        ],
        "cost": "free",
        "accessibility": {"ramp": "yes", "hearing_loop": "unknown"},
    },
}
COMMON: dict[str, Any] = {
    "name": "Zoë, “place” 🏘",
    "description": "two\nlines",
    "tags": ["blue", "green"],
    "areas": ["riverside"],
    "location": {"latitude": 51.501, "longitude": -0.142, "reason": "asked to be found"},
    "contacts": [
        {"kind": "phone", "value": "+44 20 7946 0000", "label": "desk", "preferred": True,
         "clearance": "public"},
        {"kind": "email", "value": "x@example.org", "label": None, "preferred": False,
         "clearance": None},
    ],
    "source": {"system": "hsds", "type": "service", "id": "17"},
    "steward": "town",
    "clearance": "public",
    "sensitive": True,
    "active_from": "2020-01-01",
    "active_to": "2030-01-01",
    "provenance": {
        "method": "face_to_face",
        "originator": "person",
        "recorded_by": "Sam",
        "recorded_at": "2026-03-01T09:00:00Z",
        "exercise": "spring",
    },
}  # fmt: skip
KEPT = {"version", "created_at", "updated_at", "kind"}


@pytest.mark.parametrize("path", PATHS)
def test_a_record_comes_back_field_by_field_as_it_was_given(
    service: RunningService, path: str
) -> None:
    with service.client() as client:
        created(client, "areas", id="riverside", name="Riverside")
        created(client, "agencies", id="town", name="Town")
        given = {**COMMON, **WHOLE[path]}
        made = created(client, path, **given)
        assert {name: made[name] for name in made.keys() - KEPT} == given
        assert (made["kind"], made["version"]) == (KIND_OF[path], 1)
        assert made["created_at"] == made["updated_at"]
        assert made["created_at"].endswith("Z")
        assert read(client, f"/v1/{path}/{made['id']}") == made
        assert read(client, f"/v1/nodes/{made['id']}") == made
        assert client.post("/v1/nodes/get", json={"ids": [made["id"]]}).json() == {"items": [made]}
        assert read(client, f"/v1/{path}", tag="blue")["items"] == [made]


@pytest.mark.parametrize("path", PATHS)
def test_putting_what_was_read_changes_nothing(service: RunningService, path: str) -> None:
    with service.client() as client:
        created(client, "areas", id="riverside", name="Riverside")
        created(client, "agencies", id="town", name="Town")
        url = f"/v1/{path}/{created(client, path, **{**COMMON, **WHOLE[path]})['id']}"
        before, changes = client.get(url), feed(client)
        answer = client.put(url, json=before.json(), headers={"If-Match": before.headers["ETag"]})
        assert answer.status_code == 200, answer.text
        assert answer.json() == before.json()
        assert answer.headers["ETag"] == before.headers["ETag"]
        assert feed(client) == changes


@pytest.mark.parametrize("path", PATHS)
def test_a_record_lives_from_put_through_patch_to_delete_and_again(
    service: RunningService, path: str
) -> None:
    url = f"/v1/{path}/{WHOLE[path]['id']}"
    with service.client() as client:
        made = client.put(url, json={"name": "First", "description": "gone by the next put"})
        assert made.status_code == 201, made.text
        replaced = client.put(
            url, json={"name": "Second", "tags": ["a"]}, headers={"If-Match": made.headers["ETag"]}
        )
        assert replaced.status_code == 200, replaced.text
        assert (replaced.json()["description"], replaced.json()["version"]) == (None, 2)
        patched = client.patch(
            url,
            json={"description": "here", "tags": None},
            headers={"If-Match": replaced.headers["ETag"]},
        )
        assert patched.status_code == 200, patched.text
        assert patched.json()["version"] == 3
        assert patched.json()["name"] == "Second"
        assert patched.json()["tags"] == []
        assert patched.json()["created_at"] == made.json()["created_at"]
        gone = client.delete(url, headers={"If-Match": patched.headers["ETag"]})
        assert (gone.status_code, gone.content) == (204, b"")
        problem(client.get(url), 404)
        problem(client.delete(url, headers={"If-Match": "*"}), 404)
        problem(client.patch(url, json={"name": "x"}, headers={"If-Match": "*"}), 404)
        assert client.put(url, json={"name": "Again"}).json()["version"] == 5
        assert [change["version"] for change in feed(client)] == [1, 2, 3, 4, 5]


def test_a_patch_merges_nested_objects_and_null_takes_away(service: RunningService) -> None:
    with service.client() as client:
        created(
            client,
            "assets",
            id="hall",
            name="Hall",
            capacity={"unit": "seats", "maximum": 80, "available": 3},
            accessibility={"ramp": "yes", "loop": "no"},
            status="potential",
        )
        patch = {
            "capacity": {"available": None},
            "accessibility": {"loop": None, "toilet": "yes"},
            "status": None,
        }
        answer = client.patch(
            "/v1/assets/hall",
            json=patch,
            headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
        )
        assert answer.status_code == 200, answer.text
        hall = answer.json()
        assert hall["capacity"] == {"unit": "seats", "maximum": 80.0, "available": None}
        assert hall["accessibility"] == {"ramp": "yes", "toilet": "yes"}
        assert hall["status"] == "actual"
        nothing = client.patch("/v1/assets/hall", json={}, headers={"If-Match": "*"})
        assert (nothing.status_code, nothing.json()) == (200, hall)


def test_a_person_is_given_a_uuid_of_version_7_and_others_an_id_as_well(
    service: RunningService,
) -> None:
    with service.client() as client:
        for path in PATHS:
            answer = client.post(f"/v1/{path}", json={"name": "Somebody"})
            made = answer.json()
            assert UUID(made["id"]).version == 7
            assert answer.headers["Location"] == f"/v1/{path}/{made['id']}"
            assert read(client, answer.headers["Location"]) == made


def test_a_uuid_in_capitals_is_the_same_person(service: RunningService) -> None:
    capitals = "0192F0C1-7D1E-7CC3-98C4-DC0C0C07398F"
    with service.client() as client:
        assert created(client, "people", id=capitals, name="Ada")["id"] == capitals.lower()
        problem(client.post("/v1/people", json={"id": capitals, "name": "Ada"}), 409)
        assert read(client, f"/v1/people/{capitals}")["id"] == capitals.lower()
        answer = client.put(
            f"/v1/people/{capitals}", json={"name": "Ada L"}, headers={"If-Match": "*"}
        )
        assert answer.json()["version"] == 2, answer.text


def test_every_character_that_an_id_may_have_works_in_a_path(service: RunningService) -> None:
    with service.client() as client:
        for odd in ("a.b_c~d-E9", "~", "-", "...", "x" * 64):
            created(client, "associations", id=odd, name="Odd")
            assert read(client, f"/v1/associations/{odd}")["id"] == odd
        assert len(ids(client, "/v1/associations")) == 5


def test_a_persons_place_is_coarse_unless_a_reason_is_given(service: RunningService) -> None:
    place = {"latitude": 51.50735, "longitude": -0.12776}
    with service.client() as client:
        coarse = created(client, "people", id=ADA, name="Ada", location=place)["location"]
        assert coarse == {"latitude": 51.51, "longitude": -0.13, "reason": None}
        exact = {**place, "reason": "a meeting place"}
        assert created(client, "people", id=BEN, name="Ben", location=exact)["location"] == exact
        hall = created(client, "assets", name="Hall", location=place)["location"]
        assert (hall["latitude"], hall["longitude"]) == (51.50735, -0.12776)
        url = f"/v1/people/{ADA}"
        answer = client.patch(url, json={"location": place}, headers={"If-Match": "*"})
        assert answer.json()["location"] == coarse


def test_an_id_in_use_is_refused_whatever_the_kind(service: RunningService) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        before = feed(client)
        problem(client.post("/v1/associations", json={"id": "choir", "name": "Other"}), 409)
        problem(client.post("/v1/agencies", json={"id": "choir", "name": "Other"}), 409)
        problem(client.put("/v1/agencies/choir", json={"name": "Other"}), 409)
        problem(client.get("/v1/agencies/choir"), 404)
        problem(client.patch("/v1/agencies/choir", json={}, headers={"If-Match": "*"}), 404)
        problem(client.delete("/v1/agencies/choir", headers={"If-Match": "*"}), 404)
        assert feed(client) == before


def test_a_source_belongs_to_one_record(service: RunningService) -> None:
    source = {"system": "hsds", "type": "service", "id": "1"}
    with service.client() as client:
        created(client, "assets", id="one", name="One", source=source)
        created(client, "agencies", id="two", name="Two", source={**source, "type": "agency"})
        problem(client.post("/v1/assets", json={"name": "Three", "source": source}), 409)
        patch = {"source": {"type": "service"}}
        problem(client.patch("/v1/agencies/two", json=patch, headers={"If-Match": "*"}), 409)
        client.patch("/v1/assets/one", json={"source": None}, headers={"If-Match": "*"})
        assert (
            client.patch("/v1/agencies/two", json=patch, headers={"If-Match": "*"}).json()["source"]
            == source
        )


def test_a_node_with_ties_is_deleted_on_demand_only(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "people", id=BEN, name="Ben")
        created(client, "associations", id="choir", name="Choir")
        for somebody in (ADA, BEN):
            tied(client, somebody, "member", "choir", id=f"t-{somebody}")
        before = feed(client)
        refused = client.delete("/v1/associations/choir", headers={"If-Match": "*"})
        assert problem(refused, 409)["ties"] == 2
        assert feed(client) == before
        answer = client.delete("/v1/associations/choir?with_ties=true", headers={"If-Match": "*"})
        assert answer.status_code == 204
        gone = feed(client)[len(before) :]
        assert {(g["entity"], g["action"], g["id"]) for g in gone} == {
            ("tie", "deleted", f"t-{ADA}"),
            ("tie", "deleted", f"t-{BEN}"),
            ("node", "deleted", "choir"),
        }
        assert ids(client, "/v1/ties") == []
        created(client, "associations", id="choir", name="Choir")
        assert tied(client, ADA, "member", "choir", id=f"t-{ADA}")["version"] == 3


def test_a_steward_stays_as_long_as_it_answers_for_records(service: RunningService) -> None:
    with service.client() as client:
        created(client, "agencies", id="town", name="Town", steward="town")
        created(client, "assets", id="hall", name="Hall", steward="town")
        problem(client.delete("/v1/agencies/town", headers={"If-Match": "*"}), 409)
        client.patch("/v1/assets/hall", json={"steward": None}, headers={"If-Match": "*"})
        client.patch("/v1/agencies/town", json={"steward": None}, headers={"If-Match": "*"})
        assert client.delete("/v1/agencies/town", headers={"If-Match": "*"}).status_code == 204
