"""What a person asks to be corrected: it waits for their steward, who applies or refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from pydantic_core import from_json, to_json

from graph.errors import Conflict, Fault, Invalid, NotFound
from graph.nodes import Person
from graph.refusals import check_write
from graph.revising import checked
from graph.store.node_writes import NodeWrite, kept_id, put_node
from graph.store.properties import native
from graph.store.units import ANY_VERSION
from graph.values import Instant, Label, PersonId, Text, Value

if TYPE_CHECKING:
    from graph.policy import View
    from graph.store.client import Client, Row, Transaction
    from graph.store.units import Unit

CorrectedField = Literal[
    "name", "description", "tags", "areas", "location", "contacts", "languages", "active_from",
    "active_to",
]  # fmt: skip
"""What a person can say of themself; how their record is kept is the steward's."""

CorrectionState = Literal["open", "accepted", "refused"]
CORRECTION_STATES: Final[tuple[CorrectionState, ...]] = get_args(CorrectionState)
MOST_OPEN: Final = 20
"""Corrections of one person that may wait at once."""


class AskedCorrection(Value):
    """What a field of one's record should say; null takes it out."""

    field: CorrectedField
    value: Any
    reason: Text | None = None


class CorrectionDecision(Value):
    """What the steward decides, and what the person is told of why."""

    decision: Literal["accepted", "refused"]
    reason: Label


class Correction(AskedCorrection):
    """A correction that was asked for, and what became of it."""

    id: str
    person: PersonId
    value: Any = None
    state: CorrectionState = "open"
    asked_at: Instant
    decided_at: Instant | None = None
    decided_because: Label | None = None


async def ask_correction(
    unit: Unit, correction_id: str, person_id: str, asked: AskedCorrection
) -> Correction:
    """Keep what somebody asks to be corrected of their record.

    Raises
    ------
    NotFound
        When there is no such person, or the caller is somebody else.
    Invalid
        When no person's record could say this.
    Conflict
        When too many corrections of theirs wait already.
    """
    person_id = kept_id("person", person_id)
    own = unit.view.everything or person_id == unit.view.person
    facts = await unit.facts({person_id}, locked=True) if own else {}
    if person_id not in facts or facts[person_id].kind != "person":
        raise NotFound(f"there is no person {person_id}")
    _check_value(person_id, asked)
    waiting = [c for c in await corrections_of(unit.transaction, person_id) if c.state == "open"]
    if len(waiting) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} corrections wait to be decided already")
    correction = Correction(
        id=correction_id, person=person_id, asked_at=unit.now, **asked.model_dump()
    )
    await unit.run("write/keep_correction", row=_row(correction))
    return correction


async def decide_correction(
    unit: Unit, correction_id: str, decided: CorrectionDecision
) -> Correction:
    """Apply a correction to its record, or refuse it; the reason is kept for the person.

    Raises
    ------
    NotFound
        When there is no such correction that the caller may see.
    Forbidden
        When the record is another steward's.
    Conflict
        When it was decided before.
    Invalid
        When the record, as it stands, cannot say this.
    """
    found = _correction(await _kept(unit, correction_id))
    facts = (await unit.facts({found.person}, locked=True))[found.person]
    check_write(unit.view, facts)
    # Somebody else may have decided before the record was locked.
    row = await _kept(unit, correction_id)
    found = _correction(row)
    if found.state != "open":
        if row["correction"].get("unit") == unit.id:
            return found
        raise Conflict(f"the correction {correction_id} was {found.state} before")
    if decided.decision == "accepted":
        fields = {found.field: found.value}
        await put_node(unit, NodeWrite("person", found.person, fields, "merge", ANY_VERSION))
    told = found.model_copy(
        update={
            "state": decided.decision,
            "decided_at": unit.now,
            "decided_because": decided.reason,
        }
    )
    await unit.run("write/keep_correction", row={**_row(told), "unit": unit.id})
    return told


async def corrections_of(transaction: Transaction, person_id: str) -> list[Correction]:
    """Return what one person asked to be corrected, the oldest first."""
    rows = await transaction.rows("read/corrections_of", person=person_id)
    return [_correction(row) for row in rows]


async def page_of_corrections(
    client: Client, view: View, *, state: CorrectionState, after: str, limit: int
) -> list[Correction]:
    """Return at most `limit` corrections in a state, the oldest first, after the one `after`.

    Those of the caller's own people, or those that a member asked for.
    """
    rows = await client.rows(
        "read/page_of_corrections",
        state=state,
        after=after,
        limit=limit,
        all=view.everything,
        # No record has a member's organisation.
        steward=view.organisation if view.sees_own else None,
        asker=view.person,
    )
    return [_correction(row) for row in rows]


async def _kept(unit: Unit, correction_id: str) -> Row:
    row = await unit.row("read/correction", id=correction_id)
    if row is None:
        raise NotFound(f"there is no correction {correction_id}")
    return row


def _check_value(person_id: str, asked: AskedCorrection) -> None:
    field = asked.field
    if asked.value is None:
        if field == "name":
            raise Invalid.at("/value", "a person has a name")
        return
    try:
        checked(Person, {"id": person_id, "name": "somebody", field: asked.value})
    except Invalid as refusal:
        faults = [
            Fault(f"/value{fault.pointer.removeprefix(f'/{field}')}", fault.detail)
            for fault in refusal.faults
        ]
        raise Invalid(f"this is no {field} as the model has it", faults) from refusal


def _row(correction: Correction) -> dict[str, Any]:
    value = to_json(correction.value).decode()
    return correction.model_dump(exclude_none=True) | {"value": value}


def _correction(row: Row) -> Correction:
    fields = {name: native(value) for name, value in row["correction"].items() if name != "unit"}
    return Correction.model_validate({**fields, "value": from_json(fields["value"])})
