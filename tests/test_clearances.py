"""An organisation asks to see a record; its steward clears it for a time, or refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from graph.store.clearing import MOST_ASKED
from graph.store.client import Client
from service.settings import Settings
from service.state import today
from tests.api import ADA, audited, created, feed, ids, pointers, problem, read, tied

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService

CONSENT: Final = {
    "purposes": ["directory", "introductions", "analysis", "sharing"], "wording": "1",
    "method": "spoken", "given_by": "themself", "given": "2026-01-01",
}  # fmt: skip
SOME_DAY: Final = "2099-01-01"


class Desks:
    """The operator's, and those of a steward, of a partner, and of one more."""

    def __init__(self, service: RunningService) -> None:
        self.operator = service.client()
        for id_ in ("clinic", "club", "other"):
            created(self.operator, "agencies", id=id_, name=id_)
        self.clinic = service.client(service.key("coordinator", "clinic"))
        self.club, self.other = (
            service.client(service.key("partner", s)) for s in ("club", "other")
        )

    def __iter__(self) -> Iterator[httpx.Client]:
        yield from (self.operator, self.clinic, self.club, self.other)


@pytest.fixture
def desks(service: RunningService) -> Iterator[Desks]:
    """A person, an asset and a tie, which nobody but their steward sees."""
    desks = Desks(service)
    operator = desks.operator
    private = {"steward": "clinic", "clearance": "private"}
    created(operator, "people", id=ADA, name="Ada", mapped=True, **private)
    agreed = operator.post(f"/v1/people/{ADA}/consents", json=CONSENT)
    assert agreed.status_code == 201, agreed.text
    created(operator, "assets", id="van", name="Van", **private)
    created(operator, "associations", id="choir", name="Choir")
    tied(operator, ADA, "member", "choir", id="t1", steward="clinic", clearance="partners")
    yield desks
    for desk in desks:
        desk.close()


def asked(client: httpx.Client, record: str = ADA, **said: Any) -> str:
    return created(client, "clearances", record=record, reason="to drive her", **said)["id"]


def decided(
    client: httpx.Client, request: str, decision: str = "cleared", **said: Any
) -> httpx.Response:
    return client.post(f"/v1/clearances/{request}/decision", json={"decision": decision, **said})


def state_of(client: httpx.Client, request: str) -> str:
    return read(client, f"/v1/clearances/{request}")["state"]


def told_of(client: httpx.Client, record: str) -> list[str]:
    return [entry["action"] for entry in feed(client) if entry["id"] == record]


def test_what_a_steward_clears_is_there_for_who_asked_and_for_nobody_else(desks: Desks) -> None:
    problem(desks.club.get(f"/v1/people/{ADA}"), 404)
    request = asked(desks.club)
    assert [
        each["id"] for each in read(desks.clinic, "/v1/clearances", state="asked")["items"]
    ] == [request]
    problem(decided(desks.club, request), 403)
    problem(decided(desks.other, request), 404)
    problem(desks.other.get(f"/v1/clearances/{request}"), 404)
    assert decided(desks.clinic, request).json()["state"] == "cleared"

    assert read(desks.club, f"/v1/people/{ADA}")["name"] == "Ada"
    assert ids(desks.club, "/v1/people") == [ADA]
    assert ids(desks.club, "/v1/ties") == ["t1"]
    assert desks.club.post("/v1/search", json={"text": "ada"}).json()["items"]
    assert ("updated", ADA) in {(e["action"], e["id"]) for e in feed(desks.club)}
    for refused in (
        desks.club.patch(f"/v1/people/{ADA}", json={"name": "A"}, headers={"If-Match": "*"}),
        desks.club.delete("/v1/ties/connects/t1", headers={"If-Match": "*"}),
    ):
        problem(refused, 403)
    assert ids(desks.other, "/v1/people") == []
    problem(desks.club.get("/v1/assets/van"), 404)


def test_the_feed_tells_of_a_clearance_to_its_steward_and_for_whom_it_is_alone(
    desks: Desks, service: RunningService
) -> None:
    created(desks.operator, "assets", id="bus", name="Bus", steward="clinic", clearance="private")
    granted = [asked(desk, "bus") for desk in (desks.club, desks.other)]
    decided(desks.clinic, granted[1])
    community = service.client(service.key("coordinator"))
    asking = (desks.other, community, desks.club, desks.clinic, desks.operator)
    before = [len(told_of(desk, "bus")) for desk in asking]
    decided(desks.clinic, granted[0])
    decided(desks.clinic, granted[0], "withdrawn")
    assert [len(told_of(desk, "bus")) for desk in asking] == [
        told + more for told, more in zip(before, (0, 0, 2, 2, 2), strict=True)
    ]
    community.close()


