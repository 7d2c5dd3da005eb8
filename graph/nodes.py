"""The nodes: people, associations, agencies and assets; and the areas that they lie in.

One model a kind, the same for every door. Requirement ids refer to the project's requirements.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from graph.values import (
    Answer,
    Clearance,
    Day,
    ForeignId,
    Instant,
    Label,
    PersonId,
    RecordId,
    SaidProvenance,
    Text,
    Value,
    check_order,
)

Kind = Literal["person", "association", "agency", "asset"]
KINDS: Final[tuple[Kind, ...]] = ("person", "association", "agency", "asset")
PARTIES: Final[frozenset[Kind]] = frozenset({"person", "association", "agency"})
Level = Literal["individual", "association", "organisation", "physical", "economic", "cultural"]

COARSE_DECIMALS: Final = 2
"""A person's place is kept to two decimals of a degree, some 1.1 km (data minimisation)."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        message = "must be a time zone of the IANA database, such as Europe/London"
        raise ValueError(message)
    ZoneInfo(name)
    return name


class Location(Value):
    """A place, in degrees of WGS 84. `reason` says why a person's place is kept exactly."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    reason: Label | None = None

    def coarse(self) -> Location:
        """Return the place to two decimals, or exactly where a reason is given."""
        if self.reason is not None:
            return self
        return Location(
            latitude=round(self.latitude, COARSE_DECIMALS),
            longitude=round(self.longitude, COARSE_DECIMALS),
        )


class Contact(Value):
    """A way to reach a party. `clearance` null: as the record's own."""

    kind: Literal["phone", "email", "url", "address", "other"]
    value: Annotated[Text, Field(min_length=1, max_length=500)]
    label: Label | None = None
    preferred: bool = False
    clearance: Clearance | None = None


class ReportedMembers(Value):
    """A membership figure as the association gave it on a day (A36)."""

    count: Annotated[int, Field(ge=0, le=1_000_000_000)]
    on: Day


class Term(Value):
    """A term of a vocabulary (SKOS notation, or a scheme's own code)."""

    scheme: Label
    code: Label
    label: Label | None = None


class Capacity(Value):
    """How much of an asset there is (HSDS 3.1 `service_capacity`)."""

    unit: Label
    maximum: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    available: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _available_within_maximum(self) -> Self:
        if (
            self.maximum is not None
            and self.available is not None
            and self.available > self.maximum
        ):
            message = "available must not exceed maximum"
            raise ValueError(message)
        return self


class Schedule(Value):
    """When an asset can be had: an RFC 5545 recurrence rule and its first occurrence."""

    rrule: (
        Annotated[str, Field(max_length=500, pattern=r"^FREQ=[A-Z]+(;[A-Z-]+=[^;]+)*$")] | None
    ) = None
    starts: Instant | None = None
    ends: Instant | None = None
    timezone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        check_order(self.starts, self.ends, ("starts", "ends"))
        return self


class Stewarded(Value):
    """What every record of the network carries that the service keeps by itself."""

    version: Annotated[
        int | None, Field(json_schema_extra={"readOnly": True}, description="Counts its writes")
    ] = None
    created_at: Annotated[Instant | None, Field(json_schema_extra={"readOnly": True})] = None
    updated_at: Annotated[Instant | None, Field(json_schema_extra={"readOnly": True})] = None


class NodeFields(Stewarded):
    """What all nodes have in common."""

    id: RecordId
    name: Label
    description: Text | None = None
    tags: Annotated[list[Label], Field(max_length=100)] = []
    areas: Annotated[list[RecordId], Field(max_length=100)] = []
    location: Location | None = None
    contacts: Annotated[list[Contact], Field(max_length=50)] = []
    source: ForeignId | None = None
    steward: RecordId | None = None
    clearance: Clearance = "partners"
    sensitive: bool = False
    active_from: Day | None = None
    active_to: Day | None = None
    provenance: SaidProvenance = None

    @model_validator(mode="after")
    def _active_for_a_time(self) -> Self:
        check_order(self.active_from, self.active_to, ("active_from", "active_to"))
        return self


class Person(NodeFields):
    """Somebody. The id is a UUID: it stands in URLs and logs, so it must say nothing."""

    kind: Literal["person"] = "person"
    id: PersonId
    clearance: Clearance = "private"
    mapped: Annotated[bool, Field(description="Was this person asked, or only named by others")] = (
        False
    )
    languages: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]],
        Field(max_length=20),
    ] = []
    expires_on: Annotated[
        Day | None,
        Field(description="When somebody whom only others named is erased, unless they agree"),
    ] = None
    told_on: Annotated[Day | None, Field(description="When they were told of it")] = None


class Association(NodeFields):
    """A group that people form, formal or informal (A46)."""

    kind: Literal["association"] = "association"
    formality: Literal["formal", "informal"] | None = None
    reported_members: Annotated[list[ReportedMembers], Field(max_length=200)] = []
    structured: Answer = "unknown"
    staff_present: Answer = "unknown"
    safeguarding_pathway: Answer = "unknown"


class Agency(NodeFields):
    """An organisation with paid staff (A48)."""

    kind: Literal["agency"] = "agency"
    sector: Literal["public", "voluntary", "private"] | None = None


class Asset(NodeFields):
    """Anything that could be put to use (A49), on up to six levels (A42)."""

    kind: Literal["asset"] = "asset"
    levels: Annotated[list[Level], Field(max_length=6)] = []
    category: Label | None = None
    terms: Annotated[list[Term], Field(max_length=100)] = []
    aspect: Literal["heart", "head", "hand"] | None = None
    status: Literal["actual", "potential"] = "actual"
    approval: Literal["none", "pending", "approved", "suspended", "expired"] = "none"
    review_due: Day | None = None
    capacity: Capacity | None = None
    schedule: Annotated[list[Schedule], Field(max_length=50)] = []
    cost: Label | None = None
    accessibility: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")], Answer], Field(max_length=200)
    ] = {}


class Area(Stewarded):
    """A community of place, interest or topic (A08). Not a part of the network.

    `population` is how many people live in it, and `mapped_share` what share of them is thought
    to be mapped: reports say by these how far off they may be.
    """

    id: RecordId
    name: Label
    area_kind: Literal["place", "interest", "topic"] = "place"
    parent: RecordId | None = None
    population: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    mapped_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    source: ForeignId | None = None


AnyNode = Person | Association | Agency | Asset
Node = Annotated[AnyNode, Field(discriminator="kind")]
NODE: Final[TypeAdapter[AnyNode]] = TypeAdapter(Node)
MODEL_OF: Final[dict[Kind, type[AnyNode]]] = {
    "person": Person,
    "association": Association,
    "agency": Agency,
    "asset": Asset,
}
