"""Entity tags: what was read is not sent again, and no write goes over another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.api import ADA, created, feed, problem, read, tied

if TYPE_CHECKING:
    from tests.running_service import RunningService

URLS = (f"/v1/people/{ADA}", "/v1/associations/choir", "/v1/areas/north", "/v1/ties/connects/t1")


@pytest.fixture
def records(service: RunningService) -> RunningService:
    with service.client() as client:
        created(client, "people", id=ADA, name="Ada")
        created(client, "associations", id="choir", name="Choir")
        created(client, "areas", id="north", name="North")
        tied(client, ADA, "member", "choir", id="t1")
    return service


@pytest.mark.parametrize("url", URLS)
def test_a_record_that_the_caller_has_is_not_sent_again(records: RunningService, url: str) -> None:
    with records.client() as client:
        shown = client.get(url)
        etag = shown.headers["ETag"]
        assert etag.startswith('"1-')
        assert shown.headers["Cache-Control"] == "private, no-cache"
        assert shown.headers["Vary"] == "Authorization, Accept, Wholemap-Purpose"
        for said in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = client.get(url, headers={"If-None-Match": said})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["ETag"] == etag
            assert again.headers["Vary"] == shown.headers["Vary"]
        assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
        problem(client.get(url, headers={"If-None-Match": "unquoted"}), 400)


@pytest.mark.parametrize("url", URLS)
def test_a_change_of_what_exists_says_which_version_it_was_made_from(
    records: RunningService, url: str
) -> None:
    with records.client() as client:
        before, changes = client.get(url), feed(client)
        stale = '"9-0123456789abcdef"'
        for unfit in ('"not ours"', stale, '""'):
            for answer in (
                client.put(url, json=before.json(), headers={"If-Match": unfit}),
                client.patch(url, json={}, headers={"If-Match": unfit}),
                client.delete(url, headers={"If-Match": unfit}),
            ):
                problem(answer, 412)
        for answer in (
            client.put(url, json=before.json()),
            client.patch(url, json={}),
            client.delete(url),
        ):
            problem(answer, 428)
        problem(client.put(url, json=before.json(), headers={"If-None-Match": "*"}), 412)
        problem(client.put(url, json=before.json(), headers={"If-None-Match": '"1-0"'}), 400)
        problem(client.patch(url, json={}, headers={"If-Match": "unquoted"}), 400)
        assert client.get(url).json() == before.json()
        assert feed(client) == changes


@pytest.mark.parametrize("url", URLS)
def test_a_change_is_made_from_one_version_or_from_any(records: RunningService, url: str) -> None:
    with records.client() as client:
        etag = client.get(url).headers["ETag"]
        several = f'"9-0123456789abcdef", {etag}'
        problem(client.patch(url, json={}, headers={"If-Match": several}), 400)
        assert client.patch(url, json={}, headers={"If-Match": "*"}).status_code == 200


def test_what_is_not_there_has_no_version_to_match(service: RunningService) -> None:
    with service.client() as client:
        for url in ("/v1/assets/hall", "/v1/areas/north"):
            fields = {"name": "New"}
            problem(client.put(url, json=fields, headers={"If-Match": "*"}), 412)
            problem(client.put(url, json=fields, headers={"If-Match": '"1-0123456789abcdef"'}), 412)
            problem(client.get(url), 404)
            assert client.put(url, json=fields, headers={"If-None-Match": "*"}).status_code == 201
            problem(client.put(url, json=fields, headers={"If-None-Match": "*"}), 412)
            assert client.delete(url, headers={"If-Match": "*"}).status_code == 204
            assert client.put(url, json=fields, headers={"If-None-Match": "*"}).status_code == 201
        assert len(feed(client)) == 6


def test_of_many_writes_from_one_version_one_is_done(records: RunningService) -> None:
    url = "/v1/associations/choir"
    with records.client() as client, ThreadPoolExecutor(8) as pool:
        etag = client.get(url).headers["ETag"]
        headers = {"If-Match": etag}
        asked = [
            pool.submit(client.patch, url, json={"description": f"{number}"}, headers=headers)
            for number in range(8)
        ]
        answers = [one.result() for one in asked]
        done = [answer for answer in answers if answer.status_code == 200]
        assert [answer.status_code for answer in answers if answer not in done] == [412] * 7
        assert read(client, url) == done[0].json()
        assert done[0].json()["version"] == 2


def test_of_many_creations_of_one_id_one_is_done(service: RunningService) -> None:
    with service.client() as client, ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(client.post, "/v1/assets", json={"id": "hall", "name": f"{number}"})
            for number in range(8)
        ]
        answers = [one.result() for one in asked]
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        assert len(feed(client)) == 1


def test_of_many_ties_that_say_the_same_one_is_made(records: RunningService) -> None:
    with records.client() as client, ThreadPoolExecutor(8) as pool:
        start = len(feed(client))
        tie = {"type": "connects", "relation": "volunteer", "source": ADA, "target": "choir"}
        asked = [
            pool.submit(client.post, "/v1/ties", json={**tie, "id": f"race-{number}"})
            for number in range(8)
        ]
        answers = [one.result() for one in asked]
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        assert len(feed(client)) == start + 1
