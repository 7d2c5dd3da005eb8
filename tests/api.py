"""What the tests say to the API, and what they ask of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

PATHS: Final = ("people", "associations", "agencies", "assets")
KIND_OF: Final[dict[str, str]] = dict(
    zip(PATHS, ("person", "association", "agency", "asset"), strict=True)
)

ADA, BEN, CLEO, DEV = (str(UUID(int=(7 << 76) | (2 << 62) | n)) for n in range(1, 5))


def created(client: httpx.Client, path: str, **fields: Any) -> Any:
    """Create a record and return it."""
    answer = client.post(f"/v1/{path}", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def tied(client: httpx.Client, source: str, relation: str, target: str, **fields: Any) -> Any:
    """Connect two nodes and return the tie."""
    ends = {"type": "connects", "source": source, "relation": relation, "target": target}
    return created(client, "ties", **ends, **fields)


def read(client: httpx.Client, url: str, **parameters: Any) -> Any:
    """Return what is read from a path."""
    answer = client.get(url, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(client: httpx.Client, url: str, **parameters: Any) -> list[str]:
    """Return the ids of a list."""
    return [item["id"] for item in read(client, url, **parameters)["items"]]


def feed(client: httpx.Client) -> list[Any]:
    """Return the whole feed of a small network."""
    page = read(client, "/v1/changes", limit=1000)
    assert page["next"] is None
    return page["items"]


def audited(client: httpx.Client, **parameters: Any) -> list[Any]:
    """Return all entries of the audit that are narrowed so."""
    entries: list[Any] = []
    while True:
        page = read(client, "/v1/audit/entries", limit=1000, **parameters)
        entries += page["items"]
        if page["next"] is None:
            return entries
        parameters["cursor"] = page["next"]


def problem(answer: httpx.Response, status: int) -> Any:
    """Return the body of a problem, which is whole and of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= body.keys()
    assert body["status"] == status
    assert body["detail"]
    path = answer.request.url.raw_path.decode().partition("?")[0]
    assert unquote(body["instance"]) == unquote(path)
    return body


def pointers(answer: httpx.Response, status: int = 422) -> Sequence[str]:
    """Return where an input was found wrong."""
    return [fault["pointer"] for fault in problem(answer, status)["errors"]]
