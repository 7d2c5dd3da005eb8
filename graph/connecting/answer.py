"""The answer to who could connect a person to a group, as it stands on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from graph.nodes import Contact, Kind
from graph.ties import Relation, TieType
from graph.values import Value

Order = Literal["strongest", "fewest_hops"]
Reason = Literal[
    "no_route", "too_far", "person_has_no_ties", "group_has_no_members", "already_member"
]

ASK_MORE_PEOPLE: Final = (
    "There may be more ways when more people have been asked whether they agree to be part of"
    " introductions."
)
"""Said whenever there are fewer routes than asked for, whatever the reason: it betrays none."""


class Step(Value):
    """One step of a route, and the strongest tie that carries it."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    from_: Annotated[str, Field(alias="from")]
    to: str
    type: TieType
    tie: str
    relation: Relation | None
    strength: Annotated[
        float | None,
        Field(gt=0, le=1, description="Null where it is shown to the tie's steward only"),
    ]
    assumed: Annotated[bool, Field(description="Nobody said a strength: it counts as 0.5")]


class Route(Value):
    """A way from the person to the group, the chance of it, and one sentence to read aloud."""

    hops: Annotated[int, Field(ge=2)]
    strength: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="Product of the steps' strengths, to 12 digits; null where one is hidden",
        ),
    ]
    steps: list[Step]
    sentence: str


class Connector(Value):
    """Somebody who could open the door: a member, or one who knows a member."""

    id: str
    kind: Kind
    name: str
    is_member: bool
    shared: Annotated[
        list[str],
        Field(description="Associations and assets that both are connected to, or both offer"),
    ]
    route: Annotated[Route | None, Field(description="The best route through this connector")]


class Connection(Value):
    """Who could connect a person to a group on a day.

    `hops` is the length of the shortest route, however long it is; null where there is none.
    `shortest_routes` counts the routes of that length, exactly.
    """

    person: str
    group: str
    as_of: date
    hops: int | None = None
    shortest_routes: int = 0
    connectors: list[Connector] = []
    routes: list[Route] = []
    reason: Annotated[Reason | None, Field(description="Why there is no route")] = None
    contacts: Annotated[
        list[Contact], Field(description="The group's own, where there is no route")
    ] = []
    advice: Annotated[
        str | None, Field(description="What to do where fewer routes than asked for were found")
    ] = None
    truncated: bool = False
