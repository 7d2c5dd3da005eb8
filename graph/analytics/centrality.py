"""Who is well connected, in each of the usual senses."""

from __future__ import annotations

from graph.analytics import measures
from graph.analytics.betweenness import asked_betweenness
from graph.analytics.cohesion import components
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.projection import project
from graph.analytics.questions import MeasureParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    by_kind,
    conventions,
    how_many,
    number,
    ranked,
)
from graph.network import Snapshot


def centrality(snapshot: Snapshot, parameters: MeasureParameters) -> ReportResult:
    """Report six measures of centrality for every node.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        Projection, weights, normalisation, areas, how far off betweenness may be.

    Returns
    -------
    ReportResult
        Rows: degree, betweenness, closeness, harmonic, eigenvector, pagerank; the highest degree
        first. `reason` where a measure is not defined: `no_ties` (nobody has one, so that there
        is no eigenvector) or `no_distance` (a sure tie has none).

    Notes
    -----
    Cost as `measures.betweenness`.
    """
    projection = project(snapshot, parameters.projection, areas=parameters.areas)
    weighted, normalised = parameters.weights == "strength", parameters.normalised
    between = asked_betweenness(projection, parameters)
    near = measures.nearness(projection, weighted=weighted)
    columns = {
        "degree": measures.degree(projection, normalised=normalised),
        "betweenness": between.told,
        "closeness": near.closeness,
        "harmonic": near.harmonic,
        "eigenvector": measures.eigenvector(projection, weighted=weighted),
        "pagerank": measures.pagerank(projection, weighted=weighted),
    }
    undefined = "no_distance" if len(projection.sources) else "no_ties"
    reasons = [
        undefined if None in scores else None for scores in zip(*columns.values(), strict=True)
    ]
    rows = ranked(
        {"node": projection.ids, **columns, "reason": reasons}, "degree", parameters.limit
    )
    count, ties = len(projection.ids), len(projection.sources)
    parts = components(projection)
    pairs = count * (count - 1) // (1 if projection.directed else 2)
    summary: Row = {
        "nodes": by_kind(projection),
        "ties": ties,
        "density": ties / pairs if pairs else None,
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "isolates": int((projection.degrees == 0).sum()),
        "most_ties": max(projection.degrees.tolist(), default=0),
    }
    return ReportResult(
        centrality_headline(count, summary),
        summary,
        conventions(
            parameters,
            directed=projection.directed,
            scope="whole network"
            if parameters.areas is None
            else "nodes in the areas and the ties among them",
            isolates="Degree, betweenness, closeness, harmonic and eigenvector are 0; PageRank is"
            " what chance jumps bring. Without any tie there is no eigenvector: null (no_ties).",
            measures=_MEASURES,
            library="networkx" if weighted or count < SEARCHED_FROM else "wholemap",
        )
        | between.exactness,
        count,
        rows,
        truncated=count > parameters.limit,
    )


_MEASURES = {
    "degree": "Number of neighbours, in and out together where directed, whatever the weights; as"
    " a share of the n - 1 others where normalised.",
    "betweenness": "Freeman, NetworkX's normalisation over all nodes counted, ends not on a route;"
    " raw where normalised is false. With weights, by the strongest routes.",
    "closeness": "Wasserman and Faust; inward where directed. With weights null (no_distance)"
    " where all who reach a node do so for sure.",
    "harmonic": "Sum of 1 / distance, never normalised; inward where directed. With weights null"
    " (no_distance) beside a sure tie.",
    "eigenvector": "Of the whole underlying undirected graph, Euclidean norm 1; above 0 only in"
    " the component of greatest spectral radius.",
    "pagerank": "Damping 0.85, sum 1, each score exact to 1e-13 of it.",
}


def centrality_headline(counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    ties, most = summary["ties"], summary["most_ties"]
    if counted == 0:
        return "Nobody is on this map on that day."
    if ties == 0:
        return f"Of {number(counted)} counted, none has a tie to another."
    return (
        f"{number(counted).capitalize()} are counted and"
        f" {how_many(ties, 'pair is', 'pairs are')} tied;"
        f" the best connected has {how_many(most, 'tie', 'ties')}."
    )
