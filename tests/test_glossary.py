"""Each measure and each report is explained, in plain words and in precise ones, from one place."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

import graph.analytics
from graph.analytics.glossary import explanation, explanations, glossary
from graph.analytics.reports import REPORTS
from graph.errors import NotFound
from service.report_page import report_html
from tests.api import problem, read
from tests.test_measures_say import MEASURES, OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running_service import RunningService


BOUNDS: Final = {"distances.longest_route"}
"""What a measure asks, and no report does."""


def measures() -> Iterator[str]:
    """Yield every function that measures a projection and tells where its definition is from."""
    rooms = pkgutil.iter_modules(graph.analytics.__path__)
    for room in (found.name for found in rooms if not found.ispkg):
        module = import_module(f"graph.analytics.{room}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            told = function.__module__ == module.__name__ and "References\n-" in (
                inspect.getdoc(function) or ""
            )
            if told and "projection" in inspect.signature(function).parameters:
                yield f"{room}.{name}"


def test_every_measure_has_its_explanation_and_names_no_function_that_is_not_there() -> None:
    explained = {told.function for told in glossary().values() if told.kind == "measure"}
    assert explained == {*measures(), *MEASURES, *OTHERS} - BOUNDS


def test_every_kind_of_report_has_its_explanation_and_shows_measures_that_have_one() -> None:
    reports = {name: told for name, told in glossary().items() if told.kind == "report"}
    assert reports.keys() == REPORTS.keys()
    for told in reports.values():
        assert [shown.name for shown in explanations(told.measures)] == told.measures


def test_no_word_is_missing_and_none_stands_for_two() -> None:
    names = [name for told in glossary().values() for name in (told.name, *told.also)]
    assert len(names) == len(set(names))
    for told in glossary().values():
        assert len(told.plain.split()) > 12, told.name
        assert "\n" not in told.plain
        for text in (told.title, told.plain, *told.precise.model_dump().values()):
            assert text
            assert text.strip() == text


def test_an_explanation_is_found_however_its_name_is_written() -> None:
    assert explanation("Effective-size").name == "effective_size"
    assert explanation("cut point").name == "cut_points"
    with pytest.raises(NotFound):
        explanation("charm")


def test_the_page_of_a_report_says_its_words_and_those_of_its_measures() -> None:
    run = {
        "id": "r", "kind": "brokers", "as_of": "2026-03-01", "revision": "x",
        "created_at": "2026-03-01T09:00:00Z", "parameters": {},
        "result": {
            "headline": "h", "summary": {}, "conventions": {}, "counted": 0, "rows": [],
            "truncated": False,
        },
    }  # fmt: skip
    page = report_html(run)
    assert explanation("brokers").plain in page
    for told in explanations(explanation("brokers").measures):
        assert told.plain.replace("'", "&#39;") in page
    assert explanation("cut_points").precise.source in page


def test_the_glossary_is_served_whole_and_by_name_to_every_role(service: RunningService) -> None:
    for role in ("coordinator", "analyst", "auditor"):
        with service.client(service.key(role)) as client:
            items = read(client, "/v1/glossary")["items"]
            assert [item["name"] for item in items] == list(glossary())
            assert read(client, "/v1/glossary/degree") == glossary()["degree"].model_dump()
            problem(client.get("/v1/glossary/charm"), 404)
