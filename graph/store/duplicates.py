"""Duplicates among the records of one steward, as they are kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from graph.duplicates import Duplicate, Told, duplicates
from graph.nodes import Contact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.nodes import Kind
    from graph.policy import View
    from graph.store.client import Client, Row

_AT_ONCE: Final = 5_000


async def own_duplicates(
    client: Client, view: View, kind: Kind, *, after: Sequence[str], limit: int
) -> list[Duplicate]:
    """Return at most `limit` pairs of the caller's own records that may be of one, after a pair.

    Notes
    -----
    Cost: a walk over all own records of the kind.
    """
    by_steward: dict[str | None, list[Told]] = {}
    last = ""
    while rows := await client.rows(
        "read/own_nodes",
        kind=kind,
        all=view.everything,
        # No record has a member's organisation.
        steward=view.organisation if view.sees_own else None,
        after=last,
        limit=_AT_ONCE,
    ):
        for row in rows:
            by_steward.setdefault(row["steward"], []).append(_told(row))
        last = rows[-1]["id"]
    found = await asyncio.to_thread(
        lambda: sorted(
            (pair for records in by_steward.values() for pair in duplicates(records)),
            key=lambda pair: pair.records,
        )
    )
    return [pair for pair in found if pair.records > tuple(after)][:limit]


def _told(row: Row) -> Told:
    source = (row["source_system"], row["source_type"], row["source_id"])
    return Told(
        row["id"],
        row["name"],
        tuple(Contact.model_validate(from_json(text)) for text in row["contacts"] or ()),
        source if all(source) else None,
    )
