"""Imports, exports and reports as their callers meet them: sent, followed, read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

NDJSON = "application/x-ndjson"
CSV = "text/csv"

IDENTIFIED = {"identity": "identified"}
REASON = {"Wholemap-Reason": "transfer"}

Record = dict[str, Any]


def ndjson(records: Iterable[Record]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def sent(
    client: httpx.Client,
    content: bytes | Iterator[bytes],
    media_type: str = NDJSON,
    *,
    mapping: Any = None,
    headers: dict[str, str] | None = None,
    **query: Any,
) -> httpx.Response:
    """Send a file to be imported."""
    said = {"Content-Type": media_type, **(headers or {})}
    if mapping is not None:
        said["Wholemap-Mapping"] = json.dumps(mapping)
    return client.post("/v1/imports", content=content, headers=said, params=query)


def begun(answer: httpx.Response) -> str:
    """Return the id of the job that an answer points to."""
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["id"]
    assert answer.headers["Location"] == f"/v1/jobs/{job_id}"
    return job_id


def events_of(client: httpx.Client, job_id: str) -> Iterator[tuple[str, Record]]:
    """Yield a job's events, each with its name, until it has ended."""
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def followed(client: httpx.Client, job_id: str) -> Record:
    """Follow a job to its end and return it."""
    *_, (name, ended) = events_of(client, job_id)
    assert name == ended["state"]
    assert client.get(f"/v1/jobs/{job_id}").json() == ended
    return ended


def imported(
    client: httpx.Client, content: bytes | Iterator[bytes], *said: Any, **more: Any
) -> Record:
    """Import a file and return its job."""
    return followed(client, begun(sent(client, content, *said, **more)))


def kept(client: httpx.Client, content: bytes | Iterator[bytes], *said: Any, **more: Any) -> Record:
    """Import a file all of whose rows are good."""
    ended = imported(client, content, *said, **more)
    refused = client.get(f"/v1/jobs/{ended['id']}/errors").text
    assert (ended["state"], ended["failed_rows"]) == ("done", 0), (ended["problem"], refused[:2000])
    assert ended["percent"] == 100
    return ended


def refused_rows(client: httpx.Client, job_id: str) -> list[Record]:
    """Return the rows of an import that were refused."""
    return [json.loads(line) for line in client.get(f"/v1/jobs/{job_id}/errors").text.splitlines()]


def refused_for(client: httpx.Client, job: Record) -> list[tuple[int, list[str]]]:
    """Return line and pointers of every row that was refused."""
    return [
        (row["line"], [fault["pointer"] for fault in row["errors"]])
        for row in refused_rows(client, job["id"])
    ]


def exported(client: httpx.Client, **query: Any) -> list[Record]:
    """Return what an identified export holds, in the order of its ids."""
    answer = client.get("/v1/exports", params=IDENTIFIED | query, headers=REASON)
    assert answer.status_code == 200, answer.text
    rows = [json.loads(line) for line in answer.text.splitlines()]
    return sorted(rows, key=lambda row: (row.get("type", ""), row["id"]))


def position(client: httpx.Client) -> str:
    """Return where the change feed stands."""
    with client.stream("GET", "/v1/exports") as answer:
        where: str = answer.headers["Wholemap-Position"]
        return where
