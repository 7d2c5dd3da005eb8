"""What is offered and wanted in the demo, and what groups and agencies have to do with it."""

from __future__ import annotations

from typing import Final

from graph.demo.draft import Draft, catalogue
from graph.demo.figures import ACTIVE
from graph.demo.parties import slug

NOBODY_OFFERS: Final = 6
NOBODY_WANTS: Final = 8

HOSTS_TOGETHER: Final = {
    "singing-together": "riverside-singers",
    "lunch-in-company": "st-annes-lunch",
    "gardening-together": "orchard-keepers",
    "walks-in-company": "towpath-walkers",
    "a-warm-room": "hilltop-pantry",
    "mending-evenings": "repair-evenings",
    "games-evenings": "board-game-night",
    "toddler-mornings": "riverside-toddlers",
    "weekly-dance": "hilltop-dance",
    "boxing-for-beginners": "hilltop-boxing",
}
"""What some groups do, as something to come to."""


def assets_of(category: str) -> list[str]:
    """Return the ids of a category of the catalogue."""
    return [slug(name) for name in catalogue()["assets"][category]]


def add_offers(draft: Draft) -> dict[str, list[str]]:
    """Add who offers what, and return the ids of the offers by asset."""
    _add_offers_of_people(draft)
    _add_offers_of_groups(draft)
    offers: dict[str, list[str]] = {}
    for tie in draft.ties:
        if tie["type"] == "offers" and "valid_to" not in tie:
            offers.setdefault(tie["target"], []).append(tie["id"])
    return offers


def _add_offers_of_people(draft: Draft) -> None:
    skills = assets_of("skills")[NOBODY_OFFERS:]
    asked = [p for p in draft.ids("person") if draft.nodes[p]["mapped"]]
    willing = draft.random.sample(asked, len(asked))
    active = round(ACTIVE * len(asked))
    for person in willing[:active]:
        for skill in draft.random.sample(skills, draft.random.choice((1, 1, 2, 3))):
            draft.tie("offers", person, skill, state="now")
    for person in willing[active : active + 55]:
        draft.tie("offers", person, draft.random.choice(skills), state="would_like")
    for person in willing[active + 55 : active + 85]:
        needed = draft.random.choice(catalogue()["support"])
        skill = draft.random.choice(skills)
        draft.tie("offers", person, skill, state="with_support", support_needed=needed)
    for person in willing[:12]:
        skill = draft.random.choice(skills)
        over = {"valid_from": draft.day(2015, 2018), "valid_to": draft.day(2020, 2024)}
        draft.tie("offers", person, skill, **over)


def _add_offers_of_groups(draft: Draft) -> None:
    for asset, group in HOSTS_TOGETHER.items():
        draft.tie("offers", group, asset)
    groups, agencies = draft.ids("association"), draft.ids("agency")
    for asset in assets_of("places"):
        keeper = draft.random.choice(groups if draft.chance(0.5) else agencies)
        draft.connect(keeper, asset, draft.random.choice(("hosts", "controls")))
        if draft.chance(0.8):
            draft.tie("offers", keeper, asset)
    for category, parties in (("services", agencies), ("economic", groups), ("cultural", groups)):
        for asset in assets_of(category):
            draft.tie("offers", draft.random.choice(parties), asset)


def add_wants(draft: Draft, offers: dict[str, list[str]]) -> None:
    """Add who wants what, in words of their own; some of it nobody offers, some is met."""
    unmet = [*assets_of("not_there_yet"), *assets_of("skills")[:NOBODY_OFFERS]]
    there = [*assets_of("skills")[NOBODY_OFFERS:-NOBODY_WANTS], *assets_of("together")]
    there += assets_of("services")
    asked = [p for p in draft.ids("person") if draft.nodes[p]["mapped"]]
    for person in draft.random.sample(asked, round(0.5 * len(asked))):
        asset = draft.random.choice(unmet if draft.chance(0.3) else there)
        met = draft.random.choice(offers[asset]) if asset in offers and draft.chance(0.2) else None
        draft.tie(
            "wants",
            person,
            asset,
            purpose=draft.random.choice(catalogue()["purposes"]) if draft.chance(0.6) else None,
            state="met" if met else draft.random.choice(("open", "open", "open", "withdrawn")),
            met_by=met,
        )
    for asset in unmet:
        draft.tie("wants", draft.random.choice(draft.ids("association")), asset)
        draft.tie("wants", draft.random.choice(asked), asset)


def add_partnerships(draft: Draft) -> None:
    """Add how associations and agencies work together, and how far they trust one another."""
    groups, agencies = draft.ids("association"), draft.ids("agency")
    score = (1, 2, 3, 4, None)
    for group in groups:
        if draft.chance(0.5):
            partner = draft.random.choice(groups)
            draft.connect(group, partner, "partner", strength=draft.said_strength(0.3, 0.8))
        if draft.chance(0.35):
            draft.connect(group, "larkfold-timebank", "member")
        if draft.chance(0.5):
            agency = draft.random.choice(agencies)
            draft.connect(agency, group, draft.random.choice(("funds", "hosts", "partner")))
            for one, another in ((agency, group), (group, agency)):
                draft.tie(
                    "trusts",
                    one,
                    another,
                    openness=draft.random.choice(score),
                    reliability=draft.random.choice(score),
                    shared_mission=draft.random.choice(score),
                )
    for agency in agencies:
        draft.connect(agency, draft.random.choice(agencies), "partner")
