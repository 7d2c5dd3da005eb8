"""What a caller asks becomes the run that will answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.analytics.questions import earlier_day, earlier_run, report_parameters, with_days
from graph.disclosure import check_kind, check_month, day_for
from graph.store.last_answers import question_of
from graph.store.runs import Run, lender
from graph.values import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from graph.policy import Caller
    from graph.store.client import Client


def asked_run(
    caller: Caller,
    kind: str,
    given: Mapping[str, Any],
    *,
    as_of: date | None,
    now: datetime,
    today: date,
    smallest: int,
    schedule: str | None = None,
) -> Run:
    """Return a new run that is to answer a question, all that was not said filled in.

    Parameters
    ----------
    as_of
        The day that the network is asked of; today, if not said.
    today
        The community's day, on which consents are judged.
    smallest
        Counts below it are suppressed under disclosure control.

    Raises
    ------
    Invalid
        When there is no such report, a parameter breaks a rule, or the day is not for this role.
    Forbidden
        When the kind is not.
    """
    check_kind(caller.role, kind)
    day = day_for(caller.role, as_of, today)
    parameters = with_days(report_parameters(kind, given), day)
    check_month(caller.role, earlier_day(parameters))
    new = Run(
        id=new_id(),
        kind=kind,
        parameters=parameters.model_dump(mode="json"),
        as_of=day,
        created_at=now,
        role=caller.role,
        organisation=caller.organisation,
        schedule=schedule,
    )
    return new.model_copy(update={"question": question_of(new, today, smallest)})


async def check_lender(
    client: Client, kind: str, parameters: Mapping[str, Any], caller: Caller, today: date
) -> None:
    """Refuse a question that names an earlier run which cannot lend its communities.

    Raises
    ------
    NotFound, RunOutdated, Invalid
        As `lender`.
    """
    lent = earlier_run(report_parameters(kind, parameters))
    if lent is not None:
        await lender(client, lent, kind, caller, today)
