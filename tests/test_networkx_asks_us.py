"""NetworkX's own tests pass when our measures answer them, but for those that are named here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from tests.networkx_backend import (
    ANSWERED,
    ARROWS,
    BY_NETWORKX,
    PAIRS,
    SOME,
    STEPS,
    UNEVEN,
    UNSCALED,
)

ROOT: Final = Path(__file__).parent.parent
ASKED: Final = (
    "assortativity.tests.test_correlation", "bipartite.tests.test_centrality",
    "bipartite.tests.test_project", "centrality.tests.test_betweenness_centrality",
    "centrality.tests.test_betweenness_centrality_subset",
    "centrality.tests.test_closeness_centrality", "centrality.tests.test_degree_centrality",
    "centrality.tests.test_eigenvector_centrality", "centrality.tests.test_harmonic_centrality",
    "centrality.tests.test_katz_centrality", "centrality.tests.test_percolation_centrality",
    "community.tests.test_bipartitions", "community.tests.test_modularity_max",
    "community.tests.test_quality", "components.tests.test_biconnected",
    "components.tests.test_connected", "components.tests.test_strongly_connected",
    "components.tests.test_weakly_connected",
    "connectivity.tests.test_edge_augmentation", "connectivity.tests.test_edge_kcomponents",
    "link_analysis.tests.test_hits", "link_analysis.tests.test_pagerank",
    "shortest_paths.tests.test_generic", "tests.test_bridges",
    "tests.test_chains", "tests.test_cluster", "tests.test_core",
    "tests.test_distance_measures", "tests.test_distance_regular", "tests.test_efficiency",
    "tests.test_reciprocity", "tests.test_structuralholes", "tests.test_vitality",
    "tests.test_wiener",
)  # fmt: skip
"""Modules of NetworkX's tests that ask for what we compute."""

COMPUTED_BY_NETWORKX: Final = {
    "articulation_points": "cut points under 5,000 nodes",
    "betweenness_centrality": "betweenness under 500 nodes, or by strengths",
    "biconnected_components": "bicomponents",
    "bridges": "bridges under 5,000 nodes",
    "closeness_centrality": "closeness under 500 nodes, or by strengths",
    "condensation": "who reaches whom, in Krackhardt's hierarchy",
    "core_number": "cores under 5,000 nodes",
    "dijkstra_path": "the second way that suppression closes",
    "edge_betweenness_centrality": "betweenness of ties",
    "harmonic_centrality": "harmonic under 500 nodes, or by strengths",
    "immediate_dominators": "gates",
    "node_disjoint_paths": "disjoint routes",
    "topological_sort": "who reaches whom, in Krackhardt's hierarchy",
    "triadic_census": "triads",
    "triangles": "the triangles that clustering and transitivity are shares of",
}
"""What NetworkX computes for us, which its own tests need not ask us."""

