"""Every record comes back from the engine as it went in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.nodes import NODE, AnyNode, Kind
from graph.policy import EVERYTHING
from graph.store.client import Client
from graph.store.exporting import exported_nodes, exported_ties
from graph.store.properties import (
    area_of,
    area_properties,
    node_of,
    node_properties,
    tie_of,
    tie_properties,
)
from graph.ties import TIE, AnyTie
from tests.community import AREAS, NODES, TIES
from tests.records import nodes, ties

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

FIRST_DAY, LAST_DAY = date.min, date.max
FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT: Final = datetime.max.replace(tzinfo=UTC)
LONG: Final = "🏘é\u0301\ufeff\u2028\n\t'\"\\" * 1_000
PERSON: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c07ffff"

MANY = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)

EXTREME_NODES: Final[list[AnyNode]] = [
    NODE.validate_python(fields)
    for fields in (
        {
            "kind": "person", "id": PERSON, "name": "🏘" * 200, "description": LONG[:10_000],
            "tags": [f"{n} é" for n in range(100)], "languages": ["zh-Hant-TW"] * 20,
            "active_from": FIRST_DAY, "active_to": LAST_DAY, "version": 2**53,
            "created_at": FIRST_INSTANT, "updated_at": LAST_INSTANT,
            "location": {"latitude": -90.0, "longitude": 5e-324},
            "provenance": {"recorded_at": LAST_INSTANT},
            "contacts": [{"kind": "other", "value": LONG[:500]}] * 50,
        },
        {
            "kind": "asset", "id": "a" * 64, "name": "'", "description": "",
            "review_due": FIRST_DAY, "cost": "0", "capacity": {"unit": "u", "maximum": 1.7e308},
            "schedule": [{"starts": FIRST_INSTANT, "ends": LAST_INSTANT}] * 50,
            "accessibility": {f"answer_{n}": "yes" for n in range(200)},
        },
        {
            "kind": "association", "id": "~._-", "name": "NULL",
            "reported_members": [{"count": 10**9, "on": LAST_DAY}] * 200,
            "source": {"system": "🏘", "type": "\"']", "id": "x" * 200},
        },
    )
]  # fmt: skip
EXTREME_TIES: Final[list[AnyTie]] = [
    TIE.validate_python({"source": "a" * 64, "target": PERSON, "id": "x", **fields})
    for fields in (
        {
            "type": "connects", "relation": "other", "strength": 5e-324, "valid_from": FIRST_DAY,
            "valid_to": LAST_DAY, "last_contact": LAST_DAY, "created_at": FIRST_INSTANT,
        },
        {"type": "wants", "purpose": LONG[:10_000], "state": "withdrawn"},
        {"type": "offers", "support_needed": "", "provenance": {"recorded_at": FIRST_INSTANT}},
    )
]  # fmt: skip

several_nodes = st.lists(
    nodes(), min_size=10, max_size=30, unique_by=(lambda n: n.id, lambda n: repr(n.source or n.id))
)
several_ties = st.lists(ties(), min_size=10, max_size=30, unique_by=lambda t: (t.type, t.id))


def _said(properties: dict[str, Any]) -> dict[str, Any]:
    """Return what an engine keeps: a property that is null is none."""
    return {name: value for name, value in properties.items() if value is not None}


@given(nodes())
def test_a_node_is_what_its_properties_say(node: AnyNode) -> None:
    assert node_of(_said(node_properties(node))) == node


@given(ties())
def test_a_tie_is_what_its_properties_say(tie: AnyTie) -> None:
    assert tie_of(tie.type, tie.source, tie.target, _said(tie_properties(tie))) == tie


@pytest.mark.parametrize("record", [*NODES, *EXTREME_NODES], ids=lambda node: node.id[:12])
def test_a_full_or_extreme_node_is_what_its_properties_say(record: AnyNode) -> None:
    assert node_of(_said(node_properties(record))) == record


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.id)
def test_an_area_is_what_its_properties_say(area: Any) -> None:
    assert area_of(_said(area_properties(area))) == area


@MANY
@given(some=several_nodes)
async def test_nodes_come_back_from_the_engine(started: Connection, some: list[AnyNode]) -> None:
    await _nodes_come_back(started, some)


async def test_full_and_extreme_nodes_come_back_from_the_engine(connection: Connection) -> None:
    await _nodes_come_back(connection, [*NODES, *EXTREME_NODES])


@MANY
@given(some=several_ties)
async def test_ties_come_back_from_the_engine(started: Connection, some: list[AnyTie]) -> None:
    await _ties_come_back(started, some)


async def test_full_and_extreme_ties_come_back_from_the_engine(connection: Connection) -> None:
    await _ties_come_back(connection, [*TIES, *EXTREME_TIES])


async def _nodes_come_back(connection: Connection, some: list[AnyNode]) -> None:
    await connection.empty()
    async with Client(connection.engine) as client:
        for kind in sorted({node.kind for node in some}):
            rows = [_said(node_properties(node)) for node in some if node.kind == kind]
            await client.write(
                lambda t, k=kind, r=rows: t.run(f"write/create_{k}", rows=r, shared={})
            )
        assert await _kept_nodes(client) == _by_id(some)
        # Each takes what another of its kind says: nothing of its own may stay.
        moved = _moved(some)
        rows = [node_properties(node) for node in moved]
        await client.write(lambda t: t.run("write/update_nodes", rows=rows))
        assert await _kept_nodes(client) == _by_id(moved)


def _moved(some: list[AnyNode]) -> list[AnyNode]:
    last: dict[Kind, AnyNode] = {node.kind: node for node in some}
    moved: list[AnyNode] = []
    for node in some:
        other = last[node.kind]
        moved.append(other.model_copy(update={"id": node.id, "source": node.source}))
        last[node.kind] = node
    return moved


async def _kept_nodes(client: Client) -> dict[str, AnyNode]:
    found = [row async for row in exported_nodes(client, EVERYTHING)]
    return {row["id"]: NODE.validate_json(json.dumps(row)) for row in found}


def _by_id(some: Iterable[AnyNode]) -> dict[str, AnyNode]:
    return {node.id: node for node in some}


async def _ties_come_back(connection: Connection, some: list[AnyTie]) -> None:
    await connection.empty()
    ends = sorted({end for tie in some for end in (tie.source, tie.target)})
    async with Client(connection.engine) as client:
        rows: list[dict[str, Any]] = [{"id": end, "kind": "asset"} for end in ends]
        await client.write(lambda t: t.run("write/create_asset", rows=rows, shared={}))
        for type_ in sorted({tie.type for tie in some}):
            rows = [_row(tie) for tie in some if tie.type == type_]
            await client.write(
                lambda t, k=type_, r=rows: t.run(f"write/create_{k}", rows=r, shared={})
            )
        assert await _kept_ties(client) == {(tie.type, tie.id): tie for tie in some}
        bare = [
            TIE.validate_python(
                {"type": tie.type, "id": tie.id, "source": tie.source, "target": tie.target}
                | ({"relation": "other"} if tie.type == "connects" else {})
            )
            for tie in some
        ]
        for side in ("source", "target"):
            rows = [
                {**_row(tie), "type": tie.type, "properties": tie_properties(tie)}
                for tie in (bare if side == "source" else some)
            ]
            await client.write(
                lambda t, s=side, r=rows: t.run(f"write/update_ties_from_{s}", rows=r)
            )
            kept = bare if side == "source" else some
            assert await _kept_ties(client) == {(tie.type, tie.id): tie for tie in kept}


def _row(tie: AnyTie) -> dict[str, Any]:
    ends = {"source": tie.source, "target": tie.target}
    return {**ends, "properties": _said(tie_properties(tie))}


async def _kept_ties(client: Client) -> dict[tuple[str, str | None], AnyTie]:
    return {(tie.type, tie.id): tie async for tie in exported_ties(client, EVERYTHING)}
