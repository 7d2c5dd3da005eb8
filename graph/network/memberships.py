"""Who was a member of what, and when: a day alone does not show who has left by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.network.codes import KIND_CODE, RELATION_CODE, TYPE_CODE
from graph.network.columns import column
from graph.network.sameness import joined

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from graph.network.columns import NodeColumns, TieColumns
    from graph.network.visibility import Visible


@dataclass(frozen=True, eq=False)
class Memberships:
    """Memberships that have begun by a day, of the associations that are live on it.

    One entry a tie, 16 bytes; a party's ties to one association may overlap.

    Parameters
    ----------
    association
        Place in the snapshot's nodes.
    member
        A number of the party, the same for all records that are the same as it.
    first, after
        Ordinals of the first day and of the day after the last, on which the tie was valid and
        both its ends were live; `first` is 0 where no beginning is said.
    """

    association: NDArray[np.int32]
    member: NDArray[np.int32]
    first: NDArray[np.int32]
    after: NDArray[np.int32]


NO_MEMBERSHIPS: Final = Memberships(*[np.empty(0, np.int32)] * 4)


def memberships(
    nodes: NodeColumns, ties: TieColumns, seen: Visible, place: NDArray[np.int32], day: date
) -> tuple[Memberships, NDArray[np.int64]]:
    """Return the memberships that a view sees, and the slots of people who were in one before.

    Parameters
    ----------
    place
        Of each slot that is live on the day, its place in the snapshot; others are negative.

    Returns
    -------
    tuple
        The slots are those of members who are not live on the day: what is told of the past
        counts them too.

    Notes
    -----
    O(n + m), and no array of all ties is kept.
    """
    there = (column(nodes.present) == 1) & seen.nodes
    # All that is the same, live or not: who has a record that ended is not another party for that.
    party = np.arange(len(there), dtype=np.int32)
    into = joined(nodes, there, there).into()
    party[list(into)] = list(into.values())
    live = np.flatnonzero(place >= 0)
    here = np.full(len(there), -1, np.int32)
    here[party[live]] = place[live]

    slots = np.flatnonzero(
        (column(ties.present) == 1)
        & (column(ties.type) == TYPE_CODE["connects"])
        & (column(ties.relation) == RELATION_CODE["member"])
        & seen.ties
    )
    source, target = column(ties.source)[slots], column(ties.target)[slots]
    kind = column(nodes.kind)
    first = _of_both(np.maximum, column(ties.valid_from)[slots], nodes.active_from, source, target)
    after = _of_both(np.minimum, column(ties.valid_to)[slots], nodes.active_to, source, target)
    held = there[source] & there[target] & (kind[target] == KIND_CODE["association"])
    held &= (here[party[target]] >= 0) & (party[source] != party[target])
    held &= (first < after) & (first <= day.toordinal())
    source, target = source[held], target[held]
    gone = source[(place[source] < 0) & (kind[source] == KIND_CODE["person"])]
    found = Memberships(here[party[target]], party[source], first[held], after[held])
    for values in (found.association, found.member, found.first, found.after):
        values.setflags(write=False)
    return found, np.unique(gone).astype(np.int64)


def _of_both(
    bound: np.ufunc,
    own: NDArray[np.int32],
    active: Any,
    source: NDArray[np.int32],
    target: NDArray[np.int32],
) -> NDArray[np.int32]:
    days = column(active)
    return bound(own, bound(days[source], days[target]))
