"""Every statement gives the same answer on both engines, and Neo4j has nothing to remark."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, LiteralString, NamedTuple

import neo4j
import pytest
from neo4j import AsyncGraphDatabase, NotificationMinimumSeverity

from cypher import statement, statements
from graph.policy import Caller, may, view
from graph.store.client import Client
from graph.store.properties import native
from graph.store.units import Entry, packed
from tests.community import (
    ANN,
    AREAS,
    AT,
    BEA,
    CEM,
    DAY,
    DUE,
    ERASED,
    KEY,
    NODES,
    RUNS,
    TIES,
    loading,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

Parameters = dict[str, Any]

_LABELS_AND_PROPERTIES: LiteralString = (
    "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"
)
_RELATIONSHIPS: LiteralString = (
    "MATCH (a)-[r]->(b) RETURN type(r) AS type, properties(r) AS properties, "
    "coalesce(a.id, '') AS source, coalesce(b.id, '') AS target"
)

_CALLERS: Final = (
    Caller("k", "operator"), Caller("k", "coordinator"), Caller("k", "partner", "club"),
    Caller("k", "partner", "council"), Caller("k", "member", person=ANN),
)  # fmt: skip
VIEWS: Final = [
    view(caller, purpose, day).parameters()
    for caller in _CALLERS
    for purpose in ("directory", "record")
    if may(caller, purpose)
    for day in (DAY - timedelta(1), date(2030, 1, 1))
]

NODE_FILTERS: Final[Parameters] = dict.fromkeys(
    (
        "area", "tag", "steward", "status", "approval", "clearance", "updated_after",
        "source_system", "source_type", "source_id",
    )
)  # fmt: skip
AREA_FILTERS: Final[Parameters] = dict.fromkeys(
    ("parent", "area_kind", "updated_after", "source_system", "source_type", "source_id")
)
TIE_FILTERS: Final[Parameters] = {
    **dict.fromkeys(("type", "relation", "as_of")), "after_type": "", "after_id": "", "limit": 100,
}  # fmt: skip
IDS: Final = [ANN, BEA, CEM, "club", "choir", "council", "oven", "piano", "nobody"]
PAIRS: Final = [{"source": a, "target": b} for a in IDS for b in IDS if a != b]


def seen(*asked: Parameters) -> list[Parameters]:
    """Return each of some parameters with each of the views."""
    return [parameters | seen_by for parameters in asked for seen_by in VIEWS]


def narrowed(base: Parameters, **filters: object) -> list[Parameters]:
    """Return some parameters as they are, and with one filter at a time."""
    return [base, *(base | {name: value} for name, value in filters.items())]


def _page(kind: str) -> Parameters:
    return {"kind": kind, "after": "", "limit": 10, **NODE_FILTERS}


COPIED: Final = (
    "areas", "audits", "changes", "clearances", "consents", "corrections", "counters", "jobs",
    "keys", "merges", "overrides", "pages", "requests", "retention_reports", "runs", "same_as",
    "schedules", "tombstones",
)  # fmt: skip
"""Everything beside the network that a copy of the store holds."""


def _whole(first: str | int) -> list[Parameters]:
    return [{"after": first, "limit": limit} for limit in (1, 100)]


_OVER: Final[list[Parameters]] = [
    {
        "before": AT.date() + more,
        "before_at": AT + more,
        "unchanged_since": AT + since,
        "today": AT.date(),
    }
    for more in (timedelta(days=900), timedelta(days=-900))
    for since in (timedelta(days=9), timedelta(days=-9))
]

_BOTH_WAYS = {"symmetric": ["friend", "neighbour", "other", "partner"]}
_TIES: Final = narrowed(
    TIE_FILTERS, type="connects", relation="member", as_of=DAY, limit=2, after_type="connects",
    after_id="c2",
)  # fmt: skip

READS: Final[dict[str, list[Parameters]]] = {
    "all_nodes": seen({}),
    "all_ties": seen({}),
    "answer": [{}],
    "area": [{"id": "east"}, {"id": "nowhere"}],
    "areas_of": [{"ids": ["east", "nowhere", "bread"]}],
    "audits": [{}],
    "audits_of_chain": [{"chain": "chain 1"}, {"chain": "none"}],
    "audits_since": [{"since": AT}, {"since": AT + timedelta(days=1)}],
    "changes": [
        {"after": after, "widest": 5_000, "limit": limit} for after in (0, 7, 8, 18, 19, 40)
        for limit in (1, 10)
    ],
    "clearance": [{"id": "clearance-1"}, {"id": "none"}],
    "clearances_by": [
        {"organisation": organisation, "states": states}
        for organisation in ("council", "choir")
        for states in (["asked", "cleared"], ["asked"])
    ],
    "clearances_of": [{"record": "oven"}, {"record": "piano"}],
    "connects": seen({"id": "c1"}, {"id": "c3"}, {"id": "c4"}, {"id": "none"}),
    "connects_by_ids": [{"ids": ["c1", "c2", "none"]}, {"ids": []}],
    "consents_of": [{"people": [ANN, BEA]}, {"people": []}],
    "correction": [{"id": "correction-1"}, {"id": "none"}],
    "corrections_of": [{"person": ANN}, {"person": BEA}],
    "count_of_ended_ties": _OVER,
    "count_of_inactive_people": _OVER,
    "count_of_jobs": _OVER,
    "count_of_nodes": [{}],
    "count_of_relationships": [{}],
    "count_of_placeholders": _OVER,
    "count_of_runs": _OVER,
    "ended_ties": [asked | {"limit": 9} for asked in _OVER],
    "erased_before": [
        {"before": AT + timedelta(1), "limit": 9}, {"before": AT, "limit": 9},
    ],
    "erasures": [{}],
    "inactive_people": [asked | {"limit": 9} for asked in _OVER],
    "job": [{"id": "job-1"}, {"id": "none"}],
    "jobs_in_state": [{"states": ["failed", "cancelled"]}, {"states": []}],
    "jobs_that_tell": [{}],
    "kept_area": [{"id": id_} for id_ in ("east", "west", "bread", "nowhere")],
    "kept_sources": [{"source_keys": ['["club", "register", "member", "1"]', "none"]}],
    "key_by_digest": [{"digest": KEY["digest"]}, {"digest": "none"}],
    "key": [{"id": f"key-{n}"} for n in (1, 2, 3)],
    "keys": [{}],
    "merge": [{"id": "merge-1"}, {"id": "none"}],
    "merged_into": seen({"id": "old-club"}, {"id": "club"}),
    "merges": [{}],
    "merges_naming": [
        {"ids": ids, "source_keys": keys}
        for ids in (["old-club"], ["club"], [])
        for keys in (["k"], [])
    ],
    "network_nodes": seen({}),
    "network_nodes_of": seen({"ids": IDS}),
    "network_ties": seen({}),
    "network_ties_of": seen({"pairs": PAIRS}),
    "node": seen(*({"id": id_} for id_ in IDS)),
    "node_facts": [{"ids": IDS}],
    "nodes": seen({"ids": IDS}),
    "offers": seen({"id": "o1"}, {"id": "none"}),
    "offers_by_ids": [{"ids": ["o1", "none"]}, {"ids": []}],
    "overrides_of": [{"person": ANN}, {"person": BEA}],
    "own_nodes": [
        {"kind": kind, "all": whole, "steward": steward, "after": "", "limit": 9}
        for kind in ("person", "asset")
        for whole, steward in ((True, None), (False, "club"), (False, ""), (False, None))
    ],
    "page_of_areas": narrowed(
        {"after": "", "limit": 10, **AREA_FILTERS}, parent="west", area_kind="interest",
        updated_after=AT + timedelta(days=1), source_system="ons", source_type="ward",
        source_id="E05", after="bread", limit=1,
    ),
    "page_of_clearances": [
        {
            "id": id_, "state": state, "record": record, "today": day, "after": "", "limit": 9,
            "all": whole, "steward": steward,
        }
        for id_, record in ((None, None), ("clearance-1", None), (None, "oven"), (None, "piano"))
        for state in (None, "cleared", "expired", "asked")
        for day in (DAY, date(2029, 1, 1))
        for whole, steward in ((True, None), (False, "club"), (False, "council"), (False, None))
    ],
    "page_of_corrections": [
        {
            "state": state, "after": "", "limit": 9, "all": whole, "steward": steward,
            "asker": asker,
        }
        for state in ("open", "refused")
        for whole, steward, asker in (
            (True, None, " "), (False, "club", " "), (False, None, ANN), (False, "", " "),
        )
    ],
    "page_of_merges": [
        {"id": id_, "state": state, "all": whole, "steward": steward, "after": "", "limit": 9}
        for id_ in (None, "merge-1")
        for state in (None, "merged", "unmerged")
        for whole, steward in ((True, None), (False, "club"), (False, ""), (False, None))
    ],
    "page_of_nodes": seen(
        *(_page(kind) for kind in ("association", "agency")),
        *narrowed(_page("person"), after=ANN, area="bread", tag="baker", steward="club", limit=1),
        *narrowed(
            _page("asset"), status="potential", approval="approved", clearance="public",
            updated_after=AT, source_system="register", source_type="thing", source_id="3",
        ),
    ),
    "page_of_runs": [
        asked | {"of_all": everybody, "role": "analyst", "organisation": organisation}
        for asked in (
            {"kind": None, "schedule": None, "before": "g", "limit": 9},
            {"kind": "isolation", "schedule": None, "before": "g", "limit": 1},
            {"kind": None, "schedule": "schedule-1", "before": RUNS[1]["id"], "limit": 10},
        )
        for everybody, organisation in ((True, ""), (False, ""), (False, "club"))
    ],
    "page_of_schedules": [
        {
            "after": after, "limit": 9, "of_all": everybody, "role": "analyst",
            "organisation": organisation,
        }
        for after in ("", "schedule-1")
        for everybody, organisation in ((True, ""), (False, ""), (False, "club"))
    ],
    "due_schedules": [{"now": AT}, {"now": DUE}],
    "schedule": [{"id": "schedule-1"}, {"id": "none"}],
    "run_before": [{"schedule": "schedule-1", "id": id_} for id_ in ("g", "0")],
    "page_of_notices": [
        {"all": whole, "steward": steward, "after_at": at, "after": after, "limit": 9}
        for whole, steward in ((True, None), (False, ""), (False, "council"), (False, None))
        for at, after in ((AT - timedelta(1), ""), (AT, BEA))
    ],
    "page_of_same_as": seen(
        *(
            {"id": id_, "state": state, "record": record, "after": "", "limit": 9}
            for id_ in (None, "same-1")
            for state in (None, "confirmed", "asked")
            for record in (None, "council", "choir")
        )
    ),
    "page_of_ties": seen(*_TIES),
    "page_of_ties_of_node": seen(
        *({**row, "node": ANN, "source": ANN, "target": None, **_BOTH_WAYS} for row in _TIES),
        *({**row, "node": "club", "source": None, "target": "club", **_BOTH_WAYS} for row in _TIES),
    ),
    "key_of_positions": [{}],
    "pages": [{"keys": ["run:00000002", "run:00000000", "none"]}],
    "placeholders": [asked | {"limit": 9} for asked in _OVER],
    "pages_naming": [{"ids": ["page 1", "none"]}, {"ids": ["none"]}, {"ids": []}],
    "pseudonyms": [{}],
    "request": [{"key": "key-1 POST /v1/people 7"}, {"key": "none"}],
    "retention_reports": [{"limit": 9}],
    "revision": [{}],
    "last_answer": [
        {"question": "q", "epoch": "one", "revision": number} for number in (4, 5)
    ],
    "run": [{"id": RUNS[0]["id"]}, {"id": "none"}],
    "runs_counting": [
        {"since": AT, "ids": []}, {"since": AT + timedelta(1), "ids": [RUNS[1]["id"]]},
    ],
    "same_as": [{"id": "same-1"}, {"id": "none"}],
    "same_as_of": [
        {"ids": ids, "states": states}
        for ids in (["club"], ["council", "choir"], ["choir"], [])
        for states in (["confirmed"], ["asked"])
    ],
    "same_as_seen": seen({"ids": IDS, "as_of": DAY}, {"ids": ["choir"], "as_of": DAY}),
    "search": seen(
        *(
            {
                "text": text, "words": text.split(), "word": f" {text} ", "area": area,
                "kinds": ["person", "association", "asset"], "limit": 10,
            }
            for text in ("oak", "ann o. oak", "bread", "bak", "🏘", "no such word", "")
            for area in (None, "east")
        )
    ),
    "stewarded": [{"id": "club"}, {"id": "choir"}],
    "ties_around": seen(
        *(
            {"ids": [ANN, "club"], "types": types, "as_of": day, "limit": limit}
            for types in (["connects", "offers", "trusts", "wants"], ["trusts"], [])
            for day in (DAY, date(2023, 1, 1), date(2031, 1, 1))
            for limit in (2, 50)
        )
    ),
    "ties_between_from_source": seen({"pairs": PAIRS}),
    "ties_between_from_target": seen({"pairs": PAIRS}),
    "tombstones": [{"keys": ["node:gone", "node:never", "erased:a", "erased:b"]}],
    "trusts": seen({"id": "t1"}, {"id": "t2"}),
    "trusts_by_ids": [{"ids": ["t1", "none"]}, {"ids": []}],
    "unit": [{"unit": "unit 1"}, {"unit": "none"}],
    "visible_nodes": seen({"ids": IDS}),
    "visible_ties": seen({"pairs": PAIRS}),
    "wants": seen({"id": "w1"}, {"id": "w2"}),
    "wants_by_ids": [{"ids": ["w1", "w2", "none"]}, {"ids": []}],
    **{f"whole_{name}": _whole("") for name in COPIED if name != "changes"},
    "whole_changes": _whole(-1),
    "whole_nodes": _whole(""),
    "whole_ties_at": [{"id": ANN}, {"id": "piano"}, {"id": "nobody"}],
    "whole_ties_from": [{"ids": IDS}, {"ids": []}],
}  # fmt: skip
"""What each statement that reads is asked."""


def _new(id_: str) -> Parameters:
    row = {"id": id_, "kind": "asset", "name": "New", "tags": [], "updated_at": AT}
    return {"rows": [row], "shared": {"created_at": AT, "updated_at": AT + timedelta(days=1)}}


def _tied(source: str, target: str) -> Parameters:
    properties = {
        "id": "new",
        "version": 1,
        "valid_from": DAY,
        "created_at": AT - timedelta(days=1),
    }
    ends = {"source": source, "target": target}
    rows = [{**ends, "properties": properties}, {**ends, "source": "nobody"}]
    return {"rows": rows, "shared": {"created_at": AT}}


def _retied(source: str, target: str) -> Parameters:
    properties = {"id": "c1", "version": 4, "strength": None, "last_contact": DAY}
    row = {"source": source, "target": target, "type": "connects", "properties": properties}
    return {"rows": [row, row | {"type": "trusts"}]}


WRITES: Final[dict[str, list[Parameters]]] = {
    "bury": [{"rows": [{"key": "node:gone", "version": 9}, {"key": "tie:offers:x", "version": 1}]}],
    "bury_erased": [{"rows": [{"key": "erased:c", "version": 1, "erased_at": AT}, *ERASED]}],
    "claim_job": [
        {
            "id": "job-1", "owner": owner, "now": AT, "silent_since": AT + timedelta(days=days),
            "anyway": anyway, "waits": waits, "runs": "cancelled",
        }
        for waits in ("cancelled", "done")
        for days in (9, -9)
        for anyway, owner in ((True, "me"), (False, "me"), (False, "process-1"))
    ],
    "clear_met_by": [{"offers": ["o1", "none"], "at": AT}, {"offers": [], "at": AT}],
    "clear_recorder_of_nodes": [{"said": ["a walker", ANN], "at": AT}, {"said": [], "at": AT}],
    "clear_recorder_of_ties": [{"said": ["a walker", ANN], "at": AT}, {"said": [], "at": AT}],
    **{
        f"copy_{name}": [{"rows": [{"id": f"9{name}", "key": "9", "first": 90, "digest": "9"}]}]
        for name in COPIED
    },
    "count_marks": [{"marks": 2}, {"marks": -1}],
    "create_agency": [_new("a new one")],
    "create_area": [{"row": {"id": "north", "name": "North", "created_at": AT}}],
    "create_asset": [_new("a new one")],
    "create_association": [_new("a new one")],
    "create_connects": [_tied(BEA, "club")],
    "create_consents": [{"rows": [{"id": "consent-9", "person": BEA, "given": DAY}]}],
    "create_override": [{"row": {"id": "override-9", "person": BEA, "review_on": DAY}}],
    "create_job": [{"row": {"id": "job-1", "state": "queued"}}, {"row": {"id": "job-9"}}],
    "create_key": [{"row": {"id": "key-9", "role": "admin", "digest": "f", "created_at": AT}}],
    "create_offers": [_tied(BEA, "oven")],
    "create_person": [_new("a new one")],
    "create_run": [{"row": {"id": "run-9", "kind": "brokers", "as_of": DAY}}],
    "create_schedule": [{"row": {"id": "schedule-9", "paused": False}}],
    "create_trusts": [_tied(BEA, CEM)],
    "create_wants": [_tied(BEA, "piano")],
    "delete_area": [{"id": "bread"}, {"id": "nowhere"}],
    "delete_clearances_of": [{"id": "oven"}, {"id": "council"}, {"id": "choir"}],
    "delete_consents_of": [{"person": ANN}, {"person": BEA}],
    "delete_merges_of": [{"id": "club"}, {"id": "old-club"}, {"id": "none"}],
    "delete_node": [{"id": ANN}, {"id": "nobody"}],
    "advance_schedule": [
        {"id": id_, "due": due, "row": {"next_at": None, "last_run": "run"}}
        for id_ in ("schedule-1", "schedule-2")
        for due in (DUE, AT)
    ],
    "delete_schedule": [{"id": "schedule-1"}, {"id": "none"}],
    "delete_pages": [{"owners": ["run", "none"]}, {"owners": []}],
    "delete_same_as_of": [{"id": "council"}, {"id": "choir"}],
    "delete_tie": [
        {"id": "c1", "type": "connects", "source": ANN, "target": "club"},
        {"id": "c1", "type": "connects", "source": BEA, "target": "club"},
        {"id": "c1", "type": "trusts", "source": ANN, "target": "club"},
    ],
    "end_keys_of": [{"party": "club", "at": AT + timedelta(days=5)}, {"party": ANN, "at": AT}],
    "end_key": [{"id": f"key-{n}", "at": AT + timedelta(days=9)} for n in (1, 2, 9)],
    "forget_audits": [
        {"before": AT + timedelta(seconds=n), "class": class_, "limit": 10}
        for n in (1, 0)
        for class_ in ("write", "key")
    ],
    "forget_changes": [
        {"before": AT + timedelta(days=1), "limit": 10}, {"before": AT - timedelta(1), "limit": 10},
    ],
    "forget_tombstones": [{"keys": ["node:gone", "none"]}],
    "purge_changes": [{"ids": [ANN, "none"], "nobody": "0"}, {"ids": ["o1"], "nobody": "0"}],
    "purge_marks": [{"keys": ["erased:a", "none"]}],
    "forget_jobs": [asked | {"limit": 9} for asked in _OVER],
    "forget_runs": [asked | {"limit": 9} for asked in _OVER],
    "keep_clearance": [
        {"row": {"id": "clearance-1", "state": "withdrawn"}}, {"row": {"id": "clearance-9"}},
    ],
    "keep_correction": [
        {"row": {"id": "correction-1", "state": "accepted"}},
        {"row": {"id": "correction-9", "person": BEA, "state": "open"}},
    ],
    "join": [{"rows": [{"id": "choir", "other": "club"}, {"id": "club", "other": "council"}]}],
    "keep_merge": [
        {"row": {"id": "merge-1", "state": "unmerged", "node": None}}, {"row": {"id": "merge-9"}},
    ],
    "keep_same_as": [
        {"row": {"id": "same-1", "state": "withdrawn"}}, {"row": {"id": "same-9"}},
    ],
    "keep_retention_report": [{"row": {"id": "r1", "at": AT}}, {"row": {"id": "r2", "at": AT}}],
    "forget_requests": [
        {"before": AT + timedelta(seconds=1), "limit": 10}, {"before": AT, "limit": 10},
    ],
    "lift_marks": [{"keys": ["erased:a", "none"], "at": AT, "reason": "asked"}],
    "lock_changes": [{}],
    "lock_nodes": [{"ids": IDS}],
    "note_uses": [
        {"rows": [{"id": f"key-{n}", "at": AT + timedelta(days=1)} for n in (1, 2, 9)]}
    ],
    "number_erasure": [{}],
    "outdate_runs": [{"ids": [RUNS[1]["id"], "none"]}, {"ids": []}],
    "part": [{"rows": [{"id": "club", "other": "council"}, {"id": "choir", "other": "club"}]}],
    "put_page": [{"key": "run:00000000", "text": "other"}, {"key": "run:9", "text": "new"}],
    "record_audit": [
        {"id": f"audit {n}", "at": AT, "chain": "c", "class": "write", "text": "{}"} for n in (1, 9)
    ],
    "record_changes": [
        {"unit": "unit 9", "at": AT, **packed([Entry("node", "asset", "oven", "updated", 4)])}
    ],
    "remember_request": [
        {
            "key": "k", "digest": "d", "status": 202, "entity": "job", "id": "j", "version": 1,
            "at": AT,
        }
    ],
    "revoke_key": [{"id": f"key-{n}", "at": AT + timedelta(days=5)} for n in (2, 1, 3)],
    "scrub_requests": [{"records": [f"node:{ANN}"]}, {"records": [f"offers:{ANN}"]}],
    "update_area": [{"row": {"id": "east", "name": "Far East", "parent": None}}],
    "update_job": [
        {"id": "job-1", "states": ["cancelled"], "row": {"state": "done", "owner": None}},
        {"id": "job-1", "states": ["failed"], "row": {"state": "done"}},
    ],
    "update_schedule": [
        {"id": "schedule-1", "row": {"paused": True, "next_at": None}},
        {"id": "none", "row": {"paused": True}},
    ],
    "update_nodes": [{"rows": [{"id": ANN, "name": "Anna", "steward": None}, {"id": "nobody"}]}],
    "withdraw_consent": [{"id": "consent-1", "at": AT}, {"id": "none", "at": AT}],
    "update_run": [
        {"id": RUNS[0]["id"], "states": [state], "row": {"state": "failed", "problem": None}}
        for state in ("done", "running")
    ],
    "update_ties_from_source": [_retied(ANN, "club")],
    "update_ties_from_target": [_retied(ANN, "club")],
}  # fmt: skip
"""What each statement that writes is asked."""


class Engines(NamedTuple):
    """Both engines with the same community in them, on drivers that ask for every remark."""

    neo4j: Watched
    embedded: Watched


class Watched:
    """A connection whose transactions are rolled back and whose notifications are collected."""

    def __init__(self, driver: neo4j.AsyncDriver, database: str) -> None:
        self._driver = driver
        self._database = database

    @asynccontextmanager
    async def undone(self) -> AsyncGenerator[neo4j.AsyncTransaction]:
        """Open a transaction that leaves nothing."""
        async with (
            self._driver.session(database=self._database) as session,
            await session.begin_transaction() as transaction,
        ):
            yield transaction
            await transaction.rollback()


@pytest.fixture(scope="module")
async def both(
    embedded_connection: Connection, neo4j_connection: Connection
) -> AsyncIterator[Engines]:
    async with _watched(neo4j_connection) as first, _watched(embedded_connection) as second:
        yield Engines(first, second)


@asynccontextmanager
async def _watched(connection: Connection) -> AsyncGenerator[Watched]:
    engine = connection.engine
    await connection.empty()
    await connection.query("MATCH (c:Counter {id: 'epoch'}) SET c.text = 'one'")
    async with Client(engine) as client:
        for name, parameters in loading():
            await client.write(lambda t, n=name, p=parameters: t.run(n, **p))
    async with AsyncGraphDatabase.driver(
        engine.uri,
        auth=(engine.user, engine.password),
        notifications_min_severity=NotificationMinimumSeverity.INFORMATION,
    ) as driver:
        yield Watched(driver, engine.database)


async def _answer(
    transaction: neo4j.AsyncTransaction, name: str, parameters: Parameters
) -> tuple[list[Any], list[Any]]:
    """Run a statement; return its rows and what the engine remarked."""
    result = await transaction.run(statement(name), parameters)
    rows = [_normal(record.data()) async for record in result]
    summary = await result.consume()
    remarks = [
        status.status_description
        for status in summary.gql_status_objects
        # 00000 success, 00001 omitted result, 02000 no data.
        if status.gql_status not in ("00000", "00001", "02000")
    ]
    return rows, remarks


def _normal(value: Any) -> Any:
    """Return a value in Python's own types; what is unordered in the engine has an order."""
    if isinstance(value, dict):
        return {name: _normal(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        parts = [_normal(part) for part in value]
        return _unordered(parts) if all(isinstance(part, list) for part in parts) else parts
    return native(value)


def _unordered(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=repr)


async def _everything(transaction: neo4j.AsyncTransaction) -> list[Any]:
    result = await transaction.run(_LABELS_AND_PROPERTIES)
    nodes = [[sorted(record["labels"]), _normal(record["properties"])] async for record in result]
    result = await transaction.run(_RELATIONSHIPS)
    return [*_unordered(nodes), *_unordered([_normal(record.data()) async for record in result])]


def test_every_statement_is_asked_something() -> None:
    assert {f"read/{name}" for name in READS} == set(statements("read"))
    assert {f"write/{name}" for name in WRITES} == set(statements("write"))


async def test_neo4j_and_embedded_begin_with_the_same_community(both: Engines) -> None:
    async with both.neo4j.undone() as first, both.embedded.undone() as second:
        found = await _everything(first)
        assert found == await _everything(second)
        assert len(found) >= len(NODES) + len(TIES) + len(AREAS)


@pytest.mark.parametrize("name", READS)
async def test_a_read_gives_the_same_answer_on_neo4j_and_embedded(both: Engines, name: str) -> None:
    ordered = "ORDER BY" in statement(f"read/{name}")
    answered = False
    async with both.neo4j.undone() as first, both.embedded.undone() as second:
        for parameters in READS[name]:
            right, remarks = await _answer(first, f"read/{name}", parameters)
            found, _ = await _answer(second, f"read/{name}", parameters)
            assert remarks == []
            if not ordered:
                right, found = _unordered(right), _unordered(found)
            assert found == right, parameters
            answered = answered or right != []
    assert answered, "a statement that found nothing proved nothing"


@pytest.mark.parametrize("name", READS)
async def test_a_read_is_known_to_neo4j_as_one(both: Engines, name: str) -> None:
    async with both.neo4j.undone() as transaction:
        text: LiteralString = "EXPLAIN " + statement(f"read/{name}")
        summary = await (await transaction.run(text, READS[name][0])).consume()
    assert summary.query_type == "r"
    assert not summary.counters.contains_updates


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_does_the_same_on_neo4j_and_embedded(both: Engines, name: str) -> None:
    for parameters in WRITES[name]:
        async with both.neo4j.undone() as first, both.embedded.undone() as second:
            right, remarks = await _answer(first, f"write/{name}", parameters)
            found, _ = await _answer(second, f"write/{name}", parameters)
            assert remarks == []
            assert _unordered(found) == _unordered(right)
            assert await _everything(second) == await _everything(first), parameters


async def test_some_write_of_each_changes_something_on_neo4j(both: Engines) -> None:
    only_lock = {"lock_changes", "lock_nodes"}
    for name in WRITES.keys() - only_lock:
        async with both.neo4j.undone() as transaction:
            before = await _everything(transaction)
            await _answer(transaction, f"write/{name}", WRITES[name][0])
            assert await _everything(transaction) != before, name
