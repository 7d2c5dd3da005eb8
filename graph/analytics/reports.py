"""The reports by their kind: who answers which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analytics.associations import (
    ASSOCIATIONS_FACE,
    associations,
    associations_headline,
)
from graph.analytics.balance import BALANCE_FACE, balance, balance_headline
from graph.analytics.brokers import brokers, brokers_headline
from graph.analytics.centrality import centrality, centrality_headline
from graph.analytics.coverage import Entered, coverage
from graph.analytics.disclosed import Headline, disclosed
from graph.analytics.faces import Face, told
from graph.analytics.flow import FLOW_FACE, flow, flow_headline
from graph.analytics.fracture import fracture, fracture_headline
from graph.analytics.isolation import isolation, isolation_headline
from graph.analytics.projection import in_areas
from graph.analytics.provenance import PROVENANCE_FACE, provenance, provenance_headline
from graph.analytics.questions import (
    Question,
    WavesParameters,
    WhatIfParameters,
    areas_of,
    report_parameters,
)
from graph.analytics.result import ReportResult, cut, finite
from graph.analytics.skills import SKILLS_FACE, skills, skills_headline
from graph.analytics.support import support, support_headline
from graph.analytics.unused import unused, unused_headline
from graph.analytics.waves import waves
from graph.analytics.what_if import what_if, what_if_headline
from graph.network import Snapshot
from graph.network.codes import FLAG_CODE, KIND_CODE


class Beside(NamedTuple):
    """What a report may read beside the network of its day.

    Parameters
    ----------
    areas
        Ids of all areas.
    earlier
        The network of an earlier day.
    labels
        The communities of an earlier run by id.
    """

    areas: Collection[str] = ()
    earlier: Snapshot | None = None
    labels: Mapping[str, int] | None = None


Report = Callable[[Snapshot, Any, Beside], ReportResult]

Answer = tuple[dict[str, Any], NDArray[np.int32] | None]
"""What is told of a report, as JSON, and `ReportResult.labels`, which are never shown.

