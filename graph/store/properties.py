"""Records as the engine keeps them: flat properties, and back.

A nested value becomes properties with its name before theirs (`location_latitude`), a list of
values a list of JSON texts, an open map one JSON text. What is only there for a query is added:
the folded texts of the search and the joined foreign id.
"""

from __future__ import annotations

import json
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import neo4j.time
from pydantic_core import from_json

from graph.consents import Sight, sight_of
from graph.nodes import MODEL_OF, AnyNode, Area
from graph.policy import COMMUNITY, NodeFacts, TieFacts
from graph.rules import author_of
from graph.ties import TIE_MODEL_OF, AnyTie, TieType
from graph.values import ForeignId, Value, folded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Properties = dict[str, Any]
RecordT = TypeVar("RecordT", bound=Value)

_ENDS: Final = frozenset({"type", "source", "target"})
_SHARED: Final = frozenset({"created_at", "updated_at"})
_TIMES: Final = (neo4j.time.Date, neo4j.time.DateTime)


def node_properties(node: AnyNode) -> Properties:
    """Return all properties of a node, null where it has none."""
    properties = flat(node)
    properties["source_key"] = source_key(node.steward, node.source) if node.source else None
    properties["search_name"] = folded(node.name)
    # Blanks at both ends: a whole word is found as one between blanks.
    words = folded(" ".join((node.name, node.description or "", *node.tags)))
    properties["search_text"] = f" {words} "
    return properties


def tie_properties(tie: AnyTie) -> Properties:
    """Return all properties of a tie, null where it has none; its ends are not among them.

    `author` is there for the policy in the statements.
    """
    return flat(tie, without=_ENDS) | {"author": author_of(tie)}


def area_properties(area: Area) -> Properties:
    """Return all properties of an area, null where it has none."""
    return flat(area)


def new_row(properties: Properties) -> Properties:
    """Return what a row says of a new record: all that it has and the others do not share."""
    return {
        name: value
        for name, value in properties.items()
        if value is not None and name not in _SHARED
    }


def shared(now: datetime) -> Properties:
    """Return what the rows of all records that are created at once have in common."""
    return dict.fromkeys(_SHARED, now)


def node_of(properties: Mapping[str, Any]) -> AnyNode:
    """Return the node that was kept as these properties."""
    return record_of(MODEL_OF[properties["kind"]], properties)


def tie_of(type_: TieType, source: str, target: str, properties: Mapping[str, Any]) -> AnyTie:
    """Return the tie that was kept as these properties between these ends."""
    ends = {"type": type_, "source": source, "target": target}
    return record_of(TIE_MODEL_OF[type_], properties, ends)


def area_of(properties: Mapping[str, Any]) -> Area:
    """Return the area that was kept as these properties."""
    return record_of(Area, properties)


def facts_of_node(properties: Mapping[str, Any], consent: str) -> NodeFacts:
    """Return what the policy reads of a node, for the purpose that a consent is for."""
    opened = {
        name: native(properties.get(name)) for name in (f"{consent}_{n}" for n in Sight._fields)
    }
    return NodeFacts(
        properties["kind"],
        properties.get("steward"),
        properties["id"],
        properties.get("clearance"),
        bool(properties.get("sensitive")),
        sight_of(opened, consent),
        properties.get("override_role"),
        native(properties.get("override_after")),
        tuple(properties.get("cleared_for") or ()),
    )


def facts_of_tie(
    type_: str, properties: Mapping[str, Any], source: NodeFacts, target: NodeFacts
) -> TieFacts:
    """Return what the policy reads of a tie."""
    return TieFacts(
        properties.get("steward"),
        source,
        target,
        type_,
        properties.get("clearance"),
        properties.get("author"),
        bool(properties.get("disclosed")),
    )


def source_key(steward: str | None, source: ForeignId) -> str:
    """Return as one text, unambiguously, the foreign id that one record of a steward has.

    Another steward's record may have the same: whoever may not see it learns nothing by a refusal.
    """
    parts = [steward or COMMUNITY, source.system, source.type, source.id]
    return json.dumps(parts, ensure_ascii=False)


def native(value: Any) -> Any:
    """Return a value of the driver as Python's own."""
    return value.to_native() if isinstance(value, _TIMES) else value


@cache
def _nested_models(model: type[Value]) -> tuple[tuple[str, type[Value] | None, str], ...]:
    """Return every field with the model inside it and its form: plain, nested, list or map."""
    return tuple((name, *_form(field.annotation)) for name, field in model.model_fields.items())


def _form(annotation: Any) -> tuple[type[Value] | None, str]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _form(get_args(annotation)[0])
    if origin in (Union, UnionType):
        forms = [_form(part) for part in get_args(annotation) if part is not NoneType]
        return forms[0]
    if origin is list:
        model, form = _form(get_args(annotation)[0])
        return (model, "list") if form == "nested" else (None, "plain")
    if origin is dict:
        return None, "map"
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation, "nested"
    return None, "plain"


def flat(record: Value, *, without: frozenset[str] = frozenset()) -> Properties:
    """Return all fields of a record as flat properties, null where it has none."""
    properties: Properties = {}
    for name, model, form in _nested_models(type(record)):
        if name in without:
            continue
        value = getattr(record, name)
        if form == "plain":
            properties[name] = value
        elif form == "list":
            properties[name] = [part.model_dump_json(exclude_none=True) for part in value]
        elif form == "map":
            properties[name] = json.dumps(value, sort_keys=True) if value else None
        elif model is not None:
            for part in model.model_fields:
                properties[f"{name}_{part}"] = None if value is None else getattr(value, part)
    return properties


def record_of(
    model: type[RecordT],
    properties: Mapping[str, Any],
    given: Mapping[str, Any] = MappingProxyType({}),
) -> RecordT:
    """Return the record that was kept as these properties; `given` are fields that they lack."""
    fields: dict[str, Any] = dict(given)
    for name, inner, form in _nested_models(model):
        if form == "nested" and inner is not None:
            parts = {
                part: native(properties[key])
                for part in inner.model_fields
                if (key := f"{name}_{part}") in properties
            }
            if parts:
                fields[name] = parts
        elif name in properties:
            value = properties[name]
            if form == "list":
                fields[name] = [from_json(text) for text in value]
            elif form == "map":
                fields[name] = from_json(value)
            else:
                fields[name] = native(value)
    return model.model_validate(fields)
