"""Keyset pages: opaque cursors, no totals."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from graph.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

ItemT = TypeVar("ItemT")
_KEYS: Final = TypeAdapter(list[str])


class Page(BaseModel, Generic[ItemT]):
    """Some of a list; `next` is the cursor of what follows, null at its end."""

    items: list[ItemT]
    next: Annotated[str | None, Field(description="Opaque; give it as `cursor`")] = None


class PageQuery(BaseModel):
    """What every list takes. Unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    cursor: Annotated[str | None, Query(max_length=500)] = None


def cursor(*keys: str) -> str:
    """Return the cursor of what follows a record with these keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def keys_of(given: str | None, count: int) -> tuple[str, ...]:
    """Return the keys of a cursor; empty ones, which sort first, at the beginning.

    Raises
    ------
    Invalid
        When it is not a cursor of this list.
    """
    if given is None:
        return ("",) * count
    try:
        keys = _KEYS.validate_json(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (binascii.Error, ValueError):
        keys = []
    if len(keys) != count:
        raise Invalid.at("/query/cursor", "this is no cursor of this list")
    return tuple(keys)


def page_response(
    request: Request,
    items: Sequence[BaseModel],
    following: str | None,
    *,
    parameter: str = "cursor",
) -> Response:
    """Return a page, its next one linked to in the header as well."""
    body = Page[Any](items=list(items), next=following).model_dump_json().encode()
    response = Response(body, media_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    if following is not None:
        url = request.url.include_query_params(**{parameter: following})
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def found_page(
    request: Request, found: Sequence[BaseModel], limit: int, *, keys: Sequence[str] = ("id",)
) -> Response:
    """Return a page of what was found, which is one more than the limit where more follows.

    `keys` are the fields that the list is in the order of.
    """
    items = found[:limit]
    more = len(found) > len(items)
    following = cursor(*(str(getattr(items[-1], key)) for key in keys)) if more else None
    return page_response(request, items, following)
