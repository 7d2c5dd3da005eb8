"""What organisations ask to see of others' records: the steward clears it, or refuses.

An answer is the same whether a record is hidden or not there at all: who asks learns nothing by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.clearances import Clearance, cleared, not_cleared, organisations
from graph.errors import Conflict, Forbidden, Invalid, NotFound
from graph.policy import EVERYTHING, may_write, sees
from graph.store.outdating import outdate_runs
from graph.store.properties import facts_of_node, record_of
from graph.store.units import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from graph.clearances import AskedClearance, ClearanceDecision, ClearanceState
    from graph.policy import View
    from graph.store.client import Client, Row, Transaction
    from graph.store.units import Unit

MOST_ASKED: Final = 100
"""Requests of one organisation that may wait at once."""


async def ask_clearance(
    unit: Unit, clearance_id: str, asked: AskedClearance, *, today: date
) -> Clearance:
    """Keep that the caller's organisation asks to see a record, whether there is one or not.

    Raises
    ------
    Invalid
        When it would be over before it begins.
    Conflict
        When the caller sees the record already, has asked for it, or for too many.
    """
    organisation = unit.view.organisation
    _check_until(asked.until, today)
    kept = await _kept_record(unit, asked.record)
    if kept is not None and sees(unit.view, facts_of_node(kept, unit.view.consent)):
        raise Conflict(f"{asked.record} is there for you already")
    rows = await unit.rows(
        "read/clearances_by", organisation=organisation, states=["asked", "cleared"]
    )
    before = [_clearance(row).on(today) for row in rows]
    waiting = [each for each in before if each.state == "asked"]
    if any(e.record == asked.record and e.state in ("asked", "cleared") for e in before):
        raise Conflict(f"{asked.record} was asked for before, and was not refused")
    if len(waiting) >= MOST_ASKED:
        raise Conflict(f"{MOST_ASKED} requests of {organisation} wait to be decided already")
    clearance = Clearance(
        id=clearance_id, organisation=organisation, asked_at=unit.now, **asked.model_dump()
    )
    await unit.run("write/keep_clearance", row=clearance.model_dump(exclude_none=True))
    unit.noted.append(asked.record)
    return clearance


async def decide_clearance(
    unit: Unit, clearance_id: str, decided: ClearanceDecision, *, today: date
) -> Clearance:
    """Clear a record for who asked, refuse it, or take back what was asked or cleared.

    Raises
    ------
    NotFound
        When there is no such request that the caller made, or that is for a record of theirs.
    Forbidden
        When whoever asked decides.
    Conflict
        When it was decided before.
    Invalid
        When it would be over before it begins.
    """
    found = _clearance(await _kept(unit, clearance_id))
    kept = await _kept_record(unit, found.record)
    # Somebody else may have decided before the record was locked.
    row = await _kept(unit, clearance_id)
    found = _clearance(row)
    _check_decides(unit.view, found, kept, decided)
    until = _until(found, decided, today)
    taken = ("asked", "cleared") if decided.decision == "withdrawn" else ("asked",)
    if found.state not in taken:
        if row["clearance"].get("unit") == unit.id:
            return found
        raise Conflict(f"the request {clearance_id} was {found.state} before")
    unit.noted.append(found.record)
    if kept is not None and (decided.decision == "cleared" or found.state == "cleared"):
        before = kept.get("cleared_for") or ()
        left = (
            cleared(before, found.organisation, until)
            if decided.decision == "cleared"
            else not_cleared(before, found.organisation)
        )
        await _keep_cleared(unit, kept, left, found.organisation)
    told = found.model_copy(
        update={"state": decided.decision, "until": until, "decided_at": unit.now}
    )
    await unit.run(
        "write/keep_clearance", row=told.model_dump(exclude_none=True) | {"unit": unit.id}
    )
    return told


async def forget_clearances(unit: Unit, id_: str) -> None:
    """Take away what was asked for a record that goes, or by an organisation that does."""
    for row in await unit.rows("read/clearances_by", organisation=id_, states=["cleared"]):
        kept = await _kept_record(unit, _clearance(row).record)
        if kept is not None:
            left = not_cleared(kept.get("cleared_for") or (), id_)
            await _keep_cleared(unit, kept, left, id_)
    await unit.run("write/delete_clearances_of", id=id_)


async def clearances_of(transaction: Transaction, record: str, today: date) -> list[Clearance]:
    """Return who asked to see one record, the oldest request first."""
    rows = await transaction.rows("read/clearances_of", record=record)
    return [_clearance(row).on(today) for row in rows]


async def page_of_clearances(
    client: Client,
    view: View,
    today: date,
    *,
    state: ClearanceState | None,
    record: str | None,
    after: str,
    limit: int,
) -> list[Clearance]:
    """Return at most `limit` requests, the oldest first, after one.

    Those of the caller's organisation, and those for its own records.
    """
    asked = {"id": None, "state": state, "record": record, "after": after, "limit": limit}
    return await _page(client, view, today, **asked)


async def clearance(client: Client, view: View, today: date, clearance_id: str) -> Clearance:
    """Return a request.

    Raises
    ------
    NotFound
        When there is none that the caller's organisation made, or that is for its own record.
    """
    asked = {"id": clearance_id, "state": None, "record": None, "after": "", "limit": 1}
    found = await _page(client, view, today, **asked)
    if not found:
        raise _no_clearance(clearance_id)
    return found[0]


async def _page(client: Client, view: View, today: date, **asked: object) -> list[Clearance]:
    rows = await client.rows(
        "read/page_of_clearances",
        today=today,
        all=view.everything,
        # No record has a member's organisation.
        steward=view.organisation if view.sees_own else None,
        **asked,
    )
    return [_clearance(row).on(today) for row in rows]


def _check_decides(
    view: View, found: Clearance, kept: Row | None, decided: ClearanceDecision
) -> None:
    steward = kept is not None and may_write(view, kept.get("steward"))
    asker = view.everything or (view.sees_own and view.organisation == found.organisation)
    if not steward and not asker:
        raise _no_clearance(found.id)
    if not steward and decided.decision != "withdrawn":
        raise Forbidden("the record's steward clears or refuses, whoever asked may withdraw")


def _until(found: Clearance, decided: ClearanceDecision, today: date) -> date | None:
    if decided.decision != "cleared":
        if decided.until is not None:
            raise Invalid.at("/until", "only what is cleared is so until a day")
        return found.until
    until = decided.until or found.until
    _check_until(until, today)
    return until


def _check_until(until: date | None, today: date) -> None:
    if until is not None and until <= today:
        raise Invalid.at("/until", "it is the first day on which it is over, so it is to come")


async def _kept_record(unit: Unit, record: str) -> Row | None:
    await unit.lock({record})
    rows: Sequence[Row] = await unit.rows("read/nodes", ids=[record], **EVERYTHING.parameters())
    return rows[0]["node"] if rows else None


async def _keep_cleared(unit: Unit, kept: Row, left: list[str], organisation: str) -> None:
    """Keep for whom a record is cleared, and tell the feed, for them and for its steward."""
    row = {"id": kept["id"], "cleared_for": left or None}
    await unit.run("write/update_nodes", rows=[row])
    if kept["kind"] == "person" and organisation not in organisations(left):
        await outdate_runs(unit, [kept["id"]])
    unit.entries.append(
        Entry(
            "node", kept["kind"], kept["id"], "cleared", kept.get("version", 1),
            kept.get("steward"), "", "", organisation,
        )
    )  # fmt: skip


async def _kept(unit: Unit, clearance_id: str) -> Row:
    row = await unit.row("read/clearance", id=clearance_id)
    if row is None:
        raise _no_clearance(clearance_id)
    return row


def _no_clearance(clearance_id: str) -> NotFound:
    return NotFound(f"there is no request for a clearance {clearance_id}")


def _clearance(row: Row) -> Clearance:
    return record_of(Clearance, row["clearance"])
