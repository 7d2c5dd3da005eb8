"""`wholemap audit` on the folder of a real service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from graph.audit.files import entries_files, heads_files
from graph.errors import CannotStart
from service.cli.exits import ExitCode
from service.settings import AUDIT_FOLDER
from tests.api import ADA, created
from tests.running_service import running

if TYPE_CHECKING:
    from pathlib import Path

    from graph.engines.addresses import Engine


def wholemap(folder: Path, *words: object, **told: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a data folder."""
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, words)]
    settings = {"WHOLEMAP_DATA_DIR": str(folder), "COLUMNS": "200", **told}
    return subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )


def test_what_a_service_wrote_is_verified_and_what_was_done_to_it_is_named(
    engine: Engine, tmp_path: Path
) -> None:
    folder, key = tmp_path / "data", tmp_path / "audit.pem"
    made = wholemap(folder, "audit", "init", key)
    assert made.returncode == ExitCode.OK, made.stderr
    assert f"WHOLEMAP_AUDIT_KEY={key}" in made.stdout
    assert wholemap(folder, "audit", "verify").returncode == ExitCode.NOT_FOUND

    folder.mkdir()
    with running(engine, folder, audit_key=key) as service, service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        for _ in range(3):
            client.get(f"/v1/people/{ADA}")
        # Beside the running service, whose engine is asked as well.
        told = wholemap(folder, "audit", "verify", "--json")
        assert told.returncode == ExitCode.OK, told.stdout + told.stderr
        assert json.loads(told.stdout)["unchained"] == []

    (heads,) = heads_files(folder / AUDIT_FOLDER)
    kept = tmp_path / "heads.ndjson"
    kept.write_bytes(heads.read_bytes())
    verify = ("audit", "verify", "--files-only", "--public-key", f"{key}.pub", "--heads", kept)
    told = wholemap(folder, *verify)
    assert told.returncode == ExitCode.OK, told.stdout + told.stderr
    assert "Nothing was changed, removed, reordered or cut off." in told.stdout
    assert "not signed" not in told.stdout

    (file,) = entries_files(folder / AUDIT_FOLDER)
    lines = file.read_bytes().splitlines(keepends=True)
    for tampered, what, sequence in (
        ([*lines[:2], lines[2].replace(ADA.encode(), b"0" * 36), *lines[3:]], "changed", 3),
        ([*lines[:2], *lines[3:]], "removed", 3),
        ([*lines[:2], lines[3], lines[2], *lines[4:]], "reordered", 3),
        (lines[:4], "truncated", 5),
    ):
        file.write_bytes(b"".join(tampered))
        told = wholemap(folder, *verify)
        assert told.returncode == ExitCode.FAILED
        assert f"First: {what}: entry {sequence} of chain " in told.stdout


def test_the_key_of_the_audit_does_not_lie_where_the_audit_lies(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for inside in (folder / "key.pem", folder / "deep" / "key.pem"):
        told = wholemap(folder, "audit", "init", inside)
        assert told.returncode == ExitCode.USAGE
        assert "lies in the data folder" in told.stderr
    key = tmp_path / "key.pem"
    assert wholemap(folder, "audit", "init", key).returncode == ExitCode.OK
    again = wholemap(folder, "audit", "init", key)
    assert again.returncode == ExitCode.FAILED
    assert "File exists" in again.stderr


def test_a_service_with_a_wrong_key_of_the_audit_does_not_start(
    engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_text("no key")
    with (
        pytest.raises(CannotStart, match="no private key"),
        running(engine, tmp_path / "data", audit_key=tmp_path / "key.pem"),
    ):
        pass


@pytest.mark.parametrize(
    ("option", "content"), [("--public-key", b"x"), ("--heads", b"{}"), ("--heads", b"[]")]
)
def test_a_wrong_file_is_told(tmp_path: Path, option: str, content: bytes) -> None:
    (tmp_path / "data" / AUDIT_FOLDER).mkdir(parents=True)
    (tmp_path / "file").write_bytes(content)
    for file in (tmp_path / "file", tmp_path / "none"):
        told = wholemap(tmp_path / "data", "audit", "verify", "--files-only", option, file)
        assert told.returncode == ExitCode.USAGE, told.stderr
        assert str(file) in told.stderr
