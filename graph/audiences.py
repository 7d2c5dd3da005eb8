"""Who is told that a record is gone: whoever could know that it was there, and nobody else.

The feed keeps an audience with the entry, since nothing is left to judge once the record is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.clearances import organisations
from graph.policy import SHARED, agreed_to_tie

if TYPE_CHECKING:
    from datetime import date

    from graph.policy import NodeFacts, TieFacts, View


def audience_of(shared: NodeFacts) -> str:
    """Return who else could know of a node, as the feed keeps it for when the node is gone.

    Parameters
    ----------
    shared
        What the policy reads of it, with the consent for `sharing`.

    Returns
    -------
    str
        `*` whom its clearance lets, the ids of organisations between blanks, or nothing.
    """
    if shared.kind == "person" and shared.sight is None:
        return ""
    if shared.sight is not None and shared.sight.partners is not None:
        return " ".join(sorted(shared.sight.partners))
    if shared.clearance in SHARED:
        return "*"
    return " ".join(organisations(shared.cleared_for))


def audience_of_tie(shared: TieFacts, today: date) -> str:
    """Return who else could see a tie before it was deleted, as `audience_of` does of a node.

    Whoever saw it saw both its ends; what only an end's or the tie's steward saw, they know.

    Parameters
    ----------
    shared
        What the policy reads of it, its ends with the consent for `sharing`.
    today
        The last day that it was there, anywhere.
    """
    ends = (shared.source, shared.target)
    if shared.clearance not in SHARED or not all(
        agreed_to_tie(end, other, shared.type, today) for end, other in (ends, ends[::-1])
    ):
        return ""
    return of_both(*map(audience_of, ends))


def of_both(one: str, other: str) -> str:
    """Return who is told by both of two audiences."""
    named = [set(audience.split()) for audience in (one, other) if audience != "*"]
    return " ".join(sorted(named[0].intersection(*named))) if named else "*"


def is_told_of(view: View, audience: str) -> bool:
    """Tell whether a view is told that a record is gone which it may have known."""
    if audience == "*":
        return view.all_clearances or bool(view.clearances)
    return bool(audience) and (view.all_clearances or view.organisation in audience.split())
