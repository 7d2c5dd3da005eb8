"""Nobody who was erased is to be found, in any answer; nor do they come back unasked."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.store.changes import NOBODY
from graph.store.client import Client
from service.housekeeper import tidy
from service.settings import Settings
from tests.api import ADA, BEN, CLEO, created, feed, ids, problem, read, tied
from tests.long_work import CSV, imported, ndjson, refused_rows
from tests.running_service import running

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine
    from tests.conftest import Connection
    from tests.running_service import RunningService

NAME: Final = "Philippa Öngström"
FOREIGN: Final = {"system": "surgery", "type": "patient", "id": "nhs-9434765919"}
WORDS: Final = {
    "name": "Öngström",
    "folded name": "ongstrom",
    "escaped name": "\\u00d6ngstr",
    "description": "sourdough",
    "tag": "beekeeper",
    "contact": "7700900777",
    "foreign id": "9434765919",
    "a want's purpose": "lonely since the winter",
    "an offer's condition": "wheelchair taxi",
}
"""What of the person must be in no answer, each as an answer would say it."""

REASON: Final = {"reason": "consent_withdrawn"}


def peopled(client: httpx.Client) -> None:
    """Record a person who is in everything that is kept, and some others."""
    created(client, "areas", id="east", name="East")
    created(client, "associations", id="choir", name="Choir")
    created(client, "assets", id="oven", name="Oven", levels=["physical"])
    person = {
        "id": ADA, "name": NAME, "description": "Bakes sourdough", "tags": ["beekeeper"],
        "areas": ["east"], "contacts": [{"kind": "phone", "value": "+447700900777"}],
        "source": FOREIGN, "mapped": True,
    }  # fmt: skip
    created(client, "people", **person)
    created(client, "people", id=BEN, name="Ben", provenance={"recorded_by": NAME})
    created(client, "people", id=CLEO, name="Cleo", mapped=True)
    tied(client, ADA, "friend", BEN, id="t1", provenance={"recorded_by": ADA})
    tied(client, BEN, "member", "choir", id="t2", provenance={"recorded_by": ADA})
    created(
        client, "ties", type="offers", id="o1", source=ADA, target="oven", state="with_support",
        support_needed="a wheelchair taxi",
    )  # fmt: skip
    created(
        client, "ties", type="wants", id="w1", source=ADA, target="oven",
        purpose="lonely since the winter",
    )  # fmt: skip
    created(
        client, "ties", type="wants", id="w2", source=CLEO, target="oven", state="met", met_by="o1"
    )
    created(client, "ties", type="trusts", id="r1", source=BEN, target=ADA, level=0.9)


def failed_rows() -> list[dict[str, Any]]:
    """Return rows that are refused, and name the person in every way but the first."""
    nobody = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07dead"
    return [
        {"kind": "asset", "id": "shed", "name": "Shed", "areas": ["nowhere"]},
        {"kind": "person", "id": CLEO, "name": NAME, "areas": ["nowhere"]},
        {"type": "wants", "source": ADA, "target": "none", "purpose": "lonely since the winter"},
        {"type": "trusts", "source": FOREIGN, "target": nobody},
        {"kind": "asset", "id": "x", "name": "call +44 7700900777", "areas": ["nowhere"]},
        {"kind": "asset", "id": "y", "name": "For ÖNGSTRÖM, Philippa", "areas": ["nowhere"]},
    ]


def answers(client: httpx.Client, jobs: list[str], cursors: list[str]) -> dict[str, str]:
    """Return what every read of the service answers."""
    asked = [
        *(f"/v1/{path}?limit=1000" for path in ("people", "associations", "assets", "areas")),
        *(f"/v1/ties?{query}" for query in ("limit=1000", f"source={ADA}", f"target={ADA}")),
        *(f"/v1/people?source_id={part}" for part in (FOREIGN["id"], "none")),
        f"/v1/people/{ADA}", f"/v1/nodes/{ADA}", "/v1/ties/connects/t1", "/v1/ties/wants/w1",
        *(f"/v1/nodes/{node}/neighbourhood?hops=3" for node in (ADA, BEN, "oven", "choir")),
        "/v1/exports", *(
            f"/v1/exports?format=csv&what={what}"
            for what in ("person", "connects", "wants", "offers", "trusts")
        ),
        "/v1/changes?limit=1000", "/v1/reports", "/v1/jobs/none", "/metrics", *cursors,
        *(f"/v1/jobs/{job}{part}" for job in jobs for part in ("", "/errors", "/events")),
    ]  # fmt: skip
    found = {url: client.get(url) for url in asked}
    for run in read(client, "/v1/reports", limit=1000)["items"]:
        for media_type in ("application/json", "text/csv", "text/html"):
            url = f"/v1/reports/{run['id']}"
            found[f"{url} as {media_type}"] = client.get(url, headers={"Accept": media_type})
    for text in (NAME, "sourdough", "beekeeper", "lonely"):
        found[f"search {text}"] = client.post("/v1/search", json={"text": text})
    found["get"] = client.post("/v1/nodes/get", json={"ids": [ADA, BEN]})
    for person in (ADA, BEN):
        question = {"person": person, "group": "choir"}
        found[f"connect {person}"] = client.post("/v1/connect", json=question)
    assert all(answer.status_code < 500 for answer in found.values())
    return {url: f"{answer.text}\n{dict(answer.headers)}" for url, answer in found.items()}


def erased(client: httpx.Client, person: str = ADA) -> Any:
    """Erase a person and return what is told of it."""
    answer = client.post(f"/v1/people/{person}/erasure", json=REASON)
    assert answer.status_code == 200, answer.text
    return answer.json()


def reported(client: httpx.Client, kind: str) -> Any:
    answer = client.post("/v1/reports", json={"kind": kind}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_no_answer_holds_anything_of_who_was_erased(service: RunningService):
    with service.client() as client:
        peopled(client)
        jobs = [
            imported(client, ndjson(failed_rows()), on_error="keep_good")["id"],
            imported(
                client,
                f'id,name,tags\nz{ADA},"Öngström ""Pip"" Philippa",beekeeper\n'.encode(),
                CSV, what="person", on_error="keep_good",
            )["id"],
        ]  # fmt: skip
        assert [len(refused_rows(client, job)) for job in jobs] == [6, 1]
        runs = [reported(client, kind)["id"] for kind in ("centrality", "isolation")]
        cursors = [
            f"/v1/{path}?limit=1&cursor={read(client, f'/v1/{path}', limit=1)['next']}"
            for path in ("people", "ties")
        ]
        before = answers(client, jobs, cursors)
        for what, word in WORDS.items():
            assert any(word in text for text in before.values()) or "name" in what, what

        told = erased(client)

        after = answers(client, jobs, cursors)
        for url, text in after.items():
            for what, word in WORDS.items():
                assert word.lower() not in text.lower(), (what, url)
            if not url.startswith(("/v1/changes", "search")) and ADA not in url:
                assert ADA not in text, url
        assert after.keys() == before.keys()
        assert (told["erased"], told["ties"], told["references"]) == (ADA, 4, 3)
        assert sorted(told["runs_removed"]) == sorted(runs)
        assert sorted(told["jobs_scrubbed"]) == sorted(jobs)
        assert (told["jobs_open"], told["backups"]) == ([], [])
        for run in runs:
            assert "RunOutdated" in problem(client.get(f"/v1/reports/{run}"), 410)["type"]
        kept = {row["line"]: row["row"] for row in refused_rows(client, jobs[0])}
        assert json.loads(kept.pop(1))["id"] == "shed"
        assert kept == dict.fromkeys(range(2, 7), "")
        assert all(row["row"] == "" for row in refused_rows(client, jobs[1]))


def test_an_erasure_stands_in_the_feed_with_the_deleted_ties(service: RunningService):
    with service.client() as client:
        peopled(client)
        begin = len(feed(client))
        erased(client)
        entries = [
            (entry["action"], entry["kind"] or entry["type"], entry["id"], entry["version"])
            for entry in feed(client)[begin:]
        ]
        assert sorted(entries) == sorted(
            [
                ("deleted", "connects", "t1", 2), ("deleted", "offers", "o1", 2),
                ("deleted", "wants", "w1", 2), ("deleted", "trusts", "r1", 2),
                ("erased", "person", ADA, 2), ("updated", "person", BEN, 2),
                ("updated", "connects", "t2", 2), ("updated", "wants", "w2", 2),
            ]
        )  # fmt: skip
        assert read(client, "/v1/ties/wants/w2")["met_by"] is None
        assert read(client, "/v1/ties/connects/t2")["version"] == 2


@pytest.mark.parametrize("by", ["id", "source"])
def test_whoever_was_erased_comes_back_by_no_door_until_it_is_lifted(
    service: RunningService, by: str
):
    back = {"name": NAME, **({"id": ADA} if by == "id" else {"source": FOREIGN})}
    with service.client() as client:
        peopled(client)
        erased(client)
        begin = len(feed(client))
        end = ADA if by == "id" else FOREIGN
        rows = [
            {"kind": "person", **back},
            {"kind": "person", **back, "areas": ["nowhere"]},
            {"kind": "asset", "id": "cart", "name": "Cart", "source": FOREIGN},
            {"type": "wants", "source": end, "target": "oven", "purpose": "lonely"},
        ]
        for more in ({"on_error": "keep_good"}, {"dry_run": True}):
            job = imported(client, ndjson(rows), **more)
            told = refused_rows(client, job["id"])
            assert sorted(row["line"] for row in told) == [1, 2, 3, 4]
            assert {row["row"] for row in told} == {""}
            assert all("was erased" in row["detail"] for row in told)
        tie = {"type": "wants", "source": ADA, "target": "oven"}
        for answer in (
            client.post("/v1/people", json=back),
            client.put(f"/v1/people/{back.get('id', CLEO)}", json=back, headers={"If-Match": "*"}),
            client.put(f"/v1/assets/{by}", json={"name": "Cart", "source": FOREIGN}),
            client.post("/v1/ties", json=tie),
        ):
            assert "Erased" in problem(answer, 409)["type"]
        assert len(feed(client)) == begin
        problem(client.get(f"/v1/people/{ADA}"), 404)

        lifted = client.delete(f"/v1/people/{ADA}/erasure", params={"reason": "asked"})
        assert lifted.status_code == 204
        problem(client.get(f"/v1/people/{ADA}"), 404)
        again = created(client, "people", **back, **({} if by == "id" else {"id": ADA}))
        assert again["version"] == 3
        assert erased(client)["ties"] == 0
        problem(client.post("/v1/people", json=back), 409)


def test_who_does_not_come_back_is_nobodys_steward(service: RunningService):
    rows = [
        {"kind": "association", "id": "gang", "name": "Gang", "source": FOREIGN},
        {"kind": "asset", "id": "shed", "name": "Shed", "steward": "gang"},
    ]
    with service.client() as client:
        peopled(client)
        client.post(f"/v1/people/{ADA}/erasure", json=REASON).raise_for_status()
        job = imported(client, ndjson(rows), on_error="keep_good")
        assert (job["state"], job["failed_rows"]) == ("done", 2)
        problem(client.get("/v1/assets/shed"), 404)


def test_erasing_who_was_erased_changes_nothing(service: RunningService):
    with service.client() as client:
        peopled(client)
        erased(client)
        begin = len(feed(client))
        for _ in range(2):
            again = client.post(f"/v1/people/{ADA}/erasure", json=REASON)
            assert "Erased" in problem(again, 409)["type"]
        for person in ("none", CLEO.replace("7", "8"), "choir"):
            problem(client.post(f"/v1/people/{person}/erasure", json=REASON), 404)
        problem(client.post(f"/v1/people/{BEN}/erasure", json={"reason": "they moved"}), 422)
        problem(client.post(f"/v1/people/{BEN}/erasure", json={}), 422)
        assert len(feed(client)) == begin
        lift = {"reason": "asked"}
        problem(client.delete(f"/v1/people/{BEN}/erasure", params=lift), 404)
        assert client.delete(f"/v1/people/{ADA}/erasure", params=lift).status_code == 204
        problem(client.delete(f"/v1/people/{ADA}/erasure", params=lift), 404)


def test_a_request_that_made_the_erased_does_not_make_them_again(service: RunningService):
    with service.client() as client:
        headers = {"Idempotency-Key": "once"}
        made = client.post("/v1/people", json={"name": NAME}, headers=headers).json()
        erased(client, made["id"])
        for body in ({"name": NAME}, {"name": "Somebody else"}):
            again = client.post("/v1/people", json=body, headers=headers)
            assert "Erased" in problem(again, 409)["type"]
        assert ids(client, "/v1/people") == []


def test_a_partner_erases_nobody(service: RunningService):
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name=NAME, steward="choir")
    with service.client(service.key("partner", "choir")) as partner:
        problem(partner.post(f"/v1/people/{ADA}/erasure", json=REASON), 403)
        problem(partner.delete(f"/v1/people/{ADA}/erasure", params={"reason": "asked"}), 403)


def test_the_network_in_memory_forgets_at_once(service: RunningService):
    with service.client() as client:
        peopled(client)
        question = {"person": ADA, "group": "choir"}
        assert client.post("/v1/connect", json=question).json()["hops"] == 2
        assert reported(client, "unused")["result"]["counted"] > 0
        counted = reported(client, "centrality")["result"]["counted"]
        erased(client)
        problem(client.post("/v1/connect", json=question), 404)
        assert reported(client, "centrality")["result"]["counted"] == counted - 1


@pytest.mark.anyio
async def test_the_plain_id_is_purged_after_its_time_and_the_mark_stays(
    service: RunningService, connection: Connection
):
    with service.client() as client:
        peopled(client)
        question = {"person": ADA, "group": "choir"}
        assert client.post("/v1/connect", json=question).json()["hops"] == 2
        erased(client)
        before = feed(client)
        now = datetime.now(UTC)
        async with Client(connection.engine) as store:
            await tidy(store, Settings(erased_days=30), now + timedelta(days=29))
            assert feed(client) == before
            # What stood in the feed when the network was last looked at is not named any more.
            await tidy(store, Settings(erased_days=30), now + timedelta(days=31))
        problem(client.post("/v1/connect", json=question), 404)
        after = feed(client)
        assert ADA not in json.dumps(after)
        assert [entry["position"] for entry in after] == [entry["position"] for entry in before]
        assert [entry for entry in after if entry["id"] == NOBODY] == [
            {**entry, "id": NOBODY} for entry in before if entry["id"] == ADA
        ]
        # The audit keeps who was asked for, by the bare id, for a time of its own.
        rows = await connection.query(
            "MATCH (n) WHERE NOT n:Request AND NOT n:Audit RETURN n {.*} AS kept"
        )
        assert ADA not in str([row["kept"] for row in rows])
        for back in ({"id": ADA}, {"source": FOREIGN}):
            problem(client.post("/v1/people", json={"name": NAME, **back}), 409)
        problem(client.post(f"/v1/people/{ADA}/erasure", json=REASON), 409)
        lifted = client.delete(f"/v1/people/{ADA}/erasure", params={"reason": "asked"})
        assert lifted.status_code == 204
        assert created(client, "people", id=ADA, name=NAME)["version"] == 3


def test_the_answer_names_the_backups_that_hold_the_person_still(engine: Engine, tmp_path: Path):
    kept = tmp_path / "backups"
    kept.mkdir()
    day = date(2026, 3, 1)
    for number, name in enumerate((".hidden", "monday.tar", "tuesday.tar")):
        file = kept / name
        file.write_bytes(b"everybody")
        at = (day + timedelta(number)).toordinal() - date(1970, 1, 1).toordinal()
        os.utime(file, (at * 86_400, at * 86_400))
    told = {"backup_dir": kept, "backup_days": 10, "timezone": "UTC"}
    with running(engine, tmp_path / "data", **told) as service, service.client() as client:
        created(client, "people", id=ADA, name=NAME)
        assert erased(client)["backups"] == [
            {"name": "monday.tar", "expires_on": "2026-03-12"},
            {"name": "tuesday.tar", "expires_on": "2026-03-13"},
        ]
