"""People whom only others named: told in time, gone in time, and nobody else's to see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.store.client import Client
from graph.store.notices import one_month_after
from service.housekeeper import keep_retention
from service.settings import Settings
from tests.api import ADA, BEN, CLEO, DEV, created, ids, problem, read

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio

AGREED: Final = {
    "purposes": ["directory"], "wording": "1", "method": "spoken", "given_by": "Ben",
    "given": "2026-01-01",
}  # fmt: skip


def notices(client: httpx.Client) -> list[Any]:
    """Return whom a caller must tell."""
    return read(client, "/v1/notices")["items"]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 3, 1), date(2026, 4, 1)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 30), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_date_or_on_the_last_of_the_month(day: date, last: date) -> None:
    assert one_month_after(day) == last


def test_who_was_only_named_must_be_told_within_a_month(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "people", id=BEN, name="Ben", expires_on="2030-01-01")
        created(client, "people", id=CLEO, name="Cleo", mapped=True)
        created(client, "people", id=DEV, name="Dev")
        created(client, f"people/{DEV}/consents", **AGREED)
        first, second = notices(client)
        assert (first["person"], second["person"]) == (ADA, BEN)
        day = datetime.fromisoformat(first["recorded_at"]).astimezone(Settings().zone).date()
        assert first["tell_by"] == one_month_after(day).isoformat()
        assert first["expires_on"] == (day + timedelta(90)).isoformat()
        assert second["expires_on"] == "2030-01-01"
        page = read(client, "/v1/notices", limit=1)
        (rest,) = read(client, "/v1/notices", cursor=page["next"])["items"]
        assert [*page["items"], rest] == [first, second]
        problem(client.get("/v1/notices", params={"cursor": "x"}), 422)
        told = client.patch(
            f"/v1/people/{ADA}", json={"told_on": "2026-03-01"}, headers={"If-Match": "*"}
        )
        assert told.status_code == 200, told.text
        assert [notice["person"] for notice in notices(client)] == [BEN]


def test_a_coordinator_tells_their_own_people_and_others_nobody(service: RunningService) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name="Ada")
        created(client, "people", id=BEN, name="Ben", steward="choir")
    for organisation, person in ((None, ADA), ("choir", BEN)):
        with service.client(service.key("coordinator", organisation)) as coordinator:
            assert [notice["person"] for notice in notices(coordinator)] == [person]
    for key in (service.key("partner", "choir"), service.key("member", person=ADA)):
        with service.client(key) as caller:
            problem(caller.get("/v1/notices"), 403)


def test_a_placeholder_is_invisible_to_partners_whatever_its_clearance(
    service: RunningService,
) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(client, "people", id=ADA, name="Ada", clearance="public")
    with service.client(service.key("partner", "choir")) as partner:
        problem(partner.get(f"/v1/people/{ADA}"), 404)
        assert ids(partner, "/v1/people") == []
        assert partner.post("/v1/search", json={"text": "ada"}).json()["items"] == []


def test_who_was_not_asked_is_unmapped_and_counted_by_who_may_see_them(
    service: RunningService,
) -> None:
    with service.client() as operator:
        created(operator, "people", id=ADA, name="Ada")
        created(operator, "people", id=BEN, name="Ben")
        created(operator, f"people/{BEN}/consents", **{**AGREED, "purposes": ["analysis"]})
        assert unmapped(operator) == (2, 2)
    with service.client(service.key("coordinator")) as coordinator:
        assert unmapped(coordinator) == (1, 1)


def unmapped(client: httpx.Client) -> tuple[int, int]:
    """Return how many people a caller's report counts, and how many of them as unmapped."""
    answer = client.post("/v1/reports", json={"kind": "isolation"}, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200, answer.text
    summary = answer.json()["result"]["summary"]
    assert summary["isolated"] == 0
    return summary["people"], summary["unmapped"]


def test_what_is_due_to_a_person_is_their_steward_s_to_know(service: RunningService) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        created(
            client, "people", id=BEN, name="Ben", told_on="2026-01-01", expires_on="2030-01-01",
            clearance="partners",
        )  # fmt: skip
        created(client, f"people/{BEN}/consents", **AGREED)
        assert read(client, f"/v1/people/{BEN}")["told_on"] == "2026-01-01"
    with service.client(service.key("partner", "choir")) as partner:
        seen = read(partner, f"/v1/people/{BEN}")
        assert (seen["told_on"], seen["expires_on"]) == (None, None)


async def test_a_placeholder_expires_unless_the_person_agrees(
    service: RunningService, connection: Connection
) -> None:
    settings = Settings(placeholder_days=90, retention_notice_days=7)
    with service.client() as client:
        people = {
            ADA: {}, BEN: {}, CLEO: {"mapped": True}, DEV: {"expires_on": "2026-01-01"},
        }  # fmt: skip
        for person, fields in people.items():
            created(client, "people", id=person, name="Somebody", **fields)
        kept = created(client, "people", name="Kept")["id"]
        assert client.post(f"/v1/people/{kept}/restriction").status_code == 204
        now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        async with Client(connection.engine) as store:
            for days, gone in (
                (0, set[str]()), (6, set()), (7, {DEV}), (89, {DEV}), (92, {DEV}),
            ):  # fmt: skip
                then = now + timedelta(days=days)
                await keep_retention(store, settings, then, then.date())
                assert set(ids(client, "/v1/people")) == {*people, kept} - gone, days
            # Announced on that day; whoever agrees meanwhile stays.
            created(client, f"people/{BEN}/consents", **AGREED)
            then = now + timedelta(days=99)
            await keep_retention(store, settings, then, then.date())
        assert set(ids(client, "/v1/people")) == {BEN, CLEO, kept}
        again = client.post("/v1/people", json={"id": ADA, "name": "Somebody"})
        assert "Erased" in problem(again, 409)["type"]
