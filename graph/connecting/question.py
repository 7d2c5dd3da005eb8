"""What a question is asked of: the steps that carry a request, and the members of the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from graph.errors import Invalid, NotFound
from graph.network import KIND_CODE, QUALITY_CODE, RELATION_CODE, TYPE_CODE
from graph.nodes import KINDS
from graph.ties import ASSUMED_SHARE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.connecting.answer import Order
    from graph.network import Adjacency, Snapshot
    from graph.nodes import Kind
    from graph.ties import Relation

_ALWAYS_INNER: Final[frozenset[Kind]] = frozenset({"person", "association"})
_GROUPS: Final[frozenset[Kind]] = frozenset({"association", "agency", "asset"})
_MEMBERSHIPS: Final[dict[Kind, tuple[Relation, ...]]] = {
    "association": ("member", "staff", "volunteer"),
    "agency": ("staff", "volunteer"),
    "asset": ("hosts", "controls", "uses"),
}


@dataclass(frozen=True, eq=False)
class Ways:
    """What every entry of a snapshot's adjacency is good for.

    Parameters
    ----------
    strength
        Of the entry's tie; 0.5 where nobody said one.
    leads, comes
        Whether the tie carries a request from the row's node to the neighbour, and back.
    linked
        Whether it is a `connects` that is not stressful.
    offered
        Whether it is an offer.
    """

    strength: NDArray[np.float64]
    leads: NDArray[np.bool_]
    comes: NDArray[np.bool_]
    linked: NDArray[np.bool_]
    offered: NDArray[np.bool_]


_WAYS: Final[WeakKeyDictionary[Snapshot, Ways]] = WeakKeyDictionary()


def ways_of(snapshot: Snapshot) -> Ways:
    """Return the ways of a snapshot: O(m) for its first question, O(1) for all others."""
    ways = _WAYS.get(snapshot)
    if ways is None:
        ties, adjacency = snapshot.ties, snapshot.adjacency
        share = np.where(ties.assumed, ASSUMED_SHARE, ties.strength)
        calm = (ties.type == TYPE_CODE["connects"]) & (ties.quality != QUALITY_CODE["stressful"])
        trusts = (ties.type == TYPE_CODE["trusts"])[adjacency.ties]
        linked = calm[adjacency.ties]
        ways = _WAYS[snapshot] = Ways(
            strength=share[adjacency.ties],
            leads=linked | (trusts & adjacency.outgoing),
            comes=linked | (trusts & ~adjacency.outgoing),
            linked=linked,
            offered=(ties.type == TYPE_CODE["offers"])[adjacency.ties],
        )
    return ways


@dataclass(frozen=True, eq=False)
class Question:
    """Who could connect this person to this group.

    Parameters
    ----------
    person, group
        Places in the snapshot.
    inner
        Of every kind, whether a route may pass through it.
    listed
        Places of all who stand on the group's list of members, also by a stressful tie.
    members, entry
        Places of those who can lead into the group, ascending, and how strongly they belong.
    entrances
        Adjacency entries, in the group's row, of the ties by which they can.
    """

    snapshot: Snapshot
    ways: Ways
    person: int
    group: int
    max_hops: int
    order: Order
    inner: NDArray[np.bool_]
    listed: NDArray[np.int64]
    members: NDArray[np.int64]
    entry: NDArray[np.float64]
    entrances: NDArray[np.int64]

    @property
    def adjacency(self) -> Adjacency:
        """All ties by node."""
        return self.snapshot.adjacency

    def may_pass(self, nodes: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell for each node whether it may stand between the person and the group."""
        return (
            self.inner[self.snapshot.kinds[nodes]] & (nodes != self.person) & (nodes != self.group)
        )

    def is_member(self, nodes: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell for each node whether it can lead into the group."""
        if not len(self.members):
            return np.zeros(len(nodes), np.bool_)
        at = np.minimum(np.searchsorted(self.members, nodes), len(self.members) - 1)
        return self.members[at] == nodes

    def kind(self, node: int) -> Kind:
        """Return the kind of a node."""
        return KINDS[int(self.snapshot.kinds[node])]


def question(
    snapshot: Snapshot,
    person: str,
    group: str,
    *,
    max_hops: int,
    order: Order,
    through: frozenset[Kind],
) -> Question:
    """Find the two ends and the group's members.

    Raises
    ------
    NotFound
        When the snapshot does not hold one of the two.
    Invalid
        When the one is no person, or the other no group.
    """
    start = _place(snapshot, person)
    end = _place(snapshot, group)
    if snapshot.kinds[start] != KIND_CODE["person"]:
        raise Invalid.at("/person", "a person is connected to a group, nobody else")
    kind = KINDS[int(snapshot.kinds[end])]
    if kind not in _GROUPS:
        raise Invalid.at("/group", "a group is an association, an agency or an asset")

    ways, adjacency, ties = ways_of(snapshot), snapshot.adjacency, snapshot.ties
    row = np.arange(*adjacency.row(end).indices(len(adjacency.ties)))
    row = row[~adjacency.outgoing[row]]
    tie, node = adjacency.ties[row], adjacency.neighbours[row]
    relations = [RELATION_CODE[relation] for relation in _MEMBERSHIPS[kind]]
    belongs = (ties.type[tie] == TYPE_CODE["connects"]) & np.isin(ties.relation[tie], relations)
    if kind == "asset":
        belongs |= ties.type[tie] == TYPE_CODE["offers"]
    else:
        belongs &= snapshot.kinds[node] == KIND_CODE["person"]

    inner = np.array([each in _ALWAYS_INNER | through for each in KINDS])
    calm = ties.quality[tie] != QUALITY_CODE["stressful"]
    entrances = row[belongs & calm & inner[snapshot.kinds[node]]]
    members, first = np.unique(adjacency.neighbours[entrances], return_index=True)
    strengths = ways.strength[entrances]
    return Question(
        snapshot=snapshot,
        ways=ways,
        person=start,
        group=end,
        max_hops=max_hops,
        order=order,
        inner=inner,
        listed=np.unique(node[belongs]).astype(np.int64),
        members=members.astype(np.int64),
        entry=np.maximum.reduceat(strengths, first) if len(first) else strengths,
        entrances=entrances,
    )


def _place(snapshot: Snapshot, id_: str) -> int:
    place = snapshot.place.get(id_)
    if place is None:
        raise NotFound(f"there is no node {id_}")
    return place
