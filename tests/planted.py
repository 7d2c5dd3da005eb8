"""Names that stand in no log: those of a person planted for it, and those the tests share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.running_service import LOG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLANTED: Final = "Zebulon Quillfeather"
PLANTED_PHONE: Final = "07700 900987"
PLANTED_NOTE: Final = "sleeps badly since the flood"

# A request's number and the second's fraction hold every short run of digits once in a while, so
# that digits are a telephone's only where nothing of the kind goes on before or after them.
_NAMES: Final = re.compile(
    r"\b(?:Ada|Ben|Cleo|Bea|Cem)\b|Lowe|Okoro|Riverside Choir|Zebulon|Quillfeather|since the flood"
    r"|(?<![\w.])(?:(?:\+44 ?|0)7700 ?900|900987\b)"
)


def named_in_logs(folder: Path) -> list[str]:
    """Return the lines of all logs of this run in which a name stands.

    The services' own, in this process and in others, and the engines' in their folders.
    """
    return [
        f"{file.name}: {line.strip()[:500]}"
        for file, text in _logs(folder)
        for line in text.splitlines()
        if _NAMES.search(line)
    ]


def _logs(folder: Path) -> Iterator[tuple[Path, str]]:
    files = {file for form in ("*.log", "*.log.*", "output.txt") for file in folder.rglob(form)}
    for file in sorted({*files, LOG_FILE}):
        yield file, file.read_text(encoding="utf-8", errors="replace")
