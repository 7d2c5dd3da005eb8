"""`/v1/duplicates` and `/v1/merges`: two records of one steward that are of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from graph.duplicates import Duplicate
from graph.nodes import Kind
from graph.store.duplicates import own_duplicates
from graph.store.merges import AskedMerge, Merge, MergeState, merge, page_of_merges
from graph.store.requests import Made
from service.answers import json_response, problems, takes_json, written_answer
from service.bodies import IdempotencyKey, kept_request, question
from service.callers import (
    CurrentCaller,
    RecordView,
    RecordWriter,
    ServiceState,
)
from service.examples import DUPLICATE, MERGED, json_body, json_example, page_of
from service.paging import Page, PageQuery, cursor, found_page, keys_of, page_response

router = APIRouter(prefix="/v1", tags=["duplicates"], dependencies=[Depends(takes_json)])


class DuplicatesQuery(PageQuery):
    """Of which kind."""

    kind: Kind = "person"


class MergesQuery(PageQuery):
    """What a list of merges is narrowed to; null does not narrow."""

    state: MergeState | None = None


@router.get(
    "/duplicates",
    summary="List records that may be of one",
    response_model=Page[Duplicate],
    responses={**problems(), 200: page_of(DUPLICATE)},
)
async def list_duplicates(
    request: Request,
    state: ServiceState,
    view: RecordView,
    query: Annotated[DuplicatesQuery, Query()],
) -> Response:
    """Return pairs of one's own records that may be of one person, group or thing, and why."""
    found = await own_duplicates(
        state.client, view, query.kind, after=keys_of(query.cursor, 2), limit=query.limit + 1
    )
    items = found[: query.limit]
    following = cursor(*items[-1].records) if len(found) > len(items) else None
    return page_response(request, items, following)


@router.post(
    "/merges",
    summary="Merge a record into another",
    status_code=HTTPStatus.CREATED,
    response_model=Merge,
    responses={**problems(404, 409, 413, 415), 201: json_example(MERGED)},
    openapi_extra=json_body("AskedMerge", {"survivor": "choir", "merged": "the-choir"}),
)
async def make_merge(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    view: RecordView,
    writer: RecordWriter,
    asked: Annotated[AskedMerge, Depends(question(AskedMerge))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Give a record's ties to another of the same steward, to which its id leads from then on."""
    kept = await kept_request(request, caller, idempotency_key)
    with state.first_to_run(kept):
        commit = await writer.merge(asked, kept)
    made = commit.result
    if isinstance(made, Made):
        made = await merge(state.client, view, made.id)
    return written_answer(
        state, made, commit.bookmarks, status=HTTPStatus.CREATED, location=f"/v1/merges/{made.id}"
    )


@router.get(
    "/merges",
    summary="List what was merged",
    response_model=Page[Merge],
    responses={**problems(), 200: page_of(MERGED)},
)
async def list_merges(
    request: Request, state: ServiceState, view: RecordView, query: Annotated[MergesQuery, Query()]
) -> Response:
    """Return the merges of one's own records, the oldest first."""
    (after,) = keys_of(query.cursor, 1)
    found = await page_of_merges(
        state.client, view, state=query.state, after=after, limit=query.limit + 1
    )
    return found_page(request, found, query.limit)


@router.get(
    "/merges/{id}",
    summary="Read a merge",
    response_model=Merge,
    responses={**problems(404), 200: json_example(MERGED)},
)
async def read_merge(id: str, state: ServiceState, view: RecordView) -> Response:
    """Return a merge."""
    return json_response(await merge(state.client, view, id))


@router.post(
    "/merges/{id}/undo",
    summary="Unmerge two records",
    response_model=Merge,
    responses={
        **problems(404, 409),
        200: json_example({**MERGED, "state": "unmerged", "unmerged_at": "2026-03-02T09:00:00Z"}),
    },
)
async def undo_merge(id: str, state: ServiceState, writer: RecordWriter) -> Response:
    """Bring the record back that was merged away, as it was, with its ties."""
    commit = await writer.unmerge(id)
    return written_answer(state, commit.result, commit.bookmarks)
