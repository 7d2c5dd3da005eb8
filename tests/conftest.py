"""What the tests share: the engines, started once a run and empty for each test."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, LiteralString
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from neo4j import AsyncGraphDatabase
from xdist.scheduler import LoadScopeScheduling

from cypher import statement
from graph.engines.embedded import EmbeddedEngine
from graph.engines.schema import apply_schema
from graph.store.probe import answers
from tests.neo4j_server import NoNeo4j, neo4j_server
from tests.planted import named_in_logs
from tests.running_service import RunningService, running

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping

    from neo4j import AsyncDriver, AsyncManagedTransaction, Record
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

    from graph.engines.addresses import Engine

# How long an example takes is told by benchmarks; here it would only tell how busy the machine is.
settings.register_profile("wholemap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("2000", settings.get_profile("wholemap"), max_examples=2000)
settings.load_profile("wholemap")

EPOCH = "epoch-of-the-tests"
MARKS = "5e" * 32
POSITIONS = "a7" * 64
NAMED = pytest.StashKey[list[str]]()
TOLD = pytest.StashKey[list[str]]()

_BATCH = 5000
_EMPTY: LiteralString = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS nodes"


class Connection:
    """A driver on an engine, for tests that look at the engine below the store."""

    def __init__(self, engine: Engine, driver: AsyncDriver) -> None:
        self.engine = engine
        self.name = "embedded" if engine.embedded else "neo4j"
        self._driver = driver

    async def query(self, text: LiteralString, **parameters: object) -> list[Record]:
        """Run a statement in an explicit transaction and return its rows."""

        async def work(transaction: AsyncManagedTransaction) -> list[Record]:
            result = await transaction.run(text, parameters)
            return [record async for record in result]

        async with self._driver.session(database=self.engine.database) as session:
            return await session.execute_write(work)

    async def run(self, name: str, parameters: Mapping[str, object]) -> list[Record]:
        """Run a statement of the project by its name."""
        return await self.query(statement(name), **parameters)

    async def run_all(self, asked: Mapping[str, Mapping[str, object]]) -> list[Record]:
        """Run statements of the project in one transaction and return the rows of all."""

        async def work(transaction: AsyncManagedTransaction) -> list[Record]:
            return [
                record
                for name, parameters in asked.items()
                async for record in await transaction.run(statement(name), dict(parameters))
            ]

        async with self._driver.session(database=self.engine.database) as session:
            return await session.execute_write(work)

    async def empty(self) -> None:
        """Delete every node, and set the counters back."""

        async def work(transaction: AsyncManagedTransaction) -> bool:
            deleted = await (await transaction.run(_EMPTY)).single(strict=True)
            await transaction.run(statement("schema/singleton_changes"))
            # A life of its own for each test: what a service cached of the last one is void.
            await transaction.run(statement("schema/singleton_epoch"), epoch=uuid4().hex)
            await transaction.run(statement("schema/singleton_erasures"), key=MARKS)
            await transaction.run(statement("schema/singleton_positions"), key=POSITIONS)
            await transaction.run(statement("schema/singleton_pseudonyms"), key=MARKS)
            return deleted["nodes"] < _BATCH

        async with self._driver.session(database=self.engine.database) as session:
            while not await session.execute_write(work):
                pass


class _ByEngine(LoadScopeScheduling):
    """One process takes what is run on Neo4j, the other the rest, file by file, and what is left.

    So Neo4j is started once in a run. The embedded engine is started in both.

    By the names of the tests: `loadgroup`, made for this, reads what pytest 9.2 has no more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "neo4j" if "neo4j" in nodeid else nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test that needs Neo4j and does not say so: it would start a second one."""
    needed: list[str] = getattr(item, "fixturenames", [])
    if "neo4j_address" in needed and "neo4j" not in item.nodeid:
        pytest.fail("it needs Neo4j: its name must say neo4j")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByEngine:
    """Share a run between processes by the engines."""
    return _ByEngine(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a log of it names a person whom the tests invented."""
    folder: pytest.TempPathFactory = session.config._tmp_path_factory  # pyright: ignore[reportAttributeAccessIssue] - set by pytest's own plugin
    named = session.config.stash.setdefault(NAMED, [])
    named.extend(named_in_logs(folder.getbasetemp()))
    if named:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    # One of several processes: the first of them is told what it would have shown.
    output: dict[str, object] = getattr(session.config, "workeroutput", {})
    output |= {"named": named, "told": session.config.stash.get(TOLD, [])}


