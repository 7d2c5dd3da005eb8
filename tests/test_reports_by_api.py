"""Reports are asked for, computed aside, kept, and read again as data or on paper."""

from __future__ import annotations

import csv
import io
import os
import select
from html.parser import HTMLParser
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.long_work import Record, events_of, followed, kept, ndjson, position
from tests.running_service import RunningService

ADA, BEN = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f", "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990"
KINDS = (
    "isolation", "brokers", "centrality", "unused", "fracture", "support", "what_if", "waves",
    "balance", "provenance", "flow", "associations", "skills",
)  # fmt: skip
COUNTED = {
    "isolation": 2, "unused": 1, "support": 2, "what_if": 2, "waves": 2,
    "balance": 1, "provenance": 5, "associations": 1, "skills": 0,
}  # fmt: skip
NAME = "<script>alert('Ada')</script>"
RECORDS: list[Record] = [
    {"kind": "person", "id": ADA, "name": NAME, "mapped": True},
    {"kind": "person", "id": BEN, "name": "Ben", "mapped": True},
    {"kind": "association", "id": "choir", "name": "Choir"},
    {"kind": "asset", "id": "hall", "name": "Hall", "status": "potential"},
    {
        "type": "connects", "source": ADA, "target": "choir", "relation": "member",
        "valid_from": "2026-01-01", "valid_to": "2026-07-01",
    },
]  # fmt: skip
# The void elements of HTML (13.1.2 of the living standard) that a page of ours may hold.
VOID = {"meta", "br", "hr", "col", "link", "img"}


@pytest.fixture
def filled(service: RunningService) -> RunningService:
    with service.client() as client:
        kept(client, ndjson([_agreeing(record) for record in RECORDS]))
    return service


def _agreeing(record: Record) -> Record:
    """Return a record; a person agrees to be in reports, and to be found."""
    if record.get("kind") != "person":
        return record
    consent = {
        "purposes": ["analysis", "directory"], "wording": "2026-01", "method": "spoken",
        "given_by": "themselves", "given": "2026-01-05",
    }  # fmt: skip
    return {**record, "consents": [consent]}


def asked(client: httpx.Client, kind: str, wait: int | None = 60, **said: Any) -> httpx.Response:
    headers = {} if wait is None else {"Prefer": f"respond-async, wait={wait}"}
    return client.post("/v1/reports", json={"kind": kind, **said}, headers=headers)


def answered(client: httpx.Client, kind: str, **said: Any) -> Record:
    answer = asked(client, kind, **said)
    assert answer.status_code == 200, answer.text
    report: Record = answer.json()
    assert answer.headers["Content-Location"] == f"/v1/reports/{report['id']}"
    return report


