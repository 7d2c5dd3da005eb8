"""`wholemap connect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from service.cli.options import AsOf, Json, Key, OrderWord, Url

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECTORS_SHOWN: Final = 10
_REASONS: Final = {
    "no_route": "Nobody on the map links the two.",
    "too_far": "There is a way, but a long one: {hops} steps at the least.",
    "person_has_no_ties": "Nobody on the map is known to know {person}.",
    "group_has_no_members": "No member of {group} is on the map.",
    "already_member": "{person} is a member of {group} already.",
}


def connect(
    *,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person's id or name.")],
    group: Annotated[
        str,
        typer.Argument(metavar="GROUP", help="Id or name of an association, agency or asset."),
    ],
    max_hops: Annotated[int, typer.Option(min=1, max=6, help="Steps at most.")] = 4,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Routes at most.")] = 5,
    order: Annotated[OrderWord, typer.Option(help="Which routes come first.")] = "strongest",
    through: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Routes may pass through agency or asset as well; may be said again.",
        ),
    ] = None,
    as_of: AsOf = None,
    url: Url = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Ask who could connect a person to a group, and by whom to be introduced."""
    from service.cli.finding import find
    from service.cli.showing import say_json
    from service.cli.speaking import spoken_to

    with spoken_to(url, key) as api:
        one = find(api, person, ("person",))
        other = find(api, group, ("association", "agency", "asset"))
        asked = {
            "person": one["id"],
            "group": other["id"],
            "max_hops": max_hops,
            "limit": limit,
            "order": order,
            "through": through or [],
        } | ({"as_of": as_of} if as_of else {})
        answer = api.ask("POST", "/v1/connect", json=asked)
        shared = [id_ for connector in answer["connectors"] for id_ in connector["shared"]]
        names = {} if as_json else api.names(shared)
    if as_json:
        say_json(answer)
    else:
        tell(answer, one["name"], other["name"], names)


def tell(answer: Mapping[str, Any], person: str, group: str, names: Mapping[str, str]) -> None:
    """Print who could connect them: the sentences, then the people."""
    from service.cli.showing import say, say_table

    hops = answer["hops"]
    if answer["routes"]:
        ways = (
            "one way" if answer["shortest_routes"] == 1 else f"{answer['shortest_routes']:,} ways"
        )
        say(f"{person} and {group} are {hops} steps apart, by {ways} of that length.", "bold")
        for place, route in enumerate(answer["routes"], 1):
            say(f"  {place}. {route['sentence']}", indent=5)
    else:
        reason = answer["reason"] or ""
        said = _REASONS.get(reason, reason).format(hops=hops, person=person, group=group)
        say(said or "No way was found in time.", "bold")
        for contact in answer["contacts"]:
            say(f"  {group} itself: {contact['kind']} {contact['value']}")
    connectors = answer["connectors"]
    if connectors:
        say()
        say_table(
            ("Who could open the door", "", "Chance", "Shares with them"),
            [_connector(each, group, names) for each in connectors[:_CONNECTORS_SHOWN]],
        )
        if len(connectors) > _CONNECTORS_SHOWN:
            say(f"... and {len(connectors) - _CONNECTORS_SHOWN} more; --json shows them.")
    if answer["truncated"]:
        say("The search was cut short: there may be more.")


def _connector(each: Mapping[str, Any], group: str, names: Mapping[str, str]) -> list[Any]:
    return [
        each["name"],
        f"member of {group}" if each["is_member"] else "knows a member",
        each["route"] and each["route"]["strength"],
        ", ".join(names.get(id_, id_) for id_ in each["shared"]) or None,
    ]
