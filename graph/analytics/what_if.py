"""What would follow: reports of the network as it is, and as it would be, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from graph.analytics.questions import SupposedTie, WhatIfParameters
from graph.analytics.result import ReportResult, Row, conventions, how_many, number
from graph.analytics.supposing import supposed, with_ties
from graph.analytics.waves import figures
from graph.analytics.weaving import Plan, weave
from graph.network import Snapshot

Answer = Callable[[str, Snapshot], ReportResult]
"""Answers a report of one kind, of any network."""

_OF_PEOPLE: Final = (
    "degree", "hops_to_association", "would_notice", "natural_degree",
    "natural_hops_to_association", "natural_would_notice", "status",
)  # fmt: skip


def what_if(snapshot: Snapshot, parameters: WhatIfParameters, answer: Answer) -> ReportResult:
    """Report what would follow if some nodes and ties went, came, or some people were introduced.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        What is supposed; how many introductions are planned on top of that, for which aim and
        under which load limit; which reports are compared; the areas that they look at.
    answer
        Answers one of these reports.

    Returns
    -------
    ReportResult
        Rows by `finding`: `introduction` (`node` and `other`, and the `gain`), then `changed`:
        every person whose isolation changes, with each measure and what it was before; null
        `..._before` for who is supposed, null after for who is taken out. Summary: every figure of
        the reports before and after, and the plan.

    Raises
    ------
    Invalid
        As `supposing.supposed` and `weaving.weave`.

    Notes
    -----
    Twice the cost of the reports, and that of the plan.
    """
    after = supposed(snapshot, parameters)
    planned = parameters.planned()
    plan = weave(
        after,
        planned,
        aim=parameters.aim,
        most_each=parameters.most_each,
        areas=parameters.areas,
    )
    after = with_ties(
        after,
        [
            SupposedTie.model_validate({"source": each.one, "target": each.other})
            for each in plan.introductions
        ],
    )
    answers = {
        kind: (answer(kind, snapshot), answer(kind, after))
        for kind in dict.fromkeys(("isolation", *parameters.reports))
    }
    lines: list[Row] = []
    for kind in dict.fromkeys(parameters.reports):
        was, now = answers[kind]
        lines += [
            {
                "report": kind,
                "figure": line["figure"],
                "before": line["earlier"],
                "after": line["later"],
                "change": line["change"],
            }
            for line in figures(was.summary, now.summary)
        ]
    was, now = answers["isolation"]
    rows = [*_introductions(plan), *_changed(was.rows, now.rows)]
    moved = sum(row["finding"] == "changed" for row in rows)
    summary: Row = {
        "people_before": was.counted,
        "people_after": now.counted,
        "people_changed": moved,
        "figures_changed": sum(line["change"] not in (0, None) for line in lines),
        "introductions": len(plan.introductions),
        **(_planned(plan, parameters) if planned else {}),
        "figures": lines,
    }
    return ReportResult(
        what_if_headline(now.counted, summary),
        summary,
        {
            **conventions(
                parameters,
                directed=False,
                scope="as the reports that are compared",
                isolates="As in the reports that are compared.",
                measures=_MEASURES,
            ),
            "introductions": "Only people who were asked are introduced, to people who were asked"
            " or to associations; whether they agree is asked when the introduction is made. An"
            " introduction counts as a natural tie.",
        },
        now.counted,
        rows[: parameters.limit],
        truncated=len(rows) > parameters.limit,
    )


_MEASURES: Final = {
    "other": "Whom the node is to be introduced to.",
    "gain": "What the introduction adds to the score of the plan, after those before it.",
    "plan_score": "isolation: people who can reach an association by natural ties that are not"
    " stressful. distance: mean of 1 / distance over the pairs of people by such ties.",
    "plan_guarantee": "What the plan adds is at least this share of the most that as many"
    " introductions could.",
    **dict.fromkeys(_OF_PEOPLE, "As in the report on isolation."),
    "_before": "The same measure as it is now.",
}


def _planned(plan: Plan, parameters: WhatIfParameters) -> Row:
    return {
        "plan_aim": parameters.aim,
        "plan_score_before": plan.before,
        "plan_score_after": plan.after,
        "plan_exact": plan.exact,
        "plan_guarantee": plan.guarantee,
    }


def _introductions(plan: Plan) -> list[Row]:
    nothing = {column: None for name in _OF_PEOPLE for column in (f"{name}_before", name)}
    return [
        {
            "finding": "introduction",
            "node": each.one,
            "other": each.other,
            "gain": each.gain,
            **nothing,
        }
        for each in plan.introductions
    ]


def _changed(was: list[Row], now: list[Row]) -> list[Row]:
    before = {row["node"]: row for row in was}
    after = {row["node"]: row for row in now}
    rows: list[Row] = []
    for node in sorted(before.keys() | after.keys()):
        old, new = (rows_.get(node, {}) for rows_ in (before, after))
        measured = {
            column: value
            for name in _OF_PEOPLE
            for column, value in ((f"{name}_before", old.get(name)), (name, new.get(name)))
        }
        if any(old.get(name) != new.get(name) for name in _OF_PEOPLE):
            rows.append(
                {"finding": "changed", "node": node, "other": None, "gain": None, **measured}
            )
    return rows


def what_if_headline(counted: int | None, summary: Row) -> str:
    """Say the report in a sentence."""
    planned = summary["introductions"]
    if counted == 0 and summary["people_before"] == 0:
        return "Nobody is on this map on that day."
    changes = (
        f"{how_many(summary['figures_changed'], 'figure', 'figures')} would change, and"
        f" {how_many(summary['people_changed'], 'person', 'people')} would stand otherwise"
    )
    if "plan_aim" not in summary:
        return f"If it were so, {changes}."
    if not planned:
        return f"No introduction would help to this end; {changes}."
    if summary["plan_aim"] == "distance":
        aim = "bring people nearer to each other"
    else:
        more = int(summary["plan_score_after"] - summary["plan_score_before"])
        aim = f"let {number(more)} more reach an association"
    best = "nothing does more" if summary["plan_exact"] else "more may be possible"
    made = how_many(planned, "introduction", "introductions")
    return f"{made} would {aim}, and {best} with as many; {changes}."
