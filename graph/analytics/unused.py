"""What is offered and lies unused, and what is wanted and nobody offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final, Literal

import numpy as np

from graph.analytics.projection import Flags, in_areas, of_type, open_wants
from graph.analytics.questions import UnusedParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    conventions,
    how_many,
    table,
)
from graph.network import STATUS_CODE, Snapshot
from graph.nodes import KINDS

Finding = Literal["offered_unwanted", "wanted_unoffered", "potential", "area_without_association"]
FINDINGS: Final[tuple[Finding, ...]] = (
    "offered_unwanted", "wanted_unoffered", "potential", "area_without_association",
)  # fmt: skip


def unused(
    snapshot: Snapshot, parameters: UnusedParameters, *, known_areas: Collection[str] = ()
) -> ReportResult:
    """Report assets whose offers and wants do not meet, and areas without an association.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the assets and areas; who offers or wants may be anywhere.
    known_areas
        Ids of all areas, which are no part of the network.

    Returns
    -------
    ReportResult
        Rows by `finding`, then the most offered or wanted first: `offered_unwanted` (an actual
        asset with offers and no open want), `wanted_unoffered` (an asset with open wants and no
        offer), `potential` (an asset that is not there yet; it may be wanted_unoffered as well),
        `area_without_association` (its id is in `area`, and `node` is null). `offers` and `wants`
        are counts of live offers in any state and of open wants.

    Notes
    -----
    O(n log n + m). An association is in the areas that it names, not in what lies around them.
    """
    assets = (snapshot.kinds == KINDS.index("asset")) & in_areas(snapshot, parameters.areas)
    offers = _count_at_target(snapshot, of_type(snapshot, "offers"))
    wants = _count_at_target(snapshot, open_wants(snapshot))
    potential = snapshot.status == STATUS_CODE["potential"]
    found: dict[Finding, Flags] = {
        "offered_unwanted": assets & ~potential & (offers > 0) & (wants == 0),
        "wanted_unoffered": assets & (wants > 0) & (offers == 0),
        "potential": assets & potential,
    }
    rows: list[Row] = []
    for finding, flags in found.items():
        places = np.flatnonzero(flags).tolist()
        lines = table(
            {
                "finding": [finding] * len(places),
                "node": [snapshot.ids[place] for place in places],
                "area": [None] * len(places),
                "offers": offers[places].tolist(),
                "wants": wants[places].tolist(),
            }
        )
        rows += sorted(lines, key=lambda row: (-row["offers"] - row["wants"], row["node"]))
    empty = _areas_without_association(snapshot, known_areas, parameters.areas)
    rows += [
        {
            "finding": "area_without_association",
            "node": None,
            "area": area,
            "offers": None,
            "wants": None,
        }
        for area in empty
    ]
    counts = Counter(row["finding"] for row in rows)
    summary: Row = {
        "assets": int(assets.sum()),
        "offered": int((assets & (offers > 0)).sum()),
        "wanted": int((assets & (wants > 0)).sum()),
        "areas": len(_asked(known_areas, parameters.areas)),
        **{finding: counts[finding] for finding in FINDINGS},
    }
    return ReportResult(
        unused_headline(summary["assets"], summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every asset and area"
            if parameters.areas is None
            else "assets in the areas, and the areas; who offers or wants may be anywhere",
            isolates="An asset that nobody offers and nobody wants is counted, and found only if it"
            " is potential.",
            measures=_MEASURES,
        ),
        summary["assets"],
        rows[: parameters.limit],
        truncated=len(rows) > parameters.limit,
    )


_MEASURES: Final = {
    "offers": "Live offers of the asset: now, would like to, or with support.",
    "wants": "Open wants of the asset; met and withdrawn ones do not count.",
    "offered_unwanted": "An actual asset with an offer and no open want.",
    "wanted_unoffered": "An asset with an open want and no offer, actual or potential.",
    "potential": "An asset that is not there yet.",
    "area_without_association": "No association on the map names this very area.",
}


def _count_at_target(snapshot: Snapshot, which: Flags) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.bincount(snapshot.ties.target[which], minlength=len(snapshot.ids))


def _asked(known_areas: Collection[str], areas: list[str] | None) -> list[str]:
    return sorted(area for area in set(known_areas) if areas is None or area in areas)


def _areas_without_association(
    snapshot: Snapshot, known_areas: Collection[str], areas: list[str] | None
) -> list[str]:
    associations = np.flatnonzero(snapshot.kinds == KINDS.index("association")).tolist()
    served = {area for place in associations for area in snapshot.areas[place]}
    return [area for area in _asked(known_areas, areas) if area not in served]


def unused_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["assets"] == 0 and not summary["areas"]:
        return "No asset is on this map on that day."
    lies = how_many(summary["offered_unwanted"], "thing is", "things are")
    lacks = how_many(summary["wanted_unoffered"], "is", "are")
    text = f"{lies} offered and wanted by nobody, and {lacks} wanted and offered by nobody"
    if summary["area_without_association"]:
        empty = how_many(summary["area_without_association"], "area has", "areas have")
        text += f"; {empty} no association"
    return f"{text}."
