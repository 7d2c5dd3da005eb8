"""What the audit keeps of each request, and no answer before it is kept.

It stands around every route: a route that is new is audited by its method and path, as all are.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from pydantic_core import from_json
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request

from graph.audit.trail import Trail
from graph.consents import Consent
from graph.errors import NotRecorded
from graph.nodes import MODEL_OF, Area
from graph.store.consent_writes import Override
from graph.ties import TIE_MODEL_OF
from service.problems import name_of, problem, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from graph.audit.entries import Class
    from graph.audit.journal import Journal
    from graph.policy import Caller, Purpose

REQUEST_HEADER: Final = "Wholemap-Request"
"""Says in each answer which request of the audit it was."""

_ANSWERED_TO_ALL: Final = frozenset({"", "docs", "openapi.json", "livez", "readyz"})
_QUESTIONS: Final = frozenset({"POST /v1/nodes/get", "POST /v1/search", "POST /v1/connect"})
_DIRECTORY: Final = frozenset(
    {"people", "associations", "agencies", "assets", "nodes", "areas", "ties", "search"}
)
_PURPOSES: Final[dict[str, Purpose]] = {
    "connect": "introductions",
    "imports": "record",
    "clearances": "record",
    "corrections": "record",
    "duplicates": "record",
    "merges": "record",
    "same-as": "record",
    "notices": "record",
    "exports": "sharing",
    "changes": "sharing",
    "reports": "analysis",
    "schedules": "analysis",
    "keys": "keys",
    "audit": "audit",
    "metrics": "operations",
    "retention": "operations",
}
_CLASSES: Final[dict[str, Class]] = {
    "exports": "export",
    "reports": "report",
    "schedules": "report",
    "keys": "key",
    "audit": "audit",
}
_BUNDLE: Final = "POST /v1/people/{id}/access-bundle"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIELDS: Final = frozenset(
    name
    for model in (*MODEL_OF.values(), *TIE_MODEL_OF.values(), Area, Consent, Override)
    for name in model.model_fields
)
_NAMES_OF_IDS: Final = (
    "id",
    "node",
    "source",
    "target",
    "from",
    "to",
    "person",
    "group",
    "ids",
    "record",
    "same_as",
    "records",
    "survivor",
    "merged",
)
_HOLDERS: Final = ("items", "nodes", "ties", "connectors", "routes", "route", "steps")


def class_of(operation: str) -> Class:
    """Return what a route's entries are of."""
    method, _, path = operation.partition(" ")
    found = _CLASSES.get(_resource(path))
    if found is not None:
        return found
    if operation == _BUNDLE:
        return "export"
    return "read" if method == "GET" or operation in _QUESTIONS else "write"


def purpose_of(operation: str) -> Purpose | None:
    """Return what a route is for; jobs are for whatever their work is."""
    resource = _resource(operation.partition(" ")[2])
    if resource in _DIRECTORY:
        of_one = operation.endswith("}") or "/people/{id}/" in operation
        return "record" if of_one or class_of(operation) == "write" else "directory"
    return _PURPOSES.get(resource)


def trail_of(request: Request) -> Trail | None:
    """Return what the audit will keep of a request; none where the application has no audit."""
    return getattr(request.state, "trail", None)


def note_caller(request: Request, caller: Caller) -> None:
    """Say who asks."""
    if (trail := trail_of(request)) is not None:
        trail.key, trail.role, trail.organisation = caller.key, caller.role, caller.organisation
        _note_operation(trail, request.scope)


def note_purpose(request: Request, purpose: Purpose) -> None:
    """Say for which purpose the request is answered, where that is not the route's own."""
    if (trail := trail_of(request)) is not None:
        trail.purpose = purpose


def note_reason(request: Request, reason: str) -> None:
    """Say why people are named: a word of a list."""
    if (trail := trail_of(request)) is not None:
        trail.reason = reason


def note_fields(request: Request, fields: Mapping[str, Any], known: Iterable[str] = ()) -> None:
    """Say which fields were given; a name that no model has may be anybody's, and is left out.

    Parameters
    ----------
    known
        Names of fields beside those of the records.
    """
    if (trail := trail_of(request)) is not None:
        trail.fields = tuple(sorted(fields.keys() & {*_FIELDS, *known}))
        asked = [fields[name] for name in _NAMES_OF_IDS if name in fields]
        trail.asked = tuple(_uuids(asked))


