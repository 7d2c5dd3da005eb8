"""How long records are kept, a class each; nothing goes that was not announced.

A report says, for each class, how many records are over their time and up to when. What is then
deleted is what that report announced: records that were over their time by then, and were not
changed since.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from pydantic_core import from_json, to_json

from graph.errors import Conflict, Erased, NotFound
from graph.policy import EVERYTHING
from graph.store.properties import native
from graph.store.writer import Writer
from graph.values import Day, Instant, Value, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.store.client import Client, Row, Transaction

RetentionClass = Literal["jobs", "runs", "ended_ties", "inactive_people", "placeholders"]
CLASSES: Final[tuple[RetentionClass, ...]] = get_args(RetentionClass)
AT_ONCE: Final = 500
_MOST_REPORTS: Final = 100

Periods = dict[RetentionClass, int | None]
"""Days that the records of a class are kept; null keeps them for good."""


class RetentionReport(Value):
    """What was over its time at a moment, and what was deleted since because of it.

    `before` says for each class up to which day its records go: jobs and runs that ended or were
    made before it, ties that ended before it, people who left the map before it, and people whom
    only others named who were recorded before it, unless their records say another day.
    """

    id: str
    at: Instant
    before: dict[RetentionClass, Day]
    due: dict[RetentionClass, int]
    applied_at: Instant | None = None
    deleted: dict[RetentionClass, int] | None = None


class _Asked(NamedTuple):
    before: date
    unchanged_since: datetime

    def parameters(self) -> dict[str, object]:
        """Return what the statements of every class take."""
        return {
            "before": self.before,
            "before_at": datetime.combine(self.before, time(), UTC),
            "unchanged_since": self.unchanged_since,
            "today": self.unchanged_since.date(),
        }


def over_before(periods: Periods, today: date) -> dict[RetentionClass, date]:
    """Return for each class that is kept for a time the day before which its records are over."""
    return {
        name: today - timedelta(days=days)
        for name in CLASSES
        if (days := periods.get(name)) is not None
    }


async def due(
    client: Client, before: Mapping[RetentionClass, date], now: datetime
) -> dict[RetentionClass, int]:
    """Return how many records of each class are over their time."""

    async def count(transaction: Transaction) -> dict[RetentionClass, int]:
        counts: dict[RetentionClass, int] = {}
        for name, day in before.items():
            asked = _Asked(day, now).parameters()
            row = await transaction.row(f"read/count_of_{name}", **asked)
            counts[name] = row["count"] if row else 0
        return counts

    return await client.read(count)


async def announce(
    client: Client, periods: Periods, *, now: datetime, today: date
) -> RetentionReport:
    """Count what is over its time, keep that as a report, and return it; delete nothing."""
    before = over_before(periods, today)
    counts = await due(client, before, now)
    report = RetentionReport(id=new_id(), at=now, before=before, due=counts)
    await _keep(client, report)
    return report


async def retention_reports(client: Client) -> list[RetentionReport]:
    """Return the reports, the latest first."""
    rows = await client.rows("read/retention_reports", limit=_MOST_REPORTS)
    return [_report(row) for row in rows]


async def apply(client: Client, report_id: str, *, now: datetime) -> RetentionReport:
    """Delete what a report announced, and keep in it how much that was.

    Done again after it was cut short, it goes on.

    Raises
    ------
    NotFound
        When there is no such report.
    Conflict
        When it was applied before.
    """
    found = [report for report in await retention_reports(client) if report.id == report_id]
    if not found:
        raise NotFound(f"there is no retention report {report_id}")
    (report,) = found
    if report.applied_at is not None:
        raise Conflict(f"the retention report {report_id} was applied before")
    deleted = {
        name: await _deleted(client, name, _Asked(day, report.at))
        for name, day in report.before.items()
    }
    applied = report.model_copy(update={"applied_at": now, "deleted": deleted})
    await _keep(client, applied)
    return applied


async def _deleted(client: Client, name: RetentionClass, asked: _Asked) -> int:
    count = 0
    while batch := await _delete_some(client, name, asked):
        count += batch
    return count


async def _delete_some(client: Client, name: RetentionClass, asked: _Asked) -> int:
    if name in ("jobs", "runs"):
        return await _forget_with_pages(client, name, asked)
    writer = Writer(client, EVERYTHING)
    if name == "ended_ties":
        return (await writer.delete_ended_ties(**asked.parameters(), limit=AT_ONCE)).result
    rows = await client.rows(f"read/{name}", limit=AT_ONCE, **asked.parameters())
    for row in rows:
        # Somebody else may have erased the person meanwhile.
        with suppress(NotFound, Erased):
            await writer.erase_person(row["id"], "retention")
    return len(rows)


async def _forget_with_pages(client: Client, name: str, asked: _Asked) -> int:
    async def work(transaction: Transaction) -> int:
        rows = await transaction.rows(f"write/forget_{name}", limit=AT_ONCE, **asked.parameters())
        owners = [row["id"] for row in rows]
        await transaction.run("write/delete_pages", owners=owners)
        return len(owners)

    count, _ = await client.write(work)
    return count


async def _keep(client: Client, report: RetentionReport) -> None:
    row = {
        name: to_json(value).decode() if isinstance(value, dict) else value
        for name, value in report.model_dump(exclude_none=True).items()
    }
    await client.write(lambda t: t.run("write/keep_retention_report", row=row))


def _report(row: Row) -> RetentionReport:
    fields = {name: native(value) for name, value in row["report"].items()}
    for name in ("before", "due", "deleted"):
        if name in fields:
            fields[name] = from_json(fields[name])
    return RetentionReport.model_validate(fields)
