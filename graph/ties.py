"""The ties: what parties offer, want, connect to and trust. One model a type."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from graph.nodes import Stewarded
from graph.values import (
    Clearance,
    Day,
    RecordId,
    SaidProvenance,
    Share,
    Text,
    check_order,
)

TieType = Literal["offers", "wants", "connects", "trusts"]
TIE_TYPES: Final[tuple[TieType, ...]] = ("offers", "wants", "connects", "trusts")
Relation = Literal[
    "member", "staff", "volunteer", "uses", "professional", "hosts", "controls", "funds",
    "partner", "family", "friend", "neighbour", "peer", "other",
]  # fmt: skip
Score = Annotated[int, Field(ge=1, le=4)]
ASSUMED_SHARE: Final = 0.5
"""What a strength or a level counts as where nobody said one."""


class TieFields(Stewarded):
    """What all ties have in common.

    `id` is unique within the type; absent, one is given to the tie, or it is the tie that its
    steward stated so before. `clearance` null is settled when the ends are known. `stated_by` is
    the end that said so, null the source where the tie has a direction; `disclosed` says that its
    author agreed that a person at the other end may know of it.
    """

    id: RecordId | None = None
    source: RecordId
    target: RecordId
    valid_from: Day | None = None
    valid_to: Day | None = None
    steward: RecordId | None = None
    clearance: Clearance | None = None
    stated_by: RecordId | None = None
    disclosed: bool = False
    provenance: SaidProvenance = None

    @model_validator(mode="after")
    def _stated_by_an_end(self) -> Self:
        if self.stated_by not in (None, self.source, self.target):
            message = "stated_by is one of the two ends"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _valid_for_a_time(self) -> Self:
        check_order(self.valid_from, self.valid_to, ("valid_from", "valid_to"))
        return self


class Offers(TieFields):
    """A party offers an asset: now, would like to, or with support (A25)."""

    type: Literal["offers"] = "offers"
    state: Literal["now", "would_like", "with_support"] = "now"
    support_needed: Text | None = None


class Wants(TieFields):
    """A party wants an asset; one that nobody has yet is a potential asset (A07)."""

    type: Literal["wants"] = "wants"
    purpose: Text | None = None
    state: Literal["open", "met", "withdrawn"] = "open"
    met_by: RecordId | None = None

    @model_validator(mode="after")
    def _met_by_an_offer_only_when_met(self) -> Self:
        if self.met_by is not None and self.state != "met":
            message = "met_by is said of a want whose state is met"
            raise ValueError(message)
        return self


class Connects(TieFields):
    """How the source is connected to the target; `relation` says what it is to the target.

    `strength` in (0, 1] is the chance that a request along the tie is passed on.
    """

    type: Literal["connects"] = "connects"
    relation: Relation
    paid: bool | None = None
    quality: Literal["supportive", "neutral", "stressful"] | None = None
    strength: Share | None = None
    last_contact: Day | None = None


class Trusts(TieFields):
    """The source trusts the target. The three scores are PARTNER's, 1 (not at all) to 4.

    `level` in (0, 1] is the chance that a request along the tie is passed on.
    """

    type: Literal["trusts"] = "trusts"
    level: Share | None = None
    openness: Score | None = None
    reliability: Score | None = None
    shared_mission: Score | None = None


AnyTie = Offers | Wants | Connects | Trusts
Tie = Annotated[AnyTie, Field(discriminator="type")]
TIE: Final[TypeAdapter[AnyTie]] = TypeAdapter(Tie)
TIE_MODEL_OF: Final[dict[TieType, type[AnyTie]]] = {
    "offers": Offers,
    "wants": Wants,
    "connects": Connects,
    "trusts": Trusts,
}
