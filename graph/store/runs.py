"""Report runs as they are kept: what was asked, and the answer in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic_core import from_json, to_json

from graph.errors import NotFound, RunOutdated
from graph.store.pages import put_pages, text_of_pages
from graph.store.properties import native
from graph.values import Day, Instant, Value

if TYPE_CHECKING:
    from graph.store.client import Client, Row, Transaction

_AFTER_ALL_IDS: Final = "g"
"""Sorts after every UUID."""

_OUTDATED: Final = "somebody whom this report may have counted was erased: ask for it again"


class Run(Value):
    """One question asked of the network of one day; `result` is null until it is answered."""

    id: str
    kind: str
    parameters: dict[str, Any]
    as_of: Day
    created_at: Instant
    state: Literal["running", "done", "failed", "cancelled", "outdated"] = "running"
    epoch: str | None = None
    revision: int | None = None
    pages: int = 0
    problem: str | None = None


async def create_run(transaction: Transaction, run: Run) -> None:
    """Keep a new run, in the transaction that keeps its job."""
    row = run.model_dump(exclude_none=True) | {"parameters": to_json(run.parameters).decode()}
    await transaction.run("write/create_run", row=row)


async def finish_run(
    client: Client, run_id: str, *, epoch: str, revision: int, result: dict[str, Any]
) -> Run:
    """Keep a run's answer, its pages first.

    Raises
    ------
    RunOutdated
        When somebody was erased after the revision that it was computed from.
    """
    text = to_json(result, inf_nan_mode="constants").decode()
    pages = await put_pages(client, run_id, text)

    async def work(transaction: Transaction) -> Row | None:
        # Whoever erases holds this lock to the end: so an erasure is seen here, or sees this run.
        await transaction.run("write/lock_changes")
        erasures = await transaction.row("read/erasures")
        if erasures is not None and erasures["change"] > revision:
            raise RunOutdated(_OUTDATED)
        row = {"state": "done", "epoch": epoch, "revision": revision, "pages": pages}
        return await transaction.row("write/update_run", id=run_id, row=row)

    try:
        row, _ = await client.write(work)
    except RunOutdated:
        await client.write(lambda t: t.run("write/delete_pages", owners=[run_id]))
        raise
    return _found(row, run_id)


async def end_run(
    client: Client, run_id: str, state: Literal["failed", "cancelled"], problem: str | None
) -> Run:
    """Keep that a run has no answer, and why."""
    return await _update(client, run_id, state=state, problem=problem)


async def run(client: Client, run_id: str) -> Run:
    """Return a run.

    Raises
    ------
    NotFound
        When there is none of this id.
    """
    row = await client.read(lambda t: t.row("read/run", id=run_id))
    if row is None:
        raise NotFound(f"there is no report run {run_id}")
    return _run(row)


async def result_of(client: Client, run: Run) -> dict[str, Any] | None:
    """Return a run's answer; null while there is none.

    Raises
    ------
    RunOutdated
        When somebody whom it counted, or may have counted, was erased since.
    """
    if run.state == "outdated":
        raise RunOutdated(_OUTDATED)
    if run.state != "done":
        return None
    return from_json(await text_of_pages(client, run.id, run.pages))


async def page_of_runs(
    client: Client, *, kind: str | None, before: str | None, limit: int
) -> list[Run]:
    """Return at most `limit` runs, the latest first, older than the run `before`."""
    rows = await client.read(
        lambda t: t.rows(
            "read/page_of_runs", kind=kind, before=before or _AFTER_ALL_IDS, limit=limit
        )
    )
    return [_run(row) for row in rows]


async def _update(client: Client, run_id: str, **fields: object) -> Run:
    row, _ = await client.write(lambda t: t.row("write/update_run", id=run_id, row=fields))
    return _found(row, run_id)


def _found(row: Row | None, run_id: str) -> Run:
    if row is None:
        raise NotFound(f"there is no report run {run_id}")
    return _run(row)


def _run(row: Row) -> Run:
    fields = {name: native(value) for name, value in row["run"].items()}
    return Run.model_validate(fields | {"parameters": from_json(fields["parameters"])})
