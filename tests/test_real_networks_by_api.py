"""The 26 real networks, imported and reported by the running service, are what others say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import Connection
from tests.long_work import exported, kept, ndjson
from tests.real_networks import NAMES, arcs_of, check_brokers, check_centrality, nodes_of
from tests.running_service import RunningService


def records_of(name: str) -> list[dict[str, Any]]:
    """Return a network as people of one area, each pair that is tied by one tie."""
    known = {id_: {"system": name, "type": "node", "id": id_} for id_ in nodes_of(name)}
    people = [
        {"kind": "person", "name": id_, "mapped": True, "areas": [name], "source": source}
        for id_, source in known.items()
    ]
    pairs = sorted({tuple(sorted(arc)) for arc in arcs_of(name) if arc[0] != arc[1]})
    ties = [
        {"type": "connects", "relation": "other", "source": known[one], "target": known[other]}
        for one, other in pairs
    ]
    return ties + people


@pytest.fixture(scope="module")
async def networks(
    anyio_backend: str, started: Connection, running_service: RunningService
) -> AsyncIterator[tuple[RunningService, dict[str, str]]]:
    """Import all of them once an engine; give the service, and what each id is in its file."""
    await started.empty()
    records = [record for name in NAMES for record in records_of(name)]
    with running_service.client() as client:
        for name in NAMES:
            answer = client.post("/v1/areas", json={"id": name, "name": name})
            assert answer.status_code == 201, answer.text
        job = kept(client, ndjson(records))
        assert job["done"] == len(records)
        found = exported(client)
    ids = {row["id"]: row["source"]["id"] for row in found if "kind" in row}
    assert len(ids) == sum(len(nodes_of(name)) for name in NAMES)
    assert len(found) == len(records)
    yield running_service, ids
    await started.empty()


def reported(
    service: RunningService, ids: dict[str, str], kind: str, **parameters: Any
) -> dict[str, Any]:
    """Return a report's result, its nodes named as in their file."""
    with service.client() as client:
        asked = {"kind": kind, "parameters": parameters}
        answer = client.post("/v1/reports", json=asked, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    for row in result["rows"]:
        row["node"] = ids[row["node"]]
    bridges = result["summary"].get("bridges", ())
    result["summary"]["bridges"] = [[ids[end] for end in pair] for pair in bridges]
    return result


@pytest.mark.parametrize("name", NAMES)
def test_a_real_network_has_the_measures_that_other_programs_give(
    networks: tuple[RunningService, dict[str, str]], name: str
):
    check_centrality(reported(*networks, "centrality", areas=[name]), name)
    check_brokers(reported(*networks, "brokers", areas=[name], normalised=False), name)
