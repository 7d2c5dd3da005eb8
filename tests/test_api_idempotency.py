"""A request that comes again with its key is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graph.store.client import Client
from graph.store.housekeeping import forget
from tests.api import ADA, created, feed, ids, pointers, problem

if TYPE_CHECKING:
    from tests.conftest import Connection
    from tests.running_service import RunningService

POSTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("people", {"name": "Ada"}),
    ("associations", {"name": "Choir"}),
    ("agencies", {"name": "Council"}),
    ("assets", {"name": "Hall"}),
    ("areas", {"name": "North"}),
)
KEY = {"Idempotency-Key": "a8f5f167-f44f"}


@pytest.mark.parametrize(("path", "body"), POSTS)
def test_a_post_that_comes_again_makes_nothing_new(
    service: RunningService, path: str, body: dict[str, Any]
) -> None:
    with service.client() as client:
        first = client.post(f"/v1/{path}", json=body, headers=KEY)
        again = client.post(f"/v1/{path}", json=body, headers=KEY)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        for header in ("ETag", "Location"):
            assert again.headers[header] == first.headers[header]
        assert ids(client, f"/v1/{path}") == [first.json()["id"]]
        problem(client.post(f"/v1/{path}", json={**body, "name": "B"}, headers=KEY), 422)
        assert len(feed(client)) == 1


def test_a_tie_that_is_posted_again_is_the_same(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "associations", id="choir", name="Choir")
        tie = {"type": "connects", "source": ADA, "target": "choir", "relation": "member"}
        answers = [client.post("/v1/ties", json=tie, headers=KEY) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        problem(client.post("/v1/ties", json=tie), 409)


def test_a_replay_shows_the_record_as_it_is_now(service: RunningService) -> None:
    with service.client() as client:
        body = {"id": "hall", "name": "Hall"}
        client.post("/v1/assets", json=body, headers=KEY)
        client.patch("/v1/assets/hall", json={"name": "Great Hall"}, headers={"If-Match": "*"})
        replay = client.post("/v1/assets", json=body, headers=KEY)
        assert replay.status_code == 201
        assert (replay.json()["name"], replay.json()["version"]) == ("Great Hall", 2)
        client.delete("/v1/assets/hall", headers={"If-Match": "*"})
        problem(client.post("/v1/assets", json=body, headers=KEY), 404)


def test_a_key_stands_for_one_caller_and_one_path(service: RunningService) -> None:
    with (
        service.client(service.key("coordinator")) as one,
        service.client(service.key("coordinator")) as other,
    ):
        for path in ("assets", "agencies"):
            for client in (one, other):
                answer = client.post(f"/v1/{path}", json={"name": "A"}, headers=KEY)
                assert answer.status_code == 201
        assert len(ids(one, "/v1/assets")) == len(ids(one, "/v1/agencies")) == 2


def test_a_refused_request_leaves_its_key_free(service: RunningService) -> None:
    with service.client() as client:
        problem(client.post("/v1/assets", json={"name": ""}, headers=KEY), 422)
        assert client.post("/v1/assets", json={"name": "A"}, headers=KEY).status_code == 201


def test_of_requests_with_one_key_at_once_one_makes_a_record(service: RunningService) -> None:
    with service.client() as client, ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(client.post, "/v1/people", json={"name": "Ada"}, headers=KEY)
            for _ in range(8)
        ]
        answers = [one.result() for one in asked]
        made = [answer.json() for answer in answers if answer.status_code == 201]
        assert made
        assert all(record == made[0] for record in made)
        for answer in answers:
            if answer.status_code != 201:
                problem(answer, 409)
        assert ids(client, "/v1/people") == [made[0]["id"]]


def test_a_key_that_is_none_is_refused(service: RunningService) -> None:
    with service.client() as client:
        for odd in ("", "two words", "x" * 256):
            answer = client.post("/v1/assets", json={"name": "A"}, headers={"Idempotency-Key": odd})
            assert pointers(answer) == ["/header/Idempotency-Key"]


@pytest.mark.anyio
async def test_a_key_is_kept_for_24_hours(service: RunningService, connection: Connection) -> None:
    with service.client() as client:
        assert client.post("/v1/assets", json={"name": "A"}, headers=KEY).status_code == 201
        async with Client(connection.engine) as store:
            await forget(store, datetime.now(UTC) + timedelta(hours=23))
            assert client.post("/v1/assets", json={"name": "A"}, headers=KEY).status_code == 201
            assert len(ids(client, "/v1/assets")) == 1
            await forget(store, datetime.now(UTC) + timedelta(hours=25))
        assert client.post("/v1/assets", json={"name": "A"}, headers=KEY).status_code == 201
        assert len(ids(client, "/v1/assets")) == 2


@pytest.mark.anyio
async def test_what_is_kept_of_a_request_holds_nothing_of_its_body(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        client.post("/v1/people", json={"name": "Ada Lovelace"}, headers=KEY)
    (row,) = await connection.query("MATCH (r:Request) RETURN r {.*} AS request")
    assert row["request"].keys() == {"key", "digest", "status", "entity", "id", "version", "at"}
    assert "Ada" not in str(row["request"])
