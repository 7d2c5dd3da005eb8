"""Options and words that several commands share.

The words stand here once more because the modules that define them load the model, and
`wholemap --help` is to be fast; a test holds them equal.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, cast

import typer

from service.cli.exits import ExitCode, Failed

RecordName = Literal[
    "person", "association", "agency", "asset", "offers", "wants", "connects", "trusts"
]
ReasonWord = Literal["backup", "transfer", "casework", "subject_request", "legal_duty"]
FormatName = Literal["ndjson", "csv"]
ReportName = Literal[
    "isolation", "brokers", "centrality", "unused", "fracture", "support", "what_if", "waves",
    "balance", "provenance", "flow", "associations", "skills",
]  # fmt: skip
ProjectionWord = Literal["social", "trust", "flow", "two-mode"]
OrderWord = Literal["strongest", "fewest_hops"]
RoleName = Literal["coordinator", "analyst", "partner", "member", "admin", "auditor"]

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]
Url = Annotated[
    str | None,
    typer.Option("--url", help="Speak to the service at this address; or WHOLEMAP_URL."),
]
Key = Annotated[
    str | None,
    typer.Option("--key", help="The key to speak with; or, seen by fewer, WHOLEMAP_KEY."),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DAY", help="A day such as 2026-03-01; or today.")
]

Projection = Annotated[ProjectionWord | None, typer.Option(help="Which network is measured.")]
Weights = Annotated[
    Literal["none", "strength"] | None, typer.Option(help="Whether ties count by strength.")
]
Normalised = Annotated[
    bool | None,
    typer.Option("--normalised/--no-normalised", help="Shares, or counts as they are."),
]
Area = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Only what lies in this area; may be said again."),
]
Parameters = Annotated[
    str | None, typer.Option(metavar="JSON", help="Further parameters, as the API takes them.")
]


def report_parameters(
    *,
    projection: str | None,
    weights: str | None,
    normalised: bool | None,
    areas: list[str] | None,
    further: str | None,
) -> dict[str, Any]:
    """Return the parameters of a report as the API takes them: those that were said.

    Raises
    ------
    Failed
        When the further ones are no JSON object.
    """
    given = {
        "projection": projection,
        "weights": weights,
        "normalised": normalised,
        "areas": areas or None,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    return asked if further is None else asked | _object(further)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failed(ExitCode.USAGE, "--parameters is not a JSON object")
    return cast("dict[str, Any]", found)
