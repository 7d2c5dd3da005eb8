"""Request bodies: strict JSON objects, of the media type that they say."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, cast

from fastapi import Depends, Header, Request
from pydantic import BaseModel, ValidationError

from graph.errors import Fault, Invalid, Unreadable
from graph.store.requests import Request as KeptRequest
from graph.strict_json import parse, pointer, pointer_faults
from service.auditing import note_fields
from service.problems import UnsupportedMediaType

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from graph.policy import Caller
    from graph.revising import Fields

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"
_HALF: Final = re.compile("[\ud800-\udfff]")
ModelT = TypeVar("ModelT", bound=BaseModel)


def media_type(request: Request) -> str:
    """Return the media type that a body says it is, without parameters."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def body_of(request: Request, *media_types: str) -> Fields:
    """Return the JSON object of a request.

    Raises
    ------
    UnsupportedMediaType
        When it is of another media type.
    Unreadable
        When it is no strict JSON, or no object.
    """
    if media_type(request) not in media_types:
        raise UnsupportedMediaType(f"the body must be {' or '.join(media_types)}")
    body = await request.body()
    parsed = parse(body)
    if not isinstance(parsed, dict):
        raise Unreadable("the body must be a JSON object")
    note_fields(request, cast("Fields", parsed))
    # No other spelling of half a surrogate pair is UTF-8: few bodies are looked through.
    if b"\\ud" in body.lower() and (faults := tuple(_halves(parsed))):
        raise Invalid("a text cannot be kept", faults)
    return cast("Fields", parsed)


def _halves(value: Any, *steps: str | int) -> Iterator[Fault]:
    """Yield where texts hold half of a surrogate pair, which no engine takes as a parameter."""
    if isinstance(value, str):
        if _HALF.search(value):
            yield Fault(pointer(*steps), "a text may hold no half of a surrogate pair")
    elif isinstance(value, dict):
        for name, part in cast("dict[str, Any]", value).items():
            yield from _halves(name, *steps, name)
            yield from _halves(part, *steps, name)
    elif isinstance(value, list):
        for place, part in enumerate(cast("list[Any]", value)):
            yield from _halves(part, *steps, place)


async def _fields(request: Request) -> Fields:
    return await body_of(request, JSON)


async def _patch(request: Request) -> Fields:
    return await body_of(request, MERGE_PATCH, JSON)


JsonFields = Annotated[dict[str, Any], Depends(_fields)]
PatchFields = Annotated[dict[str, Any], Depends(_patch)]


def question(model: type[ModelT]) -> Callable[..., Coroutine[Any, Any, ModelT]]:
    """Return a dependency that reads a body as a model.

    The dependency raises `Invalid` with a pointer to each field that breaks a rule.
    """

    async def asked(request: Request, fields: JsonFields) -> ModelT:
        note_fields(request, fields, model.model_fields)
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            raise Invalid("the question breaks a rule", pointer_faults(error)) from error

    return asked


IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$"),
]


async def kept_request(
    request: Request, caller: Caller, idempotency_key: str | None, *, digest: str | None = None
) -> KeptRequest | None:
    """Return what an Idempotency-Key stands for: caller, method, path and key; and the body.

    `digest` is the body's, where it was read as it came.
    """
    if idempotency_key is None:
        return None
    scope = f"{caller.key}\n{request.method}\n{request.url.path}\n{idempotency_key}"
    return KeptRequest(
        key=hashlib.sha256(scope.encode()).hexdigest(),
        digest=digest or hashlib.sha256(await request.body()).hexdigest(),
    )
