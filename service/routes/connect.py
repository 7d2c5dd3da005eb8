"""`/v1/connect`: who could connect a person to a group."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.connecting import Connection, Order, connect
from graph.errors import NotFound
from graph.nodes import Kind
from graph.store.changes import Revision
from graph.store.reading import Reader
from graph.values import Day
from service.answers import json_response, problems, takes_json
from service.bodies import question
from service.callers import Bookmarks, IntroductionsView, ServiceState
from service.examples import CONNECT_QUESTION, CONNECTION, json_body, json_example

router = APIRouter(prefix="/v1/connect", tags=["connect"], dependencies=[Depends(takes_json)])


class ConnectAnswer(Connection):
    """Who could connect a person to a group on a day, and where the network stood."""

    revision: Annotated[str, Field(description="Opaque: two answers of one network have the same")]


class ConnectQuestion(BaseModel):
    """Whom to connect to what, and by which routes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    person: Annotated[str, Field(max_length=64)]
    group: Annotated[str, Field(max_length=64)]
    max_hops: Annotated[int, Field(ge=1, le=6)] = 4
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    order: Order = "strongest"
    through: Annotated[
        list[Kind], Field(max_length=4, description="Further kinds that a route may pass through")
    ] = []
    as_of: Day | None = None


@router.post(
    "",
    summary="Ask who could connect a person to a group",
    response_model=ConnectAnswer,
    responses={**problems(404, 413, 415), 200: json_example(CONNECTION)},
    openapi_extra=json_body("ConnectQuestion", CONNECT_QUESTION),
)
async def ask_connect(
    state: ServiceState,
    view: IntroductionsView,
    bookmarks: Bookmarks,
    asked: Annotated[ConnectQuestion, Depends(question(ConnectQuestion))],
) -> Response:
    """Return routes of people who could pass a request on, each with a sentence to read aloud."""
    snapshot = await state.network.on(asked.as_of or state.today(), view, bookmarks=bookmarks)
    answer = await asyncio.to_thread(
        connect,
        snapshot,
        asked.person,
        asked.group,
        max_hops=asked.max_hops,
        limit=asked.limit,
        order=asked.order,
        through=frozenset(asked.through),
    )
    if not answer.routes:
        try:
            group = await Reader(state.client, view, bookmarks).node(asked.group)
        except NotFound:
            group = None
        contacts = group.contacts if group else []
        answer = answer.model_copy(update={"contacts": contacts})
    place = state.positions.sealed(Revision(snapshot.epoch, snapshot.revision))
    return json_response(ConnectAnswer(**dict(answer), revision=place))
