"""The policy in Python and the policy in the statements are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.nodes import KINDS
from graph.policy import NodeFacts, TieFacts, View, sees
from graph.ties import TIE_TYPES

if TYPE_CHECKING:
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

stewards = st.sampled_from([None, "a", "b"])
nodes = st.lists(st.builds(NodeFacts, st.sampled_from(KINDS), stewards), min_size=2, max_size=7)
ties = st.lists(
    st.tuples(st.sampled_from(TIE_TYPES), st.integers(0, 6), st.integers(0, 6), stewards),
    max_size=10,
)
VIEWS = (
    View(everything=True, organisation=None),
    View(everything=False, organisation=None),
    View(everything=False, organisation="a"),
    View(everything=False, organisation="b"),
    View(everything=False, organisation="c"),
)
NO_FILTER = dict.fromkeys(("type", "relation", "as_of"))


async def _keep(
    connection: Connection, facts: dict[str, NodeFacts], tied: dict[str, tuple[str, Any, Any, Any]]
) -> None:
    await connection.empty()
    for kind in KINDS:
        rows = [
            {"id": id_, "kind": kind, "version": 1, "name": id_}
            | ({"steward": fact.steward} if fact.steward else {})
            for id_, fact in facts.items()
            if fact.kind == kind
        ]
        await connection.run(f"write/create_{kind}", {"rows": rows, "shared": {}})
    for type_ in TIE_TYPES:
        rows = [
            {
                "source": source,
                "target": target,
                "properties": {"id": id_, "version": 1} | ({"steward": steward} if steward else {}),
            }
            for id_, (of_type, source, target, steward) in tied.items()
            if of_type == type_
        ]
        await connection.run(f"write/create_{type_}", {"rows": rows, "shared": {}})


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kept=nodes, drawn=ties)
async def test_the_statements_return_what_the_policy_says_is_seen(
    connection: Connection,
    kept: list[NodeFacts],
    drawn: list[tuple[str, int, int, str | None]],
) -> None:
    facts = {f"n{place}": fact for place, fact in enumerate(kept)}
    tied = {
        f"t{place}": (type_, f"n{source % len(kept)}", f"n{target % len(kept)}", steward)
        for place, (type_, source, target, steward) in enumerate(drawn)
        if source % len(kept) != target % len(kept)
    }
    await _keep(connection, facts, tied)
    for view in VIEWS:
        parameters = view.parameters()
        nodes_seen = {id_ for id_, fact in facts.items() if sees(view, fact)}
        ties_seen = {
            id_
            for id_, (_, source, target, steward) in tied.items()
            if sees(view, TieFacts(steward, facts[source], facts[target]))
        }
        for name, asked in (
            ("read/nodes", {"ids": list(facts)}),
            ("read/all_nodes", {}),
        ):
            rows = await connection.run(name, {**asked, **parameters})
            assert {row["node"]["id"] for row in rows} == nodes_seen, (name, view)
        page = {**NO_FILTER, "after_type": "", "after_id": "", "limit": 100}
        for name, asked in (("read/page_of_ties", page), ("read/all_ties", {})):
            rows = await connection.run(name, {**asked, **parameters})
            assert {row["tie"]["id"] for row in rows} == ties_seen, (name, view)
        for id_, (type_, *_) in tied.items():
            rows = await connection.run(f"read/{type_}", {"id": id_, **parameters})
            assert [row["tie"]["id"] for row in rows] == [id_] * (id_ in ties_seen), (id_, view)
