"""`wholemap report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from service.cli.exits import ExitCode, Failed, fault_lines
from service.cli.options import (
    Area,
    AsOf,
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
    from collections.abc import Mapping, Sequence

    from service.cli.speaking import Api

_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "isolation": {
        "name": "Name",
        "status": "Standing",
        "degree": "Ties",
        "natural_degree": "Natural ties",
        "hops_to_association": "Steps to an association",
    },
    "brokers": {
        "name": "Name",
        "betweenness": "Betweenness",
        "constraint": "Constraint",
        "effective_size": "Effective size",
        "cut_point": "Cut point",
    },
    "centrality": {
        "name": "Name",
        "degree": "Degree",
        "betweenness": "Betweenness",
        "closeness": "Closeness",
        "harmonic": "Harmonic",
        "eigenvector": "Eigenvector",
        "pagerank": "PageRank",
    },
    "unused": {
        "finding": "Finding",
        "name": "What",
        "area": "Area",
        "term": "Topic",
        "offers": "Offers",
        "wants": "Wants",
        "hours": "Hours a week",
    },
    "fracture": {
        "name": "Name",
        "component": "Part",
        "community": "Community",
        "cut_off": "Break off with it",
        "ei_index": "E-I index, by area",
    },
    "support": {
        "name": "Name",
        "natural": "Natural",
        "paid": "Paid",
        "would_notice_without_staff": "Would notice, without staff",
        "ways_to_place_without_staff": "Ways to a place, without staff",
        "place_left_without_carer": "A place, without the carer",
    },
    "balance": {
        "area": "Area",
        "aim": "Aim",
        "level": "Level",
        "actual": "There",
        "potential": "Not there yet",
    },
    "provenance": {
        "of": "Of",
        "said": "What is said",
        "word": "Which",
        "records": "Records",
        "share": "Share",
    },
    "flow": {
        "name": "Name",
        "step": "Step",
        "never_asked": "Never asked",
        "given": "Given",
        "could_give": "Could be given",
        "received": "Received",
        "wanted": "Wanted",
    },
    "associations": {
        "name": "Name",
        "membership": "Membership",
        "change": "Change",
        "volunteers": "Volunteers",
        "exhausted": "Exhausted",
        "dominated": "Dominated",
    },
    "skills": {
        "finding": "Finding",
        "name": "Name",
        "aspect": "Heart, head or hand",
        "count": "How much",
    },
    "what_if": {
        "finding": "Finding",
        "name": "Name",
        "other": "To be introduced to",
        "status_before": "Standing, before",
        "status": "Standing, then",
    },
}
"""What a terminal has room for; the JSON, the CSV and the page have everything."""

_NAMES: Final = ("finding", "name", "area")
_MEASURED: Final = 2


def report(
    *,
    kind: Annotated[ReportName, typer.Argument(metavar="KIND", help="What to ask of the network.")],
    projection: Projection = None,
    weights: Weights = None,
    normalised: Normalised = None,
    area: Area = None,
    parameters: Parameters = None,
    as_of: AsOf = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Compute it again, even if nothing has changed.")
    ] = False,
    rows: Annotated[int, typer.Option(min=0, help="Rows to print.")] = 10,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all rows as CSV.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page to print.")
    ] = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Ask a question about the whole network, and print what it says."""
    from service.cli.export import written
    from service.cli.showing import note, progress, say_json
    from service.cli.speaking import spoken_to

    asked = report_parameters(
        projection=projection,
        weights=weights,
        normalised=normalised,
        areas=area,
        further=parameters,
    )
    with spoken_to(url, key) as api:
        with progress(f"Reporting on {kind}"):
            run = reported(api, kind, asked, as_of, fresh=fresh)
        for file, media_type in ((csv, "text/csv"), (html, "text/html")):
            if file is not None:
                accept = {"Accept": media_type}
                content = api.answer("GET", f"/v1/reports/{run['id']}", headers=accept).content
                written(file, [content])
                note(f"{file} is written.")
        shown = run["result"]["rows"][:rows]
        named = [row[end] for row in shown for end in ("node", "other") if row.get(end)]
        names = {} if as_json else api.names(named)
    if as_json:
        say_json(run)
    else:
        tell(run, shown, names)


