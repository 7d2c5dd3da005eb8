"""What one service process holds while it runs."""

from __future__ import annotations

import hmac
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from graph.errors import InProgress
from graph.policy import Caller
from graph.store.keys import caller_of, digest

if TYPE_CHECKING:
    from collections.abc import Generator

    from graph.audit.journal import Journal
    from graph.store.client import Client
    from graph.store.live_network import LiveNetwork
    from graph.store.requests import Request
    from service.jobs import Jobs
    from service.settings import Settings

KEY_SECONDS: Final = 1.0
"""How long a key that was found is trusted without asking the engine again."""

OPERATOR: Final = Caller(key="operator", role="operator")


@dataclass
class State:
    """The open store, the network in memory, the jobs, and who called lately."""

    settings: Settings
    client: Client
    network: LiveNetwork
    jobs: Jobs
    operator_digest: str
    journal: Journal
    _callers: dict[str, tuple[float, Caller]] = field(
        default_factory=dict[str, tuple[float, Caller]]
    )
    _running_requests: set[str] = field(default_factory=set[str])

    async def caller(self, secret: str) -> Caller:
        """Return who calls with a secret.

        Raises
        ------
        Unauthenticated
            When no key that is in force has this secret.
        """
        asked = digest(secret)
        if hmac.compare_digest(asked, self.operator_digest):
            return OPERATOR
        known = self._callers.get(asked)
        now = time.monotonic()
        if known is not None and now - known[0] < KEY_SECONDS:
            return known[1]
        self._callers.pop(asked, None)
        caller = await caller_of(self.client, secret)
        if len(self._callers) > 1_000:  # noqa: PLR2004 - bounds memory, no more
            self._callers.clear()
        self._callers[asked] = (now, caller)
        return caller

    def forget_callers(self) -> None:
        """Ask the engine about every key anew: one was revoked."""
        self._callers.clear()

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
        return datetime.now(UTC).astimezone(self.settings.zone).date()
