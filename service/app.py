"""The service: what it is made of, and how it opens and closes."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypedDict

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

from graph.audit.journal import Journal
from graph.audit.signing import Signer
from graph.errors import EngineUnavailable
from graph.nodes import KINDS
from graph.store.audits import chain_what_was_left, settle
from graph.store.keys import check_somebody_may_call, digest, new_secret
from graph.store.live_network import LiveNetwork
from graph.store.opening import open_store
from graph.store.positions import positions_of
from service import openapi, problems
from service.answering import Answering
from service.auditing import Audited
from service.authentication import Authentication
from service.failures import Failures
from service.housekeeper import kept_tidy
from service.jobs import Jobs
from service.metrics import Measured
from service.reporting import Budgets
from service.routes import (
    access,
    areas,
    audit,
    changes,
    clearances,
    connect,
    consents,
    corrections,
    duplicates,
    erasure,
    exports,
    glossary,
    imports,
    jobs,
    keys,
    network,
    notices,
    probes,
    reports,
    retention,
    same_as,
    schedules,
    search,
    ties,
)
from service.routes.nodes import node_routes
from service.scheduling import kept_on_time
from service.settings import AUDIT_FOLDER, OPERATOR_KEY_FILE
from service.signing_keys import SigningKeys
from service.state import State, today
from service.tokens import Claims, Tokens, own_names
from service.transport import Origins, docs_policy, guarded

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from graph.store.client import Client
    from service.settings import Settings

_STATIC_HEADERS: Final = {"Cache-Control": "public, max-age=3600"}
_STATIC: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


class Wholemap(FastAPI):
    """The application; what holds for every answer is said here, outside of all middleware."""

    behind_tls: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request."""
        send = guarded(send, behind_tls=self.behind_tls)
        await super().__call__(scope, receive, problems.told(scope, receive, send))


class Lifespan(TypedDict):
    """What every request finds in its state."""

    service: State


def create_app(settings: Settings, *, open_to_others: bool = False) -> FastAPI:
    """Return the service for some settings; it opens its store when it starts.

    Parameters
    ----------
    settings
        Of the service.
    open_to_others
        It is reached from other machines: without anybody who could call, it does not start.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[Lifespan]:
        folder = settings.data_dir
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        async with (
            open_store(settings.engine, folder, budget_seconds=settings.budget_seconds) as client,
            audited(settings, client) as journal,
        ):
            live = LiveNetwork(client)
            answering = Answering(
                client,
                live,
                budgets=Budgets(settings.report_seconds, settings.report_megabytes),
                folder=folder,
                smallest_count=settings.smallest_count,
                today=lambda: today(settings),
            )
            work = Jobs(
                client,
                answering,
                journal,
                folder / "spool",
                most_waiting=settings.waiting_jobs,
                reports_at_once=settings.reports_at_once,
                today=lambda: today(settings),
            )
            if open_to_others and settings.oidc_issuer is None:
                await check_somebody_may_call(client, datetime.now(UTC))
            secret = write_operator_key(folder)
            authentication = Authentication(
                client,
                digest(secret),
                tokens_of(settings, client),
                Failures(settings.failures_of_key, settings.failures_of_address),
            )
            positions = await positions_of(client)
            await work.start()
            try:
                async with (
                    kept_tidy(client, journal, settings),
                    kept_on_time(client, work, journal, settings),
                    authentication.uses.kept(client),
                ):
                    state = State(settings, client, live, work, authentication, journal, positions)
                    yield {"service": state}
            finally:
                await work.stop()

    app = Wholemap(
        title="Wholemap",
        version=version("wholemap"),
        summary="A whole community as one graph, and who could connect whom",
        description="People, associations, agencies and assets are nodes; what they offer, want, "
        "connect to and trust are ties. Every error is `application/problem+json`.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=settings.body_bytes,
    )
    app.add_middleware(Audited)
    app.behind_tls = settings.behind_tls
    app.add_middleware(Measured)
    if settings.cors_origins:
        app.add_middleware(Origins, origins=settings.cors_origins)
    problems.install(app)
    # A router that is included is asked twice for each request whether it has the path.
    for kind in KINDS:
        app.router.routes.extend(node_routes(kind).routes)
    for room in (
        access, erasure, network, areas, ties, consents, corrections, clearances, duplicates,
        same_as, search, connect, imports, exports, reports, schedules, glossary, changes, notices,
        jobs, keys, audit, retention, probes,
    ):  # fmt: skip
        app.router.routes.extend(room.router.routes)
    app.openapi = lambda: openapi.document(app)
    _serve_docs(app)
    return app


def tokens_of(settings: Settings, client: Client) -> Tokens | None:
    """Return the tokens of the identity provider of the settings, if they name one."""
    issuer, audience, source = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks
    if issuer is None or audience is None or source is None:
        return None
    keys = SigningKeys(
        source,
        kept_seconds=settings.oidc_kept_seconds,
        pause_seconds=settings.oidc_pause_seconds,
    )
    claims = Claims(
        issuer=issuer,
        audience=audience,
        algorithms=settings.oidc_algorithms,
        leeway_seconds=settings.oidc_leeway_seconds,
        role=settings.oidc_role_claim,
        organisation=settings.oidc_organisation_claim,
        person=settings.oidc_person_claim,
        roles=settings.oidc_roles or own_names(),
    )
    return Tokens(client, keys, claims)


@asynccontextmanager
async def audited(settings: Settings, client: Client) -> AsyncGenerator[Journal]:
    """Open the journal of this process, and chain what one that was killed had not chained.

    Raises
    ------
    CannotStart
        When the journal cannot be written, or its key not be read.
    """
    folder = settings.data_dir
    signer = None
    if settings.audit_key is not None:
        signer = await asyncio.to_thread(Signer.of_file, settings.audit_key, folder)
    async with Journal(folder / AUDIT_FOLDER, signer) as journal:
        await chain_what_was_left(client, journal)
        yield journal
        with suppress(EngineUnavailable):
            await settle(client, journal)


def write_operator_key(folder: Path) -> str:
    """Write a fresh secret for whoever may read the data folder, and return it.

    The command line finds it there; it ends with the service.
    """
    secret = new_secret()
    file = folder / OPERATOR_KEY_FILE
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secret)
    return secret


def _serve_docs(app: FastAPI) -> None:
    """Serve the API's documentation and its scripts from this machine."""
    resources = files("fastapi_swagger.resources")

    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Wholemap: the API",
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url="/docs/favicon-32x32.png",
    )
    page.headers["Content-Security-Policy"] = docs_policy(bytes(page.body))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return page

    for name, media_type in _STATIC.items():
        content = resources.joinpath(name).read_bytes()

        @app.get(f"/docs/{name}", include_in_schema=False)
        async def static(content: bytes = content, media_type: str = media_type) -> Response:
            return Response(content, headers=_STATIC_HEADERS, media_type=media_type)
