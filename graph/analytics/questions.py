"""What may be asked, and with which parameters: known to the service, which loads no analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from graph.errors import Fault, Invalid
from graph.strict_json import pointer_faults
from graph.values import RecordId, Value

ROW_LIMIT: Final = 100_000
"""Rows of one report at most; the page and the browser behind it are to live through it."""

MOST_SEED: Final = 2**31 - 1

ProjectionName = Literal["social", "trust", "flow", "two-mode"]
ReportKind = Literal["isolation", "brokers", "centrality", "unused", "fracture"]


class Scope(Value):
    """What every report is asked with.

    `areas` null: everywhere. `limit` cuts the rows, never what is counted.
    """

    areas: Annotated[list[RecordId], Field(min_length=1, max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=ROW_LIMIT)] = ROW_LIMIT


class MeasureParameters(Scope):
    """What a report of measures is asked with: brokers and centrality."""

    projection: ProjectionName = "social"
    weights: Literal["none", "strength"] = "none"
    normalised: bool = True


class IsolationParameters(Scope):
    """Isolation always reads the social ties, each as one, and counts."""

    projection: Literal["social"] = "social"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class UnusedParameters(Scope):
    """What is unused is always read from who offers and who wants, and counted."""

    projection: Literal["two-mode"] = "two-mode"
    weights: Literal["none"] = "none"
    normalised: Literal[False] = False


class FractureParameters(Scope):
    """Fracture reads any projection. `seed` is what the communities are drawn from."""

    projection: ProjectionName = "social"
    weights: Literal["none", "strength"] = "none"
    normalised: Literal[True] = True
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 0


Parameters = MeasureParameters | IsolationParameters | UnusedParameters | FractureParameters

PARAMETERS: Final[Mapping[str, type[Parameters]]] = {
    "isolation": IsolationParameters,
    "brokers": MeasureParameters,
    "centrality": MeasureParameters,
    "unused": UnusedParameters,
    "fracture": FractureParameters,
}
"""The kinds of report, and what each is asked with."""


def report_parameters(kind: str, given: Mapping[str, Any]) -> Parameters:
    """Return what a report is asked with, all defaults filled in.

    Raises
    ------
    Invalid
        When there is no such kind, or a parameter is unknown or out of range.
    """
    if kind not in PARAMETERS:
        raise Invalid.at("/kind", f"must be one of {', '.join(PARAMETERS)}")
    try:
        return PARAMETERS[kind].model_validate(dict(given))
    except ValidationError as error:
        faults = [
            Fault(f"/parameters{fault.pointer}", fault.detail) for fault in pointer_faults(error)
        ]
        raise Invalid("the parameters of this report break a rule", faults) from error
