"""Callers' keys: 32 random bytes, shown once, kept as a SHA-256.

A key's entropy is its strength, so no slow password hash stands on the path of a request.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from graph.errors import Invalid, NotFound, Unauthenticated
from graph.policy import Caller, Role
from graph.store.properties import native
from graph.values import Instant, Label, RecordId, Value, new_id

if TYPE_CHECKING:
    from datetime import datetime

    from graph.store.client import Client, Row

SECRET_BYTES: Final = 32
PREFIX: Final = "wm_"
_STEWARDS: Final = ("association", "agency")
_FOR_NOBODY: Final = ("member", "admin", "auditor")


class Key(Value):
    """A key as it is listed; its secret is not kept."""

    id: str
    role: Role
    steward: RecordId | None = None
    person: RecordId | None = None
    system: Label | None = None
    created_at: Instant
    revoked_at: Instant | None = None


def new_secret() -> str:
    """Return a fresh secret: 32 random bytes in base64url, marked as Wholemap's."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def check_parties(
    client: Client, role: Role, *, steward: str | None, person: str | None
) -> None:
    """Refuse a caller who acts for whom their role cannot, or for somebody who is not there.

    Raises
    ------
    Invalid
        When a partner names no organisation, or a member no person; when another role names one
        that it has no use for; or when there is none of this id.
    """
    if role == "partner" and steward is None:
        raise Invalid.at("/steward", "a partner's key names the steward that it acts for")
    if role in _FOR_NOBODY and steward is not None:
        raise Invalid.at("/steward", f"the key of a {role} names no steward")
    if (role == "member") != (person is not None):
        raise Invalid.at("/person", "a member's key, and no other, names the person who they are")
    ids = [id_ for id_ in (steward, person) if id_ is not None]
    if not ids:
        return
    rows = await client.read(lambda t: t.rows("read/node_facts", ids=ids))
    kind_of = {row["id"]: row["kind"] for row in rows}
    if steward is not None and kind_of.get(steward) not in _STEWARDS:
        raise Invalid.at("/steward", f"there is no association or agency {steward}")
    if person is not None and kind_of.get(person) != "person":
        raise Invalid.at("/person", f"there is no person {person}")


async def create_key(
    client: Client,
    role: Role,
    *,
    steward: str | None,
    person: str | None,
    system: str | None,
    now: datetime,
) -> tuple[Key, str]:
    """Make a key; return it and its secret, which is not to be had again.

    Raises
    ------
    Invalid
        As `check_parties`.
    """
    await check_parties(client, role, steward=steward, person=person)
    secret = new_secret()
    key = Key(id=new_id(), role=role, steward=steward, person=person, system=system, created_at=now)
    row = key.model_dump(exclude_none=True) | {"digest": digest(secret)}
    await client.write(lambda t: t.run("write/create_key", row=row))
    return key, secret


async def keys(client: Client) -> list[Key]:
    """Return all keys, the oldest first."""
    rows = await client.read(lambda t: t.rows("read/keys"))
    return [_key(row) for row in rows]


async def revoke_key(client: Client, key_id: str, *, now: datetime) -> Key:
    """Revoke a key.

    Raises
    ------
    NotFound
        When there is none of this id.
    """
    row, _ = await client.write(lambda t: t.row("write/revoke_key", id=key_id, at=now))
    if row is None:
        raise NotFound(f"there is no key {key_id}")
    return _key(row)


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
    return Caller(key.id, key.role, key.steward, key.system, key.person)


def _key(row: Row) -> Key:
    fields = {name: native(value) for name, value in row["key"].items() if name != "digest"}
    return Key.model_validate(fields)
