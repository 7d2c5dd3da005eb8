"""Reports that are asked again and again, as they are kept: what, for whom, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from graph.errors import Conflict, NotFound
from graph.policy import COMMUNITY, sees_run
from graph.recurrence import next_after
from graph.store.audits import write_audited
from graph.store.jobs import Job, keep_job
from graph.store.properties import native
from graph.values import Instant, Value

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from graph.audit.trail import Trail
    from graph.policy import Caller
    from graph.store.client import Client, Row, Transaction
    from graph.store.runs import Run


class ReportSchedule(Value):
    """A question that is asked whenever its rule comes round, for a role and an organisation.

    `next_at` is when it is asked next; null where the rule has ended, or while it is `paused`.
    `by` is the key that made it, `last_run` the run that it last asked for.
    """

    id: str
    kind: str
    parameters: dict[str, Any]
    rrule: str
    starts: Instant
    role: str
    organisation: str | None = None
    by: str
    created_at: Instant
    paused: bool = False
    next_at: Instant | None = None
    last_run: str | None = None

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when it is asked next after a moment."""
        return next_after(self.rrule, self.starts, zone, moment)


async def create_schedule(client: Client, new: ReportSchedule, trail: Trail | None) -> None:
    """Keep a new schedule."""
    row = new.model_dump(exclude_none=True) | {"parameters": to_json(new.parameters).decode()}
    await write_audited(
        client, lambda t: t.run("write/create_schedule", row=row), trail, lambda _: [new.id]
    )


async def schedule_for(client: Client, schedule_id: str, caller: Caller) -> ReportSchedule:
    """Return a schedule.

    Raises
    ------
    NotFound
        When there is none of this id that the caller may see.
    """
    row = await client.row("read/schedule", id=schedule_id)
    found = None if row is None else _schedule(row)
    if found is None or not sees_run(caller, found.role, found.organisation):
        raise _no_schedule(schedule_id)
    return found


async def page_of_schedules(
    client: Client, caller: Caller, *, after: str, limit: int
) -> list[ReportSchedule]:
    """Return at most `limit` schedules of a caller, the oldest first, younger than `after`."""
    rows = await client.rows(
        "read/page_of_schedules",
        after=after,
        limit=limit,
        of_all=caller.role == "operator",
        role=caller.role,
        organisation=caller.organisation or COMMUNITY,
    )
    return [_schedule(row) for row in rows]


async def set_paused(
    client: Client,
    schedule_id: str,
    *,
    paused: bool,
    next_at: datetime | None,
    trail: Trail | None,
) -> ReportSchedule:
    """Pause a schedule, or let it go on.

    Raises
    ------
    NotFound
        When it is gone.
    """
    row = {"paused": paused, "next_at": next_at}
    found, _ = await write_audited(
        client,
        lambda t: t.row("write/update_schedule", id=schedule_id, row=row),
        trail,
        lambda _: [schedule_id],
    )
    if found is None:
        raise _no_schedule(schedule_id)
    return _schedule(found)


async def delete_schedule(client: Client, schedule_id: str, trail: Trail | None) -> None:
    """Forget a schedule; its runs stay."""
    await write_audited(
        client,
        lambda t: t.run("write/delete_schedule", id=schedule_id),
        trail,
        lambda _: [schedule_id],
    )


async def due_schedules(client: Client, now: datetime) -> list[ReportSchedule]:
    """Return the schedules whose time has come, the longest waiting first."""
    rows = await client.rows("read/due_schedules", now=now)
    return [_schedule(row) for row in rows]


async def begin_due(
    client: Client,
    due: ReportSchedule,
    job: Job,
    run: Run,
    *,
    next_at: datetime | None,
    trail: Trail,
) -> bool:
    """Keep the job and the run of a schedule whose time has come, unless somebody else did.

    Whoever moves the schedule on begins it: so each time is asked once, by whichever process.
    """

    async def work(transaction: Transaction) -> None:
        row = {"next_at": next_at, "last_run": run.id}
        moved = await transaction.row("write/advance_schedule", id=due.id, due=due.next_at, row=row)
        if moved is None:
            raise Conflict("another process was quicker, or the schedule was paused or deleted")
        await keep_job(transaction, job, run)

    try:
        await write_audited(client, work, trail, lambda _: [due.id, job.id, run.id])
    except Conflict:
        return False
    return True


def _schedule(row: Row) -> ReportSchedule:
    fields = {name: native(value) for name, value in row["schedule"].items()}
    return ReportSchedule.model_validate(fields | {"parameters": from_json(fields["parameters"])})


def _no_schedule(schedule_id: str) -> NotFound:
    return NotFound(f"there is no schedule {schedule_id}")
