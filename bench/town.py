"""What a network of a million nodes costs in memory: loaded, asked, reported on, and dropped.

A drawn file stands in for the engine, which streams the same rows.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from itertools import islice
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np

from bench.networks import network
from bench.ratios import Ratio, arguments, scaled, table
from graph.connecting import connect
from graph.consents import NEVER_AFTER, Sight
from graph.network import Network, NodeRow, TieRow
from graph.policy import Caller, view
from service.freed_memory import give_back_large_arrays
from service.reporting import Budgets, computed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graph.analytics.reports import Answer
    from graph.network import Snapshot

NODES: Final = 1_000_000
MOST_MIB: Final = 2048
REPORTS: Final[dict[str, dict[str, Any]]] = {
    "isolation": {},
    "unused": {},
    "balance": {},
    "flow": {},
    "provenance": {},
    "associations": {},
    "skills": {},
    "support": {},
    "fracture": {},
    "brokers": {"epsilon": 0.01},
}
"""Each with its parameters: of a million nodes betweenness is sampled."""

BUDGETS: Final = Budgets(1800, 1024)
DAY: Final = date(2026, 3, 1)
_OPEN: Final = Sight(date(2020, 1, 1), NEVER_AFTER, explicit=False, ties=None, partners=None)
_SHARES: Final = (0.8, 0.06, 0.02, 0.12)
"""Of people, associations, agencies and assets."""

_KINDS: Final = ("person", "association", "agency", "asset")
_LOOK_SECONDS: Final = 0.05
_AT_ONCE: Final = 10_000


def draw(nodes: int, file: Path) -> None:
    """Write a file of who there is and who is tied to whom."""
    chance = np.random.default_rng(1)
    drawn = network(nodes, seed=1)
    kinds = chance.choice(len(_KINDS), nodes, p=_SHARES).astype(np.uint8)
    ids = chance.integers(0, 256, (nodes + len(drawn.sources), 16), np.uint8)
    np.savez(file, kinds=kinds, ids=ids, source=drawn.sources, target=drawn.targets)


def rows(file: Path) -> Iterator[NodeRow | TieRow]:
    """Yield the rows of the file, as an engine streams them."""
    drawn = np.load(file)
    kinds: list[int] = drawn["kinds"].tolist()
    packed = iter(drawn["ids"])
    ids = [_id(raw) for raw in islice(packed, len(kinds))]
    for number, (id_, kind) in enumerate(zip(ids, kinds, strict=True)):
        areas = (f"area-{number % 500}",)
        sight = _OPEN if kind == 0 else None
        yield NodeRow(
            id_, _KINDS[kind], f"Somebody {number}", areas, introductions=sight, analysis=sight
        )
    sources, targets = drawn["source"], drawn["target"]
    for first in range(0, len(sources), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        ends: Iterator[tuple[int, int]] = zip(
            sources[part].tolist(), targets[part].tolist(), strict=True
        )
        for (source, target), raw in zip(ends, packed, strict=False):
            yield _tie(_id(raw), (ids[source], kinds[source]), (ids[target], kinds[target]))


def filled(file: Path) -> Network:
    """Return the network of the file, loaded row by row."""
    held = Network("town", 1)
    for row in rows(file):
        held.put_node(row) if isinstance(row, NodeRow) else held.put_tie(row)
    return held


def drawn(nodes: int) -> Network:
    """Return a town of so many."""
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        file = Path(folder, "town.npz")
        draw(nodes, file)
        return filled(file)


def _id(raw: NDArray[np.uint8]) -> str:
    return str(UUID(bytes=raw.tobytes()))


def _tie(id_: str, one: tuple[str, int], other: tuple[str, int]) -> TieRow:
    if one[1] == other[1] == 0:
        return TieRow(id_, "connects", one[0], other[0], "friend", 0.5)
    (party, _), (thing, kind) = (one, other) if one[1] <= other[1] else (other, one)
    if kind == len(_KINDS) - 1:
        return TieRow(id_, "offers", party, thing, state="now")
    return TieRow(id_, "connects", party, thing, "member", 0.5)


def hold(file: Path) -> None:
    """Be the service: load, answer, report, and say each time what was done."""
    give_back_large_arrays()
    began = time.perf_counter()
    held: Network | None = filled(file)
    _say("loaded", began)
    began = time.perf_counter()
    seen = held.on(DAY, view(Caller("k", "coordinator"), "introductions", DAY))
    person, group = _question(seen)
    answer = connect(seen, person=person, group=group, max_hops=4)
    _say(
        "connected",
        began,
        routes=len(answer.routes),
        hops=answer.hops,
        nodes=len(seen),
        ties=len(seen.ties),
    )
    del seen, answer
    analysed = held.on(DAY, view(Caller("k", "analyst"), "analysis", DAY))
    for kind, parameters in REPORTS.items():
        began = time.perf_counter()
        told, _ = asyncio.run(_report(kind, parameters, analysed, file.parent))
        _say(kind, began, counted=told["counted"], rows=len(told["rows"]))
        del told
    del analysed
    began = time.perf_counter()
    held = None
    gc.collect()
    _say("dropped", began)
    sys.stdin.readline()


def _question(seen: Snapshot) -> tuple[str, str]:
    """Return a group, and a person who knows somebody in it."""
    ties = seen.adjacency

    def near(node: int) -> NDArray[np.int32]:
        found = ties.neighbours[ties.row(node)]
        return found[seen.kinds[found] == 0]

    for group in np.flatnonzero(seen.kinds == 1).tolist():
        members = near(group)
        for member in members.tolist():
            others = np.setdiff1d(near(member), members)
            if len(others):
                return seen.ids[int(others[0])], seen.ids[group]
    raise AssertionError("nobody knows a member of any group")


async def _report(kind: str, parameters: dict[str, Any], seen: Snapshot, folder: Path) -> Answer:
    return await computed(
        kind, seen, parameters, (), earlier=None, labels=None, smallest=None, budgets=BUDGETS,
        folder=folder,
    )  # fmt: skip


def _say(done: str, began: float, **more: object) -> None:
    seconds = round(time.perf_counter() - began, 2)
    print(json.dumps({"done": done, "seconds": seconds, **more}), flush=True)


def used_mib(process: int) -> float:
    """Return what a process and all below it hold, what several map counted once (PSS)."""
    return sum(map(_pss_mib, [process, *_below(process)]))


def _below(process: int) -> Iterator[int]:
    with suppress(OSError):
        for tasks in Path(f"/proc/{process}/task").iterdir():
            for child in (tasks / "children").read_text().split():
                yield int(child)
                yield from _below(int(child))


def _pss_mib(process: int) -> float:
    with suppress(OSError, ValueError):
        _, _, rest = Path(f"/proc/{process}/smaps_rollup").read_text().partition("Pss:")
        return int(rest.split()[0]) / 1024
    return 0.0


def measured(nodes: int) -> list[Ratio]:
    """Run the service and watch it: the most that it and its workers held at once."""
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        file = Path(folder, "town.npz")
        draw(nodes, file)
        command = [sys.executable, "-m", "bench.town", "hold", str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            most = 0.0
            done: dict[str, Any] = {}
            while done.get("done") != "dropped":
                most_of_step = 0.0
                line = _Line(process.stdout)
                while (said := line.read(_LOOK_SECONDS)) is None:
                    most_of_step = max(most_of_step, used_mib(process.pid))
                assert said, "the service ended before its time"
                done = json.loads(said)
                print(json.dumps({**done, "mib": round(most_of_step)}), flush=True)
                most = max(most, most_of_step)
            left = used_mib(process.pid)
            process.communicate(b"\n")
    promised = MOST_MIB * nodes / NODES
    held = f"{most:.0f} MiB, {left:.0f} once dropped"
    return [
        Ratio("memory of a town", "no engine", held, f"{MOST_MIB} MiB", most / promised, most=1)
    ]


class _Line:
    """One line that another process will write."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, seconds: float) -> bytes | None:
        """Return it, or nothing if it does not come in time."""
        ready, _, _ = select([self._stream], [], [], seconds)
        return self._stream.readline() if ready else None


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    told = arguments(words, str(__doc__))
    ratios = measured(scaled(NODES, told.scale, least=1000))
    print(table(ratios))
    return ratios


if __name__ == "__main__":
    hold(Path(sys.argv[2])) if sys.argv[1:2] == ["hold"] else main()
