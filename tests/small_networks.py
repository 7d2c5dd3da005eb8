"""Small networks by hand, a row a node and a row a tie."""

from __future__ import annotations

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
