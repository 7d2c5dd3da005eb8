"""What callers are refused beyond what they do not see, each with its reason.

Whether somebody sees a record, and for what they may ask at all, `graph.policy` decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import Forbidden, NotFound
from graph.policy import CASEWORK, may_write, sees

if TYPE_CHECKING:
    from graph.policy import Caller, NodeFacts, TieFacts, View


def check_write(view: View, record: NodeFacts | TieFacts) -> None:
    """Refuse a write that the policy does not allow.

    Raises
    ------
    NotFound
        When the caller may not even know that the record exists.
    Forbidden
        When the record is another steward's.
    """
    if may_write(view, record.steward):
        return
    if not sees(view, record):
        raise NotFound("there is no such record")
    raise Forbidden("the record is another steward's; one writes what one stewards, no more")


def check_may_write_areas(view: View) -> None:
    """Refuse a write of an area to others than the community, whose own they are.

    Raises
    ------
    Forbidden
        When the caller acts for an organisation, or writes nothing at all.
    """
    if not may_write(view, None):
        raise Forbidden("areas are the community's: nobody else writes them")


def check_may_override(caller: Caller) -> None:
    """Refuse a safeguarding override to whoever does no casework.

    Raises
    ------
    Forbidden
        When the caller is neither a coordinator nor the operator.
    """
    if caller.role not in CASEWORK:
        raise Forbidden("a safeguarding override is made by a coordinator")


def check_identified(caller: Caller, seen: View) -> None:
    """Refuse an export that names people to whoever does no work with them.

    Raises
    ------
    Forbidden
        When the caller is no coordinator, nor a partner at work on its own records.
    """
    if caller.role in ("coordinator", "operator"):
        return
    if not (caller.role == "partner" and seen.sees_own):
        raise Forbidden(
            "an identified export is made by a coordinator, or by a partner of its own records"
            " (Wholemap-Purpose: record)"
        )


def check_erasure(caller: Caller) -> None:
    """Refuse whoever may not erase people, nor let them come back.

    Raises
    ------
    Forbidden
        When the caller is neither a coordinator nor whoever holds the data folder.
    """
    if caller.role not in CASEWORK:
        raise Forbidden(f"the role {caller.role} may not erase a person")


def check_may_ask_correction(caller: Caller) -> None:
    """Refuse whoever asks for a correction of another's record.

    Raises
    ------
    Forbidden
        When the caller is neither a member nor whoever holds the data folder.
    """
    if caller.role not in ("member", "operator"):
        raise Forbidden("a correction is asked for by the person; the steward changes the record")


def check_may_ask_clearance(caller: Caller) -> None:
    """Refuse whoever asks for a record, and acts for no organisation for which it could be cleared.

    Raises
    ------
    Forbidden
        When the caller acts for the community itself, or for nobody.
    """
    if caller.organisation is None:
        raise Forbidden("a clearance is asked for by an organisation, for its own people")


def check_may_notify(caller: Caller) -> None:
    """Refuse whoever does not see to it that people are told that they are recorded.

    Raises
    ------
    Forbidden
        When the caller is neither a coordinator nor whoever holds the data folder.
    """
    if caller.role not in CASEWORK:
        raise Forbidden(f"the role {caller.role} may not ask who must be told")


def check_access(caller: Caller, view: View, person: NodeFacts | None) -> None:
    """Refuse everything about one person to whoever neither answers for them nor is them.

    Raises
    ------
    NotFound
        When the caller may not even know that there is such a person.
    Forbidden
        When the record is another steward's, or the role answers for nobody.
    """
    if caller.role not in ("coordinator", "member", "operator"):
        raise Forbidden(f"the role {caller.role} may not ask for everything about a person")
    if person is not None and person.id != view.person:
        check_write(view, person)
