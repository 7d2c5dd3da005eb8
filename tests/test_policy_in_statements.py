"""The policy in Python and the policy in the statements are one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher import statement, statements
from graph.consents import CONSENT_PURPOSES, Consent, sight_properties
from graph.nodes import KINDS
from graph.policy import Caller, View, may, sees, view
from graph.store.properties import facts_of_node, facts_of_tie
from graph.ties import TIE_TYPES

if TYPE_CHECKING:
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

DAY: Final = date(2026, 3, 1)
DAYS: Final = [DAY + timedelta(days) for days in range(-1, 3)]
ORGANISATIONS: Final = ["n0", "n1", "far"]
CALLERS: Final = [
    Caller("k", "operator"),
    *(
        Caller("k", role, organisation)
        for role in ("coordinator", "analyst")
        for organisation in (None, *ORGANISATIONS)
    ),
    *(Caller("k", "partner", organisation) for organisation in ORGANISATIONS),
    *(Caller("k", "member", person=person) for person in ("n0", "n2")),
]
PURPOSES: Final = ("directory", "record", "introductions", "analysis", "sharing")
VIEWS: Final[list[View]] = [
    view(caller, purpose, DAY) for caller in CALLERS for purpose in PURPOSES if may(caller, purpose)
]

stewards = st.none() | st.sampled_from(ORGANISATIONS)
clearances = st.sampled_from(["private", "partners", "public"])


def _consent(first: date, last: date | None, scope: dict[str, Any]) -> Consent:
    said = {"wording": "1", "method": "spoken", "given_by": "A", "condition": "explicit_consent"}
    return Consent.model_validate({**scope, **said, "given": first, "expires": last})


consents = st.builds(
    _consent,
    st.sampled_from(DAYS[:3]),
    st.sampled_from([None, DAYS[3] + timedelta(1)]),
    st.fixed_dictionaries(
        {
            "purposes": st.lists(st.sampled_from(CONSENT_PURPOSES), min_size=1, unique=True),
            "explicit": st.booleans(),
            "tie_types": st.none() | st.lists(st.sampled_from(TIE_TYPES), unique=True),
            "partners": st.none() | st.lists(st.sampled_from(ORGANISATIONS), unique=True),
        }
    ),
)
nodes = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["person", "person", *KINDS]),
            "steward": stewards,
            "clearance": clearances,
            "sensitive": st.booleans(),
            "cleared_for": st.lists(
                st.sampled_from([f"{who} {day}" for who in ORGANISATIONS for day in DAYS[1:3]]),
                max_size=2,
            ),
            "consents": st.lists(consents, max_size=2),
            "restricted": st.booleans(),
            "override_role": st.none() | st.sampled_from(["coordinator", "partner"]),
        }
    ),
    min_size=2,
    max_size=6,
)
ties = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(TIE_TYPES),
            "source": st.integers(0, 5),
            "target": st.integers(0, 5),
            "steward": stewards,
            "clearance": clearances,
            "author": st.none() | st.sampled_from(["n0", "n1", "n2"]),
            "disclosed": st.booleans(),
        }
    ),
    max_size=8,
)
NO_FILTER: Final = dict.fromkeys(("type", "relation", "as_of"))
READS_RECORDS: Final = {
    name for name in statements("read") if "$sees_everything" in statement(name)
}
WITHOUT_A_VIEW: Final = {
    f"read/{name}"
    for name in (
        # Read before a write; who asks is checked by `graph.refusals.check_write`.
        "node_facts", "kept_sources", "stewarded", "tombstones", "unit",
        "offers_by_ids", "wants_by_ids", "connects_by_ids", "trusts_by_ids", "kept_area",
        "consents_of", "overrides_of", "retention_reports", "jobs_that_tell", "pages_naming",
        "count_of_ended_ties", "count_of_inactive_people", "count_of_jobs", "count_of_runs",
        "ended_ties", "inactive_people", "erased_before", "erasures", "runs_counting",
        "count_of_placeholders", "placeholders", "page_of_notices", "correction",
        "corrections_of", "page_of_corrections", "same_as", "same_as_of",
        "clearance", "clearances_by", "clearances_of", "page_of_clearances",
        "merge", "merges", "merges_naming", "page_of_merges", "own_nodes",
        # No record of the network: areas are everybody's, the rest has owners of its own.
        "area", "areas_of", "page_of_areas", "answer", "key_of_positions", "revision", "changes",
        "job", "jobs_in_state", "key", "key_by_digest", "keys", "page_of_runs", "pages",
        "last_answer", "pseudonyms", "request", "run", "run_before",
        "schedule", "page_of_schedules", "due_schedules",
        "audits", "audits_of_chain", "audits_since",
        # What a copy of the store is made of, and compared by.
        "count_of_nodes", "count_of_relationships", "whole_ties_at", "whole_ties_from",
    )
} | {name for name in statements("read") if name.startswith("read/whole_")}  # fmt: skip


def test_every_statement_that_reads_records_takes_the_view() -> None:
    assert set(statements("read")) == READS_RECORDS | WITHOUT_A_VIEW
    assert not READS_RECORDS & WITHOUT_A_VIEW
    for name in READS_RECORDS:
        for parameter in (
            "$organisation",
            "$clearances",
            "$consent_first",
            "$today",
            "$person",
            "$cleared",
        ):
            assert parameter in statement(name), (name, parameter)


async def _keep(
    connection: Connection, kept: dict[str, dict[str, Any]], tied: dict[str, dict[str, Any]]
) -> None:
    await connection.empty()
    for kind in KINDS:
        rows = [row for row in kept.values() if row["kind"] == kind]
        await connection.run(f"write/create_{kind}", {"rows": rows, "shared": {}})
    for type_ in TIE_TYPES:
        rows = [
            {
                "source": row["source"],
                "target": row["target"],
                "properties": {k: v for k, v in row.items() if k not in ("source", "target")},
            }
            for row in tied.values()
            if row["type"] == type_
        ]
        await connection.run(f"write/create_{type_}", {"rows": rows, "shared": {}})


def _node(id_: str, drawn: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": id_,
        "version": 1,
        "name": id_,
        "search_name": id_,
        "search_text": f" {id_} ",
    }
    row |= {name: drawn[name] for name in ("kind", "steward", "clearance", "sensitive")}
    if drawn["cleared_for"]:
        row["cleared_for"] = drawn["cleared_for"]
    if drawn["kind"] == "person":
        row |= sight_properties(drawn["consents"], restricted=drawn["restricted"])
        if drawn["override_role"]:
            row |= {"override_role": drawn["override_role"], "override_after": DAYS[2]}
    return {name: value for name, value in row.items() if value is not None}


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn_nodes=nodes, drawn_ties=ties)
async def test_the_statements_return_what_the_policy_says_is_seen(
    connection: Connection, drawn_nodes: list[dict[str, Any]], drawn_ties: list[dict[str, Any]]
) -> None:
    kept = {f"n{place}": _node(f"n{place}", drawn) for place, drawn in enumerate(drawn_nodes)}
    tied: dict[str, dict[str, Any]] = {}
    for place, drawn in enumerate(drawn_ties):
        source, target = (f"n{drawn[end] % len(kept)}" for end in ("source", "target"))
        if source != target:
            row = {**drawn, "id": f"t{place}", "source": source, "target": target}
            tied[row["id"]] = {name: value for name, value in row.items() if value is not None}
    await _keep(connection, kept, tied)
    for by in VIEWS:
        parameters = by.parameters()
        facts = {id_: facts_of_node(row, by.consent) for id_, row in kept.items()}
        nodes_seen = {id_ for id_, fact in facts.items() if sees(by, fact)}
        ties_seen = {
            id_
            for id_, row in tied.items()
            if sees(by, facts_of_tie(row["type"], row, facts[row["source"]], facts[row["target"]]))
        }
        rows = await connection.run("read/visible_nodes", {"ids": list(kept), **parameters})
        assert {row["id"] for row in rows} == nodes_seen, by
        rows = await connection.run("read/all_nodes", parameters)
        assert {row["node"]["id"] for row in rows} == nodes_seen, by
        page = {**NO_FILTER, "after_type": "", "after_id": "", "limit": 100}
        for name, asked in (("read/page_of_ties", page), ("read/all_ties", {})):
            rows = await connection.run(name, {**asked, **parameters})
            assert {row["tie"]["id"] for row in rows} == ties_seen, (name, by)
        around = {
            "ids": sorted(nodes_seen), "types": list(TIE_TYPES), "as_of": DAY, "limit": 100,
        }  # fmt: skip
        rows = await connection.run("read/ties_around", {**around, **parameters})
        assert {row["id"] for row in rows} == {
            id_ for id_ in ties_seen if {tied[id_]["source"], tied[id_]["target"]} <= nodes_seen
        }, by
