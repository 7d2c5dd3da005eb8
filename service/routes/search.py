"""`/v1/search`: nodes by the words of their names, descriptions and tags."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.errors import Invalid
from graph.nodes import KINDS, Kind, Node
from graph.values import Label, folded
from service.answers import json_response, problems, takes_json
from service.bodies import question
from service.callers import DirectoryReader
from service.examples import RECORD_OF, json_body, json_example

router = APIRouter(prefix="/v1/search", tags=["search"], dependencies=[Depends(takes_json)])


class SearchQuestion(BaseModel):
    """Words to look for; a person's name never stands in a URL."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Label
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=4)] = list(KINDS)
    area: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SearchAnswer(BaseModel):
    """What was found, the best first; `truncated` where there is more."""

    items: list[Node]
    truncated: bool


@router.post(
    "",
    summary="Search nodes",
    response_model=SearchAnswer,
    responses={
        **problems(413, 415),
        200: json_example({"items": [RECORD_OF["association"]], "truncated": False}),
    },
    openapi_extra=json_body("SearchQuestion", {"text": "choir", "kinds": ["association"]}),
)
async def search(
    reader: DirectoryReader, asked: Annotated[SearchQuestion, Depends(question(SearchQuestion))]
) -> Response:
    """Return nodes that hold all words: the name itself, its beginning, a word, anything else."""
    if not folded(asked.text):
        raise Invalid.at("/text", "must hold a letter or a digit")
    found = await reader.search(
        asked.text, kinds=asked.kinds, area=asked.area, limit=asked.limit + 1
    )
    return json_response(
        SearchAnswer(items=found[: asked.limit], truncated=len(found) > asked.limit)
    )
