"""On whose behalf something is done: what an entry says of it, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.audit.entries import Class, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.audit.journal import Journal


@dataclass(slots=True)
class Trail:
    """One request, or the work that one began, as the audit sees it.

    `asked` are the ids in a question, `kept` says that what it wrote is in the audit already.
    """

    journal: Journal
    request: str
    class_: Class = "read"
    operation: str = ""
    purpose: str | None = None
    key: str | None = None
    role: str | None = None
    organisation: str | None = None
    fields: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    kept: bool = False
    reason: str | None = None

    def entry(
        self,
        outcome: int | str,
        ids: Iterable[str],
        *,
        class_: Class | None = None,
        unit: str | None = None,
    ) -> Entry:
        """Return what is to be kept of it."""
        return Entry(
            class_=class_ or self.class_,
            operation=self.operation,
            outcome=outcome,
            request=self.request,
            key=self.key,
            role=self.role,
            organisation=self.organisation,
            purpose=self.purpose,
            ids=tuple(dict.fromkeys(ids)),
            fields=self.fields,
            unit=unit,
            reason=self.reason,
        )

    def committed(self, entries: Sequence[Entry]) -> None:
        """Chain what the engine has committed, and holds durably whether it is chained or not."""
        self.kept = True
        self.journal.append_committed(entries)
