"""Two directories of others are imported by their mappings, and a second time change nothing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NamedTuple

import pytest

from tests.long_work import CSV, exported, kept, position
from tests.real_networks import DATA
from tests.running_service import RunningService

FLORIDA = ("organizations", "services", "locations")
OHANA = (
    "organizations",
    "programs",
    "locations",
    "services",
    "addresses",
    "phones-of-locations",
    "phones-of-organizations",
    "phones-of-services",
    "contacts-of-locations",
    "contacts-of-organizations",
    "contacts-of-services",
)


def load(client: Any, directory: str, mappings: tuple[str, ...]) -> None:
    for name in mappings:
        mapping = json.loads((DATA / directory / f"{name}.mapping.json").read_text())
        file = DATA / directory / f"{name.partition('-of-')[0]}.csv"
        kept(client, file.read_bytes(), CSV, mapping=mapping)


class Contents(NamedTuple):
    """What the files of a directory hold, counted in them."""

    nodes: dict[str, int]
    ties: dict[str, int]
    contacts: int


@pytest.mark.parametrize(
    ("directory", "mappings", "holds"),
    [
        (
            "florida",
            FLORIDA,
            Contents(
                {"agency": 20, "asset": 135 + 378},
                {"offers": 135, "connects": 378},
                19 + 19 + 110 + 92 + 196,
            ),
        ),
        (
            "ohana",
            OHANA,
            Contents(
                {"agency": 8, "asset": 46},
                {"offers": 22, "connects": 44},
                2 + 4 + 3 + 21 + 44 + 1 + 3 + 30 + 2 + 2,
            ),
        ),
    ],
)
def test_a_directory_loads_by_its_mappings_and_twice_is_once(
    service: RunningService, directory: str, mappings: tuple[str, ...], holds: Contents
):
    with service.client() as client:
        load(client, directory, mappings)
        found, where = exported(client), position(client)
        assert Counter(row["kind"] for row in found if "kind" in row) == holds.nodes
        assert Counter(row["type"] for row in found if "type" in row) == holds.ties
        assert sum(len(row["contacts"]) for row in found if "kind" in row) == holds.contacts
        assert all(row["source"]["system"] for row in found if "kind" in row)
        load(client, directory, mappings)
        assert exported(client) == found
        assert position(client) == where


def test_a_record_of_a_directory_is_found_by_its_foreign_id(service: RunningService):
    with service.client() as client:
        load(client, "ohana", OHANA)
        query = {"source_system": "ohana", "source_type": "location", "source_id": "1"}
        (location,) = client.get("/v1/assets", params=query).json()["items"]
        assert [contact["value"] for contact in location["contacts"]] == [
            "2600 Middlefield Road, Redwood City, CA, 94063",
            "650 780-7525",
            "650 701-0856",
            "Susan Houston",
            "Christina Gonzalez",
        ]
        query = {"relation": "controls", "target": location["id"]}
        (tie,) = client.get("/v1/ties", params=query).json()["items"]
        agency = client.get(f"/v1/agencies/{tie['source']}").json()
        assert agency["source"] == {"system": "ohana", "type": "organization", "id": "1"}
