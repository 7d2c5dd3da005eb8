"""Strategies for every node and tie that the models allow."""

from __future__ import annotations

import string
from datetime import UTC, date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from graph.nodes import (
    Agency,
    AnyNode,
    Asset,
    Association,
    Capacity,
    Contact,
    Location,
    Person,
    ReportedMembers,
    Schedule,
    Term,
)
from graph.ties import AnyTie, Connects, Offers, Trusts, Wants
from graph.values import ForeignId, Provenance

Days = tuple[date | None, date | None]

ids = st.text(string.ascii_letters + string.digits + "._~-", min_size=1, max_size=64).filter(
    lambda text: text not in {".", ".."}
)
characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
awkward = st.sampled_from(
    [
        "=1+1",
        "+",
        "-1.5",
        "@x",
        "\tx",
        "\rx",
        "'",
        "''",
        "'=",
        "'t Hof",
        "a|b",
        "\\",
        "\\|",
        "a\nb",
        '"',
        'a"b,c',
        " x ",
        "\r\n",
        "true",
        "null",
        "1e400",
        "\ufeffx",
        "\u2028",
        "🏘",
    ]
)
texts = st.one_of(st.text(characters, max_size=40), awkward)
labels = texts.filter(lambda text: 0 < len(text) <= 200 and text.strip() != "")
instants = st.datetimes(timezones=st.just(UTC))
clearances = st.sampled_from(["private", "partners", "public"])
answers = st.sampled_from(["yes", "no", "unknown"])


def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def period(first: str, last: str) -> SearchStrategy[dict[str, Any]]:
    """Return strategies for the ends of a half-open time, by their names."""
    return st.tuples(maybe(st.dates()), maybe(st.dates())).map(
        lambda days: dict(zip((first, last), _in_order(days), strict=True))
    )


def _in_order(days: Days) -> Days:
    first, last = days
    return (first, None) if first is not None and last is not None and last <= first else days


locations = st.builds(
    Location,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    reason=maybe(labels),
)
contacts = st.builds(
    Contact,
    kind=st.sampled_from(["phone", "email", "url", "address", "other"]),
    value=texts.filter(bool),
    label=maybe(labels),
    preferred=st.booleans(),
    clearance=maybe(clearances),
)
foreign_ids = st.builds(ForeignId, system=labels, type=labels, id=labels)
provenances = st.builds(
    Provenance,
    method=st.sampled_from(["face_to_face", "import"]),
    originator=maybe(st.sampled_from(["person", "association", "agency"])),
    recorded_by=maybe(labels),
    recorded_at=maybe(instants),
    exercise=maybe(labels),
)
capacities = st.builds(Capacity, unit=labels, maximum=maybe(st.floats(0, allow_infinity=False)))
schedules = st.builds(
    Schedule,
    rrule=maybe(st.just("FREQ=WEEKLY;BYDAY=MO,TH")),
    starts=maybe(instants),
    timezone=maybe(st.just("Europe/London")),
)
common = {
    "id": ids,
    "name": labels,
    "description": maybe(texts),
    "tags": st.lists(labels, max_size=3),
    "areas": st.lists(ids, max_size=3),
    "location": maybe(locations),
    "contacts": st.lists(contacts, max_size=2),
    "source": maybe(foreign_ids),
    "steward": maybe(ids),
    "clearance": clearances,
    "sensitive": st.booleans(),
    "provenance": maybe(provenances),
}
only = {
    Person: {
        "id": st.uuids().map(str),
        "mapped": st.booleans(),
        "languages": st.lists(st.sampled_from(["en", "pl", "bn-BD"]), max_size=2),
    },
    Association: {
        "formality": maybe(st.sampled_from(["formal", "informal"])),
        "reported_members": st.lists(
            st.builds(ReportedMembers, count=st.integers(0, 10**9), on=st.dates()), max_size=2
        ),
        "structured": answers,
    },
    Agency: {"sector": maybe(st.sampled_from(["public", "voluntary", "private"]))},
    Asset: {
        "levels": st.lists(st.sampled_from(["individual", "physical"]), max_size=2),
        "category": maybe(labels),
        "terms": st.lists(
            st.builds(Term, scheme=labels, code=labels, label=maybe(labels)), max_size=2
        ),
        "aspect": maybe(st.sampled_from(["heart", "head", "hand"])),
        "status": st.sampled_from(["actual", "potential"]),
        "review_due": maybe(st.dates()),
        "capacity": maybe(capacities),
        "schedule": st.lists(schedules, max_size=2),
        "cost": maybe(labels),
        "accessibility": st.dictionaries(st.sampled_from(["ramp", "hearing_loop"]), answers),
    },
}
common_of_ties = {
    "id": ids,
    "source": ids,
    "target": ids,
    "steward": maybe(ids),
    "clearance": maybe(clearances),
    "provenance": maybe(provenances),
}
shares = st.floats(0, 1, exclude_min=True)
scores = maybe(st.integers(1, 4))
only_of_ties = {
    Offers: {
        "state": st.sampled_from(["now", "would_like"]),
        "support_needed": maybe(texts),
    },
    Wants: {"purpose": maybe(texts), "state": st.just("met"), "met_by": maybe(ids)},
    Connects: {
        "relation": st.sampled_from(["member", "friend", "other"]),
        "paid": maybe(st.booleans()),
        "quality": maybe(st.sampled_from(["supportive", "stressful"])),
        "strength": maybe(shares),
        "last_contact": maybe(st.dates()),
    },
    Trusts: {
        "level": maybe(shares),
        "openness": scores,
        "reliability": scores,
        "shared_mission": scores,
    },
}


@st.composite
def nodes(draw: DrawFn) -> AnyNode:
    model = draw(st.sampled_from(list(only)))
    fields = draw(st.fixed_dictionaries({**common, **only[model]}))
    return model(**fields, **draw(period("active_from", "active_to")))


@st.composite
def ties(draw: DrawFn) -> AnyTie:
    model = draw(st.sampled_from(list(only_of_ties)))
    fields = draw(st.fixed_dictionaries({**common_of_ties, **only_of_ties[model]}))
    return model(**fields, **draw(period("valid_from", "valid_to")))
