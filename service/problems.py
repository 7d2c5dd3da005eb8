"""Every error as RFC 9457 problem+json: the one table from conditions to answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from graph import errors
from graph.strict_json import pointer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.types import Message, Receive, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 5

STATUS_OF: Final[Mapping[type[Exception], HTTPStatus]] = {
    errors.Unreadable: HTTPStatus.BAD_REQUEST,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Moved: HTTPStatus.PERMANENT_REDIRECT,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.VersionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    errors.Expired: HTTPStatus.GONE,
    errors.Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    errors.EngineUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotRecorded: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CannotStart: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The nearest class in a condition's own line of classes decides."""

_log = structlog.get_logger(__name__)


class NotAcceptable(errors.GraphError):
    """None of the media types asked for is to be had."""


class UnsupportedMediaType(errors.GraphError):
    """The body is of a media type that this operation does not read."""


_OF_HTTP: Final[Mapping[type[Exception], HTTPStatus]] = {
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    type_: str = "about:blank",
    faults: Sequence[errors.Fault] = (),
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """Return an error as problem+json."""
    body: dict[str, Any] = {
        "type": type_,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        **members,
    }
    if faults:
        body["errors"] = [{"pointer": f.pointer, "detail": f.detail} for f in faults]
    return Response(to_json(body), status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every condition, framework error and bug as problem+json."""
    app.add_exception_handler(errors.GraphError, _condition)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(Exception, _bug)


def told(scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a `send` that answers 413 as a problem as well.

    Starlette 1.10 puts plain text in the place of any answer to a body whose Content-Length is
    over the limit, outside of every handler and middleware.
    """
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            too_large = message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            if too_large and headers.get("Content-Type") != MEDIA_TYPE:
                replaced = True
                response = problem(Request(scope), message["status"], "the body is too large")
                await response(scope, receive, send)
        if not replaced:
            await send(message)

    return sending


def status_of(condition: errors.GraphError) -> HTTPStatus:
    """Return the status that a condition is answered with."""
    table = {**STATUS_OF, **_OF_HTTP}
    for kind in type(condition).__mro__:
        if kind in table:
            return table[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def name_of(condition: errors.GraphError) -> str:
    """Return a condition as a problem type; `docs/problems.md` has a heading for each."""
    return f"urn:wholemap:problem:{type(condition).__name__}"


async def _condition(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.GraphError):
        return await _bug(request, error)
    status = status_of(error)
    members: dict[str, object] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.Moved):
        headers["Location"] = _moved_to(request, error.new)
    if isinstance(error, errors.HasTies):
        members["ties"] = error.ties
    if isinstance(error, errors.Throttled):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="wholemap"'
    faults = error.faults if isinstance(error, errors.Invalid) else ()
    return problem(
        request,
        status,
        error.detail,
        type_=name_of(error),
        faults=faults,
        headers=headers,
        **members,
    )


def _moved_to(request: Request, new: str) -> str:
    """Return the same place of the record that stays."""
    template = _template(request)
    if "{id}" not in template:
        return f"/v1/nodes/{new}"
    path = template.format(**{**request.path_params, "id": new})
    return f"{path}?{request.url.query}" if request.url.query else path


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _bug(request, error)
    return problem(request, error.status_code, str(error.detail), headers=error.headers)


async def _invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        return await _bug(request, error)
    faults = [
        errors.Fault(pointer(*found["loc"]), str(found["msg"]).removeprefix("Value error, "))
        for found in error.errors()
    ]
    detail = "the request's parameters break a rule"
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, faults=faults)


async def _bug(request: Request, error: Exception) -> Response:
    _log.error("unexpected", path_template=_template(request), exc_info=error)
    detail = "the service failed; the failure is in its log"
    # The server closes the connection after a failure: the caller is told not to use it again.
    headers = {"Connection": "close"}
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail, headers=headers)


def _template(request: Request) -> str:
    route = request.scope.get("route")
    return getattr(route, "path", "")
