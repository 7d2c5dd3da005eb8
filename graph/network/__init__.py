"""The network in memory: all nodes and ties in growable columns, and any day of it in arrays.

It knows neither the engine nor HTTP. `Network` is written row by row; `Network.on(day)` gives a
`Snapshot`, which `graph.connecting` and `graph.analytics` read.
"""

from graph.network.codes import (
    ASPECT_CODE,
    ASPECTS,
    CLEARANCES,
    KIND_CODE,
    LEVEL_BIT,
    LEVELS,
    METHODS,
    ORIGINATORS,
    PROVENANCE_CODE,
    PROVENANCES,
    QUALITIES,
    QUALITY_CODE,
    RELATION_CODE,
    RELATIONS,
    STATE_CODE,
    STATES,
    STATUS_CODE,
    STATUSES,
    TYPE_CODE,
)
from graph.network.lists import Lists
from graph.network.memberships import NO_MEMBERSHIPS, Memberships
from graph.network.network import Network
from graph.network.rows import NodeRow, Opening, Reported, TieRow
from graph.network.snapshot import Adjacency, Snapshot, Ties

__all__ = [
    "ASPECTS",
    "ASPECT_CODE",
    "CLEARANCES",
    "KIND_CODE",
    "LEVELS",
    "LEVEL_BIT",
    "METHODS",
    "NO_MEMBERSHIPS",
    "ORIGINATORS",
    "PROVENANCES",
    "PROVENANCE_CODE",
    "QUALITIES",
    "QUALITY_CODE",
    "RELATIONS",
    "RELATION_CODE",
    "STATES",
    "STATE_CODE",
    "STATUSES",
    "STATUS_CODE",
    "TYPE_CODE",
    "Adjacency",
    "Lists",
    "Memberships",
    "Network",
    "NodeRow",
    "Opening",
    "Reported",
    "Snapshot",
    "TieRow",
    "Ties",
]
