"""Nobody can tell, from any answer, what they may not see.

Two networks that differ in nothing that a caller may see: every read of the API answers the same in
both, to the byte once opaque tokens are blanked, after the same statements.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import logging
import os
import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from cypher import statement, statements
from graph.nodes import KINDS
from graph.ties import TIE_TYPES
from service.preconditions import entity_tag
from tests.api import PATHS
from tests.conftest import connect
from tests.long_work import NDJSON, followed, kept, ndjson
from tests.two_worlds import (
    CALLERS,
    PEOPLE,
    PURPOSES,
    ids_of,
    otherwise,
    override_of,
    rows_of,
    views,
    worlds,
)
from tests.what_is_known import BESIDE, deeds_of, named

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import httpx

    from graph.engines.addresses import Engine
    from graph.policy import Caller, Purpose, View
    from tests.conftest import Connection
    from tests.long_work import Record
    from tests.running_service import RunningService
    from tests.what_is_known import World

EXAMPLES: Final = {True: 5, False: 2}
"""How many pairs of worlds for each purpose, on the embedded engine and on Neo4j."""

TIMES: Final = int(os.environ.get("WHOLEMAP_TEST_TIMES", "1"))

_NAME_OF: Final = {statement(name): name for name in statements("read")}
_RUN: Final = re.compile(r"C: RUN (?P<said>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
# What the service asks from time to time, whoever calls.
_IN_THE_BACKGROUND: Final = re.compile(
    r"read/(jobs_in_state|due_schedules|audits|keys?\b|key_by_digest|job$)"
)
_INSTANT: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC)?")
_TOKEN: Final = re.compile(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_CURSOR: Final = re.compile(rb"(?<![A-Za-z0-9_-])WyI[A-Za-z0-9_-]+")
_TAG: Final = re.compile(rb"(\d+-)[0-9a-f]{16}")
_OWN: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_PEOPLE: Final = {person.encode() for person in PEOPLE}
SLOW_IS_FINE: Final = (
    HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large,
    HealthCheck.large_base_example, HealthCheck.function_scoped_fixture,
)  # fmt: skip
_OF_THE_REQUEST: Final = {"date", "wholemap-request"}

_TRIED: Final = {"dry_run": True, "on_error": "keep_good"}

Answer = tuple[str, int, list[tuple[str, bytes]], bytes, list[str]]


class Heard(logging.Handler):
    """The statements that the driver says it sends."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the name of a statement."""
        found = _RUN.search(record.getMessage())
        if found is not None:
            name = _NAME_OF.get(ast.literal_eval(found["said"]), "")
            if name and not _IN_THE_BACKGROUND.match(name):
                self.names.append(name)


@contextmanager
def heard() -> Generator[Heard]:
    log, hearing = logging.getLogger("neo4j.io"), Heard()
    level, propagates = log.level, log.propagate
    log.addHandler(hearing)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield hearing
    finally:
        log.removeHandler(hearing)
        log.setLevel(level)
        log.propagate = propagates


class Asking:
    """One caller in one world, and every answer that they got."""

    def __init__(self, client: httpx.Client, hearing: Heard) -> None:
        self.client = client
        self._hearing = hearing
        self.answers: list[Answer] = []

    def ask(self, method: str, url: str, **said: Any) -> httpx.Response:
        """Ask, and keep the answer with its tokens and times blanked."""
        self._hearing.names.clear()
        answer = self.client.request(method, url, **said)
        _tag_is_of_the_body(answer)
        headers = [
            (name, _blanked(value.encode()))
            for name, value in answer.headers.items()
            if name not in _OF_THE_REQUEST
        ]
        content = _blanked(answer.content)
        if url == "/v1/exports":
            # In no order: an engine gives the places of what is gone to what comes.
            content = b"\n".join(sorted(content.splitlines()))
        asked = _blanked(f"{method} {url} {said}".encode()).decode()
        self.answers.append((asked, answer.status_code, headers, content, [*self._hearing.names]))
        return answer

    def pages(self, url: str, parameter: str = "cursor", **asked: Any) -> None:
        """Read a list to its end."""
        while True:
            answer = self.ask("GET", url, params=asked)
            following = answer.json().get("next") if answer.is_success else None
            if following is None:
                return
            asked[parameter] = following


