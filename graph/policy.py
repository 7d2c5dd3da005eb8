"""Who may see and do what: one pure decision of caller, purpose and record.

It has two renderings of the same rules: the predicates here, and the parameters (`view`) that
the statements use in their own `WHERE`. A property test holds them equal on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from graph.errors import Forbidden, NotFound
from graph.nodes import Kind

Role = Literal["coordinator", "analyst", "partner", "admin"]
ROLES: Final[tuple[Role, ...]] = ("coordinator", "analyst", "partner", "admin")

Purpose = Literal[
    "directory", "introductions", "analysis", "sharing", "record", "keys", "operations"
]
"""What an answer is for.

`directory` nodes, search and neighbourhood; `introductions` connect; `analysis` reports;
`sharing` changes and exports; `record` writing; `keys` callers' keys; `operations` metrics.
"""

_PURPOSES: Final[dict[Role | Literal["operator"], frozenset[Purpose]]] = {
    "coordinator": frozenset({"directory", "introductions", "analysis", "sharing", "record"}),
    "analyst": frozenset({"analysis"}),
    "partner": frozenset({"directory", "sharing", "record"}),
    "admin": frozenset({"keys", "operations"}),
    "operator": frozenset(
        {"directory", "introductions", "analysis", "sharing", "record", "keys", "operations"}
    ),
}
"""`operator` is whoever holds the data folder; no key carries it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key. `organisation` is the steward for whom a partner acts."""

    key: str
    role: Role | Literal["operator"]
    organisation: str | None = None
    system: str | None = None


class NodeFacts(NamedTuple):
    """What the policy reads of a node."""

    kind: Kind
    steward: str | None


class TieFacts(NamedTuple):
    """What the policy reads of a tie."""

    steward: str | None
    source: NodeFacts
    target: NodeFacts


class View(NamedTuple):
    """The policy as parameters of a statement: everything, or what one organisation may see."""

    everything: bool
    organisation: str | None

    def parameters(self) -> dict[str, bool | str | None]:
        """Return the parameters that every read statement takes."""
        return {"sees_everything": self.everything, "organisation": self.organisation}


EVERYTHING: Final = View(everything=True, organisation=None)


def may(caller: Caller, purpose: Purpose) -> bool:
    """Tell whether a caller may ask for a purpose at all."""
    return purpose in _PURPOSES[caller.role]


def view(caller: Caller, purpose: Purpose) -> View:
    """Return what a caller sees for a purpose, as the statements' parameters.

    Raises
    ------
    Forbidden
        When the caller may not ask for this purpose.
    """
    if not may(caller, purpose):
        message = f"the role {caller.role} may not ask for {purpose}"
        raise Forbidden(message)
    return View(everything=caller.role != "partner", organisation=caller.organisation)


def sees(view: View, record: NodeFacts | TieFacts) -> bool:
    """Tell whether a record exists for a view.

    A partner sees what it stewards and whatever is not a person; a tie is seen by its steward,
    or where both its ends are seen.
    """
    if view.everything or _is_own(view, record.steward):
        return True
    if isinstance(record, NodeFacts):
        return record.kind != "person"
    return sees(view, record.source) and sees(view, record.target)


def sees_job(caller: Caller, purpose: Purpose, by: str) -> bool:
    """Tell whether a job, begun with the key `by`, exists for a caller: a partner sees its own."""
    return may(caller, purpose) and (caller.role != "partner" or caller.key == by)


def may_write(view: View, record: NodeFacts | TieFacts) -> bool:
    """Tell whether a record may be written: a partner writes what it stewards, no more."""
    return view.everything or _is_own(view, record.steward)


def check_write(view: View, record: NodeFacts | TieFacts) -> None:
    """Refuse a write that the policy does not allow.

    Raises
    ------
    NotFound
        When the caller may not even know that the record exists.
    Forbidden
        When the record is another steward's.
    """
    if may_write(view, record):
        return
    if not sees(view, record):
        raise NotFound("there is no such record")
    message = "the record is another steward's; a partner writes only what it stewards"
    raise Forbidden(message)


def check_erasure(caller: Caller) -> None:
    """Refuse whoever may not erase people, nor let them come back.

    Raises
    ------
    Forbidden
        When the caller is neither a coordinator nor whoever holds the data folder.
    """
    if caller.role not in ("coordinator", "operator"):
        raise Forbidden(f"the role {caller.role} may not erase a person")


def _is_own(view: View, steward: str | None) -> bool:
    return view.organisation is not None and steward == view.organisation
