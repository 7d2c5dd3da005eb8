"""The command line: real processes without a terminal, beside a running service and without one."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import httpx
import pytest

from graph import nodes, policy, ties
from graph.analytics import projection, reports
from graph.connecting import Order
from service.cli import options
from service.cli.exits import ExitCode
from service.settings import ADDRESS_FILE, OPERATOR_KEY_FILE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from graph.engines.addresses import Engine

ROOT = Path(__file__).parent.parent
ADA = "0f5cbd2e-9a35-4c1e-8b0c-3a52f1c7d101"
BEN = "0f5cbd2e-9a35-4c1e-8b0c-3a52f1c7d102"
CAM = "0f5cbd2e-9a35-4c1e-8b0c-3a52f1c7d103"
AGREED = {
    "purposes": ["directory", "introductions", "analysis"],
    "wording": "2026-01",
    "method": "spoken",
    "given_by": "themselves",
    "given": "2026-01-05",
}
PERSON = {"kind": "person", "mapped": True, "consents": [AGREED]}
RECORDS: list[dict[str, Any]] = [
    {"id": ADA, "name": "Ada Lowe", **PERSON},
    {"id": BEN, "name": "Ben Okoro", **PERSON},
    {"id": CAM, "name": "Ada Marsh", **PERSON},
    {
        "id": "choir",
        "kind": "association",
        "name": "Riverside Choir",
        "contacts": [{"kind": "phone", "value": "07700 900123"}],
    },
    {"id": "library", "kind": "agency", "name": "The Library"},
    {"id": "t1", "type": "connects", "source": ADA, "target": BEN, "relation": "friend"},
    {"id": "t2", "type": "connects", "source": BEN, "target": "choir", "relation": "member"},
]
SENTENCE = "Ada Lowe is a friend of Ben Okoro, who is a member of Riverside Choir."
NOWHERE = "http://127.0.0.1:9"


class Ended:
    """A command that has ended, and what it said; it never shows a traceback or a control code."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        assert "\x1b" not in self.out + self.err
        assert "Traceback" not in self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def refused(self, code: ExitCode, *said: str) -> None:
        """Assert that it failed with a status, in words on standard error."""
        assert (self.code, self.out) == (code, "")
        for each in said:
            assert each in self.err


