"""What one service process holds while it runs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from graph.errors import InProgress

if TYPE_CHECKING:
    from collections.abc import Generator

    from graph.audit.journal import Journal
    from graph.store.client import Client
    from graph.store.live_network import LiveNetwork
    from graph.store.positions import Positions
    from graph.store.requests import Request
    from service.authentication import Authentication
    from service.jobs import Jobs
    from service.settings import Settings


@dataclass
class State:
    """The open store, the network in memory, the jobs, and who may call."""

    settings: Settings
    client: Client
    network: LiveNetwork
    jobs: Jobs
    authentication: Authentication
    journal: Journal
    positions: Positions
    _running_requests: set[str] = field(default_factory=set[str])

    @contextmanager
    def first_to_run(self, request: Request | None) -> Generator[None]:
        """Hold an idempotency key, if there is one, while its first request runs.

        Raises
        ------
        InProgress
            When it does run.
        """
        if request is None:
            yield
            return
        if request.key in self._running_requests:
            raise InProgress("the first request with this Idempotency-Key is still running")
        self._running_requests.add(request.key)
        try:
            yield
        finally:
            self._running_requests.discard(request.key)

    def today(self) -> date:
        """Return the community's day."""
        return today(self.settings)


def today(settings: Settings) -> date:
    """Return the community's day."""
    return datetime.now(UTC).astimezone(settings.zone).date()
