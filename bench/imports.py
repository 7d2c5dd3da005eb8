"""Imports against a bare program that writes the same rows."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

from bench.bare_writer import batches_of, driver_of, write
from bench.community import Community, community
from bench.engines import engine_of, service_on
from bench.ratios import LEAST_NODES, Ratio, on_engines, scaled
from service.importing import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from bench.ratios import EngineName

NODES: Final = 100_000
TIES_A_NODE: Final = 4
SLICES: Final = 5
FEW: Final = 10
"""A slice is so many times what comes first."""
LEAST: Final = 0.7
_LOOK_SECONDS: Final = 0.05

OnError = Literal["keep_good", "reject_all"]


async def measured(engine_name: EngineName, scale: float) -> list[Ratio]:
    """Measure on one engine: slice by slice, the peer's and ours in turn.

    Every slice is a community of its own. The last one is imported once more with a rehearsal,
    under other ids.
    """
    nodes = scaled(NODES, scale, least=SLICES * FEW * LEAST_NODES) // SLICES
    with TemporaryDirectory(prefix="wholemap-bench-") as folder:
        async with engine_of(engine_name, Path(folder, "engine")) as engine:
            # What comes first meets cold engines, and is not counted.
            rows = 0
            spent: dict[OnError, list[tuple[float, float]]] = {"keep_good": [], "reject_all": []}
            with service_on(engine) as service, service.client() as client:
                async with driver_of(engine) as driver:
                    for number in range(-1, SLICES + 1):
                        size = nodes // FEW if number < 0 else nodes
                        on_error: OnError = "reject_all" if number == SLICES else "keep_good"
                        first, second = (
                            community(size, TIES_A_NODE * size, seed=2 * (number + 1) + turn)
                            for turn in (0, 1)
                        )
                        rows = len(first.records)
                        batches = batches_of(first, size=BATCH_ROWS)
                        began = time.perf_counter()
                        await write(driver, engine.database, batches)
                        theirs = time.perf_counter() - began
                        ours = await asyncio.to_thread(imported, client, second, on_error)
                        if number >= 0:
                            spent[on_error].append((ours, theirs))
    return [
        _ratio(f"import of {rows * SLICES} rows, keep_good", engine_name, rows, spent["keep_good"]),
        _ratio(f"import of {rows} rows, reject_all", engine_name, rows, spent["reject_all"]),
    ]


def imported(client: httpx.Client, drawn: Community, on_error: OnError = "keep_good") -> float:
    """Import a community through the API, and return how many seconds it took."""
    content = b"".join(json.dumps(record).encode() + b"\n" for record in drawn.records)
    began = time.perf_counter()
    answer = client.post(
        "/v1/imports",
        params={"on_error": on_error},
        content=content,
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.is_success, answer.text
    while True:
        job = client.get(answer.headers["Location"]).json()
        if job["state"] not in ("queued", "running"):
            break
        time.sleep(_LOOK_SECONDS)
    seconds = time.perf_counter() - began
    assert (job["state"], job["failed_rows"]) == ("done", 0), job
    assert job["done"] == len(drawn.nodes) + len(drawn.ties), job
    return seconds


def _ratio(
    what: str, engine_name: EngineName, rows: int, spent: Sequence[tuple[float, float]]
) -> Ratio:
    ours, theirs = (sum(seconds) for seconds in zip(*spent, strict=True))
    whole = rows * len(spent)
    return Ratio(
        what,
        engine_name,
        f"{whole / ours:.0f} rows/s",
        f"{whole / theirs:.0f} rows/s",
        theirs / ours,
        least=LEAST if "keep_good" in what else None,
    )


def main(words: Sequence[str] | None = None) -> list[Ratio]:
    return on_engines(measured, words, str(__doc__))


if __name__ == "__main__":
    main()
