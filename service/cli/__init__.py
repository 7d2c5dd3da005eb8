"""The command line: `wholemap`."""

from __future__ import annotations

from service.cli.commands import main

__all__ = ["main"]
