"""What each measure and each report is, in plain words and in precise ones.

The words stand in `words/`: whoever adds a measure adds a table to `measures.toml`, whoever adds a
kind of report adds a file `report_KIND.toml`. The API, the pages and the command line all read
them here; no analysis is loaded for it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from graph.errors import NotFound
from graph.values import Value

_WORDS: Final = "words"


class Precisely(Value):
    """An explanation for an analyst."""

    formula: str
    range: str
    isolates: str
    source: str


class Explanation(Value):
    """A measure or a kind of report, explained twice: for a coordinator and for an analyst.

    `also` are other names by which results call it, `measures` what a report shows of others, and
    `function` where a measure is computed.
    """

    name: str
    kind: Literal["measure", "report"]
    title: str
    plain: str
    precise: Precisely
    also: list[str] = []
    measures: list[str] = []
    function: str | None = None


@cache
def glossary() -> Mapping[str, Explanation]:
    """Return every explanation by its name, in alphabetical order."""
    found: dict[str, Explanation] = {}
    for file in files("graph.analytics").joinpath(_WORDS).iterdir():
        if file.name.endswith(".toml"):
            kind = "report" if file.name.startswith("report_") else "measure"
            for name, told in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[name] = _explanation(name, kind, told)
    return dict(sorted(found.items()))


def explanation(name: str) -> Explanation:
    """Return what is said of a measure or report, by its name or another one of it.

    Raises
    ------
    NotFound
        When there is none of this name.
    """
    found = explanations([name.casefold().replace("-", "_").replace(" ", "_")])
    if not found:
        raise NotFound("there is no measure and no report of this name")
    return found[0]


def explanations(names: Iterable[str]) -> list[Explanation]:
    """Return what is said of some measures and reports, once each; of unknown names, nothing."""
    known = _by_every_name()
    found = {known[name].name: known[name] for name in names if name in known}
    return list(found.values())


@cache
def _by_every_name() -> Mapping[str, Explanation]:
    every = glossary().values()
    return {name: told for told in every for name in (told.name, *told.also)}


def _explanation(name: str, kind: str, told: dict[str, Any]) -> Explanation:
    precise = {part: told.pop(part) for part in Precisely.model_fields}
    return Explanation.model_validate({"name": name, "kind": kind, "precise": precise, **told})
