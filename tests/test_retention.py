"""What is over its time is reported first, and goes later; what changed meanwhile stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.store.client import Client
from service.housekeeper import keep_retention
from service.settings import Settings
from tests.api import ADA, BEN, CLEO, created, feed, ids, problem, read, tied
from tests.long_work import imported, refused_rows
from tests.running_service import running

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine

pytestmark = pytest.mark.anyio

KEPT: Final = {
    "keep_jobs_days": 10, "keep_runs_days": 20, "keep_ended_ties_days": 30,
    "keep_inactive_people_days": 40,
}  # fmt: skip


def peopled(client: httpx.Client) -> str:
    """Record people and ties that are over, and a job and a report that are new; return the job."""
    created(client, "associations", id="choir", name="Choir")
    created(client, "people", id=ADA, name="Ada", active_to="2020-01-01")
    created(client, "people", id=BEN, name="Ben", active_to="2020-01-01")
    created(client, "people", id=CLEO, name="Cleo")
    tied(client, CLEO, "member", "choir", id="over", valid_to="2020-01-01")
    tied(client, CLEO, "volunteer", "choir", id="open")
    job = imported(client, b"no row\n", on_error="keep_good")
    answer = client.post("/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200
    return job["id"]


def counts(**more: int) -> dict[str, int]:
    classes = ("jobs", "runs", "ended_ties", "inactive_people", "placeholders")
    return dict.fromkeys(classes, 0) | more


async def test_nothing_goes_that_was_not_announced_and_left_as_it_was(
    anyio_backend: str, engine: Engine, tmp_path: Path
):
    told: dict[str, Any] = {**KEPT, "retention_notice_days": 7}
    settings = Settings(**told)
    with running(engine, tmp_path, **told) as service, service.client() as client:
        peopled(client)
        # What was changed in the very second of a report counts as changed since.
        now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        async with Client(engine) as store:
            begin = len(feed(client))
            await keep_retention(store, settings, now, now.date())
            shown = read(client, "/v1/retention")
            (report,) = shown["reports"]
            assert report["due"] == counts(ended_ties=1, inactive_people=2)
            assert shown["goes_on"] == (now + timedelta(days=7)).date().isoformat()
            assert {kept["name"]: kept["due"] for kept in shown["classes"]} == report["due"]
            # A day before its time nothing goes, and no second report is made.
            soon = now + timedelta(days=6)
            await keep_retention(store, settings, soon, soon.date())
            assert len(read(client, "/v1/retention")["reports"]) == 1
            assert len(feed(client)) == begin
            answer = client.patch(
                f"/v1/people/{BEN}", json={"active_to": None}, headers={"If-Match": "*"}
            )
            assert answer.status_code == 200
            later = now + timedelta(days=7)
            await keep_retention(store, settings, later, later.date())
        (report,) = read(client, "/v1/retention")["reports"]
        assert report["deleted"] == counts(ended_ties=1, inactive_people=1)
        assert report["applied_at"] is not None
        assert ids(client, "/v1/people") == [BEN, CLEO]
        assert ids(client, "/v1/ties") == ["open"]
        assert [(entry["action"], entry["id"]) for entry in feed(client)[-2:]] == [
            ("deleted", "over"), ("erased", ADA),
        ]  # fmt: skip
        problem(client.post(f"/v1/retention/{report['id']}/apply"), 409)


async def test_jobs_and_runs_go_with_all_that_they_keep(
    anyio_backend: str, engine: Engine, tmp_path: Path
):
    settings = Settings(keep_jobs_days=10, keep_runs_days=20)
    with running(engine, tmp_path) as service, service.client() as client:
        job = peopled(client)
        assert len(refused_rows(client, job)) == 1
        (run,) = read(client, "/v1/reports")["items"]
        async with Client(engine) as store:
            for days, gone in ((5, 0), (12, 0), (20, 2), (23, 2), (31, 3)):
                then = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
                await keep_retention(store, settings, then, then.date())
                deleted = [
                    sum((report["deleted"] or {}).values())
                    for report in read(client, "/v1/retention")["reports"]
                ]
                assert sum(deleted) == gone, days
            rows = await store.read(lambda t: t.rows("read/pages_naming", ids=[""]))
        assert rows == []
        problem(client.get(f"/v1/jobs/{job}"), 404)
        problem(client.get(f"/v1/reports/{run['id']}"), 404)


def test_what_no_setting_names_is_kept(engine: Engine, tmp_path: Path):
    with running(engine, tmp_path) as service, service.client() as client:
        peopled(client)
        report = client.post("/v1/retention")
        assert report.status_code == 201
        nothing = {"jobs": 0, "runs": 0, "placeholders": 0}
        assert report.json()["due"] == nothing
        applied = client.post(f"/v1/retention/{report.json()['id']}/apply")
        assert applied.json()["deleted"] == nothing
        assert len(ids(client, "/v1/people")) == 3
        problem(client.post("/v1/retention/none/apply"), 404)
        days = {kept["name"]: kept["days"] for kept in read(client, "/v1/retention")["classes"]}
        assert days == {
            "jobs": 90, "runs": 365, "ended_ties": None, "inactive_people": None,
            "placeholders": 90,
        }  # fmt: skip
        assert date.fromisoformat(report.json()["before"]["jobs"]) < datetime.now(UTC).date()
