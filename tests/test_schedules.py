"""A report is asked again when its time has come, and tells what changed since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graph.analytics.what_changed import what_changed
from graph.audit.journal import Journal
from graph.store.client import Client
from graph.store.schedules import due_schedules
from service.scheduling import ask_what_is_due
from service.settings import Settings
from tests.api import ADA, BEN, created, pointers, problem, read
from tests.long_work import followed
from tests.test_stored_answers import agreed

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine
    from graph.store.jobs import Job
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio
DAILY = {"kind": "isolation", "rrule": "FREQ=DAILY", "starts": "2026-03-02T06:00:00Z"}


async def asked(engine: Engine, folder: Path, now: datetime) -> list[Job]:
    """Ask what is due, as a service does from time to time."""
    async with Client(engine) as store, Journal(folder, None) as journal:
        return await ask_what_is_due(store, journal, Settings(), now)


async def answer_of(engine: Engine, folder: Path, client: httpx.Client, now: datetime) -> Any:
    """Ask the one schedule that is due, and return its answer."""
    (job,) = await asked(engine, folder, now)
    followed(client, job.id)
    return read(client, f"/v1/reports/{job.asked['run']}")


async def test_each_run_tells_what_changed_since_the_one_before(
    service: RunningService, engine: Engine, tmp_path: Path
):
    now = datetime.now(UTC).replace(microsecond=0)
    with service.client() as operator, service.client(service.key("coordinator")) as client:
        for person, name in ((ADA, "Ada"), (BEN, "Ben")):
            created(operator, "people", id=person, name=name, mapped=True)
        agreed(operator, ADA)
        schedule = created(client, "schedules", **DAILY)
        assert now < datetime.fromisoformat(schedule["next_at"]) <= now + timedelta(days=1)
        url = f"/v1/schedules/{schedule['id']}"
        assert await asked(engine, tmp_path / "none", now) == []
        first = await answer_of(engine, tmp_path / "1", client, now + timedelta(days=1))
        assert (first["schedule"], first["changes"]) == (schedule["id"], None)
        consent = agreed(operator, BEN)
        second = await answer_of(engine, tmp_path / "2", client, now + timedelta(days=2))
        changes = second["changes"]
        assert (changes["since"], changes["counts"]) == (
            first["id"], {"appeared": 1, "left": 0, "changed": 0},
        )  # fmt: skip
        assert [row["node"] for row in changes["appeared"]] == [BEN]
        assert changes["summary"]["isolated"] == {"before": 1, "after": 2}
        page = client.get(f"/v1/reports/{second['id']}", headers={"Accept": "text/html"}).text
        assert "1 appeared, 0 left, 0 changed." in page
        runs = read(client, "/v1/reports", schedule=schedule["id"])["items"]
        assert [run["id"] for run in runs] == [second["id"], first["id"]]
        assert read(client, url)["last_run"] == second["id"]
        # Whoever withdraws is in no comparison either.
        operator.post(f"/v1/people/{BEN}/consents/{consent}/withdrawal").raise_for_status()
        # What went by unasked is made up for once.
        third = await answer_of(engine, tmp_path / "3", client, now + timedelta(days=9))
        assert third["changes"]["since"] == first["id"]
        assert third["changes"]["counts"] == {"appeared": 0, "left": 0, "changed": 0}
        later = datetime.fromisoformat(read(client, url)["next_at"])
        assert now + timedelta(days=9) < later <= now + timedelta(days=10)


async def test_a_time_that_has_come_is_asked_once_however_many_look(
    service: RunningService, engine: Engine, tmp_path: Path
):
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    with service.client(service.key("coordinator")) as client:
        created(client, "schedules", **DAILY)
        async with Client(engine) as store:
            assert len(await due_schedules(store, now)) == 1
        (job,) = await asked(engine, tmp_path / "1", now)
        assert await asked(engine, tmp_path / "2", now) == []
        followed(client, job.id)


async def test_a_schedule_is_paused_resumed_and_deleted(
    service: RunningService, engine: Engine, tmp_path: Path
):
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    with service.client(service.key("coordinator")) as client:
        schedule = created(client, "schedules", **DAILY)
        url = f"/v1/schedules/{schedule['id']}"
        paused = client.post(f"{url}/pause").json()
        assert (paused["paused"], paused["next_at"]) == (True, None)
        assert await asked(engine, tmp_path / "1", later) == []
        resumed = client.post(f"{url}/resume").json()
        assert resumed == {**schedule, "paused": False}
        assert client.delete(url).status_code == 204
        problem(client.get(url), 404)
        assert await asked(engine, tmp_path / "2", later) == []
        assert read(client, "/v1/schedules")["items"] == []


def test_a_schedule_exists_for_its_role_and_organisation_alone(service: RunningService):
    with service.client() as operator:
        created(operator, "associations", id="choir", name="Choir")
    with service.client(service.key("coordinator")) as client:
        schedule = created(client, "schedules", **DAILY)
        url = f"/v1/schedules/{schedule['id']}"
    for key in (service.key("coordinator"), service.operator):
        with service.client(key) as client:
            assert read(client, url) == schedule
            assert read(client, "/v1/schedules")["items"] == [schedule]
    for key in (service.key("coordinator", "choir"), service.key("analyst")):
        with service.client(key) as client:
            problem(client.get(url), 404)
            problem(client.post(f"{url}/pause"), 404)
            problem(client.post(f"{url}/resume"), 404)
            problem(client.delete(url), 404)
            assert read(client, "/v1/schedules")["items"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"rrule": "FREQ=HOURLY"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20200101"}, "/rrule"),
        ({"kind": "gossip"}, "/kind"),
        ({"kind": "what_if"}, "/kind"),
        ({"parameters": {"colour": "red"}}, "/parameters/colour"),
        ({"starts": "2026-03-02T06:00:00"}, "/starts"),
    ],
)
def test_what_could_not_be_asked_is_not_scheduled(
    service: RunningService, said: dict[str, Any], pointer: str
):
    with service.client() as client:
        answer = client.post("/v1/schedules", json=DAILY | said)
        assert pointers(answer) == [pointer]
        assert read(client, "/v1/schedules")["items"] == []


def test_what_changed_is_told_by_rows_and_by_figures() -> None:
    before = {
        "summary": {"people": 3, "nodes": {"person": 3, "asset": 0}, "by_area": [1]},
        "rows": [
            {"finding": "unwanted", "node": "hall", "offers": 1},
            {"finding": "potential", "node": "hall", "offers": 1},
            {"finding": "unwanted", "node": "oven", "offers": 2},
            {"node": "a", "status": "isolated"},
        ],
    }
    after = {
        "summary": {"people": 4, "nodes": {"person": 4, "asset": 0}, "ties": 1, "by_area": [2]},
        "rows": [
            {"node": "a", "status": "connected"},
            {"finding": "unwanted", "node": "oven", "offers": None},
            {"finding": "unwanted", "node": "hall", "offers": 1},
            {"node": "b", "status": "isolated"},
        ],
    }
    assert what_changed(before, before)["counts"] == {"appeared": 0, "left": 0, "changed": 0}
    assert what_changed(before, after) == {
        "summary": {
            "people": {"before": 3, "after": 4},
            "nodes.person": {"before": 3, "after": 4},
            "ties": {"before": None, "after": 1},
        },
        "counts": {"appeared": 1, "left": 1, "changed": 2},
        "appeared": [{"node": "b", "status": "isolated"}],
        "left": [{"finding": "potential", "node": "hall", "offers": 1}],
        "changed": [
            {"node": "a", "changed": {"status": {"before": "isolated", "after": "connected"}}},
            {
                "finding": "unwanted", "node": "oven",
                "changed": {"offers": {"before": 2, "after": None}},
            },
        ],
    }  # fmt: skip
