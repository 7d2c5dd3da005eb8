"""`/v1/exports`: the network as a file, people under pseudonyms unless there is a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from graph.disclosure import Pseudonyms
from graph.errors import Invalid
from graph.exchange.csv_rows import csv_header, csv_row
from graph.exchange.ndjson import ndjson_line
from graph.exchange.pseudonymous import pseudonymous_node, pseudonymous_tie
from graph.nodes import KINDS, Kind
from graph.policy import View
from graph.refusals import check_identified
from graph.store.changes import standing
from graph.store.client import Client
from graph.store.exporting import exported_nodes, exported_ties, outline
from graph.store.runs import pseudonyms_of
from graph.ties import TIE_TYPES, AnyTie, TieType
from service.answers import PRIVATE, accepted, problems
from service.auditing import note_reason
from service.callers import CurrentCaller, ServiceState, SharingView

router = APIRouter(prefix="/v1/exports", tags=["exports"])
MEDIA_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
CHUNK_BYTES = 1 << 16

ExportReason = Literal["backup", "transfer", "casework", "subject_request", "legal_duty"]
"""Why people are named in an export: a word, since the audit keeps it."""


class ExportQuery(BaseModel):
    """What to export, and how."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["ndjson", "csv"] = "ndjson"
    what: Annotated[
        Literal[Kind, TieType] | None, Query(description="One kind or type; a CSV needs one")
    ] = None
    identity: Annotated[
        Literal["pseudonymous", "identified"],
        Query(description="`identified` needs the header `Wholemap-Reason`"),
    ] = "pseudonymous"


class Told(NamedTuple):
    """How people are told of in an export: by a pseudonym, or as they are."""

    groups: Collection[str] = ()
    pseudonyms: Pseudonyms | None = None

    def node(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a node as it is told."""
        return node if self.pseudonyms is None else pseudonymous_node(node, self.pseudonyms)

    def tie(self, tie: AnyTie) -> Mapping[str, Any]:
        """Return a tie as it is told."""
        fields = tie.model_dump(mode="json")
        if self.pseudonyms is None:
            return fields
        return pseudonymous_tie(fields, self.groups, self.pseudonyms)


async def asked_export(
    request: Request,
    caller: CurrentCaller,
    view: SharingView,
    query: Annotated[ExportQuery, Query()],
    reason: Annotated[ExportReason | None, Header(alias="Wholemap-Reason")] = None,
) -> ExportQuery:
    """Return what to export; an identified one needs a right and a reason, which the audit keeps.

    Raises
    ------
    Forbidden
        When it is not the caller's to make.
    Invalid
        When no reason is given.
    """
    if query.identity == "pseudonymous":
        return query
    check_identified(caller, view)
    if reason is None:
        words = ", ".join(get_args(ExportReason))
        raise Invalid.at("/header/Wholemap-Reason", f"an identified export needs one of {words}")
    note_reason(request, reason)
    return query


@router.get(
    "",
    summary="Export the network",
    responses={
        **problems(),
        200: {
            "description": "Nodes, then ties, streamed; `identified` ones can be imported again",
            "headers": {
                "Wholemap-Position": {
                    "description": "The feed position that it was taken at",
                    "schema": {"type": "string"},
                },
                "Wholemap-Warning": {
                    "description": "That the network is so dense that people may be found in it",
                    "schema": {"type": "string"},
                },
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
    caller: CurrentCaller,
    view: SharingView,
    query: Annotated[ExportQuery, Depends(asked_export)],
) -> Response:
    """Stream every node and tie that the caller sees, or those of one kind or type."""
    media_type = accepted(request, (MEDIA_TYPES[query.format],))
    if query.format == "csv" and query.what is None:
        raise Invalid.at("/query/what", "a CSV is of one kind or type: say which")
    # The position comes first: a change that the stream misses is in the feed after it.
    now, bookmarks = await standing(state.client)
    headers = {**PRIVATE, "Wholemap-Position": state.positions.sealed(now)}
    told = Told()
    if query.identity == "pseudonymous":
        seen = await outline(state.client, view)
        told = Told(seen.groups, await pseudonyms_of(state.client, caller.organisation))
        headers |= {"Wholemap-Warning": seen.warning} if seen.warning else {}
    lines = (
        _csv(state.client, view, query.what, told, bookmarks)
        if query.format == "csv" and query.what is not None
        else _ndjson(state.client, view, query.what, told, bookmarks)
    )
    return StreamingResponse(_chunks(lines), headers=headers, media_type=media_type)


async def _ndjson(
    client: Client,
    view: View,
    what: Kind | TieType | None,
    told: Told,
    bookmarks: Collection[str],
) -> AsyncIterator[bytes]:
    if what is None or what in KINDS:
        async for node in exported_nodes(client, view, bookmarks=bookmarks):
            if what in (None, node["kind"]):
                yield ndjson_line(told.node(node))
    if what is None or what in TIE_TYPES:
        async for tie in exported_ties(client, view, bookmarks=bookmarks):
            if what in (None, tie.type):
                yield ndjson_line(told.tie(tie))


async def _csv(
    client: Client,
    view: View,
    what: Kind | TieType,
    told: Told,
    bookmarks: Collection[str],
) -> AsyncIterator[bytes]:
    yield csv_header(what)
    if what in KINDS:
        async for node in exported_nodes(client, view, bookmarks=bookmarks):
            if node["kind"] == what:
                yield csv_row(what, told.node(node))
    else:
        async for tie in exported_ties(client, view, bookmarks=bookmarks):
            if tie.type == what:
                yield csv_row(what, told.tie(tie))


async def _chunks(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    buffer = bytearray()
    async for line in lines:
        buffer += line
        if len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)
