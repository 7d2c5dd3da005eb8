"""Whatever is asked in a role, it is answered as the document and the matrix of access say."""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
import requests
from hypothesis import Phase, given, seed, settings
from schemathesis.core.failures import FailureGroup

from graph.policy import ROLES, Purpose
from service.examples import ADA, CONSENT_FIELDS, FIELDS_OF
from tests.access_matrix import PAGE
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
from tests.test_api_roles import ALLOWED, OPEN, PURPOSE_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from schemathesis import Case, Response

    from graph.policy import Role
    from tests.conftest import Connection
    from tests.fuzzing import Known
    from tests.running_service import RunningService

CASES: Final = int(os.environ.get("WHOLEMAP_TEST_CASES", "110"))
"""How many cases at least for each role: one of each operation, and what more are drawn."""

ZED: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c0739ff"
ZED_IS_CALLED: Final = "Quillon Vantongeren"
"""Who agreed to nothing, and whose steward nobody here acts for: of no role's answers."""

TOWN: Final = "council"
"""For whom the partner acts, and who stewards the records."""

OF_THEIR_OWN: Final = {
    "GET /v1/people/{id}",
    "GET /v1/nodes/{id}",
    "GET /v1/ties/{type}/{id}",
    "GET /v1/people/{id}/consents",
    "POST /v1/people/{id}/consents",
    "GET /v1/people/{id}/consents/{consent}",
    "POST /v1/people/{id}/consents/{consent}/withdrawal",
    "GET /v1/people/{id}/overrides",
}
"""What `record` means for a member: nothing that only a steward does."""

NOT_YOURS: Final = {401, 403, 404}
_LIFTS: Final = "DELETE /v1/people/{id}/erasure"
_IN_ORDER: Final = ("get", "post", "put", "patch", "delete")


