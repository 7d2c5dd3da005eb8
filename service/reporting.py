"""A report computed in a worker process of its own, within a budget of time and of memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import resource
import signal
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import structlog

from graph.errors import GraphError
from graph.network.sharing import shared
from service.freed_memory import give_back_large_arrays
from service.log import log_as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext

    from graph.analytics.coverage import Entered
    from graph.analytics.reports import Answer
    from graph.network import Snapshot
    from graph.network.sharing import Shared

# The server that forks the workers has loaded the analysis and holds no lock of this process.
FORKS: Final[ForkServerContext] = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["graph.analytics.reports"])

_ENDING_SECONDS: Final = 5
_FIRST_TO_GO: Final = "1000"
_NOT_MAPPED: Final = re.compile(r"cannot map|failed to map|annot allocate memory")
"""What the loader of glibc says where there is no memory for a library."""

_BYTES: Final = 1 << 20

_log = structlog.get_logger(__name__)


class WorkerFailed(GraphError):
    """The worker process ended without an answer."""


class OverBudget(WorkerFailed):
    """The report took more time or memory than one may take; its process was ended."""


class Budgets(NamedTuple):
    """What one report may take: time, and memory beyond the network that it reads."""

    seconds: float
    megabytes: int


async def computed(
    kind: str,
    snapshot: Snapshot,
    parameters: dict[str, Any],
    known_areas: Collection[str],
    *,
    earlier: Snapshot | None,
    labels: Mapping[str, int] | None,
    smallest: int | None,
    budgets: Budgets,
    folder: Path,
    entered: Sequence[Entered] = (),
) -> Answer:
    """Return a report's answer, computed in a process of its own.

    The process reads the network from a map of a file in a folder, and holds no copy. Cancelling
    the caller ends the process.

    Raises
    ------
    Invalid
        As `graph.analytics.reports.answer`.
    OverBudget
        When it took more than its budgets.
    WorkerFailed
        When the process ended without an answer.
    """
    try:
        async with asyncio.timeout(budgets.seconds):
            return await _computed(
                (snapshot, earlier),
                folder,
                kind=kind,
                parameters=parameters,
                known_areas=list(known_areas),
                labels=labels,
                smallest=smallest,
                entered=list(entered),
                megabytes=budgets.megabytes,
            )
    except TimeoutError as late:
        raise OverBudget(f"the report took more than {budgets.seconds:g} s") from late


async def _computed(days: tuple[Snapshot, Snapshot | None], folder: Path, **asked: Any) -> Answer:
    with ExitStack() as held:
        sent = await asyncio.to_thread(held.enter_context, shared(days, folder))
        return await _outcome(sent, asked)


async def _outcome(sent: Shared, asked: dict[str, Any]) -> Answer:
    receiver, sender = FORKS.Pipe(duplex=False)
    worker = FORKS.Process(target=_compute, args=(sender, sent), kwargs=asked, daemon=True)
    starting = asyncio.create_task(asyncio.to_thread(worker.start))
    try:
        await asyncio.shield(starting)
        sender.close()
        outcome = await asyncio.to_thread(_received, receiver)
        if outcome is None:
            await asyncio.to_thread(worker.join, _ENDING_SECONDS)
            outcome = WorkerFailed(_why(worker.exitcode))
    finally:
        # Whoever cancels while it is being started ends it as well.
        await starting
        worker.kill()
        await asyncio.to_thread(worker.join)
        sender.close()
        receiver.close()
    if isinstance(outcome, GraphError):
        raise outcome
    return outcome


def _received(receiver: Connection) -> Answer | GraphError | None:
    try:
        return receiver.recv()
    except EOFError:
        return None


def _why(exit_code: int | None) -> str:
    said = "the worker process ended without an answer"
    if exit_code is None or exit_code >= 0:
        return f"{said}; the failure is in the log"
    name = signal.Signals(-exit_code).name
    return f"{said}: by {name}, as one that is killed, or finds no memory, does"


def _compute(
    sender: Connection,
    days: tuple[Snapshot, Snapshot | None],
    *,
    kind: str,
    parameters: dict[str, Any],
    known_areas: list[str],
    labels: Mapping[str, int] | None,
    smallest: int | None,
    entered: list[Entered],
    megabytes: int,
) -> None:
    # An interrupt from the terminal is for the service, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_back_large_arrays()
    unbounded = _bounded(megabytes)
    try:
        # Loaded in the worker alone: the service starts without the analysis.
        from graph.analytics.reports import answer  # noqa: PLC0415 - see above

        snapshot, earlier = days
        beside: dict[str, Any] = {
            "known_areas": known_areas,
            "earlier": earlier,
            "labels": labels,
            "entered": entered,
        }
        sender.send(answer(kind, snapshot, parameters, **beside, smallest=smallest))
    except GraphError as refusal:
        sender.send(refusal)
    except Exception as bug:  # noqa: BLE001 - its own text would repeat what it stumbled over
        resource.setrlimit(resource.RLIMIT_DATA, unbounded)
        if _is_of_memory(bug):
            sender.send(OverBudget(f"the report took more than {megabytes:,} MB of memory"))
        else:
            log_as_json()
            _log.error("report_failed", exc_info=bug)
    finally:
        sender.close()


def _is_of_memory(bug: BaseException | None) -> bool:
    """Tell whether memory was refused: to Python, or to a library that it was to load."""
    if bug is None or isinstance(bug, MemoryError):
        return bug is not None
    refused = isinstance(bug, (OSError, ImportError)) and _NOT_MAPPED.search(str(bug))
    return bool(refused) or _is_of_memory(bug.__cause__ or bug.__context__)


def _bounded(megabytes: int) -> tuple[int, int]:
    """Let this process take so much more memory than it has; return the limits as they were."""
    # Where the whole machine runs out of memory, this process is to go and the service to stay.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (held,) = [int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:")]
    resource.setrlimit(resource.RLIMIT_DATA, (held + megabytes * _BYTES, before[1]))
    return before
