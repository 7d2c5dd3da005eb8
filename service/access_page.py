"""Everything about one person as a page that they can read: prints on A4, asks no other host."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.store.access_bundles import AccessBundle

_KEPT_BY_THE_SERVICE: Final = frozenset({"kind", "version"})


def access_html(bundle: AccessBundle) -> str:
    """Return the bundle as a page.

    Notes
    -----
    Pure, but for the template, which is read once.
    """
    shown = bundle.model_dump(mode="json", exclude_none=True)
    person = {k: v for k, v in shown["person"].items() if k not in _KEPT_BY_THE_SERVICE}
    return _template().render(bundle=shown, person=person)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["said"] = _said
    environment.filters["words"] = _words
    return environment.get_template("access_bundle.html")


def _said(value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        parts = cast("Mapping[str, Any]", value)
        return "; ".join(f"{_words(name)}: {_said(part)}" for name, part in parts.items())
    if isinstance(value, list):
        return ", ".join(_said(part) for part in cast("Sequence[Any]", value)) or "none"
    return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
