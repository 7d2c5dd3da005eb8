"""`wholemap key create`, `list` and `revoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import Json, Key, RoleName, Url

keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@keys.callback()
def about() -> None:
    """Make, list and revoke the keys with which others call the service."""


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
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Make a key and print its secret, which is shown this once."""
    from service.cli.showing import note, say_json
    from service.cli.speaking import spoken_to

    asked = {"role": role, "steward": steward, "person": person, "system": system}
    with spoken_to(url, key) as api:
        made = api.ask("POST", "/v1/keys", json=asked)
    if as_json:
        say_json(made)
        return
    print(made["secret"])
    note(f"The key {made['id']} ({role}) is shown this once; send it as Authorization: Bearer.")


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
                *(each[name] and each[name][:10] for name in ("created_at", "revoked_at")),
            ]
            for each in found["items"]
        ]
        say_table(("Key", "Role", "For", "System", "Made", "Revoked"), rows, whole=0)


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
