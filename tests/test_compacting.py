"""What was erased is in no file once the store was written anew; and nothing else is lost."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.engines import folder
from graph.store.client import Client
from graph.store.compacting import CopyDiffers, compact_folder, tallies
from graph.store.opening import open_store
from graph.store.tallies import Tally
from service.cli.exits import ExitCode
from tests.api import ADA, BEN, created, feed, problem, read, tied
from tests.community import loading
from tests.conftest import connect
from tests.long_work import exported, imported, ndjson, refused_rows
from tests.neo4j_server import NoNeo4j, local_neo4j
from tests.running_service import running
from tests.test_cli import ROOT, Wholemap

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine
    from tests.conftest import Connection

MARKER: Final = secrets.token_hex(100)
"""200 characters that stand nowhere by chance."""

PIECES: Final = [MARKER[at : at + 25].encode() for at in range(0, len(MARKER), 25)]
"""Neo4j keeps a long text in records of 120 bytes, so that it stands nowhere in one piece."""

SOURCE: Final = {"system": "surgery", "type": "patient", "id": "17"}


def holders(place: Path) -> list[str]:
    """Return the files that hold some piece of the marker, as one would search a stolen disk."""
    return [
        str(file.relative_to(place))
        for file in sorted(place.rglob("*"))
        if file.is_file() and any(piece in file.read_bytes() for piece in PIECES)
    ]


def peopled(client: httpx.Client) -> tuple[str, str]:
    """Record the marker in all that is kept of a person, and others; return a job and a run."""
    created(client, "assets", id="oven", name="Oven")
    created(client, "associations", id="choir", name="Choir")
    created(client, "people", id=ADA, name=MARKER, description=f"Says {MARKER}", source=SOURCE)
    created(client, "people", id=BEN, name="Ben", mapped=True)
    tied(client, ADA, "friend", BEN)
    tied(client, BEN, "member", "choir", strength=0.5)
    created(client, "ties", type="wants", source=ADA, target="oven", purpose=f"For {MARKER}")
    row = {"kind": "person", "id": BEN, "name": MARKER, "areas": ["nowhere"]}
    job = imported(client, ndjson([row]), on_error="keep_good")
    assert MARKER in refused_rows(client, job["id"])[0]["row"]
    headers = {"Prefer": "wait=60"}
    run = client.post("/v1/reports", json={"kind": "centrality"}, headers=headers)
    return job["id"], run.json()["id"]


def shown(client: httpx.Client, job: str) -> list[Any]:
    """Return what a store holds, as its readers see it."""
    return [
        exported(client), feed(client), refused_rows(client, job), read(client, f"/v1/jobs/{job}"),
        _keys(client), read(client, "/v1/reports"),
    ]  # fmt: skip


def _keys(client: httpx.Client) -> list[Any]:
    """Return the keys but for when they were last used: this is a use."""
    keys = read(client, "/v1/keys")["items"]
    return [{**key, "last_used_at": None} for key in keys]


def assert_erased(client: httpx.Client) -> None:
    answer = client.post(f"/v1/people/{ADA}/erasure", json={"reason": "consent_withdrawn"})
    assert answer.status_code == 200, answer.text


def assert_as_before(client: httpx.Client, job: str, before: list[Any]) -> None:
    """Assert that the store holds what it held, and keeps out whom it kept out."""
    assert shown(client, job) == before
    begin = len(feed(client))
    problem(client.post("/v1/people", json={"name": "A", "source": SOURCE}), 409)
    created(client, "assets", id="bench", name="Bench")
    assert len(feed(client)) == begin + 1


def test_no_file_of_the_embedded_store_holds_who_was_erased(tmp_path: Path):
    wholemap = Wholemap(tmp_path / "data")
    with running(None, wholemap.folder) as service, service.client() as client:
        key = service.key("coordinator")
        job, _ = peopled(client)
        assert holders(wholemap.folder)
        assert_erased(client)
        before = shown(client, job)
        said = wholemap("compact").refused
        said(ExitCode.FAILED, "a service runs at")
    assert holders(wholemap.folder), "the engine forgets by itself: compact is of no use"

    done = wholemap("compact")
    assert done.code == ExitCode.OK, done.err
    assert "written anew and verified" in done.out
    assert holders(wholemap.folder) == []
    assert not {file.name for file in wholemap.folder.iterdir()} & {"engine.old", "compacting"}
    with running(None, wholemap.folder) as service, service.client(key) as client:
        assert client.get("/v1/people").status_code == 200
    with running(None, wholemap.folder) as service, service.client() as client:
        assert_as_before(client, job, before)


def test_a_killed_compact_leaves_the_store_and_is_done_again(tmp_path: Path):
    wholemap = Wholemap(tmp_path / "data")
    with running(None, wholemap.folder) as service, service.client() as client:
        job, _ = peopled(client)
        assert_erased(client)
        before = shown(client, job)
    words = [sys.executable, "-m", "service", "compact"]
    with subprocess.Popen(words, cwd=ROOT, env=wholemap.environment) as compact:
        while not (wholemap.folder / "compacting" / "engine" / "databases").exists():
            with pytest.raises(subprocess.TimeoutExpired):
                compact.wait(0.05)
        os.kill(compact.pid, signal.SIGKILL)
    with running(None, wholemap.folder) as service, service.client() as client:
        assert shown(client, job) == before
    assert not (wholemap.folder / "compacting").exists()
    done = wholemap("compact", "--json")
    assert done.code == ExitCode.OK, done.err
    assert done.json["verified"]["nodes"] == 3
    assert holders(wholemap.folder) == []


@pytest.mark.parametrize(
    ("there", "stays"),
    [
        (["engine"], "engine"),
        (["engine", "compacting/engine"], "engine"),
        (["engine.old", "compacting/engine"], "engine.old"),
        (["engine.old", "engine"], "engine"),
        (["engine.old", "engine", "compacting"], "engine"),
        ([], None),
    ],
)
def test_a_swap_that_was_cut_short_is_undone_or_finished(
    tmp_path: Path, there: list[str], stays: str | None
):
    for name in there:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text(name)
    folder.settle(tmp_path)
    left = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("file")}
    assert left == ({"engine/file"} if stays else set())
    if stays:
        assert (tmp_path / "engine" / "file").read_text() == stays


@contextmanager
def two_servers(place: Path) -> Generator[tuple[Engine, Engine]]:
    try:
        with local_neo4j(place / "old") as old, local_neo4j(place / "new") as new:
            yield old.engine, new.engine
    except NoNeo4j as reason:
        if os.environ.get("WHOLEMAP_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required: {reason}")
        pytest.skip(f"no Neo4j: {reason}")


def told(engine: Engine, prefix: str = "WHOLEMAP_BOLT") -> dict[str, str]:
    return {f"{prefix}_URI": engine.uri, f"{prefix}_PASSWORD": engine.password}


def test_no_file_of_a_fresh_neo4j_holds_who_was_erased(tmp_path: Path):
    with two_servers(tmp_path) as (old, new):
        with running(old, tmp_path / "data") as service, service.client() as client:
            job, _ = peopled(client)
            assert holders(tmp_path / "old")
            assert_erased(client)
            before = shown(client, job)
        assert holders(tmp_path / "old"), "the engine forgets by itself: compact is of no use"
        wholemap = Wholemap(tmp_path / "data", **told(old))
        wholemap("compact").refused(ExitCode.USAGE, "--into-uri")
        wholemap("compact", "--into-uri", new.uri).refused(
            ExitCode.USAGE, "WHOLEMAP_INTO_BOLT_PASSWORD"
        )
        into = wholemap.told(WHOLEMAP_INTO_BOLT_PASSWORD=new.password)
        done = into("compact", "--into-uri", new.uri)
        assert done.code == ExitCode.OK, done.err
        assert "verified" in done.out
        assert "Set WHOLEMAP_BOLT_URI" in done.out
        into("compact", "--into-uri", new.uri).refused(ExitCode.FAILED, "is not empty")
        assert holders(tmp_path / "new") == []
        with running(new, tmp_path / "other") as service, service.client() as client:
            assert_as_before(client, job, before)


@pytest.mark.anyio
async def test_whatever_a_store_holds_is_counted_and_nothing_foreign_is_copied(
    connection: Connection,
):
    async with Client(connection.engine) as client:
        for name, parameters in loading():
            await client.write(lambda t, n=name, p=parameters: t.run(n, **p))
        found = await tallies(client)
        rows = await connection.query("MATCH (n) RETURN count(n) AS nodes")
        ties = await connection.query("MATCH ()-[r]->() RETURN count(r) AS ties")
        assert sum(tally.count for tally in found.values()) == rows[0]["nodes"] + ties[0]["ties"]
        await connection.query("MATCH (n:Node {id: 'oven'}) SET n.name = 'Bread Oven'")
        again = await tallies(client)
        assert [name for name in found if again[name] != found[name]] == ["nodes"]


@pytest.mark.anyio
async def test_a_store_with_foreign_records_is_not_copied_in_part(
    anyio_backend: str, tmp_path: Path
):
    async with open_store(None, tmp_path, budget_seconds=30) as client:
        await client.write(lambda t: t.run("write/create_area", row={"id": "a", "name": "A"}))
        async with connect(client.engine) as connection:
            await connection.query("CREATE (:Stranger {id: 'who'})")
        before = await tallies(client)
    with pytest.raises(CopyDiffers, match=r"holds 7 nodes .* of which 6 are"):
        await compact_folder(tmp_path, budget_seconds=30)
    async with open_store(None, tmp_path, budget_seconds=30) as client:
        assert await tallies(client) == before
        async with connect(client.engine) as connection:
            assert await connection.query("MATCH (n:Stranger) RETURN n.id AS id")


def test_a_tally_is_the_same_in_whatever_order():
    one, other, less = Tally(), Tally(), Tally()
    rows = [{"a": 1, "b": [True, None]}, {"a": 1.0}, {"a": "1"}, {"a": 1}]
    one.add(rows)
    for row in reversed(rows):
        other.add([dict(reversed(row.items()))])
    less.add(rows[:3])
    assert one == other
    assert one != less
