"""Files of nodes and ties are imported whole, or not at all, or as far as they are good."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import pytest

from tests.long_work import (
    CSV,
    begun,
    exported,
    followed,
    imported,
    kept,
    ndjson,
    position,
    refused_for,
    refused_rows,
    sent,
)
from tests.running_service import RunningService

BATCH = 2_000


def person(number: int, **said: Any) -> dict[str, Any]:
    id_ = str(uuid5(UUID(int=0), str(number)))
    return {"kind": "person", "id": id_, "name": f"P{number:05}", **said}


def association(id_: str, **said: Any) -> dict[str, Any]:
    return {"kind": "association", "id": id_, "name": id_, **said}


def member(who: dict[str, Any], group: str, **said: Any) -> dict[str, Any]:
    said = {"source": who["id"], "target": group, **said}
    return {"type": "connects", "relation": "member", **said}


ADA, BEN, CYN = person(1), person(2), person(3)
CHOIR = association("choir")


def test_rows_may_come_in_any_order(service: RunningService):
    source = {"system": "register", "type": "club", "id": "7"}
    rows = [
        member(ADA, "choir"),
        {"type": "connects", "relation": "member", "source": BEN["id"], "target": source},
        {**ADA, "steward": "trust"},
        association("choir", steward="trust"),
        BEN,
        {"kind": "association", "name": "Chess", "source": source},
        {"kind": "agency", "id": "trust", "name": "Trust"},
    ]
    with service.client() as client:
        job = kept(client, ndjson(rows))
        assert job["done"] == job["total"] == 7
        found = exported(client)
        assert len(found) == 7
        chess = next(row for row in found if row.get("name") == "Chess")
        assert {row["target"] for row in found if "type" in row} == {"choir", chess["id"]}
        assert client.get("/v1/associations/choir").json()["steward"] == "trust"


def test_a_steward_may_come_batches_after_what_it_answers_for(service: RunningService):
    groups = (association(f"g{number:05}", steward="trust") for number in range(BATCH))
    last = [{"kind": "agency", "id": "trust", "name": "Trust"}]
    with service.client() as client:
        job = kept(client, ndjson([*groups, *last]))
        assert job["done"] == BATCH + 1


def test_one_wrong_row_keeps_all_of_them_out(service: RunningService):
    rows = [CHOIR, ADA, {**BEN, "mapped": "yes"}, member(ADA, "nowhere"), member(ADA, "choir")]
    with service.client() as client:
        before = position(client)
        job = imported(client, ndjson(rows))
        assert (job["state"], job["failed_rows"], job["result"]) == ("failed", 2, None)
        assert "nothing was written" in job["problem"]["detail"]
        assert refused_for(client, job) == [(3, ["/mapped"]), (4, ["/target"])]
        assert exported(client) == []
        assert position(client) == before


def test_good_rows_are_kept_when_that_is_asked_for(service: RunningService):
    rows = [
        CHOIR,
        ADA,
        {**BEN, "mapped": "yes"},
        member(BEN, "choir"),
        member(ADA, "choir"),
        {"kind": "person"},
    ]
    with service.client() as client:
        job = imported(client, ndjson(rows), on_error="keep_good")
        assert (job["state"], job["done"], job["total"], job["failed_rows"]) == ("done", 6, 6, 3)
        assert refused_for(client, job) == [(6, ["/id"]), (3, ["/mapped"]), (4, ["/source"])]
        shown = {row["line"]: row["row"] for row in refused_rows(client, job["id"])}
        assert shown[6] == '{"kind": "person"}'
        assert [row.get("name") for row in exported(client)] == ["P00001", "choir", None]


def test_a_rehearsal_writes_nothing_and_says_the_same(service: RunningService):
    rows = [CHOIR, ADA, {**BEN, "areas": ["moon"]}, member(ADA, "choir"), member(ADA, "moon")]
    with service.client() as client:
        before = position(client)
        tried = imported(client, ndjson(rows), dry_run=True)
        assert (tried["state"], tried["done"], tried["failed_rows"]) == ("done", 5, 2)
        assert (exported(client), position(client)) == ([], before)
        done = imported(client, ndjson(rows), on_error="keep_good")
        assert refused_rows(client, tried["id"]) == refused_rows(client, done["id"])
        assert refused_for(client, tried) == [(3, ["/areas/0"]), (5, ["/target"])]


def test_fields_that_a_row_does_not_give_stay(service: RunningService):
    with service.client() as client:
        kept(client, ndjson([association("choir", description="Sings", tags=["music"])]))
        kept(client, ndjson([{"kind": "association", "id": "choir", "tags": ["song"]}]))
        found = client.get("/v1/associations/choir").json()
        assert (found["name"], found["description"]) == ("choir", "Sings")
        assert (found["tags"], found["version"]) == (["song"], 2)
        kept(client, ndjson([{"kind": "association", "id": "choir", "description": None}]))
        assert client.get("/v1/associations/choir").json()["description"] is None


def test_the_same_file_twice_changes_nothing(service: RunningService):
    rows = [CHOIR, ADA, BEN, member(ADA, "choir"), member(BEN, "choir", id="t1")]
    with service.client() as client:
        kept(client, ndjson(rows))
        before, there = position(client), exported(client)
        kept(client, ndjson(rows))
        assert (position(client), exported(client)) == (before, there)


def test_what_was_changed_here_is_not_overwritten_unasked(service: RunningService):
    rows = [CHOIR, ADA, member(ADA, "choir", id="t1", strength=0.5)]
    newer = [
        association("choir", description="of the file"),
        {**ADA, "mapped": True},
        member(ADA, "choir", id="t1", strength=0.7),
    ]
    with service.client() as client:
        kept(client, ndjson(rows))
        for path in ("/v1/associations/choir", "/v1/ties/connects/t1"):
            tag = client.get(path).headers["ETag"]
            patch = {"strength": 0.9} if "ties" in path else {"description": "of here"}
            changed = client.patch(path, json=patch, headers={"If-Match": tag})
            assert changed.status_code == 200, changed.text
        # A row that says nothing else than before is no conflict: absent fields are kept.
        job = imported(client, ndjson([CHOIR, ADA]))
        assert (job["state"], job["failed_rows"]) == ("done", 0)
        job = imported(client, ndjson(newer), on_error="keep_good")
        assert [line for line, _ in refused_for(client, job)] == [1, 3]
        assert "changed here" in refused_rows(client, job["id"])[0]["detail"]
        assert client.get("/v1/associations/choir").json()["description"] == "of here"
        assert client.get(f"/v1/people/{ADA['id']}").json()["mapped"]
        kept(client, ndjson(newer), on_conflict="replace")
        assert client.get("/v1/associations/choir").json()["description"] == "of the file"
        assert client.get("/v1/ties/connects/t1").json()["strength"] == 0.7
        kept(client, ndjson([association("choir", description="newer")]))


def test_a_partner_imports_what_it_answers_for_and_no_more(service: RunningService):
    with service.client() as client:
        kept(client, ndjson([association("trust"), association("choir"), ADA]))
    rows = [
        association("shed", steward="trust"),
        {**BEN, "steward": "trust"},
        member(BEN, "shed", steward="trust"),
        association("choir", description="ours now"),
        association("club"),
        {**ADA, "steward": "trust"},
        member(ADA, "shed", steward="trust"),
    ]
    key = service.key("partner", "trust")
    with service.client(key, **{"Wholemap-Purpose": "record"}) as partner:
        job = imported(partner, ndjson(rows), on_error="keep_good")
        assert [line for line, _ in refused_for(partner, job)] == [4, 5, 6, 7]
        held = {row["id"] for row in exported(partner) if row["steward"] == "trust"}
        assert {"shed", BEN["id"]} <= held
        job = imported(partner, ndjson(rows))
        assert job["state"] == "failed"
    with service.client() as client:
        assert client.get("/v1/associations/choir").json()["version"] == 1
        assert client.get(f"/v1/people/{ADA['id']}").json()["steward"] is None


def test_an_id_comes_once_in_a_file(service: RunningService):
    source = {"system": "s", "type": "t", "id": "1"}
    rows = [
        CHOIR,
        {**ADA, "source": source},
        {**BEN, "source": source},
        association("choir", name="again"),
        {**ADA, "id": ADA["id"].upper()},
        member(ADA, "choir", id="t1"),
        {**member(ADA, "choir", id="t1"), "relation": "volunteer"},
    ]
    with service.client() as client:
        job = imported(client, ndjson(rows))
        assert refused_for(client, job) == [
            (3, ["/source"]),
            (4, ["/id"]),
            (5, ["/id"]),
            (7, ["/id"]),
        ]
        assert "line 1" in refused_rows(client, job["id"])[1]["errors"][0]["detail"]
        assert exported(client) == []


def test_times_of_one_relation_do_not_overlap_in_a_file(service: RunningService):
    people = [person(number) for number in range(BATCH)]
    early = member(people[0], "choir", valid_from="2020-01-01", valid_to="2021-01-01")
    rows: list[dict[str, Any]] = [CHOIR, *people, early]
    rows += [member(each, "choir") for each in people[1:]]
    rows += [
        {**early, "valid_from": "2020-12-31", "valid_to": None},
        {**early, "valid_from": "2021-01-01", "valid_to": None},
    ]
    with service.client() as client:
        tried = imported(client, ndjson(rows))
        assert (tried["state"], tried["failed_rows"]) == ("failed", 1)
        done = imported(client, ndjson(rows), on_error="keep_good")
        assert (done["state"], done["failed_rows"]) == ("done", 1)
        for job in (tried, done):
            (row,) = refused_rows(client, job["id"])
            assert (row["line"], row["errors"]) == (len(rows) - 1, [])
            assert "overlapping time" in row["detail"]


def test_a_tie_may_end_in_one_batch_and_go_on_in_another(service: RunningService):
    people = [person(number) for number in range(BATCH)]
    first = member(people[0], "choir", id="first")
    with service.client() as client:
        kept(client, ndjson([CHOIR, *people, first]))
        ended = {**first, "valid_to": "2021-01-01"}
        between = [member(each, "choir") for each in people[1:]]
        later = member(people[0], "choir", valid_from="2021-01-01")
        kept(client, ndjson([ended, *between, later]))


@pytest.mark.parametrize("query", [{}, {"dry_run": True}, {"on_error": "keep_good"}])
def test_an_id_of_a_tie_between_others_is_taken(service: RunningService, query: dict[str, Any]):
    with service.client() as client:
        kept(client, ndjson([CHOIR, ADA, BEN, member(ADA, "choir", id="t1")]))
        there = exported(client)
        rows = [association("shed"), member(BEN, "shed"), member(BEN, "choir", id="t1")]
        job = imported(client, ndjson(rows), **query)
        assert refused_for(client, job) == [(3, [])]
        assert "t1" in refused_rows(client, job["id"])[0]["detail"]
        assert len(exported(client)) == len(there) + (2 if "on_error" in query else 0)


def test_contacts_of_one_record_come_in_many_rows_and_batches(service: RunningService):
    mapping = {
        "node": {
            "kind": {"constant": "association"},
            "id": "group",
            "name": {"column": "name"},
            "contacts": [{"kind": {"constant": "phone"}, "value": "phone"}],
        },
        "append": ["contacts"],
    }
    between = [f"g{number},G,1" for number in range(BATCH)]
    lines = ["group,name,phone", "choir,Choir,1", "choir,,2", "choir,,1", *between, "choir,,3"]
    with service.client() as client:
        for _ in range(2):
            kept(client, "\n".join(lines).encode(), CSV, mapping=mapping)
            found = client.get("/v1/associations/choir").json()
            assert [contact["value"] for contact in found["contacts"]] == ["1", "2", "3"]
            assert found["name"] == "Choir"


def test_one_key_makes_one_import(service: RunningService):
    key = {"Idempotency-Key": "once"}
    with service.client() as client:
        first = begun(sent(client, ndjson([CHOIR]), headers=key))
        followed(client, first)
        assert begun(sent(client, ndjson([CHOIR]), headers=key)) == first
        other = sent(client, ndjson([ADA]), headers=key)
        assert (other.status_code, other.json()["status"]) == (422, 422)
        assert sent(client, ndjson([CHOIR]), headers=key, dry_run=True).status_code == 422
        assert len(exported(client)) == 1


def test_a_uuid_is_the_same_in_capital_letters(service: RunningService):
    shouted = {**ADA, "id": ADA["id"].upper()}
    with service.client() as client:
        kept(client, ndjson([CHOIR, shouted, member(ADA, "choir")]))
        before = position(client)
        kept(client, ndjson([ADA, member(ADA, "choir")]))
        kept(client, ndjson([shouted]))
        assert position(client) == before
        assert client.get(f"/v1/people/{ADA['id']}").json()["id"] == ADA["id"]
