"""Which skills lie unused and who has a voice: worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analytics.reports import run
from graph.network import NodeRow, TieRow
from tests.small_networks import agency, day_of, group, person


def skill(id_: str, aspect: str | None = None, *areas: str) -> NodeRow:
    return NodeRow(id_, "asset", id_, areas=areas, levels=("individual",), aspect=aspect)


def tie(id_: str, type_: Any, source: str, target: str, **said: Any) -> TieRow:
    return TieRow(id_, type_, source, target, **said)


TOWN: list[NodeRow | TieRow] = [
    person("ann", areas=("east", "west")),
    person("ben", areas=("east",)),
    person("cem", areas=("west",)),
    person("dia"),
    group("choir", "east"),
    agency("town"),
    skill("baking", "hand"),
    skill("law", "head", "north"),
    skill("sewing", "hand"),
    skill("comfort"),
    NodeRow("concert", "asset", "concert", levels=("cultural",)),
    NodeRow("hall", "asset", "hall", levels=("physical",)),
    tie("o1", "offers", "ann", "baking"),
    tie("o2", "offers", "ben", "baking", state="would_like"),
    tie("o3", "offers", "ann", "law"),
    tie("o4", "offers", "ann", "sewing"),
    tie("w1", "wants", "cem", "sewing", state="met"),
    tie("w2", "wants", "cem", "law", state="withdrawn"),
    tie("o5", "offers", "choir", "concert"),
    tie("o6", "offers", "ben", "concert", state="with_support"),
    tie("c1", "connects", "choir", "hall", relation="controls"),
    tie("c2", "connects", "town", "choir", relation="funds"),
    tie("c3", "connects", "ann", "choir", relation="member"),
    tie("c4", "connects", "dia", "town", relation="staff"),
]


def test_a_skill_that_is_offered_and_that_nobody_wants_had_or_uses_is_unused() -> None:
    result = run("skills", day_of(*TOWN), {})
    found = [(row["finding"], row["node"], row["count"]) for row in result["rows"]]
    assert found == [
        ("skill_unused", "baking", 2),
        ("skill_unused", "law", 1),
        ("expressive", "ben", 1),
        ("expressive", "choir", 1),
        ("deciding", "choir", 1),
        ("deciding", "town", 1),
        ("through_groups", "ann", 1),
        ("only_receives", "cem", 1),
    ]
    summary = result["summary"]
    assert [summary[name] for name in ("skills", "unused", "in_use", "not_offered")] == [4, 2, 1, 1]
    assert result["counted"] == 4
    assert result["headline"] == (
        "Of 4 skills, 2 are offered and used by nobody; of 4 people, 1 expresses something of the"
        " culture here, and 1 only receives."
    )


def test_skills_are_counted_by_area_and_aspect_where_they_are_offered() -> None:
    summary = run("skills", day_of(*TOWN), {})["summary"]
    assert {
        (line["area"], line["aspect"]): (line["unused"], line["in_use"], line["not_offered"])
        for line in summary["skills_by_area"]
        if line["skills"]
    } == {
        # Both offer baking in the east; the law lies in the north, whoever offers it.
        ("east", "hand"): (1, 1, 0),
        ("west", "hand"): (1, 1, 0),
        ("north", "head"): (1, 0, 0),
        (None, None): (0, 0, 1),
    }
    assert {line["aspect"]: line["skills"] for line in summary["skills_by_aspect"]} == {
        "heart": 0, "head": 1, "hand": 2, None: 1,
    }  # fmt: skip
    assert {
        (line["area"], line["kind"]): (line["parties"], line["expressive"], line["only_receives"])
        for line in summary["voices"]
        if line["parties"]
    } == {
        ("east", "person"): (2, 1, 0),
        ("west", "person"): (2, 0, 1),
        (None, "person"): (1, 0, 0),
        ("east", "association"): (1, 1, 0),
        (None, "agency"): (1, 0, 0),
    }


def test_only_skills_and_parties_of_the_areas_are_counted() -> None:
    result = run("skills", day_of(*TOWN), {"areas": ["west"]})
    assert [row["node"] for row in result["rows"]] == ["baking", "ann", "cem"]
    assert {line["area"] for line in result["summary"]["voices"]} == {"west"}
    assert result["summary"]["skills"] == 2


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([], "No skill is on this map on that day."),
        (
            [person("ann")],
            (
                "No skill is on this map on that day; of 1 person, 0 express something of the"
                " culture here, and 0 only receive."
            ),
        ),
        ([skill("law")], "Of 1 skill, none is offered in vain."),
    ],
)
def test_of_little_little_is_said(rows: list[NodeRow], headline: str) -> None:
    result = run("skills", day_of(*rows), {})
    assert (result["headline"], result["rows"]) == (headline, [])


def test_an_analyst_reads_of_skills_and_groups_and_of_no_person() -> None:
    many = [skill(f"s{place:02}", "hand", "east") for place in range(20)]
    offers = [tie(f"x{place}", "offers", "ann", f"s{place:02}") for place in range(20)]
    result = run("skills", day_of(*TOWN, *many, *offers), {}, smallest=8)
    assert {row["kind"] for row in result["rows"]} == {"asset", "association", "agency"}
    assert all(row["count"] is None for row in result["rows"])
    assert "rows" in result["suppressed"]
    hand = result["summary"]["skills_by_aspect"][2]
    assert (hand["unused"], hand["in_use"], hand["not_offered"]) == (None, None, 0)
