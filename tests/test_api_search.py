"""Nodes are found by their words, and by what lies around one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.store.neighbourhood import MOST_NODES_AROUND
from tests.api import ADA, BEN, CLEO, DEV, created, pointers, problem, read, tied

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Connection
    from tests.running_service import RunningService


def _found(client: httpx.Client, text: str, **asked: Any) -> list[str]:
    answer = client.post("/v1/search", json={"text": text, **asked})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_the_name_comes_first_then_its_beginning_a_word_anything_else(
    service: RunningService,
) -> None:
    with service.client() as client:
        created(client, "assets", id="inside", name="Abechoirs")
        created(client, "assets", id="word-b", name="Zebra choir")
        created(client, "assets", id="word-a", name="Abbey", description="home of a choir")
        created(client, "assets", id="word-c", name="Abbey", tags=["choir"])
        created(client, "associations", id="begins-b", name="Choirs united")
        created(client, "associations", id="begins-a", name="Choir of the river")
        created(client, "agencies", id="exact-b", name="CHOIR")
        created(client, "people", id=ADA, name="choir")
        created(client, "assets", id="not", name="Chair")
        expected = [ADA, "exact-b", "begins-a", "begins-b", "word-a", "word-c", "word-b", "inside"]
        assert _found(client, "Choir") == expected
        cut = client.post("/v1/search", json={"text": "choir", "limit": 3}).json()
        assert [item["id"] for item in cut["items"]] == expected[:3]
        assert cut["truncated"] is True
        whole = client.post("/v1/search", json={"text": "choir", "limit": 8}).json()
        assert whole["truncated"] is False


def test_marks_case_and_forms_of_letters_make_no_difference(service: RunningService) -> None:
    with service.client() as client:
        created(client, "assets", id="cafe", name="Le  Café")
        created(client, "assets", id="street", name="STRASSE")
        created(client, "assets", id="wide", name="\uff26\uff55\uff4c\uff4c \ufb01ne")
        created(client, "assets", id="polish", name="Zażółć", description="'quotes' 100% [a-z]*")
        for text, expected in (
            ("CAFE", "cafe"),
            ("le cafe\u0301", "cafe"),
            ("LE CAFÉ", "cafe"),
            ("straße", "street"),
            ("full fine", "wide"),
            ("zazo", "polish"),
            ("'quotes'", "polish"),
            ("100%", "polish"),
            ("[a-z]*", "polish"),
        ):
            assert _found(client, text) == [expected], text
        assert _found(client, "caffe") == []


def test_every_word_of_a_text_is_in_what_is_found(service: RunningService) -> None:
    with service.client() as client:
        created(client, "associations", id="one", name="Riverside Choir", tags=["singing"])
        created(client, "associations", id="two", name="Choir of Riverside")
        created(client, "associations", id="three", name="Choir")
        assert _found(client, "riverside choir") == ["one", "two"]
        assert _found(client, "choir riverside") == ["two", "one"]
        assert _found(client, "sing river") == ["one"]
        assert _found(client, "choir chess") == []


def test_a_search_is_narrowed_by_kind_and_area(service: RunningService) -> None:
    with service.client() as client:
        created(client, "areas", id="north", name="North")
        created(client, "people", id=ADA, name="Garden", areas=["north"])
        created(client, "assets", id="plot", name="Garden", areas=["north"])
        created(client, "associations", id="club", name="Garden")
        assert _found(client, "garden", kinds=["asset", "association"]) == ["club", "plot"]
        assert _found(client, "garden", area="north") == [ADA, "plot"]
        assert _found(client, "garden", area="north", kinds=["person"]) == [ADA]
        assert _found(client, "garden", area="nowhere") == []
        answer = client.post("/v1/search", json={"text": "\u0301"})
        assert pointers(answer) == ["/text"]


def test_what_is_corrected_is_found_by_its_new_words_only(service: RunningService) -> None:
    with service.client() as client:
        created(client, "assets", id="plot", name="Garden", tags=["green"])
        client.patch(
            "/v1/assets/plot", json={"name": "Orchard", "tags": []}, headers={"If-Match": "*"}
        )
        assert _found(client, "garden") == _found(client, "green") == []
        assert _found(client, "orchard") == ["plot"]


def _path(client: httpx.Client) -> None:
    """Make Ada - Ben - Cleo - Dev and what they share."""
    for person, name in ((ADA, "Ada"), (BEN, "Ben"), (CLEO, "Cleo"), (DEV, "Dev")):
        created(client, "people", id=person, name=name)
    created(client, "assets", id="hall", name="Hall", active_to="2025-01-01")
    tied(client, ADA, "friend", BEN, id="ab")
    tied(client, CLEO, "neighbour", BEN, id="bc", valid_from="2024-01-01", valid_to="2026-01-01")
    created(client, "ties", type="trusts", source=DEV, target=CLEO, id="cd")
    created(client, "ties", type="offers", source=ADA, target="hall", id="ah")


def _around(client: httpx.Client, **asked: Any) -> tuple[list[str], list[str]]:
    answer = read(client, f"/v1/nodes/{ADA}/neighbourhood", **asked)
    assert answer["truncated"] is False
    return [node["id"] for node in answer["nodes"]], [tie["id"] for tie in answer["ties"]]


def test_a_neighbourhood_is_what_lies_within_some_hops_on_a_day(service: RunningService) -> None:
    with service.client() as client:
        _path(client)
        day = {"as_of": "2024-06-01"}
        assert _around(client, **day) == ([ADA, BEN, "hall"], ["ab", "ah"])
        assert _around(client, hops=2, **day) == ([ADA, BEN, CLEO, "hall"], ["ab", "bc", "ah"])
        everybody = ([ADA, BEN, CLEO, DEV, "hall"], ["ab", "bc", "ah", "cd"])
        assert _around(client, hops=3, **day) == everybody
        assert _around(client, hops=3, as_of="2025-12-31") == (
            [ADA, BEN, CLEO, DEV], ["ab", "bc", "cd"],
        )  # fmt: skip
        assert _around(client, hops=3, as_of="2026-01-01") == ([ADA, BEN], ["ab"])
        assert _around(client, hops=3, as_of="2023-12-31") == ([ADA, BEN, "hall"], ["ab", "ah"])
        assert _around(client, hops=3, types="offers,trusts", **day) == ([ADA, "hall"], ["ah"])
        problem(client.get("/v1/nodes/nobody/neighbourhood"), 404)


@pytest.mark.anyio
async def test_a_neighbourhood_that_is_too_large_is_cut_and_says_so(
    service: RunningService, connection: Connection
) -> None:
    with service.client() as client:
        created(client, "associations", id="choir", name="Choir")
        await connection.query(
            "MATCH (g:Node {id: 'choir'}) UNWIND range(1, $count) AS number "
            "CREATE (:Node:Asset {id: 'a' + number, kind: 'asset', name: 'A', version: 1})"
            "<-[:OFFERS {id: 't' + number, version: 1}]-(g)",
            count=MOST_NODES_AROUND,
        )
        answer = read(client, "/v1/nodes/choir/neighbourhood")
        assert answer["truncated"] is True
        assert len(answer["nodes"]) == MOST_NODES_AROUND
        held = {node["id"] for node in answer["nodes"]}
        assert all({tie["source"], tie["target"]} <= held for tie in answer["ties"])
