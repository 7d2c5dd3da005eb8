"""One read of a person with its audit against the same read without, by sixteen clients at once."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.middleware import Middleware

from bench.bare_writer import batches_of, driver_of, write
from bench.community import community
from bench.engines import ROOT, OnEngine, Service, engine_of
from bench.ratios import Ratio, on_engines, scaled
from graph.engines.leash import leashed
from service.app import OPERATOR_KEY_FILE, create_app
from service.auditing import Audited
from service.importing import BATCH_ROWS
from service.log import log_as_json

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from bench.ratios import EngineName
    from graph.engines.addresses import Engine

NODES: Final = 2_000
CLIENTS: Final = 16
ROUNDS: Final = 60
READS: Final = 20
"""Of each client in each round."""
MOST: Final = 1.2


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Measure on one engine: a round with the audit, a round without, and again."""
    nodes = scaled(NODES, scale)
    drawn = community(nodes, 4 * nodes, seed=1)
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        async with engine_of(engine_name, Path(folder, "engine")) as engine:
            async with driver_of(engine) as driver:
                await write(driver, engine.database, batches_of(drawn, size=BATCH_ROWS))
            with _service(engine, "audited") as ours, _service(engine, "bare") as peer:
                people = drawn.ids("person")
                seconds = await asyncio.to_thread(
                    _compared, [ours, peer], people, max(2, round(ROUNDS * scale))
                )
    with_audit, without = (median(some) / (CLIENTS * READS) for some in seconds)
    return [
        Ratio(
            f"GET of one person, {CLIENTS} clients: with its audit, without",
            engine_name,
            f"{with_audit * 1000:.2f} ms a read",
            f"{without * 1000:.2f} ms a read",
            with_audit / without,
            most=MOST,
        )
    ]


def _compared(services: Sequence[Service], people: Sequence[str], rounds: int) -> list[list[float]]:
    """Return how long each round took of each service."""
    seconds: list[list[float]] = [[] for _ in services]
    callers = [[Reader(service, people, first) for first in range(CLIENTS)] for service in services]
    with ThreadPoolExecutor(CLIENTS) as threads:
        # The first rounds meet cold engines, and are not counted.
        for number in range(-rounds // 4, rounds):
            order = (0, 1) if number % 2 else (1, 0)
            for place in order:
                began = time.perf_counter()
                list(threads.map(Reader.read, callers[place]))
                if number >= 0:
                    seconds[place].append(time.perf_counter() - began)
    return seconds


class Reader:
    """One client on one connection that is kept, with people to read."""

    def __init__(self, service: Service, people: Sequence[str], first: int) -> None:
        self._connection = HTTPConnection(urlsplit(service.url).netloc)
        self._headers = {"Authorization": f"Bearer {service.key}"}
        self._people = islice(cycle(people), first, None)

    def read(self) -> None:
        """Read a few of them."""
        for person in islice(self._people, READS):
            self._connection.request("GET", f"/v1/people/{person}", headers=self._headers)
            answer = self._connection.getresponse()
            said = answer.read()
            assert answer.status == HTTPStatus.OK, said


@contextmanager
def _service(engine: Engine, how: str) -> Generator[Service]:
    with TemporaryDirectory(prefix="wholemap-bench-") as data:
        command = leashed([sys.executable, "-m", "bench.audit", how], ending=signal.SIGTERM)
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
                while _is_starting(url):
                    time.sleep(0.1)
                operator = Service(url, Path(data, OPERATOR_KEY_FILE).read_text())
                with operator.client() as client:
                    key = client.post("/v1/keys", json={"role": "coordinator"}).json()["secret"]
                yield Service(url, key)
            finally:
                process.terminate()


def _is_starting(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_error
    except httpx.TransportError:
        return True


def serve(how: str) -> None:
    """Serve with the audit, or without the part of the application that makes it."""
    log_as_json()
    app = create_app(OnEngine(port=0, **json.load(sys.stdin)))
    if how == "bare":
        kept: list[Middleware] = [m for m in app.user_middleware if m.cls is not Audited]
        app.user_middleware = kept
    # Without its protocol asyncio leaves Nagle's algorithm on: 40 ms for each answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app, http="h11", access_log=False, log_config=None, lifespan="on", timeout_keep_alive=600
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    serve(sys.argv[1]) if sys.argv[1:] in (["audited"], ["bare"]) else main()
