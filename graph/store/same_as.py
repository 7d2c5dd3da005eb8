"""Two records of one person or group in two stewards' hands: one, once both stewards say so.

What was confirmed is kept on both records as well (`same_as`), so that whatever reads a record
knows what it is the same as without a look elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from graph.errors import Conflict, Forbidden, Invalid, NotFound
from graph.nodes import PARTIES
from graph.policy import may_write, of_steward, sees
from graph.refusals import check_write
from graph.store.properties import record_of
from graph.store.units import Entry
from graph.values import Instant, RecordId, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from graph.nodes import Kind
    from graph.policy import NodeFacts, View
    from graph.store.client import Client, Row, Transaction
    from graph.store.units import Action, Unit

SameAsState = Literal["asked", "confirmed", "refused", "withdrawn"]
SAME_AS_STATES: Final[tuple[SameAsState, ...]] = get_args(SameAsState)
OPEN: Final[tuple[SameAsState, ...]] = ("asked", "confirmed")


class AskedSameAs(Value):
    """One's own record, and the one of another steward that is of the same person or group."""

    record: RecordId
    same_as: RecordId


class SameAsDecision(Value):
    """What a steward says to it: the other one confirms or refuses, either one withdraws."""

    decision: Literal["confirmed", "refused", "withdrawn"]


class SameAs(AskedSameAs):
    """What one steward said to be the same, and what became of it."""

    id: str
    state: SameAsState = "asked"
    asked_at: Instant
    decided_at: Instant | None = None


async def ask_same_as(unit: Unit, said_id: str, asked: AskedSameAs, *, today: date) -> SameAs:
    """Keep that a steward takes two records for the same, until the other's steward answers.

    Raises
    ------
    Invalid
        When it is one record, or the two are not of the same kind, a person or a group.
    NotFound
        When the caller sees one of the two not.
    Forbidden
        When the first is not the caller's own.
    Conflict
        When it was said before, or follows from what was (a circle); when one steward has both;
        or when the steward of one may not see the other.
    """
    pair = (asked.record, asked.same_as)
    if asked.record == asked.same_as:
        raise Invalid.at("/same_as", "a record is the same as itself: name another one")
    facts = await unit.facts(set(pair), locked=True)
    for id_ in pair:
        if id_ not in facts or not sees(unit.view, facts[id_]):
            raise NotFound(f"there is no record {id_}")
    check_write(unit.view, facts[asked.record])
    _check_kinds(facts[asked.record].kind, facts[asked.same_as].kind)
    _check_stewards(facts, pair, today)
    await _check_circle(unit, pair, OPEN)
    said = SameAs(id=said_id, asked_at=unit.now, **asked.model_dump())
    await unit.run("write/keep_same_as", row=said.model_dump(exclude_none=True))
    unit.noted.extend(pair)
    return said


async def decide_same_as(
    unit: Unit, said_id: str, decided: SameAsDecision, *, today: date
) -> SameAs:
    """Join two records, or leave them two; what was joined comes apart as it was.

    Raises
    ------
    NotFound
        When nothing was said under this id that is there for the caller.
    Forbidden
        When the caller is not the steward who decides this.
    Conflict
        When it was decided before, or would close a circle by now.
    """
    said = _said(await _kept(unit, said_id))
    pair = (said.record, said.same_as)
    facts = await unit.facts(set(pair), locked=True)
    # Somebody else may have decided before the records were locked.
    row = await _kept(unit, said_id)
    said = _said(row)
    _check_decides(unit.view, said, facts, decided)
    taken = OPEN if decided.decision == "withdrawn" else ("asked",)
    if said.state not in taken:
        if row["said"].get("unit") == unit.id:
            return said
        raise Conflict(f"it was {said.state} before")
    unit.noted.extend(pair)
    if decided.decision == "confirmed":
        _check_stewards(facts, pair, today)
        await _check_circle(unit, pair, ("confirmed",))
        await unit.run("write/join", rows=_both_ways(*pair))
        unit.entries.append(_entry(said, facts[said.record].kind, "created"))
    elif said.state == "confirmed":
        await unit.run("write/part", rows=_both_ways(*pair))
        unit.entries.append(_entry(said, facts[said.record].kind, "deleted"))
    told = said.model_copy(update={"state": decided.decision, "decided_at": unit.now})
    await unit.run("write/keep_same_as", row=told.model_dump(exclude_none=True) | {"unit": unit.id})
    return told


async def forget_same_as(unit: Unit, record_id: str, kind: Kind) -> None:
    """Take a record that goes out of every set, with all that was said of it."""
    rows = await unit.rows("read/same_as_of", ids=[record_id], states=list(SAME_AS_STATES))
    said = [_said(row) for row in rows]
    for each in said:
        if each.state == "confirmed":
            await unit.run("write/part", rows=_both_ways(each.record, each.same_as))
            unit.entries.append(_entry(each, kind, "deleted"))
    if said:
        await unit.run("write/delete_same_as_of", id=record_id)


