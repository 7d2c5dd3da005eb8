"""The OpenAPI document: what FastAPI derives, and the schemas of bodies that are read by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from graph.clearances import AskedClearance, ClearanceDecision
from graph.consents import Consent
from graph.nodes import Agency, Area, Asset, Association, Person
from graph.store.consent_writes import Override
from graph.store.corrections import AskedCorrection, CorrectionDecision
from graph.store.merges import AskedMerge
from graph.store.same_as import AskedSameAs, SameAsDecision
from graph.ties import TIE_MODEL_OF
from service.callers import BOOKMARK_HEADER, LONGEST_BOOKMARK, READS_BOOKMARK, finds_caller
from service.routes.connect import ConnectQuestion
from service.routes.erasure import ErasureQuestion
from service.routes.keys import KeyQuestion, RotationQuestion
from service.routes.network import NodeIds
from service.routes.reports import ReportQuestion
from service.routes.schedules import ScheduleQuestion
from service.routes.search import SearchQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fastapi import FastAPI
    from fastapi.dependencies.models import Dependant
    from pydantic import BaseModel
    from starlette.routing import BaseRoute

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/{model}"
_RECORDS: Final[tuple[type[BaseModel], ...]] = (Person, Association, Agency, Asset, Area)
_AGREEMENTS: Final[tuple[type[BaseModel], ...]] = (Consent, Override)
_QUESTIONS: Final[tuple[type[BaseModel], ...]] = (
    AskedClearance,
    AskedCorrection,
    AskedMerge,
    AskedSameAs,
    ClearanceDecision,
    ConnectQuestion,
    CorrectionDecision,
    ErasureQuestion,
    KeyQuestion,
    NodeIds,
    ReportQuestion,
    ScheduleQuestion,
    RotationQuestion,
    SameAsDecision,
    SearchQuestion,
)
_BEARER: Final[Schema] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key made by `wholemap key create`, or a token of the identity provider",
}
_BOOKMARK: Final[Schema] = {
    "name": BOOKMARK_HEADER,
    "in": "header",
    "required": False,
    "description": "What a write answered with: the answer has seen it",
    "schema": {"type": "string", "maxLength": LONGEST_BOOKMARK},
}
_PROBLEM: Final[Schema] = {
    "type": "object",
    "title": "Problem",
    "description": "An error, as RFC 9457 has it",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 300, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "ties": {"type": "integer", "minimum": 1},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(app: FastAPI) -> Schema:
    """Return the OpenAPI 3.1 document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
        )
        schemas: Schema = made.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in _bodies().items():
            schemas.setdefault(name, schema)
        schemas["Problem"] = _PROBLEM
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        _say_what_callers_read(made, app.routes)
        _keep_own_problems(made)
        _show_nulls(made)
        app.openapi_schema = made
    return app.openapi_schema


def _say_what_callers_read(made: Schema, routes: Iterable[BaseRoute]) -> None:
    """Say which operations need a caller, and which read a bookmark."""
    made["components"]["securitySchemes"] = {"HTTPBearer": _BEARER}
    for route in routes:
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        asked = set(_dependencies(route.dependant))
        for method in route.methods or ():
            operation: Schema = made["paths"][route.path_format][method.lower()]
            if any(map(finds_caller, asked)):
                operation["security"] = [{"HTTPBearer": []}]
            if asked & READS_BOOKMARK:
                operation.setdefault("parameters", []).append(_BOOKMARK)


def _dependencies(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for part in dependant.dependencies:
        if part.call is not None:
            yield part.call
        yield from _dependencies(part)


def _bodies() -> Schema:
    """Return the schemas of what is given: records without what the service keeps, and patches."""
    models = [*_RECORDS, *TIE_MODEL_OF.values(), *_AGREEMENTS, *_QUESTIONS]
    _, top = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    schemas: Schema = top["$defs"]
    for model in (*_RECORDS, *TIE_MODEL_OF.values()):
        given = _given(schemas.pop(model.__name__), optional={"id", "kind"})
        schemas[f"{model.__name__}Fields"] = given
        schemas[f"{model.__name__}Patch"] = _patch(given)
    for model in _AGREEMENTS:
        given = _given(schemas.pop(model.__name__), optional={"id"})
        schemas[f"{model.__name__}Fields"] = given
    ties = [f"{model.__name__}Fields" for model in TIE_MODEL_OF.values()]
    for name in ties:
        schemas[name]["required"] = sorted({*schemas[name].get("required", []), "type"})
    schemas["TieFields"] = {"oneOf": [{"$ref": _REF.format(model=name)} for name in ties]}
    schemas["TiePatch"] = {"type": "object", "title": "TiePatch", "additionalProperties": True}
    return schemas


def _given(schema: Schema, *, optional: set[str]) -> Schema:
    properties = {
        name: part for name, part in schema["properties"].items() if not part.get("readOnly")
    }
    required = [name for name in schema.get("required", []) if name not in optional]
    return {**schema, "properties": properties, "required": required}


def _patch(given: Schema) -> Schema:
    properties = {
        name: {"anyOf": [part, {"type": "null"}]} for name, part in given["properties"].items()
    }
    patch = {name: part for name, part in given.items() if name != "required"}
    return {**patch, "title": f"{given['title']}Patch", "properties": properties}


def _show_nulls(made: Schema) -> None:
    """Put back into the examples of answers the nulls that FastAPI takes out of the document."""
    schemas: Schema = made["components"]["schemas"]
    for operations in made["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    if "example" in content:
                        content["example"] = _whole(
                            content["example"], content.get("schema", {}), schemas
                        )


def _whole(example: Any, schema: Schema, schemas: Schema) -> Any:
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(example, list):
        parts = cast("list[Any]", example)
        return [_whole(part, schema.get("items", {}), schemas) for part in parts]
    if not isinstance(example, dict):
        return example
    shown = cast("Schema", example)
    properties: Schema = schema.get("properties", {})
    return dict.fromkeys(schema.get("required", ())) | {
        name: _whole(part, properties.get(name, {}), schemas) for name, part in shown.items()
    }


def _keep_own_problems(made: Schema) -> None:
    """Replace what FastAPI says of its own 422 by ours, where an operation did not."""
    for operations in made["paths"].values():
        for operation in operations.values():
            answer = operation["responses"].get("422", {}).get("content", {})
            answer.pop("application/json", None)