@pytest.mark.parametrize("by", ["clinic", "club"])
def test_what_was_cleared_is_taken_back_at_the_next_read(desks: Desks, by: str) -> None:
    request = asked(desks.club)
    decided(desks.clinic, request)
    assert decided(getattr(desks, by), request, "withdrawn").json()["state"] == "withdrawn"
    problem(desks.club.get(f"/v1/people/{ADA}"), 404)
    assert (feed(desks.club)[-1]["action"], feed(desks.club)[-1]["id"]) == ("deleted", ADA)
    assert ADA not in {entry["id"] for entry in feed(desks.other)}
    problem(decided(desks.clinic, request, "withdrawn"), 409)
    asked(desks.club)


def test_what_is_refused_stays_closed_and_may_be_asked_again(desks: Desks) -> None:
    request = asked(desks.club)
    problem(desks.club.post("/v1/clearances", json={"record": ADA, "reason": "again"}), 409)
    assert decided(desks.clinic, request, "refused").json()["state"] == "refused"
    assert state_of(desks.club, request) == "refused"
    problem(desks.club.get(f"/v1/people/{ADA}"), 404)
    problem(decided(desks.clinic, request), 409)
    assert state_of(desks.clinic, asked(desks.club)) == "asked"


async def test_a_clearance_is_over_on_its_day_without_a_write(
    desks: Desks, connection: Connection
) -> None:
    day = today(Settings())
    request = asked(desks.club, "van", until=SOME_DAY)
    tomorrow = str(day + timedelta(1))
    assert decided(desks.clinic, request, until=tomorrow).json()["until"] == tomorrow
    assert read(desks.club, "/v1/assets/van")["id"] == "van"
    # As if a day had passed.
    over = {"id": "van", "cleared_for": [f"club {day}"]}
    async with Client(connection.engine) as client:
        await client.write(lambda t: t.run("write/update_nodes", rows=[over]))
        await client.write(
            lambda t: t.run("write/keep_clearance", row={"id": request, "until": day})
        )
    problem(desks.club.get("/v1/assets/van"), 404)
    assert state_of(desks.clinic, request) == "expired"
    assert read(desks.clinic, "/v1/clearances", state="cleared")["items"] == []
    asked(desks.club, "van")


def test_a_clearance_opens_nothing_to_which_the_person_did_not_agree(desks: Desks) -> None:
    decided(desks.clinic, asked(desks.club))
    (consent,) = read(desks.clinic, f"/v1/people/{ADA}/consents")["items"]
    url = f"/v1/people/{ADA}/consents/{consent['id']}/withdrawal"
    assert desks.clinic.post(url).status_code == 200
    problem(desks.club.get(f"/v1/people/{ADA}"), 404)
    named = {**CONSENT, "partners": ["other"]}
    assert desks.clinic.post(f"/v1/people/{ADA}/consents", json=named).status_code == 201
    problem(desks.club.get(f"/v1/people/{ADA}"), 404)
    assert read(desks.other, f"/v1/people/{ADA}")["id"] == ADA


def test_connect_and_reports_count_what_is_cleared(desks: Desks, service: RunningService) -> None:
    question = {"person": ADA, "group": "choir"}
    with service.client(service.key("coordinator", "club")) as coordinator:
        problem(coordinator.post("/v1/connect", json=question), 404)
        decided(desks.clinic, asked(desks.club))
        answer = coordinator.post("/v1/connect", json=question)
        assert answer.json()["reason"] == "already_member"
        report = {"kind": "isolation"}
        run = coordinator.post("/v1/reports", json=report, headers={"Prefer": "wait=60"}).json()
        assert ADA in {row["node"] for row in run["result"]["rows"]}
        (request,) = read(coordinator, "/v1/clearances")["items"]
        decided(desks.clinic, request["id"], "withdrawn")
        problem(coordinator.get(f"/v1/reports/{run['id']}"), 410)


def test_who_asks_learns_nothing_of_whether_there_is_such_a_record(desks: Desks) -> None:
    told: list[Any] = []
    for record in (ADA, str(uuid4()), "van", "none"):
        answer = desks.club.post("/v1/clearances", json={"record": record, "reason": "work"})
        request = answer.json()["id"]
        listed = read(desks.club, "/v1/clearances", record=record)["items"]
        refused = problem(decided(desks.club, request), 403)
        taken_back = decided(desks.club, request, "withdrawn")
        said = [answer.json(), *listed, taken_back.json()]
        for each in said:
            for name in ("id", "record", "asked_at", "decided_at"):
                each.pop(name)
        told.append([answer.status_code, said, refused["detail"], taken_back.status_code])
    assert all(each == told[0] for each in told)


