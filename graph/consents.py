"""Consents: what a person agreed to, how it was asked, and for how long.

A consent is a record with a history (ISO/IEC TS 27560 has the shape): the latest one that names a
purpose decides for it, and one that was withdrawn is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from graph.ties import TieType
from graph.values import Day, Instant, Label, PersonId, RecordId, Value

ConsentPurpose = Literal["directory", "introductions", "analysis", "sharing"]
CONSENT_PURPOSES: Final[tuple[ConsentPurpose, ...]] = (
    "directory", "introductions", "analysis", "sharing",
)  # fmt: skip
ScopedField = Literal["description", "tags", "areas", "location", "contacts", "languages"]
SCOPED_FIELDS: Final[tuple[ScopedField, ...]] = (
    "description", "tags", "areas", "location", "contacts", "languages",
)  # fmt: skip
"""What a consent may leave out of a person's record; the name is always part of it."""

NEVER_AFTER: Final = date.max
"""Stands for the end of a consent that was given none."""


class Consent(Value):
    """One consent of one person.

    `basis` is that of UK GDPR Article 6(1), `condition` that of Article 9(2) where special
    categories of data are meant; `explicit` opens ties to `sensitive` groups as well. A scope that
    is null does not narrow.
    """

    id: RecordId | None = None
    person: PersonId | None = None
    purposes: Annotated[list[ConsentPurpose], Field(min_length=1, max_length=4)]
    basis: Literal[
        "consent", "contract", "legal_obligation", "vital_interests", "public_task",
        "legitimate_interests",
    ] = "consent"  # fmt: skip
    condition: (
        Literal["explicit_consent", "health_or_social_care", "safeguarding", "vital_interests"]
        | None
    ) = None
    explicit: bool = False
    fields: Annotated[list[ScopedField], Field(max_length=6)] | None = None
    tie_types: Annotated[list[TieType], Field(max_length=4)] | None = None
    partners: Annotated[list[RecordId], Field(max_length=100)] | None = None
    wording: Annotated[Label, Field(description="Version of the words that were used")]
    method: Literal["spoken", "written", "easy_read"]
    language: Annotated[
        str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)
    ] = "en"
    given_by: Label
    capacity: Literal["self", "parent", "attorney", "deputy", "best_interests", "advocate"] = "self"
    given: Day
    expires: Day | None = None
    evidence: Label | None = None
    withdrawn: Annotated[
        Instant | None, Field(description="Given by imports only; else by withdrawing it")
    ] = None
    recorded_at: Annotated[Instant | None, Field(json_schema_extra={"readOnly": True})] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires is not None and self.expires <= self.given:
            message = "expires must come after given"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _explicit_says_its_condition(self) -> Self:
        if self.explicit and self.condition != "explicit_consent":
            message = "an explicit consent has the condition explicit_consent (Article 9(2)(a))"
            raise ValueError(message)
        return self


class Sight(NamedTuple):
    """What a consent opens for one purpose, on the days [first, after)."""

    first: date
    after: date
    explicit: bool = False
    ties: frozenset[str] | None = None
    partners: frozenset[str] | None = None
    fields: frozenset[str] | None = None

    def on(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.first <= day < self.after


def sight(consents: Iterable[Consent], purpose: ConsentPurpose) -> Sight | None:
    """Return what a person's consents open for a purpose: the latest that names it decides.

    One that was withdrawn opens nothing, and brings back no earlier one.
    """
    naming = [consent for consent in consents if purpose in consent.purposes]
    if not naming:
        return None
    latest = max(naming, key=lambda c: (c.given, str(c.recorded_at or ""), c.id or ""))
    if latest.withdrawn is not None:
        return None
    return Sight(
        latest.given,
        latest.expires or NEVER_AFTER,
        latest.explicit,
        _scope(latest.tie_types),
        _scope(latest.partners),
        _scope(latest.fields),
    )


def narrows(before: Sight | None, after: Sight | None) -> bool:
    """Tell whether a consent opens less than the one before it, somewhere or on some day.

    What was given is never later than today, so the first day closes nothing.
    """
    if before is None:
        return False
    if after is None or after.after < before.after or (before.explicit and not after.explicit):
        return True
    scopes = (
        (before.ties, after.ties),
        (before.partners, after.partners),
        (before.fields, after.fields),
    )
    return any(new is not None and (old is None or not old <= new) for old, new in scopes)


def sight_properties(consents: Iterable[Consent], *, restricted: bool) -> dict[str, Any]:
    """Return what the consents open as properties of the person, null where nothing is open.

    Parameters
    ----------
    restricted
        The record is kept and not used (UK GDPR Article 18): nothing is open.
    """
    known = list(consents)
    properties: dict[str, Any] = {}
    for purpose in CONSENT_PURPOSES:
        opened = None if restricted else sight(known, purpose)
        for name in Sight._fields:
            value: Any = getattr(opened, name, None)
            # False and null are one to a statement, and null takes no room.
            if value is not None and name in _SCOPES:
                value = sorted(value)
            elif not value:
                value = None
            properties[f"{purpose}_{name}"] = value
    return properties


_SCOPES: Final = frozenset({"ties", "partners", "fields"})


def sight_of(properties: Mapping[str, Any], purpose: str) -> Sight | None:
    """Return what was kept as properties of a person, dates as Python's own."""
    first, after, explicit, *scopes = (properties.get(f"{purpose}_{n}") for n in Sight._fields)
    if first is None or after is None:
        return None
    return Sight(first, after, bool(explicit), *(_scope(scope) for scope in scopes))


def _scope(given: Iterable[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(given)
