"""The embedded engine lives exactly as long as its service, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import pytest

from graph.engines.addresses import Engine
from graph.engines.embedded import EmbeddedEngine
from graph.engines.schema import apply_schema
from graph.errors import EngineUnavailable, FolderInUse
from graph.store.probe import answers
from tests.conftest import Connection, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

pytestmark = pytest.mark.anyio

PATIENCE_SECONDS = 30.0
KINDS: tuple[LiteralString, ...] = ("Person", "Association", "Agency", "Asset")

# A service whose starting thread ends at once: the engine has to outlive it.
SERVICE = """
import asyncio, sys, threading
from pathlib import Path
from graph.engines.embedded import EmbeddedEngine
from graph.store.probe import answers

engine = EmbeddedEngine(Path(sys.argv[1]), answers)
starter = threading.Thread(target=lambda: asyncio.run(engine.start()))
starter.start()
starter.join()
print(engine.engine.uri, flush=True)
sys.stdin.read()
"""


async def test_a_started_engine_answers_at_once(tmp_path: Path) -> None:
    async with EmbeddedEngine(tmp_path, answers) as embedded, connect(embedded.engine) as graph:
        assert [row["one"] for row in await graph.query("RETURN 1 AS one")] == [1]


async def test_a_second_service_on_the_folder_is_refused_at_once(embedded: EmbeddedEngine) -> None:
    folder = embedded._folder
    began = time.monotonic()
    with pytest.raises(FolderInUse, match=re.escape(str(folder))):
        await EmbeddedEngine(folder, answers).start()
    assert time.monotonic() - began < 1
    await answers(embedded.engine)


async def test_no_engine_is_left_after_a_stop_and_what_was_written_is_kept(tmp_path: Path) -> None:
    async with EmbeddedEngine(tmp_path, answers) as embedded, connect(embedded.engine) as graph:
        await graph.query("CREATE (:Kept {word: 'oak'})")
        assert len(_engines_in(tmp_path)) == 1
    assert _engines_in(tmp_path) == []
    async with EmbeddedEngine(tmp_path, answers) as embedded, connect(embedded.engine) as graph:
        assert await _kept(graph) == ["oak"]


async def test_an_engine_that_dies_comes_back_on_its_port_with_its_data(tmp_path: Path) -> None:
    async with EmbeddedEngine(tmp_path, answers) as embedded, connect(embedded.engine) as graph:
        await graph.query("CREATE (:Kept {word: 'oak'})")
        for _ in range(2):
            [pid] = _engines_in(tmp_path)
            os.kill(pid, signal.SIGKILL)
            eventually(lambda pid=pid: pid not in _engines_in(tmp_path))
            await answers(embedded.engine)
            assert await _kept(graph) == ["oak"]


async def test_an_engine_whose_port_was_taken_meanwhile_waits_for_it(tmp_path: Path) -> None:
    async with EmbeddedEngine(tmp_path, answers) as embedded:
        port = int(embedded.engine.uri.rpartition(":")[2])
        [pid] = _engines_in(tmp_path)
        os.kill(pid, signal.SIGKILL)
        with _listen(port):
            # One life without its port, and the beginning of the next.
            for _ in range(2):
                eventually(lambda: bool(_engines_in(tmp_path)))
                [another] = _engines_in(tmp_path)
                eventually(lambda another=another: another not in _engines_in(tmp_path))
        await answers(embedded.engine)


async def test_the_engine_outlives_the_thread_that_started_it_and_ends_with_its_process(
    tmp_path: Path,
) -> None:
    with _service(tmp_path) as (service, engine):
        await answers(engine)
        service.kill()
        eventually(lambda: not _engines_in(tmp_path))


async def test_a_start_waits_for_the_engine_of_a_killed_service(tmp_path: Path) -> None:
    with _service(tmp_path) as (service, engine):
        async with connect(engine) as graph:
            await graph.query("CREATE (:Kept {word: 'oak'})")
        [pid] = _engines_in(tmp_path)
        # Suspended, it cannot end yet: the next start is sure to find it alive.
        os.kill(pid, signal.SIGSTOP)
        service.kill()
        service.wait()
    successor = EmbeddedEngine(tmp_path, answers)
    start = asyncio.create_task(successor.start())
    await asyncio.sleep(0)
    with pytest.raises(FolderInUse):
        await EmbeddedEngine(tmp_path, answers).start()
    assert _engines_in(tmp_path) == [pid]
    os.kill(pid, signal.SIGCONT)
    async with connect(await start) as graph:
        assert await _kept(graph) == ["oak"]
    assert pid not in _engines_in(tmp_path)
    await successor.stop()


async def test_many_first_writers_of_every_kind_are_all_served(tmp_path: Path) -> None:
    async with EmbeddedEngine(tmp_path, answers) as embedded, connect(embedded.engine) as graph:
        await apply_schema(graph.run_all, embedded=True, epoch="any")
        await asyncio.gather(
            *(
                graph.query(f"CREATE (:Node:{kind} {{id: $id}})", id=f"{kind} {number}")
                for kind in KINDS
                for number in range(12)
            )
        )
        rows = await graph.query("MATCH (n:Node) RETURN count(n) AS nodes")
        assert rows[0]["nodes"] == 12 * len(KINDS)


async def test_a_utc_time_comes_back_with_its_zone(embedded_connection: Connection) -> None:
    # On ArcadeDB 26.10.2 a property of no declared type loses the zone but for a setting.
    await embedded_connection.empty()
    at = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
    await embedded_connection.query("CREATE (:Kept {at: $at})", at=at)
    rows = await embedded_connection.query("MATCH (n:Kept) RETURN n.at AS at")
    assert rows[0]["at"].to_native() == at
    assert rows[0]["at"].to_native().utcoffset() == timedelta(0)


async def test_an_engine_that_cannot_start_says_why_and_leaves_the_folder(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="heap"):
        await EmbeddedEngine(tmp_path, answers, heap_megabytes=1).start()
    async with EmbeddedEngine(tmp_path, answers) as embedded:
        await answers(embedded.engine)


async def test_the_folder_and_the_password_are_for_their_owner_alone(
    embedded: EmbeddedEngine,
) -> None:
    folder = embedded._folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "engine.password").stat().st_mode & 0o777 == 0o600
    [pid] = _engines_in(folder)
    assert embedded.engine.password not in _command_of(pid)
    assert embedded.engine.password not in repr(embedded.engine)


async def test_a_stranger_is_not_answered(embedded: EmbeddedEngine) -> None:
    stranger = replace(embedded.engine, password="guessed")
    with pytest.raises(EngineUnavailable):
        await answers(stranger)


async def test_the_engine_listens_on_the_loopback_alone(embedded: EmbeddedEngine) -> None:
    [pid] = _engines_in(embedded._folder)
    assert _listening_addresses(pid) == {"127.0.0.1"}


def eventually(condition: Callable[[], bool]) -> None:
    """Return once the condition holds; fail when it does not within half a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "what should have come about did not"
        pause.wait(0.02)


