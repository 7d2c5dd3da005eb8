"""Memory that was freed goes back to the system, and no snapshot is held beside the next."""

from __future__ import annotations

import subprocess
import sys
import weakref
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from graph.network import Network, NodeRow, TieRow

if TYPE_CHECKING:
    from graph.network import Snapshot

ARRAYS = 10
FREED = """
import sys
import numpy as np
from service.freed_memory import give_back_large_arrays

def held():
    lines = open("/proc/self/status").read().splitlines()
    (kibibytes,) = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return kibibytes >> 10

if sys.argv[1] == "give back":
    give_back_large_arrays()
before = held()
# The first that is freed raises what the C library takes for large.
np.ones(31 << 20, np.uint8)
arrays = [np.ones(16 << 20, np.uint8) for _ in range({arrays})]
all_of_them = held()
del arrays[:-1]
print(before, all_of_them, held())
"""


@pytest.mark.parametrize(("told", "left"), [("give back", 1), ("keep", ARRAYS)])
def test_of_arrays_that_are_freed_nothing_is_kept(told: str, left: int) -> None:
    program = FREED.replace("{arrays}", str(ARRAYS))
    said = subprocess.run(
        [sys.executable, "-c", program, told], check=True, capture_output=True, text=True
    )
    before, all_of_them, after = map(int, said.stdout.split())
    assert all_of_them - before == pytest.approx(16 * ARRAYS, abs=8)
    assert after - before == pytest.approx(16 * left, abs=8)


class _Watched(Network):
    """A network that looks, while it makes a snapshot, whether the last is still there."""

    last: weakref.ref[Snapshot] | None = None
    was_there: bool | None = None

    def _snapshot(self, day: date, view: Any) -> Snapshot:
        if self.last is not None:
            self.was_there = self.last() is not None
        return super()._snapshot(day, view)


@pytest.mark.parametrize("kept_ties", [0, 1])
def test_a_snapshot_that_is_not_kept_is_gone_before_the_next_is_made(kept_ties: int) -> None:
    network = _Watched(kept_ties=kept_ties)
    network.load(
        [NodeRow("a", "person", "Ada"), NodeRow("b", "person", "Ben")],
        [TieRow("t", "trusts", "a", "b")],
    )
    network.last = weakref.ref(network.on(date(2026, 1, 1)))
    network.on(date(2026, 1, 2))
    assert network.was_there == (kept_ties == 1)
