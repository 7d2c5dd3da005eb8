"""Imports: a spooled file becomes records, batch by batch, each a transaction."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic_core import to_json

from graph.audit.trail import Trail
from graph.errors import Erased, GraphError, Invalid
from graph.store.erased import REFUSAL
from graph.store.jobs import Job, keep_failed_rows, step
from graph.store.node_writes import NodeWrite, WrittenNode
from graph.store.rehearsal import Rehearsal
from graph.store.tie_writes import TieWrite, WrittenTie
from graph.store.writer import Writer
from service.spool import WRITTEN, Part, Spool, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from graph.audit.journal import Journal
    from graph.exchange.rows import Row
    from graph.policy import View
    from graph.store.client import Client, Transaction
    from graph.store.units import Unit

BATCH_ROWS: Final = 2_000
MOST_PAGES_OF_FAILED_ROWS: Final = 1_000
_UNREADABLE: Final = "the row cannot be read"

Refused = list[tuple["Row", GraphError]]


class Cancelled(Exception):
    """The job was cancelled meanwhile."""


class Rejected(GraphError):
    """Rows are wrong, and all or nothing was asked for."""


@dataclass(frozen=True, slots=True)
class Import:
    """What was asked of an import."""

    format: Literal["ndjson", "csv"]
    what: Any
    mapping: dict[str, Any] | None
    dry_run: bool
    on_error: Literal["reject_all", "keep_good"]
    on_conflict: Literal["report", "replace"]
    # Not in its repr: the same file again is the same request, whenever it comes.
    origin: str = field(default="", repr=False)
    """The request that began it."""

    def asked(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: rows done, rows refused, and pages of those that were."""

    position: int = 0
    done: int = 0
    failed_rows: int = 0
    pages: int = 0

    def after(self, rows: int, refused: int, *, position: int) -> Progress:
        """Return how far it is after some more rows."""
        return Progress(
            position=self.position + position,
            done=self.done + rows,
            failed_rows=self.failed_rows + refused,
            pages=self.pages + (refused > 0 and self.pages < MOST_PAGES_OF_FAILED_ROWS),
        )


