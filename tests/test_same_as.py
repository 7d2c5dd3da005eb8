"""One person in two stewards' hands is one in every answer, once both stewards say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from tests.api import ADA, BEN, CLEO, DEV, audited, created, feed, pointers, problem, read, tied

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.running_service import RunningService

CONSENT: Final = {
    "purposes": ["directory", "introductions", "analysis", "sharing"], "wording": "1",
    "method": "spoken", "given_by": "themself", "given": "2026-01-01",
}  # fmt: skip
SAME: Final = {"record": ADA, "same_as": BEN}


class Desks:
    """The operator's, and those of the two stewards and of one who has nothing to do with it."""

    def __init__(self, service: RunningService) -> None:
        self.operator = service.client()
        for id_ in ("clinic", "club", "other"):
            created(self.operator, "agencies", id=id_, name=id_)
        self.clinic, self.club, self.other = (
            service.client(service.key("coordinator", steward))
            for steward in ("clinic", "club", "other")
        )

    def __iter__(self) -> Iterator[httpx.Client]:
        yield from (self.operator, self.clinic, self.club, self.other)


@pytest.fixture
def desks(service: RunningService) -> Iterator[Desks]:
    """Two records of one person, who has a tie in each; and somebody else."""
    desks = Desks(service)
    operator = desks.operator
    created(operator, "associations", id="choir", name="Choir")
    for id_, name, steward in (
        (ADA, "Ada", "clinic"), (BEN, "A. Oak", "club"), (CLEO, "Cleo", None), (DEV, "Dev", None),
    ):  # fmt: skip
        person = {"id": id_, "name": name, "steward": steward, "clearance": "partners"}
        created(operator, "people", **person, mapped=True)
        agreed = operator.post(f"/v1/people/{id_}/consents", json=CONSENT)
        assert agreed.status_code == 201, agreed.text
    shared = {"strength": 0.5, "clearance": "partners"}
    tied(operator, ADA, "friend", CLEO, id="t1", steward="clinic", **shared)
    tied(operator, BEN, "neighbour", DEV, id="t2", steward="club", **shared)
    tied(operator, DEV, "member", "choir", id="t3", **shared)
    yield desks
    for desk in desks:
        desk.close()


def asked(client: httpx.Client, **said: str) -> str:
    return created(client, "same-as", **(said or SAME))["id"]


def decided(client: httpx.Client, said: str, decision: str = "confirmed") -> httpx.Response:
    return client.post(f"/v1/same-as/{said}/decision", json={"decision": decision})


def confirmed(desks: Desks) -> str:
    said = asked(desks.clinic)
    assert decided(desks.club, said).json()["state"] == "confirmed"
    return said


