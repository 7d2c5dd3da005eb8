"""One request against the same bare transaction and an empty route together."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from bench.bare_writer import batches_of, driver_of, write
from bench.community import community
from bench.engines import ROOT, engine_of, service_on
from bench.ratios import Ratio, milliseconds, on_engines, scaled
from bench.same_statements import create_tie, read_node, read_node_at_once
from graph.engines.leash import leashed
from service.importing import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from neo4j import AsyncDriver

    from bench.community import Community, Fields
    from bench.ratios import EngineName
    from graph.engines.addresses import Engine

NODES: Final = 2_000
ROUNDS: Final = 48
AT_ONCE: Final = 25
MOST: Final = 1.4

Ask = Callable[[Any], Awaitable[None]]


class Times:
    """What three ways of doing one thing took, in seconds."""

    def __init__(self, ours: Ask, bare: Ask, empty: Ask) -> None:
        self._ways = (ours, bare, empty)
        self.seconds: tuple[list[float], ...] = ([], [], [])

    async def measure(self, given: Iterator[Any], *, counted: bool) -> None:
        """Do it a few times in each way, each time with the next of what is given."""
        for way, seconds in zip(self._ways, self.seconds, strict=True):
            for _ in range(AT_ONCE):
                one = next(given)
                began = time.perf_counter()
                await way(one)
                if counted:
                    seconds.append(time.perf_counter() - began)

    def ratio(self, what: str, engine_name: EngineName, *, most: float | None = MOST) -> Ratio:
        """Return ours against the two others together."""
        ours, bare, empty = self.seconds
        peer = f"{milliseconds(bare)} + {milliseconds(empty)}"
        ratio = median(ours) / (median(bare) + median(empty))
        return Ratio(what, engine_name, milliseconds(ours), peer, ratio, most=most)


class Caller:
    """One client on one connection that is kept; it blocks, and nothing else runs meanwhile."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def get(self, path: str) -> None:
        """Read something."""
        self._ask("GET", path, None)

    async def post(self, path: str, fields: Fields) -> None:
        """Create something."""
        self._ask("POST", path, json.dumps(fields).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> None:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status in (200, 201), said


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Measure on one engine: a few of ours, a few bare ones, a few empty ones, and again."""
    nodes = scaled(NODES, scale)
    drawn = community(nodes, 4 * nodes, seed=1)
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        async with (
            engine_of(engine_name, Path(folder, "engine")) as engine,
            driver_of(engine) as driver,
        ):
            await write(driver, engine.database, batches_of(drawn, size=BATCH_ROWS))
            with service_on(engine) as service, _empty_service() as url:
                with service.client() as client:
                    key = client.post("/v1/keys", json={"role": "coordinator"}).json()["secret"]
                callers = Caller(service.url, key), Caller(url, key)
                return await _compared(engine_name, driver, engine, callers, drawn)


async def _compared(
    engine_name: EngineName,
    driver: AsyncDriver,
    engine: Engine,
    callers: tuple[Caller, Caller],
    drawn: Community,
) -> list[Ratio]:
    service, empty = callers
    people = drawn.ids("person")
    reads, at_once, audited = (
        Times(
            lambda id_, path=path: service.get(f"/v1/{path}/{id_}"),
            partial(bare, driver, engine),
            lambda _: empty.get("/"),
        )
        for path, bare in (
            ("associations", read_node),
            ("associations", read_node_at_once),
            ("people", read_node),
        )
    )
    writes = Times(
        partial(service.post, "/v1/ties"),
        partial(create_tie, driver, engine),
        partial(empty.post, "/"),
    )
    groups, ids = cycle(drawn.ids("association")), cycle(people)
    ties = _ties(people)
    # The first rounds meet cold engines, and are not counted.
    for number in range(-ROUNDS // 4, ROUNDS):
        await reads.measure(groups, counted=number >= 0)
        await at_once.measure(groups, counted=number >= 0)
        await audited.measure(ids, counted=number >= 0)
        await writes.measure(ties, counted=number >= 0)
    return [
        at_once.ratio("the same, bare without BEGIN and COMMIT", engine_name, most=None),
        # What a read's entry may cost is measured in bench.audit, against a read without it.
        reads.ratio("GET of one association", engine_name),
        audited.ratio("GET of one person, audited", engine_name, most=None),
        writes.ratio("POST of one tie", engine_name),
    ]


def _ties(people: Sequence[str]) -> Iterator[Fields]:
    """Yield ties of which no two overlap, so many that few people have enough of them as well.

    Every two people are tied once a year, so that nobody's ties grow faster than the others'.
    """
    # Over before any tie of the community began.
    for year in range(2019, 1900, -1):
        over = {"valid_from": f"{year}-03-01", "valid_to": f"{year}-04-01"}
        for step in range(1, len(people)):
            for source, target in zip(people, people[step:], strict=False):
                yield {"type": "trusts", "source": source, "target": target, **over}


@contextmanager
def _empty_service() -> Generator[str]:
    command = leashed([sys.executable, "-m", "bench.requests", "empty"], ending=signal.SIGTERM)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()


def serve_nothing() -> None:
    """Serve an empty route as the service serves its own: same server, same parser, same loop."""
    app = FastAPI()

    @app.get("/")
    @app.post("/")
    async def empty() -> dict[str, str]:
        return {}

    # Without its protocol asyncio leaves Nagle's algorithm on: 40 ms for each answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, http="h11", loop="asyncio", access_log=False, log_level="critical")
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    serve_nothing() if sys.argv[1:] == ["empty"] else main()
