"""Bars, as SVG that stands in a page: no script, no style, and words for who cannot see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH: Final = 720
_LABEL: Final = 240
_VALUE: Final = 80
_LINE: Final = 22
_BAR: Final = 14
_LETTERS: Final = 34


class Bar(NamedTuple):
    """One bar: what it is of, how long it is, and what its value is called; null is no bar."""

    label: str
    value: float | None
    said: str


def bars(key: str, title: str, lines: Sequence[Bar]) -> Markup:
    """Return bars as an SVG element, to scale from 0.

    Parameters
    ----------
    key
        Tells its ids from those of other charts of the page.
    title
        What the bars are of.
    lines
        In the order in which they are drawn; what is below 0 has no bar.

    Returns
    -------
    Markup
        `title` and `desc` tell a screen reader what a sighted reader sees. Nothing in it is not
        escaped.
    """
    most = max((line.value or 0 for line in lines), default=0)
    room = _WIDTH - _LABEL - _VALUE
    drawn = Markup().join(
        _LINE_OF.format(
            middle=_LINE * at + _LINE // 2,
            top=_LINE * at + (_LINE - _BAR) // 2,
            label=_short(line.label),
            before=_LABEL - 8,
            start=_LABEL,
            width=f"{room * max(line.value or 0, 0) / most if most > 0 else 0:.1f}",
            height=_BAR,
            after=_WIDTH - _VALUE + 8,
            said=line.said,
        )
        for at, line in enumerate(lines)
    )
    return _CHART.format(
        key=key,
        title=title,
        told="; ".join(f"{line.label}: {line.said}" for line in lines),
        width=_WIDTH,
        height=_LINE * len(lines),
        drawn=drawn,
    )


_CHART: Final = Markup(
    '<svg role="img" aria-labelledby="{key}-title {key}-told" viewBox="0 0 {width} {height}"'
    ' width="100%" font-size="13">'
    '<title id="{key}-title">{title}</title><desc id="{key}-told">{told}</desc>{drawn}</svg>'
)
_LINE_OF: Final = Markup(
    '<text x="{before}" y="{middle}" dy=".35em" text-anchor="end">{label}</text>'
    '<rect x="{start}" y="{top}" width="{width}" height="{height}" fill="#2a6f97"/>'
    '<text x="{after}" y="{middle}" dy=".35em">{said}</text>'
)


def _short(label: str) -> str:
    return label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
