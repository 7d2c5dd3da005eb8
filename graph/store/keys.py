"""Callers' keys: 32 random bytes, shown once, kept as a SHA-256.

A key's entropy is its strength, so no slow password hash stands on the path of a request.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import CannotStart, Conflict, Invalid, KeyTaken, NotFound, Unauthenticated
from graph.policy import Caller, Role
from graph.store.audits import write_audited
from graph.store.properties import native
from graph.values import Instant, Label, RecordId, Value, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from graph.audit.trail import Trail
    from graph.store.client import Client, Row, Transaction
    from graph.store.units import Unit

SECRET_BYTES: Final = 32
PREFIX: Final = "wm_"
_LATEST: Final = datetime.max.replace(microsecond=0, tzinfo=UTC)
_STEWARDS: Final = ("association", "agency")
_FOR_NOBODY: Final = ("member", "admin", "auditor")


class Key(Value):
    """A key as it is listed; its secret is not kept."""

    id: str
    role: Role
    steward: RecordId | None = None
    person: RecordId | None = None
    system: Label | None = None
    replaces: str | None = None
    created_at: Instant
    expires_at: Instant | None = None
    last_used_at: Instant | None = None
    revoked_at: Instant | None = None

    def opens(self, now: datetime) -> bool:
        """Tell whether it is in force: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Known(NamedTuple):
    """A caller, and when what they carry ends by itself."""

    caller: Caller
    ends: datetime | None


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
    rows = await client.rows("read/node_facts", ids=ids)
    kind_of = {id_: row["kind"] for row in rows for id_ in row["ids"]}
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
    expires_at: datetime | None = None,
    trail: Trail | None = None,
) -> tuple[Key, str]:
    """Make a key; return it and its secret, which is not to be had again.

    Raises
    ------
    Invalid
        As `check_parties`; or when it would be over before it began.
    """
    _check_expiry(expires_at, now)
    await check_parties(client, role, steward=steward, person=person)
    secret = new_secret()
    key = Key(
        id=new_id(),
        role=role,
        steward=steward,
        person=person,
        system=system,
        created_at=now,
        expires_at=expires_at,
    )
    await write_audited(
        client,
        lambda t: t.run("write/create_key", row=_row(key, secret)),
        trail,
        lambda _: [key.id],
    )
    return key, secret


async def rotate_key(
    client: Client,
    key_id: str,
    *,
    overlap: timedelta,
    now: datetime,
    expires_at: datetime | None = None,
    trail: Trail | None = None,
) -> tuple[Key, str]:
    """Make a key's successor, and let the key itself end after an overlap.

    Parameters
    ----------
    overlap
        For how long both open; a key that ends sooner still does.
    expires_at
        When the successor ends; if not said, it has as long as its predecessor had.

    Raises
    ------
    NotFound
        When there is no key of this id.
    Conflict
        When it is over, or has a successor: that is the one to rotate.
    Invalid
        When the successor would be over before it began.
    """
    _check_expiry(expires_at, now)
    secret = new_secret()
    successor_id = new_id()

    async def work(transaction: Transaction) -> Key:
        row = await transaction.row("read/key", id=key_id)
        if row is None:
            raise NotFound(f"there is no key {key_id}")
        if row["successor"] not in (None, successor_id):
            raise Conflict(f"the key was rotated: its successor is {row['successor']}")
        key = key_of(row)
        if not key.opens(now):
            raise Conflict("the key is over: make a new one")
        ends = expires_at
        if ends is None and key.expires_at is not None:
            ends = now + min(key.expires_at - key.created_at, _LATEST - now)
        changed = {
            "id": successor_id, "replaces": key_id, "created_at": now, "expires_at": ends,
            "last_used_at": None,
        }  # fmt: skip
        successor = key.model_copy(update=changed)
        await transaction.run("write/create_key", row=_row(successor, secret))
        await transaction.run("write/end_key", id=key_id, at=now + overlap)
        return successor

    try:
        successor, _ = await write_audited(client, work, trail, lambda _: [key_id, successor_id])
    except KeyTaken as raced:
        raise Conflict("the key was rotated just now") from raced
    return successor, secret


async def keys(client: Client) -> list[Key]:
    """Return all keys, the oldest first."""
    rows = await client.rows("read/keys")
    return [key_of(row) for row in rows]


async def check_somebody_may_call(client: Client, now: datetime) -> None:
    """Refuse to be open to others where no key is in force.

    Raises
    ------
    CannotStart
        When there is none.
    """
    if not any(key.opens(now) for key in await keys(client)):
        raise CannotStart("nobody could call: make a key first (wholemap key create)")


async def note_uses(client: Client, last_used: Mapping[str, datetime]) -> None:
    """Keep when keys were last used."""
    rows = [{"id": id_, "at": at} for id_, at in sorted(last_used.items())]
    await client.write(lambda t: t.run("write/note_uses", rows=rows))


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
        return key_of(row)

    key, _ = await write_audited(client, work, trail, lambda _: [key_id])
    return key


async def end_keys_of(unit: Unit, party: str) -> list[str]:
    """Revoke the keys of a person, or for an organisation, that is deleted; return their ids.

    For good: whoever is recorded under the same id later is given keys of their own.
    """
    rows = await unit.rows("write/end_keys_of", party=party, at=unit.now)
    ended = [row["id"] for row in rows]
    unit.ended_keys.extend(ended)
    return ended


async def caller_of(client: Client, secret: str, now: datetime) -> Known:
    """Return who calls with a secret.

    Raises
    ------
    Unauthenticated
        When no key that is in force has this secret.
    """
    row = await client.read(
        lambda t: t.row("read/key_by_digest", digest=digest(secret)), newest=True
    )
    if row is None or not (key := key_of(row)).opens(now):
        raise Unauthenticated
    return Known(Caller(key.id, key.role, key.steward, key.system, key.person), key.expires_at)


def _check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid.at("/expires_at", "a key ends after it begins")


def _row(key: Key, secret: str) -> Row:
    return key.model_dump(exclude_none=True) | {"digest": digest(secret)}


def key_of(row: Row) -> Key:
    """Return the key that was kept, without its digest."""
    fields = {name: native(value) for name, value in row["key"].items() if name != "digest"}
    return Key.model_validate(fields)
