"""`/v1/people`, `/v1/associations`, `/v1/agencies` and `/v1/assets`."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.nodes import MODEL_OF, Kind
from graph.store.node_writes import NodeWrite
from graph.store.reading import NodeFilters
from graph.store.requests import Made
from graph.values import Clearance, Instant
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
from service.examples import FIELDS_OF, MOVED, RECORD_OF, json_body, json_example, page_of
from service.paging import Page, PageQuery, found_page, keys_of
from service.preconditions import WriteCondition

PATHS: Final[dict[Kind, str]] = {
    "person": "people",
    "association": "associations",
    "agency": "agencies",
    "asset": "assets",
}


class NodeQuery(PageQuery):
    """What a list of nodes is narrowed to."""

    area: Annotated[str | None, Query(max_length=64)] = None
    tag: Annotated[str | None, Query(max_length=200)] = None
    steward: Annotated[str | None, Query(max_length=64)] = None
    status: Annotated[str | None, Query(max_length=20)] = None
    approval: Annotated[str | None, Query(max_length=20)] = None
    clearance: Clearance | None = None
    updated_after: Instant | None = None
    source_system: Annotated[str | None, Query(max_length=200)] = None
    source_type: Annotated[str | None, Query(max_length=200)] = None
    source_id: Annotated[str | None, Query(max_length=200)] = None

    def filters(self) -> NodeFilters:
        """Return what the store narrows by."""
        return NodeFilters(**{part.name: getattr(self, part.name) for part in fields(NodeFilters)})


def node_routes(kind: Kind) -> APIRouter:
    """Return the routes of one kind of node."""
    model: Any = MODEL_OF[kind]
    path = PATHS[kind]
    name = model.__name__
    router = APIRouter(prefix=f"/v1/{path}", tags=[path], dependencies=[Depends(takes_json)])
    shown: dict[str, Any] = json_example(RECORD_OF[kind])

    @router.get(
        "",
        summary=f"List {path}",
        operation_id=f"list_{path}",
        response_model=Page[model],
        responses={**problems(), 200: page_of(RECORD_OF[kind])},
    )
    async def list_nodes(
        request: Request, reader: DirectoryReader, query: Annotated[NodeQuery, Query()]
    ) -> Response:
        (after,) = keys_of(query.cursor, 1)
        nodes = await reader.page_of_nodes(
            kind, query.filters(), after=after, limit=query.limit + 1
        )
        return found_page(request, nodes, query.limit)

    @router.post(
        "",
        summary=f"Create one of the {path}",
        operation_id=f"create_{kind}",
        status_code=HTTPStatus.CREATED,
        response_model=model,
        responses={**problems(404, 409, 413, 415), 201: shown},
        openapi_extra=json_body(f"{name}Fields", FIELDS_OF[kind]),
    )
    async def create_node(
        request: Request,
        state: ServiceState,
        caller: CurrentCaller,
        writer: RecordWriter,
        reader: RecordReader,
        given: JsonFields,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        kept = await kept_request(request, caller, idempotency_key)
        with state.first_to_run(kept):
            commit = await writer.create_node(kind, given, kept)
        made = commit.result
        record = await reader.node(made.id, kind) if isinstance(made, Made) else made
        location = f"/v1/{path}/{record.id}"
        return written_response(
            request, state, record, commit.bookmarks, created=True, location=location
        )

    @router.get(
        "/{id}",
        summary=f"Read one of the {path}",
        operation_id=f"read_{kind}",
        response_model=model,
        responses={**problems(404), **MOVED, 200: shown, 304: {"description": "Not Modified"}},
    )
    async def read_node(request: Request, id: str, reader: RecordReader) -> Response:
        return record_response(request, await reader.node(id, kind))

    @router.put(
        "/{id}",
        summary=f"Create or replace one of the {path}",
        operation_id=f"put_{kind}",
        response_model=model,
        responses={**problems(404, 409, 412, 413, 415, 428), 200: shown, 201: shown},
        openapi_extra=json_body(f"{name}Fields", FIELDS_OF[kind]),
    )
    async def put_node(
        request: Request,
        id: str,
        state: ServiceState,
        writer: RecordWriter,
        given: JsonFields,
        condition: WriteCondition,
    ) -> Response:
        return await _written(
            request, state, writer, NodeWrite(kind, id, given, "replace", *condition)
        )

    @router.patch(
        "/{id}",
        summary=f"Correct one of the {path}",
        operation_id=f"patch_{kind}",
        response_model=model,
        responses={**problems(404, 409, 412, 413, 415, 428), 200: shown},
        openapi_extra=json_body(f"{name}Patch", {"description": "Sings alto"}, MERGE_PATCH),
    )
    async def patch_node(
        request: Request,
        id: str,
        state: ServiceState,
        writer: RecordWriter,
        given: PatchFields,
        condition: WriteCondition,
    ) -> Response:
        return await _written(
            request, state, writer, NodeWrite(kind, id, given, "merge", *condition)
        )

    @router.delete(
        "/{id}",
        summary=f"Delete one of the {path} that was entered by mistake",
        operation_id=f"delete_{kind}",
        status_code=HTTPStatus.NO_CONTENT,
        responses={
            **problems(404, 409, 412, 428),
            204: {"description": "Deleted"},
        },
    )
    async def delete_node(
        id: str,
        state: ServiceState,
        writer: RecordWriter,
        condition: WriteCondition,
        *,
        with_ties: bool = False,
    ) -> Response:
        commit = await writer.delete_node(
            kind, id, expected=condition.expected, with_ties=with_ties
        )
        await state.authentication.has_lost(commit.result)
        return deleted_response(state, commit.bookmarks)

    return router


async def _written(
    request: Request, state: ServiceState, writer: RecordWriter, write: NodeWrite
) -> Response:
    commit = await writer.put_node(write)
    node, outcome = commit.result
    return written_response(request, state, node, commit.bookmarks, created=outcome == "created")
