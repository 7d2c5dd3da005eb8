"""A unit of work: one transaction, its changes numbered and packed at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graph.errors import Stale, VersionNeeded
from graph.policy import NodeFacts
from graph.store.audits import record_audit
from graph.store.properties import facts_of_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from graph.audit.entries import Entry as AuditEntry
    from graph.audit.trail import Trail
    from graph.nodes import AnyNode, Area
    from graph.policy import NodeFacts, View
    from graph.store.client import Row, Transaction
    from graph.store.rehearsal import Rehearsal
    from graph.ties import AnyTie

WIDEST_PACKAGE: Final = 5_000
"""How many entries one Change node holds at most."""

Action = Literal["created", "updated", "cleared", "deleted", "erased", "merged"]
Entity = Literal["node", "tie", "area", "same_as"]


class Entry(NamedTuple):
    """One change of one record. `type` is a node's kind or a tie's type.

    Of two records that are the same, or no more, `source` and `target` are the two; of one that was
    merged, `target` is the record that stays.

    `audience` says who is told that a record is gone (`graph.policy.audience_of`); of one that was
    `cleared` for an organisation, or is no more, which organisation.
    """

    entity: Entity
    type: str
    id: str
    action: Action
    version: int
    steward: str | None = None
    source: str = ""
    target: str = ""
    audience: str = ""


@dataclass(slots=True)
class Unit:
    """What one attempt at a unit of work has done so far.

    `noted` are records about which something was kept that changed none of them.

    One with a `rehearsal` writes nothing, and takes what that remembers as written.
    """

    transaction: Transaction
    id: str
    now: datetime
    view: View
    several_writers: bool
    rehearsal: Rehearsal | None = None
    trail: Trail | None = None
    entries: list[Entry] = field(default_factory=list[Entry])
    audits: list[AuditEntry] = field(default_factory=list["AuditEntry"])
    noted: list[str] = field(default_factory=list[str])
    ended_keys: list[str] = field(default_factory=list[str])

    async def rows(self, name: str, /, **parameters: object) -> list[Row]:
        """Run a statement and return all its rows, in order."""
        return await self.transaction.rows(name, **parameters)

    async def row(self, name: str, /, **parameters: object) -> Row | None:
        """Run a statement and return its first row, or nothing."""
        return await self.transaction.row(name, **parameters)

    async def run(self, name: str, /, **parameters: object) -> None:
        """Run a statement that writes; a rehearsal runs none."""
        if self.rehearsal is None:
            await self.transaction.run(name, **parameters)

    async def facts(self, ids: set[str], *, locked: bool = False) -> dict[str, NodeFacts]:
        """Return what rules and policy read of those of these nodes that there are.

        `locked`: keep other writers from them as `lock` does, in the same statement.
        """
        name = "write/lock_nodes" if locked and self.several_writers else "read/node_facts"
        rows = await self.rows(name, ids=sorted(ids)) if ids else []
        found = facts_by_id(rows, self.view.consent)
        if self.rehearsal is not None:
            found |= self.rehearsal.facts(ids)
        return found

    async def ids_of_sources(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the ids of the nodes that have these foreign ids of their stewards'."""
        wanted = sorted(set(keys))
        rows = await self.rows("read/kept_sources", source_keys=wanted) if wanted else []
        found = {row["source_key"]: row["id"] for row in rows}
        if self.rehearsal is not None:
            found |= self.rehearsal.ids_of_sources(wanted)
        return found

    async def lock(self, ids: set[str]) -> None:
        """Keep other writers from these nodes until the end, in the order of the ids.

        The embedded engine has one writer at a time, which is lock enough.
        """
        if self.several_writers and ids:
            await self.run("write/lock_nodes", ids=sorted(ids))

    async def lock_all(self) -> None:
        """Keep every other writer from committing until the end: for what is seldom written."""
        if self.several_writers:
            await self.run("write/lock_changes")

    async def bury(self, entries: Sequence[Entry]) -> None:
        """Remember the last versions of what was deleted."""
        rows = [
            {"key": tombstone_key(e.entity, e.type, e.id), "version": e.version} for e in entries
        ]
        await self.run("write/bury", rows=rows)

    async def finish(self) -> None:
        """Keep who did it, then pack and number the changes.

        The counter is locked from there to the commit.
        """
        packages = [
            self.entries[start : start + WIDEST_PACKAGE]
            for start in range(0, len(self.entries), WIDEST_PACKAGE)
        ]
        if self.trail is not None:
            concerns = [[*concerned(package), *self.ended_keys] for package in packages]
            for ids in concerns or ([self.noted] if self.noted else []):
                audit = self.trail.entry("committed", ids, unit=self.id)
                await record_audit(self.transaction, self.trail.journal.chain, audit)
                self.audits.append(audit)
        for package in packages:
            await self.run("write/record_changes", unit=self.id, at=self.now, **packed(package))


def concerned(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the ids of records that were written, and of those that they name."""
    for entry in entries:
        yield entry.id
        if entry.entity in ("tie", "same_as"):
            yield from (entry.source, entry.target)


def packed(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return entries as the lists of one Change node."""
    return {
        "count": len(entries),
        "ids": [entry.id for entry in entries],
        "entities": [entry.entity for entry in entries],
        "types": [entry.type for entry in entries],
        "actions": [entry.action for entry in entries],
        "versions": [entry.version for entry in entries],
        "stewards": [entry.steward or "" for entry in entries],
        "sources": [entry.source for entry in entries],
        "targets": [entry.target for entry in entries],
        "audiences": [entry.audience for entry in entries],
    }


def facts_by_id(rows: Iterable[Row], consent: str) -> dict[str, NodeFacts]:
    """Return what the policy reads of each node, from the rows of `read/node_facts`."""
    return {
        id_: facts._replace(id=id_)
        for row in rows
        for facts in (facts_of_node({**row, "id": ""}, consent),)
        for id_ in row["ids"]
    }


def tombstone_key(entity: Entity, type_: str, record_id: str) -> str:
    """Return the key under which a deleted record's last version is remembered."""
    return f"tie:{type_}:{record_id}" if entity == "tie" else f"{entity}:{record_id}"


ANY_VERSION: Final = 0
"""Stands for whatever version there is (`If-Match: *`)."""


def check_version(record: AnyNode | AnyTie | Area, expected: int | None) -> None:
    """Refuse a change that was not made from the record as it stands.

    Raises
    ------
    VersionNeeded
        When no version is said.
    Stale
        When another one is.
    """
    if expected is None:
        message = f"{record.id} exists: say which version the change was made from"
        raise VersionNeeded(message)
    if expected not in (ANY_VERSION, record.version):
        message = f"{record.id} is at version {record.version}, not {expected}"
        raise Stale(message)
