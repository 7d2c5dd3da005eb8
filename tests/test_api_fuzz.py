"""Whatever is asked, the service answers as its document says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import requests
from hypothesis import Phase, given, seed, settings

from service.examples import ADA, FIELDS_OF
from tests.api import PATHS
from tests.fuzzing import (
    CHECKS,
    SEED,
    SHARE_ANSWERED,
    SLOW_IS_FINE,
    drawn_cases,
    operations_of,
    resource_of,
)

if TYPE_CHECKING:
    import httpx
    from schemathesis import Case

    from tests.running_service import RunningService

CASES_ON: Final = {True: 2_000, False: 700}
"""How many cases at least, on the embedded engine and, where each takes longer, on Neo4j."""

KNOWN: Final = {
    **dict(zip(PATHS, ([ADA], ["choir"], ["council"], ["hall"]), strict=True)),
    "areas": ["riverside"],
    "ties": ["t1"],
    "nodes": [ADA, "choir", "council", "hall"],
}


WORK: Final = {"jobs", "reports", "keys", "retention"}


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


def test_no_question_gets_an_answer_that_is_not_in_the_document(service: RunningService) -> None:
    operations = operations_of(service)
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
            known = KNOWN | (_work(client) if resource_of(operation) in WORK else {})

        @seed(SEED)
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=SLOW_IS_FINE,
        )
        @given(case=drawn_cases(operation, known))
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
