"""The engine that needs no installation: a child process with its files in the data folder."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

from graph.engines import arcadedb, folder
from graph.engines.addresses import Engine
from graph.engines.leash import leashed
from graph.errors import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from types import TracebackType

_logger = logging.getLogger(__name__)

PREDECESSOR_SECONDS = 60.0
START_SECONDS = 120.0
STOP_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
STEADY_SECONDS = 10.0


class EmbeddedEngine:
    """A child process that serves Bolt on the loopback, for as long as this process lives.

    It is started by `start` or by entering the context, and started again, on the same port, when
    it ends by itself. It ends with `stop`, and with this process however that ends.

    Parameters
    ----------
    data_folder
        Holds everything: the engine's files, its password, its logs, the locks.
    answers
        Asks the engine a real query; returns when it was answered.
    heap_megabytes
        Of Java memory; the process takes about 200 MB more.
    claimed
        Whoever starts it has claimed the folder, and keeps it when the engine has ended.

    Notes
    -----
    One thread, the keeper, starts the child, reads its output and waits for its end, because the
    leash holds a child to the thread that started it and not to the process.
    """

    def __init__(
        self,
        data_folder: Path,
        answers: Callable[[Engine], Awaitable[None]],
        *,
        heap_megabytes: int = 512,
        claimed: bool = False,
    ) -> None:
        self._folder = data_folder.absolute()
        self._home = self._folder / "engine"
        self._answers = answers
        self._heap_megabytes = heap_megabytes
        self._claimed = claimed
        self._claim: int | None = None
        self._engine: Engine | None = None
        self._port = 0
        self._child: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._started = Future[int]()
        self._started.set_running_or_notify_cancel()
        self._keeper = threading.Thread(target=self._keep, name="engine keeper", daemon=True)

    @property
    def engine(self) -> Engine:
        """The address.

        Raises
        ------
        EngineUnavailable
            Before the engine has started.
        """
        if self._engine is None:
            raise EngineUnavailable("the embedded engine has not started")
        return self._engine

    async def start(self) -> Engine:
        """Start the engine, and return its address once it has answered a query.

        Raises
        ------
        FolderInUse
            At once, when another service runs on the folder.
        EngineUnavailable
            When it does not start, or an engine left by a killed service does not end.
        """
        try:
            password = self._prepare()
            self._keeper.start()
            async with asyncio.timeout(START_SECONDS):
                port = await asyncio.wrap_future(self._started)
                engine = Engine(
                    uri=f"bolt://127.0.0.1:{port}",
                    user=arcadedb.USER,
                    password=password,
                    database=arcadedb.DATABASE,
                    embedded=True,
                )
                await self._answers(engine)
        except TimeoutError as late:
            await self.stop()
            raise EngineUnavailable(
                f"the embedded engine did not answer within {START_SECONDS:.0f} s"
            ) from late
        except BaseException:
            await self.stop()
            raise
        self._engine = engine
        return engine

    async def stop(self) -> None:
        """End the engine cleanly, or by force after a minute, and give the folder back."""
        with self._spawning:
            self._stopping.set()
            child = self._child
        if self._keeper.ident is not None:
            if child is not None:
                child.terminate()
            await asyncio.to_thread(self._keeper.join, STOP_SECONDS)
            if child is not None and self._keeper.is_alive():
                _logger.warning("the embedded engine did not end when asked and is killed")
                child.kill()
                await asyncio.to_thread(self._keeper.join)
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    async def make_durable(self) -> None:
        """Force the engine's files to the disk: to be called after each change of the schema."""
        await asyncio.to_thread(folder.make_durable, self._home)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    def _prepare(self) -> str:
        if not self._claimed:
            self._claim = folder.claim(self._folder)
            folder.settle(self._folder)
        self._home.mkdir(mode=0o700, exist_ok=True)
        (self._home / "logging.properties").write_text(arcadedb.LOGGING, encoding="ascii")
        return folder.password_file(self._folder).read_text(encoding="ascii")

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                ending = self._live()
            except (OSError, EngineUnavailable) as refusal:
                ending = str(refusal)
            if not self._started.done():
                self._started.set_exception(EngineUnavailable(ending))
                return
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            if not self._stopping.wait(pause):
                # How it ended, in its own words, stands in its log; these may repeat a record.
                _logger.warning("the embedded engine is started again")
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _live(self) -> str:
        """Run the engine once, from its start to its end, and return how it ended."""
        lock = folder.await_engine_lock(self._folder, PREDECESSOR_SECONDS, self._stopping)
        try:
            child = self._spawn(lock)
        finally:
            os.close(lock)
        if child is None or child.stdout is None:
            return "the embedded engine was stopped before it started"
        last_words = deque[str](maxlen=20)
        with child:
            for line in child.stdout:
                last_words.append(line)
                if listening := arcadedb.BOLT_LISTENS.search(line):
                    self._port = int(listening[1])
                elif arcadedb.STARTED in line and not self._started.done():
                    self._started.set_result(self._port)
                elif arcadedb.FAILED in line:
                    child.terminate()
        return f"it ended with {child.returncode}, saying: {''.join(last_words)}"

    def _spawn(self, lock: int) -> subprocess.Popen[str] | None:
        command = arcadedb.command(
            password_file=folder.password_file(self._folder),
            heap_megabytes=self._heap_megabytes,
            port=self._port,
        )
        with self._spawning:
            if self._stopping.is_set():
                return None
            self._child = subprocess.Popen(  # noqa: S603 - our own command, and no shell
                leashed(command, ending=signal.SIGTERM),
                cwd=self._home,
                env={"LANG": "C.UTF-8"},
                umask=0o077,
                pass_fds=(lock,),
                # An interrupt from the terminal is for the service, which then stops the engine.
                process_group=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
            return self._child
