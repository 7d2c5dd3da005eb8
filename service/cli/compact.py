"""`wholemap compact`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.exits import ExitCode, Failed
from service.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.errors import GraphError
    from service.settings import Into, Settings


def compact(
    into_uri: Annotated[
        str | None,
        typer.Option(
            "--into-uri",
            metavar="URI",
            help="For a server: an empty one to write into; or WHOLEMAP_INTO_BOLT_URI.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the store anew, so that nothing that was deleted lingers in its files.

    The service must have ended. The copy is verified before it takes the place of the store.
    """
    from service.cli.showing import progress, say, say_json
    from service.cli.speaking import running_on, settings_of
    from service.settings import Into, Settings

    settings = settings_of(Settings)
    into = settings_of(Into, into_bolt_uri=into_uri)
    if (settings.engine is None) != (into.engine is None):
        told = "WHOLEMAP_BOLT_URI and --into-uri belong together: a server is written into another"
        raise Failed(ExitCode.USAGE, told)
    if running := running_on(settings):
        raise Failed(ExitCode.FAILED, f"a service runs at {running[0]}: end it first")

    from graph.errors import EngineUnavailable, FolderInUse, GraphError
    from service.cli.own_service import not_started

    with progress("Copying") as tell:
        try:
            counts = _compacted(settings, into, tell)
        except (EngineUnavailable, FolderInUse) as refusal:
            raise not_started(settings, refusal) from refusal
        except GraphError as refusal:
            raise Failed(ExitCode.FAILED, _said(refusal)) from refusal
    records = sum(counts.values())
    if as_json:
        say_json({"verified": counts, "into": into.into_bolt_uri})
    elif into.engine is None:
        say(f"{records:,} records were written anew and verified; the old files are deleted.")
    else:
        say(f"{records:,} records were written to {into.into_bolt_uri} and verified.")
        say("Set WHOLEMAP_BOLT_URI to it, start the service, then delete the old server's files.")


def _compacted(
    settings: Settings, into: Into, tell: Callable[[int, int | None], None]
) -> dict[str, int]:
    import asyncio

    from graph.store.compacting import compact_folder, compact_server

    budget = settings.budget_seconds
    if settings.engine is not None and into.engine is not None:
        work = compact_server(settings.engine, into.engine, budget_seconds=budget, tell=tell)
    else:
        work = compact_folder(settings.data_dir, budget_seconds=budget, tell=tell)
    return {name: tally.count for name, tally in sorted(asyncio.run(work).items())}


def _said(refusal: GraphError) -> str:
    return f"{refusal.detail}; the store is as it was"
