"""A partner writes what it stewards, and reads no person of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.api import ADA, BEN, CLEO, created, feed, ids, pointers, problem, read, tied
from tests.long_work import IDENTIFIED, REASON, exported, kept, ndjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.running_service import RunningService

SHARING: Final = {
    "purposes": ["directory", "sharing"], "wording": "1", "method": "spoken",
    "given_by": "Self", "given": "2026-01-01",
}  # fmt: skip


@pytest.fixture
def partner(service: RunningService) -> Iterator[httpx.Client]:
    """Act for the town, which stewards Ben; Ada is nobody's."""
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "people", id=ADA, name="Singer", tags=["s"])
        created(client, "people", id=BEN, name="Singer", tags=["s"], steward="town")
        created(client, "associations", id="choir", name="Singers", tags=["s"])
        tied(client, ADA, "member", "choir", id="hidden")
        tied(client, BEN, "member", "choir", id="seen", steward="town")
        tied(client, ADA, "friend", BEN, id="half")
        tied(client, ADA, "staff", "town", id="own", steward="town")
        tied(client, "town", "funds", "choir", id="groups")
    key = service.key("partner", "town")
    with service.client(key, **{"Wholemap-Purpose": "record"}) as partner:
        yield partner


def test_a_person_of_others_is_not_there_for_a_partner(partner: httpx.Client) -> None:
    for url in (f"/v1/people/{ADA}", f"/v1/nodes/{ADA}", f"/v1/nodes/{ADA}/neighbourhood"):
        problem(partner.get(url), 404)
        problem(partner.get(url, headers={"If-None-Match": "*"}), 404)
    url = f"/v1/people/{ADA}"
    for headers in ({}, {"If-Match": "*"}, {"If-Match": '"7-0123456789abcdef"'}):
        fields = {"name": "Ada", "steward": "town"}
        problem(partner.put(url, json=fields, headers=headers), 404)
        problem(partner.patch(url, json={"steward": "town"}, headers=headers), 404)
        problem(partner.delete(url, headers=headers), 404)
    assert ids(partner, "/v1/people") == ids(partner, "/v1/people", tag="s") == [BEN]
    answer = partner.post("/v1/nodes/get", json={"ids": [ADA, BEN, "choir"]})
    assert [item["id"] for item in answer.json()["items"]] == [BEN, "choir"]
    answer = partner.post("/v1/search", json={"text": "singer"})
    assert [item["id"] for item in answer.json()["items"]] == [BEN, "choir"]


def test_a_tie_at_a_hidden_person_is_nowhere_for_a_partner(partner: httpx.Client) -> None:
    seen = ["groups", "own", "seen"]
    assert ids(partner, "/v1/ties") == seen
    assert ids(partner, "/v1/ties", type="connects", limit=2) == seen[:2]
    assert ids(partner, "/v1/ties", target="choir") == ["groups", "seen"]
    assert ids(partner, "/v1/ties", source=ADA) == ["own"]
    for hidden in ("hidden", "half"):
        url = f"/v1/ties/connects/{hidden}"
        problem(partner.get(url), 404)
        problem(partner.patch(url, json={"strength": 1}, headers={"If-Match": "*"}), 404)
        problem(partner.put(url, json={"steward": "town"}), 404)
        problem(partner.delete(url), 404)
    around = read(partner, "/v1/nodes/choir/neighbourhood", hops=3)
    assert [node["id"] for node in around["nodes"]] == [BEN, "choir", "town"]
    assert [tie["id"] for tie in around["ties"]] == ["groups", "seen"]
    hidden = partner.get("/v1/exports").text
    assert ADA not in hidden
    assert BEN not in hidden
    lines = exported(partner)
    assert sorted(line["id"] for line in lines) == sorted([BEN, "choir", "town", *seen])
    rows = partner.get(
        "/v1/exports", params={"format": "csv", "what": "person", **IDENTIFIED}, headers=REASON
    ).text
    assert BEN in rows
    assert ADA not in rows
    assert {change["id"] for change in feed(partner)} == {BEN, "choir", "town", *seen}


def test_a_partner_writes_what_it_stewards_and_nothing_else(partner: httpx.Client) -> None:
    before = feed(partner)
    any_version = {"If-Match": "*"}
    for refused in (
        partner.post("/v1/assets", json={"name": "Hall"}),
        partner.post("/v1/assets", json={"name": "Hall", "steward": "choir"}),
        partner.put("/v1/assets/hall", json={"name": "Hall"}),
        partner.patch("/v1/associations/choir", json={"name": "Mine"}, headers=any_version),
        partner.patch("/v1/associations/choir", json={"steward": "town"}, headers=any_version),
        partner.delete("/v1/associations/choir", headers=any_version),
        partner.patch(f"/v1/people/{BEN}", json={"steward": None}, headers=any_version),
        partner.patch(f"/v1/people/{BEN}", json={"steward": "choir"}, headers=any_version),
        partner.patch("/v1/ties/connects/groups", json={"strength": 1}, headers=any_version),
        partner.delete("/v1/ties/connects/groups", headers=any_version),
        partner.delete(f"/v1/people/{BEN}?with_ties=true", headers=any_version),
        partner.post("/v1/areas", json={"name": "North"}),
    ):
        problem(refused, 403)
    problem(partner.post("/v1/people", json={"id": ADA, "name": "x", "steward": "town"}), 409)
    assert feed(partner) == before
    created(partner, "people", id=CLEO, name="Cleo", steward="town")
    patched = partner.patch(f"/v1/people/{BEN}", json={"name": "Ben"}, headers=any_version)
    assert patched.status_code == 200
    tie = tied(partner, CLEO, "member", "choir", steward="town")
    assert partner.delete(f"/v1/ties/connects/{tie['id']}", headers=any_version).status_code == 204
    assert partner.delete(f"/v1/people/{CLEO}", headers=any_version).status_code == 204


