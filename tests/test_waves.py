"""One report on two days: every figure beside its own, and no word more than both reports say."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from graph.analytics.questions import earlier_day, report_parameters, with_days
from graph.analytics.reports import REPORTS, run
from graph.errors import Invalid
from graph.network import Network, Snapshot
from tests.real_networks import DAY
from tests.small_networks import day_of, friends, group, neighbourhood, person, tie

BEFORE = date(2025, 3, 1)
KINDS = [kind for kind in REPORTS if kind not in ("waves", "what_if")]


def two_days() -> tuple[Snapshot, Snapshot]:
    """Return a day on which `left` was there, and one on which `new` is; a friendship ended."""
    network = Network(epoch="e", revision=1)
    network.load(
        [
            *map(person, "abc"),
            person("left")._replace(active_to=DAY),
            person("new")._replace(active_from=DAY),
            group("choir"),
        ],
        [
            *(each._replace(valid_to=DAY) for each in friends("ab")),
            *friends("ac"),
            tie("connects", "new", "choir", relation="member"),
        ],
    )
    return network.on(BEFORE), network.on(DAY)


def figures_of(result: dict[str, Any]) -> dict[str, tuple[Any, Any, Any]]:
    return {
        line["figure"]: (line["earlier"], line["later"], line["change"])
        for line in result["summary"]["figures"]
    }


def test_what_changed_stands_beside_what_was() -> None:
    earlier, later = two_days()
    result = run("waves", later, {"report": "isolation"}, earlier=earlier)
    figures = figures_of(result)
    assert figures["isolated"] == (1, 1, 0)
    assert figures["connected"] == (3, 3, 0)
    assert figures["ties"] == (2, 2, 0)
    assert figures["nodes: person"] == (4, 4, 0)
    assert figures["counted"] == (4, 4, 0)
    rows = {row["node"]: row for row in result["rows"]}
    assert {node: row["wave"] for node, row in rows.items()} == {
        "a": "both", "b": "both", "c": "both", "new": "entered", "left": "left",
    }  # fmt: skip
    assert [row["node"] for row in result["rows"]][-1] == "left"
    assert (rows["a"]["degree_earlier"], rows["a"]["degree"]) == (2, 1)
    assert (rows["b"]["status_earlier"], rows["b"]["status"]) == ("connected", "isolated")
    assert (rows["new"]["degree_earlier"], rows["new"]["degree"]) == (None, 1)
    assert (rows["left"]["degree_earlier"], rows["left"]["degree"]) == (0, None)
    moved = [result["summary"][wave] for wave in ("both", "entered", "left")]
    assert moved == [3, 1, 1]
    assert result["headline"].startswith("Before: Of 4 people who were asked, 1 has no natural")
    assert result["summary"]["days"] == {"earlier": "2025-03-01", "later": "2026-03-01"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("smallest", [None, 8])
def test_each_day_is_told_as_its_own_report_tells_it(kind: str, smallest: int | None) -> None:
    days = [neighbourhood(random.Random(seed), 40) for seed in (1, 2)]
    areas: Any = {"known_areas": ["a1", "a9"]}
    both = run("waves", days[1], {"report": kind}, earlier=days[0], smallest=smallest, **areas)
    earlier, later = (run(kind, day, {}, smallest=smallest, **areas) for day in days)
    figures = figures_of(both)
    for name, value in later["summary"].items():
        if isinstance(value, int | float):
            old = earlier["summary"][name]
            change = None if old is None else pytest.approx(value - old)
            assert figures[name] == (old, value, change)
    assert both["headline"] == f"Before: {earlier['headline']} Now: {later['headline']}"
    now = [row for row in both["rows"] if row["wave"] != "left"]
    # Communities carry the numbers of the earlier day.
    for row, own in zip(now, later["rows"], strict=True):
        for name in own.keys() - {"community", "suppressed"}:
            assert row[name] == own[name]
    assert len(both["rows"]) - len(now) == len(earlier["rows"]) - sum(
        row["wave"] == "both" for row in now
    )


def test_a_day_without_an_earlier_one_is_compared_with_itself() -> None:
    result = run("waves", day_of(*map(person, "ab"), *friends("ab")), {"report": "fracture"})
    assert {change for *_, change in figures_of(result).values()} <= {0, None}
    assert {row["wave"] for row in result["rows"]} == {"both"}


@pytest.mark.parametrize(
    ("day", "before"),
    [(date(2026, 3, 1), date(2025, 3, 1)), (date(2028, 2, 29), date(2027, 2, 28))],
)
def test_the_earlier_day_is_a_year_before_unless_it_is_said(day: date, before: date) -> None:
    asked = with_days(report_parameters("waves", {}), day)
    assert earlier_day(asked) == before
    said = report_parameters("waves", {"earlier": "2020-01-01"})
    assert earlier_day(with_days(said, day)) == date(2020, 1, 1)
    assert earlier_day(report_parameters("isolation", {})) is None


def test_no_day_is_compared_with_a_later_one() -> None:
    for day in (DAY, date(1, 1, 1)):
        asked = report_parameters("waves", {"earlier": "2030-01-01"} if day == DAY else {})
        with pytest.raises(Invalid):
            with_days(asked, day)
