"""What the audit says of what was asked of a real service."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from graph.audit.entries import canonical
from graph.audit.verifying import verify
from service.auditing import REQUEST_HEADER, class_of, purpose_of
from service.settings import AUDIT_FOLDER
from tests.api import ADA, BEN, CLEO, created, problem, read, tied
from tests.crashing import eventually
from tests.test_api_roles import OPEN, PURPOSE_OF

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio

PLANTED = "Zebulonia"
"""Stands wherever a person's words can stand, and must not stand in the audit."""


def entries(service: RunningService, answer: httpx.Response) -> list[Any]:
    """Return what the audit's files say of a request."""
    with service.client() as client:
        # What was committed is chained by then.
        read(client, "/v1/audit/entries", limit=1)
    request = answer.headers[REQUEST_HEADER]
    found = [
        json.loads(line)["entry"]
        for file in sorted((service.data_dir / AUDIT_FOLDER).glob("*.jsonl"))
        if ".heads." not in file.name
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [entry for entry in found if entry.get("request") == request]


def entry(service: RunningService, answer: httpx.Response) -> Any:
    """Return the one entry of a request."""
    (found,) = entries(service, answer)
    return found


@pytest.fixture
def community(service: RunningService) -> RunningService:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "people", id=BEN, name="Ben")
        created(client, "associations", id="choir", name="Choir")
        tied(client, ADA, "friend", BEN)
        tied(client, BEN, "member", "choir")
    return service


def test_a_read_of_a_person_says_who_when_what_and_what_for(community: RunningService) -> None:
    with community.client() as operator:
        key = created(operator, "keys", role="coordinator")
    with community.client(key["secret"]) as client:
        answer = client.get(f"/v1/people/{ADA}")
    said = entry(community, answer)
    assert said.pop("at").endswith("Z")
    assert len(said.pop("id")) == 32
    assert said == {
        "class": "read",
        "operation": "GET /v1/people/{id}",
        "outcome": 200,
        "request": answer.headers[REQUEST_HEADER],
        "key": key["id"],
        "role": "coordinator",
        "purpose": "record",
        "ids": [ADA],
    }


def test_whoever_an_answer_names_stands_in_its_entry(community: RunningService) -> None:
    asked: list[tuple[str, str, Any, set[str]]] = [
        ("GET", "/v1/people", None, {ADA, BEN}),
        ("GET", f"/v1/nodes/{ADA}", None, {ADA}),
        ("POST", "/v1/nodes/get", {"ids": [BEN, "choir"]}, {BEN}),
        ("GET", "/v1/nodes/choir/neighbourhood?hops=1", None, {BEN, "choir"}),
        ("POST", "/v1/search", {"text": "ada"}, {ADA}),
        ("POST", "/v1/connect", {"person": ADA, "group": "choir"}, {ADA, BEN}),
        ("GET", "/v1/ties", None, {ADA, BEN}),
        ("GET", "/v1/changes", None, {ADA, BEN}),
    ]
    with community.client() as client:
        for method, url, body, ids in asked:
            answer = client.request(method, url, json=body)
            assert answer.status_code == 200, answer.text
            said = entry(community, answer)
            assert (said["class"], set(said["ids"])) == ("read", ids), url


def test_what_names_nobody_is_not_in_the_audit(community: RunningService) -> None:
    with community.client() as client:
        for url in ("/v1/associations", "/v1/associations/choir", "/v1/areas", "/version"):
            answer = client.get(url)
            assert answer.status_code == 200
            assert entries(community, answer) == []
        answer = client.get("/v1/people", params={"tag": "nobody"})
        assert "ids" not in entry(community, answer)


def test_a_write_stands_in_the_engine_and_in_the_chain_with_the_same_words(
    community: RunningService,
) -> None:
    with community.client() as client:
        answer = client.post("/v1/people", json={"id": CLEO, "name": "Cleo", "tags": ["x"]})
        said = entry(community, answer)
        assert said["ids"] == [CLEO]
        assert said["fields"] == ["id", "name", "tags"]
        assert (said["class"], said["purpose"], said["outcome"]) == ("write", "record", "committed")
        assert read(client, "/v1/audit/unchained")["items"] == []
        tie = client.post(
            "/v1/ties", json={"type": "trusts", "source": CLEO, "target": ADA, "level": 0.5}
        )
        assert set(entry(community, tie)["ids"]) == {tie.json()["id"], CLEO, ADA}
        again = client.put(
            f"/v1/people/{CLEO}",
            json={"name": "Cleo", "tags": ["x"]},
            headers={"If-Match": answer.headers["ETag"]},
        )
        # Nothing was changed: that it was asked is kept all the same.
        assert entry(community, again)["outcome"] == 200