def test_a_partner_is_told_that_a_tie_was_deleted_which_it_saw(
    service: RunningService, partner: httpx.Client
) -> None:
    with service.client() as client:
        created(client, "people", id=CLEO, name="Cleo", clearance="partners")
        created(client, f"people/{CLEO}/consents", **SHARING)
        tied(client, CLEO, "member", "choir", id="agreed", clearance="partners")
        tied(client, CLEO, "volunteer", "choir", id="private", clearance="private")
        begin = len(feed(partner))
        for tie in ("hidden", "half", "private", "agreed", "groups"):
            gone = client.delete(f"/v1/ties/connects/{tie}", headers={"If-Match": "*"})
            assert gone.status_code == 204, gone.text
    told = feed(partner)
    # What it was told before of these two is not there any more.
    deleted = [(entry["id"], entry["action"]) for entry in told if entry["action"] == "deleted"]
    assert deleted == [("agreed", "deleted"), ("groups", "deleted")]
    assert len(told) == begin


def test_a_partner_may_say_what_another_says_and_says_it_once(
    service: RunningService, partner: httpx.Client
) -> None:
    said = {"type": "connects", "relation": "volunteer", "source": BEN, "target": "choir"}
    with service.client() as client:
        created(client, "ties", **said, id="unseen", clearance="private")
    own = created(partner, "ties", **said, steward="town")
    assert partner.get("/v1/ties/connects/unseen").status_code == 404
    for days in ({}, {"valid_from": "2026-01-01"}):
        refused = partner.post("/v1/ties", json={**said, **days, "steward": "town"})
        assert own["id"] in problem(refused, 409)["detail"]
    with service.client() as client:
        assert {"unseen", own["id"]} <= set(ids(client, "/v1/ties", source=BEN))


def test_a_foreign_id_is_each_stewards_own(service: RunningService, partner: httpx.Client) -> None:
    source = {"system": "register", "type": "patient", "id": "9434765919"}
    with service.client() as client:
        hidden = created(client, "people", id=CLEO, name="Cleo", source=source)
    own = created(partner, "people", name="Cleo", source=source, steward="town")
    again = {"name": "C", "source": source, "steward": "town"}
    problem(partner.post("/v1/people", json=again), 409)
    rows = [
        {"kind": "person", "name": "Cleopatra", "source": source, "steward": "town"},
        {"type": "trusts", "source": source, "target": "choir", "steward": "town"},
    ]
    kept(partner, ndjson(rows), on_conflict="replace")
    found = read(partner, f"/v1/people/{own['id']}")
    assert (found["name"], found["version"]) == ("Cleopatra", 2)
    (tie,) = partner.get("/v1/ties", params={"source": own["id"]}).json()["items"]
    assert (tie["type"], tie["target"]) == ("trusts", "choir")
    with service.client() as client:
        assert client.get(f"/v1/people/{hidden['id']}").json()["name"] == "Cleo"


@pytest.mark.parametrize("erased", [False, True], ids=["deleted", "erased"])
def test_a_partner_is_told_of_the_ties_that_went_with_their_node_and_that_it_saw(
    service: RunningService, partner: httpx.Client, *, erased: bool
) -> None:
    with service.client() as client:
        created(client, "people", id=CLEO, name="Cleo", clearance="partners")
        created(client, f"people/{CLEO}/consents", **SHARING)
        tied(client, CLEO, "member", "choir", id="agreed", clearance="partners")
        tied(client, CLEO, "volunteer", "choir", id="private", clearance="private")
        gone = (
            client.post(f"/v1/people/{CLEO}/erasure", json={"reason": "consent_withdrawn"})
            if erased
            else client.delete(
                f"/v1/people/{CLEO}", params={"with_ties": True}, headers={"If-Match": "*"}
            )
        )
        assert gone.is_success, gone.text
    told = [(entry["id"], entry["action"]) for entry in feed(partner)]
    assert told[-2:] == [("agreed", "deleted"), (CLEO, "erased" if erased else "deleted")]
    assert "private" not in {id_ for id_, _ in told}


def test_a_partner_ties_only_what_it_sees(partner: httpx.Client) -> None:
    tie = {"type": "connects", "relation": "volunteer", "target": "choir", "steward": "town"}
    hidden = partner.post("/v1/ties", json={**tie, "source": ADA})
    assert pointers(hidden) == ["/source"]
    nobody = partner.post("/v1/ties", json={**tie, "source": CLEO})
    said = hidden.json()["errors"][0]["detail"].replace(ADA, CLEO)
    assert said == nobody.json()["errors"][0]["detail"]
    problem(partner.post("/v1/ties", json={**tie, "source": BEN, "steward": "choir"}), 403)
    assert partner.post("/v1/ties", json={**tie, "source": BEN}).status_code == 201


def test_a_partner_sees_its_own_jobs_only(service: RunningService, partner: httpx.Client) -> None:
    upload: dict[str, Any] = {
        "content": b'{"kind": "asset", "id": "a", "name": "A", "steward": "town"}\n',
        "headers": {"Content-Type": "application/x-ndjson"},
    }
    own = partner.post("/v1/imports", **upload).json()["id"]
    assert partner.get(f"/v1/jobs/{own}").status_code == 200
    with service.client(service.key("partner", "town")) as other, service.client() as client:
        problem(other.get(f"/v1/jobs/{own}"), 404)
        problem(other.post(f"/v1/jobs/{own}/cancel"), 404)
        assert client.get(f"/v1/jobs/{own}/events").status_code == 200
        others = client.post("/v1/imports", **upload).json()["id"]
        problem(partner.get(f"/v1/jobs/{others}/events"), 404)
