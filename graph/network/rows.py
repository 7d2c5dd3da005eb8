"""The rows that the network in memory is written with."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graph.consents import Sight
    from graph.nodes import Kind, Level
    from graph.ties import Relation, TieType
    from graph.values import Clearance


class Reported(NamedTuple):
    """How many members an association said that it had on a day."""

    on: date
    members: int


class Opening(NamedTuple):
    """When an asset can be had: a recurrence rule (RFC 5545) and its first occurrence."""

    rrule: str | None
    starts: datetime | None
    ends: datetime | None


class NodeRow(NamedTuple):
    """What the network in memory keeps of a node. `same_as` are records of the same one."""

    id: str
    kind: Kind
    name: str
    areas: tuple[str, ...] = ()
    active_from: date | None = None
    active_to: date | None = None
    steward: str | None = None
    clearance: Clearance = "partners"
    sensitive: bool = False
    mapped: bool | None = None
    status: str | None = None
    levels: tuple[Level, ...] = ()
    aspect: str | None = None
    terms: tuple[str, ...] = ()
    schedule: tuple[Opening, ...] = ()
    reported: tuple[Reported, ...] = ()
    originator: str | None = None
    method: str | None = None
    exercise: str | None = None
    same_as: tuple[str, ...] = ()
    cleared_for: tuple[str, ...] = ()
    introductions: Sight | None = None
    analysis: Sight | None = None


class TieRow(NamedTuple):
    """What the network in memory keeps of a tie. `strength` holds the level of a `trusts`."""

    id: str
    type: TieType
    source: str
    target: str
    relation: Relation | None = None
    strength: float | None = None
    paid: bool | None = None
    quality: str | None = None
    state: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    steward: str | None = None
    clearance: Clearance | None = None
    originator: str | None = None
    method: str | None = None
    met_by: str | None = None
