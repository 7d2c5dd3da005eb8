"""What every answer says to a browser, who may ask from there, and when nothing is served."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import ValidationError

from graph.errors import CannotStart
from service.app import create_app
from service.settings import Settings
from tests.api import created, problem
from tests.issuer import settings
from tests.running_service import SettingsFor, running

if TYPE_CHECKING:
    from pathlib import Path

    from graph.engines.addresses import Engine
    from tests.conftest import Connection
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio
ORIGIN = "https://map.example.org"
JSON = {"Content-Type": "application/json"}


def _answers(service: RunningService) -> list[httpx.Response]:
    with service.client() as client:
        created(client, "assets", id="hall", name="Hall")
        return [
            client.get("/livez"),
            client.get("/docs"),
            client.get("/docs/swagger-ui.css"),
            client.get("/openapi.json"),
            client.get("/v1/assets/hall"),
            client.get("/v1/assets"),
            client.get("/v1/exports"),
            client.get("/metrics"),
            client.get("/nothing"),
            client.put("/v1/assets"),
            client.post("/v1/assets", content=b"{", headers=JSON),
            client.post("/v1/assets", content=b" " * (2 << 20), headers=JSON),
            httpx.get(f"{service.url}/v1/assets"),
        ]


def test_every_answer_says_what_a_browser_must_know(service: RunningService) -> None:
    answers = _answers(service)
    assert {200, 400, 401, 404, 405, 413} <= {answer.status_code for answer in answers}
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Server" not in headers
        if "/docs/" in answer.request.url.path:
            assert headers["Cache-Control"] == "public, max-age=3600"
        else:
            assert headers["Cache-Control"] in {"no-store", "private, no-cache"}


@pytest.mark.anyio
async def test_an_answer_to_a_bug_says_it_too(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        created(client, "assets", id="hall", name="Hall")
        await connection.query("MATCH (n:Node {id: 'hall'}) SET n.status = 'no such status'")
        answer = client.get("/v1/assets/hall")
    problem(answer, 500)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_behind_tls_a_browser_is_told_to_stay_there(engine: Engine, tmp_path: Path) -> None:
    with running(engine, tmp_path / "data", behind_tls=True) as service:
        for answer in _answers(service):
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_docs_load_only_what_the_service_serves(service: RunningService) -> None:
    with service.client() as client:
        page = client.get("/docs")
        policy = page.headers["Content-Security-Policy"]
        (script,) = re.findall(rb"<script>(.*?)</script>", page.content, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(script).digest()).decode() in policy
        assert "script-src 'self' 'sha256-" in policy
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert loaded
        for each in loaded:
            assert each.startswith("/docs/")
            assert client.get(each).status_code == 200


def _preflight(client: httpx.Client, origin: str, method: str = "POST") -> httpx.Response:
    asked = {
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }  # fmt: skip
    return client.options("/v1/people", headers=asked)


def test_no_site_may_ask_if_none_is_named(service: RunningService) -> None:
    with service.client() as client:
        problem(_preflight(client, ORIGIN), 405)
        answer = client.get("/v1/people", headers={"Origin": ORIGIN})
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_site_that_is_named_may_ask_and_no_other(engine: Engine, tmp_path: Path) -> None:
    with (
        running(engine, tmp_path / "data", cors_origins=[ORIGIN]) as service,
        service.client() as client,
    ):
        answer = _preflight(client, ORIGIN)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Access-Control-Allow-Credentials" not in answer.headers
        answer = client.get("/v1/people", headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        for other in (f"{ORIGIN}.evil.example", "http://map.example.org", "null", ""):
            problem(_preflight(client, other), 405)
            answer = client.get("/v1/people", headers={"Origin": other})
            assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "https://*", "map.example.org", "https://a/b", "null"])
def test_an_origin_is_one_site(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(cors_origins=(origin,))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - it is to be refused
def test_beyond_the_loopback_nothing_is_served_in_the_clear(tmp_path: Path, host: str) -> None:
    with (
        pytest.raises(CannotStart, match="WHOLEMAP_BEHIND_TLS=1"),
        running(None, tmp_path / "data", host=host),
    ):
        raise AssertionError
    assert not (tmp_path / "data").exists()


async def _starts(engine: Engine, folder: Path, **told: Any) -> None:
    asked = SettingsFor(given_engine=engine, data_dir=folder, behind_tls=True, **told)
    app = create_app(asked, open_to_others=True)
    async with app.router.lifespan_context(app):
        pass


async def test_open_to_others_it_starts_when_somebody_could_call(
    engine: Engine, service: RunningService, tmp_path: Path
) -> None:
    with pytest.raises(CannotStart, match="wholemap key create"):
        await _starts(engine, tmp_path / "data")
    with service.client() as client:
        key = created(client, "keys", role="admin")
        await _starts(engine, tmp_path / "data")
        client.delete(f"/v1/keys/{key['id']}")
    with pytest.raises(CannotStart):
        await _starts(engine, tmp_path / "data")
    await _starts(engine, tmp_path / "data", **settings("https://id.example.org/jwks"))
