"""A stored report belongs to who asked, and is gone when somebody in it agrees to it no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.api import ADA, BEN, created, problem, read, tied

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

CONSENT: Final[dict[str, Any]] = {
    "purposes": ["analysis"], "wording": "2026-01", "method": "spoken", "given_by": "Self",
    "given": "2026-01-01",
}  # fmt: skip
ANY_VERSION: Final = {"If-Match": "*"}
TODAY: Final = datetime.now(UTC).date()


def agreed(client: httpx.Client, person: str, **said: Any) -> str:
    """Record a consent to analysis and return its id."""
    consent_id: str = created(client, f"people/{person}/consents", **CONSENT | said)["id"]
    return consent_id


def reported(client: httpx.Client, kind: str = "isolation", **said: Any) -> Any:
    asked = {"kind": kind, **said}
    answer = client.post("/v1/reports", json=asked, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def outdated(client: httpx.Client, run: Any) -> bool:
    """Tell whether a run is gone, on every way to it."""
    url = f"/v1/reports/{run['id']}"
    kinds = ("application/json", "text/csv", "text/html")
    answers = [client.get(url, headers={"Accept": kind}) for kind in kinds]
    states = {item["id"]: item["state"] for item in read(client, "/v1/reports")["items"]}
    gone = {"RunOutdated" in answer.text and answer.status_code == 410 for answer in answers}
    assert gone == {states[run["id"]] == "outdated"}
    return gone == {True}


@pytest.fixture
def filled(service: RunningService) -> RunningService:
    with service.client() as client:
        for person, name in ((ADA, "Ada"), (BEN, "Ben")):
            created(client, "people", id=person, name=name, mapped=True, clearance="partners")
        created(client, "associations", id="choir", name="Choir")
        created(client, "associations", id="club", name="Club")
        tied(client, ADA, "member", "choir")
        tied(client, BEN, "member", "choir")
    return service


def test_a_run_exists_for_its_role_and_organisation_alone(filled: RunningService):
    with filled.client(filled.key("coordinator")) as coordinator:
        run = reported(coordinator)
        job = coordinator.post("/v1/reports", json={"kind": "unused"}).json()["id"]
        urls = (f"/v1/reports/{run['id']}", f"/v1/jobs/{job}", f"/v1/jobs/{job}/events")
        for url in urls:
            coordinator.get(url).raise_for_status()
    with filled.client(filled.key("coordinator")) as colleague:
        assert [colleague.get(url).status_code for url in urls] == [200, 200, 200]
        assert len(read(colleague, "/v1/reports")["items"]) == 2
    with filled.client() as operator:
        assert [operator.get(url).status_code for url in urls] == [200, 200, 200]
        assert len(read(operator, "/v1/reports")["items"]) == 2
    others = ("analyst", None), ("analyst", "club"), ("coordinator", "club")
    for role, steward in others:
        with filled.client(filled.key(role, steward)) as other:
            assert [other.get(url).status_code for url in urls] == [404, 404, 404]
            assert read(other, "/v1/reports")["items"] == []


@pytest.mark.parametrize(
    "how", ["withdrawal", "restriction", "narrowing", "erasure", "deletion", "clearance"]
)
def test_a_run_that_counted_who_agrees_no_more_is_gone_until_it_is_asked_again(
    filled: RunningService, how: str
):
    with filled.client() as client, filled.client(filled.key("coordinator")) as coordinator:
        consent = agreed(client, ADA)
        agreed(client, BEN)
        run, named_by_none = reported(coordinator), reported(coordinator, "unused")
        again = {"kind": "isolation"}, {"Idempotency-Key": "once", "Prefer": "wait=60"}
        replayed = coordinator.post("/v1/reports", json=again[0], headers=again[1])
        assert replayed.json()["result"] == run["result"]
        url = f"/v1/people/{ADA}"
        answer = {
            "withdrawal": lambda: client.post(f"{url}/consents/{consent}/withdrawal"),
            "restriction": lambda: client.post(f"{url}/restriction"),
            "narrowing": lambda: client.post(
                f"{url}/consents", json=CONSENT | {"given": str(TODAY), "tie_types": ["wants"]}
            ),
            "erasure": lambda: client.post(f"{url}/erasure", json={"reason": "objected"}),
            "deletion": lambda: client.delete(f"{url}?with_ties=true", headers=ANY_VERSION),
            "clearance": lambda: client.patch(
                url, json={"clearance": "private"}, headers=ANY_VERSION
            ),
        }[how]()
        assert answer.is_success, answer.text
        assert outdated(coordinator, run)
        assert outdated(coordinator, named_by_none)
        replay = coordinator.post("/v1/reports", json=again[0], headers=again[1])
        problem(replay, 410)
        assert not outdated(coordinator, reported(coordinator))


def test_what_hides_nobody_takes_no_answer_back(filled: RunningService):
    with filled.client() as client, filled.client(filled.key("coordinator")) as coordinator:
        agreed(client, ADA)
        agreed(client, BEN)
        run = reported(coordinator)
        for fields in ({"clearance": "public"}, {"clearance": "partners"}, {"steward": "club"}):
            answer = client.patch(f"/v1/people/{ADA}", json=fields, headers=ANY_VERSION)
            assert answer.status_code == 200, answer.text
        assert not outdated(coordinator, run)
        given = client.patch(
            f"/v1/people/{ADA}", json={"clearance": "private"}, headers=ANY_VERSION
        )
        assert given.status_code == 200, given.text
        assert outdated(coordinator, run)


def test_who_was_not_counted_takes_no_answer_back(filled: RunningService):
    with filled.client() as client, filled.client(filled.key("analyst")) as analyst:
        agreed(client, ADA)
        never = agreed(client, BEN, purposes=["directory"])
        run = reported(analyst)
        later = agreed(client, BEN)
        assert not outdated(analyst, run)
        client.post(f"/v1/people/{BEN}/consents/{never}/withdrawal").raise_for_status()
        client.post(f"/v1/people/{BEN}/consents/{later}/withdrawal").raise_for_status()
        assert not outdated(analyst, run)
        erased = client.post(f"/v1/people/{BEN}/erasure", json={"reason": "objected"})
        assert erased.json()["runs_removed"] == []
        assert not outdated(analyst, run)


@pytest.mark.anyio
async def test_a_consent_that_ends_takes_the_answer_with_it(
    filled: RunningService, connection: Any
):
    with filled.client() as client, filled.client(filled.key("coordinator")) as coordinator:
        agreed(client, ADA, expires=str(TODAY + timedelta(9)))
        agreed(client, BEN)
        run = reported(coordinator)
        assert not outdated(coordinator, run)
        (row,) = await connection.query("MATCH (n:Run) RETURN n.until AS until")
        assert row["until"].to_native() == TODAY + timedelta(9)
        await connection.query("MATCH (n:Run) SET n.until = $day", day=TODAY)
        assert outdated(coordinator, run)


def test_rows_pass_the_policy_again_at_each_read(filled: RunningService):
    with filled.client() as client, filled.client(filled.key("coordinator", "club")) as club:
        run = reported(club, "centrality")
        assert {row["node"] for row in run["result"]["rows"]} == {"choir", "club"}
        choir = read(client, "/v1/associations/choir")
        hidden = client.put(
            "/v1/associations/choir",
            json={"id": "choir", "name": "Choir", "clearance": "private"},
            headers={"If-Match": "*"},
        )
        assert (hidden.status_code, choir["clearance"]) == (200, "partners"), hidden.text
        kept = read(club, f"/v1/reports/{run['id']}")
        assert {row["node"] for row in kept["result"]["rows"]} == {"club"}