async def page_of_same_as(
    client: Client,
    view: View,
    *,
    state: SameAsState | None,
    record: str | None,
    after: str,
    limit: int,
) -> list[SameAs]:
    """Return at most `limit` of what is said to be the same, the oldest first, after one.

    What is not confirmed is there for the two stewards alone, and all of it only for whoever sees
    both records.
    """
    return await client.read(
        lambda t: _page(t, view, id=None, state=state, record=record, after=after, limit=limit)
    )


async def same_as_of(transaction: Transaction, view: View, record: str) -> list[SameAs]:
    """Return what a view sees of what is said of one record, the oldest first."""
    return await _page(transaction, view, id=None, state=None, record=record, after="", limit=_ALL)


async def same_as(client: Client, view: View, said_id: str) -> SameAs:
    """Return what was said under an id.

    Raises
    ------
    NotFound
        When there is nothing that the view sees.
    """
    found = await client.read(
        lambda t: _page(t, view, id=said_id, state=None, record=None, after="", limit=1)
    )
    if not found:
        raise _nothing(said_id)
    return found[0]


_ALL: Final = 10_000


async def _page(transaction: Transaction, view: View, **asked: object) -> list[SameAs]:
    rows = await transaction.rows("read/page_of_same_as", **asked, **view.parameters())
    return [_said(row) for row in rows]


def _check_kinds(own: Kind, other: Kind) -> None:
    if own not in PARTIES:
        raise Invalid.at("/record", "a person or a group has records in two hands, nothing else")
    if own != other:
        raise Invalid.at("/same_as", f"the one is of kind {own}, the other of kind {other}")


def _check_stewards(facts: dict[str, NodeFacts], pair: tuple[str, str], today: date) -> None:
    one, other = (facts[id_] for id_ in pair)
    if one.steward == other.steward:
        raise Conflict("one steward has both: this is for records in two stewards' hands")
    for steward, record in ((one.steward, other), (other.steward, one)):
        if not sees(of_steward(steward, today), record):
            raise Conflict(
                f"the steward of one may not see the other: {record.id} is not cleared for them"
            )


def _check_decides(
    view: View, said: SameAs, facts: dict[str, NodeFacts], decided: SameAsDecision
) -> None:
    """Refuse whoever does not decide; of what they may not see they are not told."""
    one, other = (facts.get(id_) for id_ in (said.record, said.same_as))
    if one is None or other is None:
        raise _nothing(said.id)
    stewards = [may_write(view, record.steward) for record in (one, other)]
    if decided.decision == "withdrawn" and any(stewards):
        return
    there = sees(view, one) and sees(view, other)
    if not there or not (any(stewards) or said.state == "confirmed"):
        raise _nothing(said.id)
    if not stewards[1] or decided.decision == "withdrawn":
        raise Forbidden("the steward of the other record confirms or refuses, either withdraws")


async def _check_circle(unit: Unit, pair: tuple[str, str], states: Iterable[SameAsState]) -> None:
    """Refuse what was said before, or follows from it, as far as the caller sees that."""
    reached, new = {pair[0]}, {pair[0]}
    while new:
        rows = await unit.rows("read/same_as_of", ids=sorted(new), states=list(states))
        said = [_said(row) for row in rows]
        facts = await unit.facts({id_ for each in said for id_ in (each.record, each.same_as)})
        known = [each for each in said if _is_known(unit.view, each, facts)]
        if any({each.record, each.same_as} == set(pair) for each in known):
            raise Conflict("this was said of the two before, and was neither refused nor withdrawn")
        new = {id_ for each in known for id_ in (each.record, each.same_as)} - reached
        reached |= new
    if pair[1] in reached:
        raise Conflict("this follows from what was said before: it would close a circle")


def _is_known(view: View, said: SameAs, facts: dict[str, NodeFacts]) -> bool:
    ends = [facts[id_] for id_ in (said.record, said.same_as) if id_ in facts]
    own = any(may_write(view, end.steward) for end in ends)
    return (
        len(ends) > 1
        and all(sees(view, end) for end in ends)
        and (own or said.state == "confirmed")
    )


def _both_ways(one: str, other: str) -> list[Row]:
    return [{"id": id_, "other": not_it} for id_, not_it in sorted(((one, other), (other, one)))]


def _entry(said: SameAs, kind: Kind, action: Action) -> Entry:
    version = 1 if action == "created" else 2
    return Entry("same_as", kind, said.id, action, version, None, said.record, said.same_as)


async def _kept(unit: Unit, said_id: str) -> Row:
    row = await unit.row("read/same_as", id=said_id)
    if row is None:
        raise _nothing(said_id)
    return row


def _nothing(said_id: str) -> NotFound:
    return NotFound(f"nothing was said to be the same under {said_id}")


def _said(row: Row) -> SameAs:
    return record_of(SameAs, row["said"])
