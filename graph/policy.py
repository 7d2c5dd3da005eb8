"""Who may see and do what: one pure decision of caller, purpose, day and record.

It has two renderings of the same rules: the predicates here (over arrays in
`graph.network.visibility`), and the parameters (`View.parameters`) that the statements use in
their own `WHERE`. A property test holds them equal on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graph.clearances import is_cleared
from graph.consents import ConsentPurpose, Sight
from graph.errors import Forbidden
from graph.nodes import Kind
from graph.values import Clearance

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["coordinator", "analyst", "partner", "member", "admin", "auditor"]
ROLES: Final[tuple[Role, ...]] = (
    "coordinator", "analyst", "partner", "member", "admin", "auditor",
)  # fmt: skip

Purpose = Literal[
    "directory", "introductions", "analysis", "sharing", "record", "keys", "operations", "audit"
]
"""What an answer is for.

`directory` nodes, search and neighbourhood; `introductions` connect; `analysis` reports;
`sharing` changes and exports; `record` the steward's own work on its records, which feeds no
other answer; `keys` callers' keys; `operations` metrics; `audit` the trail of all this.
"""

_PURPOSES: Final[dict[Role | Literal["operator"], frozenset[Purpose]]] = {
    "coordinator": frozenset({"directory", "introductions", "analysis", "sharing", "record"}),
    "analyst": frozenset({"analysis"}),
    "partner": frozenset({"directory", "sharing", "record"}),
    "member": frozenset({"record"}),
    "admin": frozenset({"keys", "operations"}),
    "auditor": frozenset({"audit"}),
    "operator": frozenset(
        {
            "directory", "introductions", "analysis", "sharing", "record", "keys", "operations",
            "audit",
        }
    ),
}  # fmt: skip
"""`operator` is whoever holds the data folder; no key carries it."""

_CONSENT_FOR: Final[dict[Purpose, ConsentPurpose]] = {
    "directory": "directory",
    "record": "directory",
    "introductions": "introductions",
    "analysis": "analysis",
    "sharing": "sharing",
}
"""Which consent of a person opens their record to others; under `record` the steward needs none."""

CASEWORK: Final = frozenset({"coordinator", "operator"})
"""Who overrides, erases, and sees to it that people are told."""

COMMUNITY: Final = ""
"""Stands for the community itself, whose records name no steward."""

_NOBODY: Final = " "
"""An organisation that no record has, and a person that is nobody."""

SHARED: Final[tuple[Clearance, ...]] = ("partners", "public")
"""Clearances by which other organisations than the steward see a record."""
_PUBLIC: Final[tuple[Clearance, ...]] = ("public",)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key or a token.

    `organisation` is the steward that they act for, null the community itself; `person` is a
    member's own record.
    """

    key: str
    role: Role | Literal["operator"]
    organisation: str | None = None
    system: str | None = None
    person: str | None = None


class NodeFacts(NamedTuple):
    """What the policy reads of a node.

    `sight` is what consent opens for the view's purpose, `cleared_for` for whom its steward cleared
    it by name (`graph.clearances`).
    """

    kind: Kind
    steward: str | None = None
    id: str = ""
    clearance: str | None = "partners"
    sensitive: bool = False
    sight: Sight | None = None
    override_role: str | None = None
    override_after: date | None = None
    cleared_for: tuple[str, ...] = ()


class TieFacts(NamedTuple):
    """What the policy reads of a tie. `author` is the node that stated it."""

    steward: str | None
    source: NodeFacts
    target: NodeFacts
    type: str = "connects"
    clearance: str | None = "partners"
    author: str | None = None
    disclosed: bool = False


class View(NamedTuple):
    """What a caller sees for a purpose on a day.

    Parameters
    ----------
    everything
        Of the operator, and of the store itself.
    organisation
        Whose records are the caller's own; `COMMUNITY` for those without a steward.
    sees_own
        Whether own records need no consent: under `record` alone.
    all_clearances
        Whether clearance is not asked: of the community's own people.
    clearances
        What else is cleared for the caller.
    consent
        The consent that a person must have given, judged on `today`.
    role
        For a safeguarding override, which opens one record to one role.
    person
        A member's own record.
    """

    everything: bool
    organisation: str = _NOBODY
    sees_own: bool = False
    all_clearances: bool = False
    clearances: tuple[Clearance, ...] = ()
    consent: str = "directory"
    today: date = date.min
    role: str = ""
    person: str = _NOBODY

    def parameters(self) -> dict[str, object]:
        """Return the parameters that every read statement of records takes."""
        return {
            "sees_everything": self.everything,
            "organisation": self.organisation,
            "sees_own": self.sees_own,
            "all_clearances": self.all_clearances,
            "clearances": self.clearances,
            "cleared": f"{self.organisation} ",
            "cleared_today": f"{self.organisation} {self.today}",
            "today": self.today,
            "role": self.role,
            "person": self.person,
            "consent_first": f"{self.consent}_first",
            "consent_after": f"{self.consent}_after",
            "consent_explicit": f"{self.consent}_explicit",
            "consent_ties": f"{self.consent}_ties",
            "consent_partners": f"{self.consent}_partners",
            "consent_fields": f"{self.consent}_fields",
        }

    def steward_of(self, fields: Mapping[str, Any]) -> str:
        """Return whose record a row is: the caller's own where it says no steward."""
        said = fields.get("steward")
        if isinstance(said, str):
            return said
        return COMMUNITY if self.everything else self.organisation

    def owns(self, steward: str | None) -> bool:
        """Tell whether a record of this steward is the caller's own."""
        return (steward or COMMUNITY) == self.organisation


