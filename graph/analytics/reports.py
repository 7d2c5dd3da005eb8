"""The reports by their kind: the one place that the API, the command line and the worker ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from graph.analytics.brokers import brokers
from graph.analytics.centrality import centrality
from graph.analytics.isolation import isolation
from graph.analytics.result import (
    IsolationParameters,
    MeasureParameters,
    Parameters,
    ReportResult,
    UnusedParameters,
    finite,
)
from graph.analytics.unused import unused
from graph.errors import Fault, Invalid
from graph.network import Snapshot
from graph.strict_json import pointer_faults

ReportKind = Literal["isolation", "brokers", "centrality", "unused"]
Report = Callable[[Snapshot, Any, Collection[str]], ReportResult]


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of report: what it is asked with, and who answers."""

    parameters: type[MeasureParameters | IsolationParameters | UnusedParameters]
    answer: Report


REPORTS: Final[Mapping[str, Question]] = {
    "isolation": Question(
        IsolationParameters,
        lambda snapshot, asked, _: isolation(snapshot, asked),
    ),
    "brokers": Question(
        MeasureParameters,
        lambda snapshot, asked, _: brokers(snapshot, asked),
    ),
    "centrality": Question(
        MeasureParameters,
        lambda snapshot, asked, _: centrality(snapshot, asked),
    ),
    "unused": Question(
        UnusedParameters,
        lambda snapshot, asked, areas: unused(snapshot, asked, known_areas=areas),
    ),
}


def report_parameters(kind: str, given: Mapping[str, Any]) -> Parameters:
    """Return what a report is asked with, all defaults filled in.

    Raises
    ------
    Invalid
        When there is no such kind, or a parameter is unknown or out of range.
    """
    if kind not in REPORTS:
        raise Invalid.at("/kind", f"must be one of {', '.join(REPORTS)}")
    try:
        return REPORTS[kind].parameters.model_validate(dict(given))
    except ValidationError as error:
        faults = [
            Fault(f"/parameters{fault.pointer}", fault.detail) for fault in pointer_faults(error)
        ]
        raise Invalid("the parameters of this report break a rule", faults) from error


def run(
    kind: str,
    snapshot: Snapshot,
    parameters: Mapping[str, Any] | Parameters,
    *,
    known_areas: Collection[str] = (),
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
    result = REPORTS[kind].answer(snapshot, asked, known_areas)
    return finite(result.as_json())
