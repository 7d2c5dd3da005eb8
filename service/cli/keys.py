"""`wholemap key create`, `list`, `rotate` and `revoke`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.cli.options import Json, Key, RoleName, Url

Expires = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="From then on it opens nothing: a day, such as 2027-03-01 (UTC), or an instant.",
    ),
]

keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@keys.callback()
def about() -> None:
    """Make, list, rotate and revoke the keys with which others call the service."""


@keys.command("create")
def create(
    *,
    role: Annotated[RoleName, typer.Option(help="What the key may do.")],
    steward: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The organisation that it acts for; a partner's must say."),
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="ID", help="A member's key: the person who they are.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="NAME", help="What will carry it, for the list.")
    ] = None,
    expires: Expires = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Make a key and print its secret, which is shown this once."""
    from service.cli.speaking import spoken_to

    asked = {"role": role, "steward": steward, "person": person, "system": system}
    with spoken_to(url, key) as api:
        made = api.ask("POST", "/v1/keys", json={**asked, "expires_at": _instant(expires)})
    _show(made, as_json=as_json)


@keys.command("list")
def list_(url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """List all keys, without their secrets."""
    from service.cli.showing import say, say_json, say_table
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        found = api.ask("GET", "/v1/keys")
    if as_json:
        say_json(found)
    elif not found["items"]:
        say("There are no keys yet: wholemap key create makes one.")
    else:
        rows = [
            [
                *(each["id"], each["role"], each["person"] or each["steward"], each["system"]),
                *((each[name] or "")[:10] or None for name in ("created_at", "last_used_at")),
                _ends(each),
            ]
            for each in found["items"]
        ]
        say_table(("Key", "Role", "For", "System", "Made", "Used", "Ends"), rows, whole=0)


@keys.command("rotate")
def rotate(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `key list` shows it.")],
    *,
    overlap_hours: Annotated[
        float, typer.Option("--overlap", min=0, max=2160, help="Hours for which both open.")
    ] = 24,
    expires: Expires = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Make a key's successor and print its secret; the key itself ends after the overlap."""
    from urllib.parse import quote

    from service.cli.speaking import spoken_to

    asked = {"overlap_seconds": round(overlap_hours * 3600), "expires_at": _instant(expires)}
    with spoken_to(url, key) as api:
        made = api.ask("POST", f"/v1/keys/{quote(id_, safe='')}/rotate", json=asked)
    _show(made, as_json=as_json)


@keys.command("revoke")
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `key list` shows it.")],
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Revoke a key: it opens nothing any more."""
    from urllib.parse import quote

    from service.cli.showing import say, say_json
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        revoked = api.ask("DELETE", f"/v1/keys/{quote(id_, safe='')}")
    if as_json:
        say_json(revoked)
    else:
        say(f"The key {revoked['id']} ({revoked['role']}) is revoked.")


def _show(made: dict[str, Any], *, as_json: bool) -> None:
    from service.cli.showing import note, say_json

    if as_json:
        say_json(made)
        return
    print(made["secret"])
    said = f"The key {made['id']} ({made['role']})"
    note(f"{said} is shown this once; send it as Authorization: Bearer.")


def _instant(expires: str | None) -> str | None:
    """Return a day as the instant at which it begins, and an instant as it is."""
    return expires if expires is None or "T" in expires else f"{expires}T00:00:00Z"


def _ends(key: dict[str, Any]) -> str | None:
    ends = [key[name] for name in ("revoked_at", "expires_at") if key[name] is not None]
    return min(ends)[:10] if ends else None
