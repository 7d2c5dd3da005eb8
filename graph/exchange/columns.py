r"""The columns of a CSV file, read off the models: one column a field, nested ones with a dot.

How a cell is written, and read back to the same value:

======================  ===========================================================================
text, day, instant      as it is, see below
number                  as JSON writes it
yes or no               `true` or `false`
list of texts           separated by `|`; a bar or a backslash within is written `\|` or `\\`
list of objects,        JSON
answers by name
nothing said            an empty cell; to clear a field, use NDJSON or the API
======================  ===========================================================================

Spreadsheets take a cell that begins with `= + - @`, a tab or a carriage return for a formula. Such
a text is written with an apostrophe before it, which a spreadsheet hides, and so is a text that
begins as if it had been (`'=`, `''`); the empty text is one apostrophe. The apostrophe is taken
off again where it is followed by one of those characters, by another apostrophe or by nothing:
`'t Hof` stays as it is. Numbers are never marked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel

from graph.errors import Fault, Unreadable
from graph.exchange.rows import READ_ONLY
from graph.nodes import KINDS, MODEL_OF, Kind
from graph.strict_json import parse, pointer
from graph.ties import TIE_MODEL_OF, TIE_TYPES, TieType
from graph.values import ForeignId

Table = Literal["node", "tie"] | Kind | TieType
"""What the rows of a file are: of one kind or type, or of any, which a column then names."""

Shape = Literal["text", "flag", "whole", "number", "texts", "objects", "answers"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MARKED: Final = (*_FORMULA, "'")
_NUMBER: Final = re.compile(r"-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,300}", re.ASCII)
_FLAGS: Final = {"true": True, "false": False}
_BETWEEN: Final = re.compile(r"((?:[^|\\]|\\.)*+)(\||\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, and what its cells look like."""

    name: str
    shape: Shape

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the record to the field."""
        return tuple(self.name.split("."))

    def read(self, cell: str) -> Any:
        """Return the value that a cell of a Wholemap file stands for.

        Raises
        ------
        ValueError
            Saying what the cell must be. Whether the value is allowed is for the models to say.
        """
        match self.shape:
            case "text":
                return _unmarked(cell)
            case "texts":
                return _split(_unmarked(cell))
            case "objects" | "answers":
                return _json(cell)
            case _:
                return self.typed(cell)

    def typed(self, text: str) -> Any:
        """Return the value of a single text from anywhere, unmarked and not in a list.

        Raises
        ------
        ValueError
            As for `read`.
        """
        match self.shape:
            case "flag":
                if text.lower() not in _FLAGS:
                    raise ValueError("must be true or false")
                return _FLAGS[text.lower()]
            case "whole":
                if not _WHOLE.fullmatch(text):
                    raise ValueError("must be a whole number")
                return int(text)
            case "number":
                if not _NUMBER.fullmatch(text) or abs(float(text)) == float("inf"):
                    raise ValueError("must be a number, such as 0.7")
                return float(text)
            case _:
                return text

    def write(self, value: Any) -> str:
        """Return the cell for a JSON value; null is an empty one."""
        if value is None:
            return ""
        match self.shape:
            case "text":
                return _marked(value)
            case "texts":
                return _marked("|".join(map(_escaped, value))) if value else ""
            case "objects" | "answers":
                return json.dumps(value, ensure_ascii=False, allow_nan=False) if value else ""
            case _:
                return json.dumps(value, allow_nan=False)


@cache
def columns(table: Table) -> dict[str, Column]:
    """Return the columns of a file by their names, in the order in which they are written."""
    models: list[type[BaseModel]]
    if table in {"node", "tie"}:
        models = list(MODEL_OF.values() if table == "node" else TIE_MODEL_OF.values())
    else:
        models = [MODEL_OF[table] if table in KINDS else TIE_MODEL_OF[table]]  # type: ignore[index] - a table is a kind or a type
    first = discriminator(table)
    found = {name: Column(name, shape) for model in models for name, shape in _shapes(model)}
    if table in {"node", "person"}:
        found["consents"] = Column("consents", "objects")
    return {first: found.pop(first), **found}


@cache
def readable(table: Table) -> dict[str, Column]:
    """Return the columns that may be read: those written, and the ends of ties as foreign ids."""
    known = dict(columns(table))
    if discriminator(table) == "type":
        for end in ("source", "target"):
            for field in ForeignId.model_fields:
                known[f"{end}.{field}"] = Column(f"{end}.{field}", "text")
    return known


def discriminator(table: Table) -> Literal["kind", "type"]:
    """Return the column that says what a row is."""
    return "type" if table == "tie" or table in TIE_TYPES else "kind"


def put(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a field of a record that is nested as its path says.

    Raises
    ------
    ValueError
        Where the way to the field is barred by a value.
    """
    for step in path[:-1]:
        part = record.setdefault(step, {})
        if not isinstance(part, dict):
            detail = f"{step} is given twice, once as a whole and once in parts"
            raise ValueError(detail)  # noqa: TRY004 - it is the file that is wrong, not a type
        record = cast("dict[str, Any]", part)
    if path[-1] in record:
        raise ValueError(f"{path[-1]} is given twice, once as a whole and once in parts")
    record[path[-1]] = value


def reached(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return the value at a path, None where there is no such way."""
    value: Any = record
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(step)
    return value


def cell_fault(column: Column, error: ValueError) -> Fault:
    """Return what is wrong with a cell, by the place of its field."""
    return Fault(pointer(*column.path), str(error))


def _shapes(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Shape]]:
    for name, field in model.model_fields.items():
        if name in READ_ONLY:
            continue
        kind = _bare(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _shapes(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _shape(kind)


def _bare(annotation: Any) -> Any:
    """Return an annotation without what may be null and what only constrains it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, UnionType}:
            annotation = next(a for a in get_args(annotation) if a is not NoneType)
        else:
            return annotation


def _shape(kind: Any) -> Shape:
    if get_origin(kind) is list:
        entry = _bare(get_args(kind)[0])
        return "objects" if isinstance(entry, type) and issubclass(entry, BaseModel) else "texts"
    if get_origin(kind) is dict:
        return "answers"
    simple: dict[Any, Shape] = {bool: "flag", int: "whole", float: "number"}
    return simple.get(kind, "text")


def _marked(text: str) -> str:
    doubtful = text.startswith("'") and (len(text) == 1 or text[1] in _MARKED)
    return f"'{text}" if not text or text.startswith(_FORMULA) or doubtful else text


def _unmarked(cell: str) -> str:
    if cell.startswith("'") and (len(cell) == 1 or cell[1] in _MARKED):
        return cell[1:]
    return cell


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _split(cell: str) -> list[str]:
    texts: list[str] = []
    position = 0
    while True:
        between = _BETWEEN.match(cell, position)
        if between is None:
            raise ValueError("must not end in a single backslash")
        texts.append(re.sub(r"\\(.)", r"\1", between[1], flags=re.DOTALL))
        if not between[2]:
            return texts
        position = between.end()


def _json(cell: str) -> Any:
    try:
        return parse(cell)
    except Unreadable as error:
        raise ValueError(error.detail) from error
