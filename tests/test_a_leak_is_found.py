"""The comparison of two worlds finds a leak: each sort of read is made to leak in turn."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from tests.test_two_worlds import Asking, begin, heard, told_apart
from tests.two_worlds import PEOPLE

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService
    from tests.test_two_worlds import Answer, Heard
    from tests.what_is_known import World


class Leaking(Asking):
    """A caller who is answered one question as if the policy were passed over for it."""

    def __init__(self, client: httpx.Client, hearing: Heard, leak: str, operator: str) -> None:
        super().__init__(client, hearing)
        self._leak, self._operator = leak, operator

    def ask(self, method: str, url: str, **said: Any) -> httpx.Response:
        """Ask, as the operator does where the leak is."""
        if f"{method} {url}" == self._leak:
            said["headers"] = {"Authorization": f"Bearer {self._operator}"}
        return super().ask(method, url, **said)


QUESTIONS: Final[dict[str, Any]] = {
    "GET /v1/people": {},
    f"GET /v1/people/{PEOPLE[1]}": {},
    "GET /v1/ties": {},
    "GET /v1/nodes/choir/neighbourhood": {},
    "POST /v1/search": {"json": {"text": "hidden"}},
    "POST /v1/nodes/get": {"json": {"ids": [PEOPLE[1]]}},
    "POST /v1/connect": {"json": {"person": PEOPLE[0], "group": "choir"}},
    "GET /v1/exports": {},
    "GET /v1/changes": {},
    "GET /v1/same-as": {},
    f"GET /v1/nodes/{PEOPLE[0]}/neighbourhood": {},
    "GET /v1/clearances": {},
    "GET /v1/merges": {},
    f"GET /v1/people/{PEOPLE[3]}": {},
}
"""A read of each sort; the answers of each tell the two worlds below apart, if it leaks."""


def test_a_leak_in_any_one_read_is_found(service: RunningService, connection: Connection) -> None:
    there = {"given": "2026-01-01", "wording": "1", "method": "spoken", "given_by": "A"}
    agreed = [{**there, "purposes": ["directory", "introductions", "sharing"]}]
    row = {"kind": "person", "name": "Seen", "mapped": True, "clearance": "partners"}
    alike: World = [
        {"kind": "association", "id": "club", "name": "Club", "steward": "club"},
        {"kind": "agency", "id": "town", "name": "Town", "steward": "town"},
        {"kind": "association", "id": "choir", "name": "Choir"},
        {**row, "id": PEOPLE[0], "consents": agreed},
    ]
    hidden: World = [
        {**row, "id": PEOPLE[1], "name": "Hidden", "steward": "club"},
        *(
            {
                "type": "connects", "id": f"t{place}", "source": PEOPLE[1], "target": end,
                "relation": relation, "clearance": "partners",
            }
            for place, (end, relation) in enumerate([("choir", "member"), (PEOPLE[0], "friend")])
        ),
        {
            **row, "id": PEOPLE[2], "name": "Hidden", "steward": "club", "restricted": True,
            "consents": [{**there, "purposes": ["directory"]}],
        },
        {**row, "id": PEOPLE[3], "name": "Hidden", "steward": "club"},
        {"deed": "clearances", "record": PEOPLE[1], "organisation": "town", "state": "asked"},
        {"deed": "same-as", "record": PEOPLE[0], "same_as": PEOPLE[2], "state": "confirmed"},
        {"deed": "merges", "survivor": PEOPLE[1], "merged": PEOPLE[3], "state": "merged"},
    ]  # fmt: skip
    answers: dict[str, list[list[Answer]]] = defaultdict(list)
    for world in (alike, [*alike, *hidden]):
        begin(service, connection.engine, world)
        with heard() as hearing, service.client(service.key("coordinator")) as client:
            for leak in ("nowhere", *QUESTIONS):
                asking = Leaking(client, hearing, leak, service.operator)
                for question, said in QUESTIONS.items():
                    if leak in ("nowhere", question):
                        asking.ask(*question.split(" "), **said)
                answers[leak].append(asking.answers)
    found = {leak: [*told_apart(*both)] for leak, both in answers.items()}
    assert found.pop("nowhere") == []
    assert [leak for leak, apart in found.items() if not apart] == []
