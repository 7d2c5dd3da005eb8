"""The journal of one process: its chain, written in groups, each with one fsync."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

from graph.audit.chain import FIRST, line, link
from graph.audit.entries import Entry, instant
from graph.audit.files import (
    append,
    entries_file,
    files_of_chains,
    first_link,
    heads_file,
    last_link,
    links,
)
from graph.audit.retention import drop, limits, overdue
from graph.audit.signing import Head, Signer
from graph.audit.verifying import CLOSED, OPENED, RETENTION
from graph.errors import CannotStart, EngineUnavailable, NotRecorded

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import TypeVar

    from graph.audit.chain import Link

    ResultT = TypeVar("ResultT")

HEAD_SECONDS: Final = 60.0
MANY_ANSWERS: Final = 5
GATHERING_SECONDS: Final = 0.002
"""While so many other answers are on their way, entries are gathered for so long before they are
made durable together, as by PostgreSQL's `commit_siblings` and `commit_delay`.
"""


class Journal:
    """Takes entries, and says when they are durable.

    Parameters
    ----------
    folder
        Where the chains lie; made if it is missing, for its owner only.
    signer
        Signs the heads; without one they are not signed.
    head_seconds
        How often a chain that grew gets a head.
    """

    def __init__(
        self, folder: Path, signer: Signer | None, *, head_seconds: float = HEAD_SECONDS
    ) -> None:
        self.folder = folder
        self.signer = signer
        self.groups = 0
        self._head_seconds = head_seconds
        self._chain = _Chain(folder, signer)
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[None] | None]] = []
        self._came = asyncio.Event()
        # A thread of its own: the others may all be busy with questions.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit")
        self._tasks: list[asyncio.Task[None]] = []
        self._under_way: set[str] = set()
        self._doubtful: dict[str, datetime] = {}
        self._owed: list[Entry] = []
        self._answering = 0

    @property
    def chain(self) -> str:
        """The id of the chain that is being written."""
        return self._chain.id

    @property
    def under_way(self) -> frozenset[str]:
        """The units of work that may be committed and are not in the chain yet."""
        return frozenset(self._under_way)

    async def __aenter__(self) -> Self:
        """Open a chain that names the ends of those before it.

        Raises
        ------
        CannotStart
            When it cannot be written.
        """
        try:
            await self._in_thread(self._chain.open)
        except OSError as error:
            raise CannotStart(f"the audit cannot be written: {error}") from error
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._head())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the chain, with a head at its end; one with doubts is left to the next process."""
        try:
            if not self._doubtful:
                await self.append([Entry(class_="chain", operation=CLOSED, outcome="done")])
            await self._in_thread(self._chain.head)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._thread.shutdown()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Write entries at the end of the chain; return when they are durable.

        Raises
        ------
        NotRecorded
            When they cannot be written.
        """
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, durable))
        self._came.set()
        await durable

    def append_committed(self, entries: Sequence[Entry]) -> None:
        """Write what the engine holds durably at the end of the chain, without waiting for it.

        Its units are under way until they stand there. What this process does not come to write,
        the next one finds in the engine.
        """
        self._under_way.update(entry.unit for entry in entries if entry.unit is not None)
        self._waiting.append((entries, None))
        self._came.set()

    @contextmanager
    def answering(self) -> Generator[None]:
        """Say that an answer is on its way: its entry may come along with others."""
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1

    @contextmanager
    def writing(self, unit: str) -> Generator[None]:
        """Say that a unit of work may be committed before it is in the chain."""
        began = datetime.now(UTC)
        self._under_way.add(unit)
        try:
            yield
        except (EngineUnavailable, asyncio.CancelledError):
            # Perhaps it is committed: whoever can ask the engine settles it.
            self._doubtful[unit] = began
            raise
        finally:
            self._under_way.discard(unit)

    def doubts(self) -> dict[str, datetime]:
        """Return the units of work of which nobody knows whether they were committed, and when."""
        return dict(self._doubtful)

    def settled(self, units: Iterable[str]) -> None:
        """Say that these units are chained now, or were never committed."""
        for unit in units:
            self._doubtful.pop(unit, None)

    async def forget(self, days: Mapping[str, int], now: datetime) -> dict[str, int]:
        """Announce what retention drops, drop it, and return how much of each class it was."""
        before = limits(days, now)
        counts = await self._in_thread(lambda: overdue(self.folder, before))
        if counts:
            detail = {"before": before, "dropped": counts}
            said = Entry(class_="chain", operation=RETENTION, outcome="done", detail=detail)
            await self.append([said])
        await self._in_thread(lambda: drop(self.folder, before))
        return counts

    async def _write(self) -> None:
        while True:
            await self._came.wait()
            if self._answering - len(self._waiting) >= MANY_ANSWERS:
                await asyncio.sleep(GATHERING_SECONDS)
            self._came.clear()
            group, self._waiting = self._waiting, []
            entries = [*self._owed, *(entry for some, _ in group for entry in some)]
            failure: NotRecorded | None = None
            try:
                await self._in_thread(lambda some=entries: self._chain.extend(some))
            except OSError as error:
                # What stands in the file now nobody knows: the next group begins another chain.
                self._chain = _Chain(self.folder, self.signer)
                # What the engine has committed is not undone by this: it is written with the next.
                self._owed = [entry for entry in entries if entry.unit is not None]
                failure = NotRecorded("the audit cannot be written, so nothing is answered")
                failure.__cause__ = error
            else:
                self._owed = []
                self._under_way.difference_update(entry.unit for entry in entries if entry.unit)
            self.groups += 1
            for _, durable in group:
                if durable is None or durable.done():
                    continue
                if failure is None:
                    durable.set_result(None)
                else:
                    durable.set_exception(failure)

    async def _head(self) -> None:
        while True:
            await asyncio.sleep(self._head_seconds)
            try:
                await self._in_thread(self._chain.head)
            except OSError:
                # The next entry meets the same failure, and refuses its answer.
                continue

    async def _in_thread(self, work: Callable[[], ResultT]) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class _Chain:
    """One chain as it is being written; used by one thread at a time."""

    def __init__(self, folder: Path, signer: Signer | None) -> None:
        self.id = uuid4().hex
        self._folder = folder
        self._signer = signer
        self._day = ""
        self._sequence = 0
        self._hash = FIRST
        self._headed = 0

    def open(self) -> None:
        """Begin it: its first entry names the ends of the chains that nobody named yet."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        detail: dict[str, Any] = {"previous": loose_ends(self._folder)}
        if self._signer is not None:
            detail["key"] = self._signer.fingerprint
        self._append([Entry(class_="chain", operation=OPENED, outcome="done", detail=detail)])

    def extend(self, entries: Sequence[Entry]) -> None:
        """Write entries; return when they are durable."""
        if self._sequence == 0:
            self.open()
        self._append(entries)

    def head(self) -> None:
        """Write a head, if the chain has grown since the last one."""
        if self._sequence == self._headed:
            return
        now = instant(datetime.now(UTC))
        head = Head(self.id, self._sequence, self._hash, now, key=None, signature=None)
        signed = head if self._signer is None else self._signer.signed(head)
        append(heads_file(self._folder, self._day, self.id), signed.line())
        self._headed = self._sequence

    def _append(self, entries: Sequence[Entry]) -> None:
        day = instant(datetime.now(UTC))[:10]
        if day != self._day:
            # The day that ends gets its last head before the next one begins.
            self.head()
            self._day = day
        sequence, previous = self._sequence, self._hash
        lines: list[bytes] = []
        for entry in entries:
            sequence += 1
            made = link(self.id, sequence, previous, entry.content())
            lines.append(line(made))
            previous = made.hash
        append(entries_file(self._folder, day, self.id), b"".join(lines))
        self._sequence, self._hash = sequence, previous


