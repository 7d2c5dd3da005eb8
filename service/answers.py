"""Answers: one record with its tag, a media type the caller takes, and what the docs say."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response

from service.callers import note_bookmarks
from service.preconditions import entity_tag, not_modified
from service.problems import MEDIA_TYPE, NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from service.state import State

PRIVATE: Final = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Accept, Wholemap-Purpose",
}
_ALWAYS: Final = (400, 401, 403, 406, 422, 429, 500, 503)


def record_response(
    request: Request,
    record: BaseModel,
    *,
    status: int = HTTPStatus.OK,
    location: str | None = None,
) -> Response:
    """Return one record, or 304 where the caller has this very view of it."""
    body = record.model_dump_json().encode()
    tag = entity_tag(getattr(record, "version", None), body)
    headers = {"ETag": tag, **PRIVATE}
    if location is not None:
        headers["Location"] = location
    if request.method == "GET" and not_modified(request.headers.get("If-None-Match"), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, status, headers, "application/json")


def written_response(
    request: Request,
    state: State,
    record: BaseModel,
    bookmarks: tuple[str, ...],
    *,
    created: bool,
    location: str | None = None,
) -> Response:
    """Return one record as a write left it."""
    status = HTTPStatus.CREATED if created else HTTPStatus.OK
    response = record_response(request, record, status=status, location=location)
    note_bookmarks(state, response, bookmarks)
    return response


def deleted_response(state: State, bookmarks: tuple[str, ...]) -> Response:
    """Return that a record is gone."""
    response = Response(status_code=HTTPStatus.NO_CONTENT, headers=PRIVATE)
    note_bookmarks(state, response, bookmarks)
    return response


def json_response(
    answer: BaseModel, *, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    """Return an answer that is no record."""
    body = answer.model_dump_json().encode()
    return Response(body, status, {**PRIVATE, **(headers or {})}, "application/json")


def written_answer(
    state: State,
    answer: BaseModel,
    bookmarks: tuple[str, ...],
    *,
    status: int = HTTPStatus.OK,
    location: str | None = None,
) -> Response:
    """Return what a write made that is no record."""
    headers = None if location is None else {"Location": location}
    response = json_response(answer, status=status, headers=headers)
    note_bookmarks(state, response, bookmarks)
    return response


def accepted(request: Request, offered: Sequence[str]) -> str:
    """Return the media type of those offered that the caller likes best.

    Raises
    ------
    NotAcceptable
        When the caller takes none of them.
    """
    header = request.headers.get("Accept", "*/*")
    ranked: list[tuple[float, int, str]] = []
    for place, offer in enumerate(offered):
        qualities = [
            (len(asked.replace("*", "")), quality)
            for asked, quality in _asked(header)
            if _covers(asked, offer)
        ]
        if qualities and (quality := max(qualities)[1]) > 0:
            ranked.append((-quality, place, offer))
    if not ranked:
        raise NotAcceptable(f"this is to be had as {' or '.join(offered)}")
    return min(ranked)[2]


async def takes_json(request: Request) -> None:
    """Refuse a caller that takes no JSON; as a dependency of whole routers."""
    accepted(request, ("application/json",))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the docs say of an operation's errors: those given, and those of every one."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": {
                        "type": "about:blank",
                        "title": HTTPStatus(status).phrase,
                        "status": status,
                        "detail": "What was wrong, for a person to read",
                        "instance": "/v1/...",
                    },
                }
            },
        }
        for status in sorted({*_ALWAYS, *statuses})
    }


def _asked(header: str) -> list[tuple[str, float]]:
    asked: list[tuple[str, float]] = []
    for part in header.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        asked.append((name.lower(), quality))
    return asked


def _covers(asked: str, offer: str) -> bool:
    return asked in ("*/*", offer, offer.partition("/")[0] + "/*")
