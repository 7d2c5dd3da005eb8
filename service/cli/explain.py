"""`wholemap explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.exits import ExitCode, Failed
from service.cli.options import Json


def explain(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A measure or a kind of report; none: list them."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what a measure or a report is: in plain words, and in precise ones."""
    from graph.analytics.glossary import explanation, glossary
    from graph.errors import NotFound
    from service.cli.showing import say, say_json, say_table

    if name is None:
        every = glossary().values()
        if as_json:
            say_json({"items": [told.model_dump() for told in every]})
        else:
            say_table(("Name", "Kind", "Title"), [(t.name, t.kind, t.title) for t in every])
        return
    try:
        told = explanation(name)
    except NotFound as unknown:
        raise Failed(ExitCode.NOT_FOUND, unknown.detail, _nearest(name)) from unknown
    if as_json:
        say_json(told.model_dump())
        return
    say(f"{told.title} ({told.kind})", "bold")
    say(told.plain)
    say()
    for part, text in told.precise.model_dump().items():
        say(f"{part.capitalize() + ':':<10}{text}", indent=10)
    if told.measures:
        say(f"{'Shows:':<10}{', '.join(told.measures)}", indent=10)


def _nearest(name: str) -> list[str]:
    from difflib import get_close_matches

    from graph.analytics.glossary import glossary

    return get_close_matches(name.casefold(), glossary()) or ["wholemap explain lists them"]
