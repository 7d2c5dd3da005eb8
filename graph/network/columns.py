"""The columns that the network is kept in: one slot a node or a tie, appended, never moved.

A slot belongs to one id for good. So a tie may name an end before the end's own record has been
read, and what is dropped and comes again takes its old place.
"""

from __future__ import annotations

from array import array
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.network.codes import (
    ASPECT_CODE,
    CLEARANCE_CODE,
    FLAG_CODE,
    KIND_CODE,
    LEVEL_BIT,
    PROVENANCE_CODE,
    QUALITY_CODE,
    RELATION_CODE,
    STATE_CODE,
    STATUS_CODE,
    TYPE_CODE,
)
from graph.network.texts import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graph.consents import Sight
    from graph.network.rows import NodeRow, Opening, Reported, TieRow
    from graph.ties import TieType

NO_STEWARD: Final = -1
NOT_SAID: Final = -1
NO_AREAS: Final = 0
"""The place of the list without an area."""

_OPEN_START: Final = 0
_OPEN_END: Final = date.max.toordinal() + 1


class SightColumns:
    """What consent for one purpose opens of each node, one entry a slot of `NodeColumns`.

    `ties` has a bit for each type of tie; `partners` is a place in `partner_lists`, -1 where no
    partners are named.
    """

    def __init__(self) -> None:
        self.first = array("i")
        self.after = array("i")
        self.explicit = array("B")
        self.ties = array("B")
        self.partners = array("i")
        self.partner_lists: list[frozenset[str]] = []
        self._places: dict[frozenset[str], int] = {}

    def append(self) -> None:
        """Make room for one more slot, of which nothing is open."""
        self.first.append(0)
        self.after.append(0)
        self.explicit.append(0)
        self.ties.append(0)
        self.partners.append(-1)

    def put(self, slot: int, sight: Sight | None) -> None:
        """Write what is open of a slot."""
        if sight is None:
            self.first[slot] = self.after[slot] = 0
            self.partners[slot] = -1
            return
        self.first[slot] = sight.first.toordinal()
        self.after[slot] = sight.after.toordinal()
        self.explicit[slot] = sight.explicit
        self.ties[slot] = _EVERY_TYPE if sight.ties is None else _bits(sight.ties)
        self.partners[slot] = -1 if sight.partners is None else self._place(sight.partners)

    def _place(self, partners: frozenset[str]) -> int:
        place = self._places.get(partners)
        if place is None:
            place = self._places[partners] = len(self.partner_lists)
            self.partner_lists.append(partners)
        return place


def column(values: array[Any]) -> NDArray[Any]:
    """Return a growable column as an array of its own, which later writes do not reach."""
    return np.array(values)


class NodeColumns:
    """Growable columns of nodes, one entry a slot; `present` is 0 where no record was read."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}
        self.ids: list[str] = []
        self.names: list[str] = []
        self.areas = array("i")
        self.area_lists: list[tuple[str, ...]] = [()]
        self.present = array("B")
        self.kind = array("B")
        self.active_from = array("i")
        self.active_to = array("i")
        self.steward = array("i")
        self.clearance = array("B")
        self.sensitive = array("B")
        self.mapped = array("b")
        self.status = array("B")
        self.levels = array("B")
        self.aspect = array("B")
        self.provenance = array("B")
        self.exercise = array("i")
        self.exercises: list[str] = []
        # Few say these: a slot that is not in one says nothing.
        self.terms: dict[int, tuple[str, ...]] = {}
        self.schedules: dict[int, tuple[Opening, ...]] = {}
        self.reported: dict[int, tuple[Reported, ...]] = {}
        self.same_as: dict[int, tuple[str, ...]] = {}
        self.cleared_for: dict[int, tuple[str, ...]] = {}
        self.sights = {"introductions": SightColumns(), "analysis": SightColumns()}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._area_places: dict[tuple[str, ...], int] = {(): NO_AREAS}
        self._exercise_places: dict[str, int] = {}

    def slot(self, id_: str) -> int:
        """Return the slot of an id, a new one for an id that was never named."""
        slot = self.slots.get(id_)
        if slot is None:
            slot = self.slots[id_] = len(self.ids)
            self.ids.append(id_)
            self.names.append("")
            self.areas.append(NO_AREAS)
            self.present.append(0)
            self.kind.append(0)
            self.active_from.append(_OPEN_START)
            self.active_to.append(_OPEN_END)
            self.steward.append(NO_STEWARD)
            self.clearance.append(0)
            self.sensitive.append(0)
            self.mapped.append(-1)
            self.status.append(0)
            self.levels.append(0)
            self.aspect.append(0)
            self.provenance.append(0)
            self.exercise.append(NOT_SAID)
            for sights in self.sights.values():
                sights.append()
        return slot

    def put(self, row: NodeRow) -> None:
        """Write a row into its slot."""
        slot = self.slot(row.id)
        self.names[slot] = row.name
        self.areas[slot] = self._area_list(row.areas)
        self.present[slot] = 1
        self.kind[slot] = KIND_CODE[row.kind]
        self.active_from[slot] = _first_day(row.active_from)
        self.active_to[slot] = _day_after(row.active_to)
        self.steward[slot] = self.steward_slot(row.steward)
        self.clearance[slot] = CLEARANCE_CODE[row.clearance]
        self.sensitive[slot] = row.sensitive
        self.mapped[slot] = FLAG_CODE[row.mapped]
        self.status[slot] = STATUS_CODE[row.status]
        self.levels[slot] = sum(LEVEL_BIT[level] for level in set(row.levels))
        self.aspect[slot] = ASPECT_CODE[row.aspect]
        self.provenance[slot] = PROVENANCE_CODE[row.originator, row.method]
        self.exercise[slot] = self._exercise(row.exercise)
        _keep(self.terms, slot, self._lists.setdefault(row.terms, row.terms))
        _keep(self.schedules, slot, row.schedule)
        _keep(self.reported, slot, row.reported)
        _keep(self.same_as, slot, row.same_as)
        _keep(self.cleared_for, slot, row.cleared_for)
        self.sights["introductions"].put(slot, row.introductions)
        self.sights["analysis"].put(slot, row.analysis)

    def drop(self, id_: str) -> None:
        """Forget what is known of a node; its ties wait for it to come again."""
        slot = self.slots.get(id_)
        if slot is not None:
            self.present[slot] = 0
            self.names[slot] = ""
            self.areas[slot] = NO_AREAS
            for said in (
                self.terms, self.schedules, self.reported, self.same_as, self.cleared_for,
            ):  # fmt: skip
                said.pop(slot, None)
            for sights in self.sights.values():
                sights.put(slot, None)

    def steward_slot(self, id_: str | None) -> int:
        """Return the slot of a record's steward."""
        return NO_STEWARD if id_ is None else self.slot(id_)

    def _area_list(self, areas: tuple[str, ...]) -> int:
        place = self._area_places.setdefault(areas, len(self.area_lists))
        if place == len(self.area_lists):
            self.area_lists.append(areas)
        return place

    def _exercise(self, name: str | None) -> int:
        if name is None:
            return NOT_SAID
        place = self._exercise_places.setdefault(name, len(self.exercises))
        if place == len(self.exercises):
            self.exercises.append(name)
        return place


