"""Ties are made, read, listed, corrected and deleted through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import ADA, BEN, CLEO, created, feed, ids, pointers, problem, read, tied

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

PROVENANCE = {
    "method": "phone", "originator": "agency", "recorded_by": "Sam",
    "recorded_at": "2026-03-01T09:00:00Z", "exercise": "spring",
}  # fmt: skip
COMMON: dict[str, Any] = {
    "id": "t1", "valid_from": "2024-01-01", "valid_to": "2030-01-01", "steward": "choir",
    "clearance": "partners", "provenance": PROVENANCE, "disclosed": True,
}  # fmt: skip
WHOLE: dict[str, dict[str, Any]] = {
    "offers": {"source": ADA, "target": "hall", "state": "with_support", "support_needed": "a key"},
    "wants": {
        "source": "choir", "target": "hall", "purpose": "to sing", "state": "met",
        "met_by": "offer-1",
    },
    "connects": {
        "source": ADA, "target": "choir", "relation": "member", "paid": False,
        "quality": "supportive", "strength": 0.7, "last_contact": "2026-02-28",
    },
    "trusts": {
        "source": "choir", "target": ADA, "level": 0.25, "openness": 1, "reliability": 4,
        "shared_mission": None,
    },
}  # fmt: skip
KEPT = {"version", "created_at", "updated_at"}
TYPES = tuple(WHOLE)


def _neighbourhood(client: httpx.Client) -> None:
    for person, name in ((ADA, "Ada"), (BEN, "Ben"), (CLEO, "Cleo")):
        created(client, "people", id=person, name=name)
    created(client, "associations", id="choir", name="Choir")
    created(client, "associations", id="shed", name="Shed")
    created(client, "agencies", id="council", name="Council")
    created(client, "assets", id="hall", name="Hall")


@pytest.mark.parametrize("type_", TYPES)
def test_a_tie_comes_back_field_by_field_as_it_was_given(
    service: RunningService, type_: str
) -> None:
    with service.client() as client:
        _neighbourhood(client)
        given = {**COMMON, **WHOLE[type_], "type": type_, "stated_by": WHOLE[type_]["target"]}
        answer = client.post("/v1/ties", json=given)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert {name: made[name] for name in made.keys() - KEPT} == given
        assert answer.headers["Location"] == f"/v1/ties/{type_}/t1"
        url = answer.headers["Location"]
        shown = client.get(url)
        assert shown.json() == made
        changes = feed(client)
        again = client.put(url, json=made, headers={"If-Match": shown.headers["ETag"]})
        assert (again.json(), again.headers["ETag"]) == (made, shown.headers["ETag"])
        assert feed(client) == changes


@pytest.mark.parametrize("type_", TYPES)
def test_a_tie_lives_from_put_through_patch_to_delete_and_again(
    service: RunningService, type_: str
) -> None:
    url = f"/v1/ties/{type_}/t9"
    ends = {name: WHOLE[type_][name] for name in ("source", "target")}
    fields = {**ends, **({"relation": "member"} if type_ == "connects" else {})}
    with service.client() as client:
        _neighbourhood(client)
        start = len(feed(client))
        made = client.put(url, json={**fields, "valid_from": "2024-01-01"})
        assert made.status_code == 201, made.text
        etag = made.headers["ETag"]
        replaced = client.put(url, json=fields, headers={"If-Match": etag})
        assert (replaced.json()["valid_from"], replaced.json()["version"]) == (None, 2)
        patched = client.patch(
            url, json={"valid_to": "2025-01-01"}, headers={"If-Match": replaced.headers["ETag"]}
        )
        assert (patched.json()["valid_to"], patched.json()["version"]) == ("2025-01-01", 3)
        moved = client.patch(url, json={"target": "council"}, headers={"If-Match": "*"})
        assert pointers(moved) == ["/target"]
        problem(client.patch(url, json={"valid_to": None}, headers={"If-Match": etag}), 412)
        gone = client.delete(url, headers={"If-Match": patched.headers["ETag"]})
        assert (gone.status_code, gone.content) == (204, b"")
        problem(client.get(url), 404)
        problem(client.patch(url, json={}, headers={"If-Match": "*"}), 404)
        problem(client.delete(url, headers={"If-Match": "*"}), 404)
        problem(client.put(url, json=fields, headers={"If-Match": "*"}), 412)
        assert client.put(url, json=fields).json()["version"] == 5
        assert [
            (change["action"], change["type"], change["version"]) for change in feed(client)[start:]
        ] == [
            ("created", type_, 1), ("updated", type_, 2), ("updated", type_, 3),
            ("deleted", type_, 4), ("created", type_, 5),
        ]  # fmt: skip


def test_a_symmetric_tie_is_stored_in_order_and_found_from_both_ends(
    service: RunningService,
) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tie = tied(client, BEN, "friend", ADA)
        assert (tie["source"], tie["target"]) == (ADA, BEN)
        tied(client, ADA, "member", "choir")
        for source, target in ((ADA, BEN), (BEN, ADA)):
            friends = {"relation": "friend", "source": source}
            assert ids(client, "/v1/ties", **friends) == [tie["id"]]
            assert ids(client, "/v1/ties", relation="friend", target=target) == [tie["id"]]
            assert ids(client, "/v1/ties", source=source, target=target) == [tie["id"]]
        assert ids(client, "/v1/ties", source="choir") == []
        url = f"/v1/ties/connects/{tie['id']}"
        turned = {"type": "connects", "relation": "friend", "source": BEN, "target": ADA}
        answer = client.put(url, json=turned, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()) == (200, tie)


def test_the_same_statement_twice_is_one_tie(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tie = tied(client, ADA, "neighbour", BEN, valid_from="2024-01-01")
        turned = {
            "type": "connects", "relation": "neighbour", "source": BEN, "target": ADA,
            "valid_from": "2024-01-01",
        }  # fmt: skip
        problem(client.post("/v1/ties", json=turned), 409)
        assert ids(client, "/v1/ties") == [tie["id"]]


def test_validities_of_one_statement_do_not_overlap(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tied(client, ADA, "friend", BEN, id="early", valid_from="2020-01-01", valid_to="2022-01-01")
        start = feed(client)
        friends = {"type": "connects", "relation": "friend", "source": BEN, "target": ADA}
        for days in (
            {},
            {"valid_from": "2021-12-31"},
            {"valid_to": "2020-01-02"},
            {"valid_from": "2020-06-01", "valid_to": "2020-07-01"},
        ):
            problem(client.post("/v1/ties", json={**friends, **days}), 409)
        assert feed(client) == start
        created(client, "ties", **friends, valid_to="2020-01-01", id="before")
        created(client, "ties", **friends, valid_from="2022-01-01", id="after")
        tied(client, ADA, "neighbour", BEN)
        created(client, "ties", type="trusts", source=ADA, target=BEN)
        created(client, "ties", type="trusts", source=BEN, target=ADA)
        problem(client.post("/v1/ties", json={"type": "trusts", "source": BEN, "target": ADA,
                                              "id": "other"}), 409)  # fmt: skip
        longer = client.patch(
            "/v1/ties/connects/early", json={"valid_to": "2022-01-02"}, headers={"If-Match": "*"}
        )
        problem(longer, 409)


def test_an_id_is_used_once_in_its_type(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tied(client, ADA, "member", "choir", id="t1")
        other = {"type": "connects", "relation": "member", "source": BEN, "target": "choir"}
        problem(client.post("/v1/ties", json={**other, "id": "t1"}), 409)
        assert pointers(
            client.put("/v1/ties/connects/t1", json=other, headers={"If-Match": "*"})
        ) == ["/source"]
        created(client, "ties", type="trusts", source=ADA, target=BEN, id="t1")
        assert read(client, "/v1/ties/connects/t1")["source"] == ADA
        problem(client.get("/v1/ties/offers/t1"), 404)
        assert pointers(client.get("/v1/ties/likes/t1")) == ["/path/type"]


def test_ties_are_narrowed_by_each_filter(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        tied(client, ADA, "member", "choir", id="a", valid_to="2024-01-01")
        tied(client, ADA, "staff", "council", id="b", valid_from="2024-01-01")
        created(client, "ties", type="offers", source=ADA, target="hall", id="a")
        created(client, "ties", type="wants", source="choir", target="hall", id="a")
        for narrowed, expected in (
            ({}, ["connects a", "connects b", "offers a", "wants a"]),
            ({"type": "connects"}, ["connects a", "connects b"]),
            ({"source": ADA}, ["connects a", "connects b", "offers a"]),
            ({"target": "hall"}, ["offers a", "wants a"]),
            ({"source": "choir", "target": "hall"}, ["wants a"]),
            ({"relation": "staff"}, ["connects b"]),
            ({"relation": "staff", "source": ADA, "type": "connects"}, ["connects b"]),
            ({"as_of": "2023-12-31"}, ["connects a", "offers a", "wants a"]),
            ({"as_of": "2024-01-01"}, ["connects b", "offers a", "wants a"]),
            ({"as_of": "2023-12-31", "source": ADA}, ["connects a", "offers a"]),
            ({"source": "nobody"}, []),
        ):
            items = read(client, "/v1/ties", **narrowed)["items"]
            assert [f"{item['type']} {item['id']}" for item in items] == expected, narrowed


def test_a_clearance_follows_from_the_ends_where_none_is_given(service: RunningService) -> None:
    with service.client() as client:
        _neighbourhood(client)
        assert tied(client, ADA, "member", "choir")["clearance"] == "private"
        assert tied(client, "choir", "partner", "council")["clearance"] == "partners"
        assert tied(client, "shed", "uses", "hall", clearance="public")["clearance"] == "public"
