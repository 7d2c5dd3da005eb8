"""Whatever is asked, the service answers as its document says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.examples import ADA, FIELDS_OF
from tests.api import PATHS

if TYPE_CHECKING:
    import httpx
    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

    from tests.running_service import RunningService

SEED: Final = 2026
CASES_ON: Final = {True: 2_000, False: 700}
"""How many cases at least, on the embedded engine and, where each takes longer, on Neo4j."""

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
KNOWN: Final = {
    **dict(zip(PATHS, ([ADA], ["choir"], ["council"], ["hall"]), strict=True)),
    "areas": ["riverside"],
    "ties": ["t1"],
    "nodes": [ADA, "choir", "council", "hall"],
}


WORK: Final = {"jobs", "reports", "keys", "retention"}


def _room(operation: Any) -> str:
    """Return the resource of an operation."""
    return operation.path.removeprefix("/v1/").partition("/")[0]


def _seeded(client: httpx.Client) -> None:
    """Put the examples back that a case has taken away."""
    client.delete(f"/v1/people/{ADA}/erasure", params={"reason": "mistake"})
    kinds = ("area", "person", "association", "agency", "asset", "tie")
    for path, kind in zip(("areas", *PATHS, "ties"), kinds, strict=True):
        client.post(f"/v1/{path}", json=FIELDS_OF[kind])


def _work(client: httpx.Client) -> dict[str, list[str]]:
    """Make a job, a report and a key, and return their ids."""
    imported = client.post(
        "/v1/imports",
        content='{"kind": "asset", "id": "bench", "name": "Bench"}\n',
        headers={"Content-Type": "application/x-ndjson"},
    )
    client.post("/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=30"})
    reports = [item["id"] for item in client.get("/v1/reports").json()["items"]]
    keys = [client.post("/v1/keys", json={"role": "analyst"}).json()["id"]]
    retention = [client.post("/v1/retention").json()["id"]]
    jobs = [imported.json()["id"]]
    return {"jobs": jobs, "reports": reports, "keys": keys, "retention": retention}


def _cases(operation: Any, known: dict[str, list[str]]) -> SearchStrategy[Case[Any]]:
    """Return cases of an operation, half of them about records that are there."""
    modes = [GenerationMode.POSITIVE] * 2
    if operation.body or any(True for _ in operation.iter_parameters()):
        modes.append(GenerationMode.NEGATIVE)
    there = known.get(_room(operation), ["nobody"])

    @st.composite
    def case(draw: st.DrawFn) -> Case[Any]:
        drawn: Case[Any] = draw(st.sampled_from(modes).flatmap(operation.as_strategy))
        if drawn.path_parameters and draw(st.booleans()):
            drawn.path_parameters["id"] = draw(st.sampled_from(there))
            if "type" in drawn.path_parameters:
                drawn.path_parameters["type"] = "connects"
        if operation.method in {"put", "patch", "delete"} and draw(st.booleans()):
            drawn.headers["If-Match"] = "*"
            drawn.headers.pop("If-None-Match", None)
        return drawn

    return case()


def test_no_question_gets_an_answer_that_is_not_in_the_document(service: RunningService) -> None:
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    operations: list[Any] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operations.append(found.ok())
    with service.client() as client:
        embedded = client.get("/version").json()["engine"] == "embedded"
    # A tenth more than their share, because some operations have next to nothing to vary.
    each = CASES_ON[embedded] * 11 // (10 * len(operations)) + 1
    bearer = {"Authorization": f"Bearer {service.operator}"}
    answered: Counter[str] = Counter()
    tried = 0

    for operation in operations:
        with service.client() as client:
            _seeded(client)
            known = KNOWN | (_work(client) if _room(operation) in WORK else {})

        @seed(SEED)
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=SLOW_IS_FINE,
        )
        @given(case=_cases(operation, known))
        def answers_as_documented(case: Case[Any]) -> None:
            nonlocal tried
            response = case.call(session=session, headers=bearer, timeout=60)
            tried += 1
            case.validate_response(response, checks=CHECKS)
            answered[case.operation.label] += 200 <= response.status_code < 300

        with requests.Session() as session:
            answers_as_documented()

    assert tried >= CASES_ON[embedded]
    share = sum(count > 0 for count in answered.values()) / len(operations)
    assert share >= SHARE_ANSWERED, [label for label, count in answered.items() if not count]
