"""Who was erased: marks that stop somebody from coming back, and say nothing of them."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import Erased, Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from graph.errors import GraphError
    from graph.store.client import ResultT, Row
    from graph.store.units import Unit

REFUSAL: Final = (
    "this person was erased and does not come back until the erasure is lifted: "
    "DELETE /v1/people/{id}/erasure"
)


class Marks:
    """The marks of an id and of a foreign id, under the key that all processes share.

    HMAC-SHA256 (RFC 2104): whoever has the store without the key cannot try ids on it.
    """

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def of_id(self, person_id: str) -> str:
        """Return the mark of a person's own id."""
        return self._mark("id", person_id)

    def of_source(self, source_key: str) -> str:
        """Return the mark of a foreign id, as one text."""
        return self._mark("source", source_key)

    def _mark(self, what: str, text: str) -> str:
        return hmac.new(self._key, f"{what}\n{text}".encode(), hashlib.sha256).hexdigest()


class Named(NamedTuple):
    """The ids and the foreign ids that a row names."""

    ids: Collection[str] = ()
    source_keys: Collection[str] = ()


def mark_key(mark: str) -> str:
    """Return the key of the tombstone that keeps a mark."""
    return f"erased:{mark}"


def in_force(tombstone: Row) -> bool:
    """Tell whether a tombstone is of somebody who was erased, and is so still."""
    return tombstone["erased_at"] is not None and tombstone["lifted_at"] is None


async def marks_of(unit: Unit) -> Marks:
    """Return the marks under the key of this store."""
    row = await unit.row("read/erasures")
    if row is None:
        raise LookupError("the store has no key for its marks: its schema was not applied")
    return Marks(row["key"])


async def naming_erased(unit: Unit, rows: Sequence[Named]) -> set[int]:
    """Return the places of the rows that name somebody who was erased.

    Notes
    -----
    Cost: one small statement, and a second one where anybody was ever erased.
    """
    if not any(row.ids or row.source_keys for row in rows):
        return set()
    erasures = await unit.row("read/erasures")
    if erasures is None or not erasures["marks"]:
        return set()
    marks = Marks(erasures["key"])
    keys: list[set[str]] = [
        {mark_key(marks.of_id(i)) for i in row.ids}
        | {mark_key(marks.of_source(key)) for key in row.source_keys}
        for row in rows
    ]
    found = {
        tombstone["key"]
        for tombstone in await unit.rows("read/tombstones", keys=sorted(set[str]().union(*keys)))
        if in_force(tombstone)
    }
    return {place for place, wanted in enumerate(keys) if wanted & found}


async def refuse_erased_ends(
    unit: Unit, ends: Sequence[Named], results: Sequence[ResultT | GraphError]
) -> list[ResultT | GraphError]:
    """Return what became of ties, told where an end is not there since it was erased."""
    missing = [place for place, result in enumerate(results) if isinstance(result, Invalid)]
    erased = await naming_erased(unit, [ends[place] for place in missing])
    told = {missing[place] for place in erased}
    return [Erased(REFUSAL) if at in told else result for at, result in enumerate(results)]


def tombstones_of(
    marks: Marks,
    person_id: str,
    source_key: str | None,
    *,
    version: int,
    steward: str | None,
    reason: str,
    now: datetime,
) -> list[Row]:
    """Return the tombstones of an erased person: one under the id, one under the foreign id.

    The plain id stands in the first until it is purged.
    """
    source_mark = None if source_key is None else marks.of_source(source_key)
    by_id = {
        "key": mark_key(marks.of_id(person_id)),
        "id": person_id,
        "version": version,
        "source_hmac": source_mark,
        "steward": steward,
        "reason": reason,
        "erased_at": now,
    }
    if source_mark is None:
        return [by_id]
    return [by_id, {"key": mark_key(source_mark), "version": version, "erased_at": now}]
