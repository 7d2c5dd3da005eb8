"""A report says how far off it may be, from what was entered of areas and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.analytics.coverage import Entered, coverage, coverage_sentence
from graph.analytics.questions import report_parameters
from graph.analytics.reports import REPORTS, run
from graph.analytics.support import LACKING
from tests.api import ADA, BEN, created, problem, read
from tests.small_networks import day_of, person
from tests.test_stored_answers import agreed, reported

if TYPE_CHECKING:
    from tests.running_service import RunningService

SUMMARY = {"people": 12, "mapped": 10, "isolated": 2, "giant": 5, "nodes": {"person": 12}}
TOWN = [
    Entered("town"),
    Entered("east", "town", population=100),
    Entered("west", "town", population=50),
    Entered("corner", "west", population=20),
    Entered("chess", is_place=False),
]


@pytest.mark.parametrize(
    ("areas", "population"),
    [
        (None, 150), (["town"], 150), (["east"], 100), (["east", "town"], 150),
        (["corner"], 20), (["corner", "west"], 50), (["corner", "east"], 120),
        (["chess"], None), (["nowhere"], None), (["chess", "east"], None),
    ],
)  # fmt: skip
def test_each_who_lives_there_is_counted_once(
    areas: list[str] | None, population: int | None
) -> None:
    told = coverage(SUMMARY, TOWN, areas)
    assert told["population"] == population
    assert told["reason"] == (None if population else "no_coverage")


def test_the_worst_case_is_that_all_who_are_not_mapped_are_such_a_case() -> None:
    told = coverage(SUMMARY, TOWN, ["east"])
    assert (told["mapped"], told["unmapped"]) == (10, 90)
    assert told["bands"] == {
        "people": {"best": 12, "worst": 102},
        "mapped": {"best": 10, "worst": 100},
        "isolated": {"best": 2, "worst": 92},
    }
    assert "Of 100 people who live here, 90 are not mapped" in coverage_sentence(told)


@pytest.mark.parametrize(
    ("shares", "unmapped"),
    [((0.7, 0.5), 30 + 25), ((1.0, 1.0), 0), ((0.0, 0.999), 101), ((0.9, None), 140)],
)
def test_a_share_that_was_entered_goes_before_what_is_counted(
    shares: tuple[float | None, float | None], unmapped: int
) -> None:
    entered = [
        Entered("east", population=100, mapped_share=shares[0]),
        Entered("west", population=50, mapped_share=shares[1]),
    ]
    assert coverage(SUMMARY, entered, None)["unmapped"] == unmapped


def test_what_is_not_entered_bounds_nothing_and_more_on_the_map_than_live_there_is_no_debt() -> (
    None
):
    told = coverage(SUMMARY, [Entered("east")], None)
    assert told["bands"]["isolated"] == {"best": 2, "worst": None}
    assert "not entered" in coverage_sentence(told)
    assert coverage(SUMMARY, [Entered("east", population=3)], None)["unmapped"] == 0


@pytest.mark.parametrize("kind", sorted({*REPORTS} - {"what_if"}))
def test_analysts_are_not_told_how_many_are_not_mapped_but_by_what_they_are_told(kind: str) -> None:
    network = day_of(person("ada", areas=("east",)), person("named", mapped=False))
    told = run(kind, network, {}, entered=[Entered("east", population=50)], smallest=8)["coverage"]
    assert (told["mapped"], told["unmapped"]) == (None, None)
    assert told["reason"] == "mapped_not_told"
    for band in told["bands"].values():
        assert band["worst"] is None
    assert "it is not told how many are not mapped" in coverage_sentence(told)


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_every_report_says_how_many_were_asked_whatever_it_counts(kind: str) -> None:
    network = day_of(
        person("ada", areas=("east",)),
        person("ben", areas=("west",)),
        person("named", mapped=False, areas=("east",)),
    )
    entered = [Entered("east", population=100), Entered("west", population=50)]
    for areas, mapped, unmapped in ((None, 2, 148), (["east"], 1, 99)):
        if areas and "areas" not in report_parameters(kind, {}).model_dump():
            continue
        told = run(kind, network, {"areas": areas} if areas else {}, entered=entered)["coverage"]
        assert (told["mapped"], told["unmapped"]) == (mapped, unmapped)


def test_who_is_not_mapped_may_lack_whatever_those_who_were_asked_lack() -> None:
    entered = [Entered("east", population=50)]
    network = day_of(person("ada"), person("ben"))
    bands = {kind: run(kind, network, {}, entered=entered)["coverage"]["bands"]
             for kind in ("isolation", "support")}  # fmt: skip
    assert {"unnoticed", "natural_unnoticed"} <= bands["isolation"].keys()
    assert set(LACKING) <= bands["support"].keys()
    assert bands["support"]["no_place"] == {"best": 2, "worst": 50}


def test_a_report_without_figures_of_people_promises_none() -> None:
    told = coverage({"assets": 3}, [Entered("east", population=10)], None, 4)
    assert told["bands"] == {}
    assert coverage_sentence(told) == (
        "Of 10 people who live here, 6 are not mapped, or thought not to be."
    )


def test_somebody_who_is_not_mapped_may_want_what_nobody_wants() -> None:
    summary = {"offered_unwanted": 4, "wanted_unoffered": 1, "potential": 3}
    entered = [Entered("east", population=10, mapped_share=0.5)]
    assert coverage(summary, entered, None)["bands"] == {
        "offered_unwanted": {"best": 0, "worst": None},
        "wanted_unoffered": {"best": 0, "worst": None},
    }
    entered = [Entered("east", population=10, mapped_share=1.0)]
    bands = coverage(summary, entered, None)["bands"]
    assert bands["offered_unwanted"] == {"best": 4, "worst": 4}


def test_areas_that_lie_in_each_other_come_to_an_end() -> None:
    ring = [Entered("a", "b"), Entered("b", "a", population=9)]
    assert coverage(SUMMARY, ring, ["a"])["population"] == 9
    assert coverage(SUMMARY, ring, None)["reason"] == "no_coverage"


def test_a_coordinator_enters_what_is_thought_and_each_report_says_what_follows(
    service: RunningService,
) -> None:
    with service.client() as operator, service.client(service.key("coordinator")) as client:
        area: dict[str, Any] = created(client, "areas", id="east", name="East", population=100)
        for person, name in ((ADA, "Ada"), (BEN, "Ben")):
            created(operator, "people", id=person, name=name, mapped=True, areas=["east"])
        # Ben did not agree to be counted: he is as good as not mapped.
        agreed(operator, ADA)
        told = reported(client)["result"]["coverage"]
        assert told["bands"]["isolated"] == {"best": 1, "worst": 100}
        answer = client.patch(
            "/v1/areas/east", json={"mapped_share": 0.9}, headers={"If-Match": "*"}
        )
        assert answer.json()["version"] == area["version"] + 1
        run = reported(client)
        assert run["result"]["coverage"]["bands"]["isolated"] == {"best": 1, "worst": 11}
        page = client.get(f"/v1/reports/{run['id']}", headers={"Accept": "text/html"}).text
        assert "Of 100 people who live here, 10 are not mapped" in page
        problem(
            client.patch("/v1/areas/east", json={"mapped_share": 2}, headers={"If-Match": "*"}), 422
        )
        assert read(client, "/v1/areas/east")["mapped_share"] == 0.9
