"""Bearer tokens of an identity provider: OpenID Connect Core 1.0, RFC 7519, RFC 8725.

Every token that is not right in every respect is refused in one way; what was wrong with it is
told to nobody.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import jwt

from graph.errors import Invalid, Unauthenticated
from graph.policy import ROLES, Caller, Role
from graph.store.keys import Known, check_parties
from graph.values import ID_PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.store.client import Client
    from service.signing_keys import SigningKeys

MOST_CHARACTERS: Final = 8_192
_MOST_SUBJECT: Final = 255
_ID: Final = re.compile(ID_PATTERN)
_REQUIRED: Final = ("iss", "aud", "sub", "exp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What is expected of a token, and which of its claims says what."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    leeway_seconds: int
    role: str
    organisation: str
    person: str
    roles: Mapping[str, Role]


class Tokens:
    """The tokens of one issuer.

    Parameters
    ----------
    client
        Knows which organisations and people there are.
    keys
        The issuer's own.
    claims
        What is expected.
    """

    def __init__(self, client: Client, keys: SigningKeys, claims: Claims) -> None:
        self._client = client
        self._keys = keys
        self._claims = claims

    async def known(self, token: str) -> Known:
        """Return who calls with a token, and when it is over.

        Raises
        ------
        Unauthenticated
            When it is not one of this issuer's, for this service, of this hour, of somebody whom
            the network has a role for.
        """
        try:
            said = await self._verified(token)
            caller = self._caller(said)
            await check_parties(
                self._client, _role(caller), steward=caller.organisation, person=caller.person
            )
            ends = datetime.fromtimestamp(int(said["exp"]) + self._claims.leeway_seconds, UTC)
        except (jwt.PyJWTError, Invalid, ValueError, OverflowError, OSError) as refused:
            raise Unauthenticated from refused
        return Known(caller, ends)

    async def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > MOST_CHARACTERS or not token.isascii():
            raise jwt.DecodeError("no token is so long, or of such characters")
        header = jwt.get_unverified_header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        # RFC 8725, 3.1: the algorithm is ours to choose, and belongs to the key.
        if algorithm not in self._claims.algorithms or "crit" in header:
            raise jwt.InvalidAlgorithmError("not one of the algorithms that were agreed on")
        key = await self._keys.key(key_id if isinstance(key_id, str) else None, algorithm)
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self._claims.audience,
            issuer=self._claims.issuer,
            leeway=self._claims.leeway_seconds,
            options={"require": list(_REQUIRED)},
        )

    def _caller(self, said: Mapping[str, Any]) -> Caller:
        subject = said["sub"]
        if not 0 < len(subject) <= _MOST_SUBJECT:
            raise ValueError("a subject is a short text")
        who = hashlib.sha256(f"{self._claims.issuer}\n{subject}".encode()).hexdigest()[:32]
        return Caller(
            key=f"token-{who}",
            role=self._role(said.get(self._claims.role)),
            organisation=_id(said.get(self._claims.organisation)),
            person=_id(said.get(self._claims.person)),
        )

    def _role(self, said: Any) -> Role:
        words = cast("list[Any]", said) if isinstance(said, list) else [said]
        roles: set[Role] = {
            self._claims.roles[word]
            for word in words
            if isinstance(word, str) and word in self._claims.roles
        }
        if len(roles) != 1:
            raise ValueError("a token carries one role of ours")
        return roles.pop()


def _role(caller: Caller) -> Role:
    return cast("Role", caller.role)


def own_names() -> dict[str, Role]:
    """Return every role under its own name: what a token says if nothing else is agreed on."""
    return {role: role for role in ROLES}


def _id(said: Any) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or not _ID.fullmatch(said):
        raise ValueError("an id is a short text of few characters")
    return said
