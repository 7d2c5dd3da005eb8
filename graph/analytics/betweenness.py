"""Betweenness of ties, and of nodes by a sample where the exact one takes hours.

Betweenness of nodes, exact, is in `measures`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np

from graph.analytics.distances import longest_route
from graph.analytics.figures import Scores
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.measures import betweenness
from graph.analytics.projection import Indices, Projection
from graph.analytics.questions import MeasureParameters
from graph.errors import Invalid

SAMPLE_LIMIT: Final = 10_000_000
"""Routes that are drawn at most."""

_CUTS: Final = 8
"""So many times it is asked, of a large network, whether enough was drawn."""

_networkx: Final[Any] = nx


class SampledBetweenness(NamedTuple):
    """An estimate of betweenness, and how far off it may be.

    Parameters
    ----------
    scores
        In the order of the projection's ids, in the normalisation of `measures.betweenness`.
    error_bound
        No score is further off than this ...
    confidence
        ... with at least this probability, for all scores together.
    samples
        Routes drawn.
    seed
        What they were drawn from.
    exact
        Whether nothing had to be drawn, because nobody can be between others.
    """

    scores: list[float]
    error_bound: float
    confidence: float
    samples: int
    seed: int
    exact: bool


def tie_betweenness(
    projection: Projection, *, weighted: bool = False, normalised: bool = True
) -> list[float]:
    """Sum, for every tie, the shares of the shortest routes between two nodes that lead over it.

    Parameters
    ----------
    projection
        n nodes, m ties.
    weighted
        Shortest by -log(strength) instead of by steps, as `measures.betweenness`.
    normalised
        As a share of all pairs of nodes, reachable or not.

    Returns
    -------
    list of float
        In the order of the projection's ties; >= 0, and above 0 where unweighted, because a tie
        is the shortest route between its own ends. Isolates count among the pairs.

    Notes
    -----
    Exact; O(n m), weighted O(n m + n^2 log n). Raw: unordered pairs where undirected.

    References
    ----------
    .. [1] Girvan and Newman, "Community Structure in Social and Biological Networks", PNAS 99,
       2002.
    .. [2] Brandes, "On Variants of Shortest-Path Betweenness Centrality", Social Networks 30, 2008.
    """
    scores: dict[tuple[int, int], float] = _networkx.edge_betweenness_centrality(
        projection.graph, normalized=normalised, weight="quanta" if weighted else None
    )
    ties = zip(projection.sources.tolist(), projection.targets.tolist(), strict=True)
    if projection.directed:
        return [scores[tie] for tie in ties]
    return [scores[one, other] if (one, other) in scores else scores[other, one]
            for one, other in ties]  # fmt: skip


def sampled_betweenness(
    projection: Projection,
    *,
    epsilon: float = 0.01,
    delta: float = 0.01,
    seed: int = 0,
    normalised: bool = True,
) -> SampledBetweenness:
    """Estimate betweenness from shortest routes that are drawn by chance.

    Parameters
    ----------
    projection
        n nodes, m ties; strengths are not read.
    epsilon
        How far off a normalised score may be, in (0, 1).
    delta
        The probability that some score is further off, in (0, 1).
    seed
        The same seed draws the same routes.
    normalised
        As a share of all pairs of the other nodes; else the scores and their bound are numbers of
        pairs, as in `measures.betweenness`.

    Returns
    -------
    SampledBetweenness
        An isolate has 0.

    Raises
    ------
    Invalid
        When a bound is not in (0, 1), or needs more than `SAMPLE_LIMIT` routes.

    Notes
    -----
    At most 0.5 / e^2 (floor(log2(VD - 2)) + 1 + ln(2 / delta)) routes, where VD is not less
    than the number of nodes on the longest of all shortest routes, and e = epsilon (n - 2) / n
    because the theorem counts pairs of all nodes. Each is uniform among the shortest between a
    uniform ordered pair; pairs without a route count as drawn. O(routes * m) at most; in small
    networks routes from one node share a search, in large ones each is searched from both ends,
    and drawing ends as soon as empirical Bernstein bounds, on the other half of delta, hold for
    all scores.

    References
    ----------
    .. [1] Riondato and Kornaropoulos, "Fast Approximation of Betweenness Centrality through
       Sampling", Data Mining and Knowledge Discovery 30, 2016.
    .. [2] Maurer and Pontil, "Empirical Bernstein Bounds and Sample Variance Penalization", COLT
       2009.
    """
    if not (0 < epsilon < 1 and 0 < delta < 1):
        raise Invalid("epsilon and delta must lie between 0 and 1")
    count = len(projection.ids)
    longest = longest_route(projection)
    pairs = (count - 1) * (count - 2) / (1 if projection.directed else 2)
    unit = 1.0 if normalised else pairs
    if longest <= 2:  # noqa: PLR2004 - a route of two nodes has nobody in between
        return SampledBetweenness([0.0] * count, 0.0, 1.0, 0, seed, exact=True)
    samples = sample_size(count, longest, epsilon=epsilon, delta=delta)
    if count >= SEARCHED_FROM:
        hits, samples = _hits_until_sure(projection, samples, seed, epsilon=epsilon, delta=delta)
    else:
        hits = _route_hits(projection, samples, seed)
    scale = count / (count - 2) * unit / samples
    return SampledBetweenness(
        (hits * scale).tolist(), epsilon * unit, 1 - delta, samples, seed, exact=False
    )


class AskedBetweenness(NamedTuple):
    """Betweenness as a report was asked for it.

    Parameters
    ----------
    told
        What is shown of each node, in the order of the projection's ids: of an estimate no digit
        that is not sure.
    drawn
        The same before it was rounded.
    digits
        Decimals of what is shown; None: exact.
    exactness
        What the conventions of the report say of it.
    """

    told: Scores
    drawn: Scores
    digits: int | None
    exactness: dict[str, Any]


def asked_betweenness(projection: Projection, asked: MeasureParameters) -> AskedBetweenness:
    """Return betweenness exact, or estimated where `epsilon` is asked for.

    Raises
    ------
    Invalid
        When `epsilon` needs more than `SAMPLE_LIMIT` routes in this network.
    """
    if asked.epsilon is None:
        weighted = asked.weights == "strength"
        scores = betweenness(projection, weighted=weighted, normalised=asked.normalised)
        return AskedBetweenness(scores, scores, None, {})
    found = sampled_betweenness(projection, epsilon=asked.epsilon, seed=asked.seed)
    drawn: Scores = [*found.scores]
    if found.exact:
        return AskedBetweenness(drawn, drawn, None, {})
    digits = math.floor(-math.log10(asked.epsilon))
    said = (
        f"All but betweenness, from {found.samples:,} shortest ways: with {found.confidence:.0%}"
        f" confidence no score was further off than {asked.epsilon:g} before it was rounded to"
        f" {digits} decimals. Shares of it are estimates as well, without a bound."
    )
    return AskedBetweenness(
        [round(score, digits) for score in found.scores],
        drawn,
        digits,
        {"exact": False, "exactness": said, "seed": found.seed},
    )


def _hits_until_sure(
    projection: Projection, samples: int, seed: int, *, epsilon: float, delta: float
) -> tuple[Indices, int]:
    """Draw routes until the bound holds for what was drawn, and return how many those are."""
    from graph.analytics.kernels.samples import drawn_hits  # noqa: PLC0415 - see kernels

    count = len(projection.ids)
    cuts = [math.ceil(samples * part / _CUTS) for part in range(1, _CUTS + 1)]
    own = epsilon * (count - 2) / count
    # The other half of delta, for both sides of every score at every cut but the last.
    surprise = math.log(4 * count * (_CUTS - 1) / (delta / 2))
    hits, drawn = np.zeros(count, np.int64), samples
    for drawn, hits in zip(cuts, drawn_hits(projection, cuts, seed), strict=True):
        share = float(min(hits.max() / drawn, 0.5))
        spread = math.sqrt(2 * share * (1 - share) / max(drawn - 1, 1) * surprise)
        if spread + 7 * surprise / (3 * max(drawn - 1, 1)) <= own:
            break
    return hits, drawn


def _route_hits(projection: Projection, samples: int, seed: int) -> Indices:
    """Draw shortest routes between uniform pairs, and count how many lead through every node."""
    count = len(projection.ids)
    drawn = np.random.default_rng(seed)
    sources = np.sort(drawn.integers(count, size=samples))
    targets = drawn.integers(count - 1, size=samples)
    targets += targets >= sources
    hits = np.zeros(count, np.int64)
    starts = np.flatnonzero(np.diff(sources, prepend=-1))
    for source, ends in zip(sources[starts].tolist(), np.split(targets, starts[1:]), strict=True):
        found = _search(projection, source)
        for target in ends.tolist():
            for node in _drawn_route(found, target, drawn):
                hits[node] += 1
    return hits


def sample_size(count: int, longest: int, *, epsilon: float, delta: float) -> int:
    """Return how many routes hold a bound; see `sampled_betweenness`.

    Raises
    ------
    Invalid
        When they are more than `SAMPLE_LIMIT`.
    """
    own = epsilon * (count - 2) / count
    size = 0.5 / own**2 * (math.floor(math.log2(longest - 2)) + 1 + math.log(2 / delta))
    if size > SAMPLE_LIMIT:
        raise Invalid(f"epsilon and delta need {size:.3g} routes, over {SAMPLE_LIMIT}")
    return math.ceil(size)


class _Search(NamedTuple):
    """What a search from one node found, by node."""

    steps: dict[int, int]
    routes: dict[int, int]
    before: dict[int, list[int]]


def _search(projection: Projection, source: int) -> _Search:
    neighbours: Any = projection.graph.adj
    # Python's integers, because the number of routes has no bound.
    found = _Search({source: 0}, {source: 1}, {source: []})
    queue = [source]
    for near in queue:
        further = found.steps[near] + 1
        for far in neighbours[near]:
            if far not in found.steps:
                found.steps[far], found.routes[far], found.before[far] = further, 0, []
                queue.append(far)
            if found.steps[far] == further:
                found.routes[far] += found.routes[near]
                found.before[far].append(near)
    return found


def _drawn_route(found: _Search, target: int, drawn: np.random.Generator) -> Iterator[int]:
    """Yield who is inside one of the shortest routes, each of which is as likely."""
    node = target
    while found.steps.get(node, 0) > 1:
        ticket = _below(found.routes[node], drawn)
        for near in found.before[node]:
            ticket -= found.routes[near]
            if ticket < 0:
                node = near
                break
        yield node


def _below(bound: int, drawn: np.random.Generator) -> int:
    """Return a uniform number below a bound of any size."""
    if bound == 1:
        return 0
    octets = (bound.bit_length() + 7) // 8
    mask = (1 << bound.bit_length()) - 1
    while (number := int.from_bytes(drawn.bytes(octets), "little") & mask) >= bound:
        pass
    return number
