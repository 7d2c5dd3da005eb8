"""What a command prints: JSON, tables, and how far the work is.

Answers go to standard output, everything else to standard error. Without a terminal there are
no colours, no bars, and lines are as long as they are.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

_WIDTH: Final = 101


def console(*, error: bool = False) -> Console:
    """Return a console: as wide as the terminal, or of a fixed width where there is none."""
    found = Console(stderr=error, highlight=False, emoji=False)
    return found if found.is_terminal else Console(
        stderr=error, highlight=False, emoji=False, width=_WIDTH, color_system=None
    )  # fmt: skip


def say(text: str = "", style: str | None = None, *, indent: int = 0) -> None:
    """Print a line of an answer; a long one goes on, indented, on the next."""
    shown = console()
    lines = wrap(text, shown.width - 1, subsequent_indent=" " * indent, break_on_hyphens=False)
    shown.print(escape("\n".join(lines)), style=style)


def note(text: str) -> None:
    """Print a line that is no part of the answer."""
    print(text, file=sys.stderr, flush=True)


def say_json(answer: Any) -> None:
    """Print an answer for programs: one JSON document."""
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def say_table(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, whole: int | None = None
) -> None:
    """Print rows in columns, numbers to the right; the column at `whole` is never folded."""
    lines = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, title in enumerate(header):
        cells = [line[place] for line in lines if line[place] is not None]
        numbers = bool(cells) and all(_is_number(cell) for cell in cells)
        justify = "right" if numbers else "left"
        table.add_column(title, justify=justify, overflow="fold", no_wrap=place == whole)
    for line in lines:
        table.add_row(*(escape(_said(cell)) for cell in line))
    console().print(table)


@contextmanager
def progress(title: str) -> Generator[Callable[[int, int | None], None]]:
    """Yield what to tell how much is done, and of how much; shown on a terminal only."""
    shown = console(error=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shown,
        transient=True,
        disable=not shown.is_terminal,
    )
    with bar:
        task = bar.add_task(escape(title), total=None)

        def tell(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _said(cell: Any) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