def reported(
    api: Api,
    kind: str,
    parameters: Mapping[str, Any],
    as_of: str | None = None,
    *,
    fresh: bool = False,
) -> dict[str, Any]:
    """Return a report's run with its result, when it is computed.

    Raises
    ------
    Failed
        When it is refused, or fails.
    """
    asked: dict[str, Any] = {"kind": kind, "parameters": parameters, "fresh": fresh}
    if as_of:
        asked["as_of"] = as_of
    answer = api.answer("POST", "/v1/reports", json=asked, headers={"Prefer": "wait=1"})
    run: dict[str, Any] = answer.json()
    if "result" in run and "task" not in run:
        return run
    job = run
    for moved in api.follow(job):
        job = moved
    if job["state"] != "done":
        problem = job["problem"] or {"title": "", "detail": f"the report was {job['state']}"}
        code = ExitCode.USAGE if problem["title"] == "Invalid" else ExitCode.FAILED
        raise Failed(code, problem["detail"], fault_lines(problem))
    return api.ask("GET", job["result"])


def tell(
    run: Mapping[str, Any], shown: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> None:
    """Print a report: its sentence, what its numbers mean, and its first rows."""
    from service.cli.showing import say

    result, conventions = run["result"], run["result"]["conventions"]
    counted = "*" if result["counted"] is None else f"{result['counted']:,}"
    say(result["headline"], "bold")
    say()
    say(f"Of {run['as_of']}, revision {run['revision']}; {counted} counted.")
    said = {
        "Network": f"{conventions['projection']}, {conventions['direction']}. "
        f"{conventions['projection_means']}",
        "Weights": f"{conventions['weights']}. {conventions['weights_mean']}",
        "Normalised": "yes" if conventions["normalised"] else "no",
        "Scope": f"{conventions['scope']}; areas: {', '.join(conventions['areas'] or ['all'])}",
        "Isolates": conventions["isolates"],
        "Exact": conventions.get("exactness", "yes"),
    }
    for name, text in said.items():
        say(f"{name + ':':<12}{text}", indent=12)
    tell_coverage(result["coverage"], result["summary"])
    if shown:
        say()
        tell_rows(_columns(run), shown, names)
    left = len(result["rows"]) - len(shown)
    if left:
        say(f"... and {left:,} more rows; --csv, --html and --json hold all.")
    say(f"The run is kept as /v1/reports/{run['id']}.")


def _columns(run: Mapping[str, Any]) -> dict[str, str]:
    if run["kind"] != "waves":
        return _COLUMNS[run["kind"]]
    of_each = _COLUMNS[run["parameters"]["report"]].items()
    named = {name: title for name, title in of_each if name in _NAMES}
    measured = [(name, title) for name, title in of_each if name not in _NAMES][:_MEASURED]
    return {
        **named,
        "wave": "Where",
        **{f"{name}_earlier": f"{title}, before" for name, title in measured},
        **{name: f"{title}, now" for name, title in measured},
    }


def tell_coverage(coverage: Mapping[str, Any], summary: Mapping[str, Any]) -> None:
    """Print how far off a report may be, for those who are not on the map."""
    from graph.analytics.coverage import coverage_sentence
    from service.cli.showing import say

    say(f"{'Coverage:':<12}{coverage_sentence(coverage)}", indent=12)
    for name, band in coverage["bands"].items() if coverage["population"] is not None else ():
        worst = "no bound" if band["worst"] is None else f"{band['worst']:,}"
        said = f"{summary[name]:,} on the map; best case {band['best']:,}, worst case {worst}"
        say(f"{'':<12}{name.replace('_', ' ')}: {said}", indent=12)


def tell_rows(
    columns: Mapping[str, str], shown: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> None:
    """Print some columns of a report's rows, with the names of their nodes for `name`."""
    from graph.disclosure import starred
    from service.cli.showing import say_table

    rows = [
        {
            **starred(row),
            "name": names.get(row.get("node") or "", row.get("node")),
            "other": names.get(row.get("other") or "", row.get("other")),
        }
        for row in shown
    ]
    say_table(list(columns.values()), [[_cell(row, name) for name in columns] for row in rows])


def _cell(row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name)
    return value.replace("_", " ") if value and name in {"finding", "status"} else value
