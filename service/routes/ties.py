"""`/v1/ties`: what parties offer, want, connect to and trust."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.errors import Invalid
from graph.store.reading import TieFilters
from graph.store.requests import Made
from graph.store.tie_writes import TieWrite
from graph.ties import TIE_TYPES, Relation, Tie, TieType
from graph.values import Day
from service.answers import (
    deleted_response,
    problems,
    record_response,
    takes_json,
    written_response,
)
from service.bodies import MERGE_PATCH, IdempotencyKey, JsonFields, PatchFields, kept_request
from service.callers import (
    CurrentCaller,
    DirectoryReader,
    RecordReader,
    RecordWriter,
    ServiceState,
)
from service.examples import FIELDS_OF, RECORD_OF, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of
from service.preconditions import WriteCondition

router = APIRouter(prefix="/v1/ties", tags=["ties"], dependencies=[Depends(takes_json)])
_SHOWN: Final[dict[str, Any]] = json_example(RECORD_OF["tie"])


class TieQuery(PageQuery):
    """What a list of ties is narrowed to."""

    type: TieType | None = None
    source: Annotated[str | None, Query(max_length=64)] = None
    target: Annotated[str | None, Query(max_length=64)] = None
    relation: Relation | None = None
    as_of: Day | None = None


@router.get(
    "",
    summary="List ties",
    response_model=Page[Tie],
    responses={**problems(), 200: page_of(RECORD_OF["tie"])},
)
async def list_ties(
    request: Request, reader: DirectoryReader, query: Annotated[TieQuery, Query()]
) -> Response:
    """Return a page of ties, by type and id; a symmetric tie is found from both its ends."""
    type_, tie_id = keys_of(query.cursor, 2)
    filters = TieFilters(
        type=query.type,
        source=query.source,
        target=query.target,
        relation=query.relation,
        as_of=query.as_of,
    )
    ties = await reader.page_of_ties(filters, after=(type_, tie_id), limit=query.limit + 1)
    return found_page(request, ties, query.limit, keys=("type", "id"))


@router.post(
    "",
    summary="Create a tie",
    status_code=HTTPStatus.CREATED,
    response_model=Tie,
    responses={**problems(404, 409, 413, 415), 201: _SHOWN},
    openapi_extra=json_body("TieFields", FIELDS_OF["tie"]),
)
async def create_tie(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    writer: RecordWriter,
    reader: RecordReader,
    given: JsonFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Create a tie; it is given an id where it has none."""
    type_ = given.get("type")
    if type_ not in TIE_TYPES:
        raise Invalid.at("/type", f"must be one of {', '.join(TIE_TYPES)}")
    kept = await kept_request(request, caller, idempotency_key)
    with state.first_to_run(kept):
        commit = await writer.create_tie(type_, given, kept)
    made = commit.result
    tie = await reader.tie(type_, made.id) if isinstance(made, Made) else made
    location = f"/v1/ties/{tie.type}/{tie.id}"
    return written_response(request, state, tie, commit.bookmarks, created=True, location=location)


@router.get(
    "/{type}/{id}",
    summary="Read a tie",
    response_model=Tie,
    responses={**problems(404), 200: _SHOWN, 304: {"description": "Not Modified"}},
)
async def read_tie(request: Request, type: TieType, id: str, reader: RecordReader) -> Response:
    """Return one tie."""
    return record_response(request, await reader.tie(type, id))


@router.put(
    "/{type}/{id}",
    summary="Create or replace a tie",
    response_model=Tie,
    responses={**problems(404, 409, 412, 413, 415, 428), 200: _SHOWN, 201: _SHOWN},
    openapi_extra=json_body("TieFields", FIELDS_OF["tie"]),
)
async def put_tie(
    request: Request,
    type: TieType,
    id: str,
    state: ServiceState,
    writer: RecordWriter,
    given: JsonFields,
    condition: WriteCondition,
) -> Response:
    """Create or replace one tie; the ends of one that exists do not change."""
    write = TieWrite(type, id, given, "replace", *condition)
    return await _written(request, state, writer, write)


@router.patch(
    "/{type}/{id}",
    summary="Correct a tie",
    response_model=Tie,
    responses={**problems(404, 409, 412, 413, 415, 428), 200: _SHOWN},
    openapi_extra=json_body("TiePatch", {"strength": 0.9}, MERGE_PATCH),
)
async def patch_tie(
    request: Request,
    type: TieType,
    id: str,
    state: ServiceState,
    writer: RecordWriter,
    given: PatchFields,
    condition: WriteCondition,
) -> Response:
    """Correct one tie by a merge patch (RFC 7396); a change in the world ends it instead."""
    write = TieWrite(type, id, given, "merge", *condition)
    return await _written(request, state, writer, write)


@router.delete(
    "/{type}/{id}",
    summary="Delete a tie that was entered by mistake",
    status_code=HTTPStatus.NO_CONTENT,
    responses={**problems(404, 412, 428), 204: {"description": "Deleted"}},
)
async def delete_tie(
    type: TieType, id: str, state: ServiceState, writer: RecordWriter, condition: WriteCondition
) -> Response:
    """Delete one tie."""
    commit = await writer.delete_tie(type, id, expected=condition.expected)
    return deleted_response(state, commit.bookmarks)


async def _written(
    request: Request, state: ServiceState, writer: RecordWriter, write: TieWrite
) -> Response:
    commit = await writer.put_tie(write)
    tie, outcome = commit.result
    return written_response(request, state, tie, commit.bookmarks, created=outcome == "created")
