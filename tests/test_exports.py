"""What is exported can be imported again, by those who see it, and says where the feed goes on."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from graph.disclosure import Pseudonyms
from graph.nodes import KINDS
from graph.policy import Caller, view
from graph.store.client import Client
from graph.store.exporting import exported_nodes, exported_ties
from graph.ties import TIE_TYPES
from service.settings import Settings
from service.state import today
from tests.api import CLEO, DEV, created, tied
from tests.conftest import MARKS, Connection
from tests.long_work import CSV, IDENTIFIED, REASON, Record, exported, kept, ndjson, position
from tests.running_service import RunningService

ADA, BEN = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f", "0192f0c1-7d1e-7cc3-98c4-dc0c0c073990"
SHARING = {
    "purposes": ["sharing"], "wording": "1", "method": "spoken", "given_by": "Self",
    "given": "2026-01-01",
}  # fmt: skip
KEPT = ("version", "created_at", "updated_at")

RECORDS: list[Record] = [
    {
        "kind": "person", "id": ADA, "name": "=Ada|O'Neil", "description": "two\nlines, and a\ttab",
        "tags": ["a|b", "\\", "x"], "areas": ["riverside"], "mapped": True,
        "location": {"latitude": 51.51, "longitude": -0.12},
        "languages": ["en", "cy"], "steward": "trust", "clearance": "partners",
        "contacts": [{"kind": "email", "value": "ada@example.org", "preferred": True}],
        "source": {"system": "s", "type": "t", "id": "1"}, "sensitive": True,
        "active_from": "2020-02-29", "active_to": "2030-01-01",
        "provenance": {"method": "storytelling", "recorded_at": "2026-03-01T09:00:00Z"},
    },
    {"kind": "person", "id": BEN, "name": "Ben \N{HOUSE BUILDING}"},
    {
        "kind": "association", "id": "choir", "name": "Choir", "formality": "informal",
        "reported_members": [{"count": 7, "on": "2026-01-01"}], "structured": "no",
    },
    {"kind": "agency", "id": "trust", "name": "Trust", "sector": "voluntary"},
    {
        "kind": "asset", "id": "hall", "name": "+Hall", "levels": ["physical"],
        "status": "potential",
        "terms": [{"scheme": "s", "code": "1"}], "accessibility": {"ramp": "yes"}, "cost": "free",
        "capacity": {"unit": "places", "maximum": 80.0}, "approval": "approved",
        "schedule": [{"rrule": "FREQ=WEEKLY;BYDAY=MO", "timezone": "Europe/London"}],
    },
    {
        "type": "connects", "id": "t1", "source": ADA, "target": "choir", "relation": "member",
        "strength": 0.7, "paid": False, "quality": "supportive", "valid_from": "2020-01-01",
    },
    {"type": "connects", "source": ADA, "target": BEN, "relation": "friend", "steward": "trust"},
    {"type": "trusts", "source": BEN, "target": ADA, "level": 0.1, "openness": 4},
    {"type": "offers", "id": "o1", "source": "trust", "target": "hall", "state": "with_support"},
    {
        "type": "wants", "source": ADA, "target": "hall", "state": "met", "met_by": "o1",
        "purpose": 'to sing, "loud"',
    },
]  # fmt: skip


@pytest.fixture
def filled(service: RunningService) -> RunningService:
    with service.client() as client:
        assert client.post("/v1/areas", json={"id": "riverside", "name": "R"}).status_code == 201
        kept(client, ndjson(RECORDS))
    return service


def content(records: list[Record]) -> list[Record]:
    """Return records without what the service keeps by itself."""
    return [{k: v for k, v in record.items() if k not in KEPT} for record in records]


async def emptied(connection: Connection, client: Any) -> None:
    await connection.empty()
    assert client.post("/v1/areas", json={"id": "riverside", "name": "R"}).status_code == 201
    assert exported(client) == []


@pytest.mark.anyio
async def test_an_export_imported_into_an_empty_store_is_the_same(
    filled: RunningService, connection: Connection
):
    with filled.client() as client:
        text = client.get("/v1/exports", params=IDENTIFIED, headers=REASON).content
        before = exported(client)
        assert len(before) == len(RECORDS)
        await emptied(connection, client)
        kept(client, text)
        assert content(exported(client)) == content(before)
        again = client.get("/v1/exports", params=IDENTIFIED, headers=REASON).content
        where = position(client)
        kept(client, again)
        assert position(client) == where


@pytest.mark.anyio
async def test_spreadsheets_of_each_kind_and_type_make_the_same_network(
    filled: RunningService, connection: Connection
):
    with filled.client() as client:
        before = exported(client)
        files: dict[str, bytes] = {}
        for what in (*KINDS, *TIE_TYPES):
            asked = {"format": "csv", "what": what, **IDENTIFIED}
            answer = client.get("/v1/exports", params=asked, headers=REASON)
            assert answer.headers["Content-Type"].startswith("text/csv")
            files[what] = answer.content
            rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
            assert len(rows) == sum(what in (r.get("kind"), r.get("type")) for r in RECORDS)
        await emptied(connection, client)
        for what in ("agency", "association", "person", "asset", *TIE_TYPES):
            kept(client, files[what], CSV, what=what)
        assert content(exported(client)) == content(before)


@pytest.mark.parametrize("what", [*KINDS, *TIE_TYPES])
def test_an_export_can_be_of_one_kind_or_type(filled: RunningService, what: str):
    with filled.client() as client:
        everything = [row for row in exported(client) if what in (row.get("kind"), row.get("type"))]
        assert exported(client, what=what) == everything != []


def test_a_partner_exports_what_it_sees(filled: RunningService):
    key = filled.key("partner", "trust")
    with filled.client(key) as partner:
        shared = exported(partner, identity="pseudonymous")
        assert {row["id"] for row in shared if "kind" in row} == {"choir", "trust", "hall"}
        assert [row["id"] for row in shared if "type" in row] == ["o1"]
    with filled.client(key, **{"Wholemap-Purpose": "record"}) as partner:
        found = exported(partner)
        assert {row["id"] for row in found if "kind" in row} == {ADA, "choir", "trust", "hall"}
        ties = {(row["source"], row["target"]) for row in found if "type" in row}
        assert ties == {(ADA, BEN), ("trust", "hall")}
        assert exported(partner, what="trusts") == []
        asked = {"format": "csv", "what": "person", **IDENTIFIED}
        text = partner.get("/v1/exports", params=asked, headers=REASON).text
        assert ADA in text
        assert BEN not in text
    for role in ("analyst", "admin"):
        with filled.client(filled.key(role)) as other:
            assert other.get("/v1/exports").status_code == 403


def test_the_feed_goes_on_where_an_export_was_taken(filled: RunningService):
    with filled.client() as client:
        where = position(client)
        after = {"after": where}
        assert client.get("/v1/changes", params=after).json() == {"items": [], "next": None}
        created = client.post("/v1/associations", json={"id": "later", "name": "Later"})
        assert created.status_code == 201
        (change,) = client.get("/v1/changes", params=after).json()["items"]
        assert (change["id"], change["action"]) == ("later", "created")
        assert change["position"] != where


def test_the_first_lines_are_there_before_the_last_are_read(service: RunningService):
    rows = [
        {"kind": "asset", "id": f"a{number:05}", "name": "A", "description": "long " * 600}
        for number in range(2_500)
    ]
    with service.client() as client:
        kept(client, ndjson(rows))
        asked = client.stream("GET", "/v1/exports", params=IDENTIFIED, headers=REASON)
        with asked as answer:
            assert "Content-Length" not in answer.headers
            chunks = answer.iter_raw()
            first = next(chunks)
            assert json.loads(first.split(b"\n", 1)[0])["kind"] == "asset"
            sizes = [len(first), *map(len, chunks)]
        assert sum(sizes) > 7_500_000
        assert max(sizes) < 1_000_000


def test_an_export_that_nobody_could_read_is_refused(service: RunningService):
    with service.client() as client:
        answer = client.get("/v1/exports", params={"format": "csv"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/what")
        assert client.get("/v1/exports", params={"what": "club"}).status_code == 422
        assert client.get("/v1/exports", headers={"Accept": "text/csv"}).status_code == 406
        empty = client.get("/v1/exports", params={"format": "csv", "what": "person"})
        assert empty.text.startswith("kind,id,name")
        assert empty.text.count("\n") == 1


def test_an_export_tells_people_by_pseudonyms_and_no_free_text(filled: RunningService):
    with filled.client() as client:
        known = Pseudonyms(MARKS, None)
        told = exported(client, identity="pseudonymous")
        people = {row["id"]: row for row in told if row.get("kind") == "person"}
        assert set(people) == {known.of(ADA), known.of(BEN)}
        ada = people[known.of(ADA)]
        left = {"kind", "id", "areas", "mapped", "steward", "clearance"}
        assert set(ada) == left | {"active_from", "active_to"}
        ends = {(row["source"], row["target"]) for row in told if row.get("type") == "connects"}
        assert ends == {(known.of(ADA), "choir"), (known.of(ADA), known.of(BEN))}
        files = [client.get("/v1/exports").text]
        for what in (*KINDS, *TIE_TYPES):
            asked = {"format": "csv", "what": what}
            files.append(client.get("/v1/exports", params=asked).text)
        for text in files:
            assert not any(word in text for word in (ADA, BEN, "O'Neil", "example.org", "loud"))


def test_who_is_named_in_an_export_is_for_a_reason_that_the_audit_keeps(filled: RunningService):
    with filled.client(filled.key("coordinator")) as coordinator:
        refused = coordinator.get("/v1/exports", params=IDENTIFIED)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/header/Wholemap-Reason"
        own_words = coordinator.get(
            "/v1/exports", params=IDENTIFIED, headers={"Wholemap-Reason": "for Ada"}
        )
        assert own_words.status_code == 422
        given = coordinator.get("/v1/exports", params=IDENTIFIED, headers=REASON)
        assert given.status_code == 200
    with filled.client(filled.key("partner", "trust")) as partner:
        assert partner.get("/v1/exports", params=IDENTIFIED, headers=REASON).status_code == 403
        own = {**REASON, "Wholemap-Purpose": "record"}
        assert partner.get("/v1/exports", params=IDENTIFIED, headers=own).status_code == 200
    with filled.client() as operator:
        request = given.headers["Wholemap-Request"]
        found = operator.get("/v1/audit/entries", params={"class": "export", "limit": 1000}).json()[
            "items"
        ]
        (entry,) = [item for item in found if item["request"] == request]
        assert (entry["class"], entry["reason"]) == ("export", "transfer")


def test_a_dense_network_says_that_people_may_be_found_in_it(service: RunningService):
    groups = [{"kind": "association", "id": f"g{n}", "name": "G"} for n in range(13)]
    ties = [
        {"type": "connects", "source": f"g{n}", "target": f"g{m}", "relation": "partner"}
        for n in range(13)
        for m in range(n)
    ]
    with service.client() as client:
        kept(client, ndjson(groups[:11] + ties[: 11 * 10 // 2]))
        assert "Wholemap-Warning" not in client.get("/v1/exports").headers
        kept(client, ndjson(groups + ties))
        assert "mean degree 12 is above 10" in client.get("/v1/exports").headers["Wholemap-Warning"]


@pytest.mark.anyio
async def test_who_withdraws_while_an_export_streams_is_in_none_of_its_next_batches(
    service: RunningService, connection: Connection
):
    people = [ADA, BEN, CLEO, DEV]
    agreed: dict[str, str] = {}
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        for person in people:
            created(client, "people", id=person, name="Somebody", clearance="partners")
            agreed[person] = created(client, f"people/{person}/consents", **SHARING)["id"]
            tied(client, person, "member", "choir", id=f"of-{person}", clearance="partners")
        async with Client(connection.engine) as store:
            seen = view(Caller("", "partner", "choir"), "sharing", today(Settings()))
            nodes = exported_nodes(store, seen, batch_rows=1)
            ties = exported_ties(store, seen, batch_rows=1)
            given = {(await anext(nodes))["id"], (await anext(ties)).source, "choir"}
            left = [person for person in people if person not in given]
            withdrew, stays = left[:-1], left[-1]
            for person in withdrew:
                url = f"/v1/people/{person}/consents/{agreed[person]}/withdrawal"
                client.post(url).raise_for_status()
            named = {row["id"] async for row in nodes} | {tie.source async for tie in ties}
            assert stays in named
            assert not named & {*withdrew}