async def test_a_write_that_fails_leaves_no_audit_in_the_engine(
    connection: Connection, community: RunningService
) -> None:
    before = await connection.query("MATCH (a:Audit) RETURN count(a) AS count")
    with community.client() as client:
        refused = client.post("/v1/people", json={"id": ADA, "name": "Ada"})
        problem(refused, 409)
        said = entry(community, refused)
        assert (said["class"], said["outcome"], said["ids"]) == ("refusal", 409, [ADA])
    after = await connection.query("MATCH (a:Audit) RETURN count(a) AS count")
    assert after == before


async def test_each_batch_of_an_import_is_audited_with_its_records(
    connection: Connection, community: RunningService
) -> None:
    lines = "".join(
        json.dumps({"kind": "asset", "id": f"a{number}", "name": "A"}) + "\n" for number in range(9)
    )
    with community.client() as client:
        answer = client.post(
            "/v1/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}
        )
        job = answer.json()["id"]
        eventually(lambda: read(client, f"/v1/jobs/{job}")["state"] == "done")
    begun, batch = entries(community, answer)
    assert begun["ids"] == [job]
    assert set(batch["ids"]) == {f"a{number}" for number in range(9)}
    rows = await connection.query("MATCH (a:Audit) RETURN a.text AS text")
    texts = {row["text"] for row in rows}
    assert {canonical(said).decode() for said in (begun, batch)} <= texts


def test_exports_reports_and_keys_have_classes_of_their_own(community: RunningService) -> None:
    with (
        community.client() as client,
        client.stream("GET", "/v1/exports") as export,
    ):
        # Before the body is read: no byte of it leaves before its entry is kept.
        assert entry(community, export)["class"] == "export"
    with community.client() as client:
        report = client.post("/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=60"})
        assert report.status_code == 200, report.text
        assert entry(community, report)["class"] == "report"
        again = client.get(f"/v1/reports/{report.json()['id']}")
        assert entry(community, again)["ids"] == [report.json()["id"]]
        made = client.post("/v1/keys", json={"role": "analyst"})
        said = entry(community, made)
        assert (said["class"], said["ids"], said["fields"]) == (
            "key",
            [made.json()["id"]],
            ["role"],
        )
        gone = client.delete(f"/v1/keys/{made.json()['id']}")
        assert entry(community, gone)["ids"] == [made.json()["id"]]


def test_every_refusal_is_kept_with_its_status(community: RunningService) -> None:
    with community.client() as operator:
        created(operator, "agencies", id="town", name="Town")
    partner = community.key("partner", "town")
    asked: list[tuple[str | None, str, str, Any, int]] = [
        ("wm_unknown", "GET", f"/v1/people/{ADA}", None, 401),
        (partner, "POST", "/v1/connect", {"person": ADA, "group": "choir"}, 403),
        (partner, "GET", f"/v1/people/{ADA}", None, 404),
        (None, "GET", f"/v1/people/{CLEO}", None, 404),
        (None, "DELETE", f"/v1/people/{ADA}", None, 428),
        (None, "POST", "/v1/people", {"id": ADA, "name": "Ada"}, 409),
    ]
    for key, method, url, body, status in asked:
        with community.client(key) as client:
            answer = client.request(method, url, json=body)
            problem(answer, status)
            said = entry(community, answer)
            assert (said["class"], said["outcome"]) == ("refusal", status)
            if status not in {401, 403}:
                assert set(said["ids"]) & {ADA, CLEO}
    with community.client() as client:
        stale = client.put(f"/v1/people/{ADA}", json={"name": "Ada"}, headers={"If-Match": '"9-0"'})
        problem(stale, 412)
        assert entry(community, stale)["ids"] == [ADA]