async def _kept(graph: Connection) -> list[str]:
    return [row["word"] for row in await graph.query("MATCH (n:Kept) RETURN n.word AS word")]


@contextmanager
def _service(folder: Path) -> Generator[tuple[subprocess.Popen[str], Engine]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(folder)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        assert service.stdout is not None
        engine = Engine(
            uri=service.stdout.readline().strip(),
            user="root",
            password=(folder / "engine.password").read_text(encoding="ascii"),
            database="wholemap",
            embedded=True,
        )
        yield service, engine


def _listen(port: int) -> socket.socket:
    """Take a port as soon as it is free."""
    taken: list[socket.socket] = []

    def take() -> bool:
        with suppress(OSError):
            taken.append(socket.create_server(("127.0.0.1", port)))
        return bool(taken)

    eventually(take)
    return taken[0]


def _engines_in(folder: Path) -> list[int]:
    """Return the process ids of the Java machines that work in a data folder."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder / "engine" and (
                process / "exe"
            ).readlink().name == "java":
                found.append(int(process.name))
    return found


def _command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


def _listening_addresses(pid: int) -> set[str]:
    """Return the addresses, not the ports, that a process listens on."""
    sockets: set[str] = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        # The engine goes on working, and closes what was just listed.
        with suppress(FileNotFoundError):
            sockets.add(link.readlink().name.removeprefix("socket:[").removesuffix("]"))
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                found.add(_address(fields[1].partition(":")[0]))
    return found


def _address(words: str) -> str:
    # The kernel prints an address as words of 32 bits in the byte order of the machine.
    packed = b"".join(
        int(words[start : start + 8], 16).to_bytes(4, sys.byteorder)
        for start in range(0, len(words), 8)
    )
    address = ip_address(packed)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