EVERYTHING: Final = View(everything=True)


def may(caller: Caller, purpose: Purpose) -> bool:
    """Tell whether a caller may ask for a purpose at all."""
    return purpose in _PURPOSES[caller.role]


def check_may(caller: Caller, purpose: Purpose) -> None:
    """Refuse a purpose that is not the caller's.

    Raises
    ------
    Forbidden
        When the caller may not ask for it.
    """
    if not may(caller, purpose):
        message = f"the role {caller.role} may not ask for {purpose}"
        raise Forbidden(message)


def view(caller: Caller, purpose: Purpose, today: date) -> View:
    """Return what a caller sees for a purpose on a day: consents are judged on it.

    Raises
    ------
    Forbidden
        When the caller may not ask for this purpose.
    """
    check_may(caller, purpose)
    if caller.role == "operator":
        return EVERYTHING
    if caller.role == "member":
        return View(
            everything=False,
            clearances=_PUBLIC,
            consent="nobody",
            today=today,
            person=caller.person or _NOBODY,
        )
    return View(
        everything=False,
        organisation=caller.organisation or COMMUNITY,
        sees_own=purpose == "record",
        all_clearances=caller.organisation is None,
        clearances=SHARED,
        consent=_CONSENT_FOR.get(purpose, "nobody"),
        today=today,
        role=caller.role if purpose == "record" else "",
    )


def of_steward(steward: str | None, today: date) -> View:
    """Return what a steward's own people see at their work."""
    return view(Caller("", "coordinator", steward), "record", today)


def sees(view: View, record: NodeFacts | TieFacts) -> bool:
    """Tell whether a record exists for a view.

    Own records under `record`, a member's own, and what an override opens exist. Else a node
    must be cleared for the caller, by its clearance or by name, and a person must have agreed; a
    tie must be cleared, with both its ends, and every person at its ends must have agreed to its
    type, and explicitly where the other end is sensitive.
    """
    if view.everything or (view.sees_own and view.owns(record.steward)):
        return True
    if isinstance(record, NodeFacts):
        return (
            record.id == view.person
            or _overridden(view, record)
            or (_cleared_node(view, record) and _agreed(view, record))
        )
    ends = (record.source, record.target)
    if record.author == view.person:
        return True
    if record.disclosed and view.person in {end.id for end in ends}:
        return True
    return _cleared(view, record.steward, record.clearance) and all(
        _cleared_node(view, end) and agreed_to_tie(end, other, record.type, view.today)
        for end, other in (ends, ends[::-1])
    )


def _overridden(view: View, node: NodeFacts) -> bool:
    return (
        node.override_after is not None
        and view.today < node.override_after
        and node.override_role == view.role
    )


def _agreed(view: View, node: NodeFacts) -> bool:
    return node.kind != "person" or (node.sight is not None and node.sight.on(view.today))


def agreed_to_tie(node: NodeFacts, other: NodeFacts, type_: str, today: date) -> bool:
    """Tell whether a node's consent opens its tie of a type to another; only people have to."""
    if node.kind != "person":
        return True
    sight = node.sight
    return (
        sight is not None
        and sight.on(today)
        and (sight.ties is None or type_ in sight.ties)
        and (sight.explicit or not other.sensitive)
    )


def _cleared_node(view: View, node: NodeFacts) -> bool:
    """Tell whether a node is cleared: a consent that names its partners settles it."""
    if node.sight is not None and node.sight.partners is not None:
        return (
            view.all_clearances
            or view.owns(node.steward)
            or view.organisation in node.sight.partners
        )
    return _cleared(view, node.steward, node.clearance) or is_cleared(
        node.cleared_for, view.organisation, view.today
    )


def _cleared(view: View, steward: str | None, clearance: str | None) -> bool:
    return view.all_clearances or view.owns(steward) or clearance in view.clearances


def hides(before: NodeFacts, after: NodeFacts) -> bool:
    """Tell whether a write may hide a person from an organisation that could see them before."""
    if after.kind != "person" or after.clearance in SHARED:
        return False
    return before.clearance in SHARED or before.steward != after.steward


def sees_job(caller: Caller, purpose: Purpose, by: str) -> bool:
    """Tell whether a job, begun with the key `by`, exists for a caller.

    Everybody but the community's own coordinators sees their own alone.
    """
    whole = caller.role == "operator" or (
        caller.role == "coordinator" and caller.organisation is None
    )
    return may(caller, purpose) and (whole or caller.key == by)


def sees_run(caller: Caller, role: str | None, organisation: str | None) -> bool:
    """Tell whether a report run, asked for in a role for an organisation, exists for a caller.

    An answer belongs to who may see things as they were seen for it: the operator sees all.
    """
    return caller.role == "operator" or (caller.role, caller.organisation) == (role, organisation)


def may_write(view: View, steward: str | None) -> bool:
    """Tell whether a record of a steward may be written: one writes what one stewards, no more."""
    return view.everything or (view.sees_own and view.owns(steward))