class Balanced(HTMLParser):
    """A page whose tags are closed in the order in which they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_says_how_it_was_reached_and_is_kept(filled: RunningService, kind: str):
    with filled.client() as client:
        report = answered(client, kind, as_of="2026-03-01")
        assert (report["kind"], report["state"], report["as_of"]) == (kind, "done", "2026-03-01")
        assert report["revision"] == position(client)
        result = report["result"]
        assert result["counted"] == COUNTED.get(kind, 3)
        assert result["headline"].endswith(".")
        assert not result["truncated"]
        conventions = result["conventions"]
        asked_with = report["parameters"]
        of_each = asked_with["parameters"] if kind == "waves" else asked_with
        assert conventions["projection"] == of_each["projection"]
        assert {"weights", "normalised", "direction", "measures", "isolates"} <= set(conventions)
        again = client.get(f"/v1/reports/{report['id']}")
        assert again.json() == report
        assert client.get("/v1/reports/0192f0c1").status_code == 404


def test_runs_are_listed_the_latest_first(filled: RunningService):
    with filled.client() as client:
        runs = [answered(client, kind, fresh=True) for kind in ("unused", "brokers", "unused")]
        for run in runs:
            del run["result"], run["changes"]
        runs.reverse()
        page = client.get("/v1/reports", params={"limit": 2}).json()
        assert page["items"] == runs[:2]
        page = client.get("/v1/reports", params={"limit": 2, "cursor": page["next"]}).json()
        assert page == {"items": runs[2:], "next": None}
        page = client.get("/v1/reports", params={"kind": "unused"}).json()
        assert page["items"] == [runs[0], runs[2]]


def test_whoever_does_not_wait_is_told_where_to_look(filled: RunningService):
    with filled.client() as client:
        answer = asked(client, "isolation", wait=None)
        assert answer.status_code == 202
        job = answer.json()
        assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
        assert (job["task"], job["state"]) in (("report", "queued"), ("report", "running"))
        ended = followed(client, job["id"])
        assert ended["state"] == "done"
        assert client.get(ended["result"]).json()["result"]["counted"] == 2


def test_a_report_asked_for_twice_by_one_key_is_one_run(filled: RunningService):
    with filled.client() as client:
        client.headers["Idempotency-Key"] = "once"
        first = answered(client, "unused")
        assert answered(client, "unused") == first
        assert asked(client, "brokers").status_code == 422
        assert len(client.get("/v1/reports").json()["items"]) == 1


def test_the_same_question_of_the_same_network_has_the_same_answer(filled: RunningService):
    with filled.client() as client:
        for kind in KINDS:
            first, second = (
                answered(client, kind, as_of="2026-03-01", fresh=True) for _ in range(2)
            )
            texts = [client.get(f"/v1/reports/{run['id']}").content for run in (first, second)]
            results = [text[text.index(b'"result":') :] for text in texts]
            assert results[0] == results[1]
            assert first["revision"] == second["revision"]


def test_the_same_question_is_answered_from_its_last_run_until_something_is_written(
    filled: RunningService,
):
    coordinator, club = filled.key("coordinator"), filled.key("coordinator", "choir")
    with filled.client(coordinator) as client:
        first = answered(client, "isolation")
        # Without waiting: there is nothing to wait for.
        again = asked(client, "isolation", wait=None)
        assert (again.status_code, again.json()) == (200, first)
        assert answered(client, "isolation", fresh=True)["id"] != first["id"]
        latest = answered(client, "isolation")["id"]
        assert latest == client.get("/v1/reports").json()["items"][0]["id"]
        for said in ({"as_of": "2026-02-01"}, {"parameters": {"limit": 1}}):
            assert answered(client, "isolation", **said)["id"] not in {first["id"], latest}
        for key in (club, filled.key("analyst"), filled.operator):
            with filled.client(key) as other:
                assert answered(other, "isolation")["id"] not in {first["id"], latest}
        with filled.client() as operator:
            kept(operator, ndjson([{"kind": "association", "id": "club", "name": "Club"}]))
        assert answered(client, "isolation")["id"] not in {first["id"], latest}


@pytest.mark.parametrize(
    ("day", "degree"), [("2025-12-31", 0), ("2026-01-01", 1), ("2090-01-01", 0)]
)
def test_a_report_is_of_the_day_that_was_asked_for(filled: RunningService, day: str, degree: int):
    with filled.client() as client:
        rows = answered(client, "isolation", as_of=day)["result"]["rows"]
        assert {row["node"]: row["degree"] for row in rows} == {ADA: degree, BEN: 0}


def test_two_days_are_compared_as_they_are_known_now(filled: RunningService):
    with filled.client() as client:
        days = {"as_of": "2026-03-01", "parameters": {"earlier": "2025-12-31"}}
        report = answered(client, "waves", **days)
        figures = {line["figure"]: line for line in report["result"]["summary"]["figures"]}
        assert figures["isolated"] == {
            "figure": "isolated", "earlier": 2, "later": 1, "change": -1,
        }  # fmt: skip
        rows = {row["node"]: row for row in report["result"]["rows"]}
        assert (rows[ADA]["degree_earlier"], rows[ADA]["degree"]) == (0, 1)
        assert {row["wave"] for row in rows.values()} == {"both"}
        year = answered(client, "waves", as_of="2026-03-01")
        assert year["parameters"]["earlier"] == "2025-03-01"


def test_what_was_supposed_is_forgotten_with_its_answer(filled: RunningService):
    """Ids of people stand in the parameters of what_if only."""
    with filled.client() as client:
        done = answered(client, "what_if", parameters={"without": [ADA]})
        assert done["parameters"]["without"] == [ADA]
        assert ADA in {row["node"] for row in done["result"]["rows"]}
        waiting = asked(client, "what_if", parameters={"without": ["nobody"]}).json()
        assert waiting["state"] == "failed"
        assert [fault["pointer"] for fault in waiting["problem"]["errors"]] == [
            "/parameters/without/0"
        ]
        kept_ = answered(client, "brokers", parameters={"areas": ["west"]})
        client.post(f"/v1/people/{ADA}/erasure", json={"reason": "objected"}).raise_for_status()
        runs = {run["id"]: run for run in client.get("/v1/reports").json()["items"]}
        assert runs[kept_["id"]]["parameters"]["areas"] == ["west"]
        assert ADA not in client.get("/v1/reports").text
        assert {run["state"] for run in runs.values()} == {"outdated", "failed"}
        assert [run["parameters"] for run in runs.values() if run["kind"] == "what_if"] == [{}, {}]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_network_has_a_report_too(service: RunningService, kind: str):
    with service.client() as client:
        report = answered(client, kind)
        assert (report["result"]["counted"], report["result"]["rows"]) == (0, [])
        for media_type in ("text/csv", "text/html"):
            page = client.get(f"/v1/reports/{report['id']}", headers={"Accept": media_type})
            assert page.status_code == 200


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"kind": "gossip"}, "/kind"),
        ({"kind": "brokers", "parameters": {"colour": "red"}}, "/parameters/colour"),
        ({"kind": "brokers", "parameters": {"projection": "x"}}, "/parameters/projection"),
        ({"kind": "isolation", "parameters": {"weights": "strength"}}, "/parameters/weights"),
        ({"kind": "unused", "parameters": {"areas": []}}, "/parameters/areas"),
        ({"kind": "unused", "as_of": "yesterday"}, "/as_of"),
        ({"kind": "waves", "parameters": {"report": "waves"}}, "/parameters/report"),
        (
            {"kind": "waves", "parameters": {"parameters": {"projection": "flow"}}},
            "/parameters/parameters/projection",
        ),
        (
            {"kind": "waves", "as_of": "2026-03-01", "parameters": {"earlier": "2026-03-01"}},
            "/parameters/earlier",
        ),
        ({"kind": "unused", "day": "2026-03-01"}, "/day"),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    service: RunningService, said: Record, pointer: str
):
    with service.client() as client:
        answer = client.post("/v1/reports", json=said)
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
        assert client.get("/v1/reports").json()["items"] == []


def test_a_report_is_read_as_data_or_on_paper(filled: RunningService):
    with filled.client(filled.key("coordinator")) as client:
        report = answered(client, "isolation")
        url = f"/v1/reports/{report['id']}"
        text = client.get(url, headers={"Accept": "text/csv"})
        assert text.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(text.text, newline="")))
        assert {row["node"] for row in rows} == {ADA, BEN}
        html = client.get(url, headers={"Accept": "text/html,*/*;q=0.5"})
        assert html.headers["Content-Type"].startswith("text/html")
        page = Balanced(html.text)
        assert NAME in page.words
        assert "Ben" in page.words
        assert "script" not in page.tags
        assert client.get(url, headers={"Accept": "image/png"}).status_code == 406
    with filled.client(filled.key("analyst")) as analyst:
        url = f"/v1/reports/{answered(analyst, 'isolation')['id']}"
        page = Balanced(analyst.get(url, headers={"Accept": "text/html"}).text)
        assert not {NAME, "Ben"} & set(page.words)


def test_partners_and_administrators_ask_for_no_reports(filled: RunningService):
    with filled.client() as client:
        report = answered(client, "unused")
    for key in (filled.key("partner", "choir"), filled.key("admin")):
        with filled.client(key) as caller:
            assert asked(caller, "unused").status_code == 403
            assert caller.get("/v1/reports").status_code == 403
            assert caller.get(f"/v1/reports/{report['id']}").status_code == 403


def test_a_cancelled_report_ends_its_process(service: RunningService):
    with service.client() as client:
        kept(client, ndjson(ring(1_000)))
        job = asked(client, "centrality", wait=None).json()
        states = events_of(client, job["id"])
        assert next(states)[0] in ("queued", "running")
        worker = os.pidfd_open(first_worker(client))
        cancelled = client.post(f"/v1/jobs/{job['id']}/cancel").json()
        assert (cancelled["state"], cancelled["result"]) == ("cancelled", None)
        assert [name for name, _ in states][-1] == "cancelled"
        # A pidfd can be read once its process has ended.
        readable, _, _ = select.select([worker], [], [], 60)
        os.close(worker)
        assert readable
        (run,) = client.get("/v1/reports").json()["items"]
        assert (run["state"], run["problem"]) == ("cancelled", None)
        assert client.get(f"/v1/reports/{run['id']}").json()["result"] is None
        csv_ = client.get(f"/v1/reports/{run['id']}", headers={"Accept": "text/csv"})
        assert csv_.status_code == 409
        # The next report does not wait for it.
        assert answered(client, "unused")["state"] == "done"


def ring(size: int) -> list[Record]:
    """Return groups in a ring with chords, whose betweenness takes its time."""
    groups = [{"kind": "association", "id": f"g{n}", "name": "G"} for n in range(size)]
    ties = [
        {
            "type": "connects", "relation": "partner",
            "source": f"g{n}", "target": f"g{(n * step + step) % size}",
        }
        for n in range(size)
        for step in (1, 7)
        if n != (n * step + step) % size
    ]  # fmt: skip
    return [*groups, *{tuple(sorted((t["source"], t["target"]))): t for t in ties}.values()]


def first_worker(client: httpx.Client) -> int:
    """Return the process that computes, once it has been forked; ask the service meanwhile."""
    forkserver.ensure_running()
    server = forkserver._forkserver._forkserver_pid  # pyright: ignore[reportAttributeAccessIssue] - the standard library keeps it to itself
    while True:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        if children:
            return int(children[0])
        client.get("/livez")
