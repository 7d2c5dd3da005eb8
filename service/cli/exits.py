"""How a command ends: the statuses that scripts can use, and a failure in one line."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ExitCode(IntEnum):
    """The status of an ended command; each has its line in `docs/cli.md`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_SERVICE = 3
    NOT_FOUND = 4
    ROWS_FAILED = 5
    DENIED = 6
    INTERRUPTED = 130
    TERMINATED = 143


_OF_STATUS: Final = {
    400: ExitCode.USAGE,
    401: ExitCode.DENIED,
    403: ExitCode.DENIED,
    404: ExitCode.NOT_FOUND,
    422: ExitCode.USAGE,
    503: ExitCode.NO_SERVICE,
}


class Failed(Exception):
    """The command cannot do what was asked.

    Parameters
    ----------
    code
        The status that it ends with.
    message
        One line, for a person to read.
    details
        Further lines.
    """

    def __init__(self, code: ExitCode, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = tuple(details)


def fault_lines(problem: Mapping[str, Any]) -> list[str]:
    """Return what a problem of the API names as wrong, a line each."""
    return [f"{fault['pointer'] or '/'}: {fault['detail']}" for fault in problem.get("errors", ())]


def code_of_status(status: int) -> ExitCode:
    """Return how a command ends whose request was refused with an HTTP status."""
    return _OF_STATUS.get(status, ExitCode.FAILED)
