"""Cases that Schemathesis draws from the document, and what must hold of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

    from tests.running_service import RunningService

SEED: Final = 2026
SLOW_IS_FINE: Final = (
    HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)  # fmt: skip
SHARE_ANSWERED: Final = 0.6
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

# Lines of JSON are sent as the text that they are.
schemathesis.serializer.alias("application/x-ndjson", "text/plain")

Known = dict[str, list[str]]
"""Ids that are there, by the resource whose they are."""


def operations_of(service: RunningService) -> list[Any]:
    """Return every operation of the document."""
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    operations: list[Any] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operations.append(found.ok())
    return operations


def resource_of(operation: Any) -> str:
    """Return the resource of an operation."""
    return operation.path.removeprefix("/v1/").partition("/")[0]


def drawn_cases(operation: Any, known: Mapping[str, Sequence[str]]) -> SearchStrategy[Case[Any]]:
    """Return cases of an operation, half of them about records that are there."""
    modes = [GenerationMode.POSITIVE] * 2
    if operation.body or any(True for _ in operation.iter_parameters()):
        modes.append(GenerationMode.NEGATIVE)
    there = known.get(resource_of(operation), ["nobody"])

    @st.composite
    def case(draw: st.DrawFn) -> Case[Any]:
        drawn: Case[Any] = draw(st.sampled_from(modes).flatmap(operation.as_strategy))
        if drawn.path_parameters and draw(st.booleans()):
            drawn.path_parameters["id"] = draw(st.sampled_from(there))
            if "type" in drawn.path_parameters:
                drawn.path_parameters["type"] = "connects"
            if "consent" in drawn.path_parameters and known.get("consents"):
                drawn.path_parameters["consent"] = draw(st.sampled_from(known["consents"]))
        if operation.method in {"put", "patch", "delete"} and draw(st.booleans()):
            drawn.headers["If-Match"] = "*"
            drawn.headers.pop("If-None-Match", None)
        return drawn

    return case()
