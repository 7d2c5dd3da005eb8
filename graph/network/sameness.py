"""Records that are the same: which of them a view joins, and into which one.

Only what is seen is joined, and only by what is seen: a record that is hidden joins nothing, so no
answer tells that it is there.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from graph.network.columns import NodeColumns

Member = TypeVar("Member", bound=Hashable)


class Joined(NamedTuple):
    """Sets of records of one person or group, by the slot of each set's first, as it is live.

    Parameters
    ----------
    parts
        Of each first, all live records of its set, itself too, in the order of their ids.
    """

    parts: dict[int, list[int]]

    def into(self) -> dict[int, int]:
        """Return of each other part the first that it is joined into."""
        return {
            part: first for first, parts in self.parts.items() for part in parts if part != first
        }


def joined(nodes: NodeColumns, seen: NDArray[np.bool_], live: NDArray[np.bool_]) -> Joined:
    """Return what is the same, as far as it is seen.

    Parameters
    ----------
    seen
        Whether a slot's record is there for the view. Others join nothing.
    live
        Whether it is live on the day as well. Others join, and are no part.

    Notes
    -----
    O(k log k) for k records that are said to be the same as another.
    """
    pairs = (
        (slot, other)
        for slot, ids in nodes.same_as.items()
        for other in (nodes.slots.get(id_, -1) for id_ in ids)
        if other >= 0 and seen[slot] and seen[other]
    )
    parts: dict[int, list[int]] = {}
    for members in sets(pairs):
        there = sorted((slot for slot in members if live[slot]), key=nodes.ids.__getitem__)
        if len(there) > 1:
            parts[there[0]] = there
    return Joined(parts)


def sets(pairs: Iterable[tuple[Member, Member]]) -> list[set[Member]]:
    """Return the sets into which pairs join what they name: connected components.

    References
    ----------
    .. [1] Hopcroft and Tarjan, "Efficient algorithms for graph manipulation", CACM 16, 1973.
    """
    tied: dict[Member, set[Member]] = {}
    for one, other in pairs:
        tied.setdefault(one, set()).add(other)
        tied.setdefault(other, set()).add(one)
    found: list[set[Member]] = []
    while tied:
        members: set[Member] = set()
        new = [next(iter(tied))]
        while new:
            members.update(new)
            new = [other for one in new for other in tied.pop(one, ()) if other not in members]
        found.append(members)
    return found


def joined_areas(areas: Sequence[tuple[str, ...]], parts: Iterable[int]) -> tuple[str, ...]:
    """Return the areas of all parts of a set, those of its first before the others."""
    return tuple(dict.fromkeys(area for part in parts for area in areas[part]))