def connection(client: httpx.Client, person: str) -> Any:
    answer = client.post("/v1/connect", json={"person": person, "group": "choir"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def isolation(client: httpx.Client) -> dict[str, tuple[int, str]]:
    question = {"kind": "isolation"}
    answer = client.post("/v1/reports", json=question, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    return {r["node"]: (r["degree"], r["status"]) for r in answer.json()["result"]["rows"]}


def around(client: httpx.Client, node: str, hops: int = 1) -> tuple[list[str], list[str], Any]:
    found = read(client, f"/v1/nodes/{node}/neighbourhood", hops=hops)
    nodes, ties = ([record["id"] for record in found[name]] for name in ("nodes", "ties"))
    return nodes, ties, found["same_as"]


def answers(client: httpx.Client, *people: str) -> list[Any]:
    """Return what is answered of the network, without what names an answer itself."""
    told = [connection(client, person) for person in people]
    return [
        [{k: v for k, v in answer.items() if k != "revision"} for answer in told],
        [read(client, f"/v1/nodes/{person}/neighbourhood", hops=3) for person in people],
        read(client, "/v1/same-as"),
    ]


def test_two_records_stay_two_until_both_stewards_say_that_they_are_one(desks: Desks) -> None:
    assert connection(desks.operator, ADA)["reason"] == "no_route"
    said = asked(desks.clinic)
    assert connection(desks.operator, ADA)["reason"] == "no_route"
    assert isolation(desks.operator)[ADA] == (1, "connected")
    problem(decided(desks.clinic, said), 403)
    problem(decided(desks.other, said), 404)
    assert decided(desks.club, said).json()["state"] == "confirmed"

    for desk in desks:
        for person in (ADA, BEN):
            told = connection(desk, person)
            assert (told["person"], told["hops"]) == (person, 2)
            assert [step["from"] for step in told["routes"][0]["steps"]] == [ADA, DEV]
        rows = isolation(desk)
        assert rows[ADA] == (2, "connected")
        assert BEN not in rows
    ends = {("t1", ADA, CLEO), ("t2", ADA, DEV)}
    for person in (ADA, BEN):
        nodes, ties, same = around(desks.operator, person)
        assert (nodes, ties, same) == ([ADA, CLEO, DEV], ["t1", "t2"], [[ADA, BEN]])
        told = read(desks.operator, f"/v1/nodes/{person}/neighbourhood")["ties"]
        assert {(tie["id"], tie["source"], tie["target"]) for tie in told} == ends
    assert around(desks.operator, "choir", 3)[0] == sorted([ADA, CLEO, DEV, "choir"])


def test_each_record_keeps_answering_for_itself(desks: Desks) -> None:
    confirmed(desks)
    for person, name in ((ADA, "Ada"), (BEN, "A. Oak")):
        assert read(desks.operator, f"/v1/people/{person}")["name"] == name
    assert read(desks.operator, "/v1/ties/connects/t2")["source"] == BEN
    renamed = {"name": "Ada Oak"}
    answer = desks.club.patch(f"/v1/people/{BEN}", json=renamed, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert connection(desks.operator, BEN)["hops"] == 2


@pytest.mark.parametrize("by", ["clinic", "club"])
def test_either_steward_undoes_it_and_all_is_as_before(desks: Desks, by: str) -> None:
    before = answers(desks.operator, ADA, BEN, CLEO)[:2]
    said = confirmed(desks)
    assert answers(desks.operator, ADA, BEN, CLEO)[:2] != before
    problem(decided(desks.other, said, "withdrawn"), 403)
    assert decided(getattr(desks, by), said, "withdrawn").json()["state"] == "withdrawn"
    assert answers(desks.operator, ADA, BEN, CLEO)[:2] == before
    problem(decided(desks.club, said, "withdrawn"), 409)
    problem(decided(desks.club, said), 409)
    confirmed(desks)
    assert connection(desks.operator, ADA)["hops"] == 2


def test_it_is_refused_or_withdrawn_before_it_is_confirmed_and_may_be_said_again(
    desks: Desks,
) -> None:
    said = asked(desks.clinic)
    problem(desks.clinic.post("/v1/same-as", json=SAME), 409)
    problem(desks.club.post("/v1/same-as", json={"record": BEN, "same_as": ADA}), 409)
    assert decided(desks.club, said, "refused").json()["state"] == "refused"
    problem(decided(desks.club, said), 409)
    said = asked(desks.clinic)
    assert decided(desks.clinic, said, "withdrawn").json()["state"] == "withdrawn"
    assert read(desks.club, "/v1/same-as", state="asked")["items"] == []
    assert len(read(desks.club, "/v1/same-as", record=BEN)["items"]) == 2
    assert isolation(desks.operator)[BEN] == (1, "connected")


def test_what_cannot_be_the_same_is_refused_and_changes_nothing(desks: Desks) -> None:
    operator = desks.operator
    created(operator, "assets", id="hall", name="Hall", steward="club")
    created(operator, "associations", id="band", name="Band", steward="club")
    created(operator, "people", id=str(uuid4()), name="Eve", steward="clinic")
    begin = len(feed(operator))

    def refused(status: int, record: str, same_as: str) -> Any:
        answer = operator.post("/v1/same-as", json={"record": record, "same_as": same_as})
        return problem(answer, status)

    assert refused(422, ADA, ADA)["errors"][0]["pointer"] == "/same_as"
    assert refused(422, ADA, "band")["errors"][0]["pointer"] == "/same_as"
    assert refused(422, "hall", "band")["errors"][0]["pointer"] == "/record"
    refused(404, ADA, str(uuid4()))
    refused(404, "none", ADA)
    refused(409, CLEO, DEV)
    problem(desks.club.post("/v1/same-as", json=SAME), 403)
    problem(operator.post("/v1/same-as/none/decision", json={"decision": "confirmed"}), 404)
    said = asked(operator)
    assert pointers(decided(operator, said, "perhaps")) == ["/decision"]
    assert len(feed(operator)) == begin


def test_a_circle_is_refused(desks: Desks) -> None:
    confirmed(desks)
    operator = desks.operator
    said = asked(operator, record=BEN, same_as=CLEO)
    problem(operator.post("/v1/same-as", json={"record": CLEO, "same_as": ADA}), 409)
    assert decided(operator, said).json()["state"] == "confirmed"
    problem(operator.post("/v1/same-as", json={"record": CLEO, "same_as": ADA}), 409)
    assert around(operator, CLEO)[2] == [[ADA, BEN, CLEO]]
    # The middle one is hidden: what it joins is two for whoever does not see it.
    hidden = {"clearance": "private"}
    operator.patch(f"/v1/people/{BEN}", json=hidden, headers={"If-Match": "*"})
    assert around(desks.other, CLEO)[2] == []
    assert connection(desks.other, ADA)["reason"] == "no_route"
    assert around(desks.club, CLEO)[2] == [[ADA, BEN, CLEO]]


def test_whoever_does_not_see_a_record_is_not_told_that_it_is_there(
    desks: Desks, service: RunningService
) -> None:
    partner = service.client(service.key("partner", "other"))
    feeds = {}
    with partner:
        hidden = {"clearance": "private"}
        for said_so in (True, False):
            if said_so:
                confirmed(desks)
            desks.operator.patch(f"/v1/people/{BEN}", json=hidden, headers={"If-Match": "*"})
            if not said_so:
                (said,) = read(desks.operator, "/v1/same-as")["items"]
                assert decided(desks.club, said["id"], "withdrawn").status_code == 200
            feeds[said_so] = answers(desks.other, ADA, CLEO, DEV)
            told = [(e["entity"], e["id"]) for e in feed(partner)]
            assert "same_as" not in {entity for entity, _ in told[-2:]}
            problem(partner.get(f"/v1/nodes/{BEN}"), 404)
    assert feeds[True] == feeds[False]


def test_a_steward_who_may_not_see_the_other_record_is_not_asked(desks: Desks) -> None:
    hidden = {"clearance": "private"}
    desks.clinic.patch(f"/v1/people/{ADA}", json=hidden, headers={"If-Match": "*"})
    problem(desks.clinic.post("/v1/same-as", json=SAME), 409)
    problem(desks.club.post("/v1/same-as", json={"record": BEN, "same_as": ADA}), 404)
    problem(desks.operator.post("/v1/same-as", json=SAME), 409)
    assert read(desks.club, "/v1/same-as")["items"] == []


def test_the_feed_and_the_audit_say_so(desks: Desks, service: RunningService) -> None:
    begin = len(feed(desks.operator))
    said = confirmed(desks)
    decided(desks.club, said, "withdrawn")
    told = [
        (entry["action"], entry["entity"], entry["id"]) for entry in feed(desks.operator)[begin:]
    ]
    assert told == [("created", "same_as", said), ("deleted", "same_as", said)]
    with service.client(service.key("auditor")) as auditor:
        kept = audited(auditor, subject=BEN, **{"class": "write"})
    operations = [entry["operation"] for entry in kept if "same-as" in entry["operation"]]
    assert operations[-3:] == [
        "POST /v1/same-as", *["POST /v1/same-as/{id}/decision"] * 2,
    ]  # fmt: skip


def test_a_request_that_comes_again_says_it_once(desks: Desks) -> None:
    key = {"Idempotency-Key": "1"}
    first, again = (desks.clinic.post("/v1/same-as", json=SAME, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert read(desks.clinic, first.headers["Location"]) == first.json()
    assert read(desks.club, "/v1/same-as", limit=1)["items"] == [first.json()]


@pytest.mark.parametrize("how", ["erased", "deleted"])
def test_a_record_that_goes_takes_what_was_said_with_it(desks: Desks, how: str) -> None:
    confirmed(desks)
    assert around(desks.operator, ADA)[2] == [[ADA, BEN]]
    if how == "erased":
        gone = desks.club.post(f"/v1/people/{BEN}/erasure", json={"reason": "objected"})
        assert gone.status_code == 200, gone.text
        desks.operator.delete(f"/v1/people/{BEN}/erasure", params={"reason": "mistake"})
    else:
        gone = desks.operator.delete(
            f"/v1/people/{BEN}", params={"with_ties": True}, headers={"If-Match": "*"}
        )
        assert gone.status_code == 204, gone.text
    assert around(desks.operator, ADA)[1:] == (["t1"], [])
    assert isolation(desks.operator)[ADA] == (1, "connected")
    assert read(desks.clinic, "/v1/same-as")["items"] == []
    created(desks.operator, "people", id=BEN, name="Bea", steward="club", clearance="partners")
    desks.operator.post(f"/v1/people/{BEN}/consents", json=CONSENT)
    assert BEN in isolation(desks.operator)
    assert around(desks.operator, ADA)[1:] == (["t1"], [])


def test_a_report_is_taken_back_with_any_record_that_it_counted(desks: Desks) -> None:
    confirmed(desks)
    asked = {"kind": "isolation"}
    run = desks.operator.post("/v1/reports", json=asked, headers={"Prefer": "wait=60"}).json()
    (consent,) = read(desks.club, f"/v1/people/{BEN}/consents")["items"]
    url = f"/v1/people/{BEN}/consents/{consent['id']}/withdrawal"
    assert desks.club.post(url).status_code == 200
    problem(desks.operator.get(f"/v1/reports/{run['id']}"), 410)


def test_the_person_reads_in_their_bundle_what_was_said(desks: Desks) -> None:
    said = confirmed(desks)
    bundle = desks.clinic.post(f"/v1/people/{ADA}/access-bundle").json()
    assert [(each["id"], each["same_as"]) for each in bundle["same_as"]] == [(said, BEN)]
