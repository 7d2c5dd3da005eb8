"""Who a secret belongs to: asked of the engine seldom, and never too late.

A caller that was found is trusted for a lease (Gray and Cheriton, "Leases", 1989). Whoever changes
a key on a server that other services share waits for the leases to end before they answer, so
that a request after the answer finds the change in every process; see `docs/decisions/0003`.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graph.errors import Unauthenticated
from graph.policy import Caller
from graph.store.keys import PREFIX, Known, caller_of, digest
from service.key_uses import KeyUses

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.store.client import Client
    from service.failures import Failures
    from service.tokens import Tokens

LEASE_SECONDS: Final = 1.0
"""How long a caller that was found is trusted without asking the engine again."""

_MARGIN_SECONDS: Final = 0.05
"""What the clocks of two processes may differ by within a lease."""

_MOST_LEASES: Final = 1_000

OPERATOR: Final = Caller(key="operator", role="operator")


class Authentication:
    """Who may call this process.

    Parameters
    ----------
    client
        The engine that holds the keys.
    operator_digest
        Of the secret of whoever may read the data folder.
    tokens
        Of an identity provider, if there is one.
    failures
        Who has to wait.
    """

    def __init__(
        self, client: Client, operator_digest: str, tokens: Tokens | None, failures: Failures
    ) -> None:
        self.uses = KeyUses()
        self._client = client
        self._operator_digest = operator_digest
        self._tokens = tokens
        self._failures = failures
        self._leases: dict[str, tuple[float, Known]] = {}
        self._forgot_at = -1.0

    async def caller(self, secret: str, address: str) -> Caller:
        """Return who calls with a secret, from an address.

        Raises
        ------
        Unauthenticated
            When nothing that is in force has this secret.
        Throttled
            When too many did at this address.
        """
        asked = digest(secret)
        if hmac.compare_digest(asked, self._operator_digest):
            return OPERATOR
        # Noted before the engine is asked: a lease must not outlast the waiting of a change.
        began = time.monotonic()
        lease = self._leases.get(asked)
        if lease is not None and began - lease[0] < LEASE_SECONDS:
            known = lease[1]
        else:
            self._leases.pop(asked, None)
            with self._failures.watched(secret, asked, address):
                known = await self._known(secret)
            self._lend(asked, began, known)
        now = _now()
        if known.ends is not None and known.ends <= now:
            raise Unauthenticated
        if secret.startswith(PREFIX):
            self.uses.note(known.caller.key, now)
        return known.caller

    async def has_changed(self, *, in_seconds: float = 0.0) -> None:
        """Return when no process trusts a key any more as it was before: one was changed.

        Parameters
        ----------
        in_seconds
            When the change takes effect; the leases of now are over before a late one does.
        """
        self._forgot_at = time.monotonic()
        self._leases.clear()
        # On an embedded engine there is no other process.
        if not self._client.engine.embedded and in_seconds < LEASE_SECONDS + _MARGIN_SECONDS:
            await asyncio.sleep(LEASE_SECONDS + _MARGIN_SECONDS)

    async def has_lost(self, keys: Collection[str]) -> None:
        """Return when no process trusts anybody as whom, or for whom, there is no more.

        Parameters
        ----------
        keys
            Which keys ended with the record that was deleted. Tokens that name it are judged anew;
            how many there are, nobody knows.
        """
        if keys or self._tokens is not None:
            await self.has_changed()

    async def _known(self, secret: str) -> Known:
        if self._tokens is None or secret.startswith(PREFIX):
            return await caller_of(self._client, secret, _now())
        return await self._tokens.known(secret)

    def _lend(self, asked: str, began: float, known: Known) -> None:
        if began <= self._forgot_at:
            return
        if len(self._leases) >= _MOST_LEASES:
            self._leases.clear()
        self._leases[asked] = (began, known)


def _now() -> datetime:
    return datetime.now(UTC)