def test_a_request_for_a_record_to_come_waits_for_it(desks: Desks) -> None:
    request = asked(desks.club, "bus")
    assert read(desks.clinic, "/v1/clearances")["items"] == []
    created(desks.clinic, "assets", id="bus", name="Bus", steward="clinic", clearance="private")
    assert decided(desks.clinic, request).json()["state"] == "cleared"
    assert read(desks.club, "/v1/assets/bus")["name"] == "Bus"


def test_what_cannot_be_asked_is_refused(desks: Desks) -> None:
    def answer(**said: Any) -> httpx.Response:
        return desks.club.post("/v1/clearances", json={"reason": "work", **said})

    assert pointers(answer(record=ADA, until=str(date(2020, 1, 1)))) == ["/until"]
    assert pointers(answer(record=ADA, reason=" ")) == ["/reason"]
    assert pointers(answer(record="no id")) == ["/record"]
    problem(answer(record="choir"), 409)
    for said in ({"record": ADA, "reason": "work"}, {"record": "no id"}):
        problem(desks.operator.post("/v1/clearances", json=said), 403)
    request = asked(desks.club)
    assert pointers(decided(desks.clinic, request, until="2020-01-01")) == ["/until"]
    assert pointers(decided(desks.clinic, request, "refused", until=SOME_DAY)) == ["/until"]
    assert pointers(decided(desks.clinic, request, "perhaps")) == ["/decision"]
    problem(decided(desks.clinic, "none"), 404)
    assert state_of(desks.clinic, request) == "asked"


async def test_only_so_many_requests_wait(desks: Desks, connection: Connection) -> None:
    row = {"organisation": "club", "reason": "work", "state": "asked"}
    async with Client(connection.engine) as client:
        request = read(desks.club, f"/v1/clearances/{asked(desks.club)}")
        at = {"asked_at": request["asked_at"]}
        rows = [{**row, **at, "id": f"c{n}", "record": f"r{n}"} for n in range(MOST_ASKED - 1)]
        await client.write(lambda t: t.run("write/copy_clearances", rows=rows))
    problem(desks.club.post("/v1/clearances", json={"record": "van", "reason": "work"}), 409)
    page = read(desks.club, "/v1/clearances", limit=60)
    rest = read(desks.club, "/v1/clearances", limit=60, cursor=page["next"])
    assert len(page["items"]) + len(rest["items"]) == MOST_ASKED


def test_a_request_that_comes_again_is_kept_once(desks: Desks) -> None:
    body = {"record": ADA, "reason": "work"}
    first, again = (
        desks.club.post("/v1/clearances", json=body, headers={"Idempotency-Key": "1"})
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == read(desks.club, first.headers["Location"])


def test_requests_go_with_the_record_and_with_who_asked(
    desks: Desks, service: RunningService
) -> None:
    request, other = asked(desks.club), asked(desks.other, "van")
    decided(desks.clinic, other)
    bundle = desks.clinic.post(f"/v1/people/{ADA}/access-bundle").json()
    assert [each["id"] for each in bundle["clearances"]] == [request]
    gone = desks.clinic.post(f"/v1/people/{ADA}/erasure", json={"reason": "objected"})
    assert gone.status_code == 200, gone.text
    problem(desks.club.get(f"/v1/clearances/{request}"), 404)
    assert read(desks.other, "/v1/assets/van")["id"] == "van"
    any_version = {"If-Match": "*"}
    assert desks.operator.delete("/v1/agencies/other", headers=any_version).status_code == 204
    assert read(desks.operator, "/v1/clearances")["items"] == []
    created(desks.operator, "agencies", id="other", name="Another one of that name")
    with service.client(service.key("partner", "other")) as other:
        problem(other.get("/v1/assets/van"), 404)


def test_every_step_stands_in_the_audit(desks: Desks, service: RunningService) -> None:
    request = asked(desks.club)
    decided(desks.clinic, request)
    with service.client(service.key("auditor")) as auditor:
        kept = audited(auditor, subject=ADA, **{"class": "write"})
    told = [(e["operation"], e["organisation"]) for e in kept if "clearances" in e["operation"]]
    assert told[-2:] == [
        ("POST /v1/clearances", "club"), ("POST /v1/clearances/{id}/decision", "clinic"),
    ]  # fmt: skip
