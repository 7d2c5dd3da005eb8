"""The OWASP API Security Top 10 of 2023, a test a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from service.app import create_app
from service.settings import Settings
from tests.api import ADA, BEN, created, feed, ids, problem, read, tied
from tests.issuer import RSA_KEYS, jwk, jwks, published, settings, token
from tests.running_service import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine
    from tests.running_service import RunningService

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def partner(service: RunningService) -> Iterator[httpx.Client]:
    """Act for the town, which stewards Ben; Ada is the choir's."""
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name="Ada", steward="choir")
        created(client, "people", id=BEN, name="Ben", steward="town")
        tied(client, ADA, "member", "choir", id="hers", steward="choir")
    key = service.key("partner", "town")
    with service.client(key, **{"Wholemap-Purpose": "record"}) as client:
        yield client


def test_api1_broken_object_level_authorization(partner: httpx.Client) -> None:
    """Another's person does not exist: not by id, in lists, by search, in ties or in the feed."""
    any_version = {"If-Match": "*"}
    for path in (f"/v1/people/{ADA}", f"/v1/nodes/{ADA}", f"/v1/nodes/{ADA}/neighbourhood"):
        problem(partner.get(path), 404)
    problem(partner.get("/v1/ties/connects/hers"), 404)
    problem(partner.patch(f"/v1/people/{ADA}", json={"name": "X"}, headers=any_version), 404)
    problem(partner.delete(f"/v1/people/{ADA}", headers=any_version), 404)
    assert ids(partner, "/v1/people") == [BEN]
    assert partner.post("/v1/nodes/get", json={"ids": [ADA]}).json()["items"] == []
    assert partner.post("/v1/search", json={"text": "Ada"}).json()["items"] == []
    assert ADA not in {change["id"] for change in feed(partner)}


def test_api2_broken_authentication(service: RunningService) -> None:
    """No key, a made-up one, a revoked one and a forged token are told apart by nobody."""
    with service.client() as client:
        key = created(client, "keys", role="admin")
        client.delete(f"/v1/keys/{key['id']}")
    told: set[tuple[int, bytes]] = set()
    for secret in ("wm_unknown", key["secret"], token(wholemap_role="admin"), "x" * 10_000):
        with service.client(secret) as stranger:
            answer = stranger.get("/v1/keys")
            told.add((answer.status_code, answer.content))
    with service.client() as client:
        del client.headers["Authorization"]
        answer = client.get("/v1/keys", params={"key": service.operator})
        told.add((answer.status_code, answer.content))
    assert {status for status, _ in told} == {401}
    assert len(told) == 1


def test_api3_broken_object_property_level_authorization(
    service: RunningService, partner: httpx.Client
) -> None:
    """What the service keeps is not set from outside, nor does a secret leave it again."""
    said = {"version": 9, "created_at": "2020-01-01T00:00:00Z"}
    made = created(partner, "assets", name="A", steward="town", **said)
    assert made["version"] == 1
    assert made["created_at"] > "2020-01-02"
    problem(partner.post("/v1/assets", json={"name": "A", "steward": "town", "digest": "x"}), 422)
    given_away = partner.patch(
        f"/v1/people/{BEN}", json={"steward": "choir"}, headers={"If-Match": "*"}
    )
    problem(given_away, 403)
    with service.client() as client:
        for field in ("id", "digest", "secret", "created_at", "last_used_at", "replaces"):
            problem(client.post("/v1/keys", json={"role": "admin", field: "x"}), 422)
        for key in read(client, "/v1/keys")["items"]:
            assert not {"secret", "digest"} & key.keys()


def test_api4_unrestricted_resource_consumption(engine: Engine, tmp_path: Path) -> None:
    """Bodies, pages, depths, texts and failures have bounds."""
    with running(engine, tmp_path / "data", failures_of_key=3) as service:
        with service.client() as client:
            created(client, "assets", id="hall", name="Hall")
            problem(client.post("/v1/assets", content=b" " * (2 << 20), headers=JSON), 413)
            problem(client.post("/v1/assets", content=b"[" * 100_000, headers=JSON), 400)
            for url in ("/v1/people?limit=1001", "/v1/nodes/hall/neighbourhood?hops=4"):
                problem(client.get(url), 422)
            for path, asked in (
                ("nodes/get", {"ids": ["x"] * 101}),
                ("connect", {"person": ADA, "group": "hall", "max_hops": 7}),
                ("search", {"text": "x" * 100_000}),
            ):
                problem(client.post(f"/v1/{path}", json=asked), 422)
        with service.client("wm_unknown") as stranger:
            said = [stranger.get("/v1/people").status_code for _ in range(5)]
        assert said == [401, 401, 401, 429, 429]


