"""Who gives and who only receives: worked out by hand, and told without naming anybody."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analytics.flow import STEPS
from graph.analytics.reports import run
from graph.network import NodeRow, TieRow
from tests.small_networks import agency, by_node, day_of, group, person


def tie(id_: str, type_: Any, source: str, target: str, **said: Any) -> TieRow:
    return TieRow(id_, type_, source, target, **said)


def thing(id_: str) -> NodeRow:
    return NodeRow(id_, "asset", id_)


TOWN: list[NodeRow | TieRow] = [
    person("ann", areas=("east",)),
    person("ben", mapped=False),
    person("cem"),
    person("dia"),
    person("eve", mapped=False),
    group("club"),
    agency("town"),
    thing("ride"),
    thing("song"),
    thing("food"),
    # Ann gives: an offer that stands, and an evening at the club; Cem had the ride.
    tie("o1", "offers", "ann", "ride", state="now"),
    tie("c1", "connects", "ann", "club", relation="volunteer"),
    tie("w1", "wants", "cem", "ride", state="met", met_by="o1"),
    # Ben uses the town and the food bank, and nobody asked him anything.
    tie("c2", "connects", "ben", "town", relation="uses", steward="town"),
    tie("w2", "wants", "ben", "food", state="met", met_by="o2", steward="town"),
    tie("w3", "wants", "ben", "song", state="open", steward="town"),
    tie("o2", "offers", "town", "food", state="now", steward="town"),
    # Cem would sing; Dia has a nurse, and uses a thing of which nobody said whose it is.
    tie("o3", "offers", "cem", "song", state="would_like", steward="town"),
    tie("c3", "connects", "town", "dia", relation="professional"),
    tie("c4", "connects", "dia", "ride", relation="uses"),
    tie("w4", "wants", "eve", "song", state="withdrawn"),
    tie("w5", "wants", "club", "song", state="open"),
]


def test_what_each_party_gives_and_receives_is_counted() -> None:
    rows = by_node(run("flow", day_of(*TOWN), {}))
    counts = ("given", "could_give", "received", "from_agency", "wanted")
    assert {node: tuple(row[name] for name in counts) for node, row in rows.items()} == {
        "ann": (2, 0, 0, 0, 0),
        "ben": (0, 0, 2, 2, 1),
        "cem": (0, 1, 1, 0, 0),
        "dia": (0, 0, 2, 1, 0),
        "club": (0, 0, 0, 0, 1),
        "town": (1, 0, 0, 0, 0),
    }
    assert {node: row["step"] for node, row in rows.items()} == {
        "ann": "contributes", "ben": "receives", "cem": "could_contribute", "dia": "receives",
        "club": "neither", "town": "contributes",
    }  # fmt: skip
    assert list(rows) == ["ben", "dia", "cem", "ann", "town", "club"]
    assert [node for node, row in rows.items() if row["never_asked"]] == ["ben"]
    assert (rows["ben"]["asked"], rows["dia"]["asked"], rows["town"]["asked"]) == (
        False, True, None,
    )  # fmt: skip


def test_a_town_that_records_two_wants_and_one_offer_of_others_has_a_lens_of_two_thirds() -> None:
    result = run("flow", day_of(*TOWN), {})
    town = by_node(result)["town"]
    assert (town["wants_recorded"], town["offers_recorded"]) == (2, 1)
    assert town["deficit_lens"] == result["summary"]["deficit_lens"] == 0.666666666667
    assert by_node(result)["ann"]["deficit_lens"] is None


def test_the_ladder_and_what_was_exchanged_add_up() -> None:
    result = run("flow", day_of(*TOWN), {})
    summary = result["summary"]
    assert result["counted"] == summary["parties"] == 7
    ladder = {
        line["receives_from"]: tuple(line[step] for step in STEPS) for line in summary["ladder"]
    }
    assert ladder == {"agency": (2, 0, 0, 0), "others": (0, 1, 0, 0), None: (0, 0, 1, 1)}
    people, groups, agencies = summary["by_kind"]
    assert [people[name] for name in ("parties", *STEPS)] == [5, 2, 1, 1, 1]
    assert (groups["wanted"], agencies["given"], people["received"]) == (1, 1, 5)
    assert {
        (line["giver"], line["receiver"]): line["received"]
        for line in summary["exchanges"]
        if line["received"]
    } == {("person", "person"): 1, ("agency", "person"): 3, (None, "person"): 1}
    assert (summary["never_asked"], summary["both_share"]) == (1, 0)
    assert result["headline"] == (
        "Of 5 people, 1 contributes something and 2 only receive; 1 of these was never asked what"
        " they could offer. Of what agencies record of others, 67 % is what they want."
    )


def test_parties_of_an_area_are_counted_with_all_that_they_give() -> None:
    result = run("flow", day_of(*TOWN), {"areas": ["east"]})
    assert list(by_node(result)) == ["ann"]
    assert (result["counted"], result["summary"]["given"]) == (1, 2)


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([], "Nobody is on this map on that day."),
        (
            [agency("town")],
            "No person is on this map: who gives and who only receives cannot be said.",
        ),
        ([person("ann")], "Of 1 person, 0 contribute something and 0 only receive."),
        (
            [person("ann"), person("ben"), group("club")],
            "Of 2 people, 0 contribute something and 0 only receive.",
        ),
    ],
)
def test_where_nobody_gives_nothing_is_concluded(rows: list[NodeRow], headline: str) -> None:
    result = run("flow", day_of(*rows), {})
    assert (result["headline"], result["rows"]) == (headline, [])
    assert result["summary"]["deficit_lens"] is None


def test_an_analyst_reads_of_no_single_person_and_of_no_few() -> None:
    many = [person(f"p{place:02}", mapped=place > 20) for place in range(30)]
    uses = [
        tie(f"c{place}", "connects", f"p{place:02}", "town", relation="uses") for place in range(25)
    ]
    gives = [tie(f"o{place}", "offers", f"p{place:02}", "ride", state="now") for place in range(3)]
    result = run(
        "flow", day_of(agency("town"), thing("ride"), *many, *uses, *gives), {}, smallest=8
    )
    assert result["rows"] == []
    assert result["suppressed"] == ["rows"]
    people = result["summary"]["by_kind"][0]
    assert (people["parties"], people["contributes"], people["could_contribute"]) == (None, None, 0)
    assert result["summary"]["both_share"] is None
    assert result["headline"].startswith("Of some people, some contribute something and ")
