"""Which records of one steward may be of the same person, group or thing: pure.

Two records are proposed when

- their names have the same words, case, accents and order aside (`name`);
- their names become equal when at most one letter is taken out of each, if both have six letters
  or more (`spelling`): a letter more, less or other, or two that changed places;
- they give the same telephone number (its last nine digits), e-mail or address of a page
  (`contact`);
- they have the same foreign id but for case and blanks (`source`).

What more than twenty records share proposes nothing: it is the number of an office.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from graph.values import Value, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.nodes import Contact

Sign = Literal["name", "spelling", "contact", "source"]
SIGNS: Final[tuple[Sign, ...]] = get_args(Sign)
_MOST_SHARING: Final = 20
_FEWEST_LETTERS: Final = 6
_FEWEST_DIGITS: Final = 6
_TELLING_DIGITS: Final = 9
_WORD: Final = re.compile(r"\w+")


class Duplicate(Value):
    """Two records that may be of one; `because` says by which signs."""

    records: tuple[str, str]
    because: list[Sign]


class Told(NamedTuple):
    """What tells a record from others of its kind."""

    id: str
    name: str
    contacts: tuple[Contact, ...] = ()
    source: tuple[str, ...] | None = None


def duplicates(records: Iterable[Told]) -> list[Duplicate]:
    """Return the pairs that may be of one, in the order of their ids.

    Parameters
    ----------
    records
        Of one kind and one steward.

    Notes
    -----
    O(n l) for n records with names of l letters, and the pairs. Taking letters out of both sides
    finds close spellings without comparing each name with each other [1]_.

    References
    ----------
    .. [1] Mor and Fraenkel, "A hash code method for detecting and correcting spelling errors",
       Communications of the ACM 25, 1982.
    """
    sharing: dict[tuple[Sign, str], set[str]] = defaultdict(set)
    for record in records:
        for sign in _signs(record):
            sharing[sign].add(record.id)
    found: dict[tuple[str, str], set[Sign]] = defaultdict(set)
    for (sign, _), ids in sharing.items():
        if 1 < len(ids) <= _MOST_SHARING:
            for pair in combinations(sorted(ids), 2):
                found[pair].add(sign)
    return [
        Duplicate(
            records=pair,
            because=[s for s in SIGNS if s in signs and not (s == "spelling" and "name" in signs)],
        )
        for pair, signs in sorted(found.items())
    ]


def _signs(record: Told) -> Iterator[tuple[Sign, str]]:
    name = " ".join(sorted(_WORD.findall(folded(record.name))))
    if name:
        yield "name", name
    if len(name.replace(" ", "")) >= _FEWEST_LETTERS:
        yield "spelling", name
        for place in range(len(name)):
            yield "spelling", name[:place] + name[place + 1 :]
    for contact in record.contacts:
        if contact.kind == "phone":
            digits = "".join(filter(str.isdigit, contact.value))
            if len(digits) >= _FEWEST_DIGITS:
                yield "contact", f"phone {digits[-_TELLING_DIGITS:]}"
        elif contact.kind in ("email", "url"):
            yield "contact", f"{contact.kind} {folded(contact.value).rstrip('/')}"
    if record.source is not None:
        yield "source", "\n".join(folded(part).replace(" ", "") for part in record.source)