LEFT_OUT: Final = {
    # What is refused
    PAIRS: (
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_G3",
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_G4",
        "bridges.*.test_multiedge_bridge",
        "core.TestCore.test_core_number_self_loop",
        "correlation.*_multigraph",
        "distance_measures.TestEffectiveGraphResistance.test_effective_graph_resistance_multigraph",
        "distance_measures.TestKemenyConstant.test_kemeny_constant_multigraph",
        "distance_measures.TestKemenyConstant.test_kemeny_constant_selfloop",
        "pagerank.*.test_multigraph[pagerank]",
        "quality.test_modularity",
        "structuralholes.*_with_selfloop*",
    ),
    UNEVEN: (
        "pagerank.*personalization*[pagerank]",
        "pagerank.*.test_dangling_pagerank[pagerank]",
    ),
    ARROWS: (
        "cluster.TestDirectedAverageClustering.*",
        "cluster.TestDirectedClustering.test_clustering",
        "cluster.TestDirectedClustering.test_k5",
        "cluster.TestDirectedClustering.test_path",
        "cluster.TestDirectedClustering.test_triangle_and_edge",
        "cluster.TestDirectedWeightedClustering.*",
        "core.TestCore.test_directed_core_number",
        "correlation.TestDegreeMixingCorrelation.*_directed*",
        "eigenvector_centrality.TestEigenvectorCentralityDirected.*",
        "eigenvector_centrality.TestEigenvectorCentralityExceptions.test_disconnected_numpy[G1]",
        "project.TestBipartiteProject.test_directed_projection",
        "project.TestBipartiteProject.test_path_weighted_projected_directed_graph",
    ),
    BY_NETWORKX: (
        "betweenness_centrality.TestWeightedBetweennessCentrality.*_graph",
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_G",
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_G2",
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_K5",
        "betweenness_centrality.TestWeightedBetweennessCentrality.test_P3*",
        "betweenness_centrality.TestWeightedBetweennessCentrality.*_graph_normalized",
        "closeness_centrality.TestClosenessCentrality.test_weighted_closeness",
        "harmonic_centrality.TestClosenessCentrality.test_empty",
        "harmonic_centrality.TestClosenessCentrality.test_singleton",
        "harmonic_centrality.TestClosenessCentrality.test_weighted_harmonic",
    ),
    STEPS: (
        "distance_measures.TestDistance.test_eccentricity",
        "distance_measures.TestDistance.test_eccentricity_undirected_not_connected",
        "distance_measures.TestDistance.test_harmonic_diameter_weighted_paths",
        "distance_measures.TestDistance.test_use_bounds_on_off_consistency*",
        "distance_measures.TestWeightedDistance.test_bound_diameter_weight_attr",
        "distance_measures.TestWeightedDistance.test_bound_diameter_weight_fn",
        "distance_measures.TestWeightedDistance.test_center_weight_attr",
        "distance_measures.TestWeightedDistance.test_center_weight_fn",
        "distance_measures.TestWeightedDistance.test_diameter_weight_attr",
        "distance_measures.TestWeightedDistance.test_diameter_weight_fn",
        "distance_measures.TestWeightedDistance.test_eccentricity_weight_attr",
        "distance_measures.TestWeightedDistance.test_eccentricity_weight_fn",
        "distance_measures.TestWeightedDistance.test_periphery_weight_attr",
        "distance_measures.TestWeightedDistance.test_periphery_weight_fn",
        "distance_measures.TestWeightedDistance.test_radius_weight_attr",
        "distance_measures.TestWeightedDistance.test_radius_weight_fn",
        "generic.TestAverageShortestPathLength*.test_specified_methods*",
        "generic.TestAverageShortestPathLength.test_bad_method",
        "generic.TestAverageShortestPathLength.test_weighted",
        "vitality.TestClosenessVitality.test_weighted*",
    ),
    SOME: (
        "bridges.TestHasBridges.test_bridges_multiple_components",
        "bridges.TestHasBridges.test_has_bridges_raises_root_not_in_G",
        "chains.TestChainDecomposition.test_chain_decomposition_root_not_in_G",
        "cluster.TestAverageClustering.test_average_clustering",
        "correlation.TestDegreeMixingCorrelation.test_degree_assortativity_node_kwargs",
        "harmonic_centrality.TestClosenessCentrality.*_harmonic_subset",
        "harmonic_centrality.TestClosenessCentrality.test_cycle_c4_directed",
    ),
    UNSCALED: (
        "centrality.TestBipartiteCentrality.test_bipartite_closeness_centrality_unconnected",
        "closeness_centrality.TestClosenessCentrality.test_wf_improved",
        "project.TestBipartiteWeightedProjection.test_project_weighted_ratio",
    ),
    "routes with their ends: ours leaves them out": (
        "betweenness_centrality.TestBetweennessCentrality.*_endpoints",
        "betweenness_centrality.TestBetweennessCentrality.test_scale_with_k_*[*-True-*-None-*]",
    ),
    "drawn sources: ours draws routes": (
        "betweenness_centrality.TestBetweennessCentrality.test_k_out_of_bounds_raises",
        "betweenness_centrality.TestBetweennessCentrality.test_sample_from_P3",
        "betweenness_centrality.TestBetweennessCentrality.test_scale_with_k_*[*-1-*]",
        "betweenness_centrality.TestBetweennessCentrality.test_scale_with_k_*[*-3-*]",
    ),
    "clustering by weights": (
        "cluster.TestAverageClustering.test_average_clustering_signed",
        "cluster.TestClustering.test_k5_signed",
        "cluster.TestWeightedClustering.test_clustering",
        "cluster.TestWeightedClustering.test_cubical",
        "cluster.TestWeightedClustering.test_k5",
        "cluster.TestWeightedClustering.test_path",
        "cluster.TestWeightedClustering.test_triangle_and_*edge",
    ),
    "degrees by weights": (
        "correlation.TestDegreeMixingCorrelation.test_degree_assortativity_weighted",
    ),
    "a beginning of each node's own: ours is 1 for all": (
        "katz_centrality.*.test_bad_beta*",
        "katz_centrality.*.test_beta_as_dict",
    ),
    "an alpha above our bound for it, if below the true one": (
        "katz_centrality.TestKatzEigenvectorVKatz.test_eigenvector_v_katz_random",
    ),
    "a resolution: ours is 1": (
        "modularity_max.test_modularity_communities_weighted[naive_*]",
        "modularity_max.test_resolution_parameter_impact",
        "quality.test_modularity_resolution",
    ),
    "ties within a mode": ("project.TestBipartiteProject.test_path_weighted_projected_graph",),
    "fewer than three nodes: NetworkX computes them for us": (
        "centrality.TestBipartiteCentrality.test_closeness_centrality",
    ),
    # What is answered, but otherwise
    "ours tells the limit, and no number of steps is too small": (
        "eigenvector_centrality.TestEigenvectorCentrality.test_maxiter",
        "eigenvector_centrality.TestEigenvectorCentralityExceptions.test_zero_nstart",
        "hits.TestHITS.test_hits_not_convergent",
        "katz_centrality.TestKatzCentrality.test_maxiter",
        "pagerank.*.test_pagerank_max_iter[pagerank]",
    ),
    "ours gives every component of the greatest radius its part": (
        "eigenvector_centrality.TestEigenvectorCentralityExceptions.test_disconnected_numpy[G0]",
    ),
    "nothing to measure: ours answers with no scores, or null and why": (
        "cluster.TestAverageClustering.test_empty",
        "distance_measures.TestDistance.test_harmonic_diameter_empty",
        "distance_measures.TestDistance.test_harmonic_diameter_single_node",
        "eigenvector_centrality.TestEigenvectorCentralityExceptions.test_multigraph_numpy",
        "eigenvector_centrality.TestEigenvectorCentralityExceptions.test_null*",
        "generic.TestAverageShortestPathLength.test_null_graph",
    ),
    "ours adds in another order, and so has another last digit": (
        "betweenness_centrality_subset.test_equivalence_non_subset",
    ),
    "who is alone has degree 0, where NetworkX says 1": (
        "degree_centrality.TestDegreeCentrality.test_small_graph_centrality",
    ),
}
"""Tests that our measures do not pass, by the reason; `*` is anything."""


