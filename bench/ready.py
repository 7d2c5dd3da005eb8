"""How long after its engine a service is ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import httpx

from bench.engines import ROOT, engine_of
from bench.ratios import Ratio, on_engines
from graph.engines.leash import leashed

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from bench.ratios import EngineName
    from graph.engines.addresses import Engine

ROUNDS: Final = 5
MOST_SECONDS: Final = 2.0
_READY_SECONDS: Final = 120.0


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Measure first starts, on an empty folder, and later ones, each with the peer's in turn."""
    first: list[tuple[float, float]] = []
    later: list[tuple[float, float]] = []
    for _ in range(max(2, round(ROUNDS * scale))):
        with TemporaryDirectory(prefix="wholemap-bench-") as folder:
            ours, peers = Path(folder, "ours"), Path(folder, "peers")
            if engine_name == "embedded":
                for times in (first, later):
                    times.append((_ready(ours, {}), _engine_alone(peers, {})))
            else:
                async with engine_of(engine_name, Path(folder, "engine")) as engine:
                    told = _address(engine)
                    later.append((_ready(ours, told), _engine_alone(peers, told)))
    return [
        _ratio(f"{what} start to ready, less the engine's", engine_name, times)
        for what, times in (("first", first), ("later", later))
        if times
    ]


def _ratio(what: str, engine_name: EngineName, times: Sequence[tuple[float, float]]) -> Ratio:
    ours, peers = (median(seconds) for seconds in zip(*times, strict=True))
    within = (ours - peers) / MOST_SECONDS
    return Ratio(
        f"{what}, of {MOST_SECONDS:.0f} s", engine_name, f"{ours:.2f} s", f"{peers:.2f} s", within,
        most=1.0,
    )  # fmt: skip


def _ready(folder: Path, told: Mapping[str, str]) -> float:
    """Start the service, and return the seconds until it says that it is ready."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "service", "serve", "--port", "0"]
    with _program(command, {"WHOLEMAP_DATA_DIR": str(folder), **told}):
        address = folder / "service.address"
        with httpx.Client() as client:
            while time.perf_counter() - began < _READY_SECONDS:
                if address.exists():
                    answer = client.get(f"{address.read_text()}/readyz")
                    if answer.is_success:
                        return time.perf_counter() - began
                time.sleep(0.01)
    raise AssertionError("the service was not ready in time")


def _engine_alone(folder: Path, told: Mapping[str, str]) -> float:
    """Start the engine as the service does, or find it, and return the seconds until it answers."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.engine_alone", str(folder)]
    with _program(command, told) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        return time.perf_counter() - began


def _address(engine: Engine) -> dict[str, str]:
    return {
        "WHOLEMAP_BOLT_URI": engine.uri,
        "WHOLEMAP_BOLT_USER": engine.user,
        "WHOLEMAP_BOLT_PASSWORD": engine.password,
        "WHOLEMAP_BOLT_DATABASE": engine.database,
    }


@contextmanager
def _program(command: Sequence[str], told: Mapping[str, str]) -> Generator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        leashed(command, ending=signal.SIGTERM),
        cwd=ROOT,
        env={**os.environ, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    main()
