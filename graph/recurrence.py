"""When something comes round again: a recurrence rule of iCalendar, in the community's own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from dateutil import rrule

from graph.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

_POINTER: Final = "/rrule"
_RULE: Final[Any] = rrule.rrule
_ALWAYS: Final = frozenset({"INTERVAL", "COUNT", "UNTIL", "WKST"})
_NARROWED_BY: Final = {
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS | {"BYDAY"},
    "MONTHLY": _ALWAYS | {"BYDAY", "BYMONTHDAY"},
    "YEARLY": _ALWAYS | {"BYDAY", "BYMONTHDAY", "BYMONTH"},
}
"""How often, and what may narrow it. What is left out could be asked for and never come."""

_DAYS: Final[dict[str, Any]] = {
    "MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR,
    "SA": rrule.SA, "SU": rrule.SU,
}  # fmt: skip
_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_NO_UNTIL: Final = "UNTIL is no day and no time of RFC 5545"
_UNTIL: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z)?)?")


def next_after(rule: str, starts: datetime, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Return the first time after a moment at which a rule comes round; nothing after its end.

    Parameters
    ----------
    rule
        An RRULE (RFC 5545, section 3.3.10): FREQ of DAILY, WEEKLY, MONTHLY or YEARLY, INTERVAL,
        COUNT, UNTIL, BYDAY, BYMONTHDAY (from 1 to 28, or from the end) and BYMONTH.
    starts
        Its first occurrence, if the rule falls on it; it gives the time of day.
    zone
        Where the clock hangs: nine o'clock is nine o'clock in summer and in winter.

    Raises
    ------
    Invalid
        When the rule is none of these.

    Notes
    -----
    Pure. What a change of the clock leaves out comes at the same distance from midnight; what it
    repeats comes once. Cost: the occurrences since `starts`.
    """
    recurring = _read(rule, starts.astimezone(zone).replace(tzinfo=None), zone)
    local = moment.astimezone(zone).replace(tzinfo=None)
    while (local := recurring.after(local)) is not None:
        found = local.replace(tzinfo=zone).astimezone(UTC)
        if found > moment:
            return found
    return None


def _read(rule: str, starts: datetime, zone: ZoneInfo) -> Any:
    said: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name in said:
            raise Invalid.at(_POINTER, f"says {name} twice")
        said[name] = value
    frequency = said.pop("FREQ", "")
    if frequency not in _NARROWED_BY:
        raise Invalid.at(_POINTER, f"FREQ is one of {', '.join(_NARROWED_BY)}")
    if not_taken := sorted(said.keys() - _NARROWED_BY[frequency]):
        raise Invalid.at(_POINTER, f"takes no {', '.join(not_taken)} at this FREQ")
    if {"COUNT", "UNTIL"} <= said.keys():
        raise Invalid.at(_POINTER, "has a COUNT or an UNTIL, not both")
    until = said.pop("UNTIL", None)
    parts: dict[str, Any] = {name: _PARTS[name](value) for name, value in said.items()}
    if "BYMONTHDAY" in parts and any(day.n for day in parts.get("BYDAY", ())):
        raise Invalid.at(_POINTER, "a day of the month is no numbered day of the week")
    return _RULE(
        getattr(rrule, frequency),
        dtstart=starts,
        cache=False,
        until=None if until is None else _until(until, zone),
        **{_NAMES.get(name, name.lower()): value for name, value in parts.items()},
    )


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,4}", text) or not least <= int(text) <= most:
            raise Invalid.at(_POINTER, f"{text} is not from {least} to {most}")
        return int(text)

    return read


def _list_of(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    return lambda text: [read(part) for part in text.split(",")]


def _day(text: str) -> Any:
    found = _DAY.fullmatch(text)
    if found is None:
        raise Invalid.at(_POINTER, f"{text} is no day of the week")
    number, day = found.groups()
    return _DAYS[day](int(number)) if number else _DAYS[day]


def _plain_day(text: str) -> Any:
    if text not in _DAYS:
        raise Invalid.at(_POINTER, f"{text} is no day of the week")
    return _DAYS[text]


def _day_of_month(text: str) -> int:
    day = _whole(-28, 28)(text)
    if not day:
        raise Invalid.at(_POINTER, "a month has no day 0")
    return day


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Return the last moment of a rule, in local time; a day alone is in it to its end."""
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise Invalid.at(_POINTER, _NO_UNTIL)
    day, at, utc = found.groups()
    try:
        until = datetime.fromisoformat(f"{day}T{at or '000000'}")
    except ValueError as error:
        raise Invalid.at(_POINTER, _NO_UNTIL) from error
    if utc:
        return until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    return until if at else datetime.combine(until, time.max)


_PARTS: Final[dict[str, Callable[[str], Any]]] = {
    "INTERVAL": _whole(1, 1000),
    "COUNT": _whole(1, 9999),
    "WKST": _plain_day,
    "BYDAY": _list_of(_day),
    "BYMONTHDAY": _list_of(_day_of_month),
    "BYMONTH": _list_of(_whole(1, 12)),
}
_NAMES: Final = {"BYDAY": "byweekday"}
