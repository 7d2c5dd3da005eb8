"""How the CSV files of others are read: which column becomes which field.

A mapping is a JSON document. It makes at most one node and any number of ties of a row:

    {
      "node": {
        "kind": {"constant": "asset"},
        "source.system": {"constant": "legal aid directory"},
        "source.type": {"constant": "service"},
        "source.id": "service_uuid",
        "name": "service_name",
        "tags": {"column": "service_problem_codes", "split": ";"},
        "contacts": [
          {"kind": {"constant": "email"}, "value": "service_email"},
          {"kind": {"constant": "address"}, "value": {"columns": ["street", "city"], "join": ", "}}
        ]
      },
      "ties": [
        {
          "type": {"constant": "offers"},
          "source.system": {"constant": "legal aid directory"},
          "source.type": {"constant": "organization"},
          "source.id": "organization_uuid",
          "target": "this"
        }
      ],
      "append": ["contacts"]
    }

Fields are named as in the header of a Wholemap file, nested ones with a dot. What a field takes is
the name of a column; or an object with `column`, `columns` and `join`, or `constant`; or, for a
list of objects, a list of such objects, each field of which takes the same.

A column's text, without the blanks around it, then passes these steps, each only where asked for:

1. `split`: it is cut at each separator, and empty pieces are dropped;
2. `after`: of each piece only what follows the first of this separator is left, if it is there;
3. `values`: each piece is looked up, and what is found stands for it: a text, a number, true or
   false, or null for nothing; what is not listed stays;
4. `date`: each piece is read by this format of `strptime` and written as a day.

Of nothing nothing is made. A field without a value is absent. An object or a tie no column of which
has a value is left out; so is one with a field that is `needed` and has none. A node with such a
field is left out, and with it all that the row makes. In an object or a tie, a column that is
split makes one for each piece. In a field that holds answers by name, such as `accessibility`, the
pieces are names, and `answer` is what each says.

An end of a tie that is `"this"` is the node of the row. `append` names lists of the node that add
to those that it has: so contacts can come in a file of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.errors import Fault
from graph.exchange.columns import Column, put, readable
from graph.exchange.rows import LONGEST_TEXT, Row, row_of
from graph.strict_json import pointer

Name = Annotated[str, Field(min_length=1, max_length=200)]
Scalar = str | int | float | bool

THIS: Final = "this"
_MOST_PIECES: Final = 1_000


class Take(BaseModel):
    """Where a field takes its value from, and what becomes of it on the way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: Name | None = None
    columns: Annotated[list[Name], Field(max_length=50)] = []
    join: str = " "
    constant: Scalar | list[Scalar] | None = None
    split: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    after: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    values: Annotated[dict[str, Scalar | None], Field(max_length=10_000)] = {}
    date: Annotated[str, Field(max_length=50)] | None = None
    answer: Literal["yes", "no", "unknown"] = "yes"
    needed: bool = False

    @model_validator(mode="after")
    def _from_one_place(self) -> Self:
        places = (self.column is not None, bool(self.columns), self.constant is not None)
        if sum(places) != 1:
            raise ValueError("takes its value from a column, from columns, or is constant")
        return self

    def reads(self) -> set[str]:
        """Return the columns that it reads."""
        return {*self.columns, *([] if self.column is None else [self.column])}

    def pieces(self, cells: dict[str, str]) -> list[Scalar]:
        """Return the values of a row, in order; none where its columns say nothing.

        Raises
        ------
        ValueError
            Where a piece is no date of the format, or there are more than 1,000 of them.
        """
        if isinstance(self.constant, list):
            return self.constant
        if self.constant is not None:
            return [self.constant]
        names = self.columns if self.column is None else [self.column]
        text = self.join.join(cells[name] for name in names if cells[name])
        texts = [text] if self.split is None else text.split(self.split, _MOST_PIECES)
        if len(texts) > _MOST_PIECES:
            raise ValueError(f"is cut into more than {_MOST_PIECES} pieces")
        found = (self._piece(piece.strip()) for piece in texts)
        return [piece for piece in found if piece not in ("", None)]

    def _piece(self, text: str) -> Scalar | None:
        if self.after is not None and self.after in text:
            text = text.split(self.after, 1)[1].strip()
        value = self.values.get(text, text)
        if self.date is None or value in ("", None):
            return value
        try:
            # A day has no time zone, and none is made up for it.
            return datetime.strptime(str(value), self.date).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            raise ValueError(f"is no date such as {self.date}") from error


Taken = Name | Take
NodeFields = Annotated[
    dict[str, Taken | list[dict[str, Taken]]], Field(min_length=1, max_length=100)
]
TieFields = Annotated[dict[str, Taken], Field(min_length=1, max_length=100)]