def test_api5_broken_function_level_authorization(
    service: RunningService, partner: httpx.Client
) -> None:
    """Nobody but an admin looks after keys; an admin looks at nobody."""
    keys = {
        "coordinator": service.key("coordinator"),
        "analyst": service.key("analyst"),
        "member": service.key("member", person=ADA),
        "auditor": service.key("auditor"),
        "partner": service.key("partner", "town"),
    }
    for secret in keys.values():
        with service.client(secret) as caller:
            problem(caller.get("/v1/keys"), 403)
            problem(caller.post("/v1/keys", json={"role": "admin"}), 403)
            problem(caller.post("/v1/keys/none/rotate", json={}), 403)
            problem(caller.delete("/v1/keys/none"), 403)
            problem(caller.get("/metrics"), 403)
    with service.client(service.key("admin")) as admin:
        for path in ("/v1/people", f"/v1/people/{ADA}", "/v1/changes", "/v1/exports"):
            problem(admin.get(path), 403)
        problem(admin.post("/v1/search", json={"text": "Ada"}), 403)
    # A verb of another method is no way round.
    problem(partner.get("/v1/keys", headers={"X-HTTP-Method-Override": "DELETE"}), 403)


def test_api6_unrestricted_access_to_sensitive_business_flows(
    service: RunningService, partner: httpx.Client
) -> None:
    """Introductions, whole files and reports about people are for the roles that they are for."""
    for role in ("partner", "analyst", "auditor", "admin"):
        key = service.key(role, "town" if role == "partner" else None)
        with service.client(key) as caller:
            asked = {"person": ADA, "group": "choir"}
            problem(caller.post("/v1/connect", json=asked), 403)
    problem(partner.post("/v1/reports", json={"kind": "isolation"}), 403)
    with service.client(service.key("analyst")) as analyst:
        problem(analyst.get("/v1/exports"), 403)


def test_api7_server_side_request_forgery(service: RunningService) -> None:
    """No address in a record, a file or a token is ever asked."""
    with published(jwks(jwk(RSA_KEYS[0], "one"))) as shown, service.client() as client:
        created(
            client, "assets", id="hall", name="Hall",
            contacts=[{"kind": "url", "value": shown.url}], description=shown.url,
        )  # fmt: skip
        row = {"kind": "asset", "id": "shed", "name": shown.url}
        content = json.dumps(row) + "\n"
        headers = {"Content-Type": "application/x-ndjson"}
        job = client.post("/v1/imports", content=content, headers=headers).json()
        with client.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
            events.read()
        read(client, "/v1/assets/shed")
        with service.client(token(iss=shown.url, jku=shown.url)) as stranger:
            problem(stranger.get("/v1/people"), 401)
        assert shown.asked == 0


def test_api8_security_misconfiguration(service: RunningService) -> None:
    """Headers are set, other sites are shut out, failures show nothing, no secret has a default."""
    with service.client() as client:
        answer = client.get("/v1/people", headers={"Origin": "https://evil.example"})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Server" not in answer.headers
        problem(client.request("TRACE", "/v1/people"), 405)
        refused = client.post("/v1/people", content=b"\xff", headers=JSON)
        assert "Traceback" not in refused.text
    plain = Settings()
    assert plain.bolt_password is None
    assert plain.host == "127.0.0.1"
    assert not plain.behind_tls
    assert plain.cors_origins == ()


def test_api9_improper_inventory_management(service: RunningService, tmp_path: Path) -> None:
    """What is routed is documented, of one version, and needs a key but for the two probes."""
    app = create_app(Settings(data_dir=tmp_path))
    shown = {"/openapi.json", "/docs"}
    for route in app.routes:
        path: Any = getattr(route, "path", "")
        if path and path not in shown and not path.startswith("/docs/"):
            assert path in app.openapi()["paths"], path
    assert {path.split("/")[1] for path in app.openapi()["paths"]} == {
        "v1", "livez", "readyz", "version", "metrics",
    }  # fmt: skip
    with service.client() as client:
        del client.headers["Authorization"]
        for path, operations in read(client, "/openapi.json")["paths"].items():
            if path in {"/livez", "/readyz"}:
                continue
            for method in operations:
                url = path.replace("{id}", "none").replace("{type}", "connects")
                problem(client.request(method, url), 401)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"keys": [{"kty": "RSA", "kid": "one"}]}'])
def test_api10_unsafe_consumption_of_apis(engine: Engine, tmp_path: Path, body: bytes) -> None:
    """The one address that is asked, the issuer's, is believed in nothing but sound keys."""
    with published(body) as shown:
        told = settings(shown.url, oidc_pause_seconds=3600.0)
        with running(engine, tmp_path / "data", **told) as service:
            with service.client(token()) as stranger:
                problem(stranger.get("/v1/people"), 401)
                problem(stranger.get("/v1/people"), 401)
            assert shown.asked == 1
            with service.client() as client:
                assert client.get("/v1/people").status_code == 200
