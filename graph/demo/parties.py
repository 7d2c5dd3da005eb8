"""The nodes of the demo: people, associations, agencies and assets. Nobody in it is anybody."""

from __future__ import annotations

import re
from typing import Any, Final

from graph.demo.draft import PLACES, Draft, catalogue
from graph.nodes import COARSE_DECIMALS

PEOPLE: Final = 400
MAPPED: Final = 0.7
_SHARES: Final = (0.2, 0.2, 0.25, 0.22, 0.13)
_CENTRES: Final = {
    "larkfold": (52.21, -1.32),
    "riverside": (52.2, -1.31),
    "old-market": (52.21, -1.33),
    "station-road": (52.22, -1.32),
    "hilltop": (52.23, -1.35),
    "new-meadows": (52.19, -1.36),
}
_LANGUAGES: Final = ("pl", "pa", "bn", "ur", "ro", "so", "yo", "pt")
_LEVELS: Final = {
    "skills": "individual",
    "places": "physical",
    "services": "organisation",
    "economic": "economic",
    "cultural": "cultural",
    "together": "association",
    "not_there_yet": "physical",
}


def slug(name: str) -> str:
    """Return the id that a name makes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")


def add_people(draft: Draft) -> None:
    """Add the people, place by place; neighbours in the list are neighbours in the street."""
    names = [f"{a} {b}" for a in catalogue()["given_names"] for b in catalogue()["surnames"]]
    chosen = draft.random.sample(names, PEOPLE)
    mobiles = iter(draft.random.sample(range(1000), 1000))
    start = 0.0
    for place, share in zip(PLACES, _SHARES, strict=True):
        first, last = round(start * PEOPLE), round((start + share) * PEOPLE)
        start += share
        for name in chosen[first:last]:
            _add_person(draft, name, place, f"07700 900{next(mobiles):03}")


def _add_person(draft: Draft, name: str, place: str, mobile: str) -> None:
    mapped = draft.chance(MAPPED)
    person = draft.node(id=draft.uuid(), kind="person", name=name, areas=[place], mapped=mapped)
    if mapped:
        person["location"] = _near(draft, place, 0.012, COARSE_DECIMALS)
        person["languages"] = ["en"]
        person["provenance"] = {
            "method": draft.random.choice(("face_to_face", "door_knocking", "storytelling")),
            "originator": "person",
            "recorded_at": f"{draft.day(2023, 2025)}T10:00:00Z",
        }
        person["consents"] = [
            {
                "purposes": ["directory", "introductions", "analysis"],
                "wording": "2023-01",
                "method": "spoken",
                "given_by": name,
                "given": person["provenance"]["recorded_at"][:10],
            }
        ]
        if draft.chance(0.2):
            person["languages"].append(draft.random.choice(_LANGUAGES))
        if draft.chance(0.3):
            person["contacts"] = [{"kind": "phone", "value": mobile, "preferred": True}]
        if draft.chance(0.1):
            person["areas"].append(draft.random.choice(("growers", "ageing-well")))


def add_groups(draft: Draft) -> None:
    """Add the associations and the agencies, with ways to reach most of them."""
    landlines = iter(draft.random.sample(range(1000), 100))
    for listed in catalogue()["associations"]:
        group = _group(draft, listed, "association", next(landlines))
        group["formality"] = listed["formality"]
        if listed["formality"] == "formal":
            group["structured"] = "yes"
            group["reported_members"] = [
                {"count": draft.random.randint(12, 90), "on": f"{year}-04-01"}
                for year in (2023, 2025)
            ]
        if "also" in listed:
            group["areas"].append(listed["also"])
        if draft.chance(0.4):
            group["safeguarding_pathway"] = draft.random.choice(("yes", "no"))
        group["sensitive"] = listed["id"] in {"market-mosque-circle", "gurdwara-kitchen"}
    for listed in catalogue()["agencies"]:
        group = _group(draft, listed, "agency", next(landlines))
        group["sector"] = listed["sector"]
        group["clearance"] = "public"


def _group(draft: Draft, listed: dict[str, Any], kind: str, landline: int) -> dict[str, Any]:
    group = draft.node(
        id=listed["id"],
        kind=kind,
        name=listed["name"],
        areas=[listed["area"]],
        location=_near(draft, listed["area"], 0.003),
        contacts=[{"kind": "email", "value": f"{listed['id']}@example.org"}],
        clearance=draft.random.choice(("partners", "public")),
        active_from=draft.day(1950 if kind == "agency" else 1985, 2022),
    )
    if draft.chance(0.7):
        group["contacts"].append({"kind": "phone", "value": f"01632 960{landline:03}"})
    return group


def add_assets(draft: Draft) -> None:
    """Add what could be put to use, and what is wished for and not there."""
    for category, names in catalogue()["assets"].items():
        for name in names:
            asset = draft.node(
                id=slug(name),
                kind="asset",
                name=name,
                levels=[_LEVELS[category]],
                category=category.replace("_", " "),
                status="potential" if category == "not_there_yet" else "actual",
            )
            if category == "skills":
                asset["aspect"] = draft.random.choice(("heart", "head", "hand"))
            if category == "places":
                place = draft.random.choice(PLACES)
                asset.update(areas=[place], location=_near(draft, place, 0.004))
                asset["accessibility"] = {
                    answer: draft.random.choice(("yes", "no", "unknown"))
                    for answer in ("accessible_toilet", "hearing_loop", "ramp")
                }
                asset["capacity"] = {"unit": "people", "maximum": draft.random.randint(8, 120)}
            if category in {"services", "together"}:
                asset["clearance"] = "public"
                asset["approval"] = draft.random.choice(("none", "approved", "approved", "pending"))


def _near(draft: Draft, place: str, spread: float, decimals: int = 4) -> dict[str, float]:
    latitude, longitude = _CENTRES[place]
    return {
        "latitude": round(latitude + draft.random.uniform(-spread, spread), decimals),
        "longitude": round(longitude + draft.random.uniform(-spread, spread), decimals),
    }
