"""Who holds the network together."""

from __future__ import annotations

from graph.analytics.cohesion import bridges, components, cut_points
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.measures import betweenness
from graph.analytics.projection import project
from graph.analytics.questions import MeasureParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    by_kind,
    conventions,
    how_many,
    ranked,
    table,
)
from graph.analytics.structural_holes import structural_holes
from graph.network import Snapshot


def brokers(snapshot: Snapshot, parameters: MeasureParameters) -> ReportResult:
    """Report who stands between others, and what the network hangs on.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        Projection, weights, normalisation, areas.

    Returns
    -------
    ReportResult
        Rows: betweenness, constraint, effective_size, cut_point; the highest betweenness first.
        `reason` is `no_ties` where a measure is not defined. Summary: components, cut points and
        bridges as pairs of ids.

    Notes
    -----
    Cost as `measures.betweenness`.
    """
    projection = project(snapshot, parameters.projection, areas=parameters.areas)
    weighted = parameters.weights == "strength"
    holes = structural_holes(projection, weighted=weighted)
    cuts = cut_points(projection)
    tied = projection.degrees > 0
    rows = ranked(
        table(
            {
                "node": projection.ids,
                "betweenness": betweenness(
                    projection, weighted=weighted, normalised=parameters.normalised
                ),
                "constraint": holes.constraint,
                "effective_size": holes.effective_size,
                "cut_point": cuts,
                "reason": [None if has else "no_ties" for has in tied.tolist()],
            }
        ),
        "betweenness",
    )
    pairs = [[projection.ids[one], projection.ids[other]] for one, other in bridges(projection)]
    parts = components(projection)
    summary: Row = {
        "nodes": by_kind(projection),
        "ties": len(projection.sources),
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "isolates": int((~tied).sum()),
        "cut_points": sum(cuts),
        "bridges_count": len(pairs),
        "bridges": pairs[: parameters.limit],
    }
    return ReportResult(
        brokers_headline(len(projection.ids), summary),
        summary,
        conventions(
            parameters,
            directed=projection.directed,
            scope="whole network"
            if parameters.areas is None
            else "nodes in the areas and the ties among them",
            isolates="Betweenness 0, never a cut point; constraint and effective size are null"
            " (no_ties).",
            measures=_MEASURES,
            searched=len(projection.ids) >= SEARCHED_FROM and not weighted,
        ),
        len(projection.ids),
        rows[: parameters.limit],
        truncated=max(len(rows), len(pairs)) > parameters.limit,
    )


_MEASURES = {
    "betweenness": "Freeman, NetworkX's normalisation over all nodes counted, ends not on a route;"
    " raw where normalised is false. With weights, by the strongest routes.",
    "constraint": "Burt, whole network, proportions of the ties in both directions; low: between"
    " people who do not know each other.",
    "effective_size": "Burt, whole network, proportions of the ties in both directions.",
    "cut_point": "Without it the network has more components; on the underlying undirected graph.",
    "bridges": "Pairs without whose tie the network has more components; on the underlying"
    " undirected graph.",
}


def brokers_headline(counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    cuts, pairs = summary["cut_points"], summary["bridges_count"]
    among = f"among {how_many(counted, 'that was', 'that were')} counted"
    if counted == 0:
        return "Nobody is on this map on that day."
    if cuts == 0 and pairs == 0:
        return (
            f"Nobody {among} is the only link between others: the network hangs on no single one."
        )
    links = how_many(pairs, "tie is", "ties are")
    if cuts == 0:
        return f"Nobody {among} is the only link between others, but {links} without a second way."
    holds = how_many(cuts, "is the only link", "are the only links")
    return (
        f"{holds} between others {among}, and {links} without a second way round: "
        "if one of them goes, the network comes apart."
    )
