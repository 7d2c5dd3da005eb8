"""Places in the feed as they leave the service: opaque texts of one length.

A place is a number that counts every change of the network, hidden ones too. Whoever could read it
would learn how much happens that they do not see; so it leaves sealed, and nobody else can open,
order or make it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from graph.errors import Expired, Invalid
from graph.store.changes import Revision

if TYPE_CHECKING:
    from graph.store.client import Client

LENGTH: Final = 43
"""Of every position: a tag of 16 bytes, and 16 sealed ones, in base64url without padding."""

# The last digit has two bits to spare: of the texts that mean the same, one is a position.
_TEXT: Final = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH - 1}}}[AEIMQUYcgkosw048]")
_NONE: Final = "this is no position of the feed"
_NUMBER_BYTES: Final = 8
_EPOCH_BYTES: Final = 8


class Positions:
    """The places of the feed under the key that all processes share.

    Parameters
    ----------
    key
        128 hexadecimal digits.

    Notes
    -----
    AES-256-SIV: the same place has the same text in every process, and a text that was not made
    under the key is told from one that was.

    References
    ----------
    .. [1] Harkins, "Synthetic Initialization Vector (SIV) Authenticated Encryption Using AES",
       RFC 5297, 2008.
    """

    def __init__(self, key: str) -> None:
        self._cipher = AESSIV(bytes.fromhex(key))

    def sealed(self, revision: Revision) -> str:
        """Return a place as it leaves the service."""
        plain = revision.number.to_bytes(_NUMBER_BYTES) + _mark(revision.epoch)
        text = base64.urlsafe_b64encode(self._cipher.encrypt(plain, None))
        return text.decode().rstrip("=")

    def opened(self, text: str, epoch: str) -> int:
        """Return the number of a place.

        Raises
        ------
        Invalid
            When it was not made under this key.
        Expired
            When it is of another epoch.
        """
        if _TEXT.fullmatch(text) is None:
            raise Invalid.at("/query/after", _NONE)
        try:
            plain = self._cipher.decrypt(base64.urlsafe_b64decode(f"{text}="), None)
        except InvalidTag as forged:
            raise Invalid.at("/query/after", _NONE) from forged
        if plain[_NUMBER_BYTES:] != _mark(epoch):
            raise Expired("this position is of another life of the store: read the network anew")
        return int.from_bytes(plain[:_NUMBER_BYTES])


def _mark(epoch: str) -> bytes:
    return hashlib.sha256(epoch.encode()).digest()[:_EPOCH_BYTES]


async def positions_of(client: Client) -> Positions:
    """Return the places under the key of this store."""
    row = await client.row("read/key_of_positions")
    if row is None:
        raise LookupError("the store has no key for its positions: its schema was not applied")
    return Positions(row["key"])
