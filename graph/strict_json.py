"""JSON as RFC 8259 means it, and what is wrong with a document, said for people."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import TYPE_CHECKING, Any, Final, NoReturn

from graph.errors import Fault, Unreadable

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

DEEPEST: Final = 64
MOST_FAULTS: Final = 50
_LONGEST_STEP: Final = 100

# Possessive, and with an optional end, so that no text makes it go back: one pass whatever comes.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}:,]|[^\s"\[\]{}:,]++', re.DOTALL)


class _BadNumber(ValueError):
    """A hook met a number that no record can take."""

    def __init__(self, literal: str, detail: str) -> None:
        super().__init__(detail)
        self.literal = literal
        self.detail = detail


class _RepeatedKey(ValueError):
    """A hook met an object that names a key twice."""


def parse(text: bytes | str) -> Any:
    """Return the value of a JSON document.

    Parameters
    ----------
    text
        The document; bytes are read as UTF-8, without a byte order mark.

    Raises
    ------
    Unreadable
        Where the text is no JSON or no UTF-8, and where readers would differ in what it says:
        NaN and infinities, numbers too large for a float, the same key twice in an object, more
        than 64 levels. The detail says what and where.

    Notes
    -----
    One pass by the standard library's scanner; the depth is counted only where enough brackets
    are there for it, and a place is looked for only where something is wrong. Texts that JSON
    can hold and a record cannot (NUL, half a surrogate pair) are left to the models.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            _refuse(f"not UTF-8: byte {error.start + 1} belongs to no character")
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(text)
    try:
        return _decode(text)
    except _BadNumber as bad:
        where = next(token.start() for token in _TOKEN.finditer(text) if token[0] == bad.literal)
        _refuse(f"{bad.detail}, {_place(text, where)}")
    except _RepeatedKey:
        key, where = _repeated_key(text)
        _refuse(f"the key {key} stands twice in one object, {_place(text, where)}")
    except json.JSONDecodeError as error:
        _refuse(f"not JSON: {_lowered(error.msg)}, {_place(text, error.pos)}")


def pointer_faults(error: ValidationError) -> tuple[Fault, ...]:
    """Return what a model found wrong, at most 50 faults, for a person to read.

    Pointers are those of RFC 6901 into the document that was validated; the element by which
    pydantic names the member of a union is not in them. Details repeat nothing of the input.
    """
    tagged = error.title.startswith("tagged-union[")
    found = error.errors(include_url=False, include_input=False)
    return tuple(_fault(each, tagged=tagged) for each in found[:MOST_FAULTS])


def pointer(*steps: str | int) -> str:
    """Return the RFC 6901 pointer of the steps from the whole to a value."""
    return "".join(f"/{_step(step)}" for step in steps)


def _refuse(detail: str) -> NoReturn:
    raise Unreadable(detail, (Fault("", detail),)) from None


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise _RepeatedKey
    return record


def _finite(literal: str) -> float:
    number = float(literal)
    if isinf(number):
        raise _BadNumber(literal, "a number is too large")
    return number


def _whole(literal: str) -> int:
    # Not an exact bound: beyond it no field of any record could take the number.
    if len(literal) > 309:  # noqa: PLR2004 - the digits of the largest float
        raise _BadNumber(literal, "a number is too large")
    return int(literal)


def _no_constant(literal: str) -> NoReturn:
    raise _BadNumber(literal, f"{literal} is not a JSON number")


_decode: Final = json.JSONDecoder(
    object_pairs_hook=_only_once,
    parse_float=_finite,
    parse_int=_whole,
    parse_constant=_no_constant,
).decode


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in {"[", "{"}:
            depth += 1
            if depth > DEEPEST:
                _refuse(f"nested deeper than {DEEPEST} levels, {_place(text, token.start())}")
        elif token[0] in {"]", "}"}:
            depth -= 1


def _repeated_key(text: str) -> tuple[str, int]:
    """Return the first key that its object has already, as it is written, and its offset."""
    keys: list[set[str]] = []
    before = 0, '""'
    for token in _TOKEN.finditer(text):
        if token[0] in {"{", "["}:
            keys.append(set())
        elif token[0] in {"}", "]"}:
            keys.pop()
        elif token[0] == ":":
            key = json.loads(before[1])
            if key in keys[-1]:
                return json.dumps(key[:_LONGEST_STEP]), before[0]
            keys[-1].add(key)
        before = token.start(), token[0]
    raise AssertionError("asked of a text without a repeated key")


def _place(text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    return f"line {line} column {offset - text.rfind(chr(10), 0, offset)}"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _step(step: str | int) -> str:
    # A key may be anything that JSON can hold; the answer that shows it has to be UTF-8.
    text = str(step)[:_LONGEST_STEP].encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("~", "~0").replace("/", "~1")


_PLAIN: Final[dict[str, str]] = {
    "bool_type": "must be true or false",
    "date_type": "must be a day, YYYY-MM-DD",
    "datetime_type": "must be an instant, such as 2026-03-01T09:00:00Z",
    "dict_type": "must be an object",
    "extra_forbidden": "is not a field here",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "int_type": "must be a whole number",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "list_type": "must be a list",
    "literal_error": "must be {expected}",
    "missing": "is needed",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_too_short": "must have {min_length} characters or more",
    "string_type": "must be a text",
    "too_long": "must have {max_length} entries or fewer",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "is needed",
}


def _fault(found: ErrorDetails, *, tagged: bool) -> Fault:
    steps = [step for step in found["loc"][int(tagged) :] if step != "[key]"]
    context = found.get("ctx", {})
    if "discriminator" in context:
        steps.append(context["discriminator"].strip("'"))
    return Fault(pointer(*steps), _plain(found["type"], found["msg"], context))


def _plain(kind: str, message: str, context: dict[str, Any]) -> str:
    if kind in _PLAIN:
        return _PLAIN[kind].format(**context)
    if kind == "too_short" and context.get("field_type") == "Value":
        return f"must have {context['min_length']} characters or more"
    if kind == "value_error":
        said = str(context["error"])
        # The standard library's message repeats the whole text that it could not read.
        return "is not written as ISO 8601 says" if said.startswith("Invalid isoformat") else said
    return _lowered(message.replace("Input should be", "must be", 1))
