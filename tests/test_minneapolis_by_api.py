"""Who could connect a chief executive of Minneapolis to a club: 30 answers, by the service."""

from __future__ import annotations

import json
from typing import Any

from tests.long_work import exported, kept, ndjson
from tests.real_networks import DATA, arcs_of
from tests.running_service import RunningService

NETWORK = "minneapolis_club_membership"


def foreign(id_: str) -> dict[str, str]:
    kind = "executive" if id_.startswith("CEO") else "club"
    return {"system": "minneapolis", "type": kind, "id": id_}


def records() -> list[dict[str, Any]]:
    """Return the network as it stands in its files, with no id of ours."""
    arcs = arcs_of(NETWORK)
    ends = sorted({end for arc in arcs for end in arc})
    assert len(ends) == 40
    nodes = [
        {
            "kind": "person" if id_.startswith("CEO") else "association",
            "name": id_,
            "source": foreign(id_),
        }
        for id_ in ends
    ]
    ties = [
        {
            "type": "connects",
            "relation": "member",
            "source": foreign(executive),
            "target": foreign(club),
        }
        for executive, club in arcs
    ]
    return ties + nodes


def test_all_thirty_questions_are_answered_exactly(service: RunningService):
    truths = json.loads((DATA / "truths/connect_person_to_group_minneapolis.json").read_text())
    assert len(truths["pairs"]) == 30
    with service.client() as client:
        kept(client, ndjson(records()))
        found = exported(client)
        assert len(found) == 95 + 40
        id_of = {row["source"]["id"]: row["id"] for row in found if "kind" in row}
        name_of = {id_: name for name, id_ in id_of.items()}
        for truth in truths["pairs"]:
            person, group = truth["person"], truth["group"]
            asked = {"person": id_of[person], "group": id_of[group], "limit": 50}
            answer = client.post("/v1/connect", json=asked).json()
            assert answer["hops"] == truth["distance"], (person, group)
            assert answer["shortest_routes"] == truth["n_shortest_paths"], (person, group)
            introducers = [
                {
                    "person": name_of[connector["id"]],
                    "shared_with_person": sorted(name_of[id_] for id_ in connector["shared"]),
                }
                for connector in answer["connectors"]
                if connector["is_member"] and connector["shared"]
            ]
            assert introducers == truth["introducers"], (person, group)
            assert not answer["truncated"]
