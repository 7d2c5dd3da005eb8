"""What a record becomes by a write: pure, the same whatever the door.

A write gives fields. `create` and `replace` take them as the whole record; `merge` (RFC 7396)
and `import` take them as what changes, null for what goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from pydantic import ValidationError

from graph.errors import Invalid
from graph.nodes import MODEL_OF, AnyNode, Kind, Person
from graph.rules import settled
from graph.strict_json import pointer_faults
from graph.ties import TIE_MODEL_OF, AnyTie, TieType
from graph.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

Fields = dict[str, Any]
Mode = Literal["create", "replace", "merge", "import"]
RecordT = TypeVar("RecordT", bound=Value)

KEPT_BY_THE_SERVICE: Final = frozenset({"version", "created_at", "updated_at"})
_BLANK: Final[Fields] = dict.fromkeys(KEPT_BY_THE_SERVICE)


def checked(model: type[RecordT], fields: Fields) -> RecordT:
    """Return the record of these fields.

    Raises
    ------
    Invalid
        With a pointer to each field that breaks a rule.
    """
    given = {name: value for name, value in fields.items() if name not in KEPT_BY_THE_SERVICE}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        detail = f"this is no {model.__name__.lower()} as the model has it"
        raise Invalid(detail, pointer_faults(error)) from error


def content(record: RecordT) -> RecordT:
    """Return a record without what the service keeps by itself: its version and its times."""
    return record.model_copy(update=_BLANK)


def merged(base: Any, patch: Any) -> Any:
    """Return a JSON value after a merge patch (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    target: Fields = dict(cast("Fields", base)) if isinstance(base, dict) else {}
    for name, value in cast("Fields", patch).items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target


def revised_node(
    kind: Kind,
    record_id: str,
    current: AnyNode | None,
    fields: Mapping[str, Any],
    *,
    mode: Mode,
    append: frozenset[str] = frozenset(),
) -> AnyNode:
    """Return a node as a write leaves it, its version and times blank.

    Parameters
    ----------
    append
        Lists whose given parts are added to those that are there, each once.

    Raises
    ------
    Invalid
        When the result breaks a rule of the model, or the write would change id or kind.
    """
    _check_kept(fields, "id", record_id)
    _check_kept(fields, "kind", kind)
    whole = _whole(current, fields, mode=mode, append=append)
    node = checked(MODEL_OF[kind], {**whole, "id": record_id, "kind": kind})
    if isinstance(node, Person) and node.location is not None:
        return node.model_copy(update={"location": node.location.coarse()})
    return node


def revised_tie(
    type_: TieType, current: AnyTie | None, fields: Mapping[str, Any], *, mode: Mode
) -> AnyTie:
    """Return a tie as a write leaves it: settled, its version and times blank.

    Raises
    ------
    Invalid
        When the result breaks a rule of the model, or the write would change id, type or ends.
    """
    _check_kept(fields, "type", type_)
    whole = _whole(current, fields, mode=mode, append=frozenset())
    tie = settled(checked(TIE_MODEL_OF[type_], {**whole, "type": type_}))
    if current is None:
        return tie
    if tie.id != current.id:
        raise Invalid.at("/id", f"the id is {current.id} and does not change")
    for end in ("source", "target"):
        if getattr(tie, end) != getattr(current, end):
            detail = "the ends of a tie do not change: delete it and make another"
            raise Invalid.at(f"/{end}", detail)
    return tie


def _check_kept(fields: Mapping[str, Any], name: str, value: str) -> None:
    if fields.get(name, value) != value:
        raise Invalid.at(f"/{name}", f"the {name} is {value} and does not change")


def _whole(
    current: Value | None, fields: Mapping[str, Any], *, mode: Mode, append: frozenset[str]
) -> Fields:
    if mode in ("create", "replace"):
        return dict(fields)
    base = {} if current is None else current.model_dump(mode="json", exclude_none=True)
    return onto(base, fields, append)


def onto(base: Mapping[str, Any], fields: Mapping[str, Any], append: frozenset[str]) -> Fields:
    """Return a record after a merge patch, some of whose lists add to those that are there.

    An entry that is appended is left out where one is there that says all it says, so the same
    row twice changes nothing.
    """
    whole: Fields = merged(base, dict(fields))
    for name in append & fields.keys():
        there: list[Any] = list(base.get(name) or ())
        for entry in fields[name] or ():
            if not any(_says(old, entry) for old in there):
                there.append(entry)
        whole[name] = there
    return whole


def _says(old: Any, entry: Any) -> bool:
    if isinstance(old, dict) and isinstance(entry, dict):
        said = cast("Fields", old)
        return all(
            name in said and said[name] == value for name, value in cast("Fields", entry).items()
        )
    return old == entry
