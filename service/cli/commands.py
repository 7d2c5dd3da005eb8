"""The commands, and how they end.

A command loads what it needs when it runs: so `wholemap --help` is fast.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import typer

from service.cli.audit import audit
from service.cli.compact import compact
from service.cli.connect import connect
from service.cli.demo import demo
from service.cli.doctor import doctor
from service.cli.exits import ExitCode, Failed
from service.cli.explain import explain
from service.cli.export import export
from service.cli.import_file import import_file
from service.cli.keys import keys
from service.cli.report import report
from service.cli.retention import retention
from service.cli.schedules import schedules
from service.cli.serve import serve

if TYPE_CHECKING:
    from types import FrameType

# Without its boxes, help is drawn twice as fast and can be searched.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(demo)
app.command("import")(import_file)
app.command()(export)
app.command()(connect)
app.command()(report)
app.add_typer(schedules, name="schedule")
app.command()(explain)
app.add_typer(keys, name="key")
app.add_typer(audit, name="audit")
app.command()(doctor)
app.command()(compact)
app.add_typer(retention, name="retention")


@app.callback()
def about() -> None:
    """Keep a community's network, ask it and report on it.

    Commands speak to the service that runs on the data folder (WHOLEMAP_DATA_DIR), or to the one
    at --url, or open the data folder by themselves.
    """


def main() -> None:
    """Run the command line; a failure is a line on standard error and a status."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except Failed as failure:
        lines = (f"wholemap: {failure.message}", *(f"  {line}" for line in failure.details))
        print("\n".join(lines), file=sys.stderr)
        sys.exit(failure.code)
    except BrokenPipeError:
        # Whoever read the answer has had enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILED)


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    # A service of this process is closed on the way out.
    raise SystemExit(ExitCode.TERMINATED)
