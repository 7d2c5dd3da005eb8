"""How associations are: worked out by hand, and told without giving their members away."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.analytics.reports import run
from graph.network import NodeRow, Reported, TieRow
from tests.real_networks import DAY
from tests.small_networks import agency, by_node, day_of, group, person


def tie(source: str, relation: Any, target: str, **said: Any) -> TieRow:
    id_ = f"{source}-{relation}-{target}"
    return TieRow(id_, "connects", source, target, relation=relation, **said)


def reporting(id_: str, *figures: tuple[date, int]) -> NodeRow:
    return group(id_)._replace(reported=tuple(Reported(on, members) for on, members in figures))


TOWN: list[NodeRow | TieRow] = [
    *map(person, ("ann", "ben", "cem", "dia")),
    reporting("choir", (date(2025, 5, 1), 30), (date(2023, 5, 1), 40), (date(2099, 1, 1), 7)),
    group("club"),
    group("silent"),
    agency("town"),
    agency("health"),
    # Ann carries three of the four loads of the choir's people, one of them elsewhere.
    tie("ann", "member", "choir", valid_from=date(2019, 1, 1)),
    tie("ben", "member", "choir", valid_from=date(2025, 9, 1)),
    tie("cem", "member", "choir"),
    tie("dia", "member", "choir"),
    tie("ann", "volunteer", "choir"),
    tie("ann", "volunteer", "club"),
    tie("ann", "volunteer", "town"),
    tie("ben", "volunteer", "choir"),
    tie("cem", "member", "club"),
    tie("town", "funds", "club"),
    tie("health", "funds", "club"),
    tie("choir", "funds", "club"),
    TieRow("t", "trusts", "town", "choir"),
]


def test_members_load_and_the_share_of_agencies_are_counted() -> None:
    rows = by_node(run("associations", day_of(*TOWN), {}))
    choir, club, silent = rows["choir"], rows["club"], rows["silent"]
    assert (choir["members"], choir["joined"], choir["volunteers"]) == (4, 1, 2)
    assert (choir["first_reported"], choir["membership"], choir["change"]) == (40, 30, -10)
    assert choir["reported_on"] == "2025-05-01"
    # Loads 0, 0, 1, 3: (2 * (3 * 1 + 4 * 3) - 5 * 4) / (4 * 4).
    assert choir["load_gini"] == 0.625
    # Ann's three and Cem's none.
    assert club["load_gini"] == 0.5
    # Four people, the club and the town; Ann, Cem, the choir and two agencies.
    assert (choir["tied_to"], choir["agency_share_of_ties"]) == (6, 0.166666666667)
    assert (club["tied_to"], club["agency_ties"], club["other_ties"]) == (5, 2, 3)
    assert (club["funders"], club["agency_share_of_funders"]) == (3, 0.666666666667)
    assert (choir["funders"], choir["agency_share_of_funders"]) == (0, None)
    assert (club["membership"], club["change"]) == (1, None)
    assert [silent[name] for name in ("membership", "load_gini", "agency_share_of_ties")] == [
        None, None, None,
    ]  # fmt: skip


def test_flags_go_by_limits_that_a_community_sets_and_are_null_where_nothing_is_stated() -> None:
    result = run("associations", day_of(*TOWN), {})
    flags = ("exhausted", "dominated", "few_members", "shrinking")
    assert {
        node: tuple(row[flag] for flag in flags) for node, row in by_node(result).items()
    } == {
        "club": (False, True, True, None),
        "choir": (False, False, False, True),
        "silent": (None, None, None, None),
    }  # fmt: skip
    assert list(by_node(result)) == ["club", "choir", "silent"]
    assert result["headline"] == (
        "Of 3 associations, 0 rest on few who carry much, 1 lives mostly on agencies, 1 has few"
        " members and 1 has fewer members than before."
    )
    asked = {"exhausted_over": 0.6, "dominated_over": 0.7, "few_members": 1}
    stricter = by_node(run("associations", day_of(*TOWN), asked))
    assert [stricter["choir"][flag] for flag in flags] == [True, False, False, True]
    assert [stricter["club"][flag] for flag in flags] == [False, False, False, None]


def test_what_was_reported_is_summed_by_year_until_the_day() -> None:
    figures = ((date(2025, 1, 1), 20), (date(2025, 11, 1), 25), (DAY, 5))
    result = run("associations", day_of(*TOWN, reporting("band", *figures)), {})
    summary = result["summary"]
    names = ("year", "reporting", "members", "joined_in_year", "left_in_year", "members_on_map")
    assert [tuple(row[name] for name in names) for row in summary["over_time"]] == [
        ("2019", 0, 0, 1, 0, 4),
        ("2023", 1, 40, 0, 0, 4),
        ("2025", 2, 55, 1, 0, 5),
        ("2026", 1, 5, 0, 0, 5),
    ]
    assert (summary["people"], summary["load_gini"]) == (4, 0.625)
    assert result["counted"] == summary["associations"] == 4
    assert summary["by_flag"][3] == {
        "flag": "shrinking", "flagged": 2, "others": 0, "not_stated": 2,
    }  # fmt: skip


def test_of_associations_alone_nothing_is_concluded() -> None:
    assert run("associations", day_of(), {})["headline"] == (
        "No association is on this map on that day."
    )
    alone = run("associations", day_of(group("choir", "east"), group("club")), {"areas": ["east"]})
    assert list(by_node(alone)) == ["choir"]
    assert alone["headline"] == (
        "Of 1 association neither members nor ties are stated: how they are cannot be said."
    )


def test_an_analyst_is_told_no_small_number_of_members_nor_what_follows_from_it() -> None:
    people = [person(f"p{place:02}") for place in range(12)]
    ties = [tie(f"p{place:02}", "member", "choir") for place in range(12)]
    ties += [tie("p00", "volunteer", "choir"), tie("town", "partner", "choir")]
    day = day_of(*people, group("choir"), agency("town"), *ties)
    result = run("associations", day, {}, smallest=8)
    [row] = result["rows"]
    assert (row["members"], row["membership"], row["volunteers"]) == (10, 10, None)
    assert (row["load_gini"], row["exhausted"], row["few_members"]) == (None, None, False)
    # Twelve of thirteen would say that one is an agency.
    assert (row["agency_ties"], row["agency_share_of_ties"], row["dominated"]) == (None,) * 3
    assert (result["counted"], result["summary"]["people"]) == (None, 10)
    assert result["summary"]["by_flag"][0]["not_stated"] in (0, None)
    assert result["headline"].startswith("Of some associations, ")
