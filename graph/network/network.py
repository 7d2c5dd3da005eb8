"""The network itself: rows go in and out, days come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from graph.network.columns import NOT_SAID, NodeColumns, TieColumns, column
from graph.network.lists import Lists
from graph.network.memberships import memberships
from graph.network.sameness import joined, joined_areas
from graph.network.snapshot import Snapshot, Ties, frozen
from graph.network.visibility import agreed_until, visible
from graph.policy import EVERYTHING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from graph.network.rows import NodeRow, TieRow
    from graph.policy import View
    from graph.ties import TieType

_KEPT_SNAPSHOTS: Final = 8
KEPT_TIES: Final = 4_000_000
"""Of older snapshots together: some 50 bytes each, and 20 more where routes were asked for."""

Said = TypeVar("Said")
Snapshots = dict[tuple[object, ...], Snapshot]


class Network:
    """All nodes and ties of the community, with their times, in growable columns.

    Some 100 bytes a tie beside its id. Writes are idempotent and O(1). Not made for threads:
    whoever keeps it current takes the snapshots too, which any thread may read.

    Parameters
    ----------
    epoch
        Names one life of the store; a restore begins another.
    revision
        The last change that the network holds. Whoever applies a change sets it.
    kept_ties
        How many ties the older snapshots that are kept may have together.
    """

    def __init__(self, epoch: str = "", revision: int = 0, *, kept_ties: int = KEPT_TIES) -> None:
        self.epoch = epoch
        self.revision = revision
        self._kept_ties = kept_ties
        self.nodes = NodeColumns()
        self.ties = TieColumns()
        self._writes = 0
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._snapshots: Snapshots = {}

    def put_node(self, row: NodeRow) -> None:
        """Write a node, new or not."""
        self.nodes.put(row)
        self._writes += 1

    def drop_node(self, id_: str) -> None:
        """Take a node out, if it is there. A tie to it is not live until it comes again."""
        self.nodes.drop(id_)
        self._writes += 1

    def put_tie(self, row: TieRow) -> None:
        """Write a tie, new or not. It may come before its ends do: it is live when they are."""
        self.load((), (row,))

    def drop_tie(self, type_: TieType, id_: str) -> None:
        """Take a tie out, if it is there."""
        self.ties.drop(type_, id_)
        self._writes += 1

    def load(self, nodes: Iterable[NodeRow] = (), ties: Iterable[TieRow] = ()) -> None:
        """Write rows, in any order: by the hundred, some three microseconds a tie."""
        for node in nodes:
            self.put_node(node)
        self.ties.put(tuple(ties), self.nodes)
        self._writes += 1

    def on(self, day: date, view: View = EVERYTHING) -> Snapshot:
        """Return what is live on a day, as far as a view sees it.

        Parameters
        ----------
        day
            Nodes and ties are live in [from, to).
        view
            The caller's; consents are judged on its own day. A tie is seen with both its ends
            only. Records of the same person or group that are seen are one node.

        Notes
        -----
        O(n + m) after a write, O(1) when the same day and view are asked for again.
        """
        state = (self.epoch, self.revision, self._writes)
        key = (*state, day, view)
        if key not in self._snapshots:
            # What was dropped must not live on in an older snapshot that nobody asks for again.
            self._keep_latest(state)
            self._snapshots[key] = self._snapshot(day, view)
        return self._snapshots[key]

    def _keep_latest(self, state: tuple[object, ...]) -> None:
        """Keep the latest snapshots of a state, as many as may stay beside a new one."""
        current = [key for key in self._snapshots if key[: len(state)] == state]
        latest = current[1 - _KEPT_SNAPSHOTS :]
        while sum(len(self._snapshots[key].ties) for key in latest) > self._kept_ties:
            del latest[0]
        self._snapshots = {key: self._snapshots[key] for key in latest}

    def _snapshot(self, day: date, view: View) -> Snapshot:
        nodes, ties = self.nodes, self.ties
        seen = visible(nodes, ties, view)
        live = _live(nodes.present, nodes.active_from, nodes.active_to, day) & seen.nodes
        same = joined(nodes, (column(nodes.present) == 1) & seen.nodes, live)
        into = same.into()
        order = self._slots_by_id()
        everybody = order[live[order]]
        live[list(into)] = False
        slots = order[live[order]]
        place = np.full(len(order), -1, np.int32)
        place[slots] = np.arange(len(slots), dtype=np.int32)
        own_place = place.copy()
        place[list(into)] = place[list(into.values())]

        source, target = place[column(ties.source)], place[column(ties.target)]
        held = _live(ties.present, ties.valid_from, ties.valid_to, day)
        held &= (source >= 0) & (target >= 0) & (source != target) & seen.ties
        kept = np.flatnonzero(held)
        tie_place = np.full(len(held), NOT_SAID, np.int32)
        tie_place[kept] = np.arange(len(kept), dtype=np.int32)
        # What is not shown does not count either: the order of routes would betray it.
        judged = seen.judged[kept]
        strength = np.where(judged, column(ties.strength)[kept], np.nan)
        quality = np.where(judged, column(ties.quality)[kept], 0)
        owned = seen.owned[slots]
        held_ever, former = memberships(nodes, ties, seen, place, day)
        listed: list[int] = slots.tolist()
        mapped = column(nodes.mapped)
        for first, parts in same.parts.items():
            mapped[first] = mapped[parts].max()
        return Snapshot(
            epoch=self.epoch,
            revision=self.revision,
            day=day,
            ids=[nodes.ids[slot] for slot in listed],
            names=[nodes.names[slot] for slot in listed],
            areas=_areas(nodes, slots, same.parts),
            kinds=frozen(column(nodes.kind)[slots]),
            mapped=frozen(mapped[slots]),
            status=frozen(column(nodes.status)[slots]),
            levels=frozen(column(nodes.levels)[slots]),
            aspect=frozen(column(nodes.aspect)[slots]),
            owned=frozen(owned),
            provenance=frozen(np.where(owned, column(nodes.provenance)[slots], 0)),
            exercise=frozen(np.where(owned, column(nodes.exercise)[slots], NOT_SAID)),
            exercises=nodes.exercises,
            terms=_said_at(nodes.terms, own_place),
            schedules=_said_at(nodes.schedules, own_place),
            reported=_said_at(nodes.reported, own_place),
            ties=Ties(
                type=frozen(column(ties.type)[kept]),
                source=frozen(source[kept]),
                target=frozen(target[kept]),
                relation=frozen(column(ties.relation)[kept]),
                strength=frozen(strength),
                paid=frozen(column(ties.paid)[kept]),
                quality=frozen(quality),
                state=frozen(column(ties.state)[kept]),
                judged=frozen(judged),
                since=frozen(column(ties.valid_from)[kept]),
                steward=frozen(_places(place, column(ties.steward)[kept])),
                provenance=frozen(np.where(judged, column(ties.provenance)[kept], 0)),
                met_by=frozen(_places(tie_place, column(ties.met_by)[kept])),
                slots=frozen(kept),
                # Shared, not copied: a slot's id never changes.
                named=ties.named,
            ),
            memberships=held_ever,
            former=[nodes.ids[slot] for slot in former.tolist()],
            agreed_until=agreed_until(nodes, np.concatenate((everybody, former)), view),
            parts={nodes.ids[part]: nodes.ids[first] for part, first in into.items()},
        )

    def _slots_by_id(self) -> NDArray[np.int64]:
        ids = self.nodes.ids
        if len(self._order) != len(ids):
            self._order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
        return self._order


def _areas(
    nodes: NodeColumns, slots: NDArray[np.int64], parts: Mapping[int, Sequence[int]]
) -> Lists:
    """Return the areas of slots; the first of what is the same has those of all its parts."""
    own = Lists(column(nodes.areas), nodes.area_lists)
    joined = [joined_areas(own, parts[first]) for first in parts]
    codes = own.codes.copy()
    codes[list(parts)] = np.arange(len(parts), dtype=np.int32) + len(own.distinct)
    return Lists(frozen(codes[slots]), [*own.distinct, *joined])


def _places(place: NDArray[np.int32], slots: NDArray[Any]) -> NDArray[np.int32]:
    """Return the places of slots, `NOT_SAID` for none and for one that is not there."""
    if not len(place):
        return np.full(len(slots), NOT_SAID, np.int32)
    return np.where(slots == NOT_SAID, NOT_SAID, place[slots]).astype(np.int32)


def _said_at(said: dict[int, Said], place: NDArray[np.int32]) -> dict[int, Said]:
    """Return what few nodes say by their places, in order."""
    slots = np.fromiter(said, np.int64, len(said))
    places = place[slots]
    order = np.argsort(places)
    here = order[places[order] >= 0]
    return {
        at: said[slot] for at, slot in zip(places[here].tolist(), slots[here].tolist(), strict=True)
    }


def _live(
    present: array[Any], first: array[Any], after: array[Any], day: date
) -> NDArray[np.bool_]:
    today = day.toordinal()
    return (column(present) == 1) & (column(first) <= today) & (today < column(after))
