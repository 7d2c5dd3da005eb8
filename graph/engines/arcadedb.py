"""How ArcadeDB is run from the package `arcadedb-embedded`, and what its output says."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from graph.errors import EngineUnavailable

DATABASE = "wholemap"
USER = "root"

BOLT_LISTENS = re.compile(r"Listening for incoming BOLT connections on \S*:(\d+)")
STARTED = "ArcadeDB Server started in"
# ArcadeDB 26.10.2 lives on after a start that failed, as when another program has its port.
FAILED = 'Exception in thread "main"'

_JVM = (
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:MaxMetaspaceSize=192m",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "-Djava.util.logging.config.file=logging.properties",
    "--add-exports=java.management/sun.management=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)

_SERVER = {
    # In the mode `production` the text of every error is hidden from us as well.
    "server.mode": "development",
    "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    "server.rootPath": ".",
    "server.defaultDatabases": f"{DATABASE}[]",
    "server.httpIncomingHost": "127.0.0.1",
    # The HTTP listener cannot be turned off: 0 lets the system choose its port.
    "server.httpIncomingPort": "0",
    "server.httpWorkerThreads": "8",
    "serverMetrics": "false",
    "support.autoRegister": "false",
    "polyglotEngineEnabled": "false",
    "opencypher.loadCsv.allowFileUrls": "false",
    "opencypher.loadCsv.allowRemoteUrls": "false",
    # An acknowledged write is on the disk.
    "txWalFlush": "2",
    # Without it a UTC time comes back without its zone; with OffsetDateTime it comes back as null.
    "dateTimeImplementation": "java.time.ZonedDateTime",
    "command.timeout": "30000",
    "bolt.host": "127.0.0.1",
    "bolt.defaultDatabase": DATABASE,
    # A message over the limit is never answered at all.
    "bolt.maxMessageSize": "67108864",
    "bolt.packstream.maxValueLength": "67108864",
}

LOGGING = """\
handlers = java.util.logging.ConsoleHandler, java.util.logging.FileHandler
.level = INFO
io.undertow.level = WARNING
org.xnio.level = WARNING
org.jboss.level = WARNING
java.util.logging.ConsoleHandler.formatter = com.arcadedb.log.LogFormatter
java.util.logging.FileHandler.formatter = com.arcadedb.log.LogFormatter
java.util.logging.FileHandler.pattern = ./log/engine.log
java.util.logging.FileHandler.limit = 2000000
java.util.logging.FileHandler.count = 2
"""


def command(*, password_file: Path, heap_megabytes: int, port: int) -> list[str]:
    """Return the command that runs the engine in its working directory.

    Parameters
    ----------
    password_file
        Read at the first start on a folder only.
    heap_megabytes
        512 holds 300,000 nodes.
    port
        Of Bolt on the loopback; 0 lets the system choose.

    Raises
    ------
    EngineUnavailable
        When the package is not installed, or not for this platform.
    """
    package = _package()
    java = package / "jre" / "bin" / "java"
    if not java.is_file():
        raise EngineUnavailable(
            f"arcadedb-embedded brings no Java runtime for this platform ({java})"
        )
    server = _SERVER | {"bolt.port": str(port), "server.rootPasswordPath": str(password_file)}
    return [
        str(java),
        f"-Xmx{heap_megabytes}m",
        *_JVM,
        *(f"-Darcadedb.{name}={value}" for name, value in server.items()),
        "-cp",
        str(package / "jars" / "*"),
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _package() -> Path:
    # Importing it would start a Java virtual machine in this process.
    spec = find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise EngineUnavailable("the package arcadedb-embedded is not installed")
    return Path(spec.origin).parent
