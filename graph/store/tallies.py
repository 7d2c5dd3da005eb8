"""How many records there are, and what they say in one number: two stores compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from graph.store.properties import native

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MODULUS: Final = 1 << 256


@dataclass(slots=True)
class Tally:
    """A count, and a digest that is the same in whatever order the records come.

    The digest is the sum of the records' SHA-256 modulo 2^256.

    References
    ----------
    .. [1] Bellare and Micciancio, "A New Paradigm for Collision-Free Hashing: Incrementality at
       Reduced Cost", EUROCRYPT 1997 (AdHash).
    """

    count: int = 0
    digest: int = 0

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Count some more records."""
        for record in records:
            told = repr(_canonical(record)).encode("utf-8", "surrogatepass")
            self.count += 1
            self.digest += int.from_bytes(hashlib.sha256(told).digest(), "big")
        self.digest %= _MODULUS


def _canonical(value: Any) -> Any:
    """Return a value in one form: whichever engine it comes from, in whatever zone and order."""
    value = native(value)
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return [(name, _canonical(parts[name])) for name in sorted(parts)]
    if isinstance(value, list):
        return [_canonical(part) for part in cast("list[Any]", value)]
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return value
