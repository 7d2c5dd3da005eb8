"""The document describes the service as it is, and is read without a network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.api import PATHS, created, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.running_service import RunningService

OPEN = {"/livez", "/readyz"}
OF_A_DAY = "/v1/people/{id}/overrides"
"""Its example says a day that is over by now."""

NEEDED_FIRST = {path: place for place, path in enumerate(("areas", *PATHS, "ties"))}


def _operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


@pytest.fixture
def document(service: RunningService) -> Any:
    with service.client() as client:
        return read(client, "/openapi.json")


def _validator(document: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_the_document_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Wholemap"
    ids = [operation["operationId"] for *_, operation in _operations(document)]
    assert len(ids) == len(set(ids)) > 50


def test_every_operation_says_what_it_does_and_how_it_fails(document: Any) -> None:
    for method, path, operation in _operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        responses = operation["responses"]
        wanted = {"500"} if path in OPEN else {"400", "401", "403", "406", "422", "500", "503"}
        wanted |= {"413", "415"} if "requestBody" in operation else set()
        wanted |= {"404"} if "{id}" in path and method != "put" else set()
        versioned = method in {"put", "patch"} and "requestBody" in operation
        wanted |= {"412", "428"} if versioned else set()
        assert wanted <= responses.keys(), where
        for status, response in responses.items():
            if status >= "400":
                assert response["content"].keys() == {"application/problem+json"}, (where, status)
        if "{id}" in path and method in {"get", "put", "patch"}:
            assert any(p["name"] == "id" for p in operation["parameters"]), where


def test_every_example_of_an_answer_is_as_its_schema_says(document: Any) -> None:
    for method, path, operation in _operations(document):
        where = f"{method} {path}"
        fine = [r for status, r in operation["responses"].items() if status < "300"]
        assert fine, where
        for response in fine:
            for media_type, content in response.get("content", {}).items():
                if "schema" in content and content["schema"] and media_type == "application/json":
                    if "example" not in content:
                        continue
                    found = _validator(document, content["schema"]).iter_errors(content["example"])
                    assert [error.message for error in found] == [], (where, media_type)
        shown = [c for r in fine for c in r.get("content", {}).values() if "example" in c]
        assert shown or all("content" not in r for r in fine), where


def test_every_example_of_a_request_is_as_its_schema_says(document: Any) -> None:
    for method, path, operation in _operations(document):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            where = (method, path, media_type)
            assert "example" in content, where
            found = _validator(document, content["schema"]).iter_errors(content["example"])
            assert [error.message for error in found] == [], where


def _send(
    client: httpx.Client, method: str, path: str, operation: Any, key: str | None = None
) -> list[httpx.Response]:
    answers: list[httpx.Response] = []
    for media_type, content in operation["requestBody"]["content"].items():
        example = content["example"]
        body: dict[str, Any] = {"content" if isinstance(example, str) else "json": example}
        headers = {"Content-Type": media_type, "Prefer": "wait=30"}
        headers |= {"Authorization": f"Bearer {key}"} if key else {}
        answers.append(client.request(method, path, **body, headers=headers))
    return answers


def _key_for(service: RunningService, client: httpx.Client, path: str) -> str | None:
    """Return with which key this is asked, and see that what it needs is there."""
    if path == "/v1/same-as":
        created(client, "associations", id="singers", name="Singers", steward="council")
    if path == "/v1/merges":
        created(client, "associations", id="the-choir", name="The Choir")
    if path == "/v1/clearances":
        return service.key("partner", "council")
    return None


def test_every_operation_says_that_it_needs_a_caller_and_each_read_takes_a_bookmark(
    document: Any,
) -> None:
    assert document["components"]["securitySchemes"].keys() == {"HTTPBearer"}
    taking = set[str]()
    for method, path, operation in _operations(document):
        asked = operation.get("security", [])
        assert asked == ([] if path in OPEN else [{"HTTPBearer": []}]), f"{method} {path}"
        if any(said["name"] == "Wholemap-Bookmark" for said in operation.get("parameters", ())):
            taking.add(f"{method} {path}")
    reads = {f"get /v1/{path}{one}" for path in (*PATHS, "ties") for one in ("", "/{id}")}
    reads = {read.replace("ties/{id}", "ties/{type}/{id}") for read in reads}
    assert taking >= reads | {"post /v1/connect", "post /v1/search", "get /v1/changes"}
    assert not taking & {"get /v1/keys", "delete /v1/people/{id}", "get /livez"}


def test_every_example_of_a_request_is_accepted(service: RunningService, document: Any) -> None:
    """In the order in which they need each other, then each record put and patched by its id."""
    asked = [
        (path, operation)
        for method, path, operation in _operations(document)
        if method == "post" and "requestBody" in operation
    ]
    posts = sorted(
        (post for post in asked if "{id}" not in post[0]),
        key=lambda post: NEEDED_FIRST.get(post[0].removeprefix("/v1/"), len(NEEDED_FIRST)),
    )
    with service.client() as client:
        made: dict[str, Any] = {}
        for path, operation in posts:
            of, _, _ = path.partition("/{id}")
            url = path.replace("{id}", made[of]["id"]) if of != path else path
            key = _key_for(service, client, path)
            for answer in _send(client, "post", url, operation, key):
                assert answer.status_code in {200, 201, 202}, (path, answer.text)
                made[path] = answer.json()
        client.headers["If-Match"] = "*"
        for method, path, operation in _operations(document):
            if method in {"put", "patch"} and "requestBody" in operation:
                record = made[path.partition("/{")[0]]
                url = path.replace("{type}", "connects").replace("{id}", record["id"])
                for answer in _send(client, method, url, operation):
                    assert answer.status_code == 200, (method, path, answer.text)
        # Whoever is erased is there for nothing else.
        for path, operation in sorted(asked, key=lambda post: post[0].endswith("/erasure")):
            if "{id}" in path and path != OF_A_DAY:
                url = path.replace("{id}", made[path.partition("/{")[0]]["id"])
                for answer in _send(client, "post", url, operation):
                    assert answer.status_code in {200, 201}, (path, answer.text)
                    made[f"/v1/{path.rpartition('/')[2]}"] = answer.json()


def test_the_docs_page_needs_nothing_from_elsewhere(service: RunningService) -> None:
    with service.client() as client:
        del client.headers["Authorization"]
        page = client.get("/docs")
        assert page.status_code == 200
        assert page.headers["Content-Type"].startswith("text/html")
        assert re.findall(r"(?:https?:)?//[\w.-]+", page.text) == []
        assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(assets) >= 3
        for asset in assets:
            answer = client.get(asset)
            assert answer.status_code == 200, asset
            assert len(answer.content) > 100
        assert client.get("/openapi.json").status_code == 200
