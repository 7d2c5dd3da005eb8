"""The reports by their kind: who answers which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from graph.analytics.brokers import brokers, brokers_headline
from graph.analytics.centrality import centrality, centrality_headline
from graph.analytics.disclosed import Headline, disclosed
from graph.analytics.fracture import fracture, fracture_headline
from graph.analytics.isolation import isolation, isolation_headline
from graph.analytics.questions import Parameters, report_parameters
from graph.analytics.result import ReportResult, finite
from graph.analytics.unused import unused, unused_headline
from graph.network import Snapshot

Report = Callable[[Snapshot, Any, Collection[str]], ReportResult]

REPORTS: Final[Mapping[str, Report]] = {
    "isolation": lambda snapshot, asked, _: isolation(snapshot, asked),
    "brokers": lambda snapshot, asked, _: brokers(snapshot, asked),
    "centrality": lambda snapshot, asked, _: centrality(snapshot, asked),
    "unused": lambda snapshot, asked, areas: unused(snapshot, asked, known_areas=areas),
    "fracture": lambda snapshot, asked, _: fracture(snapshot, asked),
}

HEADLINES: Final[Mapping[str, Headline]] = {
    "isolation": isolation_headline,
    "brokers": brokers_headline,
    "centrality": centrality_headline,
    "unused": unused_headline,
    "fracture": fracture_headline,
}


def run(
    kind: str,
    snapshot: Snapshot,
    parameters: Mapping[str, Any] | Parameters,
    *,
    known_areas: Collection[str] = (),
    smallest: int | None = None,
) -> dict[str, Any]:
    """Answer one report. Pure, and picklable from end to end: made for a worker process.

    Parameters
    ----------
    kind
        A key of `REPORTS`.
    snapshot
        The live network of one day, as far as the caller may see it.
    parameters
        As given over the wire, or as `report_parameters` read them.
    known_areas
        Ids of all areas, for `unused`.
    smallest
        Under disclosure control: counts from 1 to below it are suppressed.

    Returns
    -------
    dict
        JSON: headline, summary, conventions, counted, rows, truncated. Numbers are finite, to 12
        significant digits; the same question of the same day has the same bytes.

    Raises
    ------
    Invalid
        As `report_parameters`.
    """
    asked = report_parameters(kind, parameters) if isinstance(parameters, Mapping) else parameters
    result = REPORTS[kind](snapshot, asked, known_areas)
    if smallest is not None:
        result = disclosed(kind, result, HEADLINES[kind], people=snapshot.people, smallest=smallest)
    return finite(result.as_json())
