"""Options and words that several commands share.

The words stand here once more because the modules that define them load the model, and
`wholemap --help` is to be fast; a test holds them equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

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
