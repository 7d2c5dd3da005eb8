"""Which of the six levels are mapped: worked out by hand, and told without giving anybody away."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.evenness import gini, pielou
from graph.analytics.reports import run
from graph.network import LEVELS, NodeRow, Snapshot
from tests.small_networks import day_of, person


def thing(id_: str, *levels: Any, **said: Any) -> NodeRow:
    return NodeRow(id_, "asset", id_, levels=levels, **said)


def things(prefix: str, count: int, *levels: Any, **said: Any) -> list[NodeRow]:
    return [thing(f"{prefix}{place}", *levels, **said) for place in range(count)]


def published() -> Snapshot:
    """Return the map of which the evenness is published: 30, 10, 10, 5, 5 and none."""
    counts = zip(LEVELS, (30, 10, 10, 5, 5, 0), strict=True)
    return day_of(*(row for level, count in counts for row in things(level, count, level)))


def test_evenness_is_one_for_six_alike_nought_for_all_in_one_and_null_for_nothing() -> None:
    assert pielou([4] * 6) == pytest.approx(1, abs=1e-12)
    assert pielou([7, 0, 0, 0, 0, 0]) == 0
    assert pielou([30, 10, 10, 5, 5, 0]) == pytest.approx(0.758, abs=5e-4)
    assert pielou([0] * 6) is None
    assert pielou([3]) is None


def test_a_load_that_one_of_four_carries_is_spread_three_quarters_unequally() -> None:
    assert gini([0, 0, 0, 5]) == 0.75
    assert gini([2, 2, 2]) == 0
    assert gini([1, 3]) == 0.25
    assert gini([0, 0]) is None
    assert gini([]) is None


@given(st.lists(st.integers(0, 50), min_size=2, max_size=6))
def test_evenness_and_gini_lie_between_nought_and_one_and_heed_no_order(counts: list[int]) -> None:
    for measure in (pielou, gini):
        value = measure(counts)
        assert (value is None) == (sum(counts) == 0)
        if value is not None:
            assert -1e-12 <= value <= 1 + 1e-12
            assert measure(sorted(counts)) == pytest.approx(value, abs=1e-12)


def test_the_published_map_has_its_evenness_and_asks_about_culture_next() -> None:
    result = run("balance", published(), {})
    by_hand = (log(60) - (30 * log(30) + 20 * log(10) + 10 * log(5)) / 60) / log(6)
    assert result["summary"]["evenness"] == pytest.approx(by_hand, abs=1e-12)
    assert result["summary"]["next"] == "cultural"
    assert result["headline"] == (
        "60 assets are on this map, none of them cultural (evenness 0.76). Next, ask who"
        " sings, plays, paints, cooks and tells the stories here."
    )


def test_assets_are_counted_by_area_aim_and_level_actual_and_potential() -> None:
    result = run(
        "balance",
        day_of(
            person("p"),
            thing("hall", "physical", areas=("east",), exercise="walk"),
            thing("barn", "physical", "cultural", areas=("east", "west"), status="potential"),
            thing("skill", "individual", areas=("east",), exercise="walk"),
            thing("unsaid", areas=("west",)),
            thing("nowhere", "economic"),
        ),
        {},
        known_areas=["east", "north", "west"],
    )
    rows = {
        (row["area"], row["aim"], row["level"]): (row["actual"], row["potential"], row["assets"])
        for row in result["rows"]
        if row["assets"]
    }
    assert rows == {
        ("east", "walk", "individual"): (1, 0, 1),
        ("east", "walk", "physical"): (1, 0, 1),
        ("east", None, "physical"): (0, 1, 1),
        ("east", None, "cultural"): (0, 1, 1),
        ("west", None, "physical"): (0, 1, 1),
        ("west", None, "cultural"): (0, 1, 1),
        ("west", None, None): (1, 0, 1),
        (None, None, "economic"): (1, 0, 1),
    }
    cells = [(row["area"], row["aim"]) for row in result["rows"][:: len(LEVELS) + 1]]
    assert cells == [
        ("east", "walk"), ("east", None), ("north", None), ("west", None), (None, None),
    ]  # fmt: skip
    assert result["counted"] == result["summary"]["assets"] == 5
    east, east_unsaid, north, *_ = result["summary"]["by_area"]
    assert (east["assets"], east["next"]) == (2, "association")
    assert east["evenness"] == pytest.approx(0.386852807, abs=1e-9)  # log 2 / log 6
    assert (east_unsaid["evenness"], east_unsaid["next"]) == (None, "physical")
    assert (north["assets"], north["evenness_with_potential"]) == (0, None)
    [unsaid] = [line for line in result["summary"]["by_level"] if line["level"] is None]
    assert unsaid["assets"] == 1
    west = run("balance", day_of(thing("barn", "physical", areas=("west",))), {"areas": ["hill"]})
    assert west["counted"] == 0
    assert {row["area"] for row in west["rows"]} == {"hill"}


def test_an_analyst_is_told_no_small_count_and_no_evenness_that_gives_one_away() -> None:
    rows = things("a", 40, "physical", areas=("east",))
    rows += things("b", 3, "cultural", areas=("east",))
    rows += things("c", 12, "cultural", areas=("west",))
    result = run("balance", day_of(*rows), {}, smallest=8)
    told = {
        (row["area"], row["level"]): row["actual"] for row in result["rows"] if row["actual"] != 0
    }
    assert told == {
        ("east", "physical"): 40, ("east", "cultural"): None, ("west", "cultural"): None,
    }  # fmt: skip
    east, west = result["summary"]["by_area"]
    assert (east["evenness"], east["next"]) == (None, None)
    assert east["suppressed"] == ["evenness", "evenness_with_potential", "next"]
    assert west["assets"] == 10
    assert result["summary"]["evenness"] == 0.327
    assert result["headline"].startswith("55 assets are on this map, none of them individual,")
    # How many rows were asked for changes nothing of what is told.
    short = run("balance", day_of(*rows), {"limit": 5}, smallest=8)
    assert short["rows"] == result["rows"][:5]