def _blanked(text: bytes) -> bytes:
    def own(found: re.Match[bytes]) -> bytes:
        return found[0] if found[0] in _PEOPLE else b"<id>"

    def cursor(found: re.Match[bytes]) -> bytes:
        return b"cursor of " + base64.urlsafe_b64decode(found[0] + b"=" * (-len(found[0]) % 4))

    for pattern, blank in (
        (_CURSOR, cursor), (_INSTANT, b"<instant>"), (_TOKEN, b"<token>"), (_OWN, own),
        (_TAG, rb"\1<tag>"),
    ):  # fmt: skip
        text = pattern.sub(blank, text)
    return text


def _tag_is_of_the_body(answer: httpx.Response) -> None:
    """Prove that a tag tells nothing which the body does not: the times are not of one world."""
    if "ETag" in answer.headers and answer.content:
        assert answer.headers["ETag"] == entity_tag(answer.json().get("version"), answer.content)


def _records(asking: Asking, nodes: list[str], ties: list[tuple[str, str]], kind: str) -> None:
    """Ask for everything that lists and finds records."""
    for path in PATHS:
        asking.pages(f"/v1/{path}", limit=1)
        for said in ({"tag": "bread"}, {"steward": "club"}, {"source_system": "register"}):
            asking.ask("GET", f"/v1/{path}", params=said)
    asking.ask("GET", "/v1/areas")
    asking.pages("/v1/ties", limit=2)
    for node in nodes:
        asking.ask("GET", "/v1/ties", params={"source": node})
        asking.ask("GET", "/v1/ties", params={"target": node, "type": "connects"})
        asking.ask("GET", f"/v1/nodes/{node}/neighbourhood")
        asking.ask("GET", f"/v1/nodes/{node}/neighbourhood", params={"hops": 3})
    asking.ask("POST", "/v1/nodes/get", json={"ids": nodes})
    for text in ("bread", "song", "name", "name 4", "another", "choir bread"):
        for limit in (1, 20):
            asking.ask("POST", "/v1/search", json={"text": text, "limit": limit})
    if kind == "record":
        _one_by_one(asking, nodes, ties)


def _one_by_one(asking: Asking, nodes: list[str], ties: list[tuple[str, str]]) -> None:
    for node in nodes:
        found = asking.ask("GET", f"/v1/nodes/{node}")
        asking.ask("GET", f"/v1/nodes/{node}", headers={"If-None-Match": '"1-0"'})
        if "ETag" in found.headers:
            tag = {"If-None-Match": found.headers["ETag"]}
            assert asking.ask("GET", f"/v1/nodes/{node}", headers=tag).status_code == 304
        for path in PATHS:
            asking.ask("GET", f"/v1/{path}/{node}")
        asking.ask("GET", f"/v1/people/{node}/consents")
        asking.ask("GET", f"/v1/people/{node}/overrides")
    for path in ("same-as", "clearances", "merges", "duplicates"):
        asking.pages(f"/v1/{path}", limit=1)
    for type_, tie in ties:
        asking.ask("GET", f"/v1/ties/{type_}/{tie}")


def _questions(asking: Asking, nodes: list[str]) -> None:
    for person in (PEOPLE[0], PEOPLE[1], "none"):
        for group in ("choir", "club", "hall", PEOPLE[2]):
            for order in ("strongest", "fewest_hops"):
                asked = {"person": person, "group": group, "order": order, "limit": 2}
                asking.ask("POST", "/v1/connect", json=asked)
    for node in nodes:
        asked = {"person": node, "group": "choir", "max_hops": 6, "through": list(KINDS)}
        asking.ask("POST", "/v1/connect", json=asked)


def _reports(asking: Asking) -> None:
    for kind, said in (
        ("isolation", {}), ("unused", {}), ("brokers", {}),
        ("centrality", {"weights": "strength", "projection": "trust"}),
    ):  # fmt: skip
        asked = {"kind": kind, "parameters": said}
        answer = asking.ask("POST", "/v1/reports", json=asked, headers={"Prefer": "wait=60"})
        assert answer.status_code == 200, answer.text
        url = f"/v1/reports/{answer.json()['id']}"
        for media_type in ("application/json", "text/csv", "text/html"):
            asking.ask("GET", url, headers={"Accept": media_type})
    asking.pages("/v1/reports", limit=3)
    nowhere = {"kind": "unused", "parameters": {"areas": ["none"]}}
    asking.ask("POST", "/v1/reports", json=nowhere, headers={"Prefer": "wait=60"})


