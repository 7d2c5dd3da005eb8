"""Run the benchmarks that are named, or all of them in turn."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from bench.ratios import Ratio, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BENCHMARKS: Final = (
    "imports", "requests", "audit", "ready", "connect", "connect_policy", "routes", "batches",
    "import_memory", "loading", "measures", "town", "scans",
)  # fmt: skip


def main() -> int:
    named = [word for word in sys.argv[1:] if word in BENCHMARKS]
    others = [word for word in sys.argv[1:] if word not in BENCHMARKS]
    ratios: list[Ratio] = []
    for name in named or BENCHMARKS:
        print(f"\n{name}", flush=True)
        main_of: Callable[[Sequence[str]], list[Ratio]] = import_module(f"bench.{name}").main
        ratios += main_of(others)
    print(f"\n{table(ratios)}")
    return 0 if all(ratio.holds for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
