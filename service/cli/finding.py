"""Finding the one record that somebody means: by its id, or by its name where one has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from service.cli.exits import ExitCode, Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.cli.speaking import Api

_CANDIDATES: Final = 10
_ID_LENGTH: Final = 64


def find(api: Api, said: str, kinds: Sequence[str]) -> dict[str, Any]:
    """Return the node of one of the kinds that has this id or, alone, this name.

    Raises
    ------
    Failed
        When there is none, or more than one: then its details are the candidates.
    """
    # Names and ids stand in bodies only, and so in no log.
    if len(said) <= _ID_LENGTH and (kinds != ("person",) or _is_uuid(said)):
        found = api.ask("POST", "/v1/nodes/get", json={"ids": [said]})["items"]
        if found and found[0]["kind"] in kinds:
            return found[0]
    asked = {"text": said, "kinds": list(kinds), "limit": _CANDIDATES + 1}
    candidates = api.ask("POST", "/v1/search", json=asked)["items"]
    named = [node for node in candidates if _folded(node["name"]) == _folded(said)]
    if len(named) == 1:
        return named[0]
    if not named and len(candidates) == 1:
        return candidates[0]
    which = "/".join(kinds)
    if not candidates:
        raise Failed(ExitCode.NOT_FOUND, f"there is no {which} with the id or name {said}")
    shown = [_line(node) for node in (named or candidates)[:_CANDIDATES]]
    if len(named or candidates) > _CANDIDATES:
        shown.append("...")
    message = f"more than one {which} could be meant by {said}: say which by its id"
    raise Failed(ExitCode.NOT_FOUND, message, shown)


def _is_uuid(said: str) -> bool:
    try:
        UUID(said)
    except ValueError:
        return False
    return True


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _line(node: dict[str, Any]) -> str:
    where = f", {', '.join(node['areas'])}" if node["areas"] else ""
    return f"{node['id']}  {node['name']} ({node['kind']}{where})"
