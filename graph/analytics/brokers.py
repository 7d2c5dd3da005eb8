"""Who holds the network together."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.analytics.betweenness import AskedBetweenness, asked_betweenness
from graph.analytics.brokerage import ROLES, ClassTriples, brokerage, class_triples
from graph.analytics.cohesion import bridges, components, cut_points
from graph.analytics.dependence import (
    paid_connectors,
    pairs_only_through_agencies,
    share_of,
    ways_between_people,
)
from graph.analytics.figures import Figure
from graph.analytics.groups import areas_of, kinds_of
from graph.analytics.kernels import SEARCHED_FROM
from graph.analytics.projection import Projection, project
from graph.analytics.questions import BrokersParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    by_kind,
    conventions,
    figures_with_reasons,
    how_many,
    ranked,
)
from graph.analytics.structural_holes import structural_holes
from graph.network import Snapshot
from graph.nodes import KINDS, PARTIES


def brokers(
    snapshot: Snapshot, parameters: BrokersParameters, *, earlier: Snapshot | None = None
) -> ReportResult:
    """Report who stands between others, and what the network hangs on.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        Projection, weights, normalisation, areas, groups, how far off betweenness may be.
    earlier
        The day that a trend begins at, if one is asked for.

    Returns
    -------
    ReportResult
        Rows: betweenness, constraint, effective_size, cut_point, Gould and Fernandez's roles,
        `between_people`; the highest betweenness first. `reason` is `no_ties` where a measure is
        not defined. Summary: components, cut points, how far people depend on agencies and on
        who is paid (`earlier` and the change beside it), bridges as pairs of ids, the roles
        together, and open ways by the kinds of all three.

    Notes
    -----
    Cost as `measures.betweenness`, or as `sampled_betweenness` where it may be off, once for each
    day.
    """
    projection = project(snapshot, parameters.projection, areas=parameters.areas)
    weighted = parameters.weights == "strength"
    constraint, effective_size, *_ = structural_holes(projection, weighted=weighted)
    cuts = cut_points(projection)
    pairs = [[projection.ids[one], projection.ids[other]] for one, other in bridges(projection)]
    parts = components(projection)
    tied = projection.degrees > 0
    groups: list[str] = (
        kinds_of(projection)
        if parameters.groups == "kind"
        else [area or "" for area in areas_of(snapshot, projection)]
    )
    roles = brokerage(projection, groups)
    triples = _triples(projection)
    between = asked_betweenness(projection, parameters)
    each = 1 if projection.directed else 2
    person = triples.classes.index("person")
    rows = ranked(
        {
            "node": projection.ids,
            "betweenness": between.told,
            "constraint": constraint,
            "effective_size": effective_size,
            "cut_point": cuts,
            **dict(zip(ROLES[:-1], roles.counted.T, strict=False)),
            "between_people": triples.by_node[:, person, person] // each,
            "reason": [None if has else "no_ties" for has in tied.tolist()],
        },
        "betweenness",
        parameters.limit,
    )
    summary: Row = {
        "nodes": by_kind(projection),
        "ties": len(projection.sources),
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "isolates": int((~tied).sum()),
        "cut_points": sum(cuts),
        "bridges_count": len(pairs),
        **_dependence(snapshot, projection, triples, between),
        "bridges": pairs[: parameters.limit],
        "roles": [
            {"role": role, "counted": own.counted, "expected": own.expected, "z": own.z.value,
             "reason": own.z.reason}
            for role, own in roles.together.items()
        ],
        "class_triples": _cells(triples),
    }  # fmt: skip
    if earlier is not None:
        summary |= _trend(earlier, parameters, summary)
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
            library="networkx" if weighted or len(projection.ids) < SEARCHED_FROM else "wholemap",
        )
        | between.exactness,
        len(projection.ids),
        rows,
        truncated=max(len(projection.ids), len(pairs)) > parameters.limit,
    )


_OF_DEPENDENCE: Final = (
    "ways_by_person", "ways_by_association", "ways_by_agency", "pairs_only_through_agencies",
    "agency_share_of_ways", "agency_share_of_betweenness", "paid_share_of_betweenness",
)  # fmt: skip


def _dependence(
    snapshot: Snapshot, projection: Projection, triples: ClassTriples, between: AskedBetweenness
) -> Row:
    ways = ways_between_people(projection, triples)
    paid = np.flatnonzero(paid_connectors(snapshot)[projection.places]).tolist()
    agencies = np.flatnonzero(projection.kinds == KINDS.index("agency")).tolist()
    return {
        "ways_by_person": ways.by_person,
        "ways_by_association": ways.by_association,
        "ways_by_agency": ways.by_agency,
        **figures_with_reasons(
            {
                "pairs_only_through_agencies": pairs_only_through_agencies(projection),
                "agency_share_of_ways": ways.agency_share,
                "agency_share_of_betweenness": _share(between, agencies),
                "paid_share_of_betweenness": _share(between, paid),
            }
        ),
    }


def _share(between: AskedBetweenness, places: list[int]) -> Figure:
    share = share_of(between.drawn, places)
    if share.value is None or between.digits is None:
        return share
    return share._replace(value=round(share.value, between.digits))


def _trend(earlier: Snapshot, parameters: BrokersParameters, now: Row) -> Row:
    """Return the same figures of the earlier day, and what changed since."""
    before = project(earlier, parameters.projection, areas=parameters.areas)
    triples = _triples(before)
    was = _dependence(earlier, before, triples, asked_betweenness(before, parameters))
    figures = {name: was[name] for name in _OF_DEPENDENCE}
    return {
        "earlier": {"day": earlier.day.isoformat(), **figures},
        "change": {
            name: None if value is None or now[name] is None else now[name] - value
            for name, value in figures.items()
        },
    }


def _triples(projection: Projection) -> ClassTriples:
    """Return open ways by the kinds that there may be: assets only where there are some."""
    held = set(kinds_of(projection))
    classes = [kind for kind in KINDS if kind in PARTIES or kind in held]
    return class_triples(projection, kinds_of(projection), classes=classes)


def _cells(triples: ClassTriples) -> list[Row]:
    """Return the cells of the kinds that there are, every combination of them."""
    present = [
        place
        for place, kind in enumerate(triples.classes)
        if kind != "asset" or triples.together[place].any() or triples.together[:, place].any()
    ]
    return [
        {
            "before": triples.classes[before],
            "broker": triples.classes[broker],
            "after": triples.classes[after],
            "ways": int(triples.together[before, broker, after]),
        }
        for before in present
        for broker in present
        for after in present
    ]


_MEASURES = {
    "betweenness": "Freeman, NetworkX's normalisation over all nodes counted, ends not on a route;"
    " raw where normalised is false. With weights, by the strongest routes.",
    "constraint": "Burt, whole network, proportions of the ties in both directions; low: between"
    " people who do not know each other.",
    "effective_size": "Burt, whole network, proportions of the ties in both directions.",
    "cut_point": "Without it the network has more components; on the underlying undirected graph.",
    "coordinator": "Open ways a to b to c over a node as b, of one group all three; an undirected"
    " tie is two arrows. Groups are areas, or kinds if asked for; who is in no area or in several"
    " is in one group of its own.",
    "itinerant": "The same with a and c of one group, b of another.",
    "gatekeeper": "The same with b and c of one group, a of another.",
    "representative": "The same with a and b of one group, c of another.",
    "liaison": "The same with all three of different groups.",
    "between_people": "Pairs of people without a tie who meet at this node.",
    "ways_by_": "Open ways between two people by the kind of who is between them.",
    "agency_share_of_ways": "Of these, the share by agencies: whether neighbours meet only through"
    " an agency.",
    "pairs_only_through_agencies": "Pairs of people who share an agency, and neither a tie nor"
    " anybody else.",
    "agency_share_of_betweenness": "What agencies have of the betweenness of all; paid_share: what"
    " people have who are staff of an agency or serve as professionals.",
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
