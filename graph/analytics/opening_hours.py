"""How many hours a week something can be had: recurrence rules, as far as they are read here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from graph.network import Opening

_WEEKS: Final = 4
_WEEK_DAYS: Final = 7
_YEAR_MONTHS: Final = 12
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_READ: Final = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT", "WKST"})

Weekday = tuple[int, int]
"""Which of its kind in a month (0: each, -1: the last), and the day of the week from Monday, 0."""


class _Rule(NamedTuple):
    frequency: str
    interval: int
    weekdays: frozenset[Weekday]
    monthdays: frozenset[int]
    until: date | None
    at_most: int | None


def weekly_hours(openings: Sequence[Opening], day: date) -> float | None:
    """Return for how many hours a week something can be had, in the four weeks from a day.

    Parameters
    ----------
    openings
        Each a rule and its first occurrence; without a rule it is that occurrence alone.
    day
        The first day of the four weeks.

    Returns
    -------
    float or None
        The mean of the four weeks. None where there is no opening, one has no first occurrence, or
        a rule says more than FREQ (DAILY to YEARLY), INTERVAL, BYDAY, BYMONTHDAY, UNTIL and COUNT.

    Notes
    -----
    Whole days: an occurrence counts on the day on which it begins, where it begins. Openings at the
    same time are added up. Weeks begin on Monday.

    References
    ----------
    .. [1] RFC 5545, Internet Calendaring and Scheduling, section 3.3.10.
    """
    if not openings:
        return None
    hours = 0.0
    for opening in openings:
        if opening.starts is None or opening.ends is None:
            return None
        rule = _rule(opening.rrule or "FREQ=DAILY;COUNT=1")
        if rule is None:
            return None
        first = opening.starts.date()
        span = [day + timedelta(ahead) for ahead in range(_WEEKS * _WEEK_DAYS)]
        times = sum(_occurs(rule, first, each) for each in span)
        if rule.at_most is not None:
            times = min(times, max(0, rule.at_most - _before(rule, first, day)))
        hours += times * (opening.ends - opening.starts).total_seconds() / 3600
    return hours / _WEEKS


def _rule(text: str) -> _Rule | None:
    parts = dict(part.split("=", 1) for part in text.split(";"))
    frequency = parts["FREQ"]
    if not _READ.issuperset(parts) or frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    if parts.get("WKST", "MO") != "MO":
        return None
    try:
        weekdays = frozenset(_weekday(word) for word in _listed(parts, "BYDAY"))
        rule = _Rule(
            frequency,
            int(parts.get("INTERVAL", "1")),
            weekdays,
            frozenset(int(word) for word in _listed(parts, "BYMONTHDAY")),
            date.fromisoformat(parts["UNTIL"][:8]) if "UNTIL" in parts else None,
            int(parts["COUNT"]) if "COUNT" in parts else None,
        )
    except ValueError:
        return None
    if rule.interval < 1 or (rule.monthdays and frequency != "MONTHLY"):
        return None
    nth = any(ordinal for ordinal, _ in weekdays)
    if (nth and frequency != "MONTHLY") or (weekdays and frequency == "YEARLY"):
        return None
    return rule


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _weekday(word: str) -> Weekday:
    return int(word[:-2] or 0), _WEEKDAYS.index(word[-2:])


def _occurs(rule: _Rule, first: date, day: date) -> bool:
    if day < first or (rule.until is not None and day > rule.until):
        return False
    months = (day.year - first.year) * _YEAR_MONTHS + day.month - first.month
    if rule.frequency == "DAILY":
        passed, fits = (day - first).days, _on_weekday(rule, day, day)
    elif rule.frequency == "WEEKLY":
        passed, fits = _weeks(first, day), _on_weekday(rule, first, day)
    elif rule.frequency == "MONTHLY":
        passed, fits = months, _in_month(rule, first, day)
    else:
        passed, fits = day.year - first.year, (day.month, day.day) == (first.month, first.day)
    return fits and passed % rule.interval == 0


def _in_month(rule: _Rule, first: date, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    if rule.monthdays and not {day.day, day.day - length - 1} & rule.monthdays:
        return False
    if rule.weekdays:
        ordinals = (0, (day.day - 1) // _WEEK_DAYS + 1, -((length - day.day) // _WEEK_DAYS + 1))
        return any((ordinal, day.weekday()) in rule.weekdays for ordinal in ordinals)
    return bool(rule.monthdays) or day.day == first.day


def _on_weekday(rule: _Rule, otherwise: date, day: date) -> bool:
    """Tell whether a day is one of the rule's, or of the weekday of another where it names none."""
    if not rule.weekdays:
        return day.weekday() == otherwise.weekday()
    return (0, day.weekday()) in rule.weekdays


def _weeks(first: date, day: date) -> int:
    monday, other = (each - timedelta(each.weekday()) for each in (first, day))
    return (other - monday).days // _WEEK_DAYS


def _before(rule: _Rule, first: date, day: date) -> int:
    """Return how often it has occurred before a day."""
    spans = range((day - first).days)
    return sum(_occurs(rule, first, first + timedelta(ahead)) for ahead in spans)
