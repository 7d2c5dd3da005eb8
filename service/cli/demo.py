"""`wholemap demo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from threading import Event
    from types import FrameType

    from service.cli.speaking import Api


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when all is shown.")] = False,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; if not said, 8080 or, if it is taken, any."),
    ] = None,
) -> None:
    """Show Wholemap at work on an invented neighbourhood, and go on serving it until Ctrl-C.

    It runs on the embedded engine in a temporary folder, which is removed in the end: it never
    touches the data of WHOLEMAP_DATA_DIR or WHOLEMAP_BOLT_URI.
    """
    from time import monotonic

    began = monotonic()
    print("Wholemap shows itself on Larkfold, an invented neighbourhood: nobody in it is anybody.")
    print("\nStarting the service on the embedded engine, in a folder of its own ...", flush=True)

    import logging
    from pathlib import Path
    from tempfile import TemporaryDirectory

    import httpx

    from service.cli.demo_story import tell
    from service.cli.own_service import own_service
    from service.cli.showing import say
    from service.cli.speaking import Api, settings_of
    from service.log import log_as_json
    from service.settings import Settings

    log_as_json(logging.ERROR)
    told = settings_of(Settings, port=port)
    with TemporaryDirectory(prefix="wholemap-demo-", ignore_cleanup_errors=True) as folder:
        update = {
            "data_dir": Path(folder),
            "bolt_uri": None,
            "host": "127.0.0.1",
            "port": told.port if port is not None else _free(told.port),
        }
        with own_service(told.model_copy(update=update)) as (url, operator):
            headers = {"Authorization": f"Bearer {operator}"}
            with httpx.Client(
                base_url=url, headers=headers, timeout=120, trust_env=False
            ) as client:
                api = Api(client)
                question = tell(api)
                say()
                say(f"All this took {monotonic() - began:.0f} seconds.")
                if once:
                    say(
                        "Without --once it goes on serving, with the docs and a key for you to try."
                    )
                    return
                ended = _ending()
                _invite(api, question)
            ended.wait()
            say("The demo ends, and its folder is removed.")


def _invite(api: Api, question: tuple[str, str]) -> None:
    """Say where to go on: the docs, a key, and a request to paste."""
    import json

    from service.cli.showing import say

    made = api.ask("POST", "/v1/keys", json={"role": "coordinator", "system": "demo"})
    person, group = question
    body = json.dumps({"person": person, "group": group})
    say()
    say("It is yours to try, until Ctrl-C", "bold")
    say(f"  The API explains itself at {api.url}/docs")
    say(f"  A coordinator's key: {made['secret']}")
    say("  The first question above, to paste into another terminal:")
    print(
        f"\ncurl -s {api.url}/v1/connect \\\n"
        f"  -H 'Authorization: Bearer {made['secret']}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'\n",
        flush=True,
    )


def _free(wanted: int) -> int:
    """Return a port if nobody listens there, and otherwise 0, for any."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def _ending() -> Event:
    """Return what is set when SIGINT or SIGTERM has come."""
    import signal
    from threading import Event

    ended = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, end)
    return ended
