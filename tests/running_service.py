"""A real service on a real socket, for tests that speak HTTP."""

from __future__ import annotations

import asyncio
import atexit
import threading
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import httpx

from service.app import OPERATOR_KEY_FILE
from service.log import log_as_json
from service.serving import Running, serving
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from graph.engines.addresses import Engine


# The log of every service of this run, as it is written in earnest: it must name nobody.
LOG_FILE = Path(mkdtemp(prefix="wholemap-log-")) / "services.log"
LOG = LOG_FILE.open("w", encoding="utf-8", buffering=1)
atexit.register(rmtree, LOG_FILE.parent)
log_as_json(file=LOG)


class SettingsFor(Settings):
    """Settings of a service on an engine that runs already: an engine is an address."""

    given_engine: Any = None

    @property
    def engine(self) -> Engine | None:
        """The address."""
        return self.given_engine


class RunningService:
    """Where a service listens, and how to speak to it as somebody."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url = url
        self.data_dir = data_dir
        self.operator = (data_dir / OPERATOR_KEY_FILE).read_text()

    def client(self, key: str | None = None, **headers: str) -> httpx.Client:
        """Return a client that carries a key: the operator's, if none is given."""
        bearer = {"Authorization": f"Bearer {self.operator if key is None else key}"}
        return httpx.Client(base_url=self.url, headers={**bearer, **headers}, timeout=60)

    def key(self, role: str, steward: str | None = None, *, person: str | None = None) -> str:
        """Make a key; steward and person are ids of nodes that are there."""
        asked: Mapping[str, Any] = {"role": role, "steward": steward, "person": person}
        with self.client() as operator:
            answer = operator.post("/v1/keys", json=asked)
            answer.raise_for_status()
            secret: str = answer.json()["secret"]
            return secret


@contextmanager
def running(engine: Engine | None, data_dir: Path, **settings: Any) -> Generator[RunningService]:
    """Run a service in a thread; None for an embedded engine of its own in the folder."""
    told: dict[str, Any] = {
        "data_dir": data_dir, "port": 0, "budget_seconds": 60.0,
        # Every test calls from one address, and many say what is refused.
        "failures_of_key": 100_000, "failures_of_address": 100_000, **settings,
    }  # fmt: skip
    asked = SettingsFor(given_engine=engine, **told)
    ready = threading.Event()
    started: list[tuple[asyncio.AbstractEventLoop, Running]] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        async with serving(asked) as server:
            started.append((asyncio.get_running_loop(), server))
            ready.set()
            await server.stopped()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            failed.append(error)
            ready.set()

    thread = threading.Thread(target=run, name="service under test")
    thread.start()
    ready.wait()
    if failed:
        raise failed[0]
    loop, server = started[0]
    try:
        yield RunningService(server.url, data_dir)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join()
