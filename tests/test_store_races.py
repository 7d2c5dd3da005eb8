"""Whoever writes at the same time: one of them wins, nobody is lost, and the feed has no gap.

On Neo4j two clients stand for two service processes; the embedded engine has one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

from graph.errors import Conflict, Expired, GraphError, Invalid, KeyTaken, NotFound, Overlap, Stale
from graph.nodes import Agency
from graph.policy import EVERYTHING
from graph.store.changes import KEPT_DAYS, feed, standing
from graph.store.client import Client
from graph.store.housekeeping import forget
from graph.store.node_writes import NodeWrite, WrittenNode
from graph.store.reading import NodeFilters, Reader, TieFilters
from graph.store.requests import Made, Request
from graph.store.tie_writes import TieWrite
from graph.store.writer import Writer
from tests.large_commits import large_commit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence

    from graph.engines.addresses import Engine
    from graph.store.changes import Change
    from graph.store.client import Row, Transaction
    from graph.store.units import Unit
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

BUDGET_SECONDS: Final = 60.0
MEMBER: Final = {"relation": "member", "source": "choir", "target": "club"}


class Services:
    """Two writers, each with a client of its own where the engine takes several."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients
        self.client = clients[0]
        self.reader = Reader(self.client, EVERYTHING)
        self.writers = [Writer(client, EVERYTHING) for client in clients]

    @property
    def writer(self) -> Writer:
        return self.writers[0]

    def turn(self, number: int) -> Writer:
        """Return one of the writers, each in its turn."""
        return self.writers[number % len(self.writers)]

    async def changes(self) -> list[Change]:
        return (await feed(self.client, EVERYTHING, after=0, limit=100_000)).changes


@pytest.fixture
async def services(connection: Connection) -> AsyncIterator[Services]:
    engine = connection.engine
    async with AsyncExitStack() as stack:
        yield Services(
            [
                await stack.enter_async_context(Client(engine, budget_seconds=BUDGET_SECONDS))
                for _ in range(1 if engine.embedded else 2)
            ]
        )


async def raced(*works: Awaitable[Any]) -> list[Any]:
    """Do all at once; return what each gave, or what it was refused for."""
    found = await asyncio.gather(*works, return_exceptions=True)
    for outcome in found:
        if isinstance(outcome, BaseException) and not isinstance(outcome, GraphError):
            raise outcome
    return found


def winners(found: list[Any]) -> list[Any]:
    return [outcome for outcome in found if not isinstance(outcome, GraphError)]


def losses(found: list[Any]) -> Counter[str]:
    return Counter(type(each).__name__ for each in found if isinstance(each, GraphError))


async def _groups(services: Services, *ids: str) -> None:
    for id_ in ids:
        await services.writer.create_node("association", {"id": id_, "name": id_})


def _patch(id_: str, expected: int, **fields: Any) -> NodeWrite:
    return NodeWrite("association", id_, fields, "merge", expected=expected)


async def test_of_many_changes_of_one_version_one_is_made(services: Services) -> None:
    await _groups(services, "club")
    found = await raced(
        *(services.turn(n).put_node(_patch("club", 1, name=f"name {n}")) for n in range(32))
    )
    assert losses(found) == {"Stale": 31}
    [won] = winners(found)
    kept = await services.reader.node("club")
    assert (kept.version, kept.name) == (2, won.result.node.name)
    assert [change.version for change in await services.changes()] == [1, 2]


async def test_no_change_is_lost_between_writers_that_read_again(services: Services) -> None:
    """A lost update would leave fewer tags than writers."""
    await _groups(services, "club")

    async def add(number: int) -> None:
        while True:
            node = await services.reader.node("club")
            tags = [*node.tags, f"tag {number}"]
            with suppress(Stale):
                await services.turn(number).put_node(_patch("club", node.version or 0, tags=tags))
                return

    await asyncio.gather(*(add(number) for number in range(12)))
    kept = await services.reader.node("club")
    assert sorted(kept.tags) == sorted(f"tag {number}" for number in range(12))
    assert kept.version == 13


