"""What may be asked, and with which parameters: known to the service, which loads no analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from graph.errors import Fault, Invalid
from graph.strict_json import pointer_faults
from graph.ties import Relation
from graph.values import Day, RecordId, Share, Value

ROW_LIMIT: Final = 100_000
"""Rows of one report at most; the page and the browser behind it are to live through it."""

MOST_SUPPOSED: Final = 100
"""Nodes and ties of a sort that may be supposed at once."""

MOST_SEED: Final = 2**31 - 1

ProjectionName = Literal["social", "trust", "flow", "two-mode"]
OneDayKind = Literal[
    "isolation", "brokers", "centrality", "unused", "fracture", "support",
    "balance", "provenance", "flow", "associations", "skills",
]  # fmt: skip
ReportKind = Literal[
    "isolation", "brokers", "centrality", "unused", "fracture", "support", "what_if", "waves",
    "balance", "provenance", "flow", "associations", "skills",
]  # fmt: skip
SupposedKind = Literal["isolation", "fracture", "brokers", "support"]


_FEBRUARY: Final = 2


class Scope(Value):
    """What every report is asked with.

    `areas` null: everywhere. `limit` cuts the rows, never what is counted.
    """

    areas: Annotated[list[RecordId], Field(min_length=1, max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=ROW_LIMIT)] = ROW_LIMIT


class MeasureParameters(Scope):
    """What a report of measures is asked with: centrality, and what brokers adds to.

    `epsilon`: betweenness is estimated, and no share of the pairs is further off; null: it is
    exact. `seed` is what its sample is drawn from.
    """

    projection: ProjectionName = "social"
    weights: Literal["none", "strength"] = "none"
    normalised: bool = True
    epsilon: Annotated[float, Field(ge=0.001, le=0.1, allow_inf_nan=False)] | None = None
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 0


class BrokersParameters(MeasureParameters):
    """`groups`: between what brokers mediate. `earlier`: the day that a trend begins at."""

    groups: Literal["area", "kind"] = "area"
    earlier: Day | None = None


class IsolationParameters(Scope):
    """Isolation always reads the social ties, each as one, and counts."""

    projection: Literal["social"] = "social"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class SupportParameters(Scope):
    """Support always reads the social ties, each as one. `earlier`: the day a trend begins at."""

    projection: Literal["social"] = "social"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False
    earlier: Day | None = None


class UnusedParameters(Scope):
    """What is unused is always read from who offers and who wants, and counted."""

    projection: Literal["two-mode"] = "two-mode"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class FractureParameters(Scope):
    """Fracture reads any projection. `seed` is what the communities are drawn from.

    `earlier_run`: the run whose communities lend their numbers to those they have most in common
    with.
    """

    projection: ProjectionName = "social"
    weights: Literal["none", "strength"] = "none"
    normalised: Literal[True] = True
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 0
    earlier_run: RecordId | None = None


class AssetParameters(Scope):
    """A report of assets counts them, with who offers and who wants them."""

    projection: Literal["two-mode"] = "two-mode"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class RecordParameters(Scope):
    """A report of all records counts them, whatever they tie together."""

    projection: Literal["whole"] = "whole"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class ProvenanceParameters(RecordParameters):
    """`alarm_over`: the share of what agencies said that a community agreed on."""

    alarm_over: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.5


class AssociationParameters(Scope):
    """The limits at which an association is flagged: a community agrees on its own."""

    projection: Literal["social"] = "social"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False
    exhausted_over: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.7
    dominated_over: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.5
    few_members: Annotated[int, Field(ge=0, le=1_000_000)] = 10


class SupposedPair(Value):
    """Both ends of ties."""

    source: RecordId
    target: RecordId


class SupposedNode(Value):
    """A party that is not there; a person counts as asked."""

    id: RecordId
    kind: Literal["person", "association", "agency"]
    areas: Annotated[list[RecordId], Field(max_length=100)] = []


class SupposedTie(SupposedPair):
    """A tie that is not there."""

    relation: Relation = "other"
    paid: bool | None = None
    strength: Share | None = None


class WhatIfParameters(Scope):
    """What is supposed to be otherwise, and which reports say what follows.

    `without_ties`: all social ties of a pair. `without_staff`: all paid ties. `introductions`:
    how many are planned, null 3 if nothing else is supposed; `most_each` is the load limit.
    """

    reports: Annotated[list[SupposedKind], Field(min_length=1, max_length=4)] = [
        "isolation", "fracture", "brokers", "support",
    ]  # fmt: skip
    without: Annotated[list[RecordId], Field(max_length=MOST_SUPPOSED)] = []
    without_ties: Annotated[list[SupposedPair], Field(max_length=MOST_SUPPOSED)] = []
    without_staff: bool = False
    with_nodes: Annotated[list[SupposedNode], Field(max_length=MOST_SUPPOSED)] = []
    with_ties: Annotated[list[SupposedTie], Field(max_length=MOST_SUPPOSED)] = []
    introductions: Annotated[int, Field(ge=0, le=20)] | None = None
    aim: Literal["isolation", "distance"] = "isolation"
    most_each: Annotated[int, Field(ge=1, le=20)] = 2
    projection: Literal["social"] = "social"
    weights: Literal["none"] = "none"
    normalised: Literal[True] = True

    def supposes(self) -> bool:
        """Tell whether anything is supposed, introductions aside."""
        return self.without_staff or any(
            (self.without, self.without_ties, self.with_nodes, self.with_ties)
        )

    def planned(self) -> int:
        """Return how many introductions are planned."""
        if self.introductions is None:
            return 0 if self.supposes() else 3
        return self.introductions


Parameters = (
    MeasureParameters
    | BrokersParameters
    | IsolationParameters
    | UnusedParameters
    | FractureParameters
    | SupportParameters
    | AssetParameters
    | RecordParameters
    | AssociationParameters
    | WhatIfParameters
)


class WavesParameters(Value):
    """One report on two days. `earlier` null: a year before the day that is asked for."""

    report: OneDayKind = "isolation"
    parameters: dict[str, Any] = {}
    earlier: Day | None = None
    limit: Annotated[int, Field(ge=1, le=ROW_LIMIT)] = ROW_LIMIT


Question = Parameters | WavesParameters

ComparedParameters = BrokersParameters | SupportParameters | WavesParameters
"""What may be asked of an earlier day as well."""

PARAMETERS: Final[Mapping[str, type[Question]]] = {
    "isolation": IsolationParameters,
    "brokers": BrokersParameters,
    "centrality": MeasureParameters,
    "unused": UnusedParameters,
    "fracture": FractureParameters,
    "support": SupportParameters,
    "what_if": WhatIfParameters,
    "waves": WavesParameters,
    "balance": AssetParameters,
    "provenance": ProvenanceParameters,
    "flow": RecordParameters,
    "associations": AssociationParameters,
    "skills": RecordParameters,
}
"""The kinds of report, and what each is asked with."""


def report_parameters(kind: str, given: Mapping[str, Any]) -> Question:
    """Return what a report is asked with, all defaults filled in.

    Raises
    ------
    Invalid
        When there is no such kind, or a parameter is unknown or out of range.
    """
    if kind not in PARAMETERS:
        raise Invalid.at("/kind", f"must be one of {', '.join(PARAMETERS)}")
    try:
        asked = PARAMETERS[kind].model_validate(dict(given))
    except ValidationError as error:
        raise _refused(pointer_faults(error)) from error
    if isinstance(asked, MeasureParameters) and asked.epsilon is not None:
        _check_can_be_estimated(asked)
    if not isinstance(asked, WavesParameters):
        return asked
    try:
        inner = report_parameters(asked.report, asked.parameters)
    except Invalid as error:
        raise _refused(error.faults) from error
    if earlier_day(inner) is not None:
        raise Invalid.at("/parameters/parameters/earlier", "is said once, beside the report")
    if earlier_run(inner) is not None:
        raise Invalid.at(
            "/parameters/parameters/earlier_run", "is of one day: the earlier one lends its numbers"
        )
    return asked.model_copy(update={"parameters": inner.model_dump(mode="json")})


def _check_can_be_estimated(asked: MeasureParameters) -> None:
    if asked.weights != "none":
        raise Invalid.at("/parameters/epsilon", "ways are drawn by steps, without weights")
    if not asked.normalised:
        raise Invalid.at("/parameters/epsilon", "is of shares of the pairs, which are normalised")


def _refused(faults: Sequence[Fault]) -> Invalid:
    return Invalid(
        "the parameters of this report break a rule",
        [Fault(f"/parameters{fault.pointer}", fault.detail) for fault in faults],
    )


def with_days(asked: Question, as_of: date) -> Question:
    """Return what is asked with the earlier day that it is compared with, if it is with one.

    Raises
    ------
    Invalid
        When that is not before the day asked for.
    """
    earlier = earlier_day(asked)
    if earlier is None and isinstance(asked, WavesParameters):
        earlier = _a_year_before(as_of)
    if earlier is None:
        return asked
    if earlier >= as_of:
        raise Invalid.at("/parameters/earlier", "must be before the day that is asked for")
    return asked.model_copy(update={"earlier": earlier})


def areas_of(asked: Question) -> list[str] | None:
    """Return the areas that a report is asked of; null: everywhere."""
    if isinstance(asked, WavesParameters):
        return areas_of(report_parameters(asked.report, asked.parameters))
    return asked.areas


def earlier_day(asked: Question) -> date | None:
    """Return the other day that a report reads; null if it reads none."""
    return asked.earlier if isinstance(asked, ComparedParameters) else None


def earlier_run(asked: Question) -> str | None:
    """Return the id of the run that lends its labels to a report; null if none does."""
    return asked.earlier_run if isinstance(asked, FractureParameters) else None


def _a_year_before(day: date) -> date:
    # 29 February has none of its name the year before, and the first year has none before it.
    last = min(day.day, 28) if day.month == _FEBRUARY else day.day
    return day.replace(year=max(day.year - 1, 1), day=last)
