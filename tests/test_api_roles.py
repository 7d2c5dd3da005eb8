"""Who may ask for what: every operation of the document, for every role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.api import ADA, PATHS, created, problem, read

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

ROLES: Final = (
    "coordinator", "analyst", "partner", "member", "admin", "auditor", "operator",
)  # fmt: skip
ALLOWED: Final[dict[str, set[str]]] = {
    "directory": {"coordinator", "partner", "member", "operator"},
    "record": {"coordinator", "partner", "operator"},
    "areas": {"coordinator", "operator"},
    "overrides": {"coordinator", "operator"},
    "introductions": {"coordinator", "operator"},
    "analysis": {"coordinator", "analyst", "operator"},
    "sharing": {"coordinator", "partner", "operator"},
    "erasure": {"coordinator", "operator"},
    "correction": {"member", "operator"},
    "clearance": {"partner"},
    "corrections": {"coordinator", "partner", "member", "operator"},
    "notices": {"coordinator", "operator"},
    "access": {"coordinator", "member", "operator"},
    "another's import": {"coordinator", "operator"},
    "keys": {"admin", "operator"},
    "operations": {"admin", "operator"},
    "audit": {"auditor", "operator"},
    "version": set(ROLES),
}
OPEN: Final = {"GET /livez", "GET /readyz"}
PURPOSE_OF: Final[dict[str, str]] = {
    **{f"GET /v1/{path}": "directory" for path in (*PATHS, "areas", "ties")},
    **{f"GET /v1/{path}/{{id}}": "record" for path in (*PATHS, "areas")},
    **{f"POST /v1/{path}": "record" for path in (*PATHS, "ties")},
    **{
        f"{method} /v1/{path}/{{id}}": "record"
        for path in (*PATHS, "ties/{type}")
        for method in ("PUT", "PATCH", "DELETE")
    },
    "POST /v1/people/{id}/erasure": "erasure",
    "DELETE /v1/people/{id}/erasure": "erasure",
    "POST /v1/people/{id}/access-bundle": "access",
    "POST /v1/people/{id}/corrections": "correction",
    "GET /v1/notices": "notices",
    "GET /v1/corrections": "corrections",
    "POST /v1/corrections/{id}/decision": "record",
    "POST /v1/clearances": "clearance",
    "GET /v1/clearances": "corrections",
    "GET /v1/clearances/{id}": "corrections",
    "POST /v1/clearances/{id}/decision": "record",
    "GET /v1/duplicates": "corrections",
    "POST /v1/merges": "record",
    "GET /v1/merges": "corrections",
    "GET /v1/merges/{id}": "corrections",
    "POST /v1/merges/{id}/undo": "record",
    "POST /v1/same-as": "record",
    "GET /v1/same-as": "corrections",
    "GET /v1/same-as/{id}": "corrections",
    "POST /v1/same-as/{id}/decision": "record",
    "POST /v1/areas": "areas",
    "PUT /v1/areas/{id}": "areas",
    "PATCH /v1/areas/{id}": "areas",
    "DELETE /v1/areas/{id}": "areas",
    "GET /v1/people/{id}/consents": "record",
    "POST /v1/people/{id}/consents": "record",
    "GET /v1/people/{id}/consents/{consent}": "record",
    "POST /v1/people/{id}/consents/{consent}/withdrawal": "record",
    "POST /v1/people/{id}/restriction": "record",
    "DELETE /v1/people/{id}/restriction": "record",
    "GET /v1/people/{id}/overrides": "record",
    "POST /v1/people/{id}/overrides": "overrides",
    "GET /v1/ties/{type}/{id}": "record",
    "GET /v1/nodes/{id}": "record",
    "POST /v1/nodes/get": "directory",
    "GET /v1/nodes/{id}/neighbourhood": "directory",
    "POST /v1/search": "directory",
    "POST /v1/connect": "introductions",
    "POST /v1/imports": "record",
    "GET /v1/exports": "sharing",
    "POST /v1/reports": "analysis",
    "GET /v1/reports": "analysis",
    "GET /v1/reports/{id}": "analysis",
    "POST /v1/schedules": "analysis",
    "GET /v1/schedules": "analysis",
    "GET /v1/schedules/{id}": "analysis",
    "POST /v1/schedules/{id}/pause": "analysis",
    "POST /v1/schedules/{id}/resume": "analysis",
    "DELETE /v1/schedules/{id}": "analysis",
    "GET /v1/glossary": "version",
    "GET /v1/glossary/{name}": "version",
    "GET /v1/changes": "sharing",
    "GET /v1/jobs/{id}": "another's import",
    "GET /v1/jobs/{id}/events": "another's import",
    "GET /v1/jobs/{id}/errors": "another's import",
    "POST /v1/jobs/{id}/cancel": "another's import",
    "POST /v1/keys": "keys",
    "GET /v1/keys": "keys",
    "DELETE /v1/keys/{id}": "keys",
    "POST /v1/keys/{id}/rotate": "keys",
    "GET /v1/audit/entries": "audit",
    "GET /v1/audit/heads": "audit",
    "GET /v1/audit/unchained": "audit",
    "GET /v1/retention": "operations",
    "POST /v1/retention": "operations",
    "POST /v1/retention/{id}/apply": "operations",
    "GET /version": "version",
    "GET /metrics": "operations",
}


def _operations(document: Any) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def _ask(
    client: httpx.Client, operation: str, described: Any, job: str, *, partner: bool = False
) -> httpx.Response:
    """Ask for an operation with the example of its body, for a record that is not there."""
    method, _, path = operation.partition(" ")
    path = path.replace("{type}", "connects").replace("{name}", "degree")
    path = path.replace("{id}", job if "/jobs/" in path else "none")
    headers = {"If-Match": "*"}
    content = described.get("requestBody", {}).get("content", {})
    for media_type in content:
        example = content[media_type]["example"]
        if isinstance(example, str):
            return client.request(
                method, path, content=example, headers={**headers, "Content-Type": media_type}
            )
        if partner and PURPOSE_OF[operation] == "record" and "consents" not in path:
            example = {**example, "steward": "town"}
        return client.request(method, path, json=example, headers=headers)
    return client.request(method, path, headers=headers)


def _imported(client: httpx.Client) -> str:
    answer = client.post(
        "/v1/imports",
        content='{"kind": "asset", "id": "imported", "name": "A"}\n',
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def test_the_table_of_roles_knows_every_operation(service: RunningService) -> None:
    with service.client() as client:
        operations = _operations(read(client, "/openapi.json"))
    assert operations.keys() == PURPOSE_OF.keys() | OPEN


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_ask_for_its_purposes_and_no_others(service: RunningService, role: str) -> None:
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "people", id=ADA, name="Ada")
        job = _imported(client)
        operations = _operations(read(client, "/openapi.json"))
    key = service.operator
    if role != "operator":
        key = service.key(
            role,
            "town" if role == "partner" else None,
            person=ADA if role == "member" else None,
        )
    with service.client(key) as client:
        for operation, purpose in PURPOSE_OF.items():
            answer = _ask(client, operation, operations[operation], job, partner=role == "partner")
            told = (role, operation, answer.status_code, answer.text[:200])
            if role in ALLOWED[purpose]:
                assert answer.status_code not in {401, 403}, told
                if purpose == "another's import":
                    assert answer.status_code in {200, 409}, told
            elif purpose == "another's import":
                problem(answer, 404)
            elif (role, purpose) == ("member", "record"):
                # They may ask, and are no steward: of an import, each row is refused.
                assert answer.status_code in {202, 403, 404, 412, 422}, told
            else:
                assert answer.status_code == 403, told
                problem(answer, 403)


@pytest.mark.parametrize(
    ("role", "method", "path", "said"),
    [
        ("member", "GET", "/v1/exports", {"headers": {"Wholemap-Purpose": "record"}}),
        ("member", "GET", "/v1/changes", {"headers": {"Wholemap-Purpose": "record"}}),
        ("analyst", "GET", "/v1/people", {"headers": {"Wholemap-Purpose": "fun"}}),
        ("analyst", "GET", f"/v1/people/{ADA}", {"headers": {"Wholemap-Bookmark": "x" * 5000}}),
        ("partner", "GET", "/v1/notices", {"params": {"limit": 0}}),
        ("partner", "POST", "/v1/areas", {"content": "{"}),
        ("partner", "POST", f"/v1/people/{ADA}/overrides", {"content": "{"}),
        ("coordinator", "POST", f"/v1/people/{ADA}/corrections", {"content": "{"}),
    ],
)
def test_who_may_not_ask_is_told_so_whatever_else_is_wrong(
    service: RunningService, role: str, method: str, path: str, said: dict[str, Any]
) -> None:
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "people", id=ADA, name="Ada", steward="town")
    key = service.key(
        role, "town" if role == "partner" else None, person=ADA if role == "member" else None
    )
    with service.client(key, **{"Content-Type": "application/json"}) as caller:
        problem(caller.request(method, path, **said), 403)


def test_without_a_key_nothing_is_answered_but_the_probes(service: RunningService) -> None:
    with service.client() as client:
        operations = _operations(read(client, "/openapi.json"))
    for said in (
        "Bearer wm_unknown",
        "Bearer",
        "Basic d206d20=",
        f"Token {service.operator}",
        None,
    ):
        with service.client() as client:
            del client.headers["Authorization"]
            if said is not None:
                client.headers["Authorization"] = said
            for operation in PURPOSE_OF:
                answer = _ask(client, operation, operations[operation], "none")
                problem(answer, 401)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            for operation in OPEN:
                assert client.get(operation.removeprefix("GET ")).status_code == 200


def test_a_revoked_key_opens_nothing(service: RunningService) -> None:
    with service.client() as client:
        key = created(client, "keys", role="coordinator", system="desk")
        with service.client(key["secret"]) as coordinator:
            assert coordinator.get("/v1/people").status_code == 200
            assert client.delete(f"/v1/keys/{key['id']}").status_code == 200
            problem(coordinator.get("/v1/people"), 401)
        (listed,) = [k for k in read(client, "/v1/keys")["items"] if k["id"] == key["id"]]
        assert listed["revoked_at"] is not None
        assert "secret" not in listed


def test_a_key_names_whom_it_acts_for(service: RunningService) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name="Ada")
        for fields in (
            {"role": "coordinator", "steward": "choir"},
            {"role": "analyst", "steward": "choir"},
            {"role": "partner", "steward": "choir"},
            {"role": "member", "person": ADA},
        ):
            key = created(client, "keys", **fields)
            assert {name: key[name] for name in fields} == fields
            (listed,) = [k for k in read(client, "/v1/keys")["items"] if k["id"] == key["id"]]
            assert {name: listed[name] for name in fields} == fields


def test_a_member_sees_nobodys_import(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        job = _imported(client)
    with service.client(service.key("member", person=ADA)) as member:
        problem(member.get(f"/v1/jobs/{job}"), 404)
