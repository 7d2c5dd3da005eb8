"""Running the service: one process and its sockets."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import uvicorn

from graph.errors import CannotStart
from service.app import create_app
from service.freed_memory import give_back_large_arrays
from service.settings import ADDRESS_FILE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from service.settings import Settings


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it, and says why it did not start."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._app = app
        self._failure: BaseException | None = None
        host, port = listening.getsockname()[:2]
        config = uvicorn.Config(
            self._watched,
            host=host,
            port=port,
            log_config=None,
            # Whoever starts it is told of a failed start, below; uvicorn would say it again.
            log_level="critical",
            access_log=False,
            server_header=False,
            # It would believe whatever a caller on this machine says of its address.
            proxy_headers=False,
            lifespan="on",
            # It takes a bound method for ASGI 2.
            interface="asgi3",
            timeout_graceful_shutdown=10,
            # h11 refuses what is not HTTP more strictly than the faster parsers.
            http="h11",
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, or raise what kept it from it."""
        try:
            await super().startup(sockets)
        except SystemExit:
            if self._failure is None:
                raise CannotStart("the service did not start") from None
            raise self._failure from None
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take none: uvicorn 0.54 would end the process by the same signal, address file and all.

        Seen with SIGTERM, which no `finally` survives.
        """
        yield

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except BaseException as failure:
            if scope["type"] == "lifespan":
                self._failure = failure
            raise


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises
    ------
    CannotStart
        When the address is taken, or not of this machine; or is reached by others, in the clear.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With its protocol said, asyncio sends each answer at once (TCP_NODELAY), not 40 ms later.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        _refuse_the_clear(listening, settings)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        where = f"{settings.host}, port {settings.port}"
        raise CannotStart(f"cannot listen at {where}: {error.strerror}") from error
    except CannotStart:
        listening.close()
        raise
    return listening


def _refuse_the_clear(listening: socket.socket, settings: Settings) -> None:
    if is_open_to_others(listening) and not settings.behind_tls:
        raise CannotStart(
            f"at {settings.host} keys and records would be sent in the clear: put a proxy that "
            "speaks HTTPS in front, and say so with WHOLEMAP_BEHIND_TLS=1"
        )


def is_open_to_others(listening: socket.socket) -> bool:
    """Tell whether a socket is reached from other machines."""
    return not ip_address(listening.getsockname()[0]).is_loopback


def address_of(listening: socket.socket) -> str:
    """Return the URL of a socket, as this machine reaches it."""
    host, port = listening.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT comes; a second one does not wait for open requests.

    Parameters
    ----------
    settings
        Of the service.
    ready
        Is told the URL when requests are answered.

    Raises
    ------
    GraphError
        As `serving`.
    """
    work = asyncio.ensure_future(_serve(settings, ready))
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, work.cancel)
    await asyncio.wait([work])
    if not work.cancelled():
        await work


async def _serve(settings: Settings, ready: Callable[[str], None]) -> None:
    give_back_large_arrays()
    async with serving(settings) as server:
        # What was made to start lives as long as the process: no collection needs to walk it.
        gc.collect()
        gc.freeze()
        ready(server.url)
        await server.stopped()


class Running:
    """A server at work."""

    def __init__(self, server: uvicorn.Server, task: asyncio.Task[Any], url: str) -> None:
        self._server = server
        self._task = task
        self.url = url

    async def stopped(self) -> None:
        """Wait until it has ended; it does not end when the waiting is given up."""
        await asyncio.wait([self._task])
        await self._task

    def stop(self) -> None:
        """Ask it to end."""
        self._server.should_exit = True


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Running]:
    """Yield a service that is ready, and end it.

    Raises
    ------
    CannotStart
        When the address is taken, or open to others without TLS or without a key; when the folder
        is in use, or the schema not to be had.
    EngineUnavailable
        When the engine does not answer.
    """
    listening = listen(settings)
    app = create_app(settings, open_to_others=is_open_to_others(listening))
    server = _Server(app, listening)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    running = Running(server, task, address_of(listening))
    file = settings.data_dir / ADDRESS_FILE
    try:
        while not server.started:
            if task.done():
                await task
                raise CannotStart("the service ended while it was starting")
            await asyncio.sleep(0.05)
        # At once or not at all: whoever looks meanwhile must not find half an address.
        draft = file.with_suffix(".draft")
        draft.write_text(running.url)
        draft.replace(file)
        yield running
    finally:
        if server.started:
            running.stop()
        else:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        _forget(file, running.url)
        listening.close()


def _forget(file: Path, url: str) -> None:
    """Remove an address, unless another service on the folder has written its own since."""
    try:
        if file.read_text() == url:
            file.unlink()
    except FileNotFoundError:
        return
