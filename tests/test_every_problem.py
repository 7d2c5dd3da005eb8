"""Every error is problem+json, whatever goes wrong."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from graph.store.changes import Revision
from graph.store.positions import Positions
from tests.api import ADA, created, problem, read, tied
from tests.conftest import POSITIONS
from tests.neo4j_server import NoNeo4j, _from_jars
from tests.running_service import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.engines.addresses import Engine
    from tests.conftest import Connection
    from tests.running_service import RunningService

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
LIMIT_BYTES = 1 << 20
BUDGET_SECONDS = 3.0


@pytest.mark.parametrize(
    ("status", "method", "url", "asked"),
    [
        (400, "POST", "/v1/people", {"content": "{", "headers": JSON}),
        (400, "GET", "/v1/assets/hall", {"headers": {"If-None-Match": "unquoted"}}),
        (400, "DELETE", "/v1/assets/hall", {"headers": {"If-Match": "unquoted"}}),
        (404, "GET", "/v1/people/nobody", {}),
        (404, "GET", "/v2", {}),
        (405, "POST", "/v1/changes", {}),
        (405, "PUT", "/v1/people", {}),
        (406, "GET", "/v1/people", {"headers": {"Accept": "application/xml"}}),
        (406, "POST", "/v1/search", {"json": {}, "headers": {"Accept": "text/html, */*;q=0"}}),
        (406, "GET", "/v1/exports", {"headers": {"Accept": "application/json"}}),
        (406, "GET", "/v1/reports/none", {"headers": {"Accept": "image/png"}}),
        (409, "POST", "/v1/assets", {"json": {"id": "hall", "name": "Hall"}}),
        (412, "DELETE", "/v1/assets/hall", {"headers": {"If-Match": '"2-0123456789abcdef"'}}),
        (413, "POST", "/v1/people", {"content": b" " * (LIMIT_BYTES + 1), "headers": JSON}),
        (415, "POST", "/v1/people", {"content": "{}", "headers": {"Content-Type": "text/plain"}}),
        (415, "POST", "/v1/search", {"content": "{}"}),
        (415, "POST", "/v1/imports", {"json": {}}),
        (422, "POST", "/v1/people", {"json": {}}),
        (422, "GET", "/v1/people?limit=0", {}),
        (428, "DELETE", "/v1/assets/hall", {}),
    ],
)  # fmt: skip
def test_a_request_that_is_refused_is_told_why(
    service: RunningService, status: int, method: str, url: str, asked: dict[str, Any]
) -> None:
    with service.client() as client:
        created(client, "assets", id="hall", name="Hall")
        answer = client.request(method, url, **asked)
        body = problem(answer, status)
        assert status != 422 or body["errors"]
        assert ("Allow" in answer.headers) == (status == 405)
        assert read(client, "/v1/assets/hall")["version"] == 1


def test_401_says_how_to_be_known(service: RunningService) -> None:
    with service.client("wm_unknown") as client:
        answer = client.get("/v1/people")
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="wholemap"'


def test_403_where_the_role_may_not_ask(service: RunningService) -> None:
    with service.client(service.key("analyst")) as client:
        problem(client.get("/v1/people"), 403)


def test_409_says_how_many_ties_are_in_the_way(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "associations", id="choir", name="Choir")
        tied(client, ADA, "member", "choir")
        answer = client.delete(f"/v1/people/{ADA}", headers={"If-Match": "*"})
        assert problem(answer, 409)["ties"] == 1


def test_410_where_the_position_is_of_another_life(service: RunningService) -> None:
    another = Positions(POSITIONS).sealed(Revision("another life", 1))
    with service.client() as client:
        problem(client.get("/v1/changes", params={"after": another}), 410)


def test_413_for_a_body_that_does_not_say_how_long_it_is(service: RunningService) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"name": "'
        for _ in range(2 * LIMIT_BYTES // 65536):
            yield b"x" * 65536
        yield b'"}'

    with service.client(**{"Content-Type": "application/json"}) as client:
        problem(client.post("/v1/people", content=chunks()), 413)
        problem(client.put(f"/v1/people/{ADA}", content=chunks()), 413)
        assert read(client, "/v1/people")["items"] == []


def test_a_body_at_the_limit_is_read(service: RunningService) -> None:
    body = json.dumps({"name": "Ada", "id": ADA}).encode()
    with service.client(**{"Content-Type": "application/json"}) as client:
        answer = client.post("/v1/people", content=body.ljust(LIMIT_BYTES))
        assert answer.status_code == 201, answer.text


def test_429_where_too_much_work_waits(anyio_backend: str, engine: Engine, tmp_path: Path) -> None:
    rows = "".join(
        json.dumps({"kind": "asset", "id": f"a{number}", "name": "A"}) + "\n"
        for number in range(2_000)
    )
    with running(engine, tmp_path / "data", waiting_jobs=1) as service, service.client() as client:
        asked: dict[str, Any] = {"content": rows, "headers": NDJSON}
        answer = client.post("/v1/imports", **asked)
        for _ in range(50):
            if answer.status_code == 202:
                answer = client.post("/v1/imports", **asked)
        problem(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
        answer = client.post("/v1/reports", json={"kind": "unused"})
        assert answer.status_code in {200, 202, 429}


@pytest.mark.anyio
async def test_500_where_the_service_has_a_bug(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        created(client, "assets", id="hall", name="Hall")
        await connection.query("MATCH (n:Node {id: 'hall'}) SET n.status = 'no such status'")
        with capture_logs() as log:
            body = problem(client.get("/v1/assets/hall"), 500)
            problem(client.get("/v1/assets"), 500)
        assert "no such status" not in json.dumps(body)
        assert [entry["path_template"] for entry in log if entry["event"] == "unexpected"] == [
            "/v1/assets/{id}", "/v1/assets",
        ]  # fmt: skip
        assert read(client, "/v1/changes")["next"] is None


@pytest.mark.parametrize(
    "bookmark",
    ["x", "%%%", "é".encode("latin-1"), base64.b64encode(b'["FB:kcwQ"]'),
     base64.b64encode(b'["no bookmark"]'), base64.b64encode(b'{"a": 1}'),
     base64.b64encode(b'["\\ud800"]'), base64.b64encode(b"[" * 2000)],
)  # fmt: skip
def test_400_for_a_bookmark_that_no_write_answered_with(
    service: RunningService, bookmark: Any
) -> None:
    with service.client() as client:
        made = client.post("/v1/assets", json={"id": "hall", "name": "Hall"})
        kept = made.headers.get("Wholemap-Bookmark")
        answer = client.get("/v1/assets/hall", headers={"Wholemap-Bookmark": bookmark})
        if kept is None:
            # The embedded engine is one machine: a read sees every write, whatever is asked.
            assert answer.status_code == 200
            return
        problem(answer, 400)
        long = client.get("/v1/assets/hall", headers={"Wholemap-Bookmark": "x" * 4097})
        assert "longer than 4096" in problem(long, 400)["detail"]
        again = client.get("/v1/assets/hall", headers={"Wholemap-Bookmark": kept})
        assert again.json() == made.json()


def test_503_while_the_embedded_engine_is_stopped_and_200_after_its_restart(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    with (
        running(None, folder, budget_seconds=BUDGET_SECONDS) as service,
        service.client() as client,
    ):
        made = created(client, "assets", id="hall", name="Hall")
        (java,) = _processes(str(folder / "engine"))
        os.kill(java, signal.SIGSTOP)
        _assert_unavailable(service)
        os.kill(java, signal.SIGKILL)
        answer = client.get("/v1/assets/hall")
        for _ in range(60):
            if answer.status_code == 200:
                break
            problem(answer, 503)
            answer = client.get("/v1/assets/hall")
        assert answer.json() == made
        assert client.get("/readyz").status_code == 200
        created(client, "assets", id="shed", name="Shed")


def test_503_when_the_neo4j_server_is_gone(tmp_path: Path) -> None:
    home = tmp_path / "neo4j"
    try:
        with (
            _from_jars(home) as engine,
            running(engine, tmp_path / "data", budget_seconds=8) as service,
        ):
            with service.client() as client:
                created(client, "assets", id="hall", name="Hall")
            (java,) = _processes(f"--home-dir={home}")
            os.kill(java, signal.SIGKILL)
            _assert_unavailable(service)
    except NoNeo4j as reason:
        if os.environ.get("WHOLEMAP_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required: {reason}")
        pytest.skip(f"no Neo4j: {reason}")


def test_what_is_not_http_is_refused_by_the_server(service: RunningService) -> None:
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(b"GET /v1/people HTTP/1.1\r\nno header\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")


def _assert_unavailable(service: RunningService) -> None:
    with service.client() as client:
        for answer in (
            client.get("/v1/assets/hall"),
            client.post("/v1/assets", json={"name": "Shed"}),
            client.get("/readyz"),
            client.get("/v1/exports"),
        ):
            problem(answer, 503)
            assert int(answer.headers["Retry-After"]) > 0
        assert client.get("/livez").status_code == 200
    with service.client("wm_unknown") as stranger:
        problem(stranger.get("/v1/people"), 503)


def _processes(told: str) -> list[int]:
    """Return the java processes that have a text in their command or work in that folder."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            here = (entry / "cwd").readlink() == Path(told) or told.encode() in words
            if here and words[0].endswith(b"java"):
                found.append(int(entry.name))
    return found
