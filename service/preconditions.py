"""Entity tags and the conditions on them (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from fastapi import Depends, Header

from graph.errors import Unreadable
from graph.store.units import ANY_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAG: Final = re.compile(r'\s*(?:W/)?"([^"]*)"\s*')
_OURS: Final = re.compile(r"(\d{1,18})-[0-9a-f]{16}")


class Condition(NamedTuple):
    """What a write asks of the record: a version, or that there be none."""

    expected: int | None = None
    absent: bool = False


def entity_tag(version: int | None, body: bytes) -> str:
    """Return the tag of one view of one version: a hidden change changes no tag."""
    return f'"{version or 0}-{hashlib.sha256(body).hexdigest()[:16]}"'


async def condition(
    if_match: Annotated[str | None, Header(max_length=1024)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1024)] = None,
) -> Condition:
    """Return the condition of a write.

    A tag that is not one of ours matches nothing, so it stands for a version that never is.

    Raises
    ------
    Unreadable
        When a header holds no tags, or names others where only `*`, or only one, makes sense.
    """
    if if_none_match is not None:
        if if_none_match.strip() != "*":
            raise Unreadable("a write takes If-None-Match: * alone")
        return Condition(absent=True)
    if if_match is None:
        return Condition()
    if if_match.strip() == "*":
        return Condition(expected=ANY_VERSION)
    given = list(tags(if_match))
    if len(given) > 1:
        raise Unreadable("a change is made from one version: give one entity tag")
    found = _OURS.fullmatch(given[0])
    return Condition(expected=int(found.group(1)) if found else -1)


def not_modified(if_none_match: str | None, tag: str) -> bool:
    """Tell whether the caller has this very view already."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag.strip('"') in tags(if_none_match)


def tags(header: str) -> Iterable[str]:
    """Return the tags of a header, compared weakly.

    Raises
    ------
    Unreadable
        When it holds anything else.
    """
    parts = [_TAG.fullmatch(part) for part in header.split(",")]
    if not all(parts):
        raise Unreadable('entity tags stand in quotes, such as "3-0123456789abcdef"')
    return [part.group(1) for part in parts if part]


WriteCondition = Annotated[Condition, Depends(condition)]
