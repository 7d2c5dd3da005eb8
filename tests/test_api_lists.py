"""Lists are narrowed by every filter; areas hold what lies in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import ADA, BEN, PATHS, created, feed, ids, pointers, problem, read

if TYPE_CHECKING:
    from tests.running_service import RunningService


@pytest.mark.parametrize("path", PATHS)
def test_a_list_is_narrowed_by_each_filter(service: RunningService, path: str) -> None:
    first, second = (ADA, BEN) if path == "people" else ("one", "two")
    with service.client() as client:
        for area in ("north", "south"):
            created(client, "areas", id=area, name=area)
        created(client, "agencies", id="zz-town", name="Town")
        source = {"system": "a", "type": "b", "id": "1"}
        own: dict[str, Any] = {"status": "potential", "approval": "approved"}
        own = own if path == "assets" else {}
        created(
            client, path, id=first, name="One", areas=["north", "south"], tags=["blue", "green"],
            steward="zz-town", clearance="public", source=source, **own,
        )  # fmt: skip
        created(
            client, path, id=second, name="Two", areas=["south"], tags=["green"],
            clearance="private", source={"system": "a", "type": "c", "id": "2"},
        )  # fmt: skip
        for narrowed in (
            {"area": "north"},
            {"tag": "blue"},
            {"steward": "zz-town"},
            {"clearance": "public"},
            {"source_system": "a", "source_type": "b"},
            {"source_id": "1"},
            {"area": "south", "tag": "green", "clearance": "public"},
            *({name: value} for name, value in own.items()),
        ):
            assert ids(client, f"/v1/{path}", **narrowed) == [first], narrowed
        for both in ({"area": "south"}, {"source_system": "a"}):
            assert ids(client, f"/v1/{path}", **both) == [first, second]
        for neither in ({"area": "west"}, {"tag": "blu"}, {"source_id": "3"}):
            assert ids(client, f"/v1/{path}", **neither) == []


def test_a_list_shows_what_was_updated_after_an_instant(service: RunningService) -> None:
    with service.client() as client:
        updated = created(client, "assets", id="hall", name="Hall")["updated_at"]
        assert ids(client, "/v1/assets", updated_after="2020-01-01T00:00:00+02:00") == ["hall"]
        assert ids(client, "/v1/assets", updated_after=updated) == []
        created(client, "areas", id="north", name="North")
        assert ids(client, "/v1/areas", updated_after="2020-01-01T00:00:00Z") == ["north"]
        naive = client.get("/v1/assets", params={"updated_after": "2020-01-01T00:00:00"})
        assert pointers(naive) == ["/query/updated_after"]


def test_parameters_that_are_not_there_are_refused(service: RunningService) -> None:
    with service.client() as client:
        for path in (*PATHS, "areas", "ties", "changes", "reports", "exports"):
            answer = client.get(f"/v1/{path}", params={"colour": "blue"})
            assert pointers(answer) == ["/query/colour"], path
        assert pointers(client.get("/v1/people", params={"clearance": "secret"})) == [
            "/query/clearance"
        ]


def test_nodes_are_read_by_id_in_the_order_asked_for(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "associations", id="choir", name="Choir")
        asked = {"ids": ["choir", "nobody", ADA, "choir"]}
        items = client.post("/v1/nodes/get", json=asked).json()["items"]
        assert [item["id"] for item in items] == ["choir", ADA]
        assert pointers(client.post("/v1/nodes/get", json={"ids": []})) == ["/ids"]
        assert pointers(client.post("/v1/nodes/get", json={"ids": ["x"] * 101})) == ["/ids"]


def test_an_area_lives_from_post_to_delete(service: RunningService) -> None:
    source = {"system": "ons", "type": "lsoa", "id": "E01000001"}
    given = {
        "id": "riverside", "name": "Riverside", "area_kind": "place", "parent": None,
        "population": 4200, "source": source,
    }  # fmt: skip
    with service.client() as client:
        made = created(client, "areas", **given)
        assert made | given == made
        url = "/v1/areas/riverside"
        before = client.get(url)
        again = client.put(url, json=made, headers={"If-Match": before.headers["ETag"]})
        assert (again.json(), again.headers["ETag"]) == (made, before.headers["ETag"])
        patched = client.patch(url, json={"population": None}, headers={"If-Match": "*"})
        assert (patched.json()["population"], patched.json()["version"]) == (None, 2)
        problem(client.patch(url, json={}), 428)
        problem(client.put(url, json=given, headers={"If-Match": before.headers["ETag"]}), 412)
        problem(client.put(url, json=given, headers={"If-None-Match": "*"}), 412)
        problem(client.post("/v1/areas", json=given), 409)
        assert client.delete(url, headers={"If-Match": "*"}).status_code == 204
        problem(client.get(url), 404)
        assert client.put(url, json={"name": "Riverside"}).json()["version"] == 4
        assert [(change["entity"], change["action"]) for change in feed(client)] == [
            ("area", "created"), ("area", "updated"), ("area", "deleted"), ("area", "created"),
        ]  # fmt: skip


def test_areas_lie_in_areas_but_in_no_circle(service: RunningService) -> None:
    with service.client() as client:
        for area, parent in (("city", None), ("north", "city"), ("hill", "north")):
            created(client, "areas", id=area, name=area, parent=parent)
        created(client, "areas", name="Chess", area_kind="interest", id="chess")
        assert ids(client, "/v1/areas", parent="city") == ["north"]
        assert ids(client, "/v1/areas", area_kind="interest") == ["chess"]
        circle = client.patch("/v1/areas/city", json={"parent": "hill"}, headers={"If-Match": "*"})
        assert pointers(circle) == ["/parent"]
        assert pointers(client.put("/v1/areas/x", json={"name": "x", "parent": "x"})) == ["/parent"]
        assert pointers(client.post("/v1/areas", json={"name": "x", "parent": "y"})) == ["/parent"]
        assert read(client, "/v1/areas/city")["version"] == 1


def test_an_area_in_which_something_lies_stays(service: RunningService) -> None:
    with service.client() as client:
        created(client, "areas", id="north", name="North")
        created(client, "areas", id="hill", name="Hill", parent="north")
        created(client, "assets", id="hall", name="Hall", areas=["hill"])
        problem(client.delete("/v1/areas/north", headers={"If-Match": "*"}), 409)
        problem(client.delete("/v1/areas/hill", headers={"If-Match": "*"}), 409)
        assert client.delete("/v1/assets/hall", headers={"If-Match": "*"}).status_code == 204
        assert client.delete("/v1/areas/hill", headers={"If-Match": "*"}).status_code == 204
        assert client.delete("/v1/areas/north", headers={"If-Match": "*"}).status_code == 204
