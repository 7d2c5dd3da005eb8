"""What an import costs in memory: the service, not its engine, while files of two sizes come in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import httpx

from bench.ratios import Ratio, arguments, scaled, table
from service.app import OPERATOR_KEY_FILE
from service.serving import ADDRESS_FILE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

FEW_ROWS: Final = 100_000
MANY_ROWS: Final = 500_000
TIES_A_NODE: Final = 4
MOST_MIB: Final = 1.0
"""By how much the service may grow for each 100,000 rows more."""

_LOOK_SECONDS: Final = 0.1
_NAMESPACE: Final = UUID(int=0)


def rows(count: int, name: str) -> Iterator[bytes]:
    """Yield a file of people and the ties among them, tie by tie and never whole."""
    people = max(2, count // (TIES_A_NODE + 1))

    def person(number: int) -> str:
        return str(uuid5(_NAMESPACE, f"{name} {number % people}"))

    for number in range(people):
        node = {"kind": "person", "id": person(number), "name": f"Person {number}"}
        yield json.dumps(node).encode() + b"\n"
    for number in range(count - people):
        source, step = number % people, 1 + number // people
        tie = {"type": "trusts", "source": person(source), "target": person(source + step)}
        yield json.dumps(tie).encode() + b"\n"


@contextmanager
def service_process(folder: Path) -> Generator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """Run a service on the embedded engine, which is a process of its own."""
    told = {"WHOLEMAP_DATA_DIR": str(folder), "WHOLEMAP_PORT": "0"}
    with Path(folder, "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "serve"],
            env={**os.environ, **told},
            stdout=log,
            stderr=log,
        )
        try:
            while not Path(folder, ADDRESS_FILE).exists():
                assert process.poll() is None, Path(folder, "log").read_text()
                time.sleep(_LOOK_SECONDS)
            key = Path(folder, OPERATOR_KEY_FILE).read_text()
            url = Path(folder, ADDRESS_FILE).read_text()
            bearer = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=url, headers=bearer, timeout=60) as client:
                yield process, client
        finally:
            process.terminate()
            process.wait()


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Return what a process holds in memory."""
    _, _, rest = Path(f"/proc/{process.pid}/status").read_text().partition("VmRSS:")
    return int(rest.split()[0]) / 1024


def highest(process: subprocess.Popen[bytes], client: httpx.Client, count: int, name: str) -> float:
    """Import a file; return the most that the service held meanwhile, in MiB."""
    answer = client.post(
        "/v1/imports",
        content=rows(count, name),
        headers={"Content-Type": "application/x-ndjson"},
    )
    answer.raise_for_status()
    found = 0.0
    while True:
        found = max(found, resident_mib(process))
        job = client.get(answer.headers["Location"]).json()
        if job["finished_at"]:
            assert (job["state"], job["done"], job["failed_rows"]) == ("done", count, 0), job
            return found
        time.sleep(_LOOK_SECONDS)


def measured(scale: float) -> Ratio:
    """Measure what many rows cost above few, on a service and an embedded engine of their own."""
    few, many = (scaled(count, scale, least=100) for count in (FEW_ROWS, MANY_ROWS))
    with (
        TemporaryDirectory(prefix="wholemap-bench-") as folder,
        service_process(Path(folder)) as (process, client),
    ):
        # The first import loads and allocates what every later one uses again.
        highest(process, client, few, "warm")
        before = highest(process, client, few, "few")
        after = highest(process, client, many, "many")
    return Ratio(
        f"MiB of service memory for each 100,000 rows of {many:,}",
        "embedded",
        f"{after:.1f} MiB at {many:,} rows",
        f"{before:.1f} MiB at {few:,} rows",
        (after - before) / ((many - few) / 100_000),
        most=MOST_MIB,
    )


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    told = arguments(words, str(__doc__))
    ratios = [measured(told.scale)] if "embedded" in told.engines else []
    print(table(ratios))
    return ratios


if __name__ == "__main__":
    main()
