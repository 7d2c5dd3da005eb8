"""Lists are walked by their cursors: each record once, whatever happens meanwhile."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.api import ADA, created, ids, pointers, read, tied

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService

pytestmark = pytest.mark.anyio
MANY = 250


def _walk(client: httpx.Client, url: str, **parameters: Any) -> list[list[Any]]:
    """Return the pages of a list, each found by the link of the one before."""
    pages: list[list[Any]] = []
    answer = client.get(url, params=parameters)
    while True:
        page = answer.json()
        pages.append(page["items"])
        link = answer.links.get("next")
        assert (page["next"] is None) == (link is None)
        if link is None:
            return pages
        answer = client.get(link["url"])
        assert answer.status_code == 200, answer.text


def _name(number: int) -> str:
    return f"a{number:04}"


async def _assets(connection: Connection, numbers: range) -> None:
    await connection.query(
        "UNWIND $ids AS id CREATE (:Node:Asset {id: id, kind: 'asset', name: id, version: 1,"
        " search_name: id, search_text: id})",
        ids=[_name(number) for number in numbers],
    )


async def test_a_walk_meets_every_record_once(
    service: RunningService, connection: Connection
) -> None:
    await _assets(connection, range(MANY))
    expected = [_name(number) for number in range(MANY)]
    with service.client() as client:
        for limit, lengths in ((1000, [250]), (250, [250]), (125, [125, 125]), (99, [99, 99, 52])):
            pages = _walk(client, "/v1/assets", limit=limit)
            assert [len(page) for page in pages] == lengths
            assert [item["id"] for page in pages for item in page] == expected
        assert len(ids(client, "/v1/assets")) == 100


async def test_a_walk_meets_every_lasting_record_once_while_others_come_and_go(
    service: RunningService, connection: Connection
) -> None:
    await _assets(connection, range(0, 2 * MANY, 2))
    lasting = {_name(number) for number in range(0, 2 * MANY, 2) if number % 6}
    met: list[str] = []
    with service.client() as client:
        url: str | None = "/v1/assets?limit=20"
        step = 0
        while url is not None:
            answer = client.get(url)
            met += [item["id"] for item in answer.json()["items"]]
            url = answer.links["next"]["url"] if "next" in answer.links else None
            for number in (step * 12, 2 * MANY - 2 - step * 12):
                going = _name(number - number % 6)
                client.delete(f"/v1/assets/{going}", headers={"If-Match": "*"})
                client.put(f"/v1/assets/{_name(number + 1)}", json={"name": "Between"})
            step += 1
    assert len(met) == len(set(met))
    assert lasting <= set(met)
    assert met == sorted(met)


async def test_ties_areas_and_changes_are_walked_as_well(service: RunningService) -> None:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        for number in range(7):
            created(client, "areas", id=f"area-{number}", name="Area")
            created(client, "associations", id=f"group-{number}", name="Group")
            tied(client, ADA, "member", f"group-{number}", id=f"t{number}")
            created(client, "ties", type="trusts", source=ADA, target=f"group-{number}",
                    id=f"t{number}")  # fmt: skip
        areas = _walk(client, "/v1/areas", limit=3)
        assert [item["id"] for page in areas for item in page] == [f"area-{n}" for n in range(7)]
        expected = [(type_, f"t{n}") for type_ in ("connects", "trusts") for n in range(7)]
        for narrowed in ({}, {"source": ADA}):
            pages = _walk(client, "/v1/ties", limit=3, **narrowed)
            assert [len(page) for page in pages] == [3, 3, 3, 3, 2]
            assert [(item["type"], item["id"]) for page in pages for item in page] == expected
        whole = read(client, "/v1/changes", limit=1000)["items"]
        assert [item for page in _walk(client, "/v1/changes", limit=4) for item in page] == whole
        narrow = _walk(client, "/v1/associations", limit=2, tag="none")
        assert narrow == [[]]


async def test_a_link_keeps_the_filters_of_its_list(service: RunningService) -> None:
    with service.client() as client:
        for number in range(4):
            created(client, "people", id=str(UUID(int=number + 1)), name="x", tags=["a b&c=d"])
            created(client, "people", id=str(UUID(int=number + 9)), name="x", tags=["other"])
        pages = _walk(client, "/v1/people", limit=1, tag="a b&c=d")
        assert [len(page) for page in pages] == [1, 1, 1, 1]


async def test_a_cursor_that_is_none_is_refused(service: RunningService) -> None:
    def cursor(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()

    odd = ("x", "é", "====", "%%%", cursor([]), cursor(["a", "b", "c"]), cursor([5]),
           cursor({"a": 1}), cursor("a"), cursor(["\ud800"]), cursor(["\ud800"] * 2),
           "W" * 400)  # fmt: skip
    with service.client() as client:
        for path in ("people", "areas", "ties", "reports"):
            for given in odd:
                answer = client.get(f"/v1/{path}", params={"cursor": given})
                assert pointers(answer) == ["/query/cursor"], (path, given)
        of_another_list = cursor(["a"])
        answer = client.get("/v1/ties", params={"cursor": of_another_list})
        assert pointers(answer) == ["/query/cursor"]
