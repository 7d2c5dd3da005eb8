"""Who could connect a person to a group: routes of people who pass a request on.

`connect` is a pure function of a snapshot of the network.
"""

from graph.connecting.answer import Connection, Connector, Order, Reason, Route, Step
from graph.connecting.connect import connect

__all__ = ["Connection", "Connector", "Order", "Reason", "Route", "Step", "connect"]
