"""Two records that one steward has of one are proposed, merged, and two again."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.duplicates import Told, duplicates
from graph.nodes import Contact
from tests.api import ADA, BEN, CLEO, DEV, created, feed, problem, read, tied
from tests.conftest import connect
from tests.long_work import imported, ndjson, refused_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from graph.engines.addresses import Engine
    from tests.conftest import Connection
    from tests.running_service import RunningService

CONSENT: Final = {
    "purposes": ["directory", "introductions", "analysis", "sharing"], "wording": "1",
    "method": "spoken", "given_by": "themself", "given": "2026-01-01",
}  # fmt: skip
MARKER: Final = "marker" * 40
SOURCE: Final = {"system": "register", "type": "member", "id": "7"}
ASKED: Final = {"survivor": ADA, "merged": BEN}


@pytest.fixture
def operator(service: RunningService) -> Iterator[httpx.Client]:
    """Two records of one person, in the hands of one steward, and what is tied to each."""
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(client, "associations", id="band", name="Band")
        created(client, "assets", id="oven", name="Oven")
        for id_, name, said in (
            (ADA, "Ada Oak", {}),
            (BEN, "Oak, Ada", {"description": MARKER, "source": SOURCE, "tags": ["baker"]}),
            (CLEO, "Cleo", {}),
            (DEV, "Dev", {}),
        ):
            created(client, "people", id=id_, name=name, clearance="partners", mapped=True, **said)
            agreed = client.post(f"/v1/people/{id_}/consents", json=CONSENT)
            assert agreed.status_code == 201, agreed.text
        shared = {"clearance": "partners"}
        tied(client, ADA, "friend", CLEO, id="t1", **shared)
        tied(client, BEN, "friend", CLEO, id="t2", strength=0.9, **shared)
        tied(client, ADA, "neighbour", BEN, id="t3", **shared)
        tied(client, BEN, "member", "choir", id="t4", strength=0.5, **shared)
        tied(client, DEV, "neighbour", BEN, id="t5", stated_by=BEN, **shared)
        offer = {"type": "offers", "source": BEN, "target": "oven", "id": "o1"}
        created(client, "ties", **offer, **shared)
        want = {"type": "wants", "source": CLEO, "target": "oven", "id": "w1", "met_by": "o1"}
        created(client, "ties", **want, state="met", **shared)
        yield client


def merged(client: httpx.Client) -> Any:
    return created(client, "merges", **ASKED)


def undone(client: httpx.Client, made: Any) -> Any:
    answer = client.post(f"/v1/merges/{made['id']}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ties_of(client: httpx.Client) -> dict[str, tuple[str, str]]:
    found = read(client, "/v1/ties", limit=1000)["items"]
    return {tie["id"]: (tie["source"], tie["target"]) for tie in found}


def everything(client: httpx.Client) -> Any:
    """Return all records but for what counts their writes."""
    kept: list[Any] = [
        read(client, f"/v1/{path}", limit=1000)["items"]
        for path in ("people", "associations", "assets", "ties")
    ]
    kept += [
        client.get(f"/v1/people/{person}/consents", follow_redirects=True).json()["items"]
        for person in (ADA, BEN)
    ]
    for record in (record for records in kept for record in records):
        record.pop("version", None)
        record.pop("updated_at", None)
    question = {"person": BEN, "group": "choir"}
    told = client.post("/v1/connect", json=question).json()
    return [*kept, {name: value for name, value in told.items() if name != "revision"}]


def test_ties_move_to_the_record_that_stays_and_the_other_leads_to_it(
    operator: httpx.Client,
) -> None:
    begin = len(feed(operator))
    made = merged(operator)
    assert (made["state"], made["ties"]) == ("merged", 5)
    assert ties_of(operator) == {
        "t1": (ADA, CLEO), "t4": (ADA, "choir"), "t5": (ADA, DEV), "o1": (ADA, "oven"),
        "w1": (CLEO, "oven"),
    }  # fmt: skip
    assert read(operator, "/v1/ties/connects/t5")["stated_by"] == ADA
    for path in ("people", "nodes"):
        moved = operator.get(f"/v1/{path}/{BEN}", params={"x": "1"})
        assert problem(moved, 308)["type"].endswith(":Moved")
        assert moved.headers["Location"] == f"/v1/{path}/{ADA}?x=1"
    problem(operator.get(f"/v1/associations/{BEN}"), 404)
    told = {(e["action"], e["kind"] or e["type"], e["id"]) for e in feed(operator)[begin:]}
    assert told == {
        ("merged", "person", BEN), ("deleted", "connects", "t2"), ("deleted", "connects", "t3"),
        ("updated", "connects", "t4"), ("updated", "connects", "t5"), ("updated", "offers", "o1"),
    }  # fmt: skip
    question = {"person": ADA, "group": "choir"}
    assert operator.post("/v1/connect", json=question).json()["reason"] == "already_member"


def test_of_other_stewards_ties_not_even_their_number_is_told(
    operator: httpx.Client, service: RunningService
) -> None:
    created(operator, "associations", id="town", name="Town")
    with service.client(service.key("partner", "town")) as partner:
        hidden = {"id": "p1", "clearance": "private", "disclosed": True}
        tied(partner, BEN, "volunteer", "town", steward="town", **hidden)
    with service.client(service.key("coordinator")) as coordinator:
        assert "p1" in ties_of(operator)
        assert merged(coordinator)["ties"] == 5


def test_what_is_unmerged_is_as_it_was(operator: httpx.Client) -> None:
    before = everything(operator)
    made = merged(operator)
    assert everything(operator) != before
    assert undone(operator, made)["state"] == "unmerged"
    assert everything(operator) == before
    problem(operator.post(f"/v1/merges/{made['id']}/undo"), 409)
    assert undone(operator, merged(operator))["ties"] == 5
    assert everything(operator) == before
    assert [each["state"] for each in read(operator, "/v1/merges")["items"]] == ["unmerged"] * 2


def test_what_was_written_meanwhile_stays(operator: httpx.Client) -> None:
    made = merged(operator)
    any_version = {"If-Match": "*"}
    operator.patch("/v1/ties/connects/t4", json={"strength": 0.8}, headers=any_version)
    assert operator.delete("/v1/ties/connects/t5", headers=any_version).status_code == 204
    tied(operator, ADA, "member", "band", id="t6")
    operator.patch(f"/v1/people/{ADA}", json={"name": "Ada"}, headers=any_version)
    undone(operator, made)
    tie = read(operator, "/v1/ties/connects/t4")
    assert (tie["source"], tie["strength"], tie["version"]) == (BEN, 0.8, 4)
    assert {"t2", "t3"} <= ties_of(operator).keys()
    assert "t5" not in ties_of(operator)
    assert read(operator, "/v1/ties/connects/t6")["source"] == ADA
    assert read(operator, f"/v1/people/{ADA}")["name"] == "Ada"
    assert read(operator, f"/v1/people/{BEN}")["version"] == 3


def test_what_was_merged_is_not_made_anew(operator: httpx.Client) -> None:
    merged(operator)
    any_version = {"If-Match": "*"}
    again = {"name": "Ada", "source": SOURCE}
    problem(operator.put(f"/v1/people/{BEN}", json={"name": "B"}), 409)
    problem(operator.post("/v1/people", json=again), 409)
    job = imported(operator, ndjson([{"kind": "person", **again}]), on_error="keep_good")
    assert len(refused_rows(operator, job["id"])) == 1
    problem(operator.delete(f"/v1/people/{ADA}?with_ties=true", headers=any_version), 409)
    problem(operator.post("/v1/merges", json={"survivor": CLEO, "merged": ADA}), 409)


def test_what_cannot_be_merged_is_refused(operator: httpx.Client, service: RunningService) -> None:
    created(operator, "agencies", id="town", name="Town")
    created(operator, "associations", id="club", name="Club", steward="town")
    begin = len(feed(operator))

    def refused(status: int, survivor: str, gone: str) -> None:
        asked = {"survivor": survivor, "merged": gone}
        problem(operator.post("/v1/merges", json=asked), status)

    refused(422, ADA, ADA)
    refused(422, ADA, "choir")
    refused(404, ADA, "none")
    refused(409, "choir", "club")
    with service.client(service.key("partner", "town")) as partner:
        problem(partner.post("/v1/merges", json=ASKED), 403)
        assert read(partner, "/v1/merges")["items"] == []
        assert read(partner, "/v1/duplicates")["items"] == []
    said = created(operator, "same-as", record="choir", same_as="club")
    refused(409, "band", "choir")
    withdrawn = {"decision": "withdrawn"}
    operator.post(f"/v1/same-as/{said['id']}/decision", json=withdrawn)
    problem(operator.post("/v1/merges/none/undo"), 404)
    assert len(feed(operator)) == begin


def test_nobody_is_led_from_a_record_that_they_could_not_know(
    operator: httpx.Client, service: RunningService
) -> None:
    created(operator, "agencies", id="town", name="Town")
    private = {"clearance": "private"}
    operator.patch(f"/v1/people/{BEN}", json=private, headers={"If-Match": "*"})
    merged(operator)
    with service.client(service.key("partner", "town")) as partner:
        assert read(partner, f"/v1/people/{ADA}")["id"] == ADA
        problem(partner.get(f"/v1/people/{BEN}"), 404)
        assert BEN not in {entry["id"] for entry in feed(partner)}


async def _kept_texts(connection: Connection) -> str:
    rows = await connection.query("MATCH (n) RETURN n {.*} AS kept")
    return json.dumps([row["kept"] for row in rows], default=str)


def _marker_is_kept(engine: Engine) -> bool:
    async def look() -> bool:
        async with connect(engine) as connection:
            return MARKER in await _kept_texts(connection)

    return asyncio.run(look())


def test_erasing_who_stays_erases_what_was_merged(operator: httpx.Client, engine: Engine) -> None:
    made = merged(operator)
    bundle = operator.post(f"/v1/people/{ADA}/access-bundle").json()
    assert [record["description"] for record in bundle["merged"]] == [MARKER]
    assert _marker_is_kept(engine)
    gone = operator.post(f"/v1/people/{ADA}/erasure", json={"reason": "objected"})
    assert gone.status_code == 200, gone.text
    assert not _marker_is_kept(engine)
    problem(operator.get(f"/v1/merges/{made['id']}"), 404)
    problem(operator.get(f"/v1/people/{BEN}"), 404)
    for back in ({"id": BEN, "name": "B"}, {"name": "Ada", "source": SOURCE}):
        assert problem(operator.post("/v1/people", json=back), 409)["type"].endswith(":Erased")


def test_erasing_another_takes_them_out_of_what_was_merged(operator: httpx.Client) -> None:
    made = merged(operator)
    gone = operator.post(f"/v1/people/{CLEO}/erasure", json={"reason": "objected"})
    assert gone.status_code == 200, gone.text
    undone(operator, made)
    assert ties_of(operator) == {
        "t3": (ADA, BEN), "t4": (BEN, "choir"), "t5": (BEN, DEV), "o1": (BEN, "oven"),
    }  # fmt: skip


def test_duplicates_are_proposed_page_by_page(operator: httpx.Client) -> None:
    (found,) = read(operator, "/v1/duplicates")["items"]
    assert found == {"records": [ADA, BEN], "because": ["name"]}
    created(
        operator,
        "people",
        name="Dewi Jones",
        contacts=[{"kind": "phone", "value": "020 7946 0001"}],
    )
    created(operator, "people", name="D", contacts=[{"kind": "phone", "value": "+442079460001"}])
    first = read(operator, "/v1/duplicates", limit=1)
    rest = read(operator, "/v1/duplicates", cursor=first["next"])
    assert [each["because"] for each in (*first["items"], *rest["items"])] == [
        ["name"],
        ["contact"],
    ]
    assert read(operator, "/v1/duplicates", kind="association")["items"] == []
    merged(operator)
    assert [e["because"] for e in read(operator, "/v1/duplicates")["items"]] == [["contact"]]


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        ("Ada Oak", "OAK,  áda", ["name"]),
        ("Margaret Okafor", "Margret Okafor", ["spelling"]),
        ("Jon Smith", "John Smith", ["spelling"]),
        ("Sara Khan", "Sarah Khna", []),
        ("Ann", "Anna", []),
        ("Riverside Choir", "Riverside Chior", ["spelling"]),
        ("Ada Oak", "Ada Elm", []),
    ],
)
def test_names_are_compared_by_their_words_and_by_one_letter(
    one: str, other: str, because: list[str]
) -> None:
    found = duplicates([Told("a", one), Told("b", other)])
    assert [pair.because for pair in found] == ([because] if because else [])


def test_contacts_and_foreign_ids_are_compared_as_they_are_meant() -> None:
    def told(id_: str, value: str, source: str) -> Told:
        contact = Contact(kind="email", value=value)
        return Told(id_, f"name of {id_}" * 3, (contact,), ("register", "member", source))

    pairs = duplicates([told("x", "Ada@x.org", "N 7"), told("yyyy", "ada@X.org", "n7")])
    assert [pair.because for pair in pairs] == [["contact", "source"]]
    office = [told(f"{n:04d}" * 3, "desk@x.org", str(n)) for n in range(21)]
    assert duplicates(office) == []
