"""Who is cut off, and who only seems to be: by hand."""

from __future__ import annotations

from graph.analytics.reports import run
from tests.small_networks import (
    agency,
    asset,
    by_node,
    day_of,
    group,
    person,
    tie,
)


def test_whose_only_ties_are_paid_is_not_called_connected() -> None:
    result = run(
        "isolation",
        day_of(
            *map(person, ("alone", "carer", "client", "neighbour", "served", "helped")),
            person("named", mapped=False),
            person("unsaid", mapped=None),
            group("choir"),
            agency("council"),
            tie("connects", "carer", "client", relation="professional"),
            tie("connects", "neighbour", "carer", relation="neighbour"),
            tie("connects", "neighbour", "choir", relation="member"),
            tie("connects", "served", "council", relation="uses"),
            tie("connects", "helped", "carer", relation="peer", paid=True),
            tie("trusts", "served", "council"),
        ),
        {},
    )
    rows = by_node(result)
    status = {node: row["status"] for node, row in rows.items()}
    assert status == {
        "alone": "isolated",
        "client": "paid_only",
        "served": "paid_only",
        "helped": "paid_only",
        "carer": "connected",
        "neighbour": "connected",
        "named": "unmapped",
        "unsaid": "unmapped",
    }
    assert (rows["client"]["degree"], rows["client"]["natural_degree"]) == (1, 0)
    assert rows["client"]["hops_to_association"] == 3
    assert rows["client"]["natural_hops_to_association"] is None
    assert rows["carer"]["natural_hops_to_association"] == 2
    assert rows["served"]["degree"] == 1
    assert not rows["served"]["in_giant"]
    assert rows["helped"]["in_giant"]
    assert not rows["helped"]["natural_in_giant"]
    summary = result["summary"]
    assert result["counted"] == summary["people"] == 8
    assert summary["mapped"] == 6
    assert (summary["isolated"], summary["paid_only"], summary["unmapped"]) == (1, 3, 2)
    assert result["headline"] == (
        "Of 6 people who were asked, 4 have no natural tie to anybody, and 3 of them only know"
        " people who are paid to be there; 2 more people were only named by others and not asked."
    )


def test_a_friend_across_the_road_counts_when_one_area_is_asked_for() -> None:
    snapshot = day_of(
        person("here", areas=("north",)),
        person("both", areas=("north", "south")),
        person("there", areas=("south",)),
        person("nowhere"),
        tie("connects", "here", "there", relation="friend"),
    )
    result = run("isolation", snapshot, {"areas": ["north"]})
    assert {node: row["status"] for node, row in by_node(result).items()} == {
        "here": "connected",
        "both": "isolated",
    }
    [line] = result["summary"]["by_area"]
    assert (line["area"], line["people"], line["isolated"]) == ("north", 2, 1)
    everywhere = run("isolation", snapshot, {})["summary"]["by_area"]
    assert [(line["area"], line["people"]) for line in everywhere] == [
        ("north", 2),
        ("south", 2),
        (None, 1),
    ]


def test_who_would_notice_is_tied_without_stress() -> None:
    snapshot = day_of(
        *(person(name, areas=("north",)) for name in ("ada", "ben", "carer", "quarrel")),
        person("alone", areas=("south",)),
        person("named", mapped=False, areas=("south",)),
        group("choir"),
        agency("council"),
        tie("connects", "ada", "ben", relation="friend"),
        tie("connects", "ada", "quarrel", relation="family", quality="stressful"),
        tie("connects", "carer", "quarrel", relation="professional"),
        tie("connects", "ben", "choir", relation="member"),
        tie("connects", "carer", "council", relation="staff"),
    )
    result = run("isolation", snapshot, {})
    noticed = {
        node: (row["would_notice"], row["natural_would_notice"])
        for node, row in by_node(result).items()
    }
    assert noticed == {
        "ada": (1, 1), "ben": (1, 1), "carer": (1, 0), "quarrel": (1, 0), "alone": (0, 0),
        "named": (0, 0),
    }  # fmt: skip
    summary = result["summary"]
    # Of the five who were asked; a membership alone notices nobody.
    assert (summary["unnoticed"], summary["natural_unnoticed"]) == (1, 3)
    north, south = summary["by_area"]
    assert (north["unnoticed"], north["natural_unnoticed"]) == (0, 2)
    assert (south["unnoticed"], south["natural_unnoticed"]) == (1, 1)
    # Steps to the choir: ben 1, ada 2, quarrel 3, carer 4; natural ties end at quarrel.
    assert north["mean_hops_to_association"] == 2.5
    assert north["natural_mean_hops_to_association"] == 2
    assert south["mean_hops_to_association"] is None


def test_a_count_too_near_another_is_not_told_to_analysts() -> None:
    """20 people with a friend each, 10 members without: who is unnoticed is one more than that."""
    friends_ = [tie("connects", f"f{n:02}", f"f{n + 10:02}", relation="friend") for n in range(10)]
    members = [tie("connects", f"m{n}", "choir", relation="member") for n in range(10)]
    everybody = [person(f"f{n:02}") for n in range(20)] + [person(f"m{n}") for n in range(10)]
    told = run("isolation", day_of(group("choir"), *everybody, *friends_, *members), {}, smallest=8)
    assert told["summary"]["unnoticed"] == told["summary"]["natural_unnoticed"] == 10
    paid = tie("connects", "f00", "m0", relation="professional")
    near = run(
        "isolation", day_of(group("choir"), *everybody, *friends_, *members, paid), {}, smallest=8
    )["summary"]
    assert near["unnoticed"] == 10
    assert near["natural_unnoticed"] is None
    assert "natural_unnoticed" in near["suppressed"]
    assert all(line["unnoticed"] is None for line in near["by_area"])


def test_offers_and_wants_are_no_company() -> None:
    snapshot = day_of(
        person("p"), asset("hall"), tie("wants", "p", "hall"), tie("connects", "p", "hall")
    )
    [row] = run("isolation", snapshot, {})["rows"]
    assert (row["degree"], row["status"]) == (0, "isolated")
