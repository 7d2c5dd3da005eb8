"""Which fields of a record that is seen are shown: pure, the same for every answer.

What somebody said about another is shown to who said it and to the record's steward, never to the
other; where a record came from is its steward's own; a consent may leave fields of a person out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from graph.consents import SCOPED_FIELDS
from graph.nodes import AnyNode, Person

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.policy import View
    from graph.ties import AnyTie, TieType
    from graph.values import Value

RecordT = TypeVar("RecordT", bound="Value")

JUDGEMENTS: Final[dict[TieType, tuple[str, ...]]] = {
    "offers": (),
    "wants": (),
    "connects": ("strength", "quality"),
    "trusts": ("level", "openness", "reliability", "shared_mission"),
}
"""What a tie says of somebody, by its type."""

OF_THE_STEWARD: Final = ("source", "provenance", "expires_on", "told_on")
"""Where a record of a person came from, who wrote it down, and what is due to them for it."""


def shown_node(view: View, node: AnyNode, scope: Collection[str] | None) -> AnyNode:
    """Return a node as a view that sees it is shown it.

    Parameters
    ----------
    scope
        The fields that the person's consent for the view's purpose opens; null is all of them.
    """
    if view.everything or node.id == view.person:
        return node
    own = view.owns(node.steward)
    hidden: set[str] = set()
    if isinstance(node, Person) and scope is not None and not (own and view.sees_own):
        hidden.update(set(SCOPED_FIELDS) - set(scope))
    if not own:
        hidden.update(OF_THE_STEWARD if isinstance(node, Person) else ("provenance",))
    shown = _without(node, hidden)
    if own or view.all_clearances or not shown.contacts:
        return shown
    cleared = [c for c in shown.contacts if c.clearance in (None, *view.clearances)]
    return shown.model_copy(update={"contacts": cleared})


def shown_tie(view: View, tie: AnyTie, author: str | None) -> AnyTie:
    """Return a tie as a view that sees it is shown it.

    Parameters
    ----------
    author
        The node that stated it, if that is known.
    """
    if view.everything or view.owns(tie.steward) or author == view.person:
        return tie
    return _without(tie, {*JUDGEMENTS[tie.type], "provenance"})


def _without(record: RecordT, hidden: Collection[str]) -> RecordT:
    blank: dict[str, Any] = {
        name: field.get_default(call_default_factory=True)
        for name, field in type(record).model_fields.items()
        if name in hidden
    }
    return record.model_copy(update=blank) if blank else record
