"""`/v1/nodes`: one node of any kind, some by id, and what lies around one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.errors import Invalid
from graph.nodes import Node
from graph.store.neighbourhood import MOST_HOPS_AROUND
from graph.ties import TIE_TYPES, Tie, TieType
from graph.values import Day
from service.answers import json_response, problems, record_response, takes_json
from service.bodies import question
from service.callers import DirectoryReader, RecordReader, ServiceState
from service.examples import ADA, MOVED, RECORD_OF, json_body, json_example

router = APIRouter(prefix="/v1/nodes", tags=["nodes"], dependencies=[Depends(takes_json)])


class NodeIds(BaseModel):
    """Up to 100 ids."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ids: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]


class Nodes(BaseModel):
    """Those that there are, in the order asked for."""

    items: list[Node]


class NeighbourhoodAnswer(BaseModel):
    """The nodes within some hops of one on a day, and the live ties at all but the farthest."""

    node: str
    hops: int
    as_of: Day
    nodes: list[Node]
    ties: list[Tie]
    same_as: Annotated[
        list[list[str]],
        Field(description="Records that are one node here, the one that it stands under first"),
    ]
    truncated: bool


class NeighbourhoodQuery(BaseModel):
    """How far to look, along what, and on which day."""

    model_config = ConfigDict(extra="forbid")

    hops: Annotated[int, Query(ge=1, le=MOST_HOPS_AROUND)] = 1
    types: Annotated[
        str | None, Query(max_length=100, description="Types of ties, separated by commas")
    ] = None
    as_of: Day | None = None


@router.post(
    "/get",
    summary="Read up to 100 nodes by id",
    response_model=Nodes,
    responses={**problems(413, 415), 200: json_example({"items": [RECORD_OF["person"]]})},
    openapi_extra=json_body("NodeIds", {"ids": [ADA, "choir"]}),
)
async def read_nodes(
    reader: DirectoryReader, asked: Annotated[NodeIds, Depends(question(NodeIds))]
) -> Response:
    """Return those of these nodes that exist; ids stand in the body, and in no log."""
    return json_response(Nodes(items=await reader.nodes(asked.ids)))


@router.get(
    "/{id}",
    summary="Read a node of any kind",
    response_model=Node,
    responses={
        **problems(404),
        **MOVED,
        200: json_example(RECORD_OF["person"]),
        304: {"description": "Not Modified"},
    },
)
async def read_node(request: Request, id: str, reader: RecordReader) -> Response:
    """Return one node."""
    return record_response(request, await reader.node(id))


@router.get(
    "/{id}/neighbourhood",
    summary="Read what lies around a node",
    response_model=NeighbourhoodAnswer,
    responses={
        **problems(404),
        200: json_example(
            {
                "node": ADA,
                "hops": 1,
                "as_of": "2026-03-01",
                "nodes": [RECORD_OF["person"], RECORD_OF["association"]],
                "ties": [RECORD_OF["tie"]],
                "same_as": [],
                "truncated": False,
            }
        ),
    },
)
async def read_neighbourhood(
    id: str,
    state: ServiceState,
    reader: DirectoryReader,
    query: Annotated[NeighbourhoodQuery, Query()],
) -> Response:
    """Return the nodes within some hops of one, and the live ties at all but the farthest."""
    asked: frozenset[str] = frozenset(TIE_TYPES if query.types is None else query.types.split(","))
    if unknown := asked - frozenset(TIE_TYPES):
        detail = f"{min(unknown)!r} is none of {', '.join(TIE_TYPES)}"
        raise Invalid.at("/query/types", detail)
    as_of = query.as_of or state.today()
    types: list[TieType] = [type_ for type_ in TIE_TYPES if type_ in asked]
    found = await reader.neighbourhood(id, hops=query.hops, types=types, as_of=as_of)
    return json_response(
        NeighbourhoodAnswer(
            node=id,
            hops=query.hops,
            as_of=as_of,
            nodes=found.nodes,
            ties=found.ties,
            same_as=found.same_as,
            truncated=found.truncated,
        )
    )
