"""What everything above knows of an engine."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The address of a graph database that speaks Bolt.

    Parameters
    ----------
    uri
        `bolt://` for one server, `neo4j://` or `neo4j+s://` where the driver routes.
    user, password
        The account; the password is never shown.
    database
        The name of the database on the engine.
    embedded
        The service is the engine's only client: it writes through one writer at a time, and runs
        the loser of a constraint race again.
    """

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    embedded: bool = False
