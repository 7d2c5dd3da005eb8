"""Writers that go on while things are killed, and the proof that nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

PATIENCE_SECONDS = 120.0


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises
    ------
    AssertionError
        When it does not within two minutes.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        pause.wait(0.02)


def kill_engine(data_dir: Path) -> None:
    """Kill the Java process that works on a data folder, as a power cut would end it."""
    (pid,) = engines_of(data_dir)
    os.kill(pid, signal.SIGKILL)


def engines_of(data_dir: Path) -> list[int]:
    """Return the Java processes that work on a data folder."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            named = any(str(data_dir).encode() in word for word in words)
            if named and words[0].endswith(b"java"):
                found.append(int(process.name))
    return found


@dataclass
class Writers:
    """Threads that create a group, a person and the tie between them, again and again.

    `address` gives where the service is and its key, now: both change when it is started anew.
    """

    address: Callable[[], tuple[str, str] | None]
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _asked: set[str] = field(default_factory=set[str])
    _stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self, count: int = 4) -> Generator[None]:
        """Write until the block ends."""
        threads = [threading.Thread(target=self._write) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def await_more(self, count: int) -> None:
        """Wait until so many more writes were acknowledged."""
        enough = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= enough)

    def _write(self) -> None:
        while not self._stopping.is_set():
            address = self.address()
            if address is None:
                self._stopping.wait(0.05)
                continue
            url, key = address
            with httpx.Client(
                base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30
            ) as client:
                try:
                    while not self._stopping.is_set():
                        self._write_three(client)
                except httpx.HTTPError:
                    self._stopping.wait(0.05)

    def _write_three(self, client: httpx.Client) -> None:
        group, person = f"g-{uuid4()}", str(uuid4())
        tie = {"type": "connects", "relation": "member", "source": person, "target": group}
        for path, body in (
            ("/v1/associations", {"id": group, "name": "Group"}),
            ("/v1/people", {"id": person, "name": "Person"}),
            ("/v1/ties", {**tie, "id": f"t-{person}"}),
        ):
            record_id = str(body["id"])
            self._asked.add(record_id)
            answer = client.post(path, json=body)
            if answer.status_code != 201:
                return
            self.acknowledged[record_id] = answer.json()


def prove_nothing_was_lost(client: httpx.Client, writers: Writers) -> int:
    """Hold what is there against what was acknowledged and against the feed; return the changes.

    Raises
    ------
    AssertionError
        When an acknowledged record is gone or another, when a record has no change entry or an
        entry no record, or when the feed has a gap: then it answers 410.
    """
    changes = list(_changes(client))
    assert len({change["position"] for change in changes}) == len(changes)
    created = {change["id"] for change in changes if change["action"] == "created"}
    assert len(created) == len(changes)
    records = {record["id"]: record for record in _records(client)}
    assert set(records) == created
    assert {i: records.get(i) for i in writers.acknowledged} == writers.acknowledged
    assert writers.acknowledged
    return len(changes)


def _records(client: httpx.Client) -> Iterator[dict[str, Any]]:
    for path in ("/v1/people", "/v1/associations", "/v1/agencies", "/v1/assets", "/v1/ties"):
        cursor: str | None = None
        while True:
            asked = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
            page = client.get(path, params=asked).raise_for_status().json()
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                break


def _changes(client: httpx.Client) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        asked = {"limit": 1000} | ({"after": after} if after else {})
        page = client.get("/v1/changes", params=asked).raise_for_status().json()
        yield from page["items"]
        after = page["next"]
        if after is None:
            break
