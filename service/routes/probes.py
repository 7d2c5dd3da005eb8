"""`/livez`, `/readyz`, `/version` and `/metrics`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from graph.store.changes import revision
from service.answers import json_response, problems
from service.callers import CurrentCaller, OperationsAllowed, ServiceState
from service.examples import json_example
from service.metrics import REGISTRY

router = APIRouter(tags=["probes"])
READY_SECONDS = 2.0


class Alive(BaseModel):
    """That the process answers."""

    status: str = "ok"


class VersionAnswer(BaseModel):
    """What runs here."""

    version: str
    engine: str


_OPEN: dict[int | str, dict[str, Any]] = {k: v for k, v in problems().items() if k in (500, 503)}


@router.get(
    "/livez",
    summary="Tell whether the process lives",
    response_model=Alive,
    responses={500: _OPEN[500], 200: json_example({"status": "ok"})},
)
async def live() -> Response:
    """Answer; no engine is asked."""
    return json_response(Alive())


@router.get(
    "/readyz",
    summary="Tell whether a real query is answered",
    response_model=Alive,
    responses={**_OPEN, 200: json_example({"status": "ok"})},
)
async def ready(state: ServiceState) -> Response:
    """Answer after the engine did."""
    await state.client.read(revision, budget_seconds=READY_SECONDS)
    return json_response(Alive())


@router.get(
    "/version",
    summary="Tell what runs here",
    response_model=VersionAnswer,
    responses={**problems(), 200: json_example({"version": "0.1.0", "engine": "embedded"})},
)
async def read_version(state: ServiceState, _: CurrentCaller) -> Response:
    """Return the version of the service and the kind of its engine."""
    engine = "embedded" if state.client.engine.embedded else "server"
    return json_response(VersionAnswer(version=version("wholemap"), engine=engine))


@router.get(
    "/metrics",
    summary="Read the metrics",
    responses={
        **problems(),
        200: {
            "description": "Prometheus text",
            "content": {"text/plain": {"example": "wholemap_requests_total 1.0\n"}},
        },
    },
)
async def read_metrics(_: OperationsAllowed) -> Response:
    """Return counters and durations of requests, by route."""
    return Response(generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
