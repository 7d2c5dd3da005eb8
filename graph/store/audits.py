"""The audit of writes: in the transaction that writes, and chained after its commit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from pydantic_core import from_json

from graph.audit.chain import digest_of
from graph.audit.entries import Entry, canonical
from graph.audit.files import entries_files, files_of_chains, links
from graph.audit.journal import ids_of, unsettled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
    from pathlib import Path

    from graph.audit.journal import Journal
    from graph.audit.trail import Trail
    from graph.store.client import Client, ResultT, Transaction


class Unchained(NamedTuple):
    """A write that the engine holds an audit of, and no chain the same one."""

    id: str
    at: str
    chain: str
    is_changed: bool


async def record_audit(transaction: Transaction, chain: str, entry: Entry) -> None:
    """Keep an entry in the transaction that it is about."""
    await transaction.run(
        "write/record_audit",
        id=entry.id,
        at=datetime.fromisoformat(entry.at),
        chain=chain,
        text=canonical(entry.content()).decode(),
        **{"class": entry.class_},
    )


async def write_audited(
    client: Client,
    work: Callable[[Transaction], Awaitable[ResultT]],
    trail: Trail | None,
    ids: Callable[[ResultT], Iterable[str]],
) -> tuple[ResultT, tuple[str, ...]]:
    """Do what is no unit of work of the network as `Client.write` does, with its audit.

    Parameters
    ----------
    ids
        Which records a result of `work` is about.
    """
    if trail is None:
        return await client.write(work)
    unit = uuid4().hex
    entries: list[Entry] = []

    async def audited(transaction: Transaction) -> ResultT:
        result = await work(transaction)
        # A repetition after an unknown outcome must find its own entry again.
        entries[:] = entries or [trail.entry("committed", ids(result), unit=unit)]
        await record_audit(transaction, trail.journal.chain, entries[0])
        return result

    with trail.journal.writing(unit):
        written = await client.write(audited)
    trail.committed(entries)
    return written


async def chain_what_was_left(client: Client, journal: Journal) -> int:
    """Chain what processes that were killed had committed and not chained; return how much.

    To be called before anything else is written.
    """
    left = unsettled(journal.folder, sparing=journal.chain)
    chained = ids_of(journal.folder, left)
    count = 0
    for chain in left:
        rows = await client.rows("read/audits_of_chain", chain=chain)
        entries = [Entry.of(from_json(row["text"])) for row in rows]
        missing = [entry for entry in entries if entry.id not in chained]
        if missing:
            await journal.append(missing)
            count += len(missing)
    return count


async def settle(client: Client, journal: Journal) -> int:
    """Chain what was committed though its writer never heard of it; return how much.

    Raises
    ------
    EngineUnavailable
        When it cannot be asked: the doubts stay.
    """
    doubts = journal.doubts()
    if not doubts:
        return 0
    since = min(doubts.values())
    rows = await client.rows("read/audits_since", since=since)
    # What waits is written first, and then looked through.
    await journal.append(())
    chained = ids_of(journal.folder, list(files_of_chains(journal.folder)))
    entries = [Entry.of(from_json(row["text"])) for row in rows]
    missing = [entry for entry in entries if entry.unit in doubts and entry.id not in chained]
    await journal.append(missing)
    journal.settled(doubts)
    return len(missing)


async def unchained(
    client: Client, journal: Journal, before: Mapping[str, str], *, limit: int
) -> list[Unchained]:
    """Return audits of writes that the engine holds and no chain does, or not the same.

    Parameters
    ----------
    before
        For each class the time before which its entries are gone from the chains.
    limit
        At most so many are returned.

    Notes
    -----
    Where services share a server, each knows the chains of its own data folder: what the others
    wrote is left to them.
    """
    held: dict[str, tuple[str, Entry]] = {}

    async def work(transaction: Transaction) -> AsyncIterator[tuple[str, Entry]]:
        async for rows in transaction.batches("read/audits"):
            for chain, text in rows:
                yield chain, Entry.of(from_json(text))

    own = None if client.engine.embedded else {file.name.split(".")[1] for file in _files(journal)}
    async for chain, entry in client.stream(work):
        is_kept = entry.at >= before.get(entry.class_, "")
        if is_kept and (own is None or chain in own):
            held[entry.id] = (chain, entry)
    # Only now: what was committed by then is in a chain, or still on its way there.
    under_way = journal.under_way
    digests = {
        str(link.entry["id"]): link.digest
        for link in links(_files(journal))
        if link.entry is not None and link.entry["id"] in held
    }
    found = [
        Unchained(entry.id, entry.at, chain, entry.id in digests)
        for chain, entry in held.values()
        if entry.unit not in under_way and digests.get(entry.id) != digest_of(entry.content())
    ]
    return sorted(found, key=lambda one: (one.at, one.id))[:limit]


def _files(journal: Journal) -> list[Path]:
    return entries_files(journal.folder)
