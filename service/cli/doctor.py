"""`wholemap doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer

from service.cli.exits import ExitCode, Failed
from service.cli.options import Json, Key, Url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.settings import Elsewhere, Settings

_FREE_BYTES: Final = 1 << 30


class Finding(NamedTuple):
    """What was looked at, whether it is as it should be, and what was seen."""

    check: str
    ok: bool
    detail: str


def doctor(url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Check settings, folder, disk, service, engine and versions, a line each.

    Ends with status 1 where there is a problem. Where no service runs, one is started
    for the check and ended.
    """
    from service.cli.showing import say_json

    findings: list[Finding] = []
    for finding in _findings(url, key):
        findings.append(finding)
        if not as_json:
            mark = "ok     " if finding.ok else "problem"
            print(f"{mark}  {finding.check}: {finding.detail}", flush=True)
    if as_json:
        say_json([finding._asdict() for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(ExitCode.FAILED)


def _findings(url: str | None, key: str | None) -> Iterator[Finding]:
    from service.cli.speaking import settings_of
    from service.settings import Elsewhere, Settings

    try:
        settings = settings_of(Settings)
        elsewhere = settings_of(Elsewhere, url=url, key=key)
    except Failed as refusal:
        yield Finding("settings", False, "; ".join((refusal.message, *refusal.details)))
        return
    yield Finding("settings", True, _engine_said(settings))
    if elsewhere.url is None:
        yield _folder(settings.data_dir)
        yield _disk(settings.data_dir)
        yield _audit(settings)
    yield from _service(settings, elsewhere, url, key)


def _engine_said(settings: Settings) -> str:
    where = "embedded engine" if settings.bolt_uri is None else settings.bolt_uri
    return f"{where}, days as in {settings.timezone}"


def _folder(folder: Path) -> Finding:
    import os
    import stat

    said = f"{folder.absolute()}"
    if not folder.exists():
        parent = next(above for above in folder.absolute().parents if above.exists())
        usable = os.access(parent, os.W_OK | os.X_OK)
        return Finding("data folder", usable, f"{said} is made at the first start" if usable else
                       f"{said} cannot be made: {parent} may not be written")  # fmt: skip
    if not folder.is_dir():
        return Finding("data folder", False, f"{said} is no folder")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data folder", False, f"{said} may not be read and written (mode {mode:o})")
    if mode & 0o077:
        return Finding("data folder", False, f"{said} is open to others (mode {mode:o}, not 700)")
    return Finding("data folder", True, f"{said}, for its owner only")


def _disk(folder: Path) -> Finding:
    import shutil

    there = next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
    free = shutil.disk_usage(there).free
    return Finding("disk", free >= _FREE_BYTES, f"{free / (1 << 30):,.1f} GB free")


def _audit(settings: Settings) -> Finding:
    import stat

    from graph.audit.signing import Signer
    from graph.errors import CannotStart

    if settings.audit_key is None:
        return Finding("audit", True, "its heads are not signed: wholemap audit init makes a key")
    try:
        signer = Signer.of_file(settings.audit_key, settings.data_dir)
    except CannotStart as refusal:
        return Finding("audit", False, refusal.detail)
    mode = stat.S_IMODE(settings.audit_key.stat().st_mode)
    if mode & 0o077:
        return Finding("audit", False, f"{settings.audit_key} is open to others (mode {mode:o})")
    return Finding("audit", True, f"its heads are signed with the key {signer.fingerprint}")


def _service(
    settings: Settings, elsewhere: Elsewhere, url: str | None, key: str | None
) -> Iterator[Finding]:
    from service.cli.speaking import running_on, spoken_to

    try:
        own = elsewhere.url is None and running_on(settings) is None
        with spoken_to(url, key) as api:
            how = "none runs; one was started for this check" if own else f"runs at {api.url}"
            yield Finding("service", True, how)
            api.ask("GET", "/readyz")
            yield Finding("engine", True, "answers a query; schema verified at the start")
            yield _versions(api.ask("GET", "/version"))
    except Failed as refusal:
        yield Finding("service", False, "; ".join((refusal.message, *refusal.details)))


def _versions(told: dict[str, Any]) -> Finding:
    import platform
    from importlib.metadata import version

    own = version("wholemap")
    said = f"service {told['version']} on the {told['engine']} engine"
    if told["version"] != own:
        return Finding("versions", False, f"{said}, but this command line is {own}")
    return Finding("versions", True, f"{said}, Python {platform.python_version()}, "
                   f"neo4j driver {version('neo4j')}, arcadedb-embedded "
                   f"{version('arcadedb-embedded')}")  # fmt: skip