class World:
    """The records that a role meets, put back as often as it has taken them away."""

    def __init__(self, role: Role, operator: httpx.Client) -> None:
        self.role = role
        self.operator = operator
        self.steward = TOWN if role == "partner" else None
        self.known: Known = {
            **dict(zip(PATHS, ([ADA], ["choir"], [TOWN], ["hall"]), strict=True)),
            "areas": ["riverside"],
            "ties": ["t1"],
            "nodes": [ADA, "choir", TOWN, "hall", ZED],
        }

    def put_back(self) -> None:
        """Let everybody and everything be there again, agreed to and restricted in nothing."""
        post = self.operator.post
        self.operator.delete(f"/v1/people/{ADA}/erasure", params={"reason": "mistake"})
        post("/v1/areas", json=FIELDS_OF["area"])
        for kind, path in (("agency", "agencies"), ("association", "associations")):
            post(f"/v1/{path}", json=self.of_steward(FIELDS_OF[kind]))
        for kind, path in (("person", "people"), ("asset", "assets"), ("tie", "ties")):
            post(f"/v1/{path}", json=self.of_steward(FIELDS_OF[kind]))
        self.operator.delete(f"/v1/people/{ADA}/restriction")
        agreed = CONSENT_FIELDS | {"purposes": ["directory", "introductions", "analysis"]}
        self.known["consents"] = [post(f"/v1/people/{ADA}/consents", json=agreed).json()["id"]]
        self.operator.post(
            "/v1/people",
            json={"id": ZED, "name": ZED_IS_CALLED, "steward": "choir", "clearance": "private"},
        )

    def of_steward(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return fields of a record that the role may write, if it may write any."""
        return fields if self.steward is None else {**fields, "steward": self.steward}

    def begin(self, mine: httpx.Client) -> None:
        """Make what only comes by working: jobs, runs, keys, corrections."""
        asked = {"field": "name", "value": "Ada Oak"}
        made = self.operator.post(f"/v1/people/{ADA}/corrections", json=asked)
        imported = '{"kind": "asset", "id": "bench", "name": "Bench"}\n'
        ndjson = {"Content-Type": "application/x-ndjson"}
        by = mine if self.role == "coordinator" else self.operator
        job = by.post("/v1/imports", content=imported, headers=ndjson)
        run = (mine if self.may("POST /v1/reports") else self.operator).post(
            "/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=30"}
        )
        self.known |= {
            "corrections": [made.json()["id"]],
            "jobs": [job.json()["id"]],
            "reports": [run.json()["id"]],
            "keys": [self.operator.post("/v1/keys", json={"role": "analyst"}).json()["id"]],
            "retention": [self.operator.post("/v1/retention").json()["id"]],
        }

    def may(self, operation: str) -> bool:
        """Tell whether the role may ask for an operation, and be answered."""
        if operation in OPEN or self.role in ALLOWED[PURPOSE_OF[operation]]:
            return True
        return self.role == "member" and operation in OF_THEIR_OWN

    def refuses(self, operation: str) -> bool:
        """Tell whether every question of this operation is refused for the role's sake.

        A member may ask under `record`, and is refused each write as no steward of it.
        """
        asks = self.role == "member" and PURPOSE_OF.get(operation) == "record"
        return not self.may(operation) and not asks

    def as_documented(self, operation: Any) -> list[Case[Any]]:
        """Return the cases that the document shows, about records that are there."""
        there = {
            "id": self.known.get(resource_of(operation), ["nobody"])[0],
            "type": "connects",
            "consent": self.known["consents"][0],
        }
        given: dict[str, Any] = {
            "path_parameters": {
                p.name: there.get(p.name, "nobody") for p in operation.path_parameters
            },
            "headers": {"If-Match": "*"} if operation.method in {"put", "patch", "delete"} else {},
            "query": {"reason": "mistake"} if operation.label == _LIFTS else {},
        }
        said = operation.definition.raw.get("requestBody", {}).get("content", {})
        return [
            operation.Case(**given, body=self._body(operation, content["example"]), media_type=kind)
            for kind, content in said.items()
        ] or [operation.Case(**given)]

    def _body(self, operation: Any, example: Any) -> Any:
        path = operation.path.removeprefix("/v1/").removesuffix("/{id}").removesuffix("/{type}")
        if path not in {*PATHS, "ties"}:
            return example
        fields = self.of_steward(example)
        # What is made anew has an id of its own.
        made = operation.method == "post"
        return {k: v for k, v in fields.items() if k != "id"} if made else fields


def _takes_away(operation: Any) -> bool:
    """Tell whether an operation leaves less to ask for than there was."""
    ends = ("/erasure", "/restriction", "/withdrawal")
    return operation.method == "delete" or operation.path.endswith(ends)


def _faults(world: World, case: Case[Any], response: Response) -> Iterator[str]:
    """Yield what an answer says that neither the document nor the matrix lets it say."""
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failures:
        yield from map(str, failures.exceptions)
    if ZED_IS_CALLED.casefold() in response.text.casefold():
        yield "it names somebody who is in no answer of this role"
    if world.refuses(case.operation.label) and response.status_code not in NOT_YOURS:
        yield f"it is not for the role, and answered {response.status_code}"


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_answered_what_the_matrix_does_not_give_it(
    service: RunningService, connection: Connection, role: Role, told: list[str]
) -> None:
    operations = sorted(operations_of(service), key=lambda o: _IN_ORDER.index(o.method))
    answered: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    with service.client() as operator, requests.Session() as session:
        world = World(role, operator)
        world.put_back()
        key = service.key(role, world.steward, person=ADA if role == "member" else None)
        bearer = {"Authorization": f"Bearer {key}"}
        with service.client(key) as mine:
            world.begin(mine)

        def ask(case: Case[Any]) -> None:
            response = case.call(session=session, headers=bearer, timeout=60)
            statuses[response.status_code] += 1
            faults.extend(
                f"{case.operation.label}: {fault}\n{case.as_curl_command()}\n{response.text[:500]}"
                for fault in _faults(world, case, response)
            )
            answered[case.operation.label] += 200 <= response.status_code < 300

        for operation, share in zip(operations, _shares(role, len(operations)), strict=True):
            for case in world.as_documented(operation):
                ask(case)
            if share:
                _ask_drawn(operation, world, share, ask)
            if _takes_away(operation) and world.may(operation.label):
                world.put_back()

    used = [operation.label for operation in operations if world.may(operation.label)]
    silent = [label for label in used if not answered[label]]
    told.append(
        f"{role} on {connection.name}: {statuses.total()} cases, {len(used) - len(silent)} of"
        f" {len(used)} operations that it may use answered 2xx; {dict(sorted(statuses.items()))}"
    )
    assert not faults, "\n\n".join([f"{len(faults)} faults", *faults[:20]])
    assert statuses.total() >= CASES
    assert len(silent) <= (1 - SHARE_ANSWERED) * len(used), silent


def _shares(role: Role, operations: int) -> list[int]:
    """Return how many cases of each operation are drawn, each role beginning elsewhere."""
    # A tenth more than needed, because some operations have next to nothing to vary.
    drawn = max(CASES - operations, 0) * 11 // 10
    ends = [place * drawn // operations for place in range(operations + 1)]
    shares = [after - before for before, after in pairwise(ends)]
    turn = ROLES.index(role)
    return [*shares[turn:], *shares[:turn]]


def _ask_drawn(operation: Any, world: World, count: int, ask: Callable[[Case[Any]], None]) -> None:
    @seed(SEED + ROLES.index(world.role))
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=SLOW_IS_FINE,
    )
    @given(case=drawn_cases(operation, world.known))
    def asked(case: Case[Any]) -> None:
        ask(case)

    asked()


def test_the_roles_ask_for_what_the_page_says() -> None:
    """The table that the answers above are held against is the generated one."""
    head, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text(encoding="utf-8").partition("### Who may ask for what")[2]
        .strip().splitlines()[: len(ROLES) + 2]
        if "---" not in line
    )  # fmt: skip
    told = {
        (row[0], purpose)
        for row in rows
        for purpose, cell in zip(head, row, strict=True)
        if cell == "yes"
    }
    # A member reads under `record` alone, and the lists are theirs as well.
    told |= {("member", "directory")}
    told -= {("member", "record")}
    assert told == {
        (role, purpose) for purpose in get_args(Purpose) for role in ROLES
        if role in ALLOWED[purpose]
    }  # fmt: skip
