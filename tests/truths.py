"""Our figures of the 26 real networks beside those that other programs computed of them.

`python -m tests.truths` prints how often each truth is compared, and how far off we are at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Final, NamedTuple, cast

from graph.analytics import measures
from graph.analytics.brokerage import Role, brokerage
from graph.analytics.census import dyads, reciprocity, triads
from graph.analytics.centralisation import centralisation
from graph.analytics.clustering import clustering, coreness, directed_transitivity
from graph.analytics.cohesion import (
    bridges,
    components,
    cut_points,
    density,
    giant,
    strong_components,
)
from graph.analytics.distances import distances
from graph.analytics.groups import assortativity, degree_assortativity, ei_index, modularity
from graph.analytics.hierarchy import hierarchy
from graph.analytics.projection import Projection
from graph.analytics.rescaling import rescaling
from graph.analytics.structural_holes import structural_holes
from tests.real_networks import (
    CENTRALITY,
    NAMES,
    grouped_by,
    groups_of,
    is_directed,
    truth,
    whole,
    whole_truth,
)

Value = float | None
Values = dict[tuple[Any, ...], Value]

MEASURES: Final[dict[str, Callable[[Projection], list[float | None]]]] = {
    "degree": measures.degree,
    "betweenness": measures.betweenness,
    "closeness": measures.closeness,
    "harmonic": measures.harmonic,
    "eigenvector": measures.eigenvector,
    "pagerank": measures.pagerank,
    "constraint": lambda network: structural_holes(network).constraint,
    "effective_size": lambda network: structural_holes(network).effective_size,
}
RESCALED: Final = {
    **CENTRALITY,
    "u_burt_constraint": ("constraint", "the same; NaN for an isolate"),
    "u_effective_size": (
        "effective_size",
        "Borgatti: degree - 2 * ties among the neighbours / degree",
    ),
}
"""Truths by the measure that gives them, and the convention that they are in."""

_SETS: Final = {"isolates", "u_articulation_points", "u_bridges"}
"""Truths that list which nodes or pairs are so."""


class Case(NamedTuple):
    """A network in both readings, and the groups of its nodes where it has any."""

    network: Projection
    arrows: Projection
    groups: list[str]


class Compared(NamedTuple):
    """How far one figure or list of figures is from what was computed elsewhere."""

    values: int
    difference: float


def by_id(network: Projection, scores: list[float | None]) -> dict[str, float | None]:
    return dict(zip(network.ids, scores, strict=True))


def rescaled(network: Projection, measure: str, theirs: str) -> dict[str, float | None]:
    """Return a measure in another program's convention, null where it is not defined."""
    scores = MEASURES[measure](network)
    defined = [score for score in scores if score is not None]
    answers = iter(rescaling(measure, theirs).apply(defined, len(network.ids)))
    return by_id(network, [None if score is None else next(answers) for score in scores])


@cache
def case(name: str) -> Case:
    column = grouped_by(name)
    groups = groups_of(name, column) if column else {}
    network = whole(name)
    return Case(network, whole(name, directed=True), [groups.get(node, "") for node in network.ids])


@cache
def truths(name: str) -> dict[str, Any]:
    """Return all that was computed of a network; what is by its own column says "by_group"."""
    column = grouped_by(name)
    return {
        key.replace(f"_by_{column}", "_by_group"): value
        for key, value in {**truth(name), **whole_truth(name)}.items()
        if key != "whole_network"
    }


def compared(name: str, key: str) -> Compared:
    """Return how far a figure of ours is from the truth of this key.

    Raises
    ------
    AssertionError
        When one of the two has a node, a pair or a value that the other has not.
    """
    unsaid = 0.0 if key in _SETS else None
    ours, theirs = _values(OURS[key](name)), _values(_in_sets(key, truths(name)[key]))
    difference = 0.0
    for place in ours.keys() | theirs.keys():
        one, other = ours.get(place, unsaid), theirs.get(place, unsaid)
        assert (one is None) == (other is None), (name, key, place, one, other)
        if one is not None and other is not None:
            difference = max(difference, abs(one - other))
    return Compared(len(ours), difference)


def everywhere(key: str) -> dict[str, Compared]:
    """Return the same for each network of which this truth is told."""
    return {name: compared(name, key) for name in NAMES if key in truths(name)}


