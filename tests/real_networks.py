"""The 26 real networks, and what other programs and papers say of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from graph.analytics.projection import Projection
from graph.analytics.rescaling import rescaling
from graph.network import Network, NodeRow, Snapshot, TieRow

DATA: Final = Path(__file__).parent / "data"
NAMES: Final = sorted(path.stem for path in (DATA / "truths/computed").glob("*.json"))
DAY: Final = date(2026, 3, 1)
TOLERANCE: Final = 1e-6

Arc = tuple[str, str]

CENTRALITY: Final = {
    "u_degree": ("degree", "number of neighbours"),
    "u_betweenness_raw": ("betweenness", "raw, unordered pairs"),
    "u_closeness_freeman": ("closeness", "Freeman: (n - 1) / sum of distances"),
    "u_harmonic_raw": ("harmonic", "sum of 1 / distance"),
    "u_eigenvector_max1": ("eigenvector", "greatest score 1"),
    "u_pagerank_085": ("pagerank", "sum 1, damping .85"),
}
"""Truths by the measure that gives them, and the convention that they are in."""


def truth(name: str) -> dict[str, Any]:
    """Return the computed truths of a network: measure to values."""
    found = json.loads((DATA / f"truths/computed/{name}.json").read_text(encoding="utf-8"))
    return {measure: line.get("values") for measure, line in found["measures"].items()}


def is_directed(name: str) -> bool:
    return json.loads((DATA / f"truths/computed/{name}.json").read_text(encoding="utf-8"))[
        "directed"
    ]


def whole_truth(name: str) -> dict[str, float]:
    """Return the figures of a network as a whole: measure to value."""
    found = json.loads((DATA / f"truths/computed/{name}.json").read_text(encoding="utf-8"))
    return {measure: line["value"] for measure, line in found["measures"]["whole_network"].items()}


def grouped_by(name: str) -> str | None:
    """Return the column of its nodes that the truths of a network group it by."""
    return json.loads((DATA / f"truths/computed/{name}.json").read_text(encoding="utf-8"))[
        "attribute"
    ]


def groups_of(name: str, column: str) -> dict[str, str]:
    return {line["id"]: line[column] for line in _lines(f"networks/{name}.nodes.csv")}


def whole(name: str, *, directed: bool = False) -> Projection:
    return projection_of(nodes_of(name), arcs_of(name), directed=directed)


def published(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"truths/published/{name}.json").read_text(encoding="utf-8"))


def nodes_of(name: str) -> list[str]:
    return [line["id"] for line in _lines(f"networks/{name}.nodes.csv")]


def arcs_of(name: str) -> list[Arc]:
    """Return every line of the file: both directions and parallel ties as they stand there."""
    return [(line["source"], line["target"]) for line in _lines(f"networks/{name}.edges.csv")]


def projection_of(
    nodes: list[str],
    arcs: list[Arc],
    strengths: list[float] | None = None,
    *,
    directed: bool = False,
) -> Projection:
    """Return people and the ties between them."""
    place = {node: index for index, node in enumerate(nodes)}
    ends = np.array([[place[one], place[other]] for one, other in arcs], np.int64).reshape(-1, 2)
    chances = np.full(len(arcs), np.nan) if strengths is None else np.array(strengths, np.float64)
    return Projection.of(
        "trust" if directed else "social",
        [(node, 0) for node in nodes],
        (ends[:, 0], ends[:, 1], chances),
        directed=directed,
    )


def snapshot_of(nodes: list[str], arcs: list[Arc], *, directed: bool = False) -> Snapshot:
    """Return people who trust each other, or else are tied now by one type, now by another."""
    network = Network()
    network.load(
        (NodeRow(id=node, kind="person", name=node, mapped=True) for node in nodes),
        (
            TieRow(id=f"t{index}", type="trusts", source=source, target=target)
            if directed or index % 3 == 0
            else TieRow(
                id=f"c{index}", type="connects", source=source, target=target, relation="peer"
            )
            for index, (source, target) in enumerate(arcs)
        ),
    )
    return network.on(DAY)


def check_centrality(result: Mapping[str, Any], name: str) -> None:
    """Hold a centrality report against the truths of a network; rows name nodes as its file."""
    rows, expected = result["rows"], truth(name)
    assert result["counted"] == len(rows) == len(nodes_of(name))
    for key, (measure, theirs) in CENTRALITY.items():
        if expected.get(key) is None:
            continue
        scores = rescaling(measure, theirs).apply([row[measure] for row in rows], len(rows))
        for row, score in zip(rows, scores, strict=True):
            assert score == pytest.approx(expected[key][row["node"]], abs=TOLERANCE), (row, key)


def check_brokers(result: Mapping[str, Any], name: str) -> None:
    """Hold a brokers report, not normalised, against the truths of a network."""
    rows, expected = result["rows"], truth(name)
    assert result["counted"] == len(rows) == len(nodes_of(name))
    for row in rows:
        node = row["node"]
        raw = pytest.approx(expected["u_betweenness_raw"][node], abs=TOLERANCE)
        assert row["betweenness"] == raw
        for key, measure in (
            ("u_burt_constraint", "constraint"),
            ("u_effective_size", "effective_size"),
        ):
            assert row[measure] == pytest.approx(expected[key].get(node), abs=TOLERANCE)
        assert row["cut_point"] == (node in expected["u_articulation_points"])
        assert row["reason"] == ("no_ties" if node in expected["isolates"] else None)
    summary = result["summary"]
    bridges = {frozenset(pair) for pair in expected["u_bridges"]}
    assert {frozenset(pair) for pair in summary["bridges"]} == bridges
    assert summary["bridges_count"] == len(bridges)
    assert summary["cut_points"] == len(expected["u_articulation_points"])
    assert summary["components"] == len(expected["u_component_sizes"])
    assert summary["isolates"] == len(expected["isolates"])


def _lines(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
