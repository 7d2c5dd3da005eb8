"""Who must be told that they are recorded, and by when: people whom only others named."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from graph.store.properties import native
from graph.values import Day, Instant, Label, PersonId, Value

if TYPE_CHECKING:
    from datetime import tzinfo

    from graph.policy import View
    from graph.store.client import Client

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Notice(Value):
    """One person who was not told yet; `expires_on` is when they are erased unless they agree."""

    person: PersonId
    name: Label
    recorded_at: Instant
    tell_by: Day
    expires_on: Day


def one_month_after(day: date) -> date:
    """Return the last day of a period of one month that an event on a day begins.

    References
    ----------
    .. [1] Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c): the same date a month later, or
       the last day of that month where it has no such date.
    .. [2] UK GDPR, Article 14(3)(a): within a month at the latest.
    """
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


async def page_of_notices(
    client: Client,
    view: View,
    *,
    after: tuple[datetime, str],
    limit: int,
    zone: tzinfo,
    placeholder_days: int,
) -> list[Notice]:
    """Return at most `limit` notices of the caller's own people, by when they were recorded.

    Parameters
    ----------
    after
        The time and the id of the one before.
    zone
        Of the community, whose days count.
    placeholder_days
        How long somebody is kept whose record does not say until when.
    """
    rows = await client.rows(
        "read/page_of_notices",
        all=view.everything,
        # No record has a member's organisation.
        steward=view.organisation if view.sees_own else None,
        after_at=after[0],
        after=after[1],
        limit=limit,
    )
    notices: list[Notice] = []
    for row in rows:
        recorded_at: datetime = native(row["recorded_at"])
        day = recorded_at.astimezone(zone).date()
        notices.append(
            Notice(
                person=row["person"],
                name=row["name"],
                recorded_at=recorded_at,
                tell_by=one_month_after(day),
                expires_on=native(row["expires_on"]) or day + timedelta(days=placeholder_days),
            )
        )
    return notices