class Wholemap:
    """The command, with a data folder and an environment of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        clean = {k: v for k, v in os.environ.items() if not k.startswith("WHOLEMAP_")}
        self.environment = {**clean, "WHOLEMAP_DATA_DIR": str(folder), **environment}

    def __call__(self, *words: str | Path, stdin: str | None = None) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "service", *map(str, words)],
            cwd=ROOT,
            env=self.environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(done)

    def told(self, **environment: str) -> Wholemap:
        """Return the same command with more in its environment."""
        other = Wholemap(self.folder)
        other.environment = {**self.environment, **environment}
        return other

    def held(self, path: str) -> str:
        """Return what the running service answers, asked without the command."""
        key = (self.folder / OPERATOR_KEY_FILE).read_text()
        url = (self.folder / ADDRESS_FILE).read_text()
        return httpx.get(url + path, headers={"Authorization": f"Bearer {key}"}, timeout=60).text

    @contextmanager
    def serving(self) -> Generator[tuple[subprocess.Popen[str], str]]:
        """Run `serve` on any port, and yield its process and its URL."""
        words = [sys.executable, "-m", "service", "serve", "--port", "0", "--json"]
        with (self.folder.parent / f"{self.folder.name}.log").open("w") as log:
            service = subprocess.Popen(
                words, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
            with service:
                try:
                    assert service.stdout
                    yield service, json.loads(service.stdout.readline())["url"]
                finally:
                    service.terminate()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("records") / "records.ndjson"
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return file


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, records: Path
) -> Iterator[tuple[Wholemap, str]]:
    """Run a service that holds the records."""
    wholemap = Wholemap(tmp_path_factory.mktemp("served") / "data")
    with wholemap.serving() as (_, url):
        done = wholemap("import", records)
        assert done.code == ExitCode.OK, done.err
        assert done.out == "7 rows imported, 0 refused.\n"
        yield wholemap, url


@pytest.fixture
def wholemap(served: tuple[Wholemap, str]) -> Wholemap:
    """Give the command beside a running service."""
    return served[0]


@pytest.fixture
def alone(tmp_path: Path) -> Wholemap:
    """Give the command with a folder on which nothing runs."""
    return Wholemap(tmp_path / "data")


# Words


def commands_in(helped: str) -> list[str]:
    """Return the names of the commands that a help lists."""
    return re.findall(r"^  ([a-z]+)  ", helped.partition("Commands:")[2], re.MULTILINE)


def test_each_command_and_each_status_stands_in_the_docs(alone: Wholemap) -> None:
    helped = alone("--help")
    assert helped.code == ExitCode.OK
    commands = commands_in(helped.out)
    docs = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert len(commands) == 13
    for command in commands:
        _, heading, after = docs.partition(f"\n## `wholemap {command}`\n")
        assert heading, command
        section = after.partition("\n## ")[0]
        told = alone(command, "--help").out
        for under in commands_in(told):
            assert f"`{under}`" in section or f"wholemap {command} {under}" in section, under
            told += alone(command, under, "--help").out
        for option in re.findall(r"--[a-z-]+", told):
            assert option == "--help" or f"`{option}" in section, f"{command} {option}"
    for code in ExitCode:
        assert f"\n| {code.value} | `{code.name}` | " in docs


def test_explain_needs_no_service_and_says_what_a_name_means(alone: Wholemap) -> None:
    told = alone("explain", "Effective-size")
    assert (told.code, told.err) == (ExitCode.OK, "")
    assert "ten friends who all know each other" in told.out
    assert "Source:" in told.out
    assert alone("explain", "isolation", "--json").json["kind"] == "report"
    assert "betweenness" in alone("explain").out
    assert {"degree", "unused"} <= {
        item["name"] for item in alone("explain", "--json").json["items"]
    }
    alone("explain", "betwenness").refused(ExitCode.NOT_FOUND, "betweenness")
    assert not alone.folder.exists()


def test_help_loads_nothing_that_a_command_may_need() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import service.cli, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    heavy = {"pydantic", "httpx", "rich", "fastapi", "numpy", "neo4j", "graph", "jinja2"}
    assert heavy.isdisjoint(loaded)


def test_the_words_of_the_command_line_are_those_of_the_model() -> None:
    assert get_args(options.RecordName) == (*nodes.KINDS, *ties.TIE_TYPES)
    assert get_args(options.ReportName) == tuple(reports.REPORTS)
    assert get_args(options.ProjectionWord) == get_args(projection.ProjectionName)
    assert get_args(options.OrderWord) == get_args(Order)
    assert get_args(options.RoleName) == policy.ROLES


# Beside a running service


def test_the_same_file_twice_changes_nothing(wholemap: Wholemap, records: Path) -> None:
    before = wholemap.held("/v1/exports")
    again = wholemap("import", records, "--json")
    assert again.code == ExitCode.OK
    assert again.json["job"]["state"] == "done"
    assert again.json["failed"] == []
    assert wholemap.held("/v1/exports") == before


def test_rows_that_are_wrong_are_shown_with_line_and_place(
    wholemap: Wholemap, tmp_path: Path
) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text(
        '{"kind": "association", "id": "walkers", "name": "Walkers"}\n'
        '{"kind": "association", "id": "no spaces", "name": "X"}\n'
        "not JSON\n"
    )
    before = wholemap.held("/v1/exports")
    rejected = wholemap("import", file)
    assert rejected.code == ExitCode.ROWS_FAILED
    assert re.search(r"^2 +/id +\S", rejected.out, re.MULTILINE)
    assert re.search(r"^3 +\S", rejected.out, re.MULTILINE)
    assert "nothing was written" in rejected.out
    told = wholemap("import", file, "--dry-run", "--json")
    assert told.code == ExitCode.ROWS_FAILED
    assert sorted(row["line"] for row in told.json["failed"]) == [2, 3]
    assert wholemap.held("/v1/exports") == before
    kept = wholemap("import", file, "--on-error", "keep_good")
    assert kept.code == ExitCode.ROWS_FAILED
    assert "1 rows imported, 2 refused." in kept.out
    assert '"walkers"' in wholemap.held("/v1/exports")


def test_a_foreign_csv_is_imported_from_standard_input_by_a_mapping(
    wholemap: Wholemap, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.json"
    fields = {"kind": {"constant": "association"}, "id": "key", "name": "title"}
    mapping.write_text(json.dumps({"node": fields}))
    words = ("import", "-", "--format", "csv", "--mapping", mapping)
    assert wholemap(*words, stdin="key,title\nchess,Chess Club\n").code == ExitCode.OK
    named = wholemap("export", "--format", "csv", "--what", "association").out
    assert "Chess Club" in named
    mapping.write_text("{")
    wholemap(*words).refused(ExitCode.USAGE, "is not JSON")


def test_an_import_that_cannot_begin_says_why(wholemap: Wholemap, tmp_path: Path) -> None:
    wholemap("import", tmp_path / "none.csv").refused(ExitCode.USAGE, "cannot read")
    wholemap("import", "-").refused(ExitCode.USAGE, "say --format")
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\xff\xfe\x00")
    done = wholemap("import", broken)
    assert done.code in (ExitCode.FAILED, ExitCode.ROWS_FAILED)
    assert "The import failed" in done.out


def test_an_export_is_a_file_for_its_owner_or_a_stream(wholemap: Wholemap, tmp_path: Path) -> None:
    file = tmp_path / "all.ndjson"
    written = wholemap("export", "--reason", "backup", "--output", file, "--json")
    assert written.code == ExitCode.OK
    assert written.json["bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    streamed = wholemap("export", "--reason", "backup")
    assert streamed.out == file.read_text()
    names = {json.loads(line).get("name") for line in streamed.out.splitlines()}
    assert {"Ada Lowe", "Riverside Choir"} <= names
    assert "Ada Lowe" not in wholemap("export").out
    wholemap("export", "--format", "csv").refused(ExitCode.USAGE, "say which")
    wholemap("export", "--json").refused(ExitCode.USAGE, "--output")
    absent = tmp_path / "none" / "file"
    wholemap("export", "-o", absent).refused(ExitCode.FAILED, "cannot write")


def test_who_could_connect_is_asked_by_name_or_id_and_read_aloud(wholemap: Wholemap) -> None:
    told = wholemap("connect", "Ada Lowe", "riverside choir")
    assert told.code == ExitCode.OK
    assert f"  1. {SENTENCE}\n" in told.out
    assert re.search(r"^Ben Okoro +member of Riverside Choir", told.out, re.MULTILINE)
    by_id = wholemap("connect", ADA, "choir", "--max-hops", "2", "--through", "agency", "--json")
    assert by_id.json["routes"][0]["sentence"] == SENTENCE


def test_where_there_is_no_way_the_group_itself_is_named(wholemap: Wholemap) -> None:
    told = wholemap("connect", "Ada Marsh", "choir")
    assert told.code == ExitCode.OK
    assert "Nobody on the map is known to know Ada Marsh." in told.out
    assert "Riverside Choir itself: phone 07700 900123" in told.out


def test_a_name_that_two_bear_is_answered_with_the_candidates(wholemap: Wholemap) -> None:
    wholemap("connect", "Ada", "choir").refused(
        ExitCode.NOT_FOUND, "more than one person", f"{ADA}  Ada Lowe", f"{CAM}  Ada Marsh"
    )
    wholemap("connect", "Zoe", "choir").refused(ExitCode.NOT_FOUND, "no person")
    # A person is no group, whatever is said for one.
    wholemap("connect", ADA, BEN).refused(ExitCode.NOT_FOUND, "association/agency/asset")


def test_a_day_that_is_none_is_wrong_usage(wholemap: Wholemap) -> None:
    wholemap("connect", ADA, "choir", "--as-of", "soon").refused(ExitCode.USAGE, "/as_of")
    wholemap("connect", ADA, "choir", "--max-hops", "7").refused(ExitCode.USAGE, "--max-hops")


@pytest.mark.parametrize("kind", reports.REPORTS)
def test_each_report_tells_a_headline_and_its_conventions(wholemap: Wholemap, kind: str) -> None:
    told = wholemap("report", kind)
    assert told.code == ExitCode.OK
    kept = re.search(r"The run is kept as (/v1/reports/\S+)\.$", told.out, re.MULTILINE)
    assert kept
    run = json.loads(wholemap.held(kept[1]))
    assert run["kind"] == kind
    headline = " ".join(told.out.split("\n\n")[0].split())
    assert headline == run["result"]["headline"]
    for said in ("Network:", "Weights:", "Isolates:"):
        assert f"\n{said}" in told.out


def test_a_report_is_written_as_csv_and_as_a_page(wholemap: Wholemap, tmp_path: Path) -> None:
    csv, html = tmp_path / "r.csv", tmp_path / "r.html"
    measured = ("--projection", "trust", "--weights", "strength", "--no-normalised")
    done = wholemap("report", "centrality", *measured, "--csv", csv, "--html", html, "--json")
    assert done.json["parameters"]["projection"] == "trust"
    assert done.json["parameters"]["normalised"] is False
    assert csv.read_text().startswith("node,")
    assert html.read_text().startswith("<!doctype html>")
    wholemap("report", "isolation", "--projection", "flow").refused(
        ExitCode.USAGE, "/parameters/projection"
    )
    wholemap("report", "gossip").refused(ExitCode.USAGE)


def test_a_key_opens_until_it_is_revoked(served: tuple[Wholemap, str]) -> None:
    wholemap, url = served
    made = wholemap("key", "create", "--role", "coordinator", "--system", "front desk")
    secret = made.out.strip()
    elsewhere = Wholemap(Path("no-such-folder"), WHOLEMAP_URL=url, WHOLEMAP_KEY=secret)
    assert SENTENCE in elsewhere("connect", "Ada Lowe", "choir").out
    elsewhere("key", "list").refused(ExitCode.DENIED, "may not ask for keys")
    (listed,) = [
        key for key in wholemap("key", "list", "--json").json["items"] if key["system"]
    ]  # fmt: skip
    assert "secret" not in listed
    assert listed["id"] in wholemap("key", "list").out
    rotated = wholemap("key", "rotate", listed["id"], "--overlap", "1", "--expires", "2100-01-01")
    successor = Wholemap(Path("no-such-folder"), WHOLEMAP_URL=url, WHOLEMAP_KEY=rotated.out.strip())
    assert SENTENCE in successor("connect", "Ada Lowe", "choir").out
    assert "2100-01-01" in wholemap("key", "list").out
    assert wholemap("key", "revoke", listed["id"], "--json").json["revoked_at"]
    elsewhere("connect", "Ada Lowe", "choir").refused(ExitCode.DENIED, "key")
    wholemap("key", "revoke", "none").refused(ExitCode.NOT_FOUND)
    wholemap("key", "create", "--role", "king").refused(ExitCode.USAGE)


def test_an_analyst_reads_reports_without_names(served: tuple[Wholemap, str]) -> None:
    wholemap, url = served
    secret = wholemap("key", "create", "--role", "analyst", "--json").json["secret"]
    told = wholemap("report", "isolation", "--url", url, "--key", secret)
    assert told.code == ExitCode.OK
    assert "Of some people who were asked" in told.out
    assert "; * counted." in told.out
    assert ADA not in told.out
    assert "Ada Lowe" not in told.out


def test_a_service_elsewhere_that_cannot_be_reached_has_its_own_status(alone: Wholemap) -> None:
    alone("export", "--url", NOWHERE, "--key", "x").refused(ExitCode.NO_SERVICE, "cannot reach")
    alone("export", "--url", NOWHERE).refused(ExitCode.USAGE, "WHOLEMAP_KEY")
    alone("export", "--url", NOWHERE, "--key", "").refused(ExitCode.USAGE, "WHOLEMAP_KEY")
    alone("export", "--url", "nonsense", "--key", "x").refused(ExitCode.USAGE, "WHOLEMAP_URL")
    assert not alone.folder.exists()


def test_doctor_finds_a_running_service_well(served: tuple[Wholemap, str]) -> None:
    wholemap, url = served
    told = wholemap("doctor")
    assert told.code == ExitCode.OK, told.out
    assert {line.split()[0] for line in told.out.splitlines()} == {"ok"}
    assert f"service: runs at {url}" in told.out
    checks = [finding["check"] for finding in wholemap("doctor", "--json").json]
    assert checks == ["settings", "data folder", "disk", "audit", "service", "engine", "versions"]


def test_a_second_service_on_the_folder_is_told_so(wholemap: Wholemap) -> None:
    wholemap("serve", "--port", "0").refused(ExitCode.NO_SERVICE, "another service is running on")


# Without a running service


def test_every_command_opens_the_folder_itself(alone: Wholemap, records: Path) -> None:
    alone.folder.mkdir(mode=0o700)
    # What a service that was killed leaves behind misleads nobody.
    (alone.folder / ADDRESS_FILE).write_text(NOWHERE)
    (alone.folder / OPERATOR_KEY_FILE).write_text("old")
    assert alone("import", records).out == "7 rows imported, 0 refused.\n"
    assert not (alone.folder / ADDRESS_FILE).exists()
    assert f"  1. {SENTENCE}\n" in alone("connect", "Ada Lowe", "choir").out
    assert alone("report", "isolation", "--json").json["result"]["counted"] == 3
    assert alone("key", "create", "--role", "admin", "--json").json["role"] == "admin"
    assert len(alone("export").out.splitlines()) == 7
    told = alone("doctor")
    assert told.code == ExitCode.OK, told.out
    assert "none runs; one was started for this check" in told.out


def test_a_folder_in_use_by_a_service_that_does_not_answer_is_told_so(alone: Wholemap) -> None:
    alone.folder.mkdir(mode=0o700)
    (alone.folder / ADDRESS_FILE).write_text(NOWHERE)
    (alone.folder / OPERATOR_KEY_FILE).write_text("old")
    with (alone.folder / "service.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        alone("export").refused(
            ExitCode.NO_SERVICE, "another service is running", f"does not answer at {NOWHERE}"
        )
        alone.folder.chmod(0o755)
        told = alone("doctor")
    assert told.code == ExitCode.FAILED
    assert "problem  service: another service is running" in told.out
    assert re.search(r"^problem  data folder: .* is open to others", told.out, re.MULTILINE)


def test_a_port_that_is_taken_is_told_so(alone: Wholemap) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        alone("serve", "--port", port).refused(ExitCode.NO_SERVICE, f"port {port}", "in use")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("TIMEZONE", "Riverside"), ("BOLT_URI", "http://x")]
)
def test_a_wrong_setting_is_named_in_one_line(alone: Wholemap, name: str, value: str) -> None:
    ended = alone.told(**{f"WHOLEMAP_{name}": value})("serve")
    ended.refused(ExitCode.USAGE, f"WHOLEMAP_{name}")
    assert ended.err.count("\n") == 1


def test_doctor_names_a_wrong_setting(alone: Wholemap) -> None:
    told = alone.told(WHOLEMAP_PORT="many")("doctor")
    assert told.code == ExitCode.FAILED
    assert told.out.startswith("problem  settings: wrong setting: WHOLEMAP_PORT")


def test_a_neo4j_that_does_not_let_us_in_is_told_so(alone: Wholemap, neo4j_address: Engine) -> None:
    far = alone.told(
        WHOLEMAP_BOLT_URI=neo4j_address.uri,
        WHOLEMAP_BOLT_USER=neo4j_address.user,
        WHOLEMAP_BOLT_PASSWORD=neo4j_address.password,
        WHOLEMAP_BOLT_DATABASE=neo4j_address.database,
    )
    assert "the server engine" in far("doctor").out
    far.told(WHOLEMAP_BOLT_PASSWORD="wrong")("key", "list").refused(
        ExitCode.NO_SERVICE, "WHOLEMAP_BOLT_URI"
    )


# How it ends


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_asked_to_end_ends_well(alone: Wholemap, ending: signal.Signals) -> None:
    with alone.serving() as (service, url):
        assert (alone.folder / ADDRESS_FILE).read_text() == url
        service.send_signal(ending)
        assert service.wait() == ExitCode.OK
    assert not (alone.folder / ADDRESS_FILE).exists()


def test_a_service_can_be_ended_while_it_starts(alone: Wholemap) -> None:
    with (alone.folder.parent / "log").open("w+") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "service", "serve", "--port", "0"],
            cwd=ROOT, env=alone.environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        with service:
            while not (alone.folder / "engine.lock").exists():
                assert service.poll() is None
                os.sched_yield()
            service.terminate()
            assert service.wait() == ExitCode.OK
            assert service.stdout
            assert service.stdout.read() == ""
        log.seek(0)
        assert "Traceback" not in log.read()


def test_what_is_over_its_time_is_reported_and_then_deleted(wholemap: Wholemap) -> None:
    reported = wholemap("retention", "report")
    assert reported.code == ExitCode.OK
    assert "jobs" in reported.out
    made = wholemap("retention", "report", "--json").json
    assert made["due"] == {"jobs": 0, "runs": 0, "placeholders": 0}
    applied = wholemap("retention", "apply", "--report", made["id"])
    assert applied.code == ExitCode.OK
    assert "Deleted" in applied.out
    wholemap("retention", "apply", "--report", made["id"]).refused(ExitCode.FAILED, "before")
    wholemap("retention", "apply", "--report", "none").refused(ExitCode.NOT_FOUND)
