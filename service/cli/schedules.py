"""`wholemap schedule create`, `list`, `show`, `pause`, `resume` and `delete`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import (
    Area,
    Json,
    Key,
    Normalised,
    Parameters,
    Projection,
    ReportName,
    Url,
    Weights,
    report_parameters,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.cli.speaking import Api

Id = Annotated[str, typer.Argument(metavar="ID", help="As `schedule list` shows it.")]

schedules = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@schedules.callback()
def about() -> None:
    """Have reports asked again and again, by the service while it runs."""


@schedules.command("create")
def create(
    *,
    kind: Annotated[ReportName, typer.Argument(metavar="KIND", help="What to ask of the network.")],
    rrule: Annotated[
        str,
        typer.Option(metavar="RRULE", help="When it comes round, such as FREQ=WEEKLY;BYDAY=MO."),
    ],
    starts: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="Such as 2026-03-02T06:00:00Z: gives the time of day; now, if not said.",
        ),
    ] = None,
    projection: Projection = None,
    weights: Weights = None,
    normalised: Normalised = None,
    area: Area = None,
    parameters: Parameters = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Have a report asked again and again; each run tells what changed since the one before."""
    from service.cli.speaking import spoken_to

    asked: dict[str, Any] = {
        "kind": kind,
        "rrule": rrule,
        "parameters": report_parameters(
            projection=projection,
            weights=weights,
            normalised=normalised,
            areas=area,
            further=parameters,
        ),
    } | ({"starts": starts} if starts else {})
    with spoken_to(url, key) as api:
        made = api.ask("POST", "/v1/schedules", json=asked)
    _show(made, as_json=as_json)


@schedules.command("list")
def list_(url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """List the schedules of the key's role and organisation, the oldest first."""
    from service.cli.showing import say, say_json, say_table
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        found = _all(api)
    if as_json:
        say_json({"items": found, "next": None})
    elif not found:
        say("There are no schedules yet: wholemap schedule create makes one.")
    else:
        rows = [[kept["id"], kept["kind"], kept["rrule"], _next(kept)] for kept in found]
        say_table(("Schedule", "Report", "Rule", "Next"), rows, whole=0)


@schedules.command("show")
def show(id_: Id, url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Show what a schedule asks, when it asks next, and which run was the last."""
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        kept = api.ask("GET", _path(id_))
    _show(kept, as_json=as_json)


@schedules.command("pause")
def pause(id_: Id, url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Pause a schedule: nothing is asked until it is resumed."""
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        kept = api.ask("POST", f"{_path(id_)}/pause")
    _show(kept, as_json=as_json)


@schedules.command("resume")
def resume(id_: Id, url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Resume a schedule from now; what came round meanwhile is left out."""
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        kept = api.ask("POST", f"{_path(id_)}/resume")
    _show(kept, as_json=as_json)


@schedules.command("delete")
def delete(id_: Id, url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Delete a schedule: it is asked no more, and its runs stay."""
    from service.cli.showing import say, say_json
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        api.answer("DELETE", _path(id_))
    if as_json:
        say_json({"deleted": id_})
    else:
        say(f"The schedule {id_} is deleted; its runs stay.")


def _path(schedule_id: str) -> str:
    from urllib.parse import quote

    return f"/v1/schedules/{quote(schedule_id, safe='')}"


def _all(api: Api) -> list[dict[str, Any]]:
    page = api.ask("GET", "/v1/schedules")
    found: list[dict[str, Any]] = page["items"]
    while page["next"] is not None:
        page = api.ask("GET", "/v1/schedules", params={"cursor": page["next"]})
        found += page["items"]
    return found


def _next(kept: Mapping[str, Any]) -> str:
    return "paused" if kept["paused"] else kept["next_at"] or "over"


def _show(kept: Mapping[str, Any], *, as_json: bool) -> None:
    from service.cli.showing import say, say_json

    if as_json:
        say_json(kept)
        return
    last = kept["last_run"]
    said = {
        "Schedule": kept["id"],
        "Report": kept["kind"],
        "Parameters": json.dumps(kept["parameters"], ensure_ascii=False),
        "Rule": f"{kept['rrule']}, from {kept['starts']} on",
        "Next": _next(kept),
        "Last run": "none yet" if last is None else f"/v1/reports/{last}",
    }
    for name, text in said.items():
        say(f"{name + ':':<12}{text}", indent=12)
