"""`/v1/exports`: the network as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from graph.errors import Invalid
from graph.exchange.csv_rows import csv_header, csv_row
from graph.exchange.ndjson import ndjson_line
from graph.nodes import KINDS, Kind
from graph.policy import View
from graph.store.changes import revision
from graph.store.client import Client
from graph.store.exporting import exported_nodes, exported_ties
from graph.ties import TIE_TYPES, TieType
from service.answers import PRIVATE, accepted, problems
from service.callers import ServiceState, SharingView

router = APIRouter(prefix="/v1/exports", tags=["exports"])
MEDIA_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
CHUNK_BYTES = 1 << 16


class ExportQuery(BaseModel):
    """What to export, and how."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["ndjson", "csv"] = "ndjson"
    what: Annotated[
        Literal[Kind, TieType] | None, Query(description="One kind or type; a CSV needs one")
    ] = None


@router.get(
    "",
    summary="Export the network",
    responses={
        **problems(),
        200: {
            "description": "Nodes, then ties, streamed; can be imported again",
            "headers": {
                "Wholemap-Position": {
                    "description": "The feed position that it was taken at",
                    "schema": {"type": "string"},
                }
            },
            "content": {
                "application/x-ndjson": {"example": '{"kind": "association", "id": "choir"}\n'},
                "text/csv": {"example": "id,name\nchoir,Riverside Choir\n"},
            },
        },
    },
)
async def export(
    request: Request,
    state: ServiceState,
    view: SharingView,
    query: Annotated[ExportQuery, Query()],
) -> Response:
    """Stream every node and tie that the caller sees, or those of one kind or type."""
    media_type = accepted(request, (MEDIA_TYPES[query.format],))
    if query.format == "csv" and query.what is None:
        raise Invalid.at("/query/what", "a CSV is of one kind or type: say which")
    # The position comes first: a change that the stream misses is in the feed after it.
    now = await state.client.read(revision)
    lines = (
        _csv(state.client, view, query.what)
        if query.format == "csv" and query.what is not None
        else _ndjson(state.client, view, query.what)
    )
    headers = {**PRIVATE, "Wholemap-Position": state.positions.sealed(now)}
    return StreamingResponse(_chunks(lines), headers=headers, media_type=media_type)


async def _ndjson(client: Client, view: View, what: Kind | TieType | None) -> AsyncIterator[bytes]:
    if what is None or what in KINDS:
        async for node in exported_nodes(client, view):
            if what in (None, node["kind"]):
                yield ndjson_line(node)
    if what is None or what in TIE_TYPES:
        async for tie in exported_ties(client, view):
            if what in (None, tie.type):
                yield ndjson_line(tie.model_dump(mode="json"))


async def _csv(client: Client, view: View, what: Kind | TieType) -> AsyncIterator[bytes]:
    yield csv_header(what)
    if what in KINDS:
        async for node in exported_nodes(client, view):
            if node["kind"] == what:
                yield csv_row(what, node)
    else:
        async for tie in exported_ties(client, view):
            if tie.type == what:
                yield csv_row(what, tie.model_dump(mode="json"))


async def _chunks(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    buffer = bytearray()
    async for line in lines:
        buffer += line
        if len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)
