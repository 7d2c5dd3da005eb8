"""`wholemap schedule` beside a real service."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from service.cli.exits import ExitCode
from tests.api import created, read
from tests.long_work import followed
from tests.test_cli import NOWHERE, Wholemap
from tests.test_schedules import DAILY, asked

if TYPE_CHECKING:
    from graph.engines.addresses import Engine
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio
MONDAYS = "FREQ=WEEKLY;BYDAY=MO"
CREATE = ("schedule", "create", "isolation", "--rrule", MONDAYS)


def spoken_by(service: RunningService, key: str) -> Wholemap:
    """Return the command of somebody on another machine, who has a key."""
    return Wholemap(Path("no-such-folder"), WHOLEMAP_URL=service.url, WHOLEMAP_KEY=key)


@pytest.fixture
def wholemap(service: RunningService) -> Wholemap:
    """Give a coordinator's command."""
    return spoken_by(service, service.key("coordinator"))


def test_a_schedule_is_made_listed_shown_paused_resumed_and_deleted(
    service: RunningService, wholemap: Wholemap
) -> None:
    assert wholemap("schedule", "list").out.startswith("There are no schedules yet")
    said = ("--starts", "2026-03-02T06:00:00Z", "--parameters", '{"limit": 7}', "--area", "east")
    with service.client() as operator:
        created(operator, "areas", id="east", name="East")
    told = wholemap(*CREATE, *said)
    assert (told.code, told.err) == (ExitCode.OK, "")
    lines = dict(re.findall(r"^(.+?): +(.+)$", told.out, re.MULTILINE))
    id_ = lines["Schedule"]
    with service.client() as operator:
        kept = read(operator, f"/v1/schedules/{id_}")
    assert (kept["rrule"], kept["parameters"]["areas"], kept["parameters"]["limit"]) == (
        MONDAYS, ["east"], 7,
    )  # fmt: skip
    assert lines["Report"] == "isolation"
    assert lines["Rule"] == f"{MONDAYS}, from 2026-03-02T06:00:00Z on"
    assert lines["Next"] == kept["next_at"]
    assert lines["Last run"] == "none yet"

    assert re.search(
        rf"^{id_} +isolation +{MONDAYS} +{kept['next_at']}$", listed(wholemap), re.MULTILINE
    )
    assert wholemap("schedule", "list", "--json").json == {"items": [kept], "next": None}
    assert wholemap("schedule", "show", id_, "--json").json == kept

    paused = wholemap("schedule", "pause", id_, "--json").json
    assert paused == {**kept, "paused": True, "next_at": None}
    assert re.search(rf"^{id_} .* paused$", listed(wholemap), re.MULTILINE)
    assert "Next:       paused" in wholemap("schedule", "show", id_).out
    assert f"Next:       {kept['next_at']}" in wholemap("schedule", "resume", id_).out

    assert wholemap("schedule", "delete", id_).out == (
        f"The schedule {id_} is deleted; its runs stay.\n"
    )
    for word in ("show", "pause", "resume", "delete"):
        wholemap("schedule", word, id_).refused(ExitCode.NOT_FOUND, id_)
    again = wholemap(*CREATE, "--json").json["id"]
    assert wholemap("schedule", "delete", again, "--json").json == {"deleted": again}


def listed(wholemap: Wholemap) -> str:
    """Return what `list` prints, without what fills its columns."""
    return "\n".join(line.rstrip() for line in wholemap("schedule", "list").out.splitlines())


async def test_a_schedule_names_its_last_run_and_says_when_it_is_over(
    service: RunningService, wholemap: Wholemap, engine: Engine, tmp_path: Path
) -> None:
    once = ("--rrule", "FREQ=DAILY;COUNT=1", "--starts", soon())
    made = wholemap("schedule", "create", "unused", *once, "--json").json
    (job,) = await asked(engine, tmp_path, datetime.now(UTC) + timedelta(days=2))
    with service.client() as operator:
        followed(operator, job.id)
    told = wholemap("schedule", "show", made["id"]).out
    assert f"Last run:   /v1/reports/{job.asked['run']}\n" in told
    assert "Next:       over\n" in told


def soon() -> str:
    """Return tomorrow's instant."""
    return (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_more_schedules_than_a_page_holds_are_all_listed(
    service: RunningService, wholemap: Wholemap
) -> None:
    with service.client(wholemap.environment["WHOLEMAP_KEY"]) as client:
        made = [created(client, "schedules", **DAILY)["id"] for _ in range(101)]
        assert read(client, "/v1/schedules")["next"] is not None
    items: list[dict[str, Any]] = wholemap("schedule", "list", "--json").json["items"]
    assert [kept["id"] for kept in items] == made


def test_what_cannot_be_scheduled_is_said_with_its_status(
    service: RunningService, wholemap: Wholemap
) -> None:
    create = ("schedule", "create")
    wholemap(*CREATE, "--rrule", "FREQ=HOURLY").refused(ExitCode.USAGE, "/rrule")
    wholemap(*CREATE, "--starts", "soon").refused(ExitCode.USAGE, "/starts")
    wholemap(*CREATE, "--projection", "flow").refused(ExitCode.USAGE, "/parameters/projection")
    wholemap(*CREATE, "--parameters", "[]").refused(ExitCode.USAGE, "--parameters")
    wholemap(*create, "what_if", "--rrule", MONDAYS).refused(ExitCode.USAGE, "/kind")
    wholemap(*create, "gossip", "--rrule", MONDAYS).refused(ExitCode.USAGE, "gossip")
    wholemap(*create, "isolation").refused(ExitCode.USAGE, "--rrule")
    assert wholemap("schedule", "list", "--json").json["items"] == []
    auditor = spoken_by(service, service.key("auditor"))
    auditor(*CREATE).refused(ExitCode.DENIED)
    auditor("schedule", "list").refused(ExitCode.DENIED)
    wholemap("schedule", "list", "--url", NOWHERE).refused(ExitCode.NO_SERVICE, "cannot reach")
