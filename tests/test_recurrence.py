"""A rule comes round when its clock says so, and no rule is taken that could keep one waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from graph.errors import Invalid
from graph.recurrence import next_after

LONDON = ZoneInfo("Europe/London")
STARTS = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday, at six in winter."""


def days(rule: str, count: int = 3) -> list[str]:
    """Return the first times at which a rule comes round after its start."""
    found: list[str] = []
    moment = STARTS - timedelta(seconds=1)
    for _ in range(count):
        following = next_after(rule, STARTS, LONDON, moment)
        if following is None:
            break
        found.append(following.astimezone(LONDON).strftime("%m-%d %H:%M"))
        moment = following
    return found


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("FREQ=DAILY", ["03-02 06:00", "03-03 06:00", "03-04 06:00"]),
        # The clock goes forward on 29 March: six stays six.
        ("FREQ=WEEKLY;INTERVAL=4", ["03-02 06:00", "03-30 06:00", "04-27 06:00"]),
        ("FREQ=WEEKLY;BYDAY=TU,SU", ["03-03 06:00", "03-08 06:00", "03-10 06:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["03-27 06:00", "04-24 06:00", "05-29 06:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", ["03-31 06:00", "04-01 06:00", "04-30 06:00"]),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=21", ["06-21 06:00", "06-21 06:00", "06-21 06:00"]),
        ("FREQ=DAILY;COUNT=2", ["03-02 06:00", "03-03 06:00"]),
        ("FREQ=DAILY;UNTIL=20260303", ["03-02 06:00", "03-03 06:00"]),
        ("FREQ=DAILY;UNTIL=20260303T055959Z", ["03-02 06:00"]),
    ],
)
def test_a_rule_comes_round_by_the_clock_of_the_community(rule: str, times: list[str]) -> None:
    assert days(rule) == times


def test_an_hour_that_comes_twice_is_met_once_and_one_that_is_left_out_is_made_up_for() -> None:
    half_past_one = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    first = next_after("FREQ=DAILY", half_past_one, LONDON, half_past_one)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    # In the second of the two hours that are called one.
    moment = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert next_after("FREQ=DAILY", half_past_one, LONDON, moment) == datetime(
        2026, 10, 26, 1, 30, tzinfo=UTC
    )
    spring = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    assert next_after("FREQ=DAILY", spring, LONDON, spring) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=HOURLY", "FREQ=SECONDLY;COUNT=9", "BYDAY=MO", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYDAY=MO", "FREQ=DAILY;BYHOUR=9", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=DAILY;INTERVAL=99999999999", "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;UNTIL=20261301", "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO",
        "RRULE:FREQ=DAILY", "FREQ=DAILY;COUNT", "FREQ=MONTHLY;BYSETPOS=300;BYDAY=MO",
    ],
)  # fmt: skip
def test_what_is_no_rule_of_ours_is_refused(rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        next_after(rule, STARTS, LONDON, STARTS)
    assert [fault.pointer for fault in refused.value.faults] == ["/rrule"]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTH=2;BYDAY=5MO;INTERVAL=999", "FREQ=MONTHLY;INTERVAL=1000;BYDAY=5SU"],
)
def test_no_rule_keeps_one_waiting_for_its_next_time(rule: str) -> None:
    began = perf_counter()
    next_after(rule, STARTS, LONDON, STARTS)
    assert perf_counter() - began < 2
