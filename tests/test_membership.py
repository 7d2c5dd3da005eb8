"""Members over time: against each day by itself, and told without giving anybody away."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from graph.analytics.associations import associations
from graph.analytics.faces import ROWS
from graph.analytics.membership import OVER_TIME
from graph.analytics.questions import AssociationParameters
from graph.analytics.reports import run
from graph.analytics.result import ReportResult
from graph.analytics.suppression import Line
from graph.consents import NEVER_AFTER, Sight
from graph.network import KIND_CODE, RELATION_CODE, Network, NodeRow, Snapshot, TieRow
from graph.network.sameness import sets
from graph.policy import EVERYTHING, View
from tests.api import ADA, BEN, created, problem, tied
from tests.random_networks import OFTEN
from tests.real_networks import DAY
from tests.small_networks import day_of, group, person
from tests.test_stored_answers import agreed, reported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.running_service import RunningService

Pairs = set[tuple[str, str]]
PEOPLE: Final = ("ann", "ben", "cem", "dia")
GROUPS: Final = ("choir", "club", "band")
# Two in one year, the turn of a year, the day itself, and what is still to come.
DAYS: Final = (
    date(2021, 5, 1), date(2021, 9, 1), date(2023, 1, 1), date(2024, 12, 31), date(2026, 2, 1),
    DAY, date(2026, 6, 1),
)  # fmt: skip
CLUB: Final = View(
    everything=False, organisation="club", clearances=("partners",), consent="analysis", today=DAY
)
MEMBER, ASSOCIATION = RELATION_CODE["member"], KIND_CODE["association"]
SMALLEST: Final = 5
SEEN: Final = ("partners", "private")
maybe_day = st.none() | st.sampled_from(DAYS)
agreeing = st.sampled_from([None, Sight(date(2020, 1, 1), NEVER_AFTER)])


def nodes_of(kind: Any, ids: Sequence[str]) -> st.SearchStrategy[list[NodeRow]]:
    return st.tuples(
        *(
            st.builds(
                NodeRow,
                id=st.just(id_),
                kind=st.just(kind),
                name=st.just(id_),
                active_from=maybe_day,
                active_to=maybe_day,
                clearance=st.sampled_from(SEEN),
                same_as=st.sampled_from([(), (), (ids[0],)]),
                analysis=agreeing,
            )
            for id_ in ids
        )
    ).map(list)


ties = st.lists(
    st.builds(
        TieRow,
        id=st.uuids().map(str),
        type=st.just("connects"),
        source=st.sampled_from([*PEOPLE, GROUPS[0]]),
        target=st.sampled_from([*GROUPS, PEOPLE[0]]),
        relation=st.sampled_from(["member", "member", "member", "volunteer"]),
        valid_from=maybe_day,
        valid_to=maybe_day,
        clearance=st.sampled_from(SEEN),
    ).filter(lambda row: row.source != row.target),
    max_size=12,
    unique_by=lambda row: row.id,
)


def one_of_each(nodes: list[NodeRow], view: View) -> dict[str, str]:
    """Return of each record that is seen the least id of those that are the same."""
    always = Network(epoch="e", revision=1)
    always.load([node._replace(active_from=None, active_to=None, same_as=()) for node in nodes])
    ids = set(always.on(DAY, view).ids)
    pairs = [(node.id, id_) for node in nodes for id_ in node.same_as if {node.id, id_} <= ids]
    return {id_: id_ for id_ in ids} | {id_: min(some) for some in sets(pairs) for id_ in some}


def members_on(snapshot: Snapshot, one: dict[str, str], chosen: set[str]) -> Pairs:
    ties = snapshot.ties
    found: Pairs = set()
    columns = (ties.source.tolist(), ties.target.tolist(), ties.relation.tolist())
    for member, target, relation in zip(*columns, strict=True):
        if relation == MEMBER and snapshot.kinds[target] == ASSOCIATION:
            found.add((one[snapshot.ids[int(target)]], one[snapshot.ids[int(member)]]))
    return {pair for pair in found if pair[0] in chosen}


@pytest.mark.parametrize("view", [EVERYTHING, CLUB])
@OFTEN
@given(nodes_of("person", PEOPLE), nodes_of("association", GROUPS), ties)
def test_each_year_is_what_its_days_say(
    view: View, people: list[NodeRow], groups: list[NodeRow], held: list[TieRow]
) -> None:
    network = Network(epoch="e", revision=1)
    network.load([*people, *groups], held)
    today = network.on(DAY, view)
    one = one_of_each([*people, *groups], view)
    names = {row.id for row in groups}
    chosen = {one[id_] for id_ in today.ids if id_ in names}

    def members(day: date) -> Pairs:
        return members_on(network.on(day, view), one, chosen)

    joined, left = defaultdict[str, int](int), defaultdict[str, int](int)
    before = members(DAYS[0] - timedelta(1))
    for day in DAYS[:-1]:
        now = members(day)
        joined[str(day.year)] += len(now - before)
        left[str(day.year)] += len(before - now)
        before = now
    rows = associations(today, AssociationParameters()).summary[OVER_TIME]
    assert [row["year"] for row in rows] == sorted(
        year for year in {*joined, *left} if joined[year] or left[year]
    )
    for row in rows:
        year = row["year"]
        at_end = len(members(min(date(int(year), 12, 31), DAY)))
        assert row["members_on_map"] == at_end
        assert (row["joined_in_year"], row["left_in_year"]) == (joined[year], left[year])
        assert row["members_in_year"] == at_end + left[year]
    counted = sum(row["members"] for row in associations(today, AssociationParameters()).rows)
    assert counted == len(members(DAY))


def test_who_comes_back_joins_again_and_who_goes_on_does_not() -> None:
    def spell(copy: int, first: date | None, after: date | None) -> TieRow:
        return TieRow(
            f"tie-{copy}", "connects", "ann", "choir", relation="member",
            valid_from=first, valid_to=after,
        )  # fmt: skip

    rows = run(
        "associations",
        day_of(
            person("ann"),
            group("choir"),
            spell(1, None, date(2020, 1, 1)),
            spell(2, date(2020, 1, 1), date(2022, 7, 1)),
            spell(3, date(2022, 9, 1), None),
            spell(4, date(2027, 1, 1), None),
        ),
        {},
    )["summary"][OVER_TIME]
    assert rows == [
        {
            "year": "2022", "reporting": 0, "members": 0, "members_in_year": 2,
            "joined_in_year": 1, "left_in_year": 1, "members_on_map": 1,
        },
    ]  # fmt: skip


def _june(year: int | None) -> date | None:
    return None if year is None else date(year, 6, 1)


def town(chance: random.Random) -> Snapshot:
    """Return groups of some size, whose members come and go."""
    groups = [f"g{at}" for at in range(chance.randint(1, 4))]
    people = [f"p{at:03}" for at in range(60)]
    unsaid: tuple[None, ...] = chance.choice(((), (None,)))
    held: list[TieRow] = []
    for at in groups:
        for who in chance.sample(people, chance.choice((2, 5, 9, 30, 55))):
            first = chance.choice((*unsaid, *range(2020, 2026)))
            stays = chance.choice((None, None, None, 1, 3))
            after = None if stays is None else (first or 2019) + stays
            held.append(
                TieRow(
                    f"{at}-{who}", "connects", who, at, relation="member",
                    valid_from=_june(first), valid_to=_june(after),
                )
            )  # fmt: skip
    return day_of(*map(person, people), *map(group, groups), *held)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_nothing_that_an_analyst_is_not_told_follows_from_what_adds_up(
    chance: random.Random,
) -> None:
    day = town(chance)
    whole = associations(day, AssociationParameters())
    told = run("associations", day, {}, smallest=SMALLEST)
    places = {row["node"]: at for at, row in enumerate(told["rows"])}
    bounds: dict[Any, tuple[float, float | None]] = {}
    secret: list[Any] = []
    lines = adding_up(whole)
    for name in {name for line in lines for name in (line.total, *line.parts)}:
        (table, at), field = name
        if table == OVER_TIME:
            exact, shown = whole.summary[table][at][field], told["summary"][table][at][field]
        else:
            exact = whole.rows[at][field]
            shown = told["rows"][places[whole.rows[at]["node"]]][field]
        if shown is None:
            secret.append(name)
            # Which are small, whoever looks may guess; a zero of a year is not told either.
            least_of_all = 0 if table == OVER_TIME else 1
            bounds[name] = (least_of_all, SMALLEST - 1 if exact < SMALLEST else None)
        elif shown == 0:
            assert exact == 0
            bounds[name] = (0, 0)
        else:
            assert exact >= SMALLEST
            bounds[name] = (max(SMALLEST, shown - 2), shown + 2)
    names = list(bounds)
    equal: list[list[float]] = []
    for line in lines:
        assert value(whole, line.total) == sum(value(whole, part) for part in line.parts)
        equal.append([(name == line.total) - float(name in line.parts) for name in names])
    told_exactly = np.array(equal).reshape(len(equal), len(names))[
        :, [name in secret for name in names]
    ]
    # In the order of the columns that are left. That a zero is one may be known.
    for at, name in enumerate(name for name in names if name in secret):
        if value(whole, name) == 0:
            continue
        own = np.eye(len(secret))[at]
        rank = np.linalg.matrix_rank
        assert rank(np.vstack((told_exactly, own))) > rank(told_exactly)
        least, most = (
            solved([sign * float(name == other) for other in names], equal, list(bounds.values()))
            for sign in (1, -1)
        )
        assert most is None or least is None or -most - least > 0.5


def adding_up(whole: ReportResult) -> list[Line]:
    """Return what a reader knows to add up, who is told the table and the rows."""
    lines: list[Line] = []
    before: list[Any] = []
    for at, row in enumerate(whole.summary[OVER_TIME]):
        total, *others = (
            ((OVER_TIME, at), f"{name}_year") for name in ("members_in", "joined_in", "left_in")
        )
        at_end = ((OVER_TIME, at), "members_on_map")
        lines.append(Line(total, [others[1], at_end]))
        if before or row["members_in_year"] == row["joined_in_year"]:
            lines.append(Line(total, [*before, others[0]]))
        before = [at_end]
    rows = [((ROWS, at), "members") for at in range(len(whole.rows))]
    return [*lines, *(Line(now, rows) for now in before)]


def solved(
    cost: list[float], equal: list[list[float]], bounds: list[tuple[float, float | None]]
) -> float | None:
    """Return the least that a sum can be; None where there is no least."""
    found: Any = linprog(cost, A_eq=equal, b_eq=[0.0] * len(equal), bounds=bounds)
    assert found.status in (0, 3)
    return found.fun if found.status == 0 else None


def value(result: Any, name: Any) -> int:
    (table, at), field = name
    return (result.summary[table] if table == OVER_TIME else result.rows)[at][field]


def test_who_left_the_map_is_counted_in_its_past_and_takes_the_answer_back(
    service: RunningService,
):
    with service.client() as client, service.client(service.key("coordinator")) as coordinator:
        created(client, "people", id=ADA, name="Ada", mapped=True, active_to="2024-03-01")
        created(client, "people", id=BEN, name="Ben", mapped=True)
        created(client, "associations", id="choir", name="Choir")
        tied(client, ADA, "member", "choir", valid_from="2022-05-01")
        tied(client, BEN, "member", "choir", valid_from="2022-07-01", valid_to="2023-01-01")
        consent = agreed(client, ADA, expires="2099-01-01")
        run = reported(coordinator, "associations")

        def years() -> list[tuple[Any, ...]]:
            fields = ("year", "joined_in_year", "left_in_year", "members_on_map")
            rows = reported(coordinator, "associations")["result"]["summary"][OVER_TIME]
            return [tuple(row[name] for name in fields) for row in rows]

        # Ben was never asked: nobody is told that he was a member.
        assert years() == [("2022", 1, 0, 1), ("2024", 0, 1, 0)]
        agreed(client, BEN)
        assert years() == [("2022", 2, 0, 2), ("2023", 0, 1, 1), ("2024", 0, 1, 0)]
        withdrawn = client.post(f"/v1/people/{ADA}/consents/{consent}/withdrawal")
        assert withdrawn.is_success, withdrawn.text
        problem(coordinator.get(f"/v1/reports/{run['id']}"), 410)
        assert years() == [("2022", 1, 0, 1), ("2023", 0, 1, 0)]


@pytest.mark.anyio
async def test_a_consent_of_who_left_the_map_ends_the_answer(
    service: RunningService, connection: Any
):
    with service.client() as client, service.client(service.key("coordinator")) as coordinator:
        created(client, "people", id=ADA, name="Ada", mapped=True, active_to="2024-03-01")
        created(client, "associations", id="choir", name="Choir")
        agreed(client, ADA, expires="2099-01-01")
        reported(coordinator, "associations")
        tied(client, ADA, "member", "choir")
        reported(coordinator, "associations")
        rows = await connection.query("MATCH (n:Run) RETURN n.until AS until ORDER BY n.id")
        until = [row["until"] and row["until"].to_native() for row in rows]
        assert until == [None, date(2099, 1, 1)]
