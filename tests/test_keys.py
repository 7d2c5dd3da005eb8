"""Keys end when they should, in every process, and say when they were used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import ADA, BEN, created, problem, read
from tests.running_service import RunningService, running

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

    from graph.engines.addresses import Engine
    from tests.conftest import Connection

ROOT = Path(__file__).parent.parent


def _listed(client: httpx.Client, key_id: str) -> Any:
    (found,) = [key for key in read(client, "/v1/keys")["items"] if key["id"] == key_id]
    return found


def _in(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_key_opens_until_it_expires_and_not_a_request_longer(service: RunningService) -> None:
    with service.client() as client:
        key = created(client, "keys", role="coordinator", expires_at=_in(2))
        ends = datetime.fromisoformat(key["expires_at"])
        assert _listed(client, key["id"])["expires_at"] == key["expires_at"]
        with service.client(key["secret"]) as caller:
            assert caller.get("/v1/people").status_code == 200
            while True:
                began = datetime.now(UTC)
                answer = caller.get("/v1/people")
                if answer.status_code == 401:
                    break
                assert began < ends
            assert datetime.now(UTC) >= ends


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2020-01-01", "soon", 5])
def test_a_key_ends_after_it_begins(service: RunningService, at: Any) -> None:
    with service.client() as client:
        asked = {"role": "coordinator", "expires_at": at}
        (fault,) = problem(client.post("/v1/keys", json=asked), 422)["errors"]
        assert fault["pointer"] == "/expires_at"
        assert read(client, "/v1/keys")["items"] == []


def test_a_key_and_its_successor_both_open_for_the_overlap(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        fields = {"role": "member", "person": ADA, "system": "phone"}
        key = created(client, "keys", **fields)
        before = datetime.now(UTC).replace(microsecond=0)
        successor = created(client, f"keys/{key['id']}/rotate", overlap_seconds=3600)
        assert successor["replaces"] == key["id"]
        assert {name: successor[name] for name in fields} == fields
        assert successor["secret"] != key["secret"]
        assert successor["expires_at"] is None
        ends = datetime.fromisoformat(_listed(client, key["id"])["expires_at"])
        assert before + timedelta(hours=1) <= ends <= datetime.now(UTC) + timedelta(hours=1)
        for secret in (key["secret"], successor["secret"]):
            with service.client(secret) as member:
                assert member.get("/version").status_code == 200


def test_without_an_overlap_the_old_key_opens_nothing_any_more(service: RunningService) -> None:
    with service.client() as client:
        key = created(client, "keys", role="coordinator")
        with service.client(key["secret"]) as old:
            assert old.get("/v1/people").status_code == 200
            successor = created(client, f"keys/{key['id']}/rotate", overlap_seconds=0)
            problem(old.get("/v1/people"), 401)
        with service.client(successor["secret"]) as new:
            assert new.get("/v1/people").status_code == 200


def test_a_successor_has_as_long_as_its_predecessor_had(service: RunningService) -> None:
    with service.client() as client:
        for seconds in (7_200, 250_000_000_000):
            last = datetime.max.replace(microsecond=0, tzinfo=UTC)
            ends = min(timedelta(seconds=seconds), last - datetime.now(UTC)) + datetime.now(UTC)
            key = created(client, "keys", role="analyst", expires_at=ends.isoformat())
            successor = created(client, f"keys/{key['id']}/rotate")
            given = datetime.fromisoformat(successor["expires_at"])
            assert abs((given - ends).total_seconds()) < 60
            # A day of overlap does not lengthen a key of two hours.
            kept = datetime.fromisoformat(_listed(client, key["id"])["expires_at"])
            assert kept <= ends


def test_a_key_is_rotated_once_and_while_it_opens(service: RunningService) -> None:
    with service.client() as client:
        key = created(client, "keys", role="coordinator")
        successor = created(client, f"keys/{key['id']}/rotate")
        again = client.post(f"/v1/keys/{key['id']}/rotate", json={})
        assert successor["id"] in problem(again, 409)["detail"]
        assert client.delete(f"/v1/keys/{successor['id']}").status_code == 200
        problem(client.post(f"/v1/keys/{successor['id']}/rotate", json={}), 409)
        problem(client.post("/v1/keys/none/rotate", json={}), 404)
        asked = {"overlap_seconds": -1}
        problem(client.post(f"/v1/keys/{successor['id']}/rotate", json=asked), 422)
        assert len(read(client, "/v1/keys")["items"]) == 2


def test_of_many_who_rotate_a_key_at_once_one_does(service: RunningService) -> None:
    with service.client() as client:
        key = created(client, "keys", role="coordinator")
        answers: list[int] = []

        def rotate() -> None:
            with service.client() as own:
                answers.append(own.post(f"/v1/keys/{key['id']}/rotate", json={}).status_code)

        threads = [threading.Thread(target=rotate) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [201] + [409] * 7
        assert len(read(client, "/v1/keys")["items"]) == 2


def test_a_key_says_when_it_was_last_used_and_still_does_after_a_restart(
    anyio_backend: str, engine: Engine, tmp_path: Path
) -> None:
    with running(engine, tmp_path / "data") as service, service.client() as client:
        key = created(client, "keys", role="coordinator")
        assert _listed(client, key["id"])["last_used_at"] is None
        before = datetime.now(UTC).replace(microsecond=0)
        with service.client(key["secret"]) as caller:
            caller.get("/v1/people")
        used = _listed(client, key["id"])["last_used_at"]
        assert before <= datetime.fromisoformat(used) <= datetime.now(UTC)
    with running(engine, tmp_path / "data") as service, service.client() as client:
        assert _listed(client, key["id"])["last_used_at"] == used


@pytest.mark.anyio
async def test_a_use_is_not_written_on_the_way_of_a_request(
    service: RunningService, connection: Connection
) -> None:
    with service.client(service.key("coordinator")) as caller:
        for _ in range(3):
            assert caller.get("/v1/people").status_code == 200
    (row,) = await connection.query("MATCH (k:Key) RETURN k.last_used_at AS used")
    assert row["used"] is None


def test_a_key_revoked_on_neo4j_opens_nothing_in_another_process_either(
    neo4j_connection: Connection, tmp_path: Path
) -> None:
    with (
        _process(neo4j_connection.engine, tmp_path / "one") as one,
        _process(neo4j_connection.engine, tmp_path / "two") as two,
        one.client() as admin,
    ):
        for method, path, asked in (
            ("DELETE", "", None),
            ("POST", "/rotate", {"overlap_seconds": 0}),
        ):
            key = created(admin, "keys", role="coordinator")
            url = f"/v1/keys/{key['id']}{path}"
            with _asking(two, key["secret"]) as asking:
                answer = admin.request(method, url, json=asked)
                assert answer.is_success
                answered = time.monotonic()
            assert 200 in asking.statuses(before=answered)
            after = asking.statuses(after=answered)
            assert after
            assert set(after) == {401}


@pytest.mark.parametrize("how", ["deleted", "erased"])
def test_whose_person_is_gone_is_answered_nothing_more(service: RunningService, how: str) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "people", id=BEN, name="Ben")
        key = created(client, "keys", role="member", person=ADA)
        other = service.key("member", person=BEN)
        with service.client(key["secret"]) as member, service.client(other) as another:
            assert member.get(f"/v1/people/{ADA}").status_code == 200
            answer = (
                client.delete(f"/v1/people/{ADA}", headers={"If-Match": "*"})
                if how == "deleted"
                else client.post(f"/v1/people/{ADA}/erasure", json={"reason": "objected"})
            )
            assert answer.is_success, answer.text
            problem(member.get(f"/v1/people/{ADA}"), 401)
            assert another.get(f"/v1/people/{BEN}").status_code == 200
            assert _listed(client, key["id"])["revoked_at"] is not None
            client.delete(f"/v1/people/{ADA}/erasure", params={"reason": "mistake"})
            created(client, "people", id=ADA, name="Ada")
            problem(member.get(f"/v1/people/{ADA}"), 401)


def test_whose_organisation_is_gone_is_answered_nothing_more(service: RunningService) -> None:
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "agencies", id="club", name="Club")
        callers = [service.key("partner", "town"), service.key("coordinator", "town")]
        with (
            service.client(callers[0]) as partner,
            service.client(callers[1]) as coordinator,
            service.client(service.key("partner", "club")) as another,
        ):
            asked = [caller.get("/v1/agencies") for caller in (partner, coordinator, another)]
            assert [answer.status_code for answer in asked] == [200, 200, 200]
            gone = client.delete("/v1/agencies/town", headers={"If-Match": "*"})
            assert gone.status_code == 204, gone.text
            created(client, "agencies", id="town", name="Another town")
            problem(partner.get("/v1/agencies"), 401)
            problem(coordinator.get("/v1/agencies"), 401)
            assert another.get("/v1/agencies").status_code == 200


class _Asking:
    """What a caller was answered, and when they asked."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, int]] = []
        self.enough = threading.Event()

    def statuses(self, *, after: float = 0.0, before: float = float("inf")) -> list[int]:
        return [status for asked, status in self.heard if after < asked < before]


