"""The data folder: who uses it, its secret, and what of it is on the disk."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
import time
from pathlib import Path

from graph.errors import EngineUnavailable, FolderInUse

_POLL_SECONDS = 0.02
_ENGINE = "engine"
_OLD = "engine.old"
_PASSWORD = "engine.password"  # noqa: S105 - the name of its file
_FRESH = "compacting"
_ENDING_SECONDS = 60.0


def claim(folder: Path) -> int:
    """Make the folder this process's own, creating it if need be.

    Returns
    -------
    int
        A file descriptor: closing it, or the end of this process, gives the folder back. Children
        do not inherit it.

    Raises
    ------
    FolderInUse
        At once, when another live process has it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    descriptor = _open(folder / "service.lock")
    if not _lock(descriptor):
        os.close(descriptor)
        raise FolderInUse(f"another service is running on the data folder {folder}")
    return descriptor


def await_engine_lock(folder: Path, seconds: float, stopping: threading.Event) -> int:
    """Return the lock that an engine inherits, once no other engine holds it.

    An engine whose service was killed is still closing its files: it is waited for. Blocks.

    Returns
    -------
    int
        A file descriptor for the engine to inherit; to be closed here as soon as it has.

    Raises
    ------
    EngineUnavailable
        When an engine still lives after `seconds`, or `stopping` is set meanwhile.
    """
    descriptor = _open(folder / "engine.lock")
    deadline = time.monotonic() + seconds
    while not _lock(descriptor):
        if time.monotonic() > deadline or stopping.wait(_POLL_SECONDS):
            os.close(descriptor)
            raise EngineUnavailable(f"an earlier engine still runs on the data folder {folder}")
    return descriptor


def password_file(folder: Path) -> Path:
    """Return the file with the engine's password, which is made up at the first call.

    It appears whole or not at all: the engine takes the password at its first start only, so one
    that was cut short by a crash would lock the data away.
    """
    file = folder / _PASSWORD
    if not file.exists():
        draft = folder / "engine.password.draft"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as text:
            text.write(secrets.token_urlsafe(32))
        make_durable(folder)
        draft.rename(file)
        _sync(folder)
    return file


def fresh_folder(folder: Path) -> Path:
    """Return an empty folder beside the engine's files, for a fresh engine with its password."""
    fresh = folder / _FRESH
    fresh.mkdir(mode=0o700)
    draft = fresh / f"{_PASSWORD}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as text:
        text.write(password_file(folder).read_text(encoding="ascii"))
    draft.rename(fresh / _PASSWORD)
    return fresh


def swap(folder: Path) -> None:
    """Put the fresh engine's files in the place of the old ones, and delete those.

    Both engines have ended. Cut short at any moment, `settle` undoes or finishes it.
    """
    fresh = folder / _FRESH / _ENGINE
    make_durable(fresh)
    (folder / _ENGINE).rename(folder / _OLD)
    _sync(folder)
    fresh.rename(folder / _ENGINE)
    _sync(folder)
    settle(folder)


def settle(folder: Path) -> None:
    """Undo a swap that had not come to its end, and remove what one has left.

    The old files stand in their place or aside until the fresh ones stand in it.

    Raises
    ------
    EngineUnavailable
        When an engine that a killed process left on the fresh files does not end.
    """
    if (folder / _OLD).exists() and not (folder / _ENGINE).exists():
        (folder / _OLD).rename(folder / _ENGINE)
    if (folder / _FRESH).exists():
        os.close(await_engine_lock(folder / _FRESH, _ENDING_SECONDS, threading.Event()))
    for left in (folder / _OLD, folder / _FRESH):
        if left.exists():
            shutil.rmtree(left)
    _sync(folder)


def make_durable(folder: Path) -> None:
    """Force everything in and below the folder to the disk.

    Notes
    -----
    ArcadeDB 26.10.2 forces data to the disk but not a change of its schema: a power cut loses a
    constraint unless this follows it. A file that the engine removes meanwhile needs no forcing.
    About 4 ms.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def _open(lock: Path) -> int:
    return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
