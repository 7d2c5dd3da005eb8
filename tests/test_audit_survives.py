"""No entry of an answer that somebody has is lost, whatever is killed."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from graph.audit.entries import Entry
from graph.audit.files import entries_files, links
from graph.audit.journal import Journal, ids_of
from graph.audit.retention import limits
from graph.audit.trail import Trail
from graph.audit.verifying import verify
from graph.policy import EVERYTHING
from graph.store.audits import chain_what_was_left, record_audit, settle, unchained
from graph.store.client import Client
from graph.store.writer import Writer
from service.auditing import REQUEST_HEADER
from service.housekeeper import tidy_audit
from service.settings import AUDIT_FOLDER, Settings
from tests.api import ADA, created
from tests.crashing import eventually
from tests.test_crashes import KilledService

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from graph.engines.addresses import Engine
    from tests.conftest import Connection

KILLS = 3
READS_BETWEEN = 30
ASSET = {"id": "oven", "name": "Oven"}


def test_killing_the_service_loses_no_entry_of_an_answer_that_was_had(tmp_path: Path) -> None:
    service = KilledService(tmp_path)
    readers = Readers(service)
    with service.started(), service.client() as client:
        created(client, "people", id=ADA, name="Ada")
    with readers.at_work(count=4):
        for _ in range(KILLS):
            with service.started():
                readers.await_more(READS_BETWEEN)
    with service.started(), service.client() as client:
        assert client.get("/v1/audit/unchained").json()["items"] == []
    folder = tmp_path / AUDIT_FOLDER
    kept = {str(link.entry.get("request")) for link in links(entries_files(folder)) if link.entry}
    assert set(readers.answered) <= kept
    found = verify(folder)
    assert (found.findings, found.chains) == ([], KILLS + 2)


class Readers:
    """Threads that read and write a person again and again, and remember which answers they had."""

    def __init__(self, service: KilledService) -> None:
        self.answered: list[str] = []
        self._service = service
        self._stopping = threading.Event()

    @contextmanager
    def at_work(self, *, count: int) -> Generator[None]:
        threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def await_more(self, count: int) -> None:
        enough = len(self.answered) + count
        eventually(lambda: len(self.answered) >= enough)

    def _ask(self, number: int) -> None:
        while not self._stopping.is_set():
            try:
                with self._service.client() as client:
                    for turn in range(1_000_000):
                        self._note(client.get(f"/v1/people/{ADA}"))
                        said = {"description": f"{number}.{turn}"}
                        self._note(client.patch(f"/v1/people/{ADA}", json=said, headers=ANY))
                        if self._stopping.is_set():
                            return
            except (httpx.HTTPError, AssertionError):
                self._stopping.wait(0.05)

    def _note(self, answer: httpx.Response) -> None:
        if answer.status_code == 200:
            self.answered.append(answer.headers[REQUEST_HEADER])


ANY = {"If-Match": "*"}


@pytest.mark.anyio
async def test_what_a_killed_process_had_not_chained_the_next_one_chains(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / AUDIT_FOLDER
    async with Client(engine) as client:
        killed = Journal(folder, None)
        await killed.__aenter__()
        for task in killed._tasks:
            task.cancel()
        trail = Trail(killed, "r1", class_="write", operation="POST /v1/assets")
        # It commits, for a journal that does not write any more.
        await Writer(client, EVERYTHING, trail).create_node("asset", ASSET)
        assert await unchained(client, killed, {}, limit=10) == []
        async with Journal(folder, None) as journal:
            (lost,) = await unchained(client, journal, {}, limit=10)
            assert not lost.is_changed
            assert await chain_what_was_left(client, journal) == 1
            assert lost.id in ids_of(folder, [journal.chain])
            assert await unchained(client, journal, {}, limit=10) == []
        async with Journal(folder, None) as journal:
            assert await chain_what_was_left(client, journal) == 0
    assert verify(folder).findings == []


async def unheard(client: Client, journal: Journal) -> Entry:
    """Commit a write whose writer is given up before it hears of that."""

    entries: list[Entry] = []

    async def write() -> None:
        with journal.writing("u"):
            entries.append(Entry(class_="write", operation="x", outcome="committed", unit="u"))
            await client.write(lambda t: record_audit(t, journal.chain, entries[0]))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await write()
    return entries[0]


@pytest.mark.anyio
async def test_a_write_whose_writer_never_heard_of_it_is_chained_when_the_doubt_is_settled(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / AUDIT_FOLDER
    async with Client(engine) as client, Journal(folder, None) as journal:
        committed = await unheard(client, journal)
        assert list(journal.doubts()) == ["u"]
        assert await settle(client, journal) == 1
        assert journal.doubts() == {}
        assert committed.id in ids_of(folder, [journal.chain])
        assert await settle(client, journal) == 0
        assert await unchained(client, journal, {}, limit=10) == []


@pytest.mark.anyio
async def test_a_chain_with_doubts_is_not_closed_and_is_settled_by_the_next_process(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / AUDIT_FOLDER
    async with Client(engine) as client:
        async with Journal(folder, None) as journal:
            committed = await unheard(client, journal)
        async with Journal(folder, None) as journal:
            assert await chain_what_was_left(client, journal) == 1
            assert committed.id in ids_of(folder, [journal.chain])


@pytest.mark.anyio
async def test_what_is_over_goes_from_the_engine_and_from_the_chain_which_survives_it(
    engine: Engine, connection: Connection, tmp_path: Path
) -> None:
    folder = tmp_path / AUDIT_FOLDER
    settings = Settings(audit_write_days=30, audit_read_days=60)
    days = settings.audit_days
    async with Client(engine) as client, Journal(folder, None) as journal:
        trail = Trail(journal, "r1", class_="write", operation="POST /v1/assets")
        await Writer(client, EVERYTHING, trail).create_node("asset", ASSET)
        await journal.append([trail.entry(200, (), class_="read")])
        for later, left in ((29, 1), (31, 0)):
            now = datetime.now(UTC) + timedelta(days=later)
            await tidy_audit(client, journal, settings, now)
            rows = await connection.query("MATCH (a:Audit) RETURN a.id AS id")
            assert len(rows) == left
            assert await unchained(client, journal, limits(days, now), limit=10) == []
    found = verify(folder)
    assert (found.findings, found.dropped) == ([], 1)
