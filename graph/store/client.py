"""The one seam to the engine: transactions that are retried, and nothing half done."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import neo4j
from neo4j import AsyncGraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import (
    ClientError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from cypher import statement
from graph.errors import EngineUnavailable, KeyTaken, Unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
    from types import TracebackType

    from graph.engines.addresses import Engine

ResultT = TypeVar("ResultT")
Row = dict[str, Any]

FIRST_BACK_OFF_SECONDS: Final = 0.01
LAST_BACK_OFF_SECONDS: Final = 1.0
CONSTRAINT_ATTEMPTS: Final = 5
"""How often a unit of work that lost a race for a unique key is run again."""

FETCH_ROWS: Final = 2_000
ROWS_TOGETHER: Final = 100
"""Rows that are handed over at once: 2,000 take a tenth longer, out of the processor's cache."""


class Transaction:
    """One transaction: runs statements by their names."""

    def __init__(self, transaction: neo4j.AsyncTransaction | neo4j.AsyncSession) -> None:
        self._transaction = transaction

    async def rows(self, name: str, /, **parameters: object) -> list[Row]:
        """Run a statement and return all its rows, in order."""
        result = await self._transaction.run(statement(name), parameters)
        return await result.data()

    async def row(self, name: str, /, **parameters: object) -> Row | None:
        """Run a statement and return its first row, or nothing."""
        rows = await self.rows(name, **parameters)
        return rows[0] if rows else None

    async def batches(
        self, name: str, size: int = ROWS_TOGETHER, /, **parameters: object
    ) -> AsyncIterator[list[list[Any]]]:
        """Run a statement and yield its rows as they come, each the values of RETURN in order."""
        result = await self._transaction.run(statement(name), parameters)
        rows: list[list[Any]] = []
        async for record in result:
            rows.append(record.values())
            if len(rows) == size:
                yield rows
                rows = []
        if rows:
            yield rows

    async def run(self, name: str, /, **parameters: object) -> None:
        """Run a statement whose rows nobody reads."""
        result = await self._transaction.run(statement(name), parameters)
        await result.consume()


