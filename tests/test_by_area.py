"""Counts of people by area, in each report that has them."""

from __future__ import annotations

import pytest

from graph.analytics.reports import run
from tests.small_networks import day_of, person


@pytest.mark.parametrize("kind", ["isolation", "support"])
def test_an_area_where_nobody_was_asked_is_told_of(kind: str) -> None:
    snapshot = day_of(
        person("ada", areas=("north", "south")), person("named", mapped=False, areas=("west",))
    )
    counted = {
        line["area"]: (line["people"], line["mapped"])
        for line in run(kind, snapshot, {})["summary"]["by_area"]
    }
    assert counted == {"north": (1, 1), "south": (1, 1), "west": (1, 0)}
