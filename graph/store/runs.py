"""Report runs as they are kept: what was asked, and the answer in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic_core import from_json, to_json

from graph.disclosure import Pseudonyms, discloses, pseudonymous
from graph.errors import Conflict, Invalid, NotFound, RunOutdated
from graph.policy import COMMUNITY, sees_run
from graph.store.pages import page_key, put_pages, text_of_pages
from graph.store.properties import native
from graph.store.run_labels import put_labels
from graph.values import Day, Instant, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from graph.policy import Caller, View
    from graph.store.client import Client, Row, Transaction

_AFTER_ALL_IDS: Final = "g"
"""Sorts after every UUID."""

_BESIDE: Final = ("main_carer", "main_carer_earlier")
_NAMED_IN_ROWS: Final = ("node", "other", *_BESIDE)
"""Ids in rows: what a row speaks of goes with it, what stands beside it goes alone."""

_LENDER: Final = "/parameters/earlier_run"
_IDS_ON_A_PAGE: Final = 10_000
_OUTDATED: Final = (
    "somebody whom this report counted agrees to it no more, or was erased: ask for it again"
)


class Run(Value):
    """One question asked of the network of one day, in a role and for an organisation.

    `until` is the first day on which a consent of somebody counted is over; `question` is the
    digest of what was asked (`graph.store.last_answers`), `schedule` the one that asked. After the
    `pages` of its answer come `labelled` more (`graph.store.run_labels`).
    """

    id: str
    kind: str
    parameters: dict[str, Any]
    as_of: Day
    created_at: Instant
    role: str | None = None
    organisation: str | None = None
    question: str | None = None
    schedule: str | None = None
    until: Day | None = None
    state: Literal["running", "done", "failed", "cancelled", "outdated"] = "running"
    epoch: str | None = None
    revision: int | None = None
    pages: int = 0
    labelled: int = 0
    problem: str | None = None

    def on(self, today: date) -> Run:
        """Return it as it stands on a day."""
        over = self.state == "done" and self.until is not None and self.until <= today
        return self.model_copy(update={"state": "outdated"}) if over else self


async def create_run(transaction: Transaction, run: Run) -> None:
    """Keep a new run, in the transaction that keeps its job."""
    row = run.model_dump(exclude_none=True) | {"parameters": to_json(run.parameters).decode()}
    await transaction.run("write/create_run", row=row)


async def finish_run(
    client: Client,
    run_id: str,
    *,
    epoch: str,
    revision: int,
    result: dict[str, Any],
    people: Sequence[str],
    until: date | None,
    labels: Iterable[tuple[str, int]] = (),
) -> None:
    """Keep a run's answer, its pages first, then its communities, and whom it counted after those.

    Raises
    ------
    RunOutdated
        When somebody withdrew or was erased after the revision that it was computed from.
    Conflict
        When it has ended otherwise: it was cancelled, perhaps by another process.
    """
    text = to_json(result, inf_nan_mode="constants").decode()
    pages = await put_pages(client, run_id, text)
    labelled = await put_labels(client, run_id, pages, labels)
    for number, start in enumerate(range(0, len(people), _IDS_ON_A_PAGE), pages + labelled):
        counted = " ".join(people[start : start + _IDS_ON_A_PAGE])
        key = page_key(run_id, number)
        await client.write(lambda t, k=key, c=counted: t.run("write/put_page", key=k, text=c))

    async def work(transaction: Transaction) -> None:
        # Whoever withdraws or erases holds this lock to the end: it is seen here, or sees this run.
        await transaction.run("write/lock_changes")
        erasures = await transaction.row("read/erasures")
        if erasures is not None and erasures["change"] > revision:
            raise RunOutdated(_OUTDATED)
        row = {
            "state": "done", "epoch": epoch, "revision": revision, "pages": pages,
            "labelled": labelled, "until": until,
        }  # fmt: skip
        # Done already: a repetition after an unknown outcome.
        states = ["running", "done"]
        if not await transaction.rows("write/update_run", id=run_id, states=states, row=row):
            raise Conflict(f"the report run {run_id} has ended")

    try:
        await client.write(work)
    except (RunOutdated, Conflict):
        await client.write(lambda t: t.run("write/delete_pages", owners=[run_id]))
        raise


async def end_run(
    client: Client, run_id: str, state: Literal["failed", "cancelled"], problem: str | None
) -> None:
    """Keep that a run has no answer, and why, unless it has one.

    The ids that were supposed with it are forgotten.
    """
    row: dict[str, Any] = {"state": state, "problem": problem}
    kept = await client.row("read/run", id=run_id)
    if kept is not None and kept["run"]["kind"] == "what_if":
        row["parameters"] = "{}"
    await client.write(lambda t: t.run("write/update_run", id=run_id, states=["running"], row=row))


async def run(client: Client, run_id: str) -> Run:
    """Return a run.

    Raises
    ------
    NotFound
        When there is none of this id.
    """
    row = await client.row("read/run", id=run_id)
    return _found(row, run_id)


async def run_for(client: Client, run_id: str, caller: Caller, today: date) -> Run:
    """Return a run as it stands today.

    Raises
    ------
    NotFound
        When there is none of this id that the caller may see.
    """
    kept = await run(client, run_id)
    if not sees_run(caller, kept.role, kept.organisation):
        raise _no_run(run_id)
    return kept.on(today)


async def lender(client: Client, run_id: str, kind: str, caller: Caller, today: date) -> Run:
    """Return the run that lends its communities to a new one of a kind.

    Raises
    ------
    NotFound
        When there is none of this id that the caller may see.
    RunOutdated
        When somebody whom it counted has withdrawn since, or was erased.
    Invalid
        When it is of another kind, or has no communities.
    """
    try:
        found = await run_for(client, run_id, caller, today)
    except NotFound as none:
        raise NotFound(f"{_LENDER}: {none.detail}") from none
    if found.state == "outdated":
        raise RunOutdated(f"{_LENDER}: {_OUTDATED}")
    if found.kind != kind:
        raise Invalid.at(_LENDER, f"is a run of {found.kind}, not of {kind}")
    if found.state != "done":
        raise Invalid.at(_LENDER, f"is {found.state}: it has no answer")
    if not found.labelled:
        raise Invalid.at(_LENDER, "has no communities: nobody was counted in it")
    return found


async def answer_before(client: Client, run: Run, today: date) -> Run | None:
    """Return the answer of a run's schedule that came before it, if there is one."""
    if run.schedule is None:
        return None
    row = await client.row("read/run_before", schedule=run.schedule, id=run.id)
    return None if row is None else run_of(row).on(today)


