"""Small networks by hand, a row a node and a row a tie."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from graph.network import Network, NodeRow, Snapshot, TieRow
from tests.real_networks import DAY


def person(id_: str, *, mapped: bool | None = True, areas: tuple[str, ...] = ()) -> NodeRow:
    return NodeRow(id=id_, kind="person", name=id_, mapped=mapped, areas=areas)


def group(id_: str, *areas: str) -> NodeRow:
    return NodeRow(id=id_, kind="association", name=id_, areas=areas)


def agency(id_: str, *areas: str) -> NodeRow:
    return NodeRow(id=id_, kind="agency", name=id_, areas=areas)


def asset(id_: str, status: str = "actual", areas: tuple[str, ...] = ()) -> NodeRow:
    return NodeRow(id=id_, kind="asset", name=id_, status=status, areas=areas)


def tie(type_: Any, source: str, target: str, **said: Any) -> TieRow:
    relation = said.get("relation", "other") if type_ == "connects" else None
    id_ = f"{type_}-{source}-{target}-{relation}-{said.pop('copy', 0)}"
    return TieRow(
        id=id_, type=type_, source=source, target=target, **{**said, "relation": relation}
    )


def friends(*pairs: str) -> list[TieRow]:
    """Return friendships, each a pair of ids of one letter."""
    return [tie("connects", one, other, relation="friend") for one, other in pairs]


def day_of(*rows: NodeRow | TieRow) -> Snapshot:
    network = Network(epoch="e", revision=1)
    network.load(
        (row for row in rows if isinstance(row, NodeRow)),
        (row for row in rows if isinstance(row, TieRow)),
    )
    return network.on(DAY)


def by_node(result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["node"]: row for row in result["rows"]}


def stored(kind: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run of a report as the API gives it."""
    return {
        "id": "r1",
        "kind": kind,
        "parameters": {},
        "as_of": "2026-03-01",
        "revision": 7,
        "created_at": "2026-03-01T09:00:00Z",
        "result": result,
    }


def neighbourhood(chance: random.Random, size: int) -> Snapshot:
    """Return people, groups, agencies and assets with ties of every type among them."""
    kinds: list[Any] = ["person", "association", "agency", "asset"]
    nodes = [
        NodeRow(
            id=f"n{index:02}",
            kind=chance.choices(kinds, (6, 2, 1, 2))[0],
            name=f"N{index}",
            areas=tuple(chance.sample(("a1", "a2", "a3"), chance.randint(0, 2))),
            mapped=chance.choice((True, True, False, None)),
            status=chance.choice(("actual", "potential")),
        )
        for index in range(size)
    ]
    parties = [node.id for node in nodes if node.kind != "asset"]
    assets = [node.id for node in nodes if node.kind == "asset"]
    ties: list[TieRow] = []
    for index in range(2 * size):
        source = chance.choice(parties or ["n00"])
        said = chance.choice((None, 0.2, 0.9, 1.0))
        if assets and chance.random() < 0.3:
            type_ = chance.choice(("offers", "wants"))
            state = chance.choice(("now", "would_like") if type_ == "offers" else ("open", "met"))
            ties.append(tie(type_, source, chance.choice(assets), copy=index, state=state))
        else:
            target = chance.choice(parties or ["n00"])
            relation = chance.choice(("member", "staff", "friend", "professional", "other"))
            paid = chance.choice((None, True, False))
            ties.append(
                tie("trusts", source, target, copy=index, strength=said)
                if chance.random() < 0.3
                else tie("connects", source, target, copy=index, relation=relation, paid=paid,
                         strength=said)
            )  # fmt: skip
    network = Network(epoch="e", revision=size)
    network.load(nodes, (each for each in ties if each.source != each.target))
    return network.on(DAY)