def _feed(asking: Asking) -> None:
    for limit in (1, 3, 1000):
        asking.pages("/v1/changes", "after", limit=limit)
    asking.ask("GET", "/v1/exports")
    for what in (*KINDS, *TIE_TYPES):
        asking.ask("GET", "/v1/exports", params={"format": "csv", "what": what})


def _jobs(asking: Asking, hidden: list[str], probes: list[Record], steward: str | None) -> None:
    """Import ties to what is not seen, and ask for it: all is answered as if it were not there.

    Then say oneself what others may have said, without its being kept: so it is with what they say.
    """
    for node in hidden:
        asked = {"record": node, "reason": "to help"}
        asking.ask("POST", "/v1/clearances", json=asked)
    rows: list[Record] = [
        {
            "type": "connects", "relation": "other", "source": "town", "target": node,
            "steward": steward,
        }
        for node in hidden
    ]  # fmt: skip
    headers = {"Content-Type": NDJSON}
    for some, said in ((rows, {}), ([row | {"steward": steward} for row in probes], _TRIED)):
        sent = asking.ask(
            "POST", "/v1/imports", content=ndjson(some), headers=headers, params=said
        ).json()
        followed(asking.client, sent["id"])
        asking.ask("GET", f"/v1/jobs/{sent['id']}")
        asking.ask("GET", f"/v1/jobs/{sent['id']}/errors")


def probes_of(*worlds: World) -> list[Record]:
    """Return rows that say once more what is said in some world, each for another steward."""
    rows = [row for world in worlds for row in world]
    found: dict[str, Record] = {}
    for row in rows:
        if "type" in row:
            claim = {name: row.get(name) for name in ("type", "source", "target", "relation")}
            found[json.dumps(claim)] = {k: v for k, v in claim.items() if v is not None}
        elif "kind" in row:
            named = {"kind": row["kind"], "name": "Name", "source": row["source"]}
            end = {"type": "trusts", "source": row["source"], "target": "town"}
            found |= {json.dumps(each): each for each in (named, end)}
    return list(found.values())


def _key(service: RunningService, caller: Caller) -> str:
    return service.key(caller.role, caller.organisation, person=caller.person)


async def _emptied(engine: Engine) -> None:
    async with connect(engine) as connection:
        await connection.empty()


def begin(service: RunningService, engine: Engine, world: World) -> None:
    """Let a world be all that there is."""
    asyncio.run(_emptied(engine))
    with service.client() as operator:
        kept(operator, ndjson(rows_of(world)))
        asked_by = {deed["organisation"] for deed in deeds_of(world, "clearances")}
        keys = {each: service.key("partner", each) for each in sorted(asked_by)}
        for row in world:
            if "deed" in row:
                _do(operator, row, keys)
        for row in world:
            url = f"/v1/people/{row.get('id')}"
            if row.get("restricted"):
                operator.post(f"{url}/restriction").raise_for_status()
            if (opened := override_of(row)) is not None:
                operator.post(f"{url}/overrides", json=opened).raise_for_status()


def _do(operator: httpx.Client, row: Record, keys: dict[str, str]) -> None:
    """Ask for what was done, and decide it."""
    said = {name: value for name, value in row.items() if name not in ("deed", "state")}
    headers: dict[str, str] = {}
    if row["state"] == "deleted":
        url, any_version = f"/v1/people/{row['merged']}?with_ties=true", {"If-Match": "*"}
        operator.delete(url, headers=any_version).raise_for_status()
        return
    if row["deed"] == "clearances":
        headers = {"Authorization": f"Bearer {keys[said.pop('organisation')]}"}
        said["reason"] = "to help"
    answer = operator.post(f"/v1/{row['deed']}", json=said, headers=headers).raise_for_status()
    url = f"/v1/{row['deed']}/{answer.json()['id']}"
    if row["state"] == "undone":
        operator.post(f"{url}/undo").raise_for_status()
    opened = "cleared" if row["deed"] == "clearances" else "confirmed"
    decisions = {"withdrawn": [opened, "withdrawn"], opened: [opened], "refused": ["refused"]}
    for decision in decisions.get(row["state"], ()):
        operator.post(f"{url}/decision", json={"decision": decision}).raise_for_status()