def _keep(said: dict[int, tuple[Any, ...]], slot: int, values: tuple[Any, ...]) -> None:
    if values:
        said[slot] = values
    else:
        said.pop(slot, None)


class TieColumns:
    """Growable columns of ties, one entry a slot; ends and stewards are slots of nodes.

    `named` holds each tie's type, as one character, before its id.
    """

    def __init__(self) -> None:
        self.named = Index()
        self.present = array("B")
        self.type = array("B")
        self.source = array("i")
        self.target = array("i")
        self.relation = array("B")
        self.strength = array("d")
        self.paid = array("b")
        self.quality = array("B")
        self.state = array("B")
        self.valid_from = array("i")
        self.valid_to = array("i")
        self.steward = array("i")
        self.clearance = array("B")
        self.provenance = array("B")
        self.met_by = array("i")

    def put(self, rows: Sequence[TieRow], nodes: NodeColumns) -> None:
        """Write rows into their slots, new ones for ties that were never named.

        A column at a time, which takes a third of what a row at a time does. Of rows of one tie
        the last holds.
        """
        if not rows:
            return
        (
            ids, types, sources, targets, relations, strengths, paid, qualities, states, firsts,
            lasts, stewards, clearances, originators, methods, met,
        ) = zip(*rows, strict=True)  # fmt: skip
        slots = [
            self.named.add(named(TYPE_CODE[type_], id_))
            for type_, id_ in zip(types, ids, strict=True)
        ]
        # An offer may be named before its own row is read: it has its slot by then.
        met_by = [
            NOT_SAID if offer is None else self.named.add(named(TYPE_CODE["offers"], offer))
            for offer in met
        ]
        at = np.array(slots)
        said = zip(originators, methods, strict=True)
        columns: tuple[tuple[array[Any], object], ...] = (
            (self.present, 1),
            (self.type, [TYPE_CODE[type_] for type_ in types]),
            (self.source, [nodes.slot(end) for end in sources]),
            (self.target, [nodes.slot(end) for end in targets]),
            (self.relation, [RELATION_CODE[relation] for relation in relations]),
            (self.strength, [np.nan if known is None else known for known in strengths]),
            (self.paid, [FLAG_CODE[flag] for flag in paid]),
            (self.quality, [QUALITY_CODE[quality] for quality in qualities]),
            (self.state, [STATE_CODE[state] for state in states]),
            (self.valid_from, [_first_day(day) for day in firsts]),
            (self.valid_to, [_day_after(day) for day in lasts]),
            (self.steward, [nodes.steward_slot(steward) for steward in stewards]),
            (self.clearance, [CLEARANCE_CODE[clearance] for clearance in clearances]),
            (self.provenance, [PROVENANCE_CODE[who_and_how] for who_and_how in said]),
            (self.met_by, met_by),
        )
        more = len(self.named) - len(self.present)
        for values, written in columns:
            values.frombytes(bytes(more * values.itemsize))
            np.frombuffer(values, values.typecode)[at] = written

    def drop(self, type_: TieType, id_: str) -> None:
        """Forget a tie."""
        slot = self.named.find(named(TYPE_CODE[type_], id_))
        if slot is not None:
            self.present[slot] = 0


def named(type_: int, id_: str) -> str:
    """Return what a tie is known by: an id is one tie's within its type."""
    return f"{type_}{id_}"


_EVERY_TYPE: Final = (1 << len(TYPE_CODE)) - 1


def _bits(types: Iterable[str]) -> int:
    named = set(types)
    return sum(1 << code for type_, code in TYPE_CODE.items() if type_ in named)


def _first_day(day: date | None) -> int:
    return _OPEN_START if day is None else day.toordinal()


def _day_after(day: date | None) -> int:
    return _OPEN_END if day is None else day.toordinal()
