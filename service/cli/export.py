"""`wholemap export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.exits import ExitCode, Failed
from service.cli.options import FormatName, Json, Key, ReasonWord, RecordName, Url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Tell = Callable[[int, int | None], None]


def export(
    *,
    format_: Annotated[
        FormatName, typer.Option("--format", help="A CSV is of one kind.")
    ] = "ndjson",
    what: Annotated[
        RecordName | None, typer.Option(help="One kind of node or type of tie, or everything.")
    ] = None,
    reason: Annotated[
        ReasonWord | None,
        typer.Option(help="Why people are named; without it they have pseudonyms."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="A file, or standard output."),
    ] = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Write the network to a file; with a reason, to one that can be imported again."""
    import sys

    from service.cli.showing import note, progress, say, say_json
    from service.cli.speaking import spoken_to

    if as_json and output is None:
        raise Failed(ExitCode.USAGE, "--json tells about the file: say --output too")
    asked: dict[str, str] = {"format": format_} | ({"what": what} if what else {})
    headers: dict[str, str] = {}
    if reason is not None:
        asked["identity"], headers["Wholemap-Reason"] = "identified", reason
    with (
        spoken_to(url, key) as api,
        api.stream("GET", "/v1/exports", params=asked, headers=headers) as answer,
    ):
        if "Wholemap-Warning" in answer.headers:
            note(f"Warning: {answer.headers['Wholemap-Warning']}.")
        position = answer.headers["Wholemap-Position"]
        if output is None:
            for chunk in answer.iter_bytes():
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        with progress("Exporting bytes") as tell:
            size = written(output, answer.iter_bytes(), tell)
    if as_json:
        say_json({"file": str(output), "bytes": size, "position": position})
    else:
        say(f"{size:,} bytes written to {output}, as of position {position} of the changes.")


def written(file: Path, chunks: Iterable[bytes], tell: Tell | None = None) -> int:
    """Write a file that others may not read, whole or not at all, and return its size.

    Raises
    ------
    Failed
        When it cannot be written.
    """
    import os

    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    size = 0
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                for chunk in chunks:
                    size += opened.write(chunk)
                    if tell is not None:
                        tell(size, None)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Failed(ExitCode.FAILED, f"cannot write {file}: {error.strerror}") from error
    return size
