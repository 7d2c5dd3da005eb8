"""Reports that are made of counts tell an analyst no small one, and know what adds up in them."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.faces import ROWS, SUMMARY
from graph.analytics.questions import report_parameters
from graph.analytics.reports import FACES, REPORTS, Beside, run
from graph.analytics.result import ReportResult
from tests.small_networks import neighbourhood

SMALLEST = 8
FEW = settings(max_examples=20, deadline=None)


def counted(value: Any) -> list[int]:
    """Return every count in a value."""
    if isinstance(value, dict):
        return [n for part in cast("dict[str, Any]", value).values() for n in counted(part)]
    if isinstance(value, list):
        return [n for part in cast("list[Any]", value) for n in counted(part)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def figure(result: ReportResult, name: Any) -> int:
    place, field = name
    if place == SUMMARY:
        return result.summary[field]
    table, at = place
    rows = result.rows if table == ROWS else result.summary[table]
    return rows[at][field]


@pytest.mark.parametrize("kind", FACES)
@FEW
@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_no_count_is_told_that_is_small_or_not_rounded(
    kind: str, chance: random.Random, size: int
) -> None:
    result = run(kind, neighbourhood(chance, size), {}, known_areas=["a9"], smallest=SMALLEST)
    json.dumps(result, allow_nan=False)
    told = counted([result["summary"], result["rows"], result["counted"]])
    assert all(count == 0 or (count >= SMALLEST and count % 5 == 0) for count in told)
    assert not any(row.get("kind") == "person" for row in result["rows"])


@pytest.mark.parametrize("kind", FACES)
@FEW
@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_what_is_said_to_add_up_adds_up_and_no_count_is_in_a_third_line(
    kind: str, chance: random.Random, size: int
) -> None:
    asked = report_parameters(kind, {})
    result = REPORTS[kind](neighbourhood(chance, size), asked, Beside(["a9"]))
    in_lines: Counter[Any] = Counter()
    for line in FACES[kind].lines(result):
        in_lines.update({*line.parts, line.total})
        # Who is in two areas is counted in each.
        assert figure(result, line.total) <= sum(figure(result, part) for part in line.parts)
    assert max(in_lines.values(), default=0) <= 2
    for measure, counts in FACES[kind].follows(result).items():
        assert measure[0] == SUMMARY or measure[0][1] >= 0
        assert all(isinstance(figure(result, name), int | None) for name in counts)
