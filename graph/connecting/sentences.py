"""A route as one sentence that a coordinator can read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.nodes import Kind
    from graph.ties import Relation


class Said(NamedTuple):
    """What one step says: its relation (null: by its type), and whether its source walks it."""

    relation: Relation | None
    type: str
    forwards: bool


_BY_RELATION: Final[dict[Relation, tuple[str, str]]] = {
    "member": ("is a member of", "counts among its members"),
    "staff": ("is on the staff of", "has on its staff"),
    "volunteer": ("is a volunteer at", "counts among its volunteers"),
    "uses": ("uses", "is used by"),
    "professional": ("gives professional support to", "gets professional support from"),
    "hosts": ("hosts", "is hosted by"),
    "controls": ("controls", "is controlled by"),
    "funds": ("funds", "is funded by"),
    "partner": ("is a partner of", "is a partner of"),
    "family": ("is a relative of", "is a relative of"),
    "friend": ("is a friend of", "is a friend of"),
    "neighbour": ("is a neighbour of", "is a neighbour of"),
    "peer": ("is a peer of", "is a peer of"),
    "other": ("is connected with", "is connected with"),
}
"""From the source, and from the target. Every phrase ends where the other's name follows, so that
the next clause stands beside the name that it is about."""

_BY_TYPE: Final[dict[str, tuple[str, str]]] = {
    "offers": ("offers", "is offered by"),
    "wants": ("wants", "is wanted by"),
    "trusts": ("trusts", "is trusted by"),
}


def phrase(said: Said) -> str:
    """Return the words between the two names of a step."""
    pair = _BY_TYPE[said.type] if said.relation is None else _BY_RELATION[said.relation]
    return pair[0] if said.forwards else pair[1]


def sentence(names: Sequence[str], kinds: Sequence[Kind], steps: Sequence[Said]) -> str:
    """Return a route as one sentence: "Ada trusts Ben, who is a member of the choir" and a stop.

    Parameters
    ----------
    names, kinds
        Of all nodes of the route, in order: one more than steps.
    steps
        What each step says.
    """
    text = f"{names[0]} {phrase(steps[0])} {names[1]}"
    for name, kind, said in zip(names[2:], kinds[1:], steps[1:], strict=False):
        text += f", {'who' if kind == 'person' else 'which'} {phrase(said)} {name}"
    return text if text.endswith((".", "!", "?")) else f"{text}."
