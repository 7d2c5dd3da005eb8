"""What people agreed to decides who sees them, from the next read on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.api import ADA, BEN, CLEO, created, feed, ids, pointers, problem, read, tied
from tests.long_work import exported

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.running_service import RunningService

TODAY: Final = datetime.now(UTC).date()
AGREED: Final[dict[str, Any]] = {
    "purposes": ["directory", "introductions", "analysis"],
    "wording": "2026-01",
    "method": "spoken",
    "given_by": "themselves",
    "given": (TODAY - timedelta(days=30)).isoformat(),
}
RECORD: Final = {"Wholemap-Purpose": "record"}


def agreed(client: httpx.Client, person: str, **fields: Any) -> Any:
    """Record a consent and return it."""
    answer = client.post(f"/v1/people/{person}/consents", json={**AGREED, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def withdrawn(client: httpx.Client, consent: Any) -> None:
    """Withdraw a consent."""
    url = f"/v1/people/{consent['person']}/consents/{consent['id']}/withdrawal"
    assert client.post(url).json()["withdrawn"] is not None


def route(client: httpx.Client, person: str = ADA, group: str = "choir") -> Any:
    """Ask who could connect somebody to a group."""
    answer = client.post("/v1/connect", json={"person": person, "group": group})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def operator(service: RunningService) -> Iterator[httpx.Client]:
    """Keep Ada, a neighbour of Ben, who sings in the choir; the town looks after Cleo."""
    with service.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "agencies", id="trust", name="Trust")
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name="Ada", description="Sings alto", tags=["alto"])
        created(client, "people", id=BEN, name="Ben")
        created(client, "people", id=CLEO, name="Cleo", steward="town")
        tied(client, ADA, "neighbour", BEN, id="next", strength=0.8)
        tied(client, BEN, "member", "choir", id="sings", strength=0.5)
        yield client


@pytest.fixture
def coordinator(service: RunningService, operator: httpx.Client) -> Iterator[httpx.Client]:
    """Speak as a coordinator of the community."""
    del operator
    with service.client(service.key("coordinator")) as client:
        yield client


def test_who_did_not_agree_is_in_no_answer(coordinator: httpx.Client) -> None:
    assert ids(coordinator, "/v1/people") == []
    assert ids(coordinator, "/v1/ties") == []
    found = coordinator.post("/v1/search", json={"text": "ada"}).json()
    assert found == {"items": [], "truncated": False}
    problem(coordinator.get(f"/v1/nodes/{ADA}/neighbourhood"), 404)
    problem(coordinator.post("/v1/connect", json={"person": ADA, "group": "choir"}), 404)
    around = read(coordinator, "/v1/nodes/choir/neighbourhood", hops=3)
    assert [node["id"] for node in around["nodes"]] == ["choir"]
    assert {change["id"] for change in feed(coordinator)} == {"town", "trust", "choir"}
    lines = [json.loads(line) for line in coordinator.get("/v1/exports").text.splitlines()]
    assert {line["id"] for line in lines} == {"town", "trust", "choir"}
    report = coordinator.post(
        "/v1/reports", json={"kind": "isolation"}, headers={"Prefer": "wait=30"}
    )
    assert report.json()["result"]["summary"]["people"] == 0


def test_the_steward_works_on_its_own_records_whatever_was_agreed(
    service: RunningService, coordinator: httpx.Client
) -> None:
    assert read(coordinator, f"/v1/people/{ADA}")["name"] == "Ada"
    problem(coordinator.get(f"/v1/people/{CLEO}"), 404)
    with service.client(service.key("coordinator"), **RECORD) as own:
        assert ids(own, "/v1/people") == [ADA, BEN]
        assert ids(own, "/v1/ties") == ["next", "sings"]
    with service.client(service.key("coordinator", "town"), **RECORD) as town:
        assert ids(town, "/v1/people") == [CLEO]


def test_a_route_is_found_with_consent_and_gone_when_it_is_withdrawn(
    coordinator: httpx.Client,
) -> None:
    first = agreed(coordinator, ADA)
    nobody = route(coordinator)
    assert (nobody["routes"], nobody["reason"]) == ([], "person_has_no_ties")
    second = agreed(coordinator, BEN)
    found = route(coordinator)
    assert found["hops"] == 2
    (way,) = found["routes"]
    assert way["sentence"] == "Ada is a neighbour of Ben, who is a member of Choir."
    assert found["advice"] == nobody["advice"] is not None
    withdrawn(coordinator, second)
    gone = route(coordinator)
    opaque = {"revision": None}
    assert {**gone, **opaque} == {**nobody, **opaque}
    withdrawn(coordinator, first)
    problem(coordinator.post("/v1/connect", json={"person": ADA, "group": "choir"}), 404)
    kept = read(coordinator, f"/v1/people/{BEN}/consents")["items"]
    assert [consent["withdrawn"] is not None for consent in kept] == [True]
    problem(coordinator.post(f"/v1/people/{BEN}/consents/{kept[0]['id']}/withdrawal"), 409)


def test_the_latest_consent_decides_and_none_comes_back(coordinator: httpx.Client) -> None:
    agreed(coordinator, ADA)
    assert ids(coordinator, "/v1/people") == [ADA]
    later = agreed(coordinator, ADA, purposes=["directory"], fields=["tags"], given=str(TODAY))
    shown = coordinator.get("/v1/people").json()["items"][0]
    assert (shown["name"], shown["description"], shown["tags"]) == ("Ada", None, ["alto"])
    withdrawn(coordinator, later)
    assert ids(coordinator, "/v1/people") == []
    expired = str(TODAY - timedelta(days=1))
    agreed(coordinator, BEN, expires=expired)
    assert ids(coordinator, "/v1/people") == []


def test_a_field_that_is_left_out_is_not_found_by_either(coordinator: httpx.Client) -> None:
    agreed(coordinator, ADA, fields=["areas"])
    assert ids(coordinator, "/v1/people", tag="alto") == []
    for text, found in (("alto", []), ("ada", [ADA])):
        answer = coordinator.post("/v1/search", json={"text": text}).json()
        assert [item["id"] for item in answer["items"]] == found


def test_ties_to_a_sensitive_group_need_an_explicit_consent(
    operator: httpx.Client, coordinator: httpx.Client
) -> None:
    operator.patch("/v1/associations/choir", json={"sensitive": True}, headers={"If-Match": "*"})
    agreed(coordinator, ADA)
    agreed(coordinator, BEN)
    assert route(coordinator)["routes"] == []
    assert ids(coordinator, "/v1/ties", target="choir") == []
    agreed(coordinator, BEN, explicit=True, condition="explicit_consent", given=str(TODAY))
    assert route(coordinator)["hops"] == 2
    assert ids(coordinator, "/v1/ties", target="choir") == ["sings"]


def test_a_consent_that_names_its_partners_settles_who_sees(
    service: RunningService, operator: httpx.Client
) -> None:
    agreed(operator, ADA, purposes=["directory", "sharing"], partners=["town"])
    for organisation, seen in (("town", [ADA]), ("trust", [])):
        with service.client(service.key("partner", organisation)) as partner:
            assert ids(partner, "/v1/people") == seen
            lines = [json.loads(line) for line in partner.get("/v1/exports").text.splitlines()]
            assert any(line.get("kind") == "person" for line in lines) is bool(seen)
            assert (ADA in {change["id"] for change in feed(partner)}) is bool(seen)


def test_whoever_knew_is_told_when_the_consent_to_share_is_withdrawn(
    service: RunningService, operator: httpx.Client
) -> None:
    consent = agreed(operator, ADA, purposes=["sharing"], partners=["town"])
    withdrawn(operator, consent)
    for organisation, told in (("town", [("deleted", ADA)]), ("trust", [])):
        with service.client(service.key("partner", organisation)) as partner:
            entries = [(entry["action"], entry["id"]) for entry in feed(partner)]
            assert [entry for entry in entries if entry[1] == ADA] == told


def test_what_was_said_of_somebody_is_shown_to_the_steward_alone(
    service: RunningService, operator: httpx.Client
) -> None:
    for person in (ADA, BEN):
        agreed(operator, person)
    tie = {"If-Match": "*"}
    operator.patch("/v1/ties/connects/next", json={"clearance": "partners"}, headers=tie)
    for id_ in (ADA, BEN):
        operator.patch(f"/v1/people/{id_}", json={"clearance": "partners"}, headers=tie)
    with service.client(service.key("coordinator")) as own:
        assert read(own, "/v1/ties/connects/next")["strength"] == 0.8
        assert route(own)["routes"][0]["strength"] == 0.4
    with service.client(service.key("coordinator", "town")) as other:
        assert read(other, "/v1/ties/connects/next")["strength"] is None


def test_a_member_sees_their_own_record_and_what_they_stated(
    service: RunningService, operator: httpx.Client
) -> None:
    said = {"type": "trusts", "source": BEN, "target": ADA, "level": 0.3}
    created(operator, "ties", id="hidden", **said)
    created(operator, "ties", id="mine", type="trusts", source=ADA, target=BEN, level=0.9)
    with service.client(service.key("member", person=ADA)) as ada:
        assert read(ada, f"/v1/people/{ADA}")["name"] == "Ada"
        problem(ada.get(f"/v1/people/{BEN}"), 404)
        assert ids(ada, "/v1/ties") == ["mine"]
        assert read(ada, "/v1/ties/trusts/mine")["level"] == 0.9
        problem(ada.get("/v1/ties/trusts/hidden"), 404)
        operator.patch(
            "/v1/ties/trusts/hidden", json={"disclosed": True}, headers={"If-Match": "*"}
        )
        assert read(ada, "/v1/ties/trusts/hidden")["level"] is None
        problem(ada.post("/v1/connect", json={"person": ADA, "group": "choir"}), 403)
        withdrawn(ada, agreed(ada, ADA))
        problem(ada.post(f"/v1/people/{BEN}/consents", json=AGREED), 404)
        changed = ada.patch(f"/v1/people/{ADA}", json={"name": "X"}, headers={"If-Match": "*"})
        problem(changed, 403)


def test_a_restricted_record_is_kept_and_used_for_nothing(
    service: RunningService, coordinator: httpx.Client
) -> None:
    agreed(coordinator, ADA)
    url = f"/v1/people/{ADA}/restriction"
    assert coordinator.post(url).status_code == 204
    assert ids(coordinator, "/v1/people") == []
    agreed(coordinator, ADA, given=str(TODAY))
    assert ids(coordinator, "/v1/people") == []
    with service.client(service.key("coordinator"), **RECORD) as own:
        assert ADA in ids(own, "/v1/people")
    assert coordinator.delete(url).status_code == 204
    assert ids(coordinator, "/v1/people") == [ADA]


def test_an_override_opens_one_record_to_one_role_until_its_review(
    service: RunningService, coordinator: httpx.Client
) -> None:
    override = {
        "role": "coordinator",
        "reason": "not seen for a week, a neighbour is worried",
        "author": "Duty coordinator",
        "second_person": "Safeguarding lead",
        "review_on": str(TODAY + timedelta(days=7)),
    }
    url = f"/v1/people/{CLEO}/overrides"
    problem(coordinator.get(f"/v1/people/{CLEO}"), 404)
    assert coordinator.post(url, json=override).status_code == 201
    assert read(coordinator, f"/v1/people/{CLEO}")["name"] == "Cleo"
    assert ids(coordinator, "/v1/people") == []
    with service.client(service.key("partner", "trust")) as partner:
        problem(partner.get(f"/v1/people/{CLEO}"), 404)
        problem(partner.post(url, json=override), 403)
    with service.client(service.key("coordinator", "town")) as town:
        (kept,) = read(town, url)["items"]
        assert kept["reason"] == override["reason"]
    alone = {**override, "second_person": " duty  Coordinator"}
    assert pointers(coordinator.post(url, json=alone)) == ["/second_person"]
    for review in (TODAY, TODAY + timedelta(days=29)):
        late = {**override, "review_on": str(review)}
        assert pointers(coordinator.post(url, json=late)) == ["/review_on"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"expires": AGREED["given"]}, ""),
        ({"given": str(TODAY + timedelta(days=1))}, "/given"),
        ({"purposes": []}, "/purposes"),
        ({"purposes": ["gossip"]}, "/purposes/0"),
        ({"explicit": True}, ""),
        ({"partners": ["nobody"]}, "/partners/0"),
        ({"fields": ["name"]}, "/fields/0"),
        ({"method": "guessed"}, "/method"),
    ],
)
def test_a_consent_that_cannot_be_is_refused_and_changes_nothing(
    operator: httpx.Client, fields: dict[str, Any], pointer: str
) -> None:
    before = feed(operator)
    answer = operator.post(f"/v1/people/{ADA}/consents", json={**AGREED, **fields})
    assert pointers(answer) == [pointer]
    assert feed(operator) == before
    assert read(operator, f"/v1/people/{ADA}/consents") == {"items": []}


def test_people_come_with_their_consents_and_go_with_them(
    service: RunningService, operator: httpx.Client
) -> None:
    person = {"kind": "person", "id": ADA, "name": "Ada", "consents": [AGREED]}
    wrong = {**person, "id": BEN, "consents": [{**AGREED, "given": str(TODAY + timedelta(1))}]}
    lines = "".join(json.dumps(row) + "\n" for row in (person, wrong))
    for _ in range(2):
        answer = operator.post(
            "/v1/imports?on_error=keep_good",
            content=lines,
            headers={"Content-Type": "application/x-ndjson"},
        )
        url = answer.headers["Location"]
        with operator.stream("GET", f"{url}/events") as events:
            events.read()
        assert read(operator, url)["failed_rows"] == 1
        (refused,) = operator.get(f"{url}/errors").text.splitlines()
        assert json.loads(refused)["errors"][0]["pointer"] == "/consents/0/given"
    assert len(read(operator, f"/v1/people/{ADA}/consents")["items"]) == 1
    (ada,) = [row for row in exported(operator) if row["id"] == ADA]
    assert ada["consents"][0]["given"] == AGREED["given"]
    with service.client(service.key("coordinator")) as coordinator:
        shared = coordinator.get("/v1/exports").text
        assert "consents" not in shared
