"""`wholemap audit init` and `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.exits import ExitCode, Failed
from service.cli.options import Json, Key, Url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from graph.audit.signing import Head
    from graph.audit.verifying import Verification

audit = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@audit.callback()
def about() -> None:
    """Make the key that signs the audit, and verify the audit."""


@audit.command("init")
def init(
    path: Annotated[Path, typer.Argument(help="Where the private key goes: not into the data.")],
) -> None:
    """Make the key that signs the heads of the audit, for its owner only, and PATH.pub beside it.

    WHOLEMAP_AUDIT_KEY tells a service its path.
    """
    from graph.audit.signing import is_within, make_key
    from service.cli.speaking import settings_of
    from service.settings import Settings

    folder = settings_of(Settings).data_dir
    if is_within(path, folder):
        said = f"{path} lies in the data folder {folder}"
        why = "whoever can change the audit there could sign it anew: keep the key elsewhere"
        raise Failed(ExitCode.USAGE, said, [why])
    try:
        public = make_key(path)
    except OSError as error:
        raise Failed(ExitCode.FAILED, f"{path} cannot be made: {error.strerror}") from error
    print(f"WHOLEMAP_AUDIT_KEY={path.absolute()}")
    print(f"The public key is {public.absolute()}: give it to whoever verifies the audit.")


@audit.command("verify")
def verify(
    *,
    public_key: Annotated[
        Path | None,
        typer.Option("--public-key", help="Verify the signatures with this key as well."),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(help="Heads fetched from /v1/audit/heads earlier, a JSON object a line."),
    ] = None,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Do not ask the engine what it has written.")
    ] = False,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Verify the audit of the data folder; status 1 where something is wrong with it.

    The first entry that was changed, removed, reordered or cut off is named.
    """
    from graph.audit.verifying import verify as verify_files
    from service.cli.showing import say_json
    from service.cli.speaking import settings_of
    from service.settings import AUDIT_FOLDER, Settings

    folder = settings_of(Settings).data_dir / AUDIT_FOLDER
    if not folder.is_dir():
        raise Failed(ExitCode.NOT_FOUND, f"there is no audit in {folder}")
    # The files first: a service that is started to be asked about its engine adds to them.
    found = verify_files(folder, key=_public_key(public_key), kept_heads=_kept_heads(heads))
    unchained = [] if files_only else _unchained(url, key)
    if as_json:
        findings = [finding._asdict() for finding in found.findings]
        say_json({**_counts(found), "findings": findings, "unchained": unchained})
    else:
        _say(found, unchained)
    if found.findings or unchained:
        raise typer.Exit(ExitCode.FAILED)


def _public_key(file: Path | None) -> Ed25519PublicKey | None:
    from graph.audit.signing import public_key
    from graph.errors import Invalid

    if file is None:
        return None
    try:
        return public_key(file.read_bytes())
    except OSError as error:
        raise Failed(ExitCode.USAGE, f"{file} cannot be read: {error.strerror}") from error
    except Invalid as error:
        raise Failed(ExitCode.USAGE, f"{file}: {error.detail}") from error


def _kept_heads(file: Path | None) -> list[Head]:
    from graph.audit.signing import Head

    if file is None:
        return []
    try:
        return [Head.parsed(raw) for raw in file.read_bytes().splitlines()]
    except OSError as error:
        raise Failed(ExitCode.USAGE, f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Failed(ExitCode.USAGE, f"{file}: a line is no head") from error


def _unchained(url: str | None, key: str | None) -> list[dict[str, Any]]:
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        return api.ask("GET", "/v1/audit/unchained")["items"]


def _counts(found: Verification) -> dict[str, int]:
    return {
        "chains": found.chains,
        "entries": found.entries,
        "dropped": found.dropped,
        "heads": found.heads,
        "unsigned_heads": found.unsigned_heads,
        "unfinished": found.unfinished,
    }


def _say(found: Verification, unchained: list[dict[str, Any]]) -> None:
    from service.cli.showing import say

    say(f"{found.chains} chains, {found.entries} entries, {found.heads} heads.")
    if found.dropped:
        say(f"{found.dropped} entries are gone because their time was over; their hashes are kept.")
    if found.unsigned_heads:
        say(f"{found.unsigned_heads} heads are not signed: wholemap audit init makes a key.")
    for number, finding in enumerate(found.findings):
        first = "First" if number == 0 else "Also"
        place = f"entry {finding.sequence} of chain {finding.chain}"
        say(f"{first}: {finding.what}: {place}: {finding.detail}.")
    for write in unchained:
        how = "and a chain says otherwise" if write["is_changed"] else "and no chain does"
        say(f"The engine holds the audit {write['id']} of a write at {write['at']}, {how}.")
    if not found.findings and not unchained:
        say("Nothing was changed, removed, reordered or cut off.")
