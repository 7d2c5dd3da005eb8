"""Every Cypher statement of the project, one a file, and their loader.

`read/` never writes, `write/` may, `schema/` declares constraints and indexes and is applied in
the order of its names; `schema/embedded/` is for the embedded engine only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import LiteralString, cast

_FOLDER = Path(__file__).parent


class UnknownStatement(KeyError):
    """No file has this name."""

    def __str__(self) -> str:
        """Say which file was looked for."""
        return f"there is no statement cypher/{self.args[0]}.cypher"


@cache
def statement(name: str) -> LiteralString:
    """Return the statement of a name such as `read/person`, from its file.

    Raises
    ------
    UnknownStatement
        When no file has this name.

    Notes
    -----
    Each file is read once. What it holds is as literal as the source around it, which the type
    checker cannot know: hence the project's only cast to `LiteralString`.
    """
    try:
        text = (_FOLDER / f"{name}.cypher").read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise UnknownStatement(name) from missing
    return cast("LiteralString", text)


@cache
def statements(folder: str) -> tuple[str, ...]:
    """Return the names of the statements in a folder such as `schema/embedded`, sorted.

    Folders below it are not looked into.
    """
    return tuple(sorted(f"{folder}/{file.stem}" for file in (_FOLDER / folder).glob("*.cypher")))
