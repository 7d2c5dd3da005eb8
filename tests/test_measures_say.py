"""What every measure says of itself, and of networks of which there is little to say."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given

from graph.analytics import (
    betweenness,
    brokerage,
    census,
    centralisation,
    clustering,
    cohesion,
    communities,
    distances,
    groups,
    hierarchy,
    key_players,
    measures,
    status,
    structural_holes,
    two_days,
    two_mode,
)
from graph.analytics.figures import Figure
from graph.analytics.groups import kinds_of
from graph.analytics.projection import Projection
from tests.random_networks import OFTEN, networks
from tests.real_networks import projection_of

MEASURES: Final[dict[str, Callable[[Projection], Any]]] = {
    "measures.degree": measures.degree,
    "measures.strength": measures.strength,
    "measures.betweenness": measures.betweenness,
    "measures.closeness": measures.closeness,
    "measures.harmonic": measures.harmonic,
    "measures.eigenvector": measures.eigenvector,
    "measures.pagerank": measures.pagerank,
    "betweenness.tie_betweenness": betweenness.tie_betweenness,
    "betweenness.sampled_betweenness": lambda network: betweenness.sampled_betweenness(
        network, epsilon=0.3
    ),
    "distances.reach": lambda network: distances.reach(network, steps=2),
    "distances.eccentricity": distances.eccentricity,
    "distances.distances": distances.distances,
    "status.katz": status.katz,
    "status.hits": status.hits,
    "clustering.clustering": clustering.clustering,
    "clustering.directed_transitivity": clustering.directed_transitivity,
    "clustering.coreness": clustering.coreness,
    "census.dyads": census.dyads,
    "census.reciprocity": census.reciprocity,
    "census.triads": census.triads,
    "structural_holes.structural_holes": structural_holes.structural_holes,
    "brokerage.brokerage": lambda network: attrgetter("by_node", "together")(
        brokerage.brokerage(network, kinds_of(network))
    ),
    "brokerage.class_triples": lambda network: brokerage.class_triples(
        network, kinds_of(network)
    ).together.tolist(),
    "cohesion.density": cohesion.density,
    "cohesion.components": cohesion.components,
    "cohesion.strong_components": cohesion.strong_components,
    "cohesion.cut_points": cohesion.cut_points,
    "cohesion.bridges": cohesion.bridges,
    "cohesion.bicomponents": cohesion.bicomponents,
    "hierarchy.hierarchy": hierarchy.hierarchy,
    "groups.ei_index": lambda network: groups.ei_index(network, kinds_of(network)),
    "groups.assortativity": lambda network: groups.assortativity(network, kinds_of(network)),
    "groups.degree_assortativity": groups.degree_assortativity,
    "groups.modularity": lambda network: groups.modularity(network, kinds_of(network)),
    "communities.communities": communities.communities,
    "centralisation.centralisation": centralisation.centralisation,
    "key_players.fragmentation": key_players.fragmentation,
    "key_players.group_reach": lambda network: key_players.group_reach(network, []),
    "two_mode.two_mode_centrality": lambda network: two_mode.two_mode_centrality(
        projection_of(list(network.ids), []), np.zeros(len(network.ids), np.bool_)
    ),
    "two_days.compare": lambda network: two_days.compare(network, network),
}
"""Those that answer of any network without being told of one of its nodes."""

OTHERS: Final = (
    "key_players.breaking_players", "key_players.reaching_players", "redundancy.disjoint_routes",
    "two_mode.one_mode",
)  # fmt: skip


@pytest.mark.parametrize("name", [*MEASURES, *OTHERS])
def test_every_measure_says_its_source_its_cost_its_exactness_and_its_isolates(name: str) -> None:
    module, function = name.split(".")
    text = inspect.getdoc(getattr(import_module(f"graph.analytics.{module}"), function)) or ""
    assert "References\n-" in text
    assert re.search(r"O\(|[Cc]ost", text)
    assert re.search(r"[Ee]xact|heuristic|delta", text)
    assert re.search(r"[Ii]solate", text)


@pytest.mark.parametrize("name", [*MEASURES, *OTHERS])
def test_the_page_of_the_analysis_defines_every_measure(name: str) -> None:
    page = (Path(__file__).parents[1] / "docs/analysis.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page or f"`{name.split('.')[1]}`" in page


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("nodes", [[], ["a"], ["a", "b", "c"]])
@pytest.mark.parametrize("name", MEASURES)
def test_a_network_without_ties_has_an_answer(
    name: str, nodes: list[str], *, directed: bool
) -> None:
    answer = MEASURES[name](projection_of(nodes, [], directed=directed))
    json.dumps(answer, allow_nan=False)
    assert figures_are_whole(answer)


@OFTEN
@given(networks())
def test_no_answer_of_any_network_is_nan_or_infinite(network: Projection) -> None:
    for name, measure in MEASURES.items():
        answer = measure(network)
        json.dumps(answer, allow_nan=False)
        assert figures_are_whole(answer), name


def figures_are_whole(answer: Any) -> bool:
    """Tell whether every figure has either a value or a reason."""
    if isinstance(answer, Figure):
        return (answer.value is None) != (answer.reason is None)
    if isinstance(answer, dict):
        return all(map(figures_are_whole, answer.values()))
    return not isinstance(answer, (list, tuple)) or all(map(figures_are_whole, answer))