async def result_of(client: Client, run: Run, view: View) -> dict[str, Any] | None:
    """Return a run's answer, its rows as far as a view sees them; null while there is none.

    Raises
    ------
    RunOutdated
        When somebody whom it counted has withdrawn since, or was erased.
    """
    if run.state == "outdated":
        raise RunOutdated(_OUTDATED)
    if run.state != "done":
        return None
    result: dict[str, Any] = from_json(await text_of_pages(client, run.id, run.pages))
    named = {row.get(name) for row in result["rows"] for name in _NAMED_IN_ROWS} | {
        end for pair in result["summary"].get("bridges") or () for end in pair
    }
    ids = sorted(named - {None})
    found = await client.rows("read/visible_nodes", ids=ids, **view.parameters())
    shown = _of_these(result, {row["id"] for row in found} | {None})
    if not discloses(run.role):
        return shown
    return pseudonymous(shown, await pseudonyms_of(client, run.organisation))


async def pseudonyms_of(client: Client, organisation: str | None) -> Pseudonyms:
    """Return the pseudonyms that an organisation knows people by, under the key of this store."""
    row = await client.row("read/pseudonyms")
    if row is None:
        raise LookupError("the store has no key for its pseudonyms: its schema was not applied")
    return Pseudonyms(row["key"], organisation)


async def page_of_runs(
    client: Client,
    caller: Caller,
    today: date,
    *,
    kind: str | None,
    schedule: str | None,
    before: str | None,
    limit: int,
) -> list[Run]:
    """Return at most `limit` runs of a caller, the latest first, older than the run `before`."""
    rows = await client.rows(
        "read/page_of_runs",
        kind=kind,
        schedule=schedule,
        before=before or _AFTER_ALL_IDS,
        limit=limit,
        of_all=caller.role == "operator",
        role=caller.role,
        organisation=caller.organisation or COMMUNITY,
    )
    return [run_of(row).on(today) for row in rows]


def _of_these(result: dict[str, Any], seen: set[str | None]) -> dict[str, Any]:
    """Return a result without the rows, and pairs, of nodes that are not seen."""
    summary = dict(result["summary"])
    if summary.get("bridges"):
        summary["bridges"] = [pair for pair in summary["bridges"] if seen.issuperset(pair)]
    rows: list[dict[str, Any]] = [
        {**row, **{name: None for name in _BESIDE if name in row and row[name] not in seen}}
        for row in result["rows"]
        if row.get("node") in seen and row.get("other") in seen
    ]
    return {**result, "summary": summary, "rows": rows}


def _found(row: Row | None, run_id: str) -> Run:
    if row is None:
        raise _no_run(run_id)
    return run_of(row)


def _no_run(run_id: str) -> NotFound:
    return NotFound(f"there is no report run {run_id}")


def run_of(row: Row) -> Run:
    """Return a run from its row."""
    fields = {name: native(value) for name, value in row["run"].items()}
    return Run.model_validate(fields | {"parameters": from_json(fields["parameters"])})
