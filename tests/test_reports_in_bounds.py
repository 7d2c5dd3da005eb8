"""A report takes no more than its budgets, and is worked off by one process, whichever has room."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import Conflict
from graph.network import Network
from graph.policy import EVERYTHING
from graph.store.client import Client
from graph.store.jobs import LEASE_SECONDS, Job, claim_job, create_job, job, update_job
from graph.store.runs import Run, end_run, finish_run
from graph.store.runs import run as kept_run
from graph.values import new_id
from service.reporting import Budgets, OverBudget, computed
from tests.long_work import followed, kept, ndjson
from tests.running_service import RunningService, running
from tests.test_reports_by_api import answered, asked, first_worker, ring

if TYPE_CHECKING:
    from graph.engines.addresses import Engine
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio


def waiting(**said: Any) -> tuple[Job, Run]:
    """Return a report that waits, as another process would keep it."""
    now = datetime.now(UTC).replace(microsecond=0)
    run = Run(
        id=new_id(), kind="unused", parameters={}, as_of=date(2026, 3, 1), created_at=now,
        role="coordinator",
    )  # fmt: skip
    asked = {"run": run.id, "role": "coordinator", "organisation": None, "person": None}
    new = Job(
        id=new_id(), task="report", state="queued", created_at=now, seen_at=now, owner="another",
        by="key", asked=asked,
    )  # fmt: skip
    return new.model_copy(update=said), run


def test_a_report_that_takes_too_much_memory_fails_in_words_and_the_service_lives_on(
    tmp_path: Path,
):
    with running(None, tmp_path, report_megabytes=1) as service, service.client() as client:
        kept(client, ndjson(ring(520)))
        failed = followed(client, asked(client, "centrality", wait=None).json()["id"])
        assert (failed["state"], failed["result"]) == ("failed", None)
        assert failed["problem"]["title"] == "OverBudget"
        assert failed["problem"]["detail"] == "the report took more than 1 MB of memory"
        (run,) = client.get("/v1/reports").json()["items"]
        assert (run["state"], run["problem"]) == ("failed", failed["problem"]["detail"])
        assert answered(client, "unused")["state"] == "done"


async def test_a_report_that_takes_too_long_is_ended(anyio_backend: str, tmp_path: Path):
    snapshot = Network(epoch="one", revision=0).on(date(2026, 3, 1), EVERYTHING)
    with pytest.raises(OverBudget, match=r"more than 0\.001 s"):
        await computed(
            "unused",
            snapshot,
            {},
            [],
            earlier=None,
            labels=None,
            smallest=None,
            budgets=Budgets(0.001, 4096),
            folder=tmp_path,
        )


async def test_work_on_neo4j_is_given_to_one_process_and_to_another_when_that_is_silent(
    neo4j_connection: Connection,
):
    async with Client(neo4j_connection.engine) as store:
        # Seen now: the service of other tests would take what nobody has looked at for long.
        new, _ = waiting(task="import", state="queued")
        now = new.seen_at
        await create_job(store, new)
        claims = [claim_job(store, new.id, f"process {n}", now) for n in range(5)]
        given = await asyncio.gather(*claims, return_exceptions=True)
        (owner,) = [found.owner for found in given if isinstance(found, Job)]
        assert sum(isinstance(found, Conflict) for found in given) == 4
        assert owner is not None
        assert (await claim_job(store, new.id, owner, now)).owner == owner
        later = now + timedelta(seconds=LEASE_SECONDS + 1)
        assert (await claim_job(store, new.id, "the next", later)).owner == "the next"
        with pytest.raises(Conflict):
            await claim_job(store, new.id, owner, later)
        await update_job(store, new.id, state="done")
        with pytest.raises(Conflict):
            await claim_job(store, new.id, "late", later, anyway=True)


async def test_what_was_cancelled_elsewhere_is_not_answered(engine: Engine):
    async with Client(engine) as store:
        new, run = waiting(state="running")
        await create_job(store, new, run=run)
        await end_run(store, run.id, "cancelled", None)
        result: dict[str, Any] = {"rows": [], "summary": {}}
        with pytest.raises(Conflict):
            await finish_run(
                store, run.id, epoch="one", revision=9, result=result, people=[], until=None
            )
        assert (await kept_run(store, run.id)).state == "cancelled"
        await update_job(store, new.id, state="cancelled")


async def test_a_report_that_waits_at_another_process_is_taken_by_who_has_room(
    service: RunningService, engine: Engine
):
    async with Client(engine) as store:
        new, run = waiting()
        await create_job(store, new, run=run)
        with service.client() as client:
            # Read in a thread: the service under test has a loop of its own.
            ended = await asyncio.to_thread(followed, client, new.id)
            assert (ended["state"], ended["result"]) == ("done", f"/v1/reports/{run.id}")
            assert client.get(ended["result"]).json()["result"]["counted"] == 0
        assert (await job(store, new.id)).owner != "another"


def test_a_report_that_another_process_cancels_is_ended_here(
    service: RunningService, engine: Engine
):
    async def cancel(job_id: str) -> None:
        async with Client(engine) as other:
            await update_job(other, job_id, state="cancelled", finished_at=datetime.now(UTC))

    with service.client() as client:
        kept(client, ndjson(ring(1_000)))
        begun = asked(client, "centrality", wait=None).json()
        worker = first_worker(client)
        # It says so as soon as it has read what it is to compute.
        while Path(f"/proc/{worker}/oom_score_adj").read_text().strip() != "1000":
            client.get("/livez")
        os.kill(worker, signal.SIGSTOP)
        handle = os.pidfd_open(worker)
        asyncio.run(cancel(begun["id"]))
        # A pidfd can be read once its process has ended.
        readable, _, _ = select.select([handle], [], [], 60)
        os.close(handle)
        assert readable
        assert answered(client, "unused")["state"] == "done"
