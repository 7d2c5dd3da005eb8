"""`/v1/glossary`: what each measure and each report is, in plain words and in precise ones."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from graph.analytics.glossary import Explanation, explanation, glossary
from service.answers import json_response, problems, takes_json
from service.callers import CurrentCaller
from service.examples import EXPLANATION, json_example

router = APIRouter(prefix="/v1/glossary", tags=["reports"], dependencies=[Depends(takes_json)])


class Glossary(BaseModel):
    """All explanations, by name."""

    items: list[Explanation]


@router.get(
    "",
    summary="Explain every measure and report",
    response_model=Glossary,
    responses={**problems(), 200: json_example({"items": [EXPLANATION]})},
)
async def read_glossary(_: CurrentCaller) -> Response:
    """Return what each measure and each kind of report is."""
    return json_response(Glossary(items=list(glossary().values())))


@router.get(
    "/{name}",
    summary="Explain a measure or a report",
    response_model=Explanation,
    responses={**problems(404), 200: json_example(EXPLANATION)},
)
async def read_explanation(name: str, _: CurrentCaller) -> Response:
    """Return what one of them is."""
    return json_response(explanation(name))
