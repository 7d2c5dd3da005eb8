"""For which organisations a steward cleared a record, and until when: pure.

It is kept with the record as texts, an organisation's id, a blank and the first day on which it is
over, so that a statement finds by one comparison whether a record is cleared for somebody today.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, get_args

from graph.values import Day, Instant, Label, RecordId, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

ClearanceState = Literal["asked", "cleared", "refused", "withdrawn", "expired"]
CLEARANCE_STATES: Final[tuple[ClearanceState, ...]] = get_args(ClearanceState)


class AskedClearance(Value):
    """A record that an organisation asks to see, for what, and until which day."""

    record: RecordId
    reason: Label
    until: Day | None = None


class ClearanceDecision(Value):
    """What becomes of it; `until` is the first day on which it is not cleared any more."""

    decision: Literal["cleared", "refused", "withdrawn"]
    until: Day | None = None


class Clearance(AskedClearance):
    """What an organisation asked to see, and what the record's steward said to it."""

    id: str
    organisation: RecordId
    state: ClearanceState = "asked"
    asked_at: Instant
    decided_at: Instant | None = None

    def on(self, today: date) -> Clearance:
        """Return it as it stands on a day."""
        over = self.state == "cleared" and self.until is not None and self.until <= today
        return self.model_copy(update={"state": "expired"}) if over else self


def cleared(kept: Iterable[str], organisation: str, until: date | None) -> list[str]:
    """Return for whom a record is cleared, once it is for this organisation as well."""
    return [*not_cleared(kept, organisation), f"{organisation} {until or date.max}"]


def not_cleared(kept: Iterable[str], organisation: str) -> list[str]:
    """Return for whom a record is cleared, once it is not for this organisation."""
    return [said for said in kept if not said.startswith(f"{organisation} ")]


def is_cleared(kept: Iterable[str], organisation: str, today: date) -> bool:
    """Tell whether a record is cleared for an organisation on a day."""
    return any(
        said.startswith(f"{organisation} ") and said > f"{organisation} {today}" for said in kept
    )


def organisations(kept: Iterable[str]) -> list[str]:
    """Return whom a record is, or was, cleared for."""
    return sorted(said.partition(" ")[0] for said in kept)
