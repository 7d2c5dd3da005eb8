"""`/v1/areas`: what nodes lie in."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.nodes import Area
from graph.store.reading import AreaFilters
from graph.store.requests import Made
from graph.store.writer import Commit
from graph.values import Instant
from service.answers import (
    deleted_response,
    problems,
    record_response,
    takes_json,
    written_response,
)
from service.bodies import MERGE_PATCH, IdempotencyKey, JsonFields, PatchFields, kept_request
from service.callers import (
    AreaWriter,
    CurrentCaller,
    DirectoryReader,
    RecordReader,
    ServiceState,
)
from service.examples import FIELDS_OF, RECORD_OF, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of
from service.preconditions import WriteCondition

router = APIRouter(prefix="/v1/areas", tags=["areas"], dependencies=[Depends(takes_json)])
_SHOWN: Final[dict[str, Any]] = json_example(RECORD_OF["area"])


class AreaQuery(PageQuery):
    """What a list of areas is narrowed to."""

    parent: Annotated[str | None, Query(max_length=64)] = None
    area_kind: Literal["place", "interest", "topic"] | None = None
    updated_after: Instant | None = None
    source_system: Annotated[str | None, Query(max_length=200)] = None
    source_type: Annotated[str | None, Query(max_length=200)] = None
    source_id: Annotated[str | None, Query(max_length=200)] = None


@router.get(
    "",
    summary="List areas",
    response_model=Page[Area],
    responses={**problems(), 200: page_of(RECORD_OF["area"])},
)
async def list_areas(
    request: Request, reader: DirectoryReader, query: Annotated[AreaQuery, Query()]
) -> Response:
    """Return a page of areas, by id."""
    (after,) = keys_of(query.cursor, 1)
    filters = AreaFilters(**{part.name: getattr(query, part.name) for part in fields(AreaFilters)})
    areas = await reader.page_of_areas(filters, after=after, limit=query.limit + 1)
    return found_page(request, areas, query.limit)


@router.post(
    "",
    summary="Create an area",
    status_code=HTTPStatus.CREATED,
    response_model=Area,
    responses={**problems(404, 409, 413, 415), 201: _SHOWN},
    openapi_extra=json_body("AreaFields", FIELDS_OF["area"]),
)
async def create_area(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    writer: AreaWriter,
    reader: RecordReader,
    given: JsonFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Create an area; it is given an id where it has none."""
    kept = await kept_request(request, caller, idempotency_key)
    with state.first_to_run(kept):
        commit = await writer.create_area(given, kept)
    made = commit.result
    area = await reader.area(made.id) if isinstance(made, Made) else made
    location = f"/v1/areas/{area.id}"
    return written_response(request, state, area, commit.bookmarks, created=True, location=location)


@router.get(
    "/{id}",
    summary="Read an area",
    response_model=Area,
    responses={**problems(404), 200: _SHOWN, 304: {"description": "Not Modified"}},
)
async def read_area(request: Request, id: str, reader: RecordReader) -> Response:
    """Return one area."""
    return record_response(request, await reader.area(id))


@router.put(
    "/{id}",
    summary="Create or replace an area",
    response_model=Area,
    responses={**problems(409, 412, 413, 415, 428), 200: _SHOWN, 201: _SHOWN},
    openapi_extra=json_body("AreaFields", FIELDS_OF["area"]),
)
async def put_area(
    request: Request,
    id: str,
    state: ServiceState,
    writer: AreaWriter,
    given: JsonFields,
    condition: WriteCondition,
) -> Response:
    """Create or replace one area."""
    commit = await writer.put_area(id, given, expected=condition.expected, absent=condition.absent)
    return _written(request, state, commit)


@router.patch(
    "/{id}",
    summary="Correct an area",
    response_model=Area,
    responses={**problems(404, 412, 413, 415, 428), 200: _SHOWN},
    openapi_extra=json_body("AreaPatch", {"population": 4200}, MERGE_PATCH),
)
async def patch_area(
    request: Request,
    id: str,
    state: ServiceState,
    writer: AreaWriter,
    given: PatchFields,
    condition: WriteCondition,
) -> Response:
    """Change one area by a merge patch (RFC 7396)."""
    commit = await writer.patch_area(id, given, expected=condition.expected)
    return _written(request, state, commit)


@router.delete(
    "/{id}",
    summary="Delete an area that nothing lies in",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404, 409, 412, 428), 204: {"description": "Deleted"}},
)
async def delete_area(
    id: str, state: ServiceState, writer: AreaWriter, condition: WriteCondition
) -> Response:
    """Delete one area."""
    commit = await writer.delete_area(id, expected=condition.expected)
    return deleted_response(state, commit.bookmarks)


def _written(request: Request, state: ServiceState, commit: Commit[tuple[Area, bool]]) -> Response:
    area, created = commit.result
    return written_response(request, state, area, commit.bookmarks, created=created)
