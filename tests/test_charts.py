"""A chart is drawn to scale, says in words what it shows, and holds nothing that runs."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from service.charts import Bar, bars
from service.report_page import report_html

PLANTED = "<script>alert('x')</script>"


def test_bars_are_to_scale_and_told_in_words() -> None:
    lines = [Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", None, "*"), Bar("d", 0, "0")]
    chart = ET.fromstring(bars("c", "Counts", lines))  # noqa: S314 - it is our own
    widths = [float(bar.attrib["width"]) for bar in chart.iter("rect")]
    assert [width / widths[0] for width in widths] == [1, 0.5, 0, 0]
    named = chart.attrib["aria-labelledby"].split()
    told = {part.attrib["id"]: part.text for part in chart if "id" in part.attrib}
    assert [told[name] for name in named] == ["Counts", "a: 10; b: 5; c: *; d: 0"]
    assert chart.attrib["role"] == "img"


def test_a_label_is_text_and_nothing_else() -> None:
    chart = ET.fromstring(bars("c", PLANTED, [Bar(PLANTED, 1, PLANTED), Bar("x" * 99, 0, "0")]))  # noqa: S314 - it is our own
    tags = {part.tag for part in chart.iter()}
    assert tags == {"svg", "title", "desc", "text", "rect"}
    assert [part.text for part in chart.iter("title")] == [PLANTED]


def test_a_chart_of_nothing_is_empty() -> None:
    assert "<rect" not in bars("c", "Counts", [])
    assert 'width="0.0"' in bars("c", "Counts", [Bar("a", 0, "0")])


def test_a_report_draws_its_counts_and_the_highest_of_its_rows() -> None:
    rows = [{"node": f"n{n}", "name": f"N {n}", "betweenness": n / 100} for n in range(30)]
    result = {
        "headline": "h", "counted": 30, "truncated": False, "conventions": {}, "rows": rows,
        "summary": {"ties": 9, "isolates": None, "density": 0.5, "suppressed": ["isolates"]},
    }  # fmt: skip
    page = report_html(
        {
            "id": "r", "kind": "brokers", "as_of": "2026-03-01", "revision": "x",
            "created_at": "2026-03-01T09:00:00Z", "result": result,
        }
    )  # fmt: skip
    assert "Ties: 9; Isolates: *</desc>" in page
    assert page.count("<rect") == 2 + 20
    assert page.index("N 29</text>") < page.index("N 10</text>")
    assert "N 9</text>" not in page