def test_no_word_of_a_person_stands_in_the_audit(community: RunningService) -> None:
    with community.client() as client:
        person = {
            "name": PLANTED,
            "description": PLANTED,
            "tags": [PLANTED],
            "contacts": [{"kind": "phone", "value": PLANTED}],
            "source": {"system": PLANTED, "type": PLANTED, "id": PLANTED},
        }
        made = created(client, "people", id=CLEO, **person)
        ident = {"If-Match": "*"}
        for method, url, body in (
            ("GET", f"/v1/people/{CLEO}", None),
            ("GET", f"/v1/people?tag={PLANTED}&source_system={PLANTED}", None),
            ("GET", f"/v1/people?cursor={PLANTED}", None),
            ("GET", f"/v1/people/{PLANTED}", None),
            ("GET", f"/v1/nodes/{PLANTED}", None),
            ("GET", f"/v1/{PLANTED}", None),
            ("GET", f"/v1/nodes/{PLANTED}/neighbourhood?types={PLANTED}", None),
            ("GET", f"/v1/ties?source={PLANTED}", None),
            ("GET", f"/v1/ties/{PLANTED}/{PLANTED}", None),
            ("GET", f"/v1/audit/entries?subject={PLANTED}", None),
            ("POST", "/v1/search", {"text": PLANTED}),
            ("POST", "/v1/search", {"text": "x", PLANTED: PLANTED}),
            ("POST", "/v1/connect", {"person": PLANTED, "group": PLANTED}),
            ("POST", "/v1/nodes/get", {"ids": [PLANTED, CLEO]}),
            ("POST", "/v1/people", {"id": PLANTED, "name": PLANTED}),
            ("POST", "/v1/people", {"name": PLANTED, PLANTED: PLANTED}),
            ("POST", "/v1/keys", {"role": PLANTED, "system": PLANTED}),
            ("POST", "/v1/keys", {"role": "admin", "system": PLANTED}),
            ("POST", "/v1/reports", {"kind": PLANTED, "parameters": {PLANTED: 1}}),
            ("PATCH", f"/v1/people/{CLEO}", {"description": f"{PLANTED}!"}),
            ("PUT", f"/v1/people/{PLANTED}", {"name": PLANTED}),
            ("DELETE", f"/v1/areas/{PLANTED}", None),
        ):
            headers = {**ident, "Idempotency-Key": PLANTED, "X-Request-Id": PLANTED}
            answer = client.request(method, url, json=body, headers=headers)
            assert answer.status_code < 500, answer.text
        assert made["name"] == PLANTED
    for file in (community.data_dir / AUDIT_FOLDER).iterdir():
        assert PLANTED.lower() not in file.read_text(encoding="utf-8").lower(), file.name


async def test_no_word_of_a_person_stands_in_the_engine_s_audit(
    connection: Connection, service: RunningService
) -> None:
    with service.client() as client:
        created(client, "people", id=CLEO, name=PLANTED, description=PLANTED)
        created(client, "keys", role="admin", system=PLANTED)
    rows = await connection.query("MATCH (a:Audit) RETURN a.text AS text")
    assert len(rows) == 2
    assert PLANTED not in "".join(row["text"] for row in rows)


def test_the_auditor_reads_the_trail_page_by_page_and_nothing_else(
    community: RunningService,
) -> None:
    with community.client() as client:
        for _ in range(3):
            client.get(f"/v1/people/{ADA}")
    with community.client(community.key("auditor")) as auditor:
        problem(auditor.get(f"/v1/people/{ADA}"), 403)
        found: list[Any] = []
        page = read(auditor, "/v1/audit/entries", subject=ADA, limit=2, **{"class": "read"})
        found += page["items"]
        while page["next"] is not None:
            page = read(
                auditor,
                "/v1/audit/entries",
                subject=ADA,
                limit=2,
                cursor=page["next"],
                **{"class": "read"},
            )
            found += page["items"]
        assert len(found) >= 3
        assert all(ADA in said["ids"] and said["class"] == "read" for said in found)
        places = [(said["chain"], said["sequence"]) for said in found]
        assert places == sorted(places)
        assert read(auditor, "/v1/audit/entries", since="2999-01-01")["items"] == []
        reading = auditor.get("/v1/audit/heads")
        assert entry(community, reading)["class"] == "audit"
        problem(auditor.get("/v1/audit/entries?cursor=x"), 422)


async def test_a_write_that_somebody_took_out_of_the_chain_is_missed(
    connection: Connection, community: RunningService
) -> None:
    with community.client() as client:
        assert read(client, "/v1/audit/unchained")["items"] == []
        # As if its line were gone, or another one.
        await connection.query(
            "MATCH (a:Audit) WITH a ORDER BY a.at LIMIT 1 "
            "SET a.text = replace(a.text, 'committed', 'cancelled')"
        )
        (changed,) = read(client, "/v1/audit/unchained")["items"]
        assert changed["is_changed"]


def test_sixteen_clients_leave_a_whole_chain(community: RunningService) -> None:
    def ask(_: int) -> list[str]:
        with community.client() as client:
            return [client.get(f"/v1/people/{ADA}").headers[REQUEST_HEADER] for _ in range(10)]

    with ThreadPoolExecutor(16) as threads:
        requests = {request for some in threads.map(ask, range(16)) for request in some}
    assert len(requests) == 160
    folder = community.data_dir / AUDIT_FOLDER
    text = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.jsonl"))
    assert all(request in text for request in requests)
    assert verify(folder).findings == []


def test_every_operation_has_a_class_and_a_purpose() -> None:
    others = {
        "areas": {"directory", "record"},
        "overrides": {"record"},
        "access": {"record"},
        "notices": {"record"},
        "clearance": {"record"},
        "correction": {"record"},
        "corrections": {"record"},
        "erasure": {"record"},
        "another's import": {None},
        "version": {None},
    }
    for operation, purpose in PURPOSE_OF.items():
        assert operation not in OPEN
        assert class_of(operation)
        assert purpose_of(operation) in others.get(purpose, {purpose}), operation
