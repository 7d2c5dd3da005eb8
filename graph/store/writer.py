"""Writing records as one view allows it: one method is one domain operation is one transaction."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Generic
from uuid import uuid4

from graph.errors import Conflict, GraphError, KeyTaken, NotFound
from graph.store.area_writes import delete_area, put_area
from graph.store.clearing import ask_clearance, decide_clearance
from graph.store.client import ResultT
from graph.store.consent_writes import (
    Override,
    give_consent,
    override,
    restrict,
    withdraw_consent,
)
from graph.store.corrections import (
    AskedCorrection,
    Correction,
    CorrectionDecision,
    ask_correction,
    decide_correction,
)
from graph.store.deleting import delete_ended_ties, delete_node, delete_tie
from graph.store.erased import naming_erased
from graph.store.erasing import Erasure, ErasureReason, LiftReason, erase, lift
from graph.store.mentions import named_in
from graph.store.merging import merge, unmerge
from graph.store.node_writes import NodeWrite, WrittenNode, put_node
from graph.store.people_writes import put_people
from graph.store.requests import Made, Request, made_before, remember
from graph.store.same_as import (
    AskedSameAs,
    SameAs,
    SameAsDecision,
    ask_same_as,
    decide_same_as,
)
from graph.store.tie_writes import (
    TieWrite,
    WrittenTie,
    put_tie,
    put_ties,
    used_elsewhere,
)
from graph.store.units import Unit
from graph.values import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graph.audit.trail import Trail
    from graph.clearances import AskedClearance, Clearance, ClearanceDecision
    from graph.consents import Consent
    from graph.nodes import AnyNode, Area, Kind
    from graph.policy import View
    from graph.revising import Fields
    from graph.store.client import Client, Transaction
    from graph.store.merges import AskedMerge, Merge
    from graph.store.rehearsal import Rehearsal
    from graph.ties import AnyTie, TieType


@dataclass(frozen=True, slots=True)
class Commit(Generic[ResultT]):
    """What a write did, and the bookmarks that stand for it on a cluster."""

    result: ResultT
    bookmarks: tuple[str, ...]


class Writer:
    """Writes records as one view allows it.

    Parameters
    ----------
    client
        The engine.
    view
        What the caller sees; a partner writes only what it stewards.
    trail
        On whose behalf, for the audit.
    """

    def __init__(self, client: Client, view: View, trail: Trail | None = None) -> None:
        self._client = client
        self._view = view
        self._trail = trail

    async def create_node(
        self, kind: Kind, fields: Fields, request: Request | None = None
    ) -> Commit[AnyNode | Made]:
        """Create a node; an id is given to it where the fields have none.

        A request that came before is answered with what it made: to be read anew.
        """
        node_id = fields.get("id") or new_id()

        async def work(unit: Unit) -> tuple[AnyNode, Made]:
            write = NodeWrite(kind, str(node_id), fields, "create")
            node = (await put_node(unit, write)).node
            return node, Made("node", node.id, node.version or 1)

        return await self._once(work, request)

    async def put_node(self, write: NodeWrite) -> Commit[WrittenNode]:
        """Create or change one node."""
        return await self._write(lambda unit: put_node(unit, write))

    async def delete_node(
        self, kind: Kind, node_id: str, *, expected: int | None, with_ties: bool = False
    ) -> Commit[list[str]]:
        """Delete a node that was entered by mistake; return the keys that ended with it."""
        return await self._write(
            lambda unit: delete_node(unit, kind, node_id, expected=expected, with_ties=with_ties)
        )

    async def erase_person(self, person_id: str, reason: ErasureReason) -> Commit[Erasure]:
        """Erase a person, and keep them from coming back."""
        return await self._write(lambda unit: erase(unit, person_id, reason))

    async def lift_erasure(self, person_id: str, reason: LiftReason) -> Commit[None]:
        """Let a person who was erased be recorded again.

        Raises
        ------
        NotFound
            When nobody was erased under this id.
        """
        lifted = False

        async def work(unit: Unit) -> None:
            nonlocal lifted
            # An attempt whose outcome was lost may have lifted it.
            lifted = await lift(unit, person_id, reason) or lifted
            if not lifted:
                raise NotFound(f"there is no erasure of a person {person_id}")

        return await self._write(work)

    async def naming_erased(self, rows: Sequence[str]) -> set[int]:
        """Return the places of the rows, as they came, that name somebody who was erased."""
        named = [named_in(row, self._view) for row in rows]
        return await self._client.read(lambda t: naming_erased(self._unit(t, ""), named))

    async def create_tie(
        self, type_: TieType, fields: Fields, request: Request | None = None
    ) -> Commit[AnyTie | Made]:
        """Create a tie; an id is given to it where the fields have none."""
        given = fields.get("id")
        write = TieWrite(type_, given if isinstance(given, str) else None, fields, "create")

        async def work(unit: Unit) -> tuple[AnyTie, Made]:
            tie = (await put_tie(unit, write)).tie
            return tie, Made(type_, str(tie.id), tie.version or 1)

        return await self._once(work, request)

    async def put_tie(self, write: TieWrite) -> Commit[WrittenTie]:
        """Create or change one tie."""
        return await self._write(lambda unit: put_tie(unit, write))

    async def delete_tie(
        self, type_: TieType, tie_id: str, *, expected: int | None
    ) -> Commit[None]:
        """Delete a tie that was entered by mistake."""
        return await self._write(lambda unit: delete_tie(unit, type_, tie_id, expected=expected))

    async def delete_ended_ties(self, **asked: object) -> Commit[int]:
        """Delete some of the ties that ended before a day; return how many."""
        return await self._write(lambda unit: delete_ended_ties(unit, **asked))

    async def create_area(
        self, fields: Fields, request: Request | None = None
    ) -> Commit[Area | Made]:
        """Create an area; an id is given to it where the fields have none."""
        area_id = str(fields.get("id") or new_id())

        async def work(unit: Unit) -> tuple[Area, Made]:
            area, _ = await put_area(unit, area_id, fields, mode="create")
            return area, Made("area", area.id, area.version or 1)

        return await self._once(work, request)

    async def put_area(
        self, area_id: str, fields: Fields, *, expected: int | None = None, absent: bool = False
    ) -> Commit[tuple[Area, bool]]:
        """Create or replace one area."""
        return await self._write(
            lambda unit: put_area(
                unit, area_id, fields, mode="replace", expected=expected, absent=absent
            )
        )

    async def patch_area(
        self, area_id: str, fields: Fields, *, expected: int | None
    ) -> Commit[tuple[Area, bool]]:
        """Change one area by a merge patch."""
        return await self._write(
            lambda unit: put_area(unit, area_id, fields, mode="merge", expected=expected)
        )

    async def delete_area(self, area_id: str, *, expected: int | None) -> Commit[None]:
        """Delete an area that nothing lies in."""
        return await self._write(lambda unit: delete_area(unit, area_id, expected=expected))

    async def give_consent(
        self, person_id: str, fields: Fields, *, today: date, request: Request | None = None
    ) -> Commit[Consent | Made]:
        """Record a consent of one person."""

        async def work(unit: Unit) -> tuple[Consent, Made]:
            consent = await give_consent(unit, person_id, fields, today=today)
            return consent, Made("consent", str(consent.id), 1)

        return await self._once(work, request)

    async def withdraw_consent(self, person_id: str, consent_id: str) -> Commit[Consent]:
        """Withdraw a consent: it opens nothing from the next read on."""
        return await self._write(lambda unit: withdraw_consent(unit, person_id, consent_id))

    async def restrict(self, person_id: str, *, restricted: bool) -> Commit[None]:
        """Keep a record and use it for nothing, or use it again."""
        return await self._write(lambda unit: restrict(unit, person_id, restricted=restricted))

    async def override(self, person_id: str, fields: Fields, *, today: date) -> Commit[Override]:
        """Open one record to one role for a time, for safeguarding."""
        return await self._write(lambda unit: override(unit, person_id, fields, today=today))

    async def ask_correction(self, person_id: str, asked: AskedCorrection) -> Commit[Correction]:
        """Keep what somebody asks to be corrected of their record."""
        correction_id = new_id()
        return await self._write(lambda unit: ask_correction(unit, correction_id, person_id, asked))

    async def decide_correction(
        self, correction_id: str, decided: CorrectionDecision
    ) -> Commit[Correction]:
        """Apply a correction to its record, or refuse it."""
        return await self._write(lambda unit: decide_correction(unit, correction_id, decided))

    async def ask_clearance(
        self, asked: AskedClearance, *, today: date, request: Request | None = None
    ) -> Commit[Clearance | Made]:
        """Keep that an organisation asks to see a record."""
        clearance_id = new_id()

        async def work(unit: Unit) -> tuple[Clearance, Made]:
            clearance = await ask_clearance(unit, clearance_id, asked, today=today)
            return clearance, Made("clearance", clearance.id, 1)

        return await self._once(work, request)

    async def decide_clearance(
        self, clearance_id: str, decided: ClearanceDecision, *, today: date
    ) -> Commit[Clearance]:
        """Clear a record for who asked, refuse it, or take it back."""
        return await self._write(
            lambda unit: decide_clearance(unit, clearance_id, decided, today=today)
        )

    async def merge(
        self, asked: AskedMerge, request: Request | None = None
    ) -> Commit[Merge | Made]:
        """Make two records of one steward one."""
        merge_id = new_id()

        async def work(unit: Unit) -> tuple[Merge, Made]:
            made = await merge(unit, merge_id, asked)
            return made, Made("merge", made.id, 1)

        return await self._once(work, request)

    async def unmerge(self, merge_id: str) -> Commit[Merge]:
        """Make two records of one again."""
        return await self._write(lambda unit: unmerge(unit, merge_id))

    async def ask_same_as(
        self, asked: AskedSameAs, *, today: date, request: Request | None = None
    ) -> Commit[SameAs | Made]:
        """Keep that two records are said to be of the same person or group."""
        said_id = new_id()

        async def work(unit: Unit) -> tuple[SameAs, Made]:
            said = await ask_same_as(unit, said_id, asked, today=today)
            return said, Made("same_as", said.id, 1)

        return await self._once(work, request)

    async def decide_same_as(
        self, said_id: str, decided: SameAsDecision, *, today: date
    ) -> Commit[SameAs]:
        """Join two records, leave them two, or take them apart again."""
        return await self._write(lambda unit: decide_same_as(unit, said_id, decided, today=today))

    async def put_batch(
        self,
        nodes: Sequence[NodeWrite],
        ties: Sequence[TieWrite],
        *,
        today: date = date.max,
        also: Callable[[Unit, list[WrittenNode | WrittenTie | GraphError]], Awaitable[None]],
    ) -> list[WrittenNode | WrittenTie | GraphError]:
        """Write many rows in one transaction, each refused by itself.

        Parameters
        ----------
        today
            The community's day: no consent is given after it.
        also
            What belongs into the same transaction: the progress of the job.

        Returns
        -------
        For every row, nodes first, what was written or what it was refused for.
        """
        taken: set[int] = set()

        async def work(unit: Unit) -> list[WrittenNode | WrittenTie | GraphError]:
            written: list[WrittenNode | WrittenTie | GraphError] = []
            written += await put_people(unit, nodes, today=today) if nodes else ()
            if ties:
                left = [write for place, write in enumerate(ties) if place not in taken]
                some = iter(await put_ties(unit, left))
                written += [
                    _taken(write) if place in taken else next(some)
                    for place, write in enumerate(ties)
                ]
            await also(unit, written)
            return written

        try:
            commit = await self._write(work)
        except KeyTaken:
            # A tie's id is unique in its type, and a batch looks only between its own ends.
            taken |= await self._client.read(lambda t: used_elsewhere(self._unit(t, ""), ties))
            if not taken:
                raise
            commit = await self._write(work)
        return commit.result

    async def rehearse(
        self,
        nodes: Sequence[NodeWrite],
        ties: Sequence[TieWrite],
        rehearsal: Rehearsal,
        *,
        today: date = date.max,
    ) -> list[WrittenNode | WrittenTie | GraphError]:
        """Return what a batch would become after the earlier ones, and write nothing."""

        async def work(transaction: Transaction) -> list[WrittenNode | WrittenTie | GraphError]:
            unit = self._unit(transaction, "", rehearsal=rehearsal)
            written = await put_ties(unit, ties)
            new = [
                place
                for place, result in enumerate(written)
                if isinstance(result, WrittenTie) and result.outcome == "created"
            ]
            taken = await used_elsewhere(unit, [ties[place] for place in new])
            for place in (new[index] for index in taken):
                written[place] = _taken(ties[place])
            return [*await put_people(unit, nodes, today=today), *written]

        results = await self._client.read(work)
        rehearsal.remember(results)
        return results

    async def _once(
        self, work: Callable[[Unit], Awaitable[tuple[ResultT, Made]]], request: Request | None
    ) -> Commit[ResultT | Made]:
        """Do a piece of work, unless the same request did it before."""

        async def first(unit: Unit) -> ResultT | Made:
            if request is not None and (made := await made_before(unit.transaction, request)):
                return made
            result, made = await work(unit)
            if request is not None:
                await remember(unit.transaction, request, made, unit.now)
            return result

        return await self._write(first)

    async def _write(self, work: Callable[[Unit], Awaitable[ResultT]]) -> Commit[ResultT]:
        unit_id = uuid4().hex

        async def unit_of_work(transaction: Transaction) -> tuple[ResultT, Unit]:
            unit = self._unit(transaction, unit_id)
            result = await work(unit)
            await unit.finish()
            return result, unit

        async def was_committed(transaction: Transaction) -> bool:
            # A commit whose answer was lost may still be under way: it holds this lock.
            await transaction.run("write/lock_changes")
            return await transaction.row("read/unit", unit=unit_id) is not None

        with nullcontext() if self._trail is None else self._trail.journal.writing(unit_id):
            (result, unit), bookmarks = await self._client.write(
                unit_of_work, was_committed=was_committed
            )
        if self._trail is not None and unit.audits:
            self._trail.committed(unit.audits)
        return Commit(result, bookmarks)

    def _unit(
        self, transaction: Transaction, unit_id: str, *, rehearsal: Rehearsal | None = None
    ) -> Unit:
        return Unit(
            transaction,
            unit_id,
            datetime.now(UTC).replace(microsecond=0),
            self._view,
            # A rehearsal takes no locks, since it writes nothing.
            several_writers=rehearsal is None and not self._client.engine.embedded,
            rehearsal=rehearsal,
            trail=self._trail,
        )


def _taken(write: TieWrite) -> Conflict:
    return Conflict(f"the id {write.id} is in use")
