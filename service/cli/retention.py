"""`wholemap retention report` and `apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Json, Key, Url

if TYPE_CHECKING:
    from collections.abc import Mapping

retention = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@retention.callback()
def about() -> None:
    """Report what is over its time, and delete what was reported."""


@retention.command("report")
def report(url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Count what is over its time, and keep that as a report; delete nothing."""
    from service.cli.showing import note, say, say_json, say_table
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        made = api.ask("POST", "/v1/retention")
    if as_json:
        say_json(made)
    elif not made["before"]:
        say("Nothing is kept for a time only: no WHOLEMAP_KEEP_..._DAYS is set.")
    else:
        say_table(("Class", "Goes if before", "Due"), _lines(made, made["due"]))
        note(f"wholemap retention apply --report {made['id']} deletes them.")


@retention.command("apply")
def apply(
    report_id: Annotated[
        str, typer.Option("--report", metavar="ID", help="As `retention report` gave it.")
    ],
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Delete what a report announced, where it was not changed since."""
    from urllib.parse import quote

    from service.cli.showing import say_json, say_table
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        applied = api.ask("POST", f"/v1/retention/{quote(report_id, safe='')}/apply")
    if as_json:
        say_json(applied)
    else:
        say_table(("Class", "Went if before", "Deleted"), _lines(applied, applied["deleted"]))


def _lines(report: Mapping[str, Any], counts: Mapping[str, int]) -> list[list[Any]]:
    return [[name, day, counts[name]] for name, day in report["before"].items()]
