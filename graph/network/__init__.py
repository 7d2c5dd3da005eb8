"""The network in memory: all nodes and ties in growable columns, and any day of it in arrays.

It knows neither the engine nor HTTP. `Network` is written row by row; `Network.on(day)` gives a
`Snapshot`, which `graph.connecting` and `graph.analytics` read.
"""

from graph.network.codes import (
    CLEARANCES,
    KIND_CODE,
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
from graph.network.columns import NodeRow, TieRow
from graph.network.network import Network
from graph.network.snapshot import Adjacency, Snapshot, Ties

__all__ = [
    "CLEARANCES",
    "KIND_CODE",
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
    "Network",
    "NodeRow",
    "Snapshot",
    "TieRow",
    "Ties",
]