class Client:
    """The open connections to one engine.

    Parameters
    ----------
    engine
        Its address.
    budget_seconds
        How long one unit of work may take, its retries included.
    """

    def __init__(self, engine: Engine, *, budget_seconds: float = 30.0) -> None:
        self.engine = engine
        self.budget_seconds = budget_seconds
        self._driver: neo4j.AsyncDriver = AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType] - its configuration is untyped
            engine.uri,
            auth=(engine.user, engine.password),
            connection_timeout=5.0,
            connection_acquisition_timeout=budget_seconds,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
        )
        # The embedded engine spends concurrent writers' time in conflicts (docs/engines.md).
        self._writing = asyncio.Lock() if engine.embedded else None

    async def __aenter__(self) -> Self:
        """Return itself; connections open when they are needed."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._driver.close()

    async def read(
        self,
        work: Callable[[Transaction], Awaitable[ResultT]],
        *,
        bookmarks: Collection[str] = (),
        budget_seconds: float | None = None,
        newest: bool = False,
    ) -> ResultT:
        """Run a unit of work that writes nothing, again where the connection broke.

        Parameters
        ----------
        work
            Runs read statements; may be called more than once.
        bookmarks
            Writes that the answer must have seen.
        budget_seconds
            The client's own, if not said.
        newest
            Ask the server of a cluster that takes the writes: the others may lag behind it.

        Raises
        ------
        Unreadable
            When a bookmark is none that a server could have given.
        EngineUnavailable
            When it could not be done within the budget.
        """

        async def whole(session: neo4j.AsyncSession) -> ResultT:
            async with await session.begin_transaction() as transaction:
                return await work(Transaction(transaction))

        access = neo4j.WRITE_ACCESS if newest else neo4j.READ_ACCESS
        return await self._until_read(whole, access, bookmarks, budget_seconds)

    async def rows(
        self, name: str, bookmarks: Collection[str] = (), /, **parameters: object
    ) -> list[Row]:
        """Run one read statement, which is a whole transaction, and return all its rows, in order.

        One exchange with the engine, where a unit of work takes three.

        Raises
        ------
        ValueError
            When the statement is none of `read/`: writes need a unit of work.
        Unreadable, EngineUnavailable
            As `read`.
        """
        if not name.startswith("read/"):
            message = f"{name} is no read: it needs a unit of work"
            raise ValueError(message)
        return await self._until_read(
            lambda session: Transaction(session).rows(name, **parameters),
            neo4j.READ_ACCESS,
            bookmarks,
        )

    async def row(
        self, name: str, bookmarks: Collection[str] = (), /, **parameters: object
    ) -> Row | None:
        """Run one read statement as `rows` does, and return its first row, or nothing."""
        rows = await self.rows(name, bookmarks, **parameters)
        return rows[0] if rows else None

    async def row_and_bookmarks(
        self, name: str, bookmarks: Collection[str] = (), /, **parameters: object
    ) -> tuple[Row | None, tuple[str, ...]]:
        """Run one read statement as `row` does; return with it bookmarks of all that it saw.

        A server writes a commit to its records before its indexes, and a reader between the two
        sees half of it. A later transaction that is given these bookmarks sees the whole.
        """

        async def work(session: neo4j.AsyncSession) -> tuple[Row | None, tuple[str, ...]]:
            row = await Transaction(session).row(name, **parameters)
            return row, tuple((await session.last_bookmarks()).raw_values)

        return await self._until_read(work, neo4j.READ_ACCESS, bookmarks)

    async def _until_read(
        self,
        work: Callable[[neo4j.AsyncSession], Awaitable[ResultT]],
        access: str,
        bookmarks: Collection[str],
        budget_seconds: float | None = None,
    ) -> ResultT:
        attempts = _Attempts(budget_seconds or self.budget_seconds)
        async with attempts.within_budget():
            while True:
                try:
                    async with self._session(access, bookmarks) as session:
                        return await work(session)
                except (TransientError, DriverError) as failure:
                    await attempts.pause_after(failure)
                except ClientError as refusal:
                    if not (bookmarks and "InvalidBookmark" in (refusal.code or "")):
                        raise
                    raise Unreadable("the bookmark is none that this engine gave") from refusal
        raise AssertionError  # the loop ends by return or raise

    async def stream(
        self,
        work: Callable[[Transaction], AsyncIterator[ResultT]],
        bookmarks: Collection[str] = (),
    ) -> AsyncIterator[ResultT]:
        """Yield what a unit of work reads, in one transaction, as it comes; never again.

        Raises
        ------
        EngineUnavailable
            When the connection breaks on the way.
        """
        try:
            async with self._session(neo4j.READ_ACCESS, bookmarks) as session:
                transaction = await session.begin_transaction()
                async with transaction:
                    async for item in work(Transaction(transaction)):
                        yield item
        except (TransientError, DriverError) as failure:
            raise _unavailable(failure) from failure

    async def write(
        self,
        work: Callable[[Transaction], Awaitable[ResultT]],
        *,
        was_committed: Callable[[Transaction], Awaitable[bool]] | None = None,
    ) -> tuple[ResultT, tuple[str, ...]]:
        """Run a unit of work to its commit; a unit that failed leaves nothing.

        Parameters
        ----------
        work
            Reads and writes; may be called more than once, each time on a fresh transaction.
        was_committed
            Asked before a repetition whose first outcome is unknown. Without it, `work` must be
            one that can be repeated after its own success.

        Returns
        -------
        The result of `work`, and the bookmarks of its commit (of no use on the embedded engine).

        Raises
        ------
        KeyTaken
            When the engine's uniqueness constraints refuse it again and again.
        EngineUnavailable
            When it could not be done within the budget.
        """
        attempts = _Attempts(self.budget_seconds)
        outcome: list[ResultT] = []
        async with attempts.within_budget():
            while True:
                try:
                    async with self._turn(), self._session(neo4j.WRITE_ACCESS, ()) as session:
                        async with await session.begin_transaction() as transaction:
                            unit = Transaction(transaction)
                            if outcome and was_committed and await was_committed(unit):
                                return outcome[0], ()
                            outcome[:] = []
                            result = await work(unit)
                            outcome[:] = [result]
                            await transaction.commit()
                        bookmarks = await session.last_bookmarks()
                        return result, tuple(bookmarks.raw_values)
                # What an attempt would have answered is kept until the next one has asked whether
                # it was committed: that question may fail as well.
                except ConstraintError as failure:
                    await attempts.pause_after_lost_race(failure)
                except (TransientError, DriverError) as failure:
                    await attempts.pause_after(failure)
        raise AssertionError  # the loop ends by return or raise

    def _turn(self) -> asyncio.Lock | nullcontext[None]:
        return self._writing or nullcontext()

    def _session(self, access: str, bookmarks: Collection[str]) -> neo4j.AsyncSession:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType] - its configuration is untyped
            database=self.engine.database,
            default_access_mode=access,
            bookmarks=neo4j.Bookmarks.from_raw_values(bookmarks) if bookmarks else None,
            fetch_size=FETCH_ROWS,
        )


class _Attempts:
    """The budget of one unit of work: how long, how often, and how long between."""

    def __init__(self, budget_seconds: float) -> None:
        self._budget_seconds = budget_seconds
        self._pause_seconds = FIRST_BACK_OFF_SECONDS
        self._races_lost = 0
        self._last: Exception | None = None

    @asynccontextmanager
    async def within_budget(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._budget_seconds):
                yield
        except TimeoutError as error:
            raise _unavailable(self._last or error) from self._last

    async def pause_after(self, failure: Exception) -> None:
        """Wait before the next attempt; raise what cannot succeed by repetition."""
        if isinstance(failure, DriverError) and not isinstance(failure, _BROKEN):
            raise failure
        self._last = failure
        await asyncio.sleep(self._pause_seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        self._pause_seconds = min(self._pause_seconds * 2, LAST_BACK_OFF_SECONDS)

    async def pause_after_lost_race(self, failure: ConstraintError) -> None:
        """Wait before the next attempt, a few times."""
        self._races_lost += 1
        if self._races_lost >= CONSTRAINT_ATTEMPTS:
            message = "another record holds this id or this source"
            raise KeyTaken(message) from failure
        await self.pause_after(failure)


_BROKEN = (ServiceUnavailable, SessionExpired, IncompleteCommit)


def _unavailable(failure: Exception) -> EngineUnavailable:
    message = "the engine does not answer"
    unavailable = EngineUnavailable(message)
    unavailable.__cause__ = failure
    return unavailable
