"""The backups that somebody else keeps, as far as the settings say where and for how long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from service.settings import Settings


class Backup(NamedTuple):
    """A file or folder that holds the network as it was, and the day on which it expires."""

    name: str
    expires_on: date


def kept_backups(settings: Settings) -> list[Backup]:
    """Return what lies in the folder of backups, by name; nothing where no folder is set.

    A backup expires so many days after it was written. One that is there beyond its day is named
    all the same: what holds somebody is there, not in a plan.
    """
    if settings.backup_dir is None or not settings.backup_dir.is_dir():
        return []
    kept = timedelta(days=settings.backup_days)
    found: list[Backup] = []
    for file in sorted(settings.backup_dir.iterdir()):
        if not file.name.startswith("."):
            written = datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone(settings.zone)
            found.append(Backup(file.name, written.date() + kept))
    return found
