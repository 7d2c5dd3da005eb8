"""Reports: asked of a day's network, computed in a worker process, kept as runs."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from typing import TYPE_CHECKING, Any, Final

import structlog

from graph.errors import GraphError
from service.log import log_as_json

if TYPE_CHECKING:
    from collections.abc import Collection
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext

    from graph.network import Snapshot

# The server that forks the workers has loaded the analysis and holds no lock of this process.
_FORKS: Final[ForkServerContext] = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["graph.analytics.reports"])


_log = structlog.get_logger(__name__)


class WorkerFailed(GraphError):
    """The worker process ended without an answer."""


async def computed(
    kind: str,
    snapshot: Snapshot,
    parameters: dict[str, Any],
    known_areas: Collection[str],
    *,
    earlier: Snapshot | None,
    smallest: int | None,
) -> dict[str, Any]:
    """Return a report's result, computed in a process of its own.

    Cancelling the caller ends the process.

    Raises
    ------
    Invalid
        As `graph.analytics.reports.run`.
    WorkerFailed
        When the process ended without an answer: it was killed, or out of memory.
    """
    receiver, sender = _FORKS.Pipe(duplex=False)
    worker = _FORKS.Process(
        target=_compute,
        args=(sender, kind, snapshot, parameters),
        kwargs={"known_areas": list(known_areas), "earlier": earlier, "smallest": smallest},
        daemon=True,
    )
    await asyncio.to_thread(worker.start)
    sender.close()
    try:
        outcome = await asyncio.to_thread(_received, receiver)
    finally:
        worker.kill()
        await asyncio.to_thread(worker.join)
        receiver.close()
    if isinstance(outcome, GraphError):
        raise outcome
    return outcome


def _received(receiver: Connection) -> dict[str, Any] | GraphError:
    try:
        return receiver.recv()
    except EOFError:
        return WorkerFailed("the worker process ended without an answer")


def _compute(
    sender: Connection,
    kind: str,
    snapshot: Snapshot,
    parameters: dict[str, Any],
    *,
    known_areas: list[str],
    earlier: Snapshot | None,
    smallest: int | None,
) -> None:
    # An interrupt from the terminal is for the service, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # Loaded in the worker alone: the service starts without the analysis.
        from graph.analytics.reports import run  # noqa: PLC0415 - see above

        beside: dict[str, Any] = {"known_areas": known_areas, "earlier": earlier}
        sender.send(run(kind, snapshot, parameters, **beside, smallest=smallest))
    except GraphError as refusal:
        sender.send(refusal)
    except Exception as bug:  # noqa: BLE001 - its own text would repeat what it stumbled over
        log_as_json()
        _log.error("report_failed", exc_info=bug)
    finally:
        sender.close()
