"""What a measure answers: scores of nodes, figures of the whole, and why one is missing."""

from __future__ import annotations

from typing import Literal, NamedTuple

Scores = list[float | None]
"""One score a node, in the order of the projection's ids; None where it is not defined."""

Undefined = Literal[
    "no_nodes",
    "no_ties",
    "no_distance",
    "no_pairs",
    "no_route",
    "no_two_paths",
    "one_contact",
    "one_group",
    "alike",
    "certain",
    "disconnected",
    "too_many",
]
"""Why a score or figure is None.

no_nodes, no_ties, no_pairs, no_route, no_two_paths: there is nothing of what it is a share or a
mean of. no_distance: a sure tie has none. one_contact: it compares contacts. one_group: it compares
groups. alike: all have the same degree. certain: chance would always give the same.
disconnected: it is defined where all can reach each other. too_many: it would take too long.
"""


class Figure(NamedTuple):
    """One number of a whole network; `reason` says why there is none."""

    value: float | None
    reason: Undefined | None = None


def share(part: float, whole: float, otherwise: Undefined) -> Figure:
    """Return part / whole; without a whole there is none, for the reason given."""
    return Figure(part / whole) if whole else Figure(None, otherwise)