class Audited:
    """ASGI middleware that holds every answer back until the audit has it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or _first_part(scope["path"]) in _ANSWERED_TO_ALL:
            await self._app(scope, receive, send)
            return
        journal: Journal = scope["state"]["service"].journal
        trail = Trail(journal, uuid4().hex)
        scope["state"]["trail"] = trail
        held = _Held(scope, receive, send, trail)
        try:
            with journal.answering():
                await self._app(scope, receive, held.message)
        except Exception:
            if not held.released:
                await held.failed()
            raise


class _Held:
    """One answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, trail: Trail) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._trail = trail
        self._start: Message = {}
        self._body: list[Message] = []
        self.released = False
        self._refused = False

    async def message(self, message: Message) -> None:
        """Take a part of the answer; send it on once there is an entry for it."""
        if self._refused:
            return
        if self.released:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
            MutableHeaders(scope=message)[REQUEST_HEADER] = self._trail.request
            if not self._says_whom():
                await self._release(())
        else:
            self._body.append(message)
            if not message.get("more_body", False):
                body = b"".join(part.get("body", b"") for part in self._body)
                await self._release(_ids(from_json(body)) if body else ())

    async def failed(self) -> None:
        """Keep that the service failed; the answer is made elsewhere."""
        self._start = {"status": HTTPStatus.INTERNAL_SERVER_ERROR}
        await self._record(())

    def _says_whom(self) -> bool:
        """Tell whether the answer is one whose people are named in its entry."""
        _note_operation(self._trail, self._scope)
        media_type = Headers(raw=self._start["headers"]).get("Content-Type", "")
        return (
            self._start["status"] < HTTPStatus.BAD_REQUEST
            and media_type == "application/json"
            and self._trail.class_ == "read"
            and self._trail.purpose is not None
        )

    async def _release(self, ids: Iterable[str]) -> None:
        try:
            await self._record(ids)
        except NotRecorded as refusal:
            self._refused = True
            request = Request(self._scope)
            status = status_of(refusal)
            response = problem(request, status, refusal.detail, type_=name_of(refusal))
            await response(self._scope, self._receive, self._send)
            return
        self.released = True
        for message in (self._start, *self._body):
            await self._send(message)

    async def _record(self, ids: Iterable[str]) -> None:
        status: int = self._start["status"]
        refused = status >= HTTPStatus.BAD_REQUEST
        if self._trail.kept and not refused:
            return
        if not self._trail.operation:
            # No route: nothing of anybody's was asked for.
            return
        named = [*_ids_of_path(self._scope, known=not refused), *self._trail.asked, *ids]
        if self._trail.class_ == "read" and not refused and not _is_of_people(self._trail, named):
            return
        class_: Class = "refusal" if refused else self._trail.class_
        await self._trail.journal.append([self._trail.entry(status, named, class_=class_)])


def _is_of_people(trail: Trail, named: list[str]) -> bool:
    """Tell whether a read may have shown a person: their ids are UUIDs."""
    path = trail.operation.partition(" ")[2]
    if path == "/v1/jobs/{id}/errors":
        return True
    about_work = _resource(path) in {"jobs", "areas"}
    return _resource(path) == "people" or (
        not about_work and any(_UUID.fullmatch(name) for name in named)
    )


def _note_operation(trail: Trail, scope: Scope) -> None:
    template = getattr(scope.get("route"), "path", None)
    if template is not None and not trail.operation:
        trail.operation = f"{scope['method']} {template}"
        trail.class_ = class_of(trail.operation)
        trail.purpose = purpose_of(trail.operation)


def _resource(path: str) -> str:
    return _first_part(path.removeprefix("/v1"))


def _first_part(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _ids_of_path(scope: Scope, *, known: bool) -> Iterator[str]:
    """Yield the ids in a path: a text that no record is known by may be anything, and is not."""
    for name, value in scope.get("path_params", {}).items():
        if _UUID.fullmatch(str(value)) or (known and name == "id"):
            yield str(value)


def _uuids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _UUID.fullmatch(value):
            yield value
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _uuids(part)


def _ids(value: Any) -> Iterator[str]:
    """Yield the ids of people in an answer: of a record that is no person's only those it names.

    A foreign id stands in an object, which is not looked into.
    """
    if isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _ids(part)
    elif isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        for name in _NAMES_OF_IDS:
            if name in record and not (name == "id" and record.get("kind") != "person"):
                yield from _uuids(record[name])
        for name in _HOLDERS:
            if name in record:
                yield from _ids(record[name])
