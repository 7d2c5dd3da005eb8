"""The engines, and a service on one of them in a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import httpx

from graph.engines.addresses import Engine
from graph.engines.leash import leashed
from graph.store.opening import open_store
from service.app import OPERATOR_KEY_FILE
from service.log import log_as_json
from service.serving import serve
from service.settings import Settings
from tests.neo4j_server import neo4j_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from bench.ratios import EngineName

ROOT: Final = Path(__file__).parent.parent
_BUDGET_SECONDS: Final = 120.0


class OnEngine(Settings):
    """Settings of a service on an engine that runs already: an engine is an address."""

    address: Any = None

    @property
    def engine(self) -> Engine | None:
        """The address."""
        return Engine(**self.address)


class Service:
    """Where a service listens, and the key that its data folder holds."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key

    def client(self, **headers: str) -> httpx.Client:
        """Return a client that carries the key."""
        bearer = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers={**bearer, **headers}, timeout=600)


@asynccontextmanager
async def engine_of(name: EngineName, folder: Path) -> AsyncGenerator[Engine]:
    """Start an engine, give its address when its schema is there, and end it."""
    if name == "embedded":
        async with open_store(None, folder, budget_seconds=_BUDGET_SECONDS) as client:
            yield client.engine
        return
    with neo4j_server(folder) as engine:
        async with open_store(engine, folder, budget_seconds=_BUDGET_SECONDS):
            yield engine


@contextmanager
def service_on(engine: Engine) -> Generator[Service]:
    """Run a service on an engine in a process of its own."""
    with TemporaryDirectory(prefix="wholemap-bench-") as data:
        command = leashed([sys.executable, "-m", "bench.engines"], ending=signal.SIGTERM)
        told = {"address": asdict(engine), "data_dir": data}
        with (
            Path(data, "log.ndjson").open("wb") as log,
            subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            ) as process,
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(told).encode())
                process.stdin.close()
                url = process.stdout.readline().decode().strip()
                assert url, Path(data, "log.ndjson").read_text()
                yield Service(url, Path(data, OPERATOR_KEY_FILE).read_text())
            finally:
                process.terminate()


def main() -> None:
    log_as_json()
    told = json.load(sys.stdin)
    asyncio.run(serve(OnEngine(port=0, budget_seconds=_BUDGET_SECONDS, **told), _say))


def _say(url: str) -> None:
    print(url, flush=True)


if __name__ == "__main__":
    main()