def _answers(
    service: RunningService,
    engine: Engine,
    asked_by: tuple[Caller, Purpose],
    world: World,
    known: tuple[list[str], list[tuple[str, str]], list[str], list[Record]],
) -> list[Answer]:
    """Return everything that a caller is answered for a purpose in a world."""
    caller, purpose = asked_by
    begin(service, engine, world)
    nodes, ties, hidden, probes = known
    asked_for = {"Wholemap-Purpose": "record"} if purpose == "record" else {}
    with heard() as hearing, service.client(_key(service, caller), **asked_for) as client:
        asking = Asking(client, hearing)
        # The first question loads the network, in every world.
        if purpose in ("introductions", "analysis"):
            _warmed(client, purpose)
        if purpose in ("directory", "record"):
            _records(asking, nodes, ties, purpose)
        if purpose == "introductions":
            _questions(asking, nodes)
        if purpose == "analysis":
            _reports(asking)
        if purpose == "sharing" or (purpose == "record" and caller.role != "member"):
            _feed(asking)
        if purpose == "record" and caller.role == "partner":
            _jobs(asking, hidden, probes, caller.organisation)
        return asking.answers


def _warmed(client: httpx.Client, purpose: Purpose) -> None:
    if purpose == "introductions":
        client.post("/v1/connect", json={"person": "none", "group": "none"})
    else:
        client.post("/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=60"})


def told_apart(one: list[Answer], other: list[Answer]) -> Iterator[str]:
    """Yield what a caller could tell two worlds apart by."""
    if [answer[0] for answer in one] != [answer[0] for answer in other]:
        yield "not the same questions came up: a list went on for longer"
    for first, second in zip(one, other, strict=False):
        for before, after in zip(first, second, strict=True):
            if before != after:
                yield f"{first[0]}\n    {before!r}\n    {after!r}"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_two_worlds_that_look_alike_are_answered_alike(
    service: RunningService, connection: Connection, purpose: Purpose, told: list[str]
) -> None:
    tried: list[int] = []
    differ: Counter[str] = Counter()
    callers = [caller for caller in CALLERS if views(caller, purpose) is not None]

    # The same at every run, others for each purpose.
    @seed(PURPOSES.index(purpose))
    @settings(
        max_examples=EXAMPLES[connection.engine.embedded] * TIMES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=SLOW_IS_FINE,
    )
    @given(data=st.data(), world=worlds())
    def answered_alike(data: st.DataObject, world: World) -> None:
        caller = callers[len(tried) % len(callers)]
        seen = views(caller, purpose)
        assert seen is not None
        other = data.draw(_others(world, seen))
        assume(other != world)
        nodes, ties = ids_of(world, other)
        hidden = _hidden(world, other)
        known = ([*nodes], [*ties], [*hidden, "none"], probes_of(world, other))
        one, two = (
            _answers(service, connection.engine, (caller, purpose), each, known)
            for each in (world, other)
        )
        tried.append(len(one))
        differ.update(_differences(world, other))
        apart = list(told_apart(one, two))
        assert not apart, "\n".join(
            [f"{caller} for {purpose}", *apart[:5], json.dumps([world, other])]
        )

    answered_alike()
    told.append(
        f"two worlds, {purpose}, {connection.name}: {len(tried)} pairs, {sum(tried)} answers in"
        f" each world; hidden records that differ: {dict(sorted(differ.items()))}"
    )
    assert len(tried) >= EXAMPLES[connection.engine.embedded]


@st.composite
def _others(draw: st.DrawFn, world: World, seen: View) -> World:
    return otherwise(draw, world, seen)


def _hidden(world: World, other: World) -> list[str]:
    """Return the ids of nodes that are there in one of two worlds only."""
    there, left = ({row["id"] for row in each if "kind" in row} for each in (world, other))
    one, two = (deeds_of(each, "merges") for each in (world, other))
    gone = {deed["merged"] for deed in [*one, *two] if one != two}
    return sorted(there - left | gone)


def _differences(world: World, other: World) -> Iterator[str]:
    """Yield what records and deeds differ in, between two worlds that look alike."""
    there = {_name(row): row for row in other}
    for row in world:
        found = there.get(_name(row))
        if "deed" in row:
            if row != found:
                yield f"{row['deed']} {row['state']} or {found['state'] if found else 'not done'}"
        elif found is None:
            yield "not there"
            for name in ("consents", *BESIDE):
                if row.get(name):
                    yield f"{name} of who is not there"
        else:
            yield from (name for name in BESIDE if row.get(name) != found.get(name))
            if {**row, **dict.fromkeys(BESIDE)} != {**found, **dict.fromkeys(BESIDE)}:
                yield "what is said"


def _name(row: Record) -> tuple[str, ...]:
    if "deed" in row:
        return row["deed"], *sorted(named(row)), row.get("organisation", "")
    return row.get("type", "node"), row["id"]
