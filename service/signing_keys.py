"""An issuer's public keys (RFC 7517): read from a file or an address, kept, and read again."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import httpx
import jwt
import structlog
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from pydantic_core import from_json

if TYPE_CHECKING:
    from jwt.algorithms import AllowedPublicKeys

MOST_BYTES: Final = 1 << 20
MOST_KEYS: Final = 100
FETCH_SECONDS: Final = 5.0
LEAST_RSA_BITS: Final = 2_048
_PUBLIC: Final = ("kty", "crv", "x", "y", "n", "e")
_CURVE_OF: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

_log = structlog.get_logger(__name__)


class SigningKeys:
    """The keys with which an issuer signs now.

    Parameters
    ----------
    source
        A file, read again whenever it has changed, or an address.
    kept_seconds
        For how long an address is not asked again; so long may a key go on opening after the
        issuer has withdrawn it.
    pause_seconds
        How often at most an address is asked for a key that is not known.
    """

    def __init__(self, source: str, *, kept_seconds: float, pause_seconds: float) -> None:
        self._source = source
        self._kept_seconds = kept_seconds
        self._pause_seconds = pause_seconds
        self._keys: list[dict[str, Any]] = []
        self._read_at: float | None = None
        self._asked_at: float | None = None
        self._file_state: tuple[int, int, int] | None = None
        self._reading = asyncio.Lock()

    async def key(self, key_id: str | None, algorithm: str) -> AllowedPublicKeys:
        """Return the key of an id that signs with an algorithm; without an id, the only one.

        Raises
        ------
        PyJWTError
            When there is none.
        """
        if urlsplit(self._source).scheme in ("http", "https"):
            await self._ask(wanted=key_id, algorithm=algorithm)
        else:
            self._read_file()
        found = self._fitting(key_id, algorithm)
        if len(found) != 1:
            raise jwt.InvalidKeyError("no such key, or more than one")
        return _public(found[0])

    def _fitting(self, key_id: str | None, algorithm: str) -> list[dict[str, Any]]:
        fitting = [key for key in self._keys if _signs(key, algorithm)]
        return fitting if key_id is None else [key for key in fitting if key.get("kid") == key_id]

    def _read_file(self) -> None:
        try:
            stat = Path(self._source).stat()
            state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if state != self._file_state:
                self._keys = _keys_in(Path(self._source).read_bytes())
                self._file_state = state
        except (OSError, ValueError):
            # A file that is written at this moment is whole at the next.
            _log.warning("signing_keys_not_read", source="file")

    async def _ask(self, *, wanted: str | None, algorithm: str) -> None:
        if not self._is_due(wanted, algorithm):
            return
        async with self._reading:
            if not self._is_due(wanted, algorithm):
                return
            self._asked_at = time.monotonic()
            try:
                self._keys = _keys_in(await _fetched(self._source))
                self._read_at = time.monotonic()
            except (httpx.HTTPError, ValueError, TimeoutError):
                # What was read last still holds: an issuer that is away locks out nobody.
                _log.warning("signing_keys_not_read", source="address")

    def _is_due(self, wanted: str | None, algorithm: str) -> bool:
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at < self._pause_seconds:
            return False
        old = self._read_at is None or now - self._read_at >= self._kept_seconds
        return old or not self._fitting(wanted, algorithm)


async def _fetched(url: str) -> bytes:
    # A proxy stands between this machine and others, never between this machine and itself.
    loopback = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    async with (
        asyncio.timeout(FETCH_SECONDS),
        httpx.AsyncClient(trust_env=not loopback, follow_redirects=False) as client,
        client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
    ):
        if answer.status_code != HTTPStatus.OK:
            raise ValueError("the address answered no keys")
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise ValueError("no set of keys is so long")
        return body


def _keys_in(text: bytes) -> list[dict[str, Any]]:
    """Return the keys of a set.

    Raises
    ------
    ValueError
        When it is none.
    """
    if len(text) > MOST_BYTES:
        raise ValueError("no set of keys is so long")
    told: Any = from_json(text)
    match told:
        case {"keys": [*keys]}:
            found = keys[:MOST_KEYS]
            return [cast("dict[str, Any]", key) for key in found if isinstance(key, dict)]
        case _:
            raise ValueError("this is no set of keys")


def _signs(key: dict[str, Any], algorithm: str) -> bool:
    """Tell whether a key is one that signs with an algorithm."""
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    if algorithm in _CURVE_OF:
        return key.get("kty") == "EC" and key.get("crv") == _CURVE_OF[algorithm]
    return key.get("kty") == "RSA"


def _public(key: dict[str, Any]) -> AllowedPublicKeys:
    """Return the public half of a key, whatever else it holds.

    Raises
    ------
    InvalidKeyError
        When it is none, or too short.
    """
    public = {name: key[name] for name in _PUBLIC if name in key}
    try:
        made: Any = (ECAlgorithm if key["kty"] == "EC" else RSAAlgorithm).from_jwk(public)
    except (ValueError, TypeError, AttributeError, KeyError) as broken:
        raise jwt.InvalidKeyError("this is no key") from broken
    if key["kty"] == "RSA" and made.key_size < LEAST_RSA_BITS:
        raise jwt.InvalidKeyError("the key is too short")
    return made
