"""`wholemap import`."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final, Literal

import typer

from service.cli.exits import ExitCode, Failed, fault_lines
from service.cli.options import FormatName, Json, Key, RecordName, Url

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.cli.speaking import Api

MEDIA_TYPES: Final[dict[FormatName, str]] = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
_FORMAT_OF: Final[dict[str, FormatName]] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".csv": "csv",
}
_ROWS_SHOWN: Final = 20


def import_file(
    *,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for standard input.")],
    format_: Annotated[
        FormatName | None, typer.Option("--format", help="By the file's ending, if not said.")
    ] = None,
    what: Annotated[
        RecordName | None,
        typer.Option(help="What a CSV without a column `kind` or `type` holds."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For foreign CSV: which column becomes which field."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; write nothing.")] = False,
    on_error: Annotated[
        Literal["reject_all", "keep_good"],
        typer.Option(help="Whether one bad row keeps the others out."),
    ] = "reject_all",
    on_conflict: Annotated[
        Literal["report", "replace"],
        typer.Option(help="What happens to a record changed here since its last import."),
    ] = "report",
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Import nodes and ties from NDJSON or CSV (status 5 when rows failed)."""
    from service.cli.showing import progress, say_json
    from service.cli.speaking import spoken_to

    parameters = {
        "dry_run": dry_run,
        "on_error": on_error,
        "on_conflict": on_conflict,
        "what": what,
    }
    headers = {"Content-Type": MEDIA_TYPES[format_ or _format(file)]}
    if mapping is not None:
        headers["Wholemap-Mapping"] = json.dumps(_mapping(mapping))
    with ExitStack() as opened:
        content = opened.enter_context(_opened(file))
        api = opened.enter_context(spoken_to(url, key))
        job = api.ask(
            "POST",
            "/v1/imports",
            content=iter(lambda: content.read(1 << 16), b""),
            headers=headers,
            params={name: value for name, value in parameters.items() if value is not None},
        )
        with progress("Importing") as tell:
            job = imported(api, job, tell)
        failed = api.answer("GET", f"/v1/jobs/{job['id']}/errors").text.splitlines()
    rows = [json.loads(line) for line in failed]
    if as_json:
        say_json({"job": job, "failed": rows})
    else:
        _tell(job, rows, dry_run=dry_run)
    if job["failed_rows"]:
        raise typer.Exit(ExitCode.ROWS_FAILED)
    if job["state"] != "done":
        raise typer.Exit(ExitCode.FAILED)


def imported(
    api: Api, job: dict[str, Any], tell: Callable[[int, int | None], None]
) -> dict[str, Any]:
    """Wait for an import's end, telling how far it is; an interrupt cancels it."""
    try:
        for moved in api.follow(job):
            job = moved
            tell(job["done"], job["total"])
    except KeyboardInterrupt:
        job = api.ask("POST", f"/v1/jobs/{job['id']}/cancel")
        raise Failed(
            ExitCode.INTERRUPTED, f"cancelled; what was written by then stays ({job['done']} rows)"
        ) from None
    return job


def _tell(job: dict[str, Any], rows: list[dict[str, Any]], *, dry_run: bool) -> None:
    from service.cli.showing import say, say_table

    failed, done = job["failed_rows"], job["done"] - job["failed_rows"]
    if rows:
        header = ("Line", "Where", "What is wrong")
        say_table(header, [line for row in rows[:_ROWS_SHOWN] for line in _wrong(row)])
        if failed > _ROWS_SHOWN:
            say(f"... and {failed - _ROWS_SHOWN:,} more rows; --json shows them.")
        say()
    if job["state"] != "done":
        problem = job["problem"] or {"detail": f"the import was {job['state']}"}
        say(f"The import failed: {problem['detail']}.")
        for line in fault_lines(problem):
            say(f"  {line}")
    elif dry_run:
        say(f"{done:,} rows are good, {failed:,} are not. Nothing was written.")
    else:
        say(f"{done:,} rows imported, {failed:,} refused.")


def _wrong(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    faults = row["errors"] or [{"pointer": "", "detail": row["detail"]}]
    return [(str(row["line"]), fault["pointer"] or "-", fault["detail"]) for fault in faults]


def _format(file: str) -> FormatName:
    found = _FORMAT_OF.get(Path(file).suffix.lower())
    if found is None:
        raise Failed(ExitCode.USAGE, f"say --format ndjson or --format csv: {file} does not tell")
    return found


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    try:
        return nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb")
    except OSError as error:
        raise Failed(ExitCode.USAGE, f"cannot read {file}: {error.strerror}") from error


def _mapping(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failed(ExitCode.USAGE, f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise Failed(ExitCode.USAGE, f"{file} is not JSON: {error}") from error
