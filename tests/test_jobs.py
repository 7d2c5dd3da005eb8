"""Long work can be followed, is cancelled between batches, and is shown to whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.engines.addresses import Engine
from graph.store.jobs import LEASE_SECONDS, Job, State
from tests.long_work import begun, events_of, exported, imported, kept, ndjson, refused_rows, sent
from tests.running_service import RunningService, running

BATCH = 2_000
CHOIR = {"kind": "association", "id": "choir", "name": "Choir"}


def groups(count: int) -> Iterator[bytes]:
    for number in range(count):
        row = {"kind": "association", "id": f"g{number:06}", "name": f"Group {number}"}
        yield json.dumps(row).encode() + b"\n"


def changes(client: Any) -> int:
    """Return how many changes the feed has, reading page by page."""
    count, after = 0, None
    while True:
        query = {"limit": 1000} | ({"after": after} if after else {})
        page = client.get("/v1/changes", params=query).json()
        count += len(page["items"])
        after = page["next"]
        if after is None:
            return count


def test_a_job_tells_how_far_it_is_until_it_has_ended(service: RunningService):
    with service.client() as client:
        job_id = begun(sent(client, groups(2 * BATCH + 7)))
        told = list(events_of(client, job_id))
        assert [name for name, _ in told] == [job["state"] for _, job in told]
        done = [job["done"] for _, job in told]
        assert done == sorted(done)
        assert len(told) > 2
        last = told[-1][1]
        assert (last["state"], last["done"], last["total"]) == (
            "done",
            2 * BATCH + 7,
            2 * BATCH + 7,
        )
        assert last["percent"] == 100.0
        assert last["finished_at"] >= last["created_at"]
        assert last["task"] == "import"
        assert {job["percent"] for _, job in told if job["total"] is None} <= {None}
        # Who comes late is told of the end at once.
        assert list(events_of(client, job_id)) == [("done", last)]


def test_a_cancelled_import_keeps_whole_batches_and_no_part_of_one(service: RunningService):
    with service.client() as client:
        job_id = begun(sent(client, groups(6 * BATCH), on_error="keep_good"))
        for _, job in events_of(client, job_id):
            if job["done"]:
                break
        answer = client.post(f"/v1/jobs/{job_id}/cancel")
        assert answer.status_code == 200
        cancelled = answer.json()
        assert cancelled["state"] == "cancelled"
        assert cancelled["finished_at"] is not None
        assert 0 < cancelled["done"] < 6 * BATCH
        assert cancelled["done"] % BATCH == 0
        assert list(events_of(client, job_id)) == [("cancelled", cancelled)]
        assert len(exported(client)) == cancelled["done"] == changes(client)
        assert client.post(f"/v1/jobs/{job_id}/cancel").status_code == 409
        # The next one does not wait for it, and nothing of it stays in the folder.
        kept(client, ndjson([CHOIR]))
        assert len(exported(client)) == cancelled["done"] + 1
    assert not list((service.data_dir / "spool").glob(f"{job_id}*"))


def test_work_that_waits_can_be_cancelled(service: RunningService):
    with service.client() as client:
        first = begun(sent(client, groups(2 * BATCH)))
        second = begun(sent(client, ndjson([CHOIR])))
        assert client.get(f"/v1/jobs/{second}").json()["state"] == "queued"
        assert client.post(f"/v1/jobs/{second}/cancel").json()["state"] == "cancelled"
        assert client.post(f"/v1/jobs/{first}/cancel").json()["state"] == "cancelled"
        assert client.get("/v1/associations/choir").status_code == 404


def test_a_job_that_has_ended_is_not_cancelled(service: RunningService):
    with service.client() as client:
        for content in (ndjson([CHOIR]), b"{}\n"):
            ended = imported(client, content)
            answer = client.post(f"/v1/jobs/{ended['id']}/cancel")
            assert answer.status_code == 409
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert client.get(f"/v1/jobs/{ended['id']}").json() == ended


@pytest.mark.parametrize("part", ["", "/events", "/errors", "/cancel"])
def test_there_is_no_job_but_those_that_were_begun(service: RunningService, part: str):
    with service.client() as client:
        method = "POST" if part == "/cancel" else "GET"
        answer = client.request(method, f"/v1/jobs/0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f{part}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("part", ["", "/events", "/errors", "/cancel"])
def test_a_partner_knows_of_no_work_but_its_own(service: RunningService, part: str):
    with service.client() as client:
        kept(client, ndjson([CHOIR, {**CHOIR, "id": "shed"}]))
        theirs = imported(client, b"{}\n")
    method = "POST" if part == "/cancel" else "GET"
    with service.client(service.key("partner", "choir")) as partner:
        own = imported(partner, b"{}\n")
        assert partner.request(method, f"/v1/jobs/{theirs['id']}{part}").status_code == 404
        assert partner.request(method, f"/v1/jobs/{own['id']}{part}").status_code in (200, 409)
        assert len(refused_rows(partner, own["id"])) == 1
    # Another key of the same organisation is another caller.
    with service.client(service.key("partner", "choir")) as other:
        assert other.request(method, f"/v1/jobs/{own['id']}{part}").status_code == 404
    with service.client(service.key("coordinator")) as coordinator:
        assert coordinator.request(method, f"/v1/jobs/{own['id']}{part}").status_code in (200, 409)
    for role in ("analyst", "admin"):
        with service.client(service.key(role)) as caller:
            assert caller.request(method, f"/v1/jobs/{own['id']}{part}").status_code in (403, 404)


def test_what_a_killed_service_left_of_an_upload_is_removed(engine: Engine, tmp_path: Path):
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f.upload").write_bytes(b"half a li")
    with running(engine, tmp_path):
        assert not list(spool.iterdir())


@pytest.mark.parametrize(
    ("state", "left"), [("queued", True), ("running", True), ("done", False), ("cancelled", False)]
)
def test_work_is_abandoned_when_its_process_is_silent_waiting_or_not(state: State, *, left: bool):
    now = datetime.now(UTC)
    job = Job(id="j", task="report", state=state, created_at=now, seen_at=now, by="key", asked={})
    assert job.abandoned(now + timedelta(seconds=LEASE_SECONDS + 1)) is left
    assert not job.abandoned(now + timedelta(seconds=LEASE_SECONDS - 1))
