"""A program that starts the embedded engine alone, or finds a server, and says when it answers."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from graph.engines.embedded import EmbeddedEngine
from graph.store.probe import answers
from service.settings import Settings


async def say_when_it_answers(folder: Path) -> None:
    server = Settings().engine
    if server is not None:
        await answers(server)
        print("answered", flush=True)
        return
    async with EmbeddedEngine(folder, answers):
        print("answered", flush=True)


if __name__ == "__main__":
    asyncio.run(say_when_it_answers(Path(sys.argv[1])))
