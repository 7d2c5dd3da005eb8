"""What was acknowledged survives kill -9 of everything, in the middle of writing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from service.app import OPERATOR_KEY_FILE
from service.serving import ADDRESS_FILE
from tests.crashing import Writers, eventually, kill_engine, prove_nothing_was_lost
from tests.neo4j_server import NoNeo4j, local_neo4j
from tests.running_service import running

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

ENGINE_KILLS = 20
SERVICE_KILLS = 20
SERVER_KILLS = 5
WRITES_BETWEEN = 6
IMPORTED = 20_000


def test_killing_the_embedded_engine_loses_nothing_acknowledged(tmp_path: Path) -> None:
    with running(None, tmp_path) as service:
        writers = Writers(lambda: (service.url, service.operator))
        with writers.at_work():
            for _ in range(ENGINE_KILLS):
                writers.await_more(WRITES_BETWEEN)
                kill_engine(tmp_path)
            writers.await_more(WRITES_BETWEEN)
        with service.client() as client:
            prove_nothing_was_lost(client, writers)


def test_killing_neo4j_loses_nothing_acknowledged(tmp_path: Path) -> None:
    try:
        with local_neo4j(tmp_path / "neo4j") as server:
            (tmp_path / "service").mkdir()
            with running(server.engine, tmp_path / "service") as service:
                writers = Writers(lambda: (service.url, service.operator))
                with writers.at_work():
                    for _ in range(SERVER_KILLS):
                        writers.await_more(WRITES_BETWEEN)
                        server.kill()
                        server.start()
                    writers.await_more(WRITES_BETWEEN)
                with service.client() as client:
                    prove_nothing_was_lost(client, writers)
    except NoNeo4j as reason:
        if os.environ.get("WHOLEMAP_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required: {reason}")
        pytest.skip(f"no Neo4j: {reason}")


def test_killing_the_service_loses_nothing_acknowledged_and_an_import_goes_on(
    tmp_path: Path,
) -> None:
    service = KilledService(tmp_path)
    writers = Writers(service.address)
    with service.started():
        job = service.begin_import()
    with writers.at_work():
        for _ in range(SERVICE_KILLS):
            with service.started():
                writers.await_more(WRITES_BETWEEN)
    with service.started(), service.client() as client:
        eventually(lambda: client.get(job).json()["state"] in ("done", "failed"))
        ended = client.get(job).json()
        assert (ended["state"], ended["done"], ended["failed_rows"]) == ("done", IMPORTED, 0)
        changes = prove_nothing_was_lost(client, writers)
        assert changes >= IMPORTED + len(writers.acknowledged)


class KilledService:
    """A service in a process of its own, which only ever ends by SIGKILL."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._address_file = data_dir / ADDRESS_FILE

    @contextmanager
    def started(self) -> Generator[None]:
        """Run it for the length of a block, then kill it."""
        self._address_file.unlink(missing_ok=True)
        command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
        told = {"WHOLEMAP_DATA_DIR": str(self._data_dir), "WHOLEMAP_PORT": "0"}
        with (self._data_dir.parent / f"{self._data_dir.name}.log").open("ab") as log:
            process = subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=log)
        try:
            eventually(lambda: self.address() is not None or process.poll() is not None)
            assert process.poll() is None
            yield
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            self._address_file.unlink(missing_ok=True)

    def address(self) -> tuple[str, str] | None:
        """Return where it listens and its key, nothing while it is down."""
        try:
            url = self._address_file.read_text(encoding="utf-8")
            return (url, (self._data_dir / OPERATOR_KEY_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def client(self) -> httpx.Client:
        """Return a client of the service as it runs now."""
        address = self.address()
        assert address is not None
        bearer = {"Authorization": f"Bearer {address[1]}"}
        return httpx.Client(base_url=address[0], headers=bearer, timeout=60)

    def begin_import(self) -> str:
        """Give it a file that takes longer than it will live; return where the job is."""
        with self.client() as client:
            answer = client.post(
                "/v1/imports",
                params={"on_error": "keep_good"},
                content=_lines(),
                headers={"Content-Type": "application/x-ndjson"},
            )
            answer.raise_for_status()
            location: str = answer.headers["Location"]
            return location


def _lines() -> Iterator[bytes]:
    for number in range(IMPORTED):
        row: dict[str, Any] = {"kind": "asset", "id": f"asset-{number}", "name": f"Asset {number}"}
        yield json.dumps(row).encode() + b"\n"
