"""Idempotency keys: what a request was, and which record it made; never a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import Erased, KeyReused

if TYPE_CHECKING:
    from datetime import datetime

    from graph.store.client import Transaction

KEPT_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Request:
    """A request that may come again.

    `key` joins caller, method, path and the caller's own key; `digest` is the body's SHA-256.
    """

    key: str
    digest: str


class Made(NamedTuple):
    """What a request made: a record's entity (`node`, a tie's type, `area`, ...), id, version."""

    entity: str
    id: str
    version: int
    status: int = 201


async def made_before(transaction: Transaction, request: Request) -> Made | None:
    """Return what this request made when it came before; nothing when it is the first.

    Raises
    ------
    KeyReused
        When the key came before with another body.
    Erased
        When what it made was erased: it is not made again.
    """
    row = await transaction.row("read/request", key=request.key)
    if row is None:
        return None
    kept = row["request"]
    if kept.get("erased"):
        raise Erased("what this request made was erased since")
    if kept["digest"] != request.digest:
        message = "this Idempotency-Key was used for another request"
        raise KeyReused(message)
    return Made(kept["entity"], kept["id"], kept["version"], kept["status"])


async def remember(transaction: Transaction, request: Request, made: Made, now: datetime) -> None:
    """Keep what a request made, in the transaction that made it."""
    await transaction.run(
        "write/remember_request",
        key=request.key,
        digest=request.digest,
        status=made.status,
        entity=made.entity,
        id=made.id,
        version=made.version,
        at=now,
    )
