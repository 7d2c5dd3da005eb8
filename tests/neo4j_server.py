"""A Neo4j server for the tests: one that is given, a container, or one started from its jars."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from neo4j import GraphDatabase
from testcontainers.community.neo4j import Neo4jContainer

from graph.engines.addresses import Engine
from graph.engines.leash import leashed

if TYPE_CHECKING:
    from collections.abc import Generator

VERSION = "5.26.28"
OLDEST_JAVA = 17
START_SECONDS = 180.0

_TESTS = Path(__file__).parent
_JARS = _TESTS.parent / ".cache" / "neo4j" / VERSION / "lib"

_OPEN_MODULES = ("nio", "io", "util.concurrent", "lang")

_CONFIGURATION = """\
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.default_listen_address=127.0.0.1
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size=512m
server.memory.pagecache.size=128m
db.tx_log.preallocate=false
db.tx_log.rotation.size=16m
"""


class NoNeo4j(Exception):
    """No Neo4j can be had here; the reason is its text."""


@contextmanager
def neo4j_server(home: Path) -> Generator[Engine]:
    """Give the address of a Neo4j server, which is gone afterwards if it was started here.

    Raises
    ------
    NoNeo4j
        When there is none and none can be started.
    """
    if uri := os.environ.get("WHOLEMAP_TEST_NEO4J_URI"):
        user = os.environ.get("WHOLEMAP_TEST_NEO4J_USER", "neo4j")
        yield _address(uri, os.environ.get("WHOLEMAP_TEST_NEO4J_PASSWORD", "neo4j"), user=user)
    elif _docker_answers():
        with Neo4jContainer(f"neo4j:{VERSION}") as container:
            yield _address(container.get_connection_url(), container.password)
    else:
        with _from_jars(home) as engine:
            yield engine


def _address(uri: str, password: str, *, user: str = "neo4j") -> Engine:
    return Engine(uri=uri, user=user, password=password, database="neo4j")


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        subprocess.run([docker, "info"], check=True, capture_output=True, timeout=20)
    except subprocess.SubprocessError:
        return False
    return True


class LocalNeo4j:
    """A server of one's own, from its published jars, that can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._java = _java()
        _fetch_jars()
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        for folder in ("conf", "data", "logs", "plugins", "import", "run", "lib"):
            (home / folder).mkdir(parents=True)
        configuration = _CONFIGURATION.format(port=self._port)
        (home / "conf" / "neo4j.conf").write_text(configuration, encoding="ascii")
        self.engine = _address(f"bolt://127.0.0.1:{self._port}", "a password for tests")

    def start(self) -> None:
        """Start it, and return when its port answers."""
        command = [
            self._java,
            "-Xmx512m",
            "-XX:-UsePerfData",
            # A short life: what is compiled best is compiled too late.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            *(f"--add-opens=java.base/java.{module}=ALL-UNNAMED" for module in _OPEN_MODULES),
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-cp",
            f"{_JARS}/*",
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self._home}",
            f"--config-dir={self._home / 'conf'}",
        ]
        output = self._home / "output.txt"
        with output.open("a", encoding="utf-8") as stream:
            self._server = subprocess.Popen(
                leashed(command, ending=signal.SIGKILL), stdout=stream, stderr=subprocess.STDOUT
            )
        _await_port(self._port, self._server, output)

    def kill(self) -> None:
        """End it at once: it would drain its connections for ten seconds."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()


@contextmanager
def _from_jars(home: Path) -> Generator[Engine]:
    with local_neo4j(home) as server:
        yield server.engine


@contextmanager
def local_neo4j(home: Path) -> Generator[LocalNeo4j]:
    """Give a server that was started from its jars; it keeps nothing worth keeping.

    Raises
    ------
    NoNeo4j
        When none can be started here.
    """
    server = LocalNeo4j(home)
    try:
        server.start()
        _set_password(server.engine)
        yield server
    finally:
        server.kill()


def _await_port(port: int, server: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
            if server.returncode is not None or time.monotonic() > deadline:
                raise NoNeo4j(output.read_text(encoding="utf-8")) from None
        else:
            return


def _set_password(engine: Engine) -> None:
    with GraphDatabase.driver(engine.uri, auth=("neo4j", "neo4j")) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password",
            password=engine.password,
            database_="system",
        )


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        raise NoNeo4j("no Docker daemon answers, and there is no java")
    asked = subprocess.run([java, "-version"], check=True, capture_output=True, text=True)
    version = re.search(r'version "(\d+)', asked.stderr)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise NoNeo4j(
            f"no Docker daemon answers, and java is older than {OLDEST_JAVA}: {asked.stderr}"
        )
    return java


def _fetch_jars() -> None:
    if _JARS.is_dir():
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise NoNeo4j("no Docker daemon answers, and there is no mvn to fetch the server's jars")
    draft = _JARS.with_name(f"lib.{os.getpid()}")
    fetched = subprocess.run(
        [
            maven,
            "--quiet",
            "--batch-mode",
            f"--file={_TESTS / 'neo4j.pom.xml'}",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={draft}",
            f"-Dneo4j.version={VERSION}",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if fetched.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise NoNeo4j(f"Maven did not fetch the server's jars: {fetched.stdout}{fetched.stderr}")
    draft.rename(_JARS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
