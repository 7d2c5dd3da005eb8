"""The conditions under which the graph refuses or fails.

    GraphError
    ├── Invalid                the input breaks a rule; `faults` name where
    │   └── Unreadable         the input is not what it says it is (not JSON, not UTF-8, ...)
    ├── Unauthenticated        the caller is not known
    ├── Forbidden              the caller is known and may not do this
    ├── NotFound               there is no such record, or none that the caller may see
    │   └── Moved              the record was merged into another
    ├── Conflict               the record as it stands does not allow this
    │   ├── Overlap            another tie says the same of an overlapping time
    │   ├── KeyTaken           another record holds this id or this source
    │   ├── HasTies            a node with ties is deleted on demand only
    │   ├── Erased             the person was erased, and does not come back unasked
    │   └── InProgress         the first request with this key is still running
    ├── KeyReused              an idempotency key came again with another request
    ├── Stale                  the record was changed since the caller read it
    ├── VersionNeeded          a change must say which version it was made from
    ├── Expired                what was asked for was kept for a time, which is over
    │   └── RunOutdated        somebody whom a report counted withdrew since, or was erased
    ├── Throttled              too many requests, or too much work waiting
    ├── EngineUnavailable      the engine does not answer, or not in time
    ├── NotRecorded            the audit cannot be written, so nothing is answered
    └── CannotStart            the service cannot run as it is set up
        ├── FolderInUse        another service runs on this data folder
        └── SchemaMismatch     the engine lacks constraints or indexes that it needs

No condition knows of HTTP: `service/problems.py` holds the one table from these to answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    Parameters
    ----------
    pointer
        RFC 6901 JSON pointer to the value, `""` for the whole.
    detail
        What is wrong with it, for a person to read.
    """

    pointer: str
    detail: str


class GraphError(Exception):
    """The root of this tree."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(GraphError):
    """The input breaks a rule."""

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[Invalid], tuple[str, tuple[Fault, ...]]]:
        """Keep the faults on the way from a worker process."""
        return type(self), (self.detail, self.faults)

    @classmethod
    def at(cls, pointer: str, detail: str) -> Invalid:
        """Refuse an input for one fault."""
        return cls(detail, (Fault(pointer, detail),))


class Unreadable(Invalid):
    """The input is not what it says it is."""


class Unauthenticated(GraphError):
    """The caller is not known.

    There is one detail, whatever was wrong: another would help a guesser.
    """

    def __init__(self) -> None:
        super().__init__("a valid key or token is needed: Authorization: Bearer <key>")


class Forbidden(GraphError):
    """The caller is known and may not do this."""


class NotFound(GraphError):
    """There is no such record, or none that the caller may see."""


class Moved(NotFound):
    """The record was merged into another, which answers for it."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} was merged into {new}")
        self.new = new


class Conflict(GraphError):
    """The record as it stands does not allow this."""


class Overlap(Conflict):
    """Another tie says the same of an overlapping time."""


class KeyTaken(Conflict):
    """Another record holds this id or this source: the engine's constraint says so."""


class HasTies(Conflict):
    """A node with ties is deleted on demand only."""

    def __init__(self, detail: str, ties: int) -> None:
        super().__init__(detail)
        self.ties = ties


class Erased(Conflict):
    """The person was erased, and does not come back until the erasure is lifted."""


class InProgress(Conflict):
    """The first request with this idempotency key is still running."""


class KeyReused(GraphError):
    """An idempotency key came again with another request."""


class Stale(GraphError):
    """The record was changed since the caller read it."""


class VersionNeeded(GraphError):
    """A change of what exists must say which version it was made from."""


class Expired(GraphError):
    """What was asked for was kept for a time, which is over."""


class RunOutdated(Expired):
    """Somebody whom a report counted agrees to it no more, or was erased."""


class Throttled(GraphError):
    """Too many requests, or too much work waiting."""

    def __init__(self, detail: str, *, retry_after_seconds: int = 5) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class EngineUnavailable(GraphError):
    """The engine does not answer, or not in time."""


class NotRecorded(GraphError):
    """The audit cannot be written, so nothing is answered."""


class CannotStart(GraphError):
    """The service cannot run as it is set up."""


class FolderInUse(CannotStart):
    """Another service runs on this data folder."""


class SchemaMismatch(CannotStart):
    """The engine lacks constraints or indexes that it needs."""
