"""What the demo does and tells: it loads Larkfold, asks three questions, runs four reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from graph.analytics.glossary import explanation
from graph.demo import areas, generate, questions
from graph.exchange.ndjson import ndjson_line
from service.cli.exits import ExitCode, Failed
from service.cli.import_file import MEDIA_TYPES, imported
from service.cli.report import reported, tell_rows
from service.cli.showing import progress, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.cli.speaking import Api

_SENTENCES: Final = 2
_CONNECTORS: Final = 4
_ROWS: Final = 3
_SORTED_BY: Final = {"isolation": "status", "unused": "finding"}
COLUMNS: Final = {
    "isolation": {
        "name": "Name",
        "status": "Standing",
        "degree": "Ties",
        "natural_degree": "Of them not paid",
        "hops_to_association": "Steps to an association",
    },
    "brokers": {
        "name": "Name",
        "betweenness": "On the way between others",
        "cut_point": "The only link of some",
    },
    "centrality": {"name": "Name", "degree": "Ties"},
    "unused": {
        "finding": "Finding",
        "name": "What",
        "area": "Area",
        "offers": "Offers",
        "wants": "Wants",
    },
}
REPORTED: Final = tuple(COLUMNS)
"""Kinds of report that the demo shows."""

_PLURALS: Final = {
    "person": "people",
    "association": "associations",
    "agency": "agencies",
    "asset": "assets",
}


def tell(api: Api) -> tuple[str, str]:
    """Load the neighbourhood, ask and report; return the first question that was asked."""
    records = list(generate())
    _load(api, records)
    names = {node["id"]: node["name"] for node in records if "kind" in node}
    _title("Who could connect them?")
    for number, (person, group) in enumerate(questions(), 1):
        say(
            f"{number}. {names[person]} would like to be in {names[group]}. Who could help?", "bold"
        )
        _connect(api, person, group)
    for kind in REPORTED:
        _title(explanation(kind).title)
        _report(api, kind)
    return questions()[0]


def _load(api: Api, records: Sequence[Mapping[str, Any]]) -> None:
    for area in areas():
        api.ask("PUT", f"/v1/areas/{area['id']}", json=area)
    nodes = Counter(record["kind"] for record in records if "kind" in record)
    ties = Counter(record["type"] for record in records if "type" in record)
    counted = ", ".join(f"{nodes[kind]:,} {plural}" for kind, plural in _PLURALS.items())
    said = ", ".join(f"{count:,} {name}" for name, count in sorted(ties.items()))
    say(f"Loading {counted} in {len(areas())} areas, and their ties: {said} ...", indent=4)
    job = api.ask(
        "POST",
        "/v1/imports",
        content=(ndjson_line(dict(record)) for record in records),
        headers={"Content-Type": MEDIA_TYPES["ndjson"]},
    )
    with progress("Loading") as tell_progress:
        job = imported(api, job, tell_progress)
    if job["state"] != "done" or job["failed_rows"]:
        failed = api.answer("GET", f"/v1/jobs/{job['id']}/errors").text.splitlines()
        raise Failed(ExitCode.FAILED, "the neighbourhood could not be loaded", failed[:_ROWS])


def _connect(api: Api, person: str, group: str) -> None:
    answer = api.ask("POST", "/v1/connect", json={"person": person, "group": group})
    ways = answer["shortest_routes"]
    counted = "one shortest way" if ways == 1 else f"{ways:,} shortest ways"
    say(f"   They are {answer['hops']} steps apart, by {counted}. To read aloud:")
    for route in answer["routes"][:_SENTENCES]:
        say(f"   - {route['sentence']}", indent=5)
    doors = [each["name"] for each in answer["connectors"] if each["route"]]
    say(f"   Whom to ask to open the door: {', '.join(doors[:_CONNECTORS])}.", indent=5)


def _report(api: Api, kind: str) -> None:
    with progress(f"Reporting on {kind}"):
        # Ties as they are counted, not as a share of all that could be.
        run = reported(api, kind, {"normalised": False} if kind == "centrality" else {})
    say(run["result"]["headline"])
    rows = _few(kind, run["result"]["rows"])
    names = api.names([row["node"] for row in rows if row.get("node")])
    tell_rows(COLUMNS[kind], rows, names)
    say(f"... and {len(run['result']['rows']) - len(rows):,} more rows.")


def _few(kind: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first rows, or the first of each sort where they are sorted by something."""
    if kind not in _SORTED_BY:
        return list(rows[:_ROWS])
    return list({row[_SORTED_BY[kind]]: row for row in reversed(rows)}.values())[::-1]


def _title(text: str) -> None:
    say()
    say(f"== {text}", "bold")
