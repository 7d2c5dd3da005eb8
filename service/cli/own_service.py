"""A service of this very process, for one command or for the demo."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from anyio.from_thread import start_blocking_portal

from graph.errors import EngineUnavailable, FolderInUse, GraphError
from service.cli.exits import ExitCode, Failed
from service.serving import serving
from service.settings import ADDRESS_FILE, OPERATOR_KEY_FILE

if TYPE_CHECKING:
    from collections.abc import Generator

    from service.settings import Settings


@contextmanager
def own_service(settings: Settings) -> Generator[tuple[str, str]]:
    """Run a service in a thread, and yield its URL and the operator's key.

    Raises
    ------
    Failed
        When it does not start.
    """
    with start_blocking_portal(name="service") as portal:
        running = portal.wrap_async_context_manager(serving(settings))
        try:
            server = running.__enter__()
        except GraphError as refusal:
            raise not_started(settings, refusal) from refusal
        try:
            yield server.url, (settings.data_dir / OPERATOR_KEY_FILE).read_text()
        finally:
            running.__exit__(None, None, None)


def not_started(settings: Settings, refusal: GraphError) -> Failed:
    """Return what a command says of a service that did not start."""
    message, *details = refusal.detail.splitlines() or [""]
    if isinstance(refusal, FolderInUse):
        file = settings.data_dir / ADDRESS_FILE
        said = f"at {file.read_text()}" if file.exists() else f"in {file}"
        details.append(f"It does not answer {said}: it is starting or ending, or hangs.")
    if isinstance(refusal, EngineUnavailable) and settings.bolt_uri is not None:
        details.append("The engine is the one of WHOLEMAP_BOLT_URI.")
    return Failed(ExitCode.NO_SERVICE, message, details)
