"""Callers' keys: 32 random bytes, shown once, kept as a SHA-256.

A key's entropy is its strength, so no slow password hash stands on the path of a request.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from graph.errors import Invalid, NotFound, Unauthenticated
from graph.policy import Caller, Role
from graph.store.audits import write_audited
from graph.store.properties import native
from graph.values import Instant, Label, RecordId, Value, new_id

if TYPE_CHECKING:
    from datetime import datetime

    from graph.audit.trail import Trail
    from graph.store.client import Client, Row, Transaction

SECRET_BYTES: Final = 32
PREFIX: Final = "wm_"


class Key(Value):
    """A key as it is listed; its secret is not kept."""

    id: str
    role: Role
    steward: RecordId | None = None
    system: Label | None = None
    created_at: Instant
    revoked_at: Instant | None = None


def new_secret() -> str:
    """Return a fresh secret: 32 random bytes in base64url, marked as Wholemap's."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def create_key(
    client: Client,
    role: Role,
    *,
    steward: str | None,
    system: str | None,
    now: datetime,
    trail: Trail | None = None,
) -> tuple[Key, str]:
    """Make a key; return it and its secret, which is not to be had again.

    Raises
    ------
    Invalid
        When a partner's key names no association or agency to act for, or another role's does.
    """
    if (role == "partner") != (steward is not None):
        detail = "a partner's key, and no other, names the steward that it acts for"
        raise Invalid.at("/steward", detail)
    if steward is not None:
        rows = await client.read(lambda t: t.rows("read/node_facts", ids=[steward]))
        if not rows or rows[0]["kind"] not in ("association", "agency"):
            raise Invalid.at("/steward", f"there is no association or agency {steward}")
    secret = new_secret()
    key = Key(id=new_id(), role=role, steward=steward, system=system, created_at=now)
    row = key.model_dump(exclude_none=True) | {"digest": digest(secret)}
    await write_audited(
        client, lambda t: t.run("write/create_key", row=row), trail, lambda _: [key.id]
    )
    return key, secret


async def keys(client: Client) -> list[Key]:
    """Return all keys, the oldest first."""
    rows = await client.read(lambda t: t.rows("read/keys"))
    return [_key(row) for row in rows]


async def revoke_key(
    client: Client, key_id: str, *, now: datetime, trail: Trail | None = None
) -> Key:
    """Revoke a key.

    Raises
    ------
    NotFound
        When there is none of this id.
    """

    async def work(transaction: Transaction) -> Key:
        row = await transaction.row("write/revoke_key", id=key_id, at=now)
        if row is None:
            raise NotFound(f"there is no key {key_id}")
        return _key(row)

    key, _ = await write_audited(client, work, trail, lambda _: [key_id])
    return key


async def caller_of(client: Client, secret: str) -> Caller:
    """Return who calls with a secret.

    Raises
    ------
    Unauthenticated
        When no key that is in force has this secret.
    """
    row = await client.read(lambda t: t.row("read/key_by_digest", digest=digest(secret)))
    if row is None or row["key"].get("revoked_at") is not None:
        message = "a valid key is needed: Authorization: Bearer <key>"
        raise Unauthenticated(message)
    key = _key(row)
    return Caller(key.id, key.role, key.steward, key.system)


def _key(row: Row) -> Key:
    fields = {name: native(value) for name, value in row["key"].items() if name != "digest"}
    return Key.model_validate(fields)