@contextmanager
def _asking(service: RunningService, secret: str) -> Generator[_Asking]:
    """Ask all the while, and then at least once more."""
    asking = _Asking()
    first = threading.Event()

    def ask() -> None:
        with service.client(secret) as client:
            while not asking.enough.is_set():
                began = time.monotonic()
                asking.heard.append((began, client.get("/v1/people").status_code))
                first.set()
            began = time.monotonic()
            asking.heard.append((began, client.get("/v1/people").status_code))

    thread = threading.Thread(target=ask)
    thread.start()
    first.wait()
    try:
        yield asking
    finally:
        asking.enough.set()
        thread.join()


@contextmanager
def _process(engine: Engine, folder: Path) -> Generator[RunningService]:
    """Run a service in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WHOLEMAP_")}
    told = {
        "WHOLEMAP_DATA_DIR": str(folder),
        "WHOLEMAP_BOLT_URI": engine.uri,
        "WHOLEMAP_BOLT_USER": engine.user,
        "WHOLEMAP_BOLT_PASSWORD": engine.password,
        "WHOLEMAP_BOLT_DATABASE": engine.database,
        # Who goes on asking with a key that is over would be made to wait.
        "WHOLEMAP_FAILURES_OF_KEY": "100000",
        "WHOLEMAP_FAILURES_OF_ADDRESS": "100000",
    }
    words = [sys.executable, "-m", "service", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env={**clean, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield RunningService(json.loads(process.stdout.readline())["url"], folder)
        finally:
            process.terminate()
