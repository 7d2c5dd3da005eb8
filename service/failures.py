"""How many keys that opened nothing one address may try before it has to wait.

Counted twice: for an address, and for the beginning of a key at an address, which is the lower
bound. So one old key in an office does not lock out the others behind the same address, and nobody
locks out anybody at another address.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from graph.errors import Throttled, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

WINDOW_SECONDS: Final = 60
_PREFIX_CHARACTERS: Final = 11
_MOST_WINDOWS: Final = 20_000
_MOST_PROVEN: Final = 10_000
_NETWORK_OF_ONE: Final = 64
"""Bits: who has one IPv6 address has 2^64 of them."""


@dataclass(slots=True)
class _Window:
    began: float
    failed: int = 0
    trying: set[str] = field(default_factory=set[str])


class Failures:
    """The failures of the last minute, in this process.

    Parameters
    ----------
    most_of_key, most_of_address
        How many are answered as such within a minute; what comes then has to wait.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        most_of_key: int,
        most_of_address: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_of_key = most_of_key
        self._most_of_address = most_of_address
        self._clock = clock
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._proven: dict[tuple[str, str], None] = {}

    @contextmanager
    def watched(self, secret: str, digest: str, address: str) -> Generator[None]:
        """Watch an attempt at a secret, and count it if it fails.

        A secret that opened something at this address before is never made to wait there.

        Raises
        ------
        Throttled
            When there were too many; whether the secret is right is not looked at.
        """
        network = _network(address)
        # A token's beginning is the same for everybody; its signature is not.
        prefix = secret.rpartition(".")[2][:_PREFIX_CHARACTERS]
        bounds = {(network,): self._most_of_address, (network, prefix): self._most_of_key}
        proven = (network, digest) in self._proven
        windows: list[_Window] = []
        for key, most in bounds.items():
            window = self._window(key)
            windows.append(window)
            # Those that are being tried count, or many at once would all come through.
            if not proven and window.failed + len(window.trying - {digest}) >= most:
                raise Throttled(
                    "too many keys that open nothing", retry_after_seconds=WINDOW_SECONDS
                )
        for window in windows:
            window.trying.add(digest)
        try:
            yield
        except Unauthenticated:
            self._proven.pop((network, digest), None)
            for window in windows:
                window.failed += 1
            raise
        else:
            self._proven[network, digest] = None
            if len(self._proven) > _MOST_PROVEN:
                del self._proven[next(iter(self._proven))]
        finally:
            for window in windows:
                window.trying.discard(digest)

    def _window(self, key: tuple[str, ...]) -> _Window:
        now = self._clock()
        window = self._windows.get(key)
        if window is None or now - window.began >= WINDOW_SECONDS:
            # The oldest stand first: a window that begins anew goes to the end.
            self._windows.pop(key, None)
            window = self._windows[key] = _Window(now)
            while len(self._windows) > _MOST_WINDOWS:
                del self._windows[next(iter(self._windows))]
        return window


def _network(address: str) -> str:
    """Return what one caller has of addresses: one of IPv4, a network of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{int(found) >> _NETWORK_OF_ONE:x}"
