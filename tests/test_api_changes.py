"""The feed says what changed, in order and without a gap, for as long as it is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from graph.store.client import Client
from graph.store.housekeeping import forget
from graph.store.positions import LENGTH
from tests.api import ADA, BEN, created, feed, problem, read, tied

if TYPE_CHECKING:
    from tests.conftest import Connection
    from tests.running_service import RunningService


def test_every_change_is_in_the_feed_in_order(service: RunningService) -> None:
    with service.client() as client:
        assert read(client, "/v1/changes") == {"items": [], "next": None}
        created(client, "areas", id="north", name="North")
        created(client, "people", id=ADA, name="Ada")
        created(client, "associations", id="choir", name="Choir")
        tied(client, ADA, "member", "choir", id="t1")
        client.patch("/v1/ties/connects/t1", json={"strength": 0.5}, headers={"If-Match": "*"})
        client.delete(f"/v1/people/{ADA}?with_ties=true", headers={"If-Match": "*"})
        items = feed(client)
        shown = [
            (i["action"], i["entity"], i["kind"], i["type"], i["id"], i["version"]) for i in items
        ]
        assert shown == [
            ("created", "area", None, None, "north", 1),
            ("created", "node", "person", None, ADA, 1),
            ("created", "node", "association", None, "choir", 1),
            ("created", "tie", None, "connects", "t1", 1),
            ("updated", "tie", None, "connects", "t1", 2),
            ("deleted", "tie", None, "connects", "t1", 3),
            ("deleted", "node", "person", None, ADA, 2),
        ]
        positions = [item["position"] for item in items]
        assert len(set(positions)) == len(items)
        assert {len(position) for position in positions} == {LENGTH}
        assert all(item["at"].endswith("Z") for item in items)


def test_a_reader_goes_on_where_it_stopped(service: RunningService) -> None:
    with service.client() as client:
        for number in range(20):
            created(client, "assets", id=f"a{number}", name="A")
        whole = feed(client)
        for place, item in enumerate(whole):
            rest = read(client, "/v1/changes", after=item["position"], limit=1000)
            assert rest["items"] == whole[place + 1 :]
        first = read(client, "/v1/changes", limit=7)
        assert first["items"] == whole[:7]
        assert first["next"] == whole[6]["position"]
        last = whole[-1]["position"]
        assert read(client, "/v1/changes", after=last) == {"items": [], "next": None}
        created(client, "assets", id="later", name="A")
        assert [i["id"] for i in read(client, "/v1/changes", after=last)["items"]] == ["later"]


def test_no_change_of_many_writers_is_missed_or_twice(service: RunningService) -> None:
    with service.client() as client, ThreadPoolExecutor(8) as pool:
        writes = [
            pool.submit(client.put, f"/v1/assets/a{number}", json={"name": "A"})
            for number in range(60)
        ]
        met: list[str] = []
        after: dict[str, str] = {}
        while not all(write.done() for write in writes) or len(met) < len(writes):
            for item in read(client, "/v1/changes", limit=7, **after)["items"]:
                met.append(item["id"])
                after = {"after": item["position"]}
        assert sorted(met) == sorted({f"a{number}" for number in range(60)})
        assert met == [item["id"] for item in feed(client)]


@pytest.mark.anyio
async def test_a_position_that_is_no_longer_kept_answers_410(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        for number in range(3):
            created(client, "assets", id=f"old{number}", name="A")
        old = feed(client)
        async with Client(connection.engine) as store:
            assert await forget(store, datetime.now(UTC) + timedelta(days=89)) == 0
            assert feed(client) == old
            await forget(store, datetime.now(UTC) + timedelta(days=91))
        problem(client.get("/v1/changes"), 410)
        problem(client.get("/v1/changes", params={"after": old[0]["position"]}), 410)
        # Whoever has seen the last change has missed nothing.
        last = {"after": old[-1]["position"]}
        assert read(client, "/v1/changes", **last) == {"items": [], "next": None}
        created(client, "assets", id="new", name="A")
        assert [item["id"] for item in read(client, "/v1/changes", **last)["items"]] == ["new"]
        problem(client.get("/v1/changes"), 410)


@pytest.mark.anyio
async def test_a_position_of_another_life_of_the_store_answers_410(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        created(client, "assets", id="hall", name="A")
        (before,) = feed(client)
        await connection.empty()
        created(client, "assets", id="other", name="A")
        problem(client.get("/v1/changes", params={"after": before["position"]}), 410)


def test_a_partner_is_told_of_what_it_may_see_and_walks_past_the_rest(
    service: RunningService,
) -> None:
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        for person, steward in ((ADA, None), (BEN, "town")):
            created(client, "people", id=person, name="Somebody", steward=steward)
        created(client, "associations", id="choir", name="Choir")
        tied(client, ADA, "member", "choir", id="hidden")
        tied(client, BEN, "member", "choir", id="seen", steward="town")
        tied(client, ADA, "staff", "town", id="own", steward="town")
        client.delete(f"/v1/people/{ADA}?with_ties=true", headers={"If-Match": "*"})
        whole = feed(client)
        key = service.key("partner", "town")
        with service.client(key) as partner:
            assert [item["id"] for item in feed(partner)] == ["town", "choir"]
        with service.client(key, **{"Wholemap-Purpose": "record"}) as partner:
            shown = [(item["action"], item["id"]) for item in feed(partner)]
            assert shown == [
                ("created", "town"), ("created", BEN), ("created", "choir"), ("created", "seen"),
                ("created", "own"), ("deleted", "own"),
            ]  # fmt: skip
            met: list[str] = []
            page = read(partner, "/v1/changes", limit=1)
            met += [item["id"] for item in page["items"]]
            steps = 1
            while page["next"] is not None:
                page = read(partner, "/v1/changes", limit=1, after=page["next"])
                met += [item["id"] for item in page["items"]]
                steps += 1
            assert met == [id_ for _, id_ in shown]
            assert steps <= len(whole)