async def test_the_lock_of_a_node_holds_until_the_end(services: Services) -> None:
    """Whatever any version says is written one after the other: each sees the one before."""
    await _groups(services, "club")
    found = await raced(
        *(services.turn(n).put_node(_patch("club", 0, name=f"name {n}")) for n in range(16))
    )
    assert sorted(won.result.node.version for won in found) == list(range(2, 18))


async def test_an_id_that_many_create_is_given_once(services: Services) -> None:
    found = await raced(
        *(
            services.turn(n).create_node(kind, {"id": "the-one", "name": f"name {n}"})
            for n in range(8)
            for kind in ("association", "agency", "asset")
        )
    )
    assert losses(found) == {"Conflict": 23}
    [won] = winners(found)
    assert await services.reader.node("the-one") == won.result
    assert len(await services.changes()) == 1


async def test_a_foreign_id_that_many_bring_is_given_once(services: Services) -> None:
    source = {"system": "register", "type": "group", "id": "7"}
    found = await raced(
        *(
            services.turn(n).create_node("association", {"name": f"name {n}", "source": source})
            for n in range(16)
        )
    )
    assert losses(found) == {"Conflict": 15}
    assert len(winners(found)) == len(await services.changes()) == 1


async def test_a_tie_that_many_state_is_one(services: Services) -> None:
    await _groups(services, "club", "choir")
    found = await raced(*(services.turn(n).create_tie("connects", dict(MEMBER)) for n in range(16)))
    assert losses(found) == {"Conflict": 15}
    ties = await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=10)
    assert ties == [winners(found)[0].result]


async def test_a_node_that_was_waited_for_is_what_the_other_made_of_it(services: Services) -> None:
    await _groups(services, "club", "choir")
    changed, free = asyncio.Event(), asyncio.Event()

    async def give_away(transaction: Transaction) -> None:
        await transaction.run("write/update_nodes", rows=[{"id": "club", "steward": "choir"}])
        changed.set()
        await free.wait()

    async def lock(transaction: Transaction) -> list[Row]:
        return await transaction.rows("write/lock_nodes", ids=["club"])

    first = asyncio.create_task(services.clients[0].write(give_away))
    await changed.wait()
    second = asyncio.create_task(services.clients[-1].write(lock))
    assert await asyncio.wait([second], timeout=0.3) == (set(), {second})
    free.set()
    await first
    (found,), _ = await second
    assert (found["steward"], found["ids"]) == ("choir", ["club"])


async def test_a_symmetric_tie_stated_from_both_ends_is_one(services: Services) -> None:
    await _groups(services, "club", "choir")
    ends = [("club", "choir"), ("choir", "club")]
    found = await raced(
        *(
            services.turn(n).create_tie(
                "connects", {"relation": "partner", "source": a, "target": b}
            )
            for n in range(6)
            for a, b in ends
        )
    )
    assert losses(found) == {"Conflict": 11}
    assert len(await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=10)) == 1


async def test_an_id_of_a_tie_between_other_ends_is_given_once(services: Services) -> None:
    groups = [f"group-{n}" for n in range(6)]
    await _groups(services, "club", *groups)
    found = await raced(
        *(
            services.turn(n).create_tie(
                "trusts", {"id": "the-one", "source": group, "target": "club"}
            )
            for n, group in enumerate(groups)
        )
    )
    assert losses(found) == {"Conflict": 5}
    assert len(await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=10)) == 1


async def test_overlapping_times_are_never_both_kept(services: Services) -> None:
    await _groups(services, "club", "choir")
    years = range(2000, 2012)
    found = await raced(
        *(
            services.turn(year).create_tie(
                "connects",
                {**MEMBER, "valid_from": f"{year}-01-01", "valid_to": f"{year + 2}-01-01"},
            )
            for year in years
        )
    )
    kept = [won.result for won in winners(found)]
    assert losses(found) == {"Overlap": len(years) - len(kept)}
    kept.sort(key=lambda tie: tie.valid_from)
    assert len(kept) >= len(years) / 3
    for earlier, later in pairwise(kept):
        assert earlier.valid_to <= later.valid_from
    read = await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=20)
    assert sorted(str(tie.id) for tie in read) == sorted(tie.id for tie in kept)


