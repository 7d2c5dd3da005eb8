"""What an analyst is told of people: pseudonyms, and stars where a figure is suppressed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from graph.errors import Forbidden, Invalid

if TYPE_CHECKING:
    from datetime import date

    from graph.policy import Role

SUPPRESSED: Final = "suppressed"
"""Stands beside figures and names those that are null because they are not told."""

STAR: Final = "*"
"""What a table shows for a figure that is not told."""

_PSEUDONYM_HEX: Final = 32
_RANKED_BY: Final = ("betweenness", "degree")


class Pseudonyms:
    """Stable names for people, one set for each organisation, under the key of this project.

    HMAC-SHA256 (RFC 2104): whoever has not the key can try no ids, and two organisations cannot
    put together what they were told.
    """

    def __init__(self, key: str, organisation: str | None) -> None:
        self._key = bytes.fromhex(key)
        self._organisation = organisation or ""

    def of(self, id_: str) -> str:
        """Return the pseudonym of one id: `p-` and 128 bits."""
        text = f"{self._organisation}\n{id_}".encode()
        return f"p-{hmac.new(self._key, text, hashlib.sha256).hexdigest()[:_PSEUDONYM_HEX]}"


def discloses(role: Role | str | None) -> bool:
    """Tell whether answers to a role go through disclosure control."""
    return role == "analyst"


def day_for(role: Role | str, asked: date | None, today: date) -> date:
    """Return the day that a report is of: an analyst counts by month.

    Raises
    ------
    Invalid
        When an analyst asks for a day within a month.
    """
    if not discloses(role):
        return asked or today
    if asked is not None and asked.day != 1:
        raise Invalid.at("/as_of", "an analyst asks for the first day of a month")
    return asked or today.replace(day=1)


def check_kind(role: Role | str, kind: str) -> None:
    """Refuse an analyst what would follow if the network was otherwise.

    Whoever may suppose seven more people finds out which count is just too small to be told.

    Raises
    ------
    Forbidden
        When an analyst asks for it.
    """
    if discloses(role) and kind == "what_if":
        raise Forbidden("an analyst may not suppose that the network was otherwise")


def check_month(role: Role | str, earlier: date | None) -> None:
    """Refuse to compare with a day within a month to an analyst, who counts by month.

    Raises
    ------
    Invalid
        When an analyst asks for a day within a month.
    """
    if discloses(role) and earlier is not None and earlier.day != 1:
        raise Invalid.at("/parameters/earlier", "an analyst asks for the first day of a month")


def pseudonymous(result: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return a disclosed result with its people under their pseudonyms.

    Rows stand by their measure and then by what they are called, so that no order tells an id.
    """
    rows: list[dict[str, Any]] = [
        {**row, "node": pseudonyms.of(row["node"])} if row.get("kind") == "person" else row
        for row in result["rows"]
    ]
    measure = next((name for name in _RANKED_BY if rows and name in rows[0]), None)
    if measure is not None:
        rows.sort(key=lambda row: (row[measure] is None, -(row[measure] or 0), row["node"]))
    return {**result, "rows": rows}


def starred(value: Any) -> Any:
    """Return a result for a table: a star for each figure that is not told."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        untold = fields.get(SUPPRESSED, ())
        return {
            name: STAR if part is None and name in untold else starred(part)
            for name, part in fields.items()
            if name != SUPPRESSED
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [starred(part) for part in cast("Sequence[Any]", value)]
    return value
