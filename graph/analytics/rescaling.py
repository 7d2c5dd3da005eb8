"""How the measures of other programs are reached from ours. `docs/analysis.md` prints this table.

Ours are those of NetworkX. A rescaling takes the normalised scores of a whole projection, in any
order, and gives those that the named programs print.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Rescale = Callable[[Sequence[float], int], list[float]]


@dataclass(frozen=True, slots=True)
class Rescaling:
    """One measure in another convention.

    Parameters
    ----------
    measure
        Name of the measure in a row of a report.
    ours
        What our normalised score is.
    theirs
        What the other score is.
    rule
        How it is reached; n is the number of nodes counted.
    printed_by
        Programs and functions that print it.
    apply
        The rule: normalised scores and n to the other scores.
    """

    measure: str
    ours: str
    theirs: str
    rule: str
    printed_by: str
    apply: Rescale


def _same(scores: Sequence[float], _count: int) -> list[float]:
    return list(scores)


def _times_others(scores: Sequence[float], count: int) -> list[float]:
    return [score * (count - 1) for score in scores]


def _over_others(scores: Sequence[float], count: int) -> list[float]:
    return [score / max(count - 1, 1) for score in scores]


def _times_pairs(scores: Sequence[float], count: int) -> list[float]:
    return [score * (count - 1) * (count - 2) / 2 for score in scores]


def _times_ordered_pairs(scores: Sequence[float], count: int) -> list[float]:
    return [score * (count - 1) * (count - 2) for score in scores]


def _over_greatest(scores: Sequence[float], _count: int) -> list[float]:
    greatest = max(scores, default=0.0)
    return [score / greatest if greatest else 0.0 for score in scores]


RESCALINGS: Final[tuple[Rescaling, ...]] = (
    Rescaling(
        "degree",
        "share of the n - 1 others",
        "number of neighbours",
        "times n - 1, or `normalised: false`",
        "igraph degree, sna degree(gmode='graph')",
        _times_others,
    ),
    Rescaling(
        "betweenness",
        "share of the pairs of others",
        "raw, unordered pairs",
        "times (n - 1)(n - 2) / 2, or `normalised: false`",
        "igraph betweenness, sna betweenness(gmode='graph')",
        _times_pairs,
    ),
    Rescaling(
        "betweenness",
        "share of the ordered pairs of others (directed)",
        "raw, ordered pairs",
        "times (n - 1)(n - 2), or `normalised: false`",
        "igraph betweenness(directed=True), sna betweenness",
        _times_ordered_pairs,
    ),
    Rescaling(
        "closeness",
        "Wasserman and Faust",
        "Freeman: (n - 1) / sum of distances",
        "the same where the network is connected; Freeman's is not defined elsewhere",
        "sna closeness, igraph closeness(normalized=True)",
        _same,
    ),
    Rescaling(
        "closeness",
        "Wasserman and Faust",
        "1 / sum of distances",
        "over n - 1, where the network is connected",
        "igraph closeness(normalized=False), netrics",
        _over_others,
    ),
    Rescaling(
        "harmonic",
        "sum of 1 / distance, never normalised",
        "sum of 1 / distance",
        "the same",
        "sna closeness(cmode='suminvundir') times n - 1",
        _same,
    ),
    Rescaling(
        "harmonic",
        "sum of 1 / distance, never normalised",
        "mean of 1 / distance",
        "over n - 1",
        "igraph harmonic_centrality, sna closeness(cmode='suminvundir')",
        _over_others,
    ),
    Rescaling(
        "eigenvector",
        "Euclidean norm 1",
        "greatest score 1",
        "over the greatest score",
        "igraph eigenvector_centrality, netrics",
        _over_greatest,
    ),
    Rescaling(
        "pagerank",
        "sum 1, damping .85",
        "sum 1, damping .85",
        "the same",
        "igraph pagerank",
        _same,
    ),
    Rescaling(
        "constraint",
        "Burt, whole network, both directions added; None for an isolate",
        "the same; NaN for an isolate",
        "the same",
        "networkx constraint, igraph constraint",
        _same,
    ),
    Rescaling(
        "effective_size",
        "Burt, whole network, both directions added; None for an isolate",
        "Borgatti: degree - 2 * ties among the neighbours / degree",
        "the same where undirected and unweighted",
        "networkx effective_size(nodes=list(G))",
        _same,
    ),
    Rescaling(
        "cut_point",
        "true or false, on the underlying undirected graph",
        "a list of cut vertices",
        "those that are true",
        "networkx articulation_points, igraph articulation_points, sna cutpoints",
        _same,
    ),
)
"""Every measure that a report gives, and what others print under the same name."""


def rescaling(measure: str, theirs: str) -> Rescaling:
    """Return the one rescaling of a measure to a convention.

    Raises
    ------
    KeyError
        When the table has no such line.
    """
    for line in RESCALINGS:
        if (line.measure, line.theirs) == (measure, theirs):
            return line
    raise KeyError((measure, theirs))