async def test_a_time_that_is_widened_meets_no_other(services: Services) -> None:
    await _groups(services, "club", "choir")
    made = await services.writer.create_tie("connects", {**MEMBER, "valid_to": "2020-01-01"})
    assert made.result is not None
    widen = TieWrite("connects", str(made.result.id), {"valid_to": None}, "merge", expected=1)
    for _ in range(5):
        found = await raced(
            services.turn(0).put_tie(widen),
            services.turn(1).create_tie("connects", {**MEMBER, "valid_from": "2021-01-01"}),
        )
        assert losses(found) == {"Overlap": 1}
        for tie in await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=9):
            await services.writer.delete_tie("connects", str(tie.id), expected=0)
        again = {**MEMBER, "id": str(made.result.id), "valid_to": "2020-01-01"}
        made = await services.writer.create_tie("connects", again)
        assert made.result is not None
        widen = replace(widen, expected=made.result.version)


async def test_a_node_that_is_deleted_has_no_tie(services: Services) -> None:
    for number in range(12):
        group = f"group-{number}"
        await _groups(services, group, f"{group}-b")
        found = await raced(
            services.turn(0).delete_node("association", group, expected=1),
            *(
                services.turn(1 + n).create_tie(
                    "trusts",
                    {"source": group, "target": f"{group}-b", "valid_from": f"200{n}-01-01",
                     "valid_to": f"200{n}-02-01"},
                )
                for n in range(3)
            ),
        )  # fmt: skip
        ties = await services.reader.page_of_ties(TieFilters(source=group), after=("", ""), limit=9)
        if isinstance(found[0], GraphError):
            assert losses(found) == {"HasTies": 1}
            assert len(ties) == 3
        else:
            assert losses(found) == {"Invalid": 3}
            assert ties == []
            with pytest.raises(NotFound):
                await services.reader.node(group)


async def test_a_node_deleted_with_its_ties_tells_of_each(services: Services) -> None:
    for number in range(8):
        group = f"group-{number}"
        await _groups(services, group, f"{group}-b")
        await raced(
            services.turn(0).delete_node("association", group, expected=1, with_ties=True),
            *(
                services.turn(1 + n).create_tie(type_, {"source": f"{group}-b", "target": group})
                for n, type_ in enumerate(("trusts", "trusts"))
            ),
        )
    there: set[tuple[str, str, str]] = set()
    for change in await services.changes():
        key = (change.entity, change.type, change.id)
        assert (change.action == "created") == (key not in there)
        there.add(key)
        if change.action == "deleted":
            there.remove(key)
    assert not any(entity == "tie" for entity, _, _ in there)
    assert await services.reader.page_of_ties(TieFilters(), after=("", ""), limit=9) == []


async def test_a_tie_is_deleted_once_and_from_its_latest_version_alone(services: Services) -> None:
    await _groups(services, "club", "choir")
    for number in range(6):
        fields = {"source": "choir", "target": "club", "id": f"tie-{number}"}
        await services.writer.create_tie("trusts", fields)
        patch = TieWrite("trusts", f"tie-{number}", {"level": 0.5}, "merge", expected=1)
        found = await raced(
            services.turn(1).put_tie(patch),
            *(services.turn(n).delete_tie("trusts", f"tie-{number}", expected=1) for n in range(4)),
        )
        assert len(winners(found)) == 1, losses(found)
        assert losses(found).keys() <= {"Stale", "NotFound"}
        if isinstance(found[0], GraphError):
            continue
        await services.writer.delete_tie("trusts", f"tie-{number}", expected=2)


async def test_of_many_changes_of_one_version_of_an_area_one_is_made(services: Services) -> None:
    await services.writer.create_area({"id": "east", "name": "East"})
    found = await raced(
        *(services.turn(n).patch_area("east", {"name": f"name {n}"}, expected=1) for n in range(12))
    )
    assert losses(found) == {"Stale": 11}
    assert (await services.reader.area("east")).version == 2


async def test_areas_never_come_to_lie_in_a_circle(services: Services) -> None:
    for id_ in "abcd":
        await services.writer.create_area({"id": id_, "name": id_})
    await services.writer.patch_area("a", {"parent": "b"}, expected=1)
    await services.writer.patch_area("c", {"parent": "d"}, expected=1)
    found = await raced(
        services.turn(0).patch_area("b", {"parent": "c"}, expected=1),
        services.turn(1).patch_area("d", {"parent": "a"}, expected=1),
    )
    assert losses(found) == {"Invalid": 1}