def loose_ends(folder: Path) -> list[dict[str, Any]]:
    """Return the ends of the chains in a folder that no later one names in its opening."""
    ends: dict[str, Link] = {}
    named: set[str] = set()
    for chain, files in files_of_chains(folder).items():
        if last := last_link(files):
            ends[chain] = last
        named |= {end["chain"] for end in _previous(first_link(files))}
    return [
        {"chain": chain, "sequence": last.sequence, "hash": last.hash}
        for chain, last in sorted(ends.items())
        if chain not in named
    ]


def unsettled(folder: Path, *, sparing: str) -> list[str]:
    """Return the chains whose process did not close them, nor any that came after them.

    Parameters
    ----------
    sparing
        The chain that is being written.
    """
    chains = files_of_chains(folder)
    before = {
        chain: [end["chain"] for end in _previous(first_link(files))]
        for chain, files in chains.items()
    }
    found: list[str] = []
    look = list(before.get(sparing, ()))
    while look:
        chain = look.pop()
        if chain in found or chain not in chains:
            continue
        last = last_link(chains[chain])
        if last is None or last.entry is None or last.entry.get("operation") != CLOSED:
            found.append(chain)
            look += before[chain]
    return found


def ids_of(folder: Path, chains: Sequence[str]) -> set[str]:
    """Return the ids of the entries of some chains."""
    files = [file for chain in chains for file in files_of_chains(folder).get(chain, [])]
    return {str(found.entry["id"]) for found in links(files) if found.entry is not None}


def _previous(opening: Link | None) -> Sequence[Mapping[str, Any]]:
    if opening is None or opening.entry is None:
        return ()
    return opening.entry.get("detail", {}).get("previous", ())
