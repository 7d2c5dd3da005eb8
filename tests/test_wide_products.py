"""Ends of ties are numbers of four bytes, and the number of a pair of them needs eight."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from graph.analytics.projection import Projection, project
from graph.analytics.structural_holes import structural_holes
from graph.network import Network, NodeRow, TieRow

# Of fewer nodes the number of a pair fits in four bytes: 46,341 squared is above 2^31.
NODES = 50_000
LAST = range(NODES - 3, NODES)


def test_the_last_of_many_nodes_are_tied_to_whom_they_are_tied() -> None:
    network = Network()
    ids = [f"{place:05}" for place in range(NODES)]
    network.load(
        (NodeRow(id_, "person", id_) for id_ in ids),
        (TieRow(f"t{one}", "trusts", ids[one], ids[one + 1]) for one in LAST[:-1]),
    )
    for name in ("social", "trust"):
        found = project(network.on(date(2026, 1, 1)), name)
        assert list(found.pairs) == [(LAST[0], LAST[1]), (LAST[1], LAST[2])]


@pytest.mark.parametrize("directed", [False, True])
def test_the_last_of_many_nodes_constrain_one_another_as_few_do(*, directed: bool) -> None:
    ends = np.array([0, 1, 2, 0]), np.array([1, 2, 0, 2])
    alone, among = (
        structural_holes(
            Projection.of(
                "trust",
                [(f"{place:05}", 0) for place in range(count)],
                (ends[0] + count - 3, ends[1] + count - 3, np.full(4, np.nan)),
                directed=directed,
            )
        )
        for count in (3, NODES)
    )
    assert among.constraint[-3:] == pytest.approx(alone.constraint)
    assert among.effective_size[-3:] == pytest.approx(alone.effective_size)
