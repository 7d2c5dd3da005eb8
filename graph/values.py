"""The values that records are made of: ids, texts, days, instants.

Everything here refuses what it cannot keep exactly: NUL and lone surrogates in texts, naive
datetimes, numbers that stand for dates.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import uuid6
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

ID_PATTERN: Final = r"^[A-Za-z0-9._~-]{1,64}$"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def new_id() -> str:
    """Return a fresh UUID of version 7 (RFC 9562), in its canonical lower-case form."""
    return str(uuid6.uuid7())


def folded(text: str) -> str:
    """Return a text for searching: NFKD, no marks, lower case, single blanks.

    Both engines compare what is folded here, since their own full texts fold differently.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def instant_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, ending in `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _keepable(text: str) -> str:
    if _UNKEEPABLE.search(text):
        message = "a text may hold neither NUL nor half of a surrogate pair"
        raise ValueError(message)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        message = "must say something"
        raise ValueError(message)
    return text


def _not_dots(text: str) -> str:
    if text in {".", ".."}:
        message = "must not be a path segment of its own"
        raise ValueError(message)
    return text


def _canonical_uuid(text: str) -> str:
    try:
        canonical = str(UUID(text))
    except ValueError:
        canonical = ""
    if text.lower() != canonical:
        message = "a person's id is a UUID, such as 0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f"
        raise ValueError(message)
    return canonical


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            message = "a day is written YYYY-MM-DD"
            raise ValueError(message)
        return date.fromisoformat(value)
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = "an instant needs its offset, such as 2026-03-01T09:00:00Z"
            raise ValueError(message)
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            message = "an instant lies in the years 1 to 9999"
            raise ValueError(message) from error
    return value


Text = Annotated[str, Field(max_length=10_000), AfterValidator(_keepable)]
Label = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(_keepable), AfterValidator(_not_blank)
]
RecordId = Annotated[str, Field(pattern=ID_PATTERN), AfterValidator(_not_dots)]
PersonId = Annotated[
    str,
    Field(json_schema_extra={"format": "uuid"}, min_length=36, max_length=36),
    AfterValidator(_canonical_uuid),
]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[
    datetime, BeforeValidator(_instant), PlainSerializer(instant_text, str, when_used="json")
]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Answer = Literal["yes", "no", "unknown"]
Clearance = Literal["private", "partners", "public"]
Method = Literal[
    "face_to_face", "door_knocking", "storytelling", "phone", "online", "agency_record", "import",
    "other",
]  # fmt: skip


class Value(BaseModel):
    """A part of a record. Unknown fields are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ForeignId(Value):
    """Where a record came from: its id in another system.

    The three are unique together among the records of one steward.
    """

    system: Label
    type: Label
    id: Label


class Provenance(Value):
    """How, by whom and when something was said.

    `originator` is the class of the party that said it: the map's balance is read from it.
    """

    method: Method | None = None
    originator: Literal["person", "association", "agency"] | None = None
    recorded_by: Label | None = None
    recorded_at: Instant | None = None
    exercise: Label | None = None


def _if_anything_is_said(provenance: Provenance | None) -> Provenance | None:
    return None if provenance == Provenance() else provenance


SaidProvenance = Annotated[Provenance | None, AfterValidator(_if_anything_is_said)]
"""A provenance of which nothing is said is none: so it is kept, and so it comes back."""


def check_order(first: date | None, last: date | None, names: tuple[str, str]) -> None:
    """Refuse a half-open time [first, last) that holds no day.

    Raises
    ------
    ValueError
        When both are given and `last` does not come after `first`.
    """
    if first is not None and last is not None and last <= first:
        message = f"{names[1]} must come after {names[0]}: the time is half-open, [from, to)"
        raise ValueError(message)
