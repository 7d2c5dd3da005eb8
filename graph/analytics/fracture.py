"""Whether the network hangs together, in which parts it lies, and where it would come apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np

from graph.analytics.cohesion import components
from graph.analytics.communities import Communities, communities
from graph.analytics.groups import areas_of, ei_index, kinds_of
from graph.analytics.key_players import fragmentation
from graph.analytics.projection import Projection, project
from graph.analytics.questions import FractureParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    by_kind,
    conventions,
    figures_with_reasons,
    how_many,
    number,
    ranked,
    taken,
)
from graph.analytics.splits import splits
from graph.network import Snapshot
from graph.nodes import KINDS


def fracture(
    snapshot: Snapshot,
    parameters: FractureParameters,
    *,
    earlier: Snapshot | None = None,
    labels: Mapping[str, int] | None = None,
) -> ReportResult:
    """Report in which parts the network lies, and what breaks off with whom.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        Projection, areas, and the seed of the communities.
    earlier
        Another day, whose communities lend their numbers to those that they have most in common
        with.
    labels
        The communities of an earlier run by id, which lend their numbers instead.

    Returns
    -------
    ReportResult
        Rows: `component` and `community` by number, the largest is 1; `cut_off`, `ei_index`,
        `reason`; who breaks off the most first. Summary: components, fragmentation, E-I index,
        modularity, cut points, bridges as pairs of ids with what breaks off the most first,
        components by size, and a table of the communities.

    Notes
    -----
    O(n log n + m log m). All is exact but the communities, see `communities.communities`.
    """
    projection = project(snapshot, parameters.projection, areas=parameters.areas)
    parts = components(projection)
    broken = splits(projection)
    found = communities(
        projection,
        seed=parameters.seed,
        weighted=parameters.weights == "strength",
        earlier=_earlier(earlier, parameters) if labels is None else labels,
    )
    by_area = ei_index(projection, areas_of(snapshot, projection))
    labels_of_all = np.zeros(len(snapshot), np.int32)
    labels_of_all[projection.places] = found.labels
    component = np.empty(len(projection.ids), np.int64)
    for at, part in enumerate(parts, 1):
        component[part] = at
    rows = ranked(
        {
            "node": projection.ids,
            "component": component,
            "community": found.labels,
            "cut_off": broken.by_node,
            "ei_index": by_area.by_node,
            "reason": [None if own is not None else "no_ties" for own in by_area.by_node],
        },
        "cut_off",
        parameters.limit,
    )
    pairs = [[projection.ids[one], projection.ids[other]] for one, other, _ in broken.by_bridge]
    summary: Row = {
        "nodes": by_kind(projection),
        "ties": len(projection.sources),
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "isolates": sum(len(part) == 1 for part in parts),
        "communities": len(set(found.labels)),
        "unconnected_communities_split": found.split,
        "cut_points": sum(own > 0 for own in broken.by_node),
        "bridges_count": len(pairs),
        "most_cut_off_by_a_node": max(broken.by_node, default=0),
        "most_cut_off_by_a_tie": broken.by_bridge[0][2] if pairs else 0,
        **figures_with_reasons(
            {
                "fragmentation": fragmentation(projection),
                "modularity": found.modularity,
                "ei_index_by_area": by_area.whole,
                "ei_index_by_kind": ei_index(projection, kinds_of(projection)).whole,
                "ei_index_by_community": ei_index(projection, found.labels).whole,
            }
        ),
        "bridges": pairs[: parameters.limit],
        "component_sizes": _sizes(parts),
        "community_table": _communities(projection, found)[: parameters.limit],
    }
    return ReportResult(
        fracture_headline(len(projection.ids), summary),
        summary,
        {
            **conventions(
                parameters,
                directed=projection.directed,
                scope="whole network"
                if parameters.areas is None
                else "nodes in the areas and the ties among them",
                isolates="An isolate is a component and a community of its own; its E-I index is"
                " null (no_ties).",
                measures=_MEASURES,
                library="networkit",
            ),
            "exact": False,
            "exactness": "All but the communities, for which no best division is known.",
            "seed": found.seed,
        },
        len(projection.ids),
        rows,
        truncated=max(len(projection.ids), len(pairs)) > parameters.limit,
        labels=labels_of_all,
    )


_MEASURES: Final = {
    "component": "Parts without any tie to each other, on the underlying undirected graph; the"
    " largest is 1.",
    "community": "Parts that keep to each other more than chance would have it: Louvain with"
    " refinement, unconnected ones split; the largest is 1, unless an earlier day or run lends"
    " numbers.",
    "cut_off": "How many others lose the largest piece that is left when this node goes.",
    "ei_index": "Ties out of a group less those within it, over both: -1 all within, 1 all out. Of"
    " a node, by area; of the whole, by area, by kind and by community. Who is in no area or in"
    " several is left out by area.",
    "fragmentation": "Share of the pairs that cannot reach each other.",
    "modularity": "Share of ties within communities, less what it would be by chance.",
    "bridges": "Ties without which the network has more components; what breaks off the most"
    " first.",
}


def _earlier(earlier: Snapshot | None, parameters: FractureParameters) -> dict[str, int] | None:
    if earlier is None:
        return None
    before = project(earlier, parameters.projection, areas=parameters.areas)
    found = communities(before, seed=parameters.seed, weighted=parameters.weights == "strength")
    return dict(zip(before.ids, found.labels, strict=True))


def _sizes(parts: list[list[int]]) -> list[Row]:
    counts = Counter(len(part) for part in parts)
    return [{"nodes": size, "components": counts[size]} for size in sorted(counts, reverse=True)]


def _communities(projection: Projection, found: Communities) -> list[Row]:
    """Return the communities with what they hold, the largest first, then by number."""
    labels, of_node = np.unique(np.array(found.labels, np.int64), return_inverse=True)
    count = len(labels)
    kinds = np.bincount(of_node * len(KINDS) + projection.kinds, minlength=count * len(KINDS))
    own, far = of_node[projection.sources], of_node[projection.targets]
    across = own != far
    columns = {
        "community": labels,
        "nodes": np.bincount(of_node, minlength=count),
        **{
            name: kinds[KINDS.index(kind) :: len(KINDS)]
            for name, kind in (
                ("people", "person"), ("associations", "association"), ("agencies", "agency"),
            )
        },
        "ties_within": np.bincount(own[~across], minlength=count),
        "ties_out": np.bincount(own[across], minlength=count)
        + np.bincount(far[across], minlength=count),
    }  # fmt: skip
    return taken(columns, np.argsort(-columns["nodes"], kind="stable"))


def fracture_headline(counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if counted == 0:
        return "Nobody is on this map on that day."
    parts, ties = summary["components"], summary["bridges_count"]
    if parts == 1:
        text = (
            "The only one that was counted has nobody to break from"
            if counted == 1
            else f"All {number(counted)} that were counted hang together"
        )
    else:
        alone = summary["isolates"]
        text = (
            f"The {number(counted)} that were counted lie in {number(parts)} parts without any tie"
            f" to each other, the largest of {number(summary['largest_component'])}"
        )
        if alone != 0:
            text += f"; {how_many(alone, 'stands', 'stand')} alone"
    if ties == 0:
        return f"{text}; no single tie would split it further."
    worst = summary["most_cut_off_by_a_tie"]
    return (
        f"{text}; {how_many(ties, 'tie has', 'ties have')} no second way round, and the worst of"
        f" them to lose would break {number(worst)} off."
    )