class ForeignMapping(BaseModel):
    """What becomes of the columns of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    node: NodeFields | None = None
    ties: Annotated[list[TieFields], Field(max_length=20)] = []
    append: Annotated[list[str], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _known_node_fields(self) -> Self:
        known = readable("node")
        for name in (*(self.node or {}), *self.append):
            if name not in known:
                raise ValueError(f"a node has no field {name}")
        for name, taken in (self.node or {}).items():
            if isinstance(taken, list) and known[name].shape != "objects":
                raise ValueError(f"{name} is no list of objects")
            if not isinstance(taken, list) and known[name].shape == "objects":
                raise ValueError(f"{name} takes a list of objects")
        for name in self.append:
            if known[name].shape not in {"texts", "objects"}:
                raise ValueError(f"{name} is no list to append to")
        return self

    @model_validator(mode="after")
    def _known_tie_fields(self) -> Self:
        if self.node is None and not self.ties:
            raise ValueError("makes neither a node nor a tie")
        for tie in self.ties:
            for name, taken in tie.items():
                if name not in readable("tie"):
                    raise ValueError(f"a tie has no field {name}")
                if _is_this(name, taken) and self.node is None:
                    raise ValueError(f"{name} is this row's node, and the row makes none")
        return self

    def columns(self) -> set[str]:
        """Return the columns that it reads."""
        return {
            name
            for fields in (self.node or {}, *self.ties)
            for field, taken in fields.items()
            if fields is self.node or not _is_this(field, taken)
            for name in _reads(taken)
        }

    def rows(self, line: int, text: str, cells: dict[str, str]) -> Iterator[Row]:
        """Yield what a row makes: its node, if any, then its ties.

        Parameters
        ----------
        line, text
            Where the row stands, and how it came.
        cells
            The text of every column that the mapping reads, without blanks around it.
        """
        this: Any = None
        if self.node is not None:
            fields, faults = _record(self.node, cells)
            if fields is None:
                return
            if faults:
                yield Row(line, text[:LONGEST_TEXT], faults=tuple(faults))
                return
            row = row_of(line, text, fields, frozenset(self.append) & fields.keys())
            yield row
            if row.node is None:
                return
            this = row.node.get("id") or row.node["source"]
        for tie in self.ties:
            yield from _ties(tie, line, text, cells, this)


def _reads(taken: Taken | list[dict[str, Taken]]) -> set[str]:
    if isinstance(taken, list):
        return {name for each in taken for value in each.values() for name in _reads(value)}
    if isinstance(taken, Take):
        return taken.reads()
    return {taken}


def _is_this(field: str, taken: object) -> bool:
    return field in {"source", "target"} and taken == THIS


def _take(taken: Taken) -> Take:
    return taken if isinstance(taken, Take) else Take(column=taken)


def _record(
    fields: dict[str, Taken | list[dict[str, Taken]]], cells: dict[str, str]
) -> tuple[dict[str, Any] | None, list[Fault]]:
    record: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, taken in fields.items():
        column = readable("node")[name]
        try:
            if isinstance(taken, list):
                value: Any = [entry for each in taken for entry in _objects(each, cells)]
            else:
                value = _value(column, _take(taken), cells)
                if value is None and _take(taken).needed:
                    return None, []
            if value not in (None, []):
                put(record, column.path, value)
        except ValueError as error:
            faults.append(Fault(pointer(*column.path), str(error)))
    return record, faults


def _value(column: Column, take: Take, cells: dict[str, str]) -> Any:
    pieces = take.pieces(cells)
    if not pieces:
        return None
    if column.shape == "texts":
        return list(dict.fromkeys(pieces))
    if column.shape == "answers":
        return {str(piece): take.answer for piece in pieces}
    if len(pieces) > 1:
        raise ValueError("takes one value, and is given more")
    return column.typed(pieces[0]) if isinstance(pieces[0], str) else pieces[0]


def _objects(fields: dict[str, Taken], cells: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the objects that a row makes of some fields: one, or one for each piece of a split."""
    takes = {name: _take(taken) for name, taken in fields.items()}
    found = {name: take.pieces(cells) for name, take in takes.items()}
    said = any(found[name] for name, take in takes.items() if take.reads())
    if not said or any(take.needed and not found[name] for name, take in takes.items()):
        return
    for index in range(max(len(pieces) for pieces in found.values())):
        yield {
            name: pieces[index if takes[name].split else 0]
            for name, pieces in found.items()
            if index < len(pieces) or (pieces and not takes[name].split)
        }


def _ties(
    fields: dict[str, Taken], line: int, text: str, cells: dict[str, str], this: Any
) -> Iterator[Row]:
    ends = {name: this for name, taken in fields.items() if _is_this(name, taken)}
    taken = {name: taken for name, taken in fields.items() if name not in ends}
    shown = text[:LONGEST_TEXT]
    try:
        made = list(_objects(taken, cells))
    except ValueError as error:
        yield Row(line, shown, faults=(Fault("", f"in a tie of the row: {error}"),))
        return
    for each in made:
        tie: dict[str, Any] = dict(ends)
        faults: list[Fault] = []
        for name, value in each.items():
            column = readable("tie")[name]
            try:
                put(tie, column.path, column.typed(value) if isinstance(value, str) else value)
            except ValueError as error:
                faults.append(Fault(pointer(*column.path), str(error)))
        yield Row(line, shown, faults=tuple(faults)) if faults else row_of(line, text, tie)