def pytest_testnodedown(node: WorkerController) -> None:
    """Take over what one of several processes has to show."""
    # One that crashed has nothing; the run has failed by then.
    output: dict[str, list[str]] = getattr(node, "workeroutput", {})
    node.config.stash.setdefault(NAMED, []).extend(output.get("named", []))
    node.config.stash.setdefault(TOLD, []).extend(output.get("told", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where, and what tests have told of themselves."""
    for line in terminalreporter.config.stash.get(TOLD, []):
        terminalreporter.line(line)
    for line in dict.fromkeys(terminalreporter.config.stash.get(NAMED, [])):
        terminalreporter.line(f"a log names somebody: {line}", red=True)


@pytest.fixture
def told(request: pytest.FixtureRequest) -> list[str]:
    """Give a list of lines that are shown at the end of the run: how much a test has tried."""
    return request.config.stash.setdefault(TOLD, [])


@asynccontextmanager
async def connect(engine: Engine) -> AsyncGenerator[Connection]:
    """Open a connection and close it in the end."""
    async with AsyncGraphDatabase.driver(engine.uri, auth=(engine.user, engine.password)) as driver:
        yield Connection(engine, driver)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests and fixtures on one asyncio loop."""
    return "asyncio"


@pytest.fixture(scope="session")
async def embedded(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EmbeddedEngine]:
    """Start the embedded engine once a run."""
    async with EmbeddedEngine(tmp_path_factory.mktemp("embedded"), answers) as embedded:
        yield embedded


@pytest.fixture(scope="session")
async def embedded_connection(embedded: EmbeddedEngine) -> AsyncIterator[Connection]:
    """Connect to the embedded engine, with the schema."""
    async with connect(embedded.engine) as connection:
        await apply_schema(connection.run_all, embedded=True, epoch=EPOCH)
        await embedded.make_durable()
        await connection.empty()
        yield connection


@pytest.fixture(scope="session")
def neo4j_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Start a Neo4j server once a run."""
    try:
        with neo4j_server(tmp_path_factory.mktemp("neo4j")) as engine:
            yield engine
    except NoNeo4j as reason:
        if os.environ.get("WHOLEMAP_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required: {reason}")
        pytest.skip(f"no Neo4j: {reason}")


@pytest.fixture(scope="session")
async def neo4j_connection(anyio_backend: str, neo4j_address: Engine) -> AsyncIterator[Connection]:
    """Connect to the Neo4j server, with the schema."""
    async with connect(neo4j_address) as connection:
        await apply_schema(connection.run_all, embedded=False, epoch=EPOCH)
        await connection.empty()
        yield connection


@pytest.fixture(params=["embedded", "neo4j"], scope="session")
def started(request: pytest.FixtureRequest) -> Connection:
    """Choose an engine; a run that asks for one of them starts no other."""
    connection: Connection = request.getfixturevalue(f"{request.param}_connection")
    return connection


@pytest.fixture
async def connection(anyio_backend: str, started: Connection) -> Connection:
    """Connect to an engine with the schema and nothing in it."""
    await started.empty()
    return started


@pytest.fixture
def engine(connection: Connection) -> Engine:
    """Give the address of an engine with the schema and nothing in it."""
    return connection.engine


@pytest.fixture(scope="session")
def running_service(
    started: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """Run a service on an engine, once a run."""
    with running(started.engine, tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def service(connection: Connection, running_service: RunningService) -> RunningService:
    """Give a running service on an engine with nothing in it."""
    return running_service
