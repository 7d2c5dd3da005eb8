"""What a file says, row by row: a node, a tie, or what is wrong with the row."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

from pydantic import ValidationError

from graph.errors import Fault
from graph.nodes import KINDS
from graph.strict_json import pointer, pointer_faults
from graph.ties import TIE_TYPES
from graph.values import ForeignId

LONGEST_TEXT: Final = 2_000
"""Characters of a row that are kept to show it as it came."""

READ_ONLY: Final = frozenset({"version", "created_at", "updated_at"})
"""What an export says and an import does not take: the service keeps it by itself."""

Fields = dict[str, Any]


class Row(NamedTuple):
    """One record of a file, with only the fields that the file gives.

    Parameters
    ----------
    line
        The line that the row begins on, from 1. With a mapping several rows may share it.
    text
        The row as it came, cut to 2,000 characters.
    node, tie
        The fields given (and a person's `consents`), as JSON values; one of the two, or neither
        where there are faults. A tie's `source` and `target` are an id or
        `{"system", "type", "id"}`. A node has an id, or a source, or both. Whether the fields make
        a record is for the models to say, when what is known already has been added.
    append
        Names of list fields whose entries add to those that the record has.
    faults
        What is wrong with the row.
    """

    line: int
    text: str
    node: Fields | None = None
    tie: Fields | None = None
    append: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()


def row_of(line: int, text: str, record: object, append: frozenset[str] = frozenset()) -> Row:
    """Return the row that a record makes: a tie if it has `type`, a node if it has `kind`."""
    shown = text[:LONGEST_TEXT]
    if not isinstance(record, dict):
        return Row(line, shown, faults=(Fault("", "a row must be an object"),))
    fields = {
        name: value for name, value in cast("Fields", record).items() if name not in READ_ONLY
    }
    if ("kind" in fields) == ("type" in fields):
        detail = "a row is a node, which has a kind, or a tie, which has a type"
        return Row(line, shown, faults=(Fault("", detail),))
    faults = tuple(_node_faults(fields) if "kind" in fields else _tie_faults(fields))
    if faults:
        return Row(line, shown, faults=faults)
    if "kind" in fields:
        return Row(line, shown, node=fields, append=append)
    return Row(line, shown, tie=fields, append=append)


def _node_faults(fields: Fields) -> list[Fault]:
    faults: list[Fault] = []
    if fields["kind"] not in KINDS:
        faults.append(Fault("/kind", f"must be one of {', '.join(KINDS)}"))
    if fields.get("source") is not None:
        faults += _foreign_faults(fields["source"], "source")
    elif fields.get("id") is None:
        faults.append(Fault("/id", "a node needs an id, or a source that it is known by"))
    if not _is_list_of_objects(fields.get("consents", [])):
        faults.append(Fault("/consents", "must be a list of consents"))
    return faults + _id_faults(fields)


def _is_list_of_objects(value: object) -> bool:
    if not isinstance(value, list):
        return value is None
    return all(isinstance(entry, dict) for entry in cast("list[object]", value))


def _tie_faults(fields: Fields) -> list[Fault]:
    faults: list[Fault] = []
    if fields["type"] not in TIE_TYPES:
        faults.append(Fault("/type", f"must be one of {', '.join(TIE_TYPES)}"))
    for end in ("source", "target"):
        said = fields.get(end)
        if said is None:
            if fields.get("id") is None:
                faults.append(Fault(pointer(end), "is needed"))
        elif not isinstance(said, str):
            faults += _foreign_faults(said, end)
    return faults + _id_faults(fields)


def _id_faults(fields: Fields) -> list[Fault]:
    given = fields.get("id")
    return [] if given is None or isinstance(given, str) else [Fault("/id", "must be a text")]


def _foreign_faults(value: object, name: str) -> list[Fault]:
    try:
        ForeignId.model_validate(value)
    except ValidationError as error:
        return [
            Fault(f"{pointer(name)}{fault.pointer}", fault.detail)
            for fault in pointer_faults(error)
        ]
    return []
