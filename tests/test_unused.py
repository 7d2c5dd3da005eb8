"""What lies unused: hours by their rules, and topics that nobody offers anything of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph.analytics.opening_hours import weekly_hours
from graph.analytics.reports import run
from graph.network import NodeRow, Opening, TieRow
from tests.small_networks import day_of, person

MONDAY = date(2026, 3, 2)


def opening(rule: str | None, starts: date = MONDAY, hours: float = 3) -> Opening:
    first = datetime(starts.year, starts.month, starts.day, 9, tzinfo=UTC)
    return Opening(rule, first, first + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        # In the four weeks from Monday 2 March to Sunday 29 March 2026.
        ("FREQ=DAILY", 28),
        ("FREQ=DAILY;INTERVAL=3", 10),
        ("FREQ=DAILY;BYDAY=SA,SU", 8),
        ("FREQ=WEEKLY", 4),
        ("FREQ=WEEKLY;BYDAY=MO,TH", 8),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 4),
        ("FREQ=WEEKLY;UNTIL=20260316", 3),
        ("FREQ=WEEKLY;UNTIL=20260315T235959Z", 2),
        ("FREQ=WEEKLY;COUNT=3", 3),
        ("FREQ=MONTHLY", 1),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-4", 2),
        ("FREQ=MONTHLY;BYDAY=1MO,-1FR", 2),
        ("FREQ=YEARLY", 1),
        (None, 1),
    ],
)
def test_hours_a_week_go_by_the_rule_of_a_schedule(rule: str | None, times: int) -> None:
    assert weekly_hours([opening(rule)], MONDAY) == times * 3 / 4


def test_what_began_before_the_day_has_been_counted_and_what_begins_later_has_not() -> None:
    year = date(2025, 3, 3)
    assert weekly_hours([opening("FREQ=WEEKLY;COUNT=53", year)], MONDAY) == 3 / 4
    assert weekly_hours([opening("FREQ=WEEKLY;COUNT=52", year)], MONDAY) == 0
    assert weekly_hours([opening("FREQ=WEEKLY", date(2026, 3, 23))], MONDAY) == 3 / 4 + 0
    assert weekly_hours([opening(None, year)], MONDAY) == 0
    both = [opening("FREQ=WEEKLY"), opening("FREQ=DAILY", hours=0.5)]
    assert weekly_hours(both, MONDAY) == 3 + 3.5


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY", "FREQ=WEEKLY;BYSETPOS=1", "FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=YEARLY;BYDAY=MO",
        "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=WEEKLY;UNTIL=soon",
    ],
)  # fmt: skip
def test_what_a_rule_says_beyond_that_is_not_guessed(rule: str) -> None:
    assert weekly_hours([opening(rule)], MONDAY) is None
    assert weekly_hours([opening("FREQ=DAILY"), opening(rule)], MONDAY) is None


def test_without_a_schedule_or_its_first_occurrence_nothing_is_said() -> None:
    assert weekly_hours([], MONDAY) is None
    assert weekly_hours([Opening("FREQ=DAILY", None, None)], MONDAY) is None


def thing(id_: str, **said: Any) -> NodeRow:
    return NodeRow(id_, "asset", id_, **said)


def tie(type_: Any, source: str, target: str) -> TieRow:
    return TieRow(f"{type_}-{source}-{target}", type_, source, target)


TOWN = [
    person("ann", areas=("east",)),
    person("ben", areas=("west",)),
    thing("hall", levels=("physical",), schedule=(opening("FREQ=WEEKLY"),), terms=("t:room",)),
    thing("shed", levels=("physical", "individual")),
    thing("law", levels=("individual",), terms=("t:law", "t:help")),
    thing("bus", terms=("t:ride",), areas=("north",)),
    thing("boat", terms=("t:boat",), status="potential"),
    tie("offers", "ann", "hall"),
    tie("offers", "ben", "hall"),
    tie("offers", "ann", "shed"),
    tie("offers", "ann", "law"),
    tie("wants", "ben", "law"),
    tie("offers", "ann", "bus"),
    tie("wants", "ann", "bus"),
    tie("wants", "ben", "bus"),
]


def test_idle_offers_skills_spaces_and_hours_are_told() -> None:
    result = run("unused", day_of(*TOWN), {})
    idle = {
        row["node"]: (row["offers"], row["levels"], row["hours"])
        for row in result["rows"]
        if row["finding"] == "offered_unwanted"
    }
    assert idle == {"hall": (2, "physical", 3), "shed": (1, "individual, physical", None)}
    summary = result["summary"]
    assert [summary[f"idle_{name}"] for name in ("offers", "skills", "spaces", "hours")] == [
        3, 1, 2, 3,
    ]  # fmt: skip
    assert summary["hours_not_stated"] == 1


def test_a_topic_is_without_an_offer_everywhere_or_where_it_is_wanted() -> None:
    def topics(**asked: Any) -> list[tuple[Any, ...]]:
        result = run("unused", day_of(*TOWN), asked)
        lacking = [row for row in result["rows"] if row["finding"] == "term_without_offer"]
        assert result["summary"]["term_without_offer"] == len(lacking)
        return [(row["area"], row["term"], row["wants"]) for row in lacking]

    # Nobody offers a boat; in the west help with the law and a ride are wanted, and offered in the
    # east and, where the bus lies, in the north.
    assert topics() == [
        (None, "t:boat", 0), ("west", "t:help", 1), ("west", "t:law", 1), ("west", "t:ride", 1),
    ]  # fmt: skip
    assert topics(areas=["east", "north"]) == []
    assert len(topics(areas=["west"])) == 3


def test_an_analyst_is_told_no_small_number_of_wants_of_a_topic() -> None:
    result = run("unused", day_of(*TOWN), {}, smallest=8)
    lacking = [row for row in result["rows"] if row["finding"] == "term_without_offer"]
    assert [(row["term"], row["wants"]) for row in lacking] == [
        ("t:boat", 0), ("t:help", None), ("t:law", None), ("t:ride", None),
    ]  # fmt: skip
    assert result["summary"]["idle_offers"] is None
