"""An analyst is told figures that give nobody away, wherever figures are told."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest

from graph.disclosure import Pseudonyms
from tests.api import problem, read
from tests.conftest import MARKS
from tests.long_work import kept, ndjson

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

KINDS: Final = (
    "isolation", "brokers", "centrality", "unused", "fracture", "support", "waves",
    "balance", "provenance", "flow", "associations", "skills",
)  # fmt: skip
PEOPLE: Final = [str(UUID(int=(7 << 76) | (2 << 62) | n)) for n in range(1, 16)]
FIRST: Final = {"purposes": ["analysis"], "wording": "1", "method": "spoken", "given_by": "Self"}


def person(place: int, *, agrees: bool = True, area: str = "east") -> dict[str, Any]:
    consents = [{**FIRST, "given": "2026-01-01"}] if agrees else []
    return {
        "kind": "person", "id": PEOPLE[place], "name": f"Name {place}", "mapped": True,
        "areas": [area], "consents": consents,
    }  # fmt: skip


def member(place: int) -> dict[str, Any]:
    return {
        "type": "connects", "source": PEOPLE[place], "target": "choir", "relation": "member",
        "valid_from": "2020-01-01",
    }  # fmt: skip


RECORDS: Final = [
    *(person(place, area="east" if place % 5 else "west") for place in range(14)),
    {"kind": "association", "id": "choir", "name": "Choir", "areas": ["east"]},
    {"kind": "asset", "id": "piano", "name": "Piano", "areas": ["east"]},
    *(member(place) for place in range(11)),
    {"type": "offers", "source": PEOPLE[1], "target": "piano", "state": "now"},
]


@pytest.fixture
def filled(service: RunningService) -> RunningService:
    with service.client() as client:
        for area in ("east", "west"):
            client.post("/v1/areas", json={"id": area, "name": area}).raise_for_status()
        kept(client, ndjson(RECORDS))
    return service


def reported(client: httpx.Client, kind: str) -> Any:
    answer = client.post("/v1/reports", json={"kind": kind}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(value: Any) -> list[int]:
    """Return every count of a summary, those of areas aside."""
    if isinstance(value, dict):
        told = {k: v for k, v in value.items() if k not in ("areas", "area_without_association")}
        return [count for part in told.values() for count in counts(part)]
    if isinstance(value, list):
        return [count for part in value for count in counts(part)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def test_no_count_below_eight_and_no_id_of_a_person_leaves_in_any_form(filled: RunningService):
    with filled.client(filled.key("analyst")) as analyst:
        for kind in KINDS:
            run = reported(analyst, kind)
            result = run["result"]
            told = [*counts(result["summary"]), *counts(result["counted"])]
            assert all(count == 0 or (count >= 8 and count % 5 == 0) for count in told), told
            assert "disclosure" in result["conventions"]
            counted = re.sub(r"\d+ %|\d\.\d+", "", result["headline"])
            numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", counted)]
            told.append(result["summary"].get("area_without_association", 0))
            assert all(number in told for number in numbers), result["headline"]
            assert not any(person in json.dumps(run) for person in PEOPLE)
            for media_type in ("text/csv", "text/html"):
                url = f"/v1/reports/{run['id']}"
                text = analyst.get(url, headers={"Accept": media_type}).text
                assert not any(person in text for person in PEOPLE)
                assert "Name 1" not in text
                assert "suppressed" not in text.replace("are suppressed", "")


def test_a_suppressed_figure_is_null_with_a_note_and_a_star_on_paper(filled: RunningService):
    with filled.client(filled.key("analyst")) as analyst:
        run = reported(analyst, "isolation")
        summary = run["result"]["summary"]
        # 14 people, 3 of them isolated: the three, and what would give them away.
        assert summary["isolated"] is None
        assert "isolated" in summary["suppressed"]
        assert summary["paid_only"] == 0
        assert (run["result"]["rows"], run["result"]["suppressed"][-1]) == ([], "rows")
        url = f"/v1/reports/{run['id']}"
        page = analyst.get(url, headers={"Accept": "text/html"}).text
        assert "<dt>Isolated</dt><dd>*</dd>" in page
        found = reported(analyst, "unused")
        text = analyst.get(f"/v1/reports/{found['id']}", headers={"Accept": "text/csv"}).text
        (row,) = [r for r in csv.DictReader(io.StringIO(text, newline="")) if r["node"] == "piano"]
        assert (row["offers"], row["wants"]) == ("*", "0")


def test_people_have_stable_pseudonyms_and_measures_three_digits(filled: RunningService):
    with filled.client(filled.key("analyst")) as analyst:
        runs = [reported(analyst, "centrality") for _ in range(2)]
        rows = runs[0]["result"]["rows"]
        assert rows == runs[1]["result"]["rows"]
        expected = {Pseudonyms(MARKS, None).of(person) for person in PEOPLE[:14]}
        assert {row["node"] for row in rows if row["kind"] == "person"} == expected
        assert "choir" in {row["node"] for row in rows}
        measured = [cell for row in rows for cell in row.values() if isinstance(cell, float)]
        assert all(cell == float(f"{cell:.3g}") for cell in measured)
        assert all(
            row["cut_point"] is None for row in reported(analyst, "brokers")["result"]["rows"]
        )
    key = filled.key("analyst", "choir")
    with filled.client(key) as other:
        told = {row["node"] for row in reported(other, "centrality")["result"]["rows"]}
        assert not told & expected


def test_coordinators_and_the_operator_see_figures_as_they_are(filled: RunningService):
    for key in (None, filled.key("coordinator")):
        with filled.client(key) as client:
            result = reported(client, "isolation")["result"]
            assert (result["counted"], result["summary"]["isolated"]) == (14, 3)
            assert {row["node"] for row in result["rows"]} == set(PEOPLE[:14])


def test_an_analyst_supposes_nothing(filled: RunningService):
    """Seven more people would tell which count is just too small to be told."""
    with filled.client(filled.key("analyst")) as analyst:
        problem(analyst.post("/v1/reports", json={"kind": "what_if"}), 403)
        asked = {"kind": "waves", "parameters": {"report": "what_if"}}
        problem(analyst.post("/v1/reports", json=asked), 422)


def test_an_analyst_counts_by_month(filled: RunningService):
    with filled.client(filled.key("analyst")) as analyst:
        asked = {"kind": "isolation", "as_of": "2026-03-02"}
        refused = problem(analyst.post("/v1/reports", json=asked), 422)
        assert [fault["pointer"] for fault in refused["errors"]] == ["/as_of"]
        assert reported(analyst, "isolation")["as_of"].endswith("-01")
        asked = {"kind": "waves", "parameters": {"earlier": "2026-01-02"}}
        refused = problem(analyst.post("/v1/reports", json=asked), 422)
        assert [fault["pointer"] for fault in refused["errors"]] == ["/parameters/earlier"]


def world(client: httpx.Client) -> list[str]:
    """Return all that an analyst reads of reports, ids of runs and times blanked."""
    texts: list[str] = []
    for asked in KINDS:
        run = reported(client, asked)
        url = f"/v1/reports/{run['id']}"
        kinds = ("application/json", "text/csv", "text/html")
        texts += [client.get(url, headers={"Accept": kind}).text for kind in kinds]
    texts.append(json.dumps(read(client, "/v1/reports")))
    blanks = (
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\d{4}-\d\d-\d\dT[\d:.]+Z",
        r'"revision": ?"[\w-]{43}"', r"revision [\w-]{43}",
    )  # fmt: skip
    for blank in blanks:
        texts = [re.sub(blank, "-", text) for text in texts]
    return texts


def test_a_hidden_person_more_or_less_changes_no_byte_of_a_report(filled: RunningService):
    with filled.client() as operator, filled.client(filled.key("analyst")) as analyst:
        without = world(analyst)
        hidden = [person(14, agrees=False), member(14)]
        kept(operator, ndjson(hidden))
        with_them = world(analyst)
        # The list of runs has twice as many by now: only what is read of each is compared.
        assert with_them[:-1] == without[:-1]
        gone = operator.post(f"/v1/people/{PEOPLE[14]}/erasure", json={"reason": "objected"})
        assert gone.json()["runs_removed"] == []
        assert all(item["state"] == "done" for item in read(analyst, "/v1/reports")["items"])
