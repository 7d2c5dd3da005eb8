"""Records for whoever studies the network: people under pseudonyms, no free text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graph.disclosure import Pseudonyms

MOST_MEAN_DEGREE: Final = 10
"""Above this the pattern of somebody's ties is likely to be theirs alone."""

_OF_PERSON: Final = (
    "kind", "areas", "mapped", "steward", "clearance", "active_from", "active_to",
)  # fmt: skip
_NOT_OF_GROUPS: Final = frozenset({"contacts", "description", "provenance", "source"})
_OF_TIE: Final = (
    "type", "relation", "strength", "level", "paid", "state", "steward", "clearance",
    "valid_from", "valid_to",
)  # fmt: skip


class Outline(NamedTuple):
    """What is in an export, and how densely it is tied; `groups` are those who are no people."""

    groups: frozenset[str]
    nodes: int
    ties: int

    @property
    def mean_degree(self) -> float:
        """Ties at a node, in the mean."""
        return 2 * self.ties / self.nodes if self.nodes else 0.0

    @property
    def warning(self) -> str | None:
        """What whoever passes the network on must know; null where it is thinly tied."""
        if self.mean_degree <= MOST_MEAN_DEGREE:
            return None
        return (
            f"mean degree {self.mean_degree:.3g} is above {MOST_MEAN_DEGREE}:"
            " people may be found by the pattern of their ties"
        )


def pseudonymous_node(node: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return a node without what could name somebody: of a person next to nothing is left."""
    if node["kind"] == "person":
        said = {name: node[name] for name in _OF_PERSON if name in node}
        return {**said, "id": pseudonyms.of(node["id"])}
    return {name: value for name, value in node.items() if name not in _NOT_OF_GROUPS}


def pseudonymous_tie(
    tie: Mapping[str, Any], groups: Collection[str], pseudonyms: Pseudonyms
) -> dict[str, Any]:
    """Return a tie with its people under their pseudonyms, its own id with them.

    An end that is not among the groups is taken for a person: a steward's own tie may lead to
    somebody who is not in the export.
    """
    said = {name: tie[name] for name in _OF_TIE if name in tie}
    ends = {name: tie[name] for name in ("source", "target")}
    hidden = {name: end if end in groups else pseudonyms.of(end) for name, end in ends.items()}
    own = tie["id"] if hidden == ends else pseudonyms.of(tie["id"])
    return {**said, **hidden, "id": own}
