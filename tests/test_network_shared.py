"""Texts in little room, and a network that another process reads without a copy."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.reports import run
from graph.network.sharing import shared
from graph.network.texts import Chosen, Index, Texts
from tests.small_networks import day_of, friends, group, person

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from graph.network import Snapshot

FORKS = multiprocessing.get_context("forkserver")
SIDES = "ab", "bc", "cd"


@given(st.lists(st.text(max_size=40)))
def test_packed_texts_are_the_texts(texts: list[str]) -> None:
    packed = Texts.of(texts)
    assert list(packed) == texts
    assert packed[1:] == texts[1:]
    assert packed.packed() is packed
    if texts:
        assert packed[-1] == texts[-1]
    with pytest.raises(IndexError):
        packed[len(texts)]


@given(st.lists(st.text(max_size=5)), st.data())
def test_chosen_texts_are_those_at_their_places(texts: list[str], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(texts) - 1))) if texts else []
    chosen = Chosen(texts, np.array(places, np.int64))
    expected = [texts[place] for place in places]
    assert list(chosen) == expected
    assert [chosen[at] for at in range(len(chosen))] == expected
    assert chosen[1:] == expected[1:]
    with pytest.raises(IndexError):
        chosen[len(expected)]


@given(st.lists(st.text(max_size=3)), st.text(max_size=3))
def test_an_index_gives_each_text_the_place_at_which_it_first_came(
    texts: list[str], other: str
) -> None:
    index, places = Index(), dict[str, int]()
    for text in texts:
        assert index.add(text) == places.setdefault(text, len(places))
    assert len(index) == len(places)
    assert [index[place] for place in range(len(index))] == list(places)
    assert list(index.packed()) == list(places)
    assert index.find(other) == places.get(other)


def test_an_index_of_many_texts_finds_each() -> None:
    index = Index()
    for number in range(20_000):
        index.add(f"t{number}")
    assert all(index.find(f"t{number}") == number for number in range(20_000))
    assert index.find("t20000") is None


@pytest.mark.parametrize("shared", [0, -1])
def test_texts_of_one_hash_are_told_apart_wherever_it_seats_them(
    monkeypatch: pytest.MonkeyPatch, shared: int
) -> None:
    # -1 wants the last seat of every table: all but the first text sit round its end.
    def alike(_: bytes) -> int:
        return shared

    monkeypatch.setattr("graph.network.texts.hash", alike, raising=False)
    index = Index()
    assert [index.add(f"t{number}") for number in range(100)] == list(range(100))
    assert [index.find(f"t{number}") for number in range(100)] == list(range(100))
    assert index.find("t100") is None


def test_what_was_packed_is_not_reached_by_what_comes_later() -> None:
    index = Index()
    index.add("one")
    packed = index.packed()
    index.add("two")
    assert list(packed) == ["one"]
    assert list(index.packed()) == ["one", "two"]


def small_town() -> Snapshot:
    people = [person(name, areas=("north",)) for name in "abcd"]
    return day_of(*people, group("choir", "north"), *friends(*SIDES))


def _tell(sender: Connection, snapshot: Snapshot) -> None:
    arrays: list[Any] = [snapshot.kinds, snapshot.ties.source, snapshot.ties.slots]
    owned = [array.flags.owndata or array.flags.writeable for array in arrays]
    said = list(snapshot.ids), list(snapshot.names), snapshot.ties.ids, list(snapshot.areas)
    sender.send((said, owned, run("isolation", snapshot, {})))


def test_another_process_reads_the_same_network_from_a_map(tmp_path: Path) -> None:
    town = small_town()
    with shared(town, tmp_path) as sent:
        receiver, sender = FORKS.Pipe(duplex=False)
        worker = FORKS.Process(target=_tell, args=(sender, sent))
        worker.start()
        sender.close()
        # It has no name: nobody finds it, and a process that is killed leaves nothing behind.
        assert list(tmp_path.iterdir()) == []
        said, owned, told = receiver.recv()
        receiver.close()
        worker.join()
        worker.close()
    assert said == (town.ids, town.names, town.ties.ids, list(town.areas))
    assert not any(owned)
    assert told == run("isolation", town, {})


def test_what_is_sent_grows_with_the_map_and_not_with_the_message(tmp_path: Path) -> None:
    def message(count: int) -> int:
        with shared(np.zeros(count), tmp_path) as sent:
            return len(sent.pickled)

    assert message(1_000_000) < message(1) + 100
