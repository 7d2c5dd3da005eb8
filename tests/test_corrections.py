"""A person asks for a correction of their record; their steward applies or refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.store.corrections import MOST_OPEN
from tests.api import ADA, BEN, CLEO, created, feed, pointers, problem, read

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

NAME: Final = {"field": "name", "value": "Ada Oak", "reason": "I married"}


def peopled(client: httpx.Client) -> None:
    created(client, "associations", id="choir", name="Choir")
    created(client, "people", id=ADA, name="Ada")
    created(client, "people", id=BEN, name="Ben", steward="choir", tags=["baker"])


def decided(client: httpx.Client, correction: str, decision: str) -> httpx.Response:
    body = {"decision": decision, "reason": "as you say"}
    return client.post(f"/v1/corrections/{correction}/decision", json=body)


def waiting(client: httpx.Client, state: str = "open") -> list[Any]:
    return [found["id"] for found in read(client, "/v1/corrections", state=state)["items"]]


def test_an_accepted_correction_changes_the_record_and_tells_the_person(
    service: RunningService,
) -> None:
    with service.client() as client:
        peopled(client)
    member = service.client(service.key("member", person=ADA))
    coordinator = service.client(service.key("coordinator"))
    with member, coordinator:
        asked = created(member, f"people/{ADA}/corrections", **NAME)
        assert (asked["state"], asked["person"]) == ("open", ADA)
        assert waiting(coordinator) == waiting(member) == [asked["id"]]
        answer = decided(coordinator, asked["id"], "accepted")

        assert answer.status_code == 200, answer.text
        person = read(member, f"/v1/people/{ADA}")
        assert (person["name"], person["version"]) == ("Ada Oak", 2)
        with service.client() as client:
            assert [(e["action"], e["id"]) for e in feed(client)][-1] == ("updated", ADA)
        (told,) = read(member, "/v1/corrections", state="accepted")["items"]
        assert (told["decided_because"], told["value"]) == ("as you say", "Ada Oak")
        assert waiting(coordinator) == []
        problem(decided(coordinator, asked["id"], "refused"), 409)
        bundle = member.post(f"/v1/people/{ADA}/access-bundle").json()
        assert [kept["id"] for kept in bundle["corrections"]] == [asked["id"]]


def test_a_refused_correction_leaves_the_record(service: RunningService) -> None:
    with service.client() as client:
        peopled(client)
        with service.client(service.key("member", person=BEN)) as member:
            asked = created(member, f"people/{BEN}/corrections", field="tags", value=None)
        with service.client(service.key("partner", "choir")) as partner:
            assert waiting(partner) == [asked["id"]]
            assert decided(partner, asked["id"], "refused").json()["state"] == "refused"
        assert read(client, f"/v1/people/{BEN}")["tags"] == ["baker"]


def test_one_asks_for_oneself_and_another_steward_decides_nothing(
    service: RunningService,
) -> None:
    with service.client() as client:
        peopled(client)
    with service.client(service.key("member", person=ADA)) as member:
        asked = created(member, f"people/{ADA}/corrections", **NAME)
        problem(member.post(f"/v1/people/{BEN}/corrections", json=NAME), 404)
        problem(decided(member, asked["id"], "accepted"), 403)
    for key in (service.key("partner", "choir"), service.key("coordinator", "choir")):
        with service.client(key) as other:
            assert waiting(other) == []
            problem(decided(other, asked["id"], "accepted"), 404)
            problem(other.post(f"/v1/people/{BEN}/corrections", json=NAME), 403)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"field": "steward", "value": "choir"}, "/field"),
        ({"field": "name", "value": None}, "/value"),
        ({"field": "name", "value": " "}, "/value"),
        ({"field": "contacts", "value": [{"kind": "fax", "value": "1"}]}, "/value/0/kind"),
        ({"field": "name"}, "/value"),
        ({"field": "name", "value": "A", "by": "me"}, "/by"),
    ],
)
def test_what_no_record_could_say_is_refused(
    service: RunningService, asked: dict[str, Any], pointer: str
) -> None:
    with service.client() as client:
        peopled(client)
        answer = client.post(f"/v1/people/{ADA}/corrections", json=asked)
        assert pointers(answer) == [pointer]
        assert waiting(client) == []


def test_what_the_record_cannot_take_stays_open(service: RunningService) -> None:
    with service.client() as client:
        peopled(client)
        asked = created(client, f"people/{ADA}/corrections", field="areas", value=["nowhere"])
        problem(decided(client, asked["id"], "accepted"), 422)
        assert waiting(client) == [asked["id"]]
        problem(decided(client, "none", "accepted"), 404)


def test_only_so_many_corrections_wait_and_they_are_read_page_by_page(
    service: RunningService,
) -> None:
    with service.client() as client:
        peopled(client)
        for place in range(MOST_OPEN):
            created(client, f"people/{ADA}/corrections", field="name", value=f"Ada {place}")
        problem(client.post(f"/v1/people/{ADA}/corrections", json=NAME), 409)
        first = read(client, "/v1/corrections", limit=MOST_OPEN - 1)
        (last,) = read(client, "/v1/corrections", cursor=first["next"])["items"]
        assert last["value"] == f"Ada {MOST_OPEN - 1}"


def test_corrections_go_with_the_person(service: RunningService) -> None:
    with service.client() as client:
        peopled(client)
        created(client, "people", id=CLEO, name="Cleo")
        asked = created(client, f"people/{CLEO}/corrections", **NAME)
        erased = client.post(f"/v1/people/{CLEO}/erasure", json={"reason": "objected"})
        assert erased.status_code == 200
        assert waiting(client) == []
        problem(decided(client, asked["id"], "accepted"), 404)
