"""A report as a page to print and as a spreadsheet: all its numbers, and no name that does harm."""

from __future__ import annotations

import csv
import io
import random
from html.parser import HTMLParser
from typing import Any

import pytest

from graph.analytics.reports import REPORTS, run
from service.report_page import PAGE_ROWS, report_csv, report_html
from tests.small_networks import (
    day_of,
    neighbourhood,
    person,
    stored,
)


class Page(HTMLParser):
    """What a reader of a page meets: its tags, their attributes, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def with_names(result: dict[str, Any], name: str) -> dict[str, Any]:
    rows = [{"node": row["node"], "name": name, **row} for row in result["rows"]]
    return {**result, "rows": rows}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_page_reads_aloud_and_asks_nothing_of_others(kind: str) -> None:
    result = run(kind, neighbourhood(random.Random(3), 20), {}, known_areas=["a9"])
    html = report_html(stored(kind, result))
    page = Page(html)
    tags = [tag for tag, _ in page.tags]
    assert html.startswith("<!doctype html>")
    assert dict(page.tags)["html"]["lang"] == "en"
    assert tags.count("table") == tags.count("caption") >= 1
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "@page" in html
    assert result["headline"] in page.text
    assert page.text.index(result["headline"]) < page.text.index("Summary")
    assert "How the numbers were reached" in page.text


def test_a_name_is_text_on_a_page_and_no_formula_in_a_spreadsheet() -> None:
    result = run("centrality", day_of(person("p")), {})
    run_ = stored("centrality", with_names(result, "=1+<b>1</b>"))
    html = report_html(run_)
    assert "<b>1" not in html
    assert "=1+&lt;b&gt;1&lt;/b&gt;" in html
    [row] = csv.DictReader(io.StringIO(report_csv(run_)))
    assert row["name"] == "'=1+<b>1</b>"
    assert list(row)[:2] == ["node", "name"]


@pytest.mark.parametrize("name", ["+44 20", "-1", "@sum", "\tx", "\r=1", "\uff1d1"])
def test_whatever_starts_a_formula_is_defused(name: str) -> None:
    result = with_names(run("centrality", day_of(person("p")), {}), name)
    [row] = csv.DictReader(io.StringIO(report_csv(stored("centrality", result)), newline=""))
    assert row["name"] == f"'{name}"


@pytest.mark.parametrize("kind", REPORTS)
def test_a_spreadsheet_holds_every_number_in_full(kind: str) -> None:
    result = run(kind, neighbourhood(random.Random(5), 25), {}, known_areas=["a9"])
    text = report_csv(stored(kind, result))
    assert text.endswith("\r\n")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(lines) == len(result["rows"])
    for line, row in zip(lines, result["rows"], strict=True):
        assert set(line) == set(row)
        for name, value in row.items():
            if value is None:
                assert line[name] == ""
            elif isinstance(value, bool):
                assert line[name] == str(value).lower()
            elif isinstance(value, float):
                assert float(line[name]) == value
            else:
                assert line[name] == str(value)


def test_a_long_report_shows_its_first_rows_and_points_to_the_rest() -> None:
    result = run("centrality", day_of(*(person(f"p{n:04}") for n in range(PAGE_ROWS + 1))), {})
    page = Page(report_html(stored("centrality", result)))
    assert "the first 1,000 of 1,001; all of them are in the CSV" in page.text
    # Once in the table, and twice in the chart of the highest: drawn, and told to who sees none.
    assert page.text.count("p0000") == 3
    assert "p1000" not in page.text
