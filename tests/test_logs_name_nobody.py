"""No log line repeats what a person said, whatever goes wrong.

What this plants, and the names that the tests share, are searched for again in the logs of the
whole run when it ends (`conftest.py`).
"""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from graph.nodes import Person
from service.log import log_as_json, told
from tests.api import ADA, BEN, created, problem, read
from tests.issuer import token
from tests.planted import PLANTED, PLANTED_NOTE, PLANTED_PHONE, named_in_logs
from tests.running_service import LOG, LOG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Connection
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio

FIELDS: dict[str, Any] = {
    "name": PLANTED, "description": PLANTED_NOTE, "tags": [PLANTED],
    "contacts": [{"kind": "phone", "value": PLANTED_PHONE}],
    "source": {"system": "register", "type": "member", "id": PLANTED},
}  # fmt: skip


def _assert_nobody_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert named_in_logs(tmp_path_factory.getbasetemp()) == []


async def test_neither_answers_nor_refusals_nor_bugs_are_logged_with_names(
    service: RunningService, connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ndjson = {"Content-Type": "application/x-ndjson"}
    with service.client() as client:
        created(client, "people", id=ADA, **FIELDS)
        problem(client.post("/v1/people", json={"id": BEN, **FIELDS}), 409)
        problem(client.post("/v1/people", json={**FIELDS, "mapped": PLANTED}), 422)
        problem(client.post("/v1/people", json={**FIELDS, PLANTED: PLANTED}), 422)
        content = f'{{"name": "{PLANTED}"'
        problem(client.post("/v1/people", content=content, headers=JSON), 400)
        problem(client.get(f"/v1/people/{PLANTED}"), 404)
        problem(client.get(f"/{PLANTED}"), 404)
        problem(client.get("/v1/people", params={"limit": PLANTED}), 422)
        read(client, "/v1/people", tag=PLANTED, source_id=PLANTED)
        assert client.post("/v1/search", json={"text": PLANTED}).json()["items"]
        problem(client.post("/v1/connect", json={"person": PLANTED, "group": PLANTED}), 404)
        client.get("/v1/people", headers={"Wholemap-Bookmark": PLANTED, "Idempotency-Key": PLANTED})
        client.get("/v1/people", headers={"User-Agent": PLANTED, "Referer": PLANTED})
        rows = "".join(
            json.dumps(row) + "\n"
            for row in ({"kind": "person", "id": BEN, **FIELDS}, {"kind": PLANTED}, [PLANTED])
        )
        job = client.post("/v1/imports?on_error=keep_good", content=rows, headers=ndjson).json()
        with client.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
            events.read()
        assert read(client, f"/v1/jobs/{job['id']}")["failed_rows"] > 0
        key = created(client, "keys", role="member", person=ADA, system=PLANTED)
        for secret in (token(sub=PLANTED), f"wm_{PLANTED}".replace(" ", "_"), key["secret"]):
            with service.client(secret) as caller:
                caller.get("/v1/people")
        # What is kept is broken, and the failure holds it.
        await connection.query("MATCH (n:Node {id: $id}) SET n.clearance = n.name", id=ADA)
        for url in (f"/v1/people/{ADA}", "/v1/people", f"/v1/nodes/{ADA}/neighbourhood"):
            problem(client.get(url), 500)
        assert PLANTED not in client.get("/metrics").text
    _assert_nobody_is_named(tmp_path_factory)
    assert '"event":"unexpected"' in LOG_FILE.read_text(encoding="utf-8")


async def test_who_lose_a_race_for_a_source_are_not_named(
    service: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answers: list[int] = []

    def create() -> None:
        with service.client() as client:
            answers.append(client.post("/v1/people", json=FIELDS).status_code)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] + [409] * 7
    _assert_nobody_is_named(tmp_path_factory)


async def test_what_is_not_http_is_not_logged(
    service: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> None:
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(f"GET /{PLANTED} HTTP/1.1\r\n{PLANTED}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    _assert_nobody_is_named(tmp_path_factory)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Write the log to a text for a while."""
    text = io.StringIO()
    log_as_json(file=text)
    yield text
    log_as_json(file=LOG)


def _failed() -> Exception:
    try:
        Person.model_validate({"name": PLANTED, "mapped": PLANTED})
    except ValueError as broken:
        failure = LookupError(PLANTED)
        failure.__cause__ = broken
        return failure
    raise AssertionError


def test_a_failure_is_told_by_types_and_places(log: io.StringIO) -> None:
    structlog.get_logger().error("unexpected", exc_info=_failed())
    (line,) = log.getvalue().splitlines()
    said = json.loads(line)
    assert [each["type"] for each in said["exception"]] == [
        "builtins.LookupError",
        "pydantic_core._pydantic_core.ValidationError",
    ]
    assert "test_logs_name_nobody.py" in said["exception"][1]["frames"][0]
    assert PLANTED not in line


def test_a_library_is_quoted_without_its_arguments(log: io.StringIO) -> None:
    logging.getLogger("neo4j.io").warning("cannot write %s", PLANTED)
    logging.getLogger("asyncio").error("Task failed\nfuture: %s", PLANTED, exc_info=_failed())
    logging.getLogger("asyncio").error(f"Task failed\nfuture: {PLANTED}")  # noqa: G004 - as asyncio does
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["cannot write %s", "Task failed", "Task failed"]
    assert lines[1]["exception"]
    assert PLANTED not in log.getvalue()


def test_a_thread_that_fails_names_nobody(log: io.StringIO) -> None:
    def fail() -> None:
        raise LookupError(PLANTED)

    hook, threading.excepthook = threading.excepthook, threading.excepthook
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    threading.excepthook = hook
    assert PLANTED not in log.getvalue()


def test_a_failure_that_comes_from_itself_is_told_once() -> None:
    failure = LookupError()
    other = ValueError()
    failure.__cause__, other.__cause__ = other, failure
    assert len(told(failure)) == 2


JSON = {"Content-Type": "application/json"}


def test_a_name_in_a_log_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "engine.log.0"
    file.write_text(f"so it began\nand {PLANTED} said\n")
    assert named_in_logs(tmp_path) == [f"engine.log.0: and {PLANTED} said"]
    # The whole run is searched in the end.
    file.unlink()


@pytest.mark.parametrize("value", [PLANTED_PHONE, "07700900987", "+447700900987", "900987"])
def test_a_telephone_in_a_log_would_be_found(value: str, tmp_path: Path) -> None:
    file = tmp_path / "engine.log"
    file.write_text(f'{{"value":"{value}"}}\n')
    assert named_in_logs(tmp_path) == [f'engine.log: {{"value":"{value}"}}']
    file.unlink()


def test_numbers_that_count_and_time_are_no_telephone(tmp_path: Path) -> None:
    (tmp_path / "engine.log").write_text(
        '{"request":"3b682c92d66040798108900987d12483","timestamp":"2026-11-28T21:54:56.900987Z"}\n'
        "unit 90098707700900aa07700900aa900987\n"
    )
    assert named_in_logs(tmp_path) == []
