"""Who read or wrote what of one person, as the chains tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.audit.files import entries_files, links
from graph.values import Value

if TYPE_CHECKING:
    from pathlib import Path


class Access(Value):
    """One time that somebody asked for a person: their role and organisation, not who they are.

    `outcome` is the status of the answer, or `committed`.
    """

    at: str
    operation: str
    outcome: int | str
    role: str | None = None
    organisation: str | None = None
    purpose: str | None = None
    fields: list[str] = []


def accesses_of(folder: Path, subject: str) -> list[Access]:
    """Return every entry that names somebody, oldest first; of those whose time is over, none.

    Notes
    -----
    Cost: a walk over the whole audit. To be called in a thread.
    """
    found = [
        link.entry
        for link in links(entries_files(folder))
        if link.entry and _names(link.entry, subject)
    ]
    return sorted((_access(entry) for entry in found), key=lambda access: access.at)


def _names(entry: Any, subject: str) -> bool:
    return subject in entry.get("ids", ())


def _access(entry: Any) -> Access:
    return Access.model_validate(
        {name: entry[name] for name in Access.model_fields if name in entry}
    )
