"""Whether a text mentions a person: what a row that failed says of somebody who is erased."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic_core import from_json, to_json

from graph.store.erased import Named
from graph.store.node_writes import given_source_key
from graph.values import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.ties import AnyTie

_WORD: Final = re.compile(r"\w+")
_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TELLING_DIGITS: Final = 9
"""A number is the same with and without its country and area in front."""

_FEWEST_DIGITS: Final = 6
GONE: Final = "the row named a person who was erased since"


class Mentions:
    """What a person is known by: id, foreign id, name, contacts, and what was said of them.

    A text mentions the person when it holds the id, every word of the name, or one of the others
    as whole words, case and accents aside; of a telephone number, its last digits, however they
    are set apart. Better a row too many than one too few.

    Parameters
    ----------
    person, ties
        As they were kept.
    """

    def __init__(self, person: AnyNode, ties: Iterable[AnyTie]) -> None:
        said = [person.description, *(contact.value for contact in person.contacts)]
        said += [person.source.id] if person.source else []
        for tie in ties:
            said += [getattr(tie, "purpose", None), getattr(tie, "support_needed", None)]
        self._id = person.id
        self._name = frozenset(_words(person.name))
        self._phrases = [f" {' '.join(words)} " for text in said if (words := _words(text or ""))]
        numbers = ("".join(filter(str.isdigit, contact.value)) for contact in person.contacts)
        self._numbers = [n[-_TELLING_DIGITS:] for n in numbers if len(n) >= _FEWEST_DIGITS]
        cues = [person.id, *sorted(self._name)[:1]]
        self._cues = cues + [phrase.split()[0] for phrase in self._phrases]

    def scrubbed(self, lines: str) -> str | None:
        """Return rows that failed, as lines of JSON, without those that mention the person.

        A line keeps its number and nothing else. Null where no line mentions the person.
        """
        if not self._may_be_in(lines):
            return None
        kept = lines.splitlines(keepends=True)
        for place, line in enumerate(kept):
            if self.are_in(line):
                told: dict[str, Any] = {"line": from_json(line)["line"], "row": "", "detail": GONE}
                told["errors"] = []
                kept[place] = to_json(told).decode() + "\n"
        text = "".join(kept)
        return None if text == lines else text

    def are_in(self, text: str) -> bool:
        """Tell whether a JSON text mentions the person."""
        said = " ".join(_plain(from_json(text)))
        if self._id in said.lower():
            return True
        words = _words(said)
        joined = f" {' '.join(words)} "
        if self._name <= set(words) or any(phrase in joined for phrase in self._phrases):
            return True
        return any(number in "".join(words) for number in self._numbers)

    def _may_be_in(self, lines: str) -> bool:
        """Tell quickly whether it is worth looking closer: letters may be written in many ways."""
        if self._numbers or not lines.isascii() or "\\u" in lines:
            return True
        small = lines.lower()
        return any(cue in small for cue in self._cues)


def named_in(text: str, seen: View) -> Named:
    """Return whom a row names that could not be read: the UUIDs in it, and its foreign ids.

    Of a row that is no JSON the foreign ids cannot be told.
    """
    try:
        record: Any = from_json(text)
    except ValueError:
        record = None
    fields = cast("dict[str, Any]", record) if isinstance(record, dict) else {}
    steward = seen.steward_of(fields)
    sources = [given_source_key(fields.get(end), steward) for end in ("source", "target")]
    return Named(set(_UUID.findall(text.lower())), {key for key in sources if key is not None})


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))


def _plain(value: Any) -> Iterator[str]:
    """Yield the texts inside a JSON value; a text may itself be a row of JSON or CSV."""
    if isinstance(value, dict):
        for part in cast("dict[str, Any]", value).values():
            yield from _plain(part)
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _plain(part)
    elif isinstance(value, str):
        yield value
        if value.startswith("{"):
            try:
                yield from _plain(from_json(value))
            except ValueError:
                return
        elif '"' in value:
            yield from (cell for row in csv.reader(value.splitlines()) for cell in row)
    elif value is not None:
        yield str(value)
