"""What every answer says to a browser, and what other sites' pages may ask."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Answers are data: they load nothing, run nothing, and stand in no frame.
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
# A report that is read as a page has its styles in it, and nothing else.
_PAGE_POLICY: Final = f"{_DATA_POLICY}; style-src 'unsafe-inline'; form-action 'none'"
_OF_ALL: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_OF_DATA: Final = ((b"content-security-policy", _DATA_POLICY.encode()), *_OF_ALL)
_OF_PAGES: Final = ((b"content-security-policy", _PAGE_POLICY.encode()), *_OF_ALL)
_OF_TLS: Final = ((b"strict-transport-security", b"max-age=31536000"),)
_ASKED: Final = (
    "Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Prefer", "Wholemap-Bookmark", "Wholemap-Mapping",
)  # fmt: skip
_SHOWN: Final = (
    "ETag", "Link", "Location", "Retry-After", "Wholemap-Bookmark", "Wholemap-Position",
    "WWW-Authenticate",
)  # fmt: skip


def docs_policy(page: bytes) -> str:
    """Return what the page of the API's documentation may load: our own, and its inline script.

    Swagger UI styles its elements inline and has icons in `data:` addresses.
    """
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"{_DATA_POLICY}; script-src 'self' {allowed}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'"
    )


def guarded(send: Send, *, behind_tls: bool) -> Send:
    """Return a `send` that adds what every answer says, where the answer does not say it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given: list[tuple[bytes, bytes]] = list(message["headers"])
            said = dict(given)
            page = said.get(b"content-type", b"").startswith(b"text/html")
            added = [*(_OF_PAGES if page else _OF_DATA), *(_OF_TLS if behind_tls else ())]
            message["headers"] = [*given, *(pair for pair in added if pair[0] not in said)]
        await send(message)

    return sending


class Origins(CORSMiddleware):
    """Lets the pages of named origins ask; a request of any other is answered as if without it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=_ASKED,
            expose_headers=_SHOWN,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        origin = Headers(scope=scope).get("Origin") if scope["type"] == "http" else None
        if origin is None or not self.is_allowed_origin(origin):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