async def test_a_reader_of_the_feed_misses_nothing_while_many_write(services: Services) -> None:
    writes = 200

    async def follow() -> list[Change]:
        seen: list[Change] = []
        while len(seen) < writes:
            page = await feed(services.clients[-1], EVERYTHING, after=len(seen), limit=17)
            seen += page.changes
            await asyncio.sleep(0)
        return seen

    async def write(number: int) -> None:
        fields = {"id": f"asset-{number}", "name": "a thing"}
        await services.turn(number).create_node("asset", fields)

    async with asyncio.TaskGroup() as tasks:
        follower = tasks.create_task(follow())
        limit = asyncio.Semaphore(24)
        for number in range(writes):
            await limit.acquire()
            task = tasks.create_task(write(number))
            task.add_done_callback(lambda _: limit.release())
    seen = follower.result()
    assert [change.position for change in seen] == list(range(1, writes + 1))
    assert {change.id for change in seen} == {f"asset-{number}" for number in range(writes)}
    assert await services.changes() == seen


async def test_all_up_to_where_the_network_stands_is_there(services: Services) -> None:
    """Large commits: a server shows the counter of one a while before its entries are found."""
    commits, reader = 8, services.clients[-1]

    async def look() -> None:
        number = 0
        while number < commits:
            (_, number), whole = await standing(reader)
            last = {"after": number - 1, "widest": 1, "limit": 1}
            assert number == 0 or await reader.rows("read/changes", whole, **last)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(look())
        for number in range(commits):
            await large_commit(services.writer, number)


async def test_writers_of_batches_at_once_write_each_row_once(services: Services) -> None:
    def rows(first: int) -> list[NodeWrite]:
        return [
            NodeWrite("asset", f"asset-{n}", {"name": "a thing"}, "import")
            for n in range(first, first + 40)
        ]

    found = await raced(
        *(
            services.turn(n).put_batch(rows(first), [], also=_nothing_else)
            for n, first in enumerate((0, 20, 40, 10))
        )
    )
    outcomes = Counter(row.outcome for batch in found for row in batch)
    assert outcomes == {"created": 80, "unchanged": 80}
    positions = [change.position for change in await services.changes()]
    assert positions == list(range(1, 81))


async def _nothing_else(unit: Unit, written: object) -> None:
    del unit, written


async def test_a_unit_of_work_that_fails_in_the_middle_leaves_nothing(services: Services) -> None:
    class Stopped(Exception):
        pass

    async def stop(unit: Unit, written: object) -> None:
        del written
        request = {"digest": "d", "status": 201, "entity": "node", "id": "a", "version": 1}
        await unit.run("write/remember_request", key="k", at=unit.now, **request)
        raise Stopped

    rows = [NodeWrite("asset", f"asset-{n}", {"name": "a thing"}, "import") for n in range(50)]
    with pytest.raises(Stopped):
        await services.writer.put_batch(rows, [], also=stop)
    assert await services.reader.page_of_nodes("asset", NodeFilters(), after="", limit=1) == []
    assert await services.changes() == []
    assert await services.client.read(lambda t: t.rows("read/request", key="k")) == []


async def test_a_request_that_is_refused_is_not_remembered(services: Services) -> None:
    request = Request("caller POST /v1/agencies 1", "digest")
    with pytest.raises(Invalid):
        await services.writer.create_node("agency", {"id": "a"}, request)
    made = await services.writer.create_node("agency", {"id": "a", "name": "A"}, request)
    assert isinstance(made.result, Agency)
    again = await services.writer.create_node("agency", {"id": "a", "name": "A"}, request)
    assert again.result == Made("node", "a", 1)


async def test_a_request_that_comes_many_times_at_once_is_done_once(services: Services) -> None:
    request = Request("caller POST /v1/agencies 2", "digest")
    found = await raced(
        *(services.turn(n).create_node("agency", {"name": "A"}, request) for n in range(12))
    )
    assert losses(found) == {}
    assert len([commit for commit in found if isinstance(commit.result, Agency)]) == 1
    assert len(await services.changes()) == 1


