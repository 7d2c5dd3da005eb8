"""The policy over arrays: what one view sees of the whole network, as flags a slot.

The third rendering of `graph.policy.sees`; a property test holds it equal to the predicate.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graph.clearances import is_cleared
from graph.consents import NEVER_AFTER
from graph.network.codes import CLEARANCE_CODE, KIND_CODE
from graph.network.columns import NO_STEWARD, column
from graph.policy import COMMUNITY, EVERYTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.network.columns import NodeColumns, SightColumns, TieColumns
    from graph.policy import View

_NOWHERE: Final = -2
"""The slot of an organisation that stewards nothing."""


class Visible(NamedTuple):
    """One flag a slot: which nodes and ties are seen.

    `owned` and `judged` say of which nodes and ties the caller is told where they come from, and
    of which ties the strength: of the steward's own.
    """

    nodes: NDArray[np.bool_]
    ties: NDArray[np.bool_]
    owned: NDArray[np.bool_]
    judged: NDArray[np.bool_]


def visible(nodes: NodeColumns, ties: TieColumns, view: View) -> Visible:
    """Return what a view sees: O(n + m), a dozen passes over arrays.

    A view of another purpose than the network is kept for sees no person.
    """
    if view == EVERYTHING:
        every_tie = np.ones(len(ties.present), np.bool_)
        every_node = np.ones(len(nodes.ids), np.bool_)
        return Visible(every_node, every_tie, every_node, every_tie)
    own_slot = _steward_slot(nodes, view)
    own = column(nodes.steward) == own_slot
    consents = nodes.sights.get(view.consent)
    person = column(nodes.kind) == KIND_CODE["person"]
    if consents is None:
        agreed, cleared = ~person, _cleared_by_name(nodes, view, own)
    else:
        agreed = ~person | _in_force(consents, view.today.toordinal())
        cleared = _cleared_nodes(nodes, view, own, consents)
    own_ties = column(ties.steward) == own_slot
    seen = agreed & cleared
    source, target = column(ties.source), column(ties.target)
    seen_ties = _cleared(view, own_ties, column(ties.clearance)) & seen[source] & seen[target]
    if consents is not None:
        sensitive = column(nodes.sensitive) == 1
        type_bit = np.left_shift(1, column(ties.type).astype(np.uint8))
        scope, explicit = column(consents.ties), column(consents.explicit) == 1
        for end, other in ((source, target), (target, source)):
            agrees = ((scope[end] & type_bit) != 0) & (explicit[end] | ~sensitive[other])
            seen_ties &= ~person[end] | agrees
    if view.sees_own:
        seen, seen_ties = seen | own, seen_ties | own_ties
    return Visible(seen, seen_ties, own, own_ties)


def agreed_until(nodes: NodeColumns, slots: NDArray[np.int64], view: View) -> date | None:
    """Return the first day on which a consent of one of these people is over, if one ends."""
    consents = nodes.sights.get(view.consent)
    if view.everything or consents is None:
        return None
    people = slots[column(nodes.kind)[slots] == KIND_CODE["person"]]
    ends = column(consents.after)[people]
    first = int(ends.min(initial=NEVER_AFTER.toordinal()))
    return None if first == NEVER_AFTER.toordinal() else date.fromordinal(first)


def _steward_slot(nodes: NodeColumns, view: View) -> int:
    if view.organisation == COMMUNITY:
        return NO_STEWARD
    return nodes.slots.get(view.organisation, _NOWHERE)


def _in_force(consents: SightColumns, today: int) -> NDArray[np.bool_]:
    return (column(consents.first) <= today) & (today < column(consents.after))


def _cleared(view: View, own: NDArray[np.bool_], clearance: NDArray[Any]) -> NDArray[np.bool_]:
    if view.all_clearances:
        return np.ones(len(own), np.bool_)
    return own | np.isin(clearance, [CLEARANCE_CODE[word] for word in view.clearances])


def _cleared_by_name(nodes: NodeColumns, view: View, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    cleared = _cleared(view, own, column(nodes.clearance))
    for slot, said in nodes.cleared_for.items():
        cleared[slot] |= is_cleared(said, view.organisation, view.today)
    return cleared


def _cleared_nodes(
    nodes: NodeColumns, view: View, own: NDArray[np.bool_], consents: SightColumns
) -> NDArray[np.bool_]:
    by_clearance = _cleared_by_name(nodes, view, own)
    if view.all_clearances:
        return by_clearance
    # The last entry stands for -1: no partners are named.
    named = np.array([*(view.organisation in some for some in consents.partner_lists), False])
    partners = column(consents.partners)
    return np.where(partners >= 0, own | named[partners], by_clearance)