class Importing:
    """One import at work. What is written is what its job says, whenever its process dies."""

    def __init__(
        self, client: Client, spool: Spool, job: Job, journal: Journal, *, view: View, today: date
    ) -> None:
        self._client = client
        self._spool = spool
        self._job = job
        names = {part.name for part in fields(Import)}
        self._asked = Import(**{name: job.asked[name] for name in names})
        trail = Trail(
            journal,
            self._asked.origin,
            class_="write",
            operation="POST /v1/imports",
            purpose="record",
            key=job.by,
            role=job.asked["role"],
            organisation=job.asked["organisation"],
        )
        self._writer = Writer(client, view, trail)
        self._today = today
        self._at = Progress(job.position, job.done, job.failed_rows, job.pages)

    async def run(self) -> None:
        """Import the file, going on where an earlier process stopped.

        Raises
        ------
        Unreadable
            When the file as a whole cannot be read.
        Rejected
            When rows are wrong and all or nothing was asked for; nothing was written.
        Cancelled
            When the job was cancelled; whole batches before that stay.
        """
        upload = Upload(self._asked.format, self._asked.what, self._asked.mapping)
        counts = await self._sorted(upload)
        if self._at.position == 0:
            # A process that died before the first batch left nothing but notes of this stage.
            self._at = Progress()
            await self._tell_what_cannot_be_read(sum(counts.values()))
            if self._asked.dry_run or self._asked.on_error == "reject_all":
                await self._rehearse()
        if self._asked.dry_run:
            return
        if self._asked.on_error == "reject_all" and self._at.failed_rows:
            raise Rejected(f"{self._at.failed_rows} rows are wrong; nothing was written")
        await self._write(counts)

    async def _sorted(self, upload: Upload) -> dict[Part, int]:
        abandoned = Event()
        try:
            return await asyncio.to_thread(self._spool.sort, upload, abandoned)
        finally:
            # A thread cannot be cancelled: it is asked to stop.
            abandoned.set()

    async def _tell_what_cannot_be_read(self, total: int) -> None:
        await self._client.write(lambda t: self._step(t, total=total))
        for rows in self._spool.batches("faulty", size=BATCH_ROWS):
            erased = await self._writer.naming_erased([row.text for row in rows])
            refused: Refused = [
                (row, Erased(REFUSAL) if place in erased else Invalid(_UNREADABLE, row.faults))
                for place, row in enumerate(rows)
            ]
            await self._note(self._at.after(len(rows), len(rows), position=0), refused)

    async def _rehearse(self) -> None:
        """Find every row that would be refused; write nothing but the job's progress."""
        shows = self._asked.dry_run
        adds = bool((self._asked.mapping or {}).get("append"))
        with closing(Rehearsal(whole_nodes=adds)) as earlier:
            for part in WRITTEN:
                for rows in self._spool.batches(part, size=BATCH_ROWS):
                    nodes, ties = self._writes(part, rows)
                    refused = _refused(
                        rows, await self._writer.rehearse(nodes, ties, earlier, today=self._today)
                    )
                    done = len(rows) if shows else len(refused)
                    await self._note(self._at.after(done, len(refused), position=0), refused)

    async def _write(self, counts: dict[Part, int]) -> None:
        skip = self._at.position
        for part in WRITTEN:
            batches = self._spool.batches(part, size=BATCH_ROWS, skip=min(skip, counts[part]))
            skip = max(0, skip - counts[part])
            for rows in batches:
                await self._write_batch(part, rows)

    async def _write_batch(self, part: Part, rows: Sequence[Row]) -> None:
        nodes, ties = self._writes(part, rows)
        then = self._at

        async def also(
            unit: Unit, results: Sequence[WrittenNode | WrittenTie | GraphError]
        ) -> None:
            nonlocal then
            refused = _refused(rows, results)
            if refused and self._asked.on_error == "reject_all":
                row, why = refused[0]
                raise Rejected(
                    f"line {row.line} is refused since the file was looked at ({why.detail}); "
                    f"{self._at.position} rows had been written by then"
                )
            then = self._at.after(len(rows), len(refused), position=len(rows))
            await self._keep(unit.transaction, then, refused)

        await self._writer.put_batch(nodes, ties, today=self._today, also=also)
        self._at = then

    async def _note(self, then: Progress, refused: Refused) -> None:
        await self._client.write(lambda t: self._keep(t, then, refused))
        self._at = then

    async def _keep(self, transaction: Transaction, then: Progress, refused: Refused) -> None:
        """Keep the progress and the rows refused, in the transaction that made them so."""
        if then.pages > self._at.pages:
            await keep_failed_rows(transaction, self._job.id, self._at.pages, _lines(refused))
        await self._step(transaction, **asdict(then))

    async def _step(self, transaction: Transaction, **fields: object) -> None:
        if await step(transaction, self._job.id, states=("running",), **fields) is None:
            raise Cancelled

    def _writes(self, part: Part, rows: Sequence[Row]) -> tuple[list[NodeWrite], list[TieWrite]]:
        replaces = self._asked.on_conflict == "replace"
        if part == "ties":
            return [], [_tie_write(row, replaces=replaces) for row in rows]
        return [_node_write(row, replaces=replaces) for row in rows], []


def _node_write(row: Row, *, replaces: bool) -> NodeWrite:
    fields = dict(row.node or {})
    consents = fields.pop("consents", None)
    return NodeWrite(
        fields["kind"],
        fields.get("id"),
        fields,
        "import",
        replace_changed=replaces,
        append=row.append,
        consents=tuple(consents or ()),
    )


def _tie_write(row: Row, *, replaces: bool) -> TieWrite:
    fields = dict(row.tie or {})
    return TieWrite(fields["type"], fields.get("id"), fields, "import", replace_changed=replaces)


def _refused(
    rows: Sequence[Row], results: Sequence[WrittenNode | WrittenTie | GraphError]
) -> Refused:
    return [
        (row, result)
        for row, result in zip(rows, results, strict=True)
        if isinstance(result, GraphError)
    ]


def _lines(refused: Refused) -> str:
    """Return rows that were refused as lines of JSON: line, content, and what is wrong where."""
    lines: list[str] = []
    for row, why in refused:
        faults = why.faults if isinstance(why, Invalid) else ()
        shown = {
            "line": row.line,
            # What somebody who was erased is called or has said is not kept once more.
            "row": "" if isinstance(why, Erased) else row.text,
            "detail": why.detail,
            "errors": [{"pointer": f.pointer, "detail": f.detail} for f in faults],
        }
        lines.append(to_json(shown).decode() + "\n")
    return "".join(lines)
