"""`wholemap serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.exits import ExitCode
from service.cli.options import Json


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; or WHOLEMAP_HOST.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 for any; or WHOLEMAP_PORT.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the service until it is ended (SIGTERM or Ctrl-C; status 0).

    Its log goes to standard error, a JSON object a line.
    """
    from service.cli.speaking import settings_of
    from service.settings import Settings

    settings = settings_of(Settings, host=host, port=port)

    import asyncio
    import json

    from graph.errors import GraphError
    from service.cli.own_service import not_started
    from service.log import log_as_json
    from service.serving import serve as serve_until_ended

    log_as_json()

    def ready(url: str) -> None:
        said = f"Wholemap listens at {url} and explains itself at {url}/docs"
        print(json.dumps({"url": url}) if as_json else said, flush=True)

    try:
        asyncio.run(serve_until_ended(settings, ready))
    except GraphError as refusal:
        raise not_started(settings, refusal) from refusal
    raise typer.Exit(ExitCode.OK)