A plain tuple: whoever takes it from a worker loads no analysis.
"""

REPORTS: Final[Mapping[str, Report]] = {
    "isolation": lambda snapshot, asked, _: isolation(snapshot, asked),
    "brokers": lambda snapshot, asked, beside: brokers(
        snapshot, asked, earlier=beside.earlier if asked.earlier else None
    ),
    "centrality": lambda snapshot, asked, _: centrality(snapshot, asked),
    "unused": lambda snapshot, asked, beside: unused(snapshot, asked, known_areas=beside.areas),
    "fracture": lambda snapshot, asked, beside: fracture(
        snapshot, asked, earlier=beside.earlier, labels=beside.labels
    ),
    "support": lambda snapshot, asked, beside: support(
        snapshot, asked, earlier=beside.earlier if asked.earlier else None
    ),
    "what_if": lambda snapshot, asked, beside: what_if(
        snapshot, asked, lambda kind, day: _of_the_same(kind, day, asked, beside)
    ),
    "waves": lambda snapshot, asked, beside: _waves(snapshot, asked, beside, None),
    "balance": lambda snapshot, asked, beside: balance(snapshot, asked, known_areas=beside.areas),
    "provenance": lambda snapshot, asked, _: provenance(snapshot, asked),
    "flow": lambda snapshot, asked, _: flow(snapshot, asked),
    "associations": lambda snapshot, asked, _: associations(snapshot, asked),
    "skills": lambda snapshot, asked, _: skills(snapshot, asked),
}

HEADLINES: Final[Mapping[str, Headline]] = {
    "isolation": isolation_headline,
    "brokers": brokers_headline,
    "centrality": centrality_headline,
    "unused": unused_headline,
    "fracture": fracture_headline,
    "support": support_headline,
    "balance": balance_headline,
    "provenance": provenance_headline,
    "flow": flow_headline,
    "associations": associations_headline,
    "skills": skills_headline,
    "what_if": what_if_headline,
}

FACES: Final[Mapping[str, Face]] = {
    "balance": BALANCE_FACE,
    "provenance": PROVENANCE_FACE,
    "flow": FLOW_FACE,
    "associations": ASSOCIATIONS_FACE,
    "skills": SKILLS_FACE,
}
"""Reports that are made of counts alone, and say what adds up in them."""


def run(
    kind: str, snapshot: Snapshot, parameters: Mapping[str, Any] | Question, **beside: Any
) -> dict[str, Any]:
    """Return what is told of a report, see `answer`."""
    told, _ = answer(kind, snapshot, parameters, **beside)
    return told


def answer(
    kind: str,
    snapshot: Snapshot,
    parameters: Mapping[str, Any] | Question,
    *,
    known_areas: Collection[str] = (),
    earlier: Snapshot | None = None,
    labels: Mapping[str, int] | None = None,
    smallest: int | None = None,
    entered: Sequence[Entered] = (),
) -> Answer:
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
    earlier
        The network of the day that `questions.earlier_day` names, as far as the same caller may
        see it; without it the day is compared with itself.
    labels
        Those of the run that `questions.earlier_run` names, as far as the same caller may see it.
    smallest
        Under disclosure control: counts from 1 to below it are suppressed.
    entered
        What was entered of each area, for `coverage`.

    Returns
    -------
    Answer
        JSON: headline, summary, conventions, counted, rows, truncated, coverage. Numbers are
        finite, to 12 significant digits; the same question of the same day has the same bytes.

    Raises
    ------
    Invalid
        As `report_parameters`.
    """
    asked = report_parameters(kind, parameters) if isinstance(parameters, Mapping) else parameters
    beside = Beside(known_areas, earlier, labels)
    result = _answered(kind, snapshot, asked, beside, smallest)
    areas = areas_of(asked)
    mapped = _people_asked(snapshot, areas) if smallest is None else None
    covered = coverage(result.summary, entered, areas, mapped)
    return finite({**result.as_json(), "coverage": covered}), result.labels


def _people_asked(snapshot: Snapshot, areas: Collection[str] | None) -> int:
    people = snapshot.kinds == KIND_CODE["person"]
    asked = people & (snapshot.mapped == FLAG_CODE[True]) & in_areas(snapshot, areas)
    return int(np.count_nonzero(asked))


def _of_the_same(
    kind: str, snapshot: Snapshot, asked: WhatIfParameters, beside: Beside
) -> ReportResult:
    return REPORTS[kind](snapshot, report_parameters(kind, {"areas": asked.areas}), beside)


def _answered(
    kind: str, snapshot: Snapshot, asked: Question, beside: Beside, smallest: int | None
) -> ReportResult:
    if isinstance(asked, WavesParameters):
        return _waves(snapshot, asked, beside, smallest)
    result = REPORTS[kind](snapshot, asked, beside)
    if smallest is not None:
        result = _disclosed(kind, result, snapshot, smallest)
    return cut(result, asked.limit)


def _disclosed(kind: str, result: ReportResult, snapshot: Snapshot, smallest: int) -> ReportResult:
    headline = HEADLINES[kind]
    if kind in FACES:
        return told(FACES[kind], result, headline, smallest=smallest)
    return disclosed(kind, result, headline, people=snapshot.people, smallest=smallest)


def _waves(
    snapshot: Snapshot, asked: WavesParameters, beside: Beside, smallest: int | None
) -> ReportResult:
    earlier = snapshot if beside.earlier is None else beside.earlier
    of_each = report_parameters(asked.report, asked.parameters)
    results = [
        _answered(asked.report, day, of_each, Beside(beside.areas, other), smallest)
        for day, other in ((earlier, None), (snapshot, earlier))
    ]
    both = waves(*results, days=(earlier.day.isoformat(), snapshot.day.isoformat()))
    return replace(
        both,
        rows=both.rows[: asked.limit],
        truncated=both.truncated or len(both.rows) > asked.limit,
    )
