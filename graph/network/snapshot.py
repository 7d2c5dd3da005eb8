"""One day of the network: what was live that day, in arrays that nothing changes any more."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from graph.network.texts import Texts
from graph.nodes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from graph.network.lists import Lists
    from graph.network.memberships import Memberships
    from graph.network.rows import Opening, Reported
    from graph.network.texts import Index

_PERSON: Final = KINDS.index("person")

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Ties:
    """The live ties, one entry a tie; both ends are live and visible.

    Parameters
    ----------
    type
        Index into `graph.ties.TIE_TYPES`.
    source, target
        Places of the ends in the snapshot's nodes.
    relation, quality, state
        Index into `RELATIONS`, `QUALITIES` and `STATES` of `graph.network`; 0 is "not said".
    strength
        A `connects`' strength or a `trusts`' level in (0, 1]; NaN where nobody said one.
    paid
        -1 not said, 0 no, 1 yes.
    judged
        Whether the view is shown strength, quality and provenance; hidden ones stand here as not
        said.
    since
        The ordinal of the day from which it holds; 0 is "not said".
    steward
        The place of its steward in the snapshot's nodes; -1 where it has none, or none is seen.
    provenance
        Index into `graph.network.PROVENANCES`; 0 is "not said".
    met_by
        The place of the offer, among these ties, by which a want was met; -1 where none is seen.
    slots
        Places of the ties in the network's own columns.
    named
        By slot the type of each tie, as one character, and its id.
    """

    type: NDArray[np.uint8]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    relation: NDArray[np.uint8]
    strength: NDArray[np.float64]
    paid: NDArray[np.int8]
    quality: NDArray[np.uint8]
    state: NDArray[np.uint8]
    judged: NDArray[np.bool_]
    since: NDArray[np.int32]
    steward: NDArray[np.int32]
    provenance: NDArray[np.uint8]
    met_by: NDArray[np.int32]
    slots: NDArray[np.int64]
    named: Index | Texts

    def __len__(self) -> int:
        return len(self.slots)

    def with_columns(self, columns: Mapping[str, NDArray[Any]], named: Sequence[str] = ()) -> Ties:
        """Return ties with other columns; `named` are types and ids of further ties at the end."""
        first = len(self.named)
        slots = columns.get("slots", self.slots)
        further = np.arange(first, first + len(named), dtype=slots.dtype)
        return replace(
            self,
            **{**columns, "slots": np.concatenate((slots, further))},
            named=self.named.packed().joined(Texts.of(named)) if named else self.named,
        )

    def id(self, tie: int) -> str:
        """Return the id of one tie; it is unique within the tie's type."""
        return self.named[int(self.slots[tie])][1:]

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs."""
        state = {part.name: getattr(self, part.name) for part in fields(self)}
        return state | {"named": self.named.packed()}

    @cached_property
    def ids(self) -> list[str]:
        """The ids of all ties, made when first asked for."""
        return [self.named[slot][1:] for slot in self.slots.tolist()]

    @cached_property
    def assumed(self) -> NDArray[np.bool_]:
        """Where nobody said a strength."""
        return frozen(np.isnan(self.strength))


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Every tie, found from both its ends: compressed sparse rows, neighbours in order.

    Entry `e` of node `u`, offsets[u] <= e < offsets[u + 1], says that tie `ties[e]` runs between
    `u` and `neighbours[e]`, from `u` where `outgoing[e]`. Parallel ties are entries of their own.
    """

    offsets: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    ties: NDArray[np.int32]
    outgoing: NDArray[np.bool_]

    @classmethod
    def of(cls, nodes: int, source: NDArray[np.int32], target: NDArray[np.int32]) -> Adjacency:
        """Build the rows for n nodes and m ties: O(m log m) time, 13 bytes an entry."""
        near = np.concatenate((source, target))
        far = np.concatenate((target, source))
        order = np.argsort(near.astype(np.int64) * nodes + far)
        counts = np.bincount(near, minlength=nodes)
        return cls(
            offsets=frozen(np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))),
            neighbours=frozen(far[order]),
            ties=frozen((order % max(len(source), 1)).astype(np.int32)),
            outgoing=frozen(order < len(source)),
        )

    def row(self, node: int) -> slice:
        """Return where the entries of one node stand."""
        return slice(int(self.offsets[node]), int(self.offsets[node + 1]))

    def rows(self, nodes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the entries of many nodes, and for each the place of its node in `nodes`."""
        starts = self.offsets[nodes]
        lengths = self.offsets[nodes + 1] - starts
        owners = np.repeat(np.arange(len(nodes)), lengths)
        firsts = np.cumsum(lengths) - lengths
        return np.arange(len(owners)) + (starts - firsts)[owners], owners


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The live nodes and ties of one day, as one view sees them.

    Nodes stand in the order of their ids, so that comparing places compares ids. Safe to read
    from any thread while the network goes on changing.

    Parameters
    ----------
    kinds
        Index into `graph.nodes.KINDS`.
    mapped
        -1 not said, 0 no, 1 yes.
    status
        Index into `graph.network.STATUSES`; 0 is "not said".
    levels
        One bit for each of the six levels of an asset (`graph.network.LEVEL_BIT`).
    aspect
        Index into `graph.network.ASPECTS`; 0 is "not said".
    owned
        Whether the view is told where the node comes from: it is one of the caller's own.
    provenance
        Index into `graph.network.PROVENANCES`; 0 is "not said", or not told.
    exercise
        Index into `exercises`, the exercise by which a node came on the map; -1 is "not said".
    terms, schedules, reported
        What few nodes say, by place: terms of a vocabulary as `scheme:code`, when an asset can be
        had, how many members an association said that it has.
    memberships
        Those of the associations here, ended ones too.
    former
        Ids of the people in them who are not live on the day, ascending: they are counted in what
        is told of the past.
    agreed_until
        The first day on which a consent of somebody in it is over; null where none ends.
    parts
        Of each further record of a person or group, the record as which they are in the nodes.
    """

    epoch: str
    revision: int
    day: date
    ids: Sequence[str]
    names: Sequence[str]
    areas: Lists
    kinds: NDArray[np.uint8]
    mapped: NDArray[np.int8]
    status: NDArray[np.uint8]
    levels: NDArray[np.uint8]
    aspect: NDArray[np.uint8]
    owned: NDArray[np.bool_]
    provenance: NDArray[np.uint8]
    exercise: NDArray[np.int32]
    exercises: list[str]
    terms: dict[int, tuple[str, ...]]
    schedules: dict[int, tuple[Opening, ...]]
    reported: dict[int, tuple[Reported, ...]]
    ties: Ties
    memberships: Memberships
    former: list[str]
    agreed_until: date | None = None
    parts: dict[str, str] = field(default_factory=dict[str, str])

    def __len__(self) -> int:
        return len(self.ids)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs, with few objects: texts are packed."""
        state = {part.name: getattr(self, part.name) for part in fields(self)}
        return state | {"ids": Texts.of(self.ids), "names": Texts.of(self.names)}

    @cached_property
    def people(self) -> list[str]:
        """The ids of all people, made when first asked for."""
        return [self.ids[place] for place in np.flatnonzero(self.kinds == _PERSON).tolist()]

    @cached_property
    def records_of_people(self) -> list[str]:
        """The ids of all records of people, those that are the same as another and former too."""
        people = set(self.people)
        parts = (part for part, first in self.parts.items() if first in people)
        return [*self.people, *parts, *self.former]

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of every id, those of further records too."""
        places = {id_: place for place, id_ in enumerate(self.ids)}
        return places | {part: places[first] for part, first in self.parts.items()}

    @cached_property
    def adjacency(self) -> Adjacency:
        """All ties by node, made when first asked for."""
        return Adjacency.of(len(self.ids), self.ties.source, self.ties.target)


def frozen(values: NDArray[Number]) -> NDArray[Number]:
    """Forbid writing into an array."""
    values.setflags(write=False)
    return values