def _in_sets(key: str, said: Any) -> Any:
    if key == "u_bridges":
        return {frozenset(pair) for pair in said}
    return set(said) if key in _SETS else said


def _values(said: Any) -> Values:
    """Return each figure by where it stands; 1 for what is in a set."""
    if isinstance(said, AbstractSet):
        return {(each,): 1.0 for each in cast("AbstractSet[Any]", said)}
    if isinstance(said, list):
        return _values(dict(enumerate(cast("list[Any]", said))))
    if isinstance(said, Mapping):
        parts = cast("Mapping[Any, Any]", said)
        return {
            (key, *place): value
            for key, part in parts.items()
            for place, value in _values(part).items()
        }
    return {(): None if said is None else float(said)}


def _rescaled(key: str) -> Callable[[str], Any]:
    return lambda name: rescaled(case(name).network, *RESCALED[key])


def _isolates(name: str) -> set[str]:
    network = case(name).network
    return {node for node, degree in zip(network.ids, network.degrees, strict=True) if not degree}


def _cut_points(name: str) -> set[str]:
    network = case(name).network
    return {node for node, cut in zip(network.ids, cut_points(network), strict=True) if cut}


def _bridges(name: str) -> set[frozenset[str]]:
    network = case(name).network
    return {frozenset((network.ids[one], network.ids[other])) for one, other in bridges(network)}


def _by_node(
    measure: Callable[[Projection], Any], *, directed: bool = False
) -> Callable[[str], Any]:
    def ours(name: str) -> dict[str, float | None]:
        network = case(name).arrows if directed else case(name).network
        return by_id(network, measure(network))

    return ours


def _in_one(
    measure: Callable[[Projection], Any], *, directed: bool = False
) -> Callable[[str], Any]:
    return lambda name: measure(case(name).arrows if directed else case(name).network)


def _degrees_one_way(name: str, *, inward: bool) -> dict[str, float]:
    arrows = case(name).arrows
    found = dict.fromkeys(arrows.ids, 0.0)
    ends: list[int] = (arrows.targets if inward else arrows.sources).tolist()
    for end in ends:
        found[arrows.ids[end]] += 1
    return found


IN_SNA: Final[dict[Role, str]] = {
    "coordinator": "w_I",
    "itinerant": "w_O",
    "gatekeeper": "b_OI",
    "representative": "b_IO",
    "liaison": "b_O",
    "total": "t",
}


@cache
def _brokerage(name: str) -> Any:
    network, arrows, groups = case(name)
    return brokerage(arrows if is_directed(name) else network, groups)


def _roles(figure: str) -> Callable[[str], Any]:
    def ours(name: str) -> dict[str, dict[str, float | None]]:
        found: dict[str, dict[str, float | None]] = defaultdict(dict)
        for role, letter in IN_SNA.items():
            scores = getattr(_brokerage(name).by_node[role], figure)
            for node, score in zip(case(name).network.ids, scores, strict=True):
                found[node][letter] = score
        return found

    return ours


def _roles_together(name: str) -> dict[str, float]:
    return {letter: _brokerage(name).together[role].counted for role, letter in IN_SNA.items()}


def _z_together(name: str) -> dict[str, float | None]:
    return {letter: _brokerage(name).together[role].z.value for role, letter in IN_SNA.items()}


def _of_groups(
    measure: Callable[[Projection, list[str]], Any], *, directed: bool = False
) -> Callable[[str], Any]:
    def ours(name: str) -> Any:
        network, arrows, groups = case(name)
        return measure(arrows if directed else network, groups)

    return ours


