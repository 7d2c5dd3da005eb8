"""Whose map it is: worked out by hand, and told as far as the caller may know it."""

from __future__ import annotations

from typing import Any

from graph.analytics.reports import run
from graph.network import Network, NodeRow, TieRow
from graph.policy import Caller, view
from tests.real_networks import DAY
from tests.small_networks import day_of


def node(id_: str, kind: Any = "asset", **said: Any) -> NodeRow:
    return NodeRow(id_, kind, id_, **said)


ROWS = [
    node("ann", "person", originator="person", method="face_to_face"),
    node("ben", "person", originator="agency", method="agency_record"),
    node("club", "association", originator="agency", method="import"),
    node("hall", originator="agency", method="import", levels=("physical", "cultural")),
    node("song", levels=("cultural",)),
    TieRow("o", "offers", "ann", "song", originator="person", method="storytelling"),
    TieRow("c", "connects", "ann", "club", relation="member", method="phone"),
]


def told(result: dict[str, Any], of: str, said: str = "originator") -> dict[str | None, Any]:
    return {
        row["word"]: (row["records"], row["share"])
        for row in result["rows"]
        if (row["of"], row["said"]) == (of, said) and row["records"]
    }


def test_records_are_counted_by_who_said_them_and_how_they_were_found_out() -> None:
    result = run("provenance", day_of(*ROWS), {})
    summary = result["summary"]
    assert result["counted"] == summary["records"] == 7
    assert {line["word"]: line["records"] for line in summary["by_originator"]} == {
        "person": 2, "association": 0, "agency": 3, None: 2,
    }  # fmt: skip
    assert (summary["agency_share"], summary["in_person_share"]) == (0.6, 0.333333333333)
    assert (summary["alarm"], summary["alarm_over"], summary["not_told"]) == (True, 0.5, 0)
    assert told(result, "person") == {"person": (1, 0.5), "agency": (1, 0.5)}
    assert told(result, "asset") == {"agency": (1, 1.0), None: (1, None)}
    assert told(result, "level cultural") == {"agency": (1, 1.0), None: (1, None)}
    assert told(result, "connects", "method") == {"phone": (1, 1.0)}
    assert result["headline"] == (
        "Of 7 records, 60 % of those with a known teller come from agencies, and 33 % of those"
        " with a known method were found out in person. That is over the agreed 50 %: this is the"
        " map of agencies before it is that of the people who live here."
    )


def test_the_alarm_is_raised_over_the_agreed_share_and_not_at_it() -> None:
    for alarm_over, alarm in ((0.6, False), (0.59, True)):
        result = run("provenance", day_of(*ROWS), {"alarm_over": alarm_over})
        assert result["summary"]["alarm"] is alarm


def test_of_a_map_of_which_nothing_is_said_nothing_is_concluded() -> None:
    result = run("provenance", day_of(node("hall"), node("ann", "person")), {})
    summary = result["summary"]
    assert (summary["agency_share"], summary["alarm"]) == (None, None)
    assert result["headline"] == (
        "Nobody said of any of 2 records who told it: whose map this is cannot be said."
    )


def test_nodes_of_the_areas_and_the_ties_that_touch_them_are_counted() -> None:
    rows = [row._replace(areas=("east",)) if row.id == "ann" else row for row in ROWS]
    result = run("provenance", day_of(*rows), {"areas": ["east"]})
    assert result["counted"] == 3


def test_where_a_record_of_another_steward_comes_from_is_not_counted() -> None:
    network = Network()
    network.load(
        [
            node("town", "agency", originator="agency"),
            node("hall", originator="agency", steward="town"),
            node("barn", originator="person"),
        ]
    )
    seen = view(Caller("k", "analyst", "town"), "analysis", DAY)
    summary = run("provenance", network.on(DAY, seen), {})["summary"]
    assert (summary["records"], summary["not_told"], summary["agency_share"]) == (3, 2, 1)


def test_an_analyst_is_told_no_small_count_of_those_who_said_something() -> None:
    rows = [node(f"a{place:02}", originator="agency") for place in range(30)]
    rows += [node(f"p{place:02}", "person", originator="person") for place in range(12)]
    rows += [node("one", originator="person")]
    result = run("provenance", day_of(*rows), {}, smallest=8)
    summary = result["summary"]
    assert [line["records"] for line in summary["by_originator"]] == [15, 0, 30, 0]
    assert (summary["people"], summary["agency_share"]) == (None, 0.698)
    rows_told = {
        (row["of"], row["word"]): (row["records"], row["share"])
        for row in result["rows"]
        if row["records"] != 0
    }
    # Thirteen less the twelve would be the one.
    assert rows_told == {
        ("person", "person"): (None, None),
        ("asset", "person"): (None, None),
        ("asset", "agency"): (30, None),
    }
    assert {row["said"] for row in result["rows"]} == {"originator"}
