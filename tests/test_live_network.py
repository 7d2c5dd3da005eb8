"""The network in memory is the network that is kept, whoever wrote it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.network import ASPECTS, LEVEL_BIT, PROVENANCES, Reported
from graph.policy import EVERYTHING
from graph.store import live_network
from graph.store.changes import KEPT_DAYS
from graph.store.client import Client
from graph.store.housekeeping import forget
from graph.store.live_network import LiveNetwork
from graph.store.node_writes import NodeWrite
from graph.store.tie_writes import TieWrite
from graph.store.writer import Writer
from graph.ties import TIE_TYPES
from tests.large_commits import large_commit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graph.network import Snapshot
    from graph.store.units import Unit
    from tests.conftest import Connection

pytestmark = pytest.mark.anyio

DAY: Final = date(2026, 3, 1)
ANN: Final = "0192f0c1-7d1e-7cc3-98c4-dc0c0c070001"
MEMBER: Final = {"relation": "member", "source": ANN, "target": "club"}


class Watched:
    """A network in memory, and a writer with a client of its own: another process."""

    def __init__(self, own: Client, other: Client) -> None:
        self.own = own
        self.client = other
        self.live = LiveNetwork(own)
        self.writer = Writer(other, EVERYTHING)

    async def names(self, day: date = DAY) -> dict[str, str]:
        snapshot = await self.live.on(day)
        return dict(zip(snapshot.ids, snapshot.names, strict=True))

    async def ties(self, day: date = DAY) -> set[tuple[str, str, str, str]]:
        return ties_of(await self.live.on(day))

    async def community(self) -> str:
        """Make a person, a club and the tie between them; return the tie's id."""
        await self.writer.create_node("person", {"id": ANN, "name": "Ann"})
        await self.writer.create_node("association", {"id": "club", "name": "Club"})
        made = await self.writer.create_tie("connects", dict(MEMBER))
        assert made.result is not None
        return str(made.result.id)


def ties_of(snapshot: Snapshot) -> set[tuple[str, str, str, str]]:
    ties = snapshot.ties
    return {
        (
            TIE_TYPES[ties.type[n]],
            ties.id(n),
            snapshot.ids[int(ties.source[n])],
            snapshot.ids[int(ties.target[n])],
        )
        for n in range(len(ties))
    }


@pytest.fixture
async def watched(connection: Connection) -> AsyncIterator[Watched]:
    async with Client(connection.engine) as own, Client(connection.engine) as other:
        yield Watched(own, other)


def _patch(kind: Any, id_: str, **fields: Any) -> NodeWrite:
    return NodeWrite(kind, id_, fields, "merge", expected=0)


async def test_an_empty_store_is_an_empty_network(watched: Watched) -> None:
    assert await watched.names() == {}


async def test_what_another_client_wrote_is_seen_at_the_next_question(watched: Watched) -> None:
    assert await watched.names() == {}
    tie = await watched.community()
    assert await watched.names() == {ANN: "Ann", "club": "Club"}
    assert await watched.ties() == {("connects", tie, ANN, "club")}
    for number in range(10):
        await watched.writer.put_node(_patch("association", "club", name=f"Club {number}"))
        assert (await watched.names())["club"] == f"Club {number}"


async def test_a_node_leaves_and_returns_by_its_days(watched: Watched) -> None:
    tie = await watched.community()
    await watched.writer.put_node(_patch("person", ANN, active_to="2026-03-01"))
    assert await watched.names() == {"club": "Club"}
    assert await watched.ties() == set()
    assert await watched.ties(DAY - timedelta(1)) == {("connects", tie, ANN, "club")}
    await watched.writer.put_node(_patch("person", ANN, active_to=None))
    assert await watched.ties() == {("connects", tie, ANN, "club")}


async def test_a_tie_is_changed_and_deleted(watched: Watched) -> None:
    tie = await watched.community()
    snapshot = await watched.live.on(DAY)
    assert snapshot.revision == 3
    write = TieWrite("connects", tie, {"strength": 0.25}, "merge", expected=1)
    await watched.writer.put_tie(write)
    later = await watched.live.on(DAY)
    assert later.ties.strength.tolist() == [0.25]
    assert later.revision == 4
    await watched.writer.delete_tie("connects", tie, expected=2)
    assert await watched.ties() == set()


async def test_what_is_deleted_and_made_again_is_there_again(watched: Watched) -> None:
    await watched.community()
    assert len(await watched.ties()) == 1
    await watched.writer.delete_node("person", ANN, expected=1, with_ties=True)
    assert await watched.names() == {"club": "Club"}
    assert await watched.ties() == set()
    await watched.writer.create_node("person", {"id": ANN, "name": "Anna"})
    assert await watched.names() == {ANN: "Anna", "club": "Club"}
    assert await watched.ties() == set()


async def test_a_node_made_again_between_two_questions_has_no_old_tie(watched: Watched) -> None:
    await watched.community()
    assert len(await watched.ties()) == 1
    await watched.writer.delete_node("person", ANN, expected=1, with_ties=True)
    await watched.writer.create_node("person", {"id": ANN, "name": "Anna"})
    assert await watched.ties() == set()


async def test_a_tie_made_again_between_other_ends_has_those_ends(watched: Watched) -> None:
    await watched.community()
    await watched.writer.create_node("association", {"id": "choir", "name": "Choir"})
    await watched.writer.create_tie("trusts", {"id": "t", "source": "club", "target": ANN})
    assert ("trusts", "t", "club", ANN) in await watched.ties()
    await watched.writer.delete_tie("trusts", "t", expected=1)
    await watched.writer.create_tie("trusts", {"id": "t", "source": "choir", "target": "club"})
    kept = {tie for tie in await watched.ties() if tie[0] == "trusts"}
    assert kept == {("trusts", "t", "choir", "club")}