OURS: Final[dict[str, Callable[[str], Any]]] = {
    **{key: _rescaled(key) for key in RESCALED},
    "isolates": _isolates,
    "u_articulation_points": _cut_points,
    "u_bridges": _bridges,
    "u_component_sizes": _in_one(lambda n: [len(part) for part in components(n)]),
    "u_coreness": _by_node(coreness),
    "u_local_clustering": _by_node(lambda n: clustering(n).local),
    "n": _in_one(lambda n: len(n.ids)),
    "u_edges": _in_one(lambda n: len(n.sources)),
    "u_n_components": _in_one(lambda n: len(components(n))),
    "u_max_core": _in_one(lambda n: max(coreness(n))),
    "u_density": _in_one(lambda n: density(n).value),
    "u_avg_clustering": _in_one(lambda n: clustering(n).mean.value),
    "u_transitivity": _in_one(lambda n: clustering(n).transitivity.value),
    "u_avg_distance_giant": _in_one(lambda n: distances(n, among=giant(n)).mean.value),
    "u_diameter_giant": _in_one(lambda n: distances(n, among=giant(n)).diameter.value),
    "u_centralization_degree": _in_one(lambda n: centralisation(n).degree.value),
    "u_centralization_betweenness": _in_one(lambda n: centralisation(n).betweenness.value),
    "u_centralization_closeness": _in_one(lambda n: centralisation(n).closeness.value),
    "u_degree_assortativity": _in_one(lambda n: degree_assortativity(n).value),
    "u_krackhardt_connectedness": _in_one(lambda n: hierarchy(n).connectedness.value),
    "u_krackhardt_efficiency": _in_one(lambda n: hierarchy(n).efficiency.value),
    "d_arcs": _in_one(lambda n: len(n.sources), directed=True),
    "d_density": _in_one(lambda n: density(n).value, directed=True),
    "d_indegree": lambda name: _degrees_one_way(name, inward=True),
    "d_outdegree": lambda name: _degrees_one_way(name, inward=False),
    "d_betweenness_raw": lambda name: rescaled(
        case(name).arrows, "betweenness", "raw, ordered pairs"
    ),
    "d_burt_constraint_sumsym": _by_node(lambda n: structural_holes(n).constraint, directed=True),
    "d_triad_census": _in_one(triads, directed=True),
    "d_dyads_mutual": _in_one(lambda n: dyads(n).mutual, directed=True),
    "d_dyads_asym": _in_one(lambda n: dyads(n).asymmetric, directed=True),
    "d_dyads_null": _in_one(lambda n: dyads(n).null, directed=True),
    "d_arc_reciprocity": _in_one(lambda n: reciprocity(n).arrows.value, directed=True),
    "d_dyad_reciprocity_nonnull": _in_one(lambda n: reciprocity(n).pairs.value, directed=True),
    "d_transitivity_weak": _in_one(lambda n: directed_transitivity(n).value, directed=True),
    "d_strong_components": _in_one(lambda n: len(strong_components(n)), directed=True),
    "d_krackhardt_connectedness": _in_one(
        lambda n: hierarchy(n).connectedness.value, directed=True
    ),
    "d_krackhardt_hierarchy": _in_one(lambda n: hierarchy(n).hierarchy.value, directed=True),
    "d_krackhardt_efficiency": _in_one(lambda n: hierarchy(n).efficiency.value, directed=True),
    "d_krackhardt_lubness": _in_one(
        lambda n: hierarchy(n, bound="highest").least_upper_bound.value, directed=True
    ),
    "d_gould_fernandez_by_group": _roles("counted"),
    "d_gould_fernandez_expected_by_group": _roles("expected"),
    "d_gould_fernandez_z_by_group": _roles("z"),
    "d_gould_fernandez_global_by_group": _roles_together,
    "d_gould_fernandez_global_z_by_group": _z_together,
    "u_EI_index_by_group": _of_groups(lambda n, groups: ei_index(n, groups).whole.value),
    "u_node_EI_by_group": _of_groups(lambda n, groups: by_id(n, list(ei_index(n, groups).by_node))),
    "u_assortativity_by_group": _of_groups(lambda n, groups: assortativity(n, groups).value),
    "u_modularity_by_group": _of_groups(lambda n, groups: modularity(n, groups).value),
    "d_EI_index_by_group": _of_groups(
        lambda n, groups: ei_index(n, groups).whole.value, directed=True
    ),
}
"""What we say of a network, by the key of the truth that it is held against.

A node that is left out, or said to be null, is one for which the figure is not defined.
"""


def table() -> str:
    """Return a line for each truth."""
    lines = [f"{'truth':40}  networks  values  largest difference"]
    for key in OURS:
        found = everywhere(key).values()
        values, off = sum(each.values for each in found), max(each.difference for each in found)
        lines.append(f"{key:40}  {len(found):8}  {values:6}  {off:.1e}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - that is what the command is for
