"""Counts and times of requests, by route: no path with an id in it leaves the service."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "wholemap_requests", "Requests answered", ("method", "route", "status"), registry=REGISTRY
)
_SECONDS: Final = Histogram(
    "wholemap_request_seconds", "Time to the end of an answer", ("route",), registry=REGISTRY
)
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_log = structlog.get_logger("service.access")


class Measured:
    """ASGI middleware that counts, times and logs every request by its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            _REQUESTS.labels(method, route, status).inc()
            _SECONDS.labels(route).observe(seconds)
            ms = round(seconds * 1000, 1)
            trail = scope.get("state", {}).get("trail")
            told = {} if trail is None else {"request": trail.request}
            _log.info("request", method=method, route=route, status=status, ms=ms, **told)
