"""What one entry of the audit says: ids and names of fields, and nothing that a field holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

Class = Literal["read", "write", "export", "report", "key", "refusal", "audit", "chain"]
"""What an entry is of, which says how long it is kept.

`audit` is reading the audit itself; `chain` the chain's own business, which is kept for good.
"""
KEPT_FOR_A_TIME: Final[tuple[Class, ...]] = (
    "read", "write", "export", "report", "key", "refusal", "audit",
)  # fmt: skip


def instant(at: datetime) -> str:
    """Return a time as the audit writes it: UTC, to the microsecond; texts sort as times do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _now() -> str:
    return instant(datetime.now(UTC))


def canonical(value: Any) -> bytes:
    """Return the one spelling of a JSON value that hashes and signatures are made of.

    References
    ----------
    .. [1] RFC 8785, JSON Canonicalization Scheme; but all that is not ASCII is escaped. No number
       that is not whole stands in an audit, so its rules for those are not needed.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done, or refused.

    Parameters
    ----------
    class_
        What it is of.
    operation
        Method and template of the route; no path with an id in it.
    outcome
        The status of the answer; `committed` for what the engine holds.
    request, key, role, organisation, purpose
        Which request it was, who asked, for whom and what for.
    ids
        Of the records that were read or written.
    fields
        The names of those that were written, or asked by.
    unit
        The unit of work of a write.
    reason
        Why an export named people: a word of a list, which says nothing of anybody.
    detail
        What a chain says of itself.
    """

    class_: Class
    operation: str
    outcome: int | str
    request: str | None = None
    key: str | None = None
    role: str | None = None
    organisation: str | None = None
    purpose: str | None = None
    ids: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    unit: str | None = None
    reason: str | None = None
    detail: Mapping[str, Any] | None = None
    at: str = field(default_factory=_now)
    id: str = field(default_factory=lambda: uuid4().hex)

    def content(self) -> dict[str, Any]:
        """Return it as JSON, without what it does not say."""
        said = {name: getattr(self, name) for name in _NAMES}
        content = {name: value for name, value in said.items() if value not in (None, ())}
        return {"class": self.class_, **content}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Entry:
        """Return the entry that a JSON object says."""
        said: dict[str, Any] = {name: content[name] for name in _NAMES if name in content}
        for name in ("ids", "fields"):
            said[name] = tuple(said.get(name, ()))
        return cls(class_=content["class"], **said)


_NAMES: Final = tuple(part.name for part in fields(Entry) if part.name != "class_")