async def test_after_a_large_import_everything_is_read_anew(watched: Watched) -> None:
    await watched.community()
    await watched.names()
    before = watched.live._network
    count = live_network.MOST_CHANGES_READ + 1
    rows = [NodeWrite("asset", f"asset-{n:05d}", {"name": "A"}, "import") for n in range(count)]
    await watched.writer.put_batch(rows, [], also=_nothing_else)
    names = await watched.names()
    assert len(names) == count + 2
    assert watched.live._network is not before
    # And it goes on from there by the feed.
    before = watched.live._network
    await watched.writer.put_node(_patch("asset", "asset-00007", name="B"))
    assert (await watched.names())["asset-00007"] == "B"
    assert watched.live._network is before


async def _nothing_else(unit: Unit, written: object) -> None:
    del unit, written


async def test_a_large_commit_is_seen_whole_or_not_at_all(watched: Watched) -> None:
    commits = 8

    async def follow(live: LiveNetwork) -> None:
        seen = 0
        while seen < commits:
            snapshot = await live.on(DAY)
            seen = len(snapshot.ids)
            assert snapshot.revision <= seen

    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(follow(LiveNetwork(watched.own)))
        for number in range(commits):
            await large_commit(watched.writer, number)


async def test_changes_that_are_no_longer_kept_are_not_needed(watched: Watched) -> None:
    await watched.community()
    assert len(await watched.names()) == 2
    await watched.writer.create_node("asset", {"id": "oven", "name": "Oven"})
    late = datetime.now(UTC) + timedelta(days=KEPT_DAYS + 1)
    assert await forget(watched.client, late) == 4
    assert len(await watched.names()) == 3
    await watched.writer.put_node(_patch("asset", "oven", name="New oven"))
    assert (await watched.names())["oven"] == "New oven"


async def test_another_life_of_the_store_is_another_network(
    watched: Watched, connection: Connection
) -> None:
    await watched.community()
    first = await watched.live.on(DAY)
    await connection.empty()
    for id_ in ("a", "b", "c"):
        await watched.writer.create_node("asset", {"id": id_, "name": id_})
    second = await watched.live.on(DAY)
    assert second.ids == ["a", "b", "c"]
    assert (first.revision, second.revision) == (3, 3)
    assert first.epoch != second.epoch


async def test_a_store_that_went_back_is_read_anew(
    watched: Watched, connection: Connection
) -> None:
    await watched.community()
    assert len(await watched.names()) == 2
    await connection.query("MATCH (n) WHERE NOT n:Counter DETACH DELETE n")
    await connection.query("MATCH (c:Counter {id: 'changes'}) SET c.value = 0")
    assert await watched.names() == {}
    await watched.writer.create_node("asset", {"id": "oven", "name": "Oven"})
    assert await watched.names() == {"oven": "Oven"}


async def test_one_snapshot_is_of_one_moment_and_is_not_changed_later(watched: Watched) -> None:
    tie = await watched.community()
    snapshot = await watched.live.on(DAY)
    await watched.writer.delete_node("person", ANN, expected=1, with_ties=True)
    assert await watched.ties() == set()
    assert ties_of(snapshot) == {("connects", tie, ANN, "club")}
    assert snapshot.names == ["Ann", "Club"]


async def test_what_the_community_gives_is_known_as_it_was_said(watched: Watched) -> None:
    said = {
        "levels": ["physical", "cultural"],
        "aspect": "hand",
        "terms": [{"scheme": "open", "code": "1102", "label": "Food"}],
        "schedule": [
            {
                "rrule": "FREQ=WEEKLY",
                "starts": "2026-03-02T23:30:00Z",
                "ends": "2026-03-03T01:00:00Z",
                "timezone": "Europe/Berlin",
            }
        ],
        "provenance": {"originator": "agency", "method": "import", "exercise": "spring walk"},
    }
    await watched.community()
    await watched.writer.create_node("asset", {"id": "oven", "name": "Oven", **said})
    members = [{"count": 40, "on": "2025-05-01"}]
    await watched.writer.put_node(_patch("association", "club", reported_members=members))
    offer = await watched.writer.create_tie(
        "offers", {"id": "o", "source": "club", "target": "oven", "steward": "club"}
    )
    assert offer.result is not None
    want = {"id": "w", "source": ANN, "target": "oven", "state": "met", "met_by": "o"}
    await watched.writer.create_tie("wants", want | {"provenance": {"method": "phone"}})
    read_anew = LiveNetwork(watched.client)
    for live in (watched.live, read_anew):
        day = await live.on(DAY)
        oven, club = day.place["oven"], day.place["club"]
        assert day.levels[oven] == LEVEL_BIT["physical"] + LEVEL_BIT["cultural"]
        assert ASPECTS[day.aspect[oven]] == "hand"
        assert day.terms == {oven: ("open:1102",)}
        [opening] = day.schedules[oven]
        assert opening.rrule == "FREQ=WEEKLY"
        assert opening.starts is not None
        assert opening.starts.strftime("%A %H:%M") == "Tuesday 00:30"
        assert day.reported == {club: (Reported(date(2025, 5, 1), 40),)}
        assert PROVENANCES[day.provenance[oven]] == ("agency", "import")
        assert day.exercises[day.exercise[oven]] == "spring walk"
        tie = {type_: place for place, type_ in enumerate(TIE_TYPES[t] for t in day.ties.type)}
        assert day.ties.met_by[tie["wants"]] == tie["offers"]
        assert day.ties.steward[tie["offers"]] == club
        assert PROVENANCES[day.ties.provenance[tie["wants"]]] == (None, "phone")
