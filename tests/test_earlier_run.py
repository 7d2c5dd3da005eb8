"""Communities keep the numbers of an earlier run, as far as the caller may see it now."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import created, pointers, problem, read, tied

if TYPE_CHECKING:
    import httpx

    from tests.running_service import RunningService

NOBODY = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f"
LARGER = ("choir", "bell", "band", "brass")
SMALLER = ("club", "chess", "cards")


def grouped(client: httpx.Client, *ids: str, **fields: Any) -> None:
    """Create associations that are all tied to each other."""
    for id_ in ids:
        created(client, "associations", id=id_, name=id_, **fields)
    for one, other in combinations(ids, 2):
        tied(client, one, "other", other)


def asked(client: httpx.Client, **said: Any) -> httpx.Response:
    question = {"kind": "fracture", **said}
    return client.post("/v1/reports", json=question, headers={"Prefer": "wait=60"})


def answered(client: httpx.Client, **parameters: Any) -> Any:
    answer = asked(client, parameters=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def numbers(run: Any) -> dict[str, int]:
    return {row["node"]: row["community"] for row in run["result"]["rows"]}


@pytest.fixture
def filled(service: RunningService) -> RunningService:
    with service.client() as client:
        grouped(client, *LARGER)
        grouped(client, *SMALLER)
    return service


def grown(client: httpx.Client) -> None:
    """Let the smaller group outgrow the other, and a third come."""
    for number in range(3):
        created(client, "associations", id=f"new-{number}", name="New")
        for old in SMALLER:
            tied(client, f"new-{number}", "other", old)
    grouped(client, "garden", "grove")


def test_communities_keep_the_numbers_of_the_run_that_is_named(filled: RunningService):
    with filled.client(filled.key("coordinator")) as coordinator:
        # Of one row only: all that were counted are remembered.
        before = answered(coordinator, limit=1)["id"]
        with filled.client() as client:
            grown(client)
        anew = answered(coordinator)
        assert {numbers(anew)[id_] for id_ in LARGER} == {2}
        assert {numbers(anew)[id_] for id_ in (*SMALLER, "new-0", "new-2")} == {1}
        matched = answered(coordinator, earlier_run=before)
        assert matched["parameters"]["earlier_run"] == before
        assert {numbers(matched)[id_] for id_ in LARGER} == {1}
        assert {numbers(matched)[id_] for id_ in (*SMALLER, "new-0", "new-2")} == {2}
        assert {numbers(matched)[id_] for id_ in ("garden", "grove")} == {3}
        table = {
            line["community"]: line["nodes"]
            for line in matched["result"]["summary"]["community_table"]
        }
        assert table == {1: 4, 2: 6, 3: 2}
        # Each is a question of its own, and is answered from its own last run.
        assert answered(coordinator)["id"] == anew["id"]
        assert answered(coordinator, earlier_run=before)["id"] == matched["id"]
        by_other = answered(coordinator, earlier_run=anew["id"])
        assert numbers(by_other) == numbers(anew)
        assert by_other["id"] not in (anew["id"], matched["id"])


@pytest.mark.anyio
async def test_an_analyst_names_an_earlier_run_and_is_shown_no_number(
    filled: RunningService, connection: Any
):
    async def labels(run: Any) -> dict[str, int]:
        (kept,) = await connection.query(
            "MATCH (n:Run {id: $id}) RETURN n.pages AS pages, n.labelled AS labelled", id=run["id"]
        )
        assert kept["labelled"] == 1
        (page,) = await connection.query(
            "MATCH (p:Page {key: $key}) RETURN p.text AS text",
            key=f"{run['id']}:{kept['pages']:08d}",
        )
        return json.loads(page["text"])

    with filled.client(filled.key("analyst")) as analyst:
        before = answered(analyst)
        with filled.client() as client:
            grown(client)
        after = answered(analyst, earlier_run=before["id"])
        found = await labels(after)
        assert (found["choir"], found["club"], found["garden"]) == (1, 2, 3)
        for run in (before, after):
            assert run["result"]["rows"] == []
            assert run["result"]["summary"]["community_table"] is None
            again = analyst.get(f"/v1/reports/{run['id']}")
            assert again.json() == run
            assert not [id_ for id_ in found if f'"{id_}"' in again.text]


def test_who_is_hidden_by_now_plays_no_part(filled: RunningService):
    with filled.client() as client, filled.client(filled.key("coordinator", "club")) as coordinator:
        client.put("/v1/areas/west", json={"id": "west", "name": "West", "area_kind": "place"})
        others = [f"far-{number}" for number in range(5)]
        created(client, "associations", id="near", name="Near", areas=["west"])
        grouped(client, *others)
        for other in others:
            tied(client, "near", "other", other)
        created(client, "associations", id="pond", name="Pond", areas=["west"])
        created(client, "associations", id="pier", name="Pier")
        tied(client, "pond", "other", "pier")
        first = answered(coordinator)
        before = numbers(first)
        assert before["near"] == before["far-4"] != before["pond"] == before["pier"]
        tied(client, "near", "other", "pond")
        found = numbers(answered(coordinator, earlier_run=first["id"], areas=["west"]))
        # One of six is less in common than one of two, as long as all six are seen.
        assert found == dict.fromkeys(("near", "pond"), before["pond"])
        for other in others:
            fields = {"id": other, "name": other, "clearance": "private"}
            hidden = client.put(f"/v1/associations/{other}", json=fields, headers={"If-Match": "*"})
            assert hidden.status_code == 200, hidden.text
        found = numbers(answered(coordinator, earlier_run=first["id"], areas=["west"]))
        assert found == dict.fromkeys(("near", "pond"), before["near"])


@pytest.mark.anyio
async def test_a_run_that_cannot_lend_its_numbers_is_refused_by_name(
    filled: RunningService, connection: Any
):
    named = "/parameters/earlier_run"
    with filled.client(filled.key("coordinator")) as coordinator:
        run = answered(coordinator)["id"]
        other = coordinator.post(
            "/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=60"}
        ).json()["id"]

        def refused(id_: str) -> httpx.Response:
            return asked(coordinator, parameters={"earlier_run": id_})

        assert named in problem(refused(NOBODY), 404)["detail"]
        assert pointers(refused(other)) == [named]
        assert pointers(refused("not an id")) == [named]
        inner = {"report": "fracture", "parameters": {"earlier_run": run}}
        assert pointers(asked(coordinator, kind="waves", parameters=inner)) == [
            "/parameters/parameters/earlier_run"
        ]
        again = {"kind": "fracture", "rrule": "FREQ=DAILY"}
        problem(
            coordinator.post(
                "/v1/schedules", json={**again, "parameters": {"earlier_run": NOBODY}}
            ),
            404,
        )
        kept = coordinator.post("/v1/schedules", json={**again, "parameters": {"earlier_run": run}})
        assert kept.status_code == 201, kept.text
        assert answered(coordinator, earlier_run=run)["state"] == "done"
        for key in (filled.key("analyst"), filled.key("coordinator", "club")):
            with filled.client(key) as stranger:
                answer = asked(stranger, parameters={"earlier_run": run})
                nobody = asked(stranger, parameters={"earlier_run": NOBODY})
                said = [problem(each, 404)["detail"] for each in (answer, nobody)]
                assert said[0].replace(run, NOBODY) == said[1]
        for state in ("running", "failed", "cancelled"):
            await connection.query(
                "MATCH (n:Run {id: $id}) SET n.state = $state", id=run, state=state
            )
            assert pointers(refused(run)) == [named]
        await connection.query("MATCH (n:Run {id: $id}) SET n.state = 'outdated'", id=run)
        gone = problem(refused(run), 410)
        assert gone["type"].endswith("RunOutdated")
        assert named in gone["detail"]


def test_nobody_lends_no_number(service: RunningService):
    with service.client() as client:
        nobody = answered(client)["id"]
        refused = asked(client, parameters={"earlier_run": nobody})
        assert pointers(refused) == ["/parameters/earlier_run"]
        assert read(client, f"/v1/reports/{nobody}")["result"]["counted"] == 0