class Asked(NamedTuple):
    """What became of a test: how it failed, if it did, and which measures of ours answered it."""

    failed: str | None
    answered: frozenset[str]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Asked]:
    """Run NetworkX's tests with our measures for its backend, which nobody else is told of."""
    folder = tmp_path_factory.mktemp("backend")
    told = folder / "wholemap_measures-0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: wholemap-measures\nVersion: 0\n")
    (told / "entry_points.txt").write_text(
        "[networkx.backends]\nwholemap = tests.networkx_backend:Measures\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\njunit_family = xunit1\n")
    command = [
        sys.executable, "-m", "pytest", "-qq", "--tb=no", "-c", "pytest.ini", "--rootdir",
        str(Path(nx.__file__).parent.parent), "--junitxml=report.xml", "-p", "no:cacheprovider",
        "-p", "tests.networkx_backend", "--pyargs",
        *(f"networkx.algorithms.{module}" for module in ASKED),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "NETWORKX_TEST_BACKEND": "wholemap",
        # For what a test asks beside our measures.
        "NETWORKX_FALLBACK_TO_NX": "1",
    }
    ran = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    report = ET.parse(folder / "report.xml")  # noqa: S314 - written by the line above
    return {name_of(case): what_became_of(case) for case in report.iter("testcase")}


def name_of(case: ET.Element) -> str:
    whole = f"{case.attrib['classname']}.{case.attrib['name']}"
    return whole.rpartition(".tests.test_")[2]


def what_became_of(case: ET.Element) -> Asked:
    ends = [end for kind in ("failure", "error", "skipped") for end in case.iter(kind)]
    return Asked(
        "\n".join(end.attrib["message"] for end in ends) if ends else None,
        frozenset(own.attrib["name"] for own in case.iter("property")),
    )


def reasons_of(test: str) -> list[str]:
    return [
        reason
        for reason, names in LEFT_OUT.items()
        for name in names
        if re.fullmatch(re.escape(name).replace(r"\*", ".*"), test)
    ]


def test_every_test_of_networkx_passes_or_is_left_out_for_its_reason(
    asked: dict[str, Asked],
) -> None:
    for test, (failed, _) in asked.items():
        reasons = reasons_of(test)
        assert len(reasons) == (failed is not None), (test, failed, reasons)
        if failed and "NotOffered: " in failed:
            assert failed.partition("NotOffered: ")[2] == reasons[0], test


def test_every_name_that_is_left_out_is_of_a_test(asked: dict[str, Asked]) -> None:
    for reason, names in LEFT_OUT.items():
        for name in names:
            pattern = re.compile(re.escape(name).replace(r"\*", ".*"))
            assert any(map(pattern.fullmatch, asked)), (reason, name)


def test_each_measure_answers_a_test_and_all_together_180(asked: dict[str, Asked]) -> None:
    passed = [answered for failed, answered in asked.values() if failed is None and answered]
    assert len(passed) >= 180
    assert frozenset[str]().union(*passed) == set(ANSWERED)


def test_what_networkx_computes_for_us_is_named() -> None:
    called = re.compile(
        r"(?:\b_networkx|\bnx)\.([a-z]\w*)\(|^from networkx\.\S+ import (\w+)", re.MULTILINE
    )
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("graph/analytics/**/*.py")]
    found = {name or imported for text in sources for name, imported in called.findall(text)}
    assert found == set(COMPUTED_BY_NETWORKX)