class Cut:
    """A wire to an engine that can be cut when a commit is on its way, or when it is answered."""

    # A message of Bolt: its length in two bytes, COMMIT without fields, and the end of its chunks.
    COMMIT = b"\x00\x02\xb0\x12\x00\x00"

    def __init__(self, engine: Engine) -> None:
        address = urlsplit(engine.uri)
        self._host, self._port = str(address.hostname), address.port
        self.armed = 0
        self.lets_commit_pass = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        muted = asyncio.Event()
        back = asyncio.create_task(self._answer(far_reader, writer, muted))
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self.COMMIT in data and self.armed:
                    self.armed -= 1
                    muted.set()
                    if self.lets_commit_pass:
                        far_writer.write(data)
                        # It is answered: the commit is made, and nobody will hear of it.
                        await back
                    break
                far_writer.write(data)
                await far_writer.drain()
        back.cancel()
        for each in (writer, far_writer):
            each.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, muted: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            while (data := await reader.read(65_536)) and not muted.is_set():
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def cut_wire(engine: Engine) -> AsyncGenerator[tuple[Cut, Client]]:
    cut = Cut(engine)
    server = await asyncio.start_server(cut.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    beyond = replace(engine, uri=f"bolt://127.0.0.1:{port}")
    try:
        async with Client(beyond, budget_seconds=BUDGET_SECONDS) as client:
            yield cut, client
    finally:
        server.close()


@pytest.mark.parametrize("commits", [True, False], ids=["committed", "not committed"])
@pytest.mark.parametrize("cuts", [1, 3])
async def test_a_write_whose_outcome_is_unknown_is_made_once(
    services: Services, engine: Engine, *, cuts: int, commits: bool
) -> None:
    async with cut_wire(engine) as (cut, client):
        writer = Writer(client, EVERYTHING)
        cut.lets_commit_pass = commits
        cut.armed = cuts
        made = await writer.create_node("association", {"id": "club", "name": "Club"})
        assert cut.armed == 0
        cut.armed = cuts
        patched = await writer.put_node(_patch("club", 1, name="The Club"))
        cut.armed = cuts
        request = Request("caller POST /v1/associations 1", "digest")
        await writer.create_node("association", {"id": "choir", "name": "C"}, request)
        cut.armed = cuts
        tied = await writer.create_tie("connects", dict(MEMBER))
        cut.armed = cuts
        [row] = await writer.put_batch(
            [NodeWrite("asset", "oven", {"name": "Oven"}, "import")], [], also=_nothing_else
        )
        cut.armed = cuts
        await writer.delete_node("asset", "oven", expected=1)
    assert made.result is not None
    assert patched.result is not None
    assert tied.result is not None
    assert isinstance(row, WrittenNode)
    assert row.outcome == "created"
    assert patched.result.node == await services.reader.node("club")
    assert patched.result.node.version == 2
    assert [(c.action, c.id) for c in await services.changes()] == [
        ("created", "club"),
        ("updated", "club"),
        ("created", "choir"),
        ("created", tied.result.id),
        ("created", "oven"),
        ("deleted", "oven"),
    ]


def test_a_conflict_is_a_conflict_whoever_finds_it() -> None:
    assert issubclass(KeyTaken, Conflict)
    assert issubclass(Overlap, Conflict)


async def test_a_position_whose_changes_were_forgotten_is_told_so(services: Services) -> None:
    await _groups(services, "club", "choir")
    late = datetime.now(UTC) + timedelta(days=KEPT_DAYS + 1)
    assert await forget(services.client, late) == 2
    for after in (0, 1):
        with pytest.raises(Expired):
            await feed(services.client, EVERYTHING, after=after, limit=10)
    assert (await feed(services.client, EVERYTHING, after=2, limit=10)).changes == []
    await _groups(services, "band")
    page = await feed(services.client, EVERYTHING, after=2, limit=10)
    assert [change.position for change in page.changes] == [3]
    with pytest.raises(Expired):
        await feed(services.client, EVERYTHING, after=1, limit=10)


async def test_only_a_read_runs_outside_of_a_unit_of_work(
    services: Services, connection: Connection
) -> None:
    with pytest.raises(ValueError, match="write/put_page is no read"):
        await services.client.rows("write/put_page", key="k", text="t")
    assert await connection.query("MATCH (p:Page) RETURN p.key AS key") == []
