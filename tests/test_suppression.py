"""A count that is not told cannot be worked out from those that are."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analytics.suppression import Line, bounds, hidden, rounded

SMALLEST = 8

Table = tuple[dict[tuple[int, int], int], list[Line]]

COUNTS = st.one_of(st.integers(0, 9), st.integers(0, 40), st.sampled_from([0, 1, 7, 8]))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Return counts by row and column, with their margins."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    cells = [[draw(COUNTS) for _ in range(width)] for _ in range(height)]
    whole = [[*row, sum(row)] for row in cells]
    whole.append([sum(column) for column in zip(*whole, strict=True)])
    figures = {(i, j): count for i, row in enumerate(whole) for j, count in enumerate(row)}
    rows = [Line((i, width), [(i, j) for j in range(width)]) for i in range(height + 1)]
    columns = [Line((height, j), [(i, j) for i in range(height)]) for j in range(width + 1)]
    return figures, rows + columns


def worked_out(table: Table, secret: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the hidden figures that linear algebra finds from the exact values of all others.

    One is found if and only if its own direction lies in the span of the equations.
    """
    unknown = sorted(secret)
    place = {name: at for at, name in enumerate(unknown)}
    equations = np.zeros((len(table[1]), len(unknown)))
    for number, line in enumerate(table[1]):
        for name, sign in ((line.total, -1), *((part, 1) for part in line.parts)):
            if name in place:
                equations[number, place[name]] = sign
    rank = int(np.linalg.matrix_rank(equations)) if unknown else 0
    return [
        name
        for name in unknown
        if np.linalg.matrix_rank(np.vstack([equations, np.eye(len(unknown))[place[name]]])) == rank
    ]


def small(table: Table) -> set[tuple[int, int]]:
    return {name for name, count in table[0].items() if 0 < count < SMALLEST}


@settings(deadline=None)  # a loaded machine is no error
@given(tables())
def test_linear_algebra_over_all_totals_finds_no_hidden_count(table: Table):
    secret = hidden(*table, SMALLEST)
    assert secret >= small(table)
    assert worked_out(table, secret) == []


@settings(deadline=None)  # a loaded machine is no error
@given(tables())
def test_no_hidden_count_is_left_a_single_value_by_what_is_known_of_rounding(table: Table):
    secret = hidden(*table, SMALLEST)
    known = bounds(*table, secret, small(table), SMALLEST)
    told = {name for name, count in table[0].items() if count > 0} - secret
    # Where everything is hidden there is nothing left to hide.
    assert not told or all(known[name][0] < known[name][1] for name in secret)
    assert all(low <= table[0][name] <= high for name, (low, high) in known.items())


@settings(deadline=None)  # a loaded machine is no error
@given(tables())
def test_nothing_is_hidden_but_where_something_is_small_and_zero_never_is(table: Table):
    secret = hidden(*table, SMALLEST)
    assert bool(secret) == bool(small(table))
    assert all(table[0][name] > 0 for name in secret)


def test_the_attack_finds_what_simple_suppression_leaves_open():
    figures = {(0, 0): 3, (0, 1): 20, (0, 2): 23, (1, 0): 30, (1, 1): 40, (1, 2): 70,
               (2, 0): 33, (2, 1): 60, (2, 2): 93}  # fmt: skip
    lines = [Line((i, 2), [(i, 0), (i, 1)]) for i in range(3)]
    lines += [Line((2, j), [(0, j), (1, j)]) for j in range(3)]
    assert worked_out((figures, lines), {(0, 0)}) == [(0, 0)]
    # One more in its line is not enough: the columns give both away.
    assert worked_out((figures, lines), {(0, 0), (0, 1)}) == [(0, 0), (0, 1)]
    assert hidden(figures, lines, SMALLEST) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_four_sevens_do_not_follow_from_a_total_of_thirty():
    figures = {"a": 7, "b": 7, "c": 7, "d": 7, "all": 28}
    lines = [Line("all", ["a", "b", "c", "d"])]
    assert hidden(figures, lines, SMALLEST) == set(figures)


def say_what_is_hidden() -> None:
    """Print what is hidden of some tables, whose names have another hash in each process."""
    chance = random.Random(1)
    for _ in range(20):
        parts = [[f"{i} {j}" for j in range(4)] for i in range(4)]
        figures = {name: chance.choice((3, 20, 20, 40)) for row in parts for name in row}
        lines = [Line(f"row {i}", row) for i, row in enumerate(parts)]
        lines += [Line(f"column {j}", [row[j] for row in parts]) for j in range(4)]
        figures |= {line.total: sum(figures[name] for name in line.parts) for line in lines}
        sys.stdout.write(f"{sorted(hidden(figures, lines, SMALLEST))}\n")


def test_every_process_hides_the_same():
    command = [sys.executable, "-c", "from tests.test_suppression import *; say_what_is_hidden()"]
    said = {
        subprocess.run(
            command,
            cwd=Path(__file__).parents[1],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    # Of two answers that hide different figures, the one tells what the other hides.
    assert len(said) == 1


def test_counts_are_rounded_to_the_nearest_five():
    assert [rounded(count) for count in (0, 8, 12, 13, 17, 18, 1000)] == [
        0, 10, 10, 15, 15, 20, 1000,
    ]  # fmt: skip
