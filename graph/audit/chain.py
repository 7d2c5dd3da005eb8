"""One chain of entries: each link holds the hash of the one before it; pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.audit.entries import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST: Final = "0" * 64
"""What stands for the hash before the first link."""

_NAMES: Final = frozenset(
    {"chain", "sequence", "at", "class", "digest", "previous", "hash", "entry"}
)


class NoLink(ValueError):
    """A line is not one that a chain consists of."""


class Link(NamedTuple):
    """One entry in its chain; `entry` is null once its time is over, and its hash stays."""

    chain: str
    sequence: int
    at: str
    class_: str
    digest: str
    previous: str
    hash: str
    entry: Mapping[str, Any] | None


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry."""
    return hashlib.sha256(canonical(content)).hexdigest()


def link(chain: str, sequence: int, previous: str, content: Mapping[str, Any]) -> Link:
    """Return an entry as the next link of a chain.

    Notes
    -----
    The hash is over the digest of the entry, not over the entry: so an entry can go when its time
    is over, and the chain still closes. Its time and class are hashed by themselves, because what
    is left of it must show that it could go.

    References
    ----------
    .. [1] Haber and Stornetta, "How to time-stamp a digital document", Journal of Cryptology 3,
       1991: linked hashes.
    """
    digest = digest_of(content)
    at, class_ = str(content["at"]), str(content["class"])
    made = Link(chain, sequence, at, class_, digest, previous, "", content)
    return made._replace(hash=_hash_of(made))


def line(link: Link) -> bytes:
    """Return a link as a line of its file."""
    said = link._asdict()
    said["class"] = said.pop("class_")
    if link.entry is None:
        del said["entry"]
    return canonical(said) + b"\n"


def parsed(raw: bytes) -> Link:
    """Return the link of a line.

    Raises
    ------
    NoLink
        When it is none, or is spelt otherwise than a chain spells it.
    """
    try:
        said = json.loads(raw)
        if not said.keys() - {"entry"} == _NAMES - {"entry"}:
            raise NoLink("other names than those of a link")
        found = Link(class_=said.pop("class"), entry=said.pop("entry", None), **said)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NoLink("no link of a chain") from error
    texts = [part for part in found[:-1] if part != found.sequence]
    if {type(text) for text in texts} != {str} or type(found.sequence) is not int:
        raise NoLink("no link of a chain")
    if not isinstance(found.entry, dict | None) or line(found) != raw:
        raise NoLink("not as a chain spells it")
    return found


def holds(link: Link) -> bool:
    """Tell whether a link's hash is that of what it says, and its entry the one it was made of."""
    if _hash_of(link) != link.hash:
        return False
    entry = link.entry
    return entry is None or (
        digest_of(entry) == link.digest
        and entry.get("at") == link.at
        and entry.get("class") == link.class_
    )


def _hash_of(link: Link) -> str:
    parts = [link.chain, link.sequence, link.previous, link.at, link.class_, link.digest]
    return hashlib.sha256(canonical(parts)).hexdigest()
