"""Who is cut off from others, with and without those who are paid to be there.

Somebody whose only ties are to paid staff is not called connected, and somebody whom nobody asked
is not called isolated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from graph.analytics.by_area import how_many_of_lists, with_areas
from graph.analytics.kernels import COUNTED
from graph.analytics.projection import Flags, Indices, in_areas, of_type
from graph.analytics.questions import IsolationParameters
from graph.analytics.result import (
    ReportResult,
    Row,
    conventions,
    how_many,
    least,
    number,
    table,
)
from graph.analytics.standing import (
    KINDLY,
    KINDLY_NATURAL,
    NATURAL,
    SOCIAL,
    SocialTies,
    Standings,
    standings,
)
from graph.network import QUALITY_CODE, RELATION_CODE, Lists, Snapshot, Ties
from graph.nodes import KINDS

Status = Literal["isolated", "paid_only", "connected", "unmapped"]
STATUSES: Final[tuple[Status, ...]] = ("isolated", "paid_only", "connected", "unmapped")
"""The most cut off first, then those who were not asked."""


def paid_ties(snapshot: Snapshot) -> Flags:
    """Tell which ties are paid, shape (ties,); all others are natural.

    Paid: said to be, or `professional` or `staff`, or with an agency at one end.
    """
    ties, agency = snapshot.ties, snapshot.kinds == KINDS.index("agency")
    return _said_paid(ties) | agency[ties.source] | agency[ties.target]


def isolation(snapshot: Snapshot, parameters: IsolationParameters) -> ReportResult:
    """Report, for every person, how they are tied to others, by all ties and by natural ones.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    parameters
        `areas` chooses the people; their ties count wherever they lead, or a friend across the
        road would leave somebody isolated.

    Returns
    -------
    ReportResult
        Rows: `degree`, `in_giant`, `hops_to_association`, `would_notice` and the same as
        `natural_...`, and `status`: `isolated` (asked, no ties), `paid_only` (asked, no natural
        ties), `connected` (asked, natural ties), `unmapped` (only named by others). The most cut
        off first. Hops are null where no association can be reached.

    Notes
    -----
    O(n + m log m), and O(k log k) for k people who are no less cut off than the last of the rows.
    Networks of `kernels.COUNTED` nodes are counted without a sort by a compiled kernel, which is
    held equal.
    """
    standing, noticing = _standings(_social_ties(snapshot))
    people = np.flatnonzero(in_areas(snapshot, parameters.areas) & (snapshot.kinds == _PERSON))
    figures: dict[str, NDArray[Any]] = {
        f"{prefix}{name}": column[people]
        for prefix, found, would_notice in zip(_PREFIXES, standing, noticing, strict=True)
        for name, column in (
            ("degree", found.degree),
            ("in_giant", found.in_giant),
            ("hops_to_association", found.hops),
            ("would_notice", would_notice),
        )
    }
    natural_degree = figures["natural_degree"]
    code = {word: natural_degree.dtype.type(code) for code, word in enumerate(STATUSES)}
    status = np.select(
        [snapshot.mapped[people] != 1, natural_degree > 0, figures["degree"] > 0],
        [code["unmapped"], code["connected"], code["paid_only"]],
        code["isolated"],
    )
    most = int(natural_degree.max(initial=0))
    first = least(status * (most + 1) + natural_degree, parameters.limit)
    rows = table(
        {
            "node": [snapshot.ids[place] for place in people[first].tolist()],
            **{name: _shown(name, column[first]) for name, column in figures.items()},
            "status": [STATUSES[code] for code in status[first].tolist()],
        }
    )
    party = np.bincount(snapshot.kinds, minlength=len(KINDS)).tolist()
    summary: Row = {
        **_counts(status, figures, snapshot.areas[people], parameters.areas),
        "nodes": {kind: 0 if kind == "asset" else party[code] for code, kind in enumerate(KINDS)},
        "ties": standing[0].pairs,
        "natural_ties": standing[1].pairs,
        "giant": int(standing[0].in_giant.sum()),
        "natural_giant": int(standing[1].in_giant.sum()),
    }
    return ReportResult(
        isolation_headline(len(people), summary),
        summary,
        conventions(
            parameters,
            directed=False,
            scope="every person"
            if parameters.areas is None
            else "people in the areas; their ties count wherever they lead",
            isolates="Isolated is only said of people who were asked (mapped); others without ties"
            " are unmapped.",
            measures=_MEASURES,
        ),
        len(people),
        rows,
        truncated=len(people) > parameters.limit,
    )


_PERSON: Final = KINDS.index("person")
_PREFIXES: Final = ("", "natural_")
_ALLOWED: Final = np.array(
    [0 if kind == "asset" else SOCIAL | KINDLY if kind == "agency" else 15 for kind in KINDS],
    np.uint8,
)
"""Sets in which a tie of a node of each kind may be: one with an agency is paid."""

_REACHING: Final = "reaching"
_HOPS: Final = "hops"
_MEASURES: Final = {
    "degree": "Number of people, associations and agencies tied to, by connects or trusts.",
    "in_giant": "Part of the largest component.",
    "hops_to_association": "Steps to the nearest association; null where none can be reached.",
    "would_notice": "Number of people tied to by a tie that is not stressful: who would notice if"
    " something was wrong.",
    "unnoticed": "People who were asked and whom nobody would notice; natural_unnoticed: nobody but"
    " who is paid.",
    "mean_hops_to_association": "Of those who were asked and can reach one.",
    "natural_": "The same by natural ties only. A tie is paid if it says so, is professional or"
    " staff, or has an agency at one end; every other is natural.",
    "status": "isolated: asked, without ties. paid_only: asked, without natural ties. connected:"
    " asked, with natural ties. unmapped: only named by others.",
}


def _said_paid(ties: Ties) -> Flags:
    by_relation = ties.relation == RELATION_CODE["professional"]
    return (ties.paid == 1) | by_relation | (ties.relation == RELATION_CODE["staff"])


def _social_ties(snapshot: Snapshot) -> SocialTies:
    """Say what each tie is, and what a tie of each node may be, as `paid_ties` does."""
    ties, kinds = snapshot.ties, snapshot.kinds
    social = of_type(snapshot, "connects") | of_type(snapshot, "trusts")
    natural = social & ~_said_paid(ties)
    kindly = social & (ties.quality != QUALITY_CODE["stressful"])
    bits = social * SOCIAL
    for which, bit in ((natural, NATURAL), (kindly, KINDLY), (natural & kindly, KINDLY_NATURAL)):
        bits |= which * bit
    return SocialTies(
        ties.source,
        ties.target,
        bits,
        _ALLOWED[kinds],
        kinds == _PERSON,
        kinds == KINDS.index("association"),
    )


def _standings(ties: SocialTies) -> Standings:
    if len(ties.allowed) not in COUNTED:
        return standings(ties)
    from graph.analytics.kernels.standings import standings as compiled  # noqa: PLC0415 - see kernels

    return compiled(ties)


def _shown(name: str, column: NDArray[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    return [None if value < 0 else value for value in values] if "hops" in name else values


def _counts(
    status: Indices,
    figures: Mapping[str, NDArray[Any]],
    areas: Lists,
    asked_for: Collection[str] | None,
) -> Row:
    """Count people, of whom each array has one entry: all of them, and those of each area."""
    asked = status != STATUSES.index("unmapped")
    flags: dict[str, Flags] = {
        "people": np.ones(len(status), np.bool_),
        "mapped": asked,
        **{word: status == code for code, word in enumerate(STATUSES)},
    }
    flags |= {
        f"{prefix}unnoticed": asked & (figures[f"{prefix}would_notice"] == 0)
        for prefix in _PREFIXES
    }
    steps: dict[str, NDArray[Any]] = {}
    for prefix in _PREFIXES:
        hops = figures[f"{prefix}hops_to_association"]
        flags[f"{prefix}{_REACHING}"] = reaching = asked & (hops >= 0)
        steps[f"{prefix}{_HOPS}"] = hops * reaching
    counted = (*flags, *steps)
    sums = np.column_stack(
        (
            how_many_of_lists(areas, list(flags.values())),
            *(np.bincount(areas.codes, each, len(areas.distinct)) for each in steps.values()),
        )
    ).astype(np.int64)

    def told(counts: Sequence[int]) -> Row:
        row: Row = dict(zip(counted, counts, strict=True))
        for prefix in _PREFIXES:
            reaching, hops = row.pop(f"{prefix}{_REACHING}"), row.pop(f"{prefix}{_HOPS}")
            row[f"{prefix}mean_hops_to_association"] = hops / reaching if reaching else None
        return row

    return with_areas(areas, sums, asked_for, told)


def isolation_headline(_counted: int | None, summary: Row) -> str:
    """Say the report in a sentence; figures that are not told (null) are more than 0."""
    if summary["people"] == 0:
        return "Nobody is on this map on that day."
    if summary["mapped"] == 0:
        return (
            f"{how_many(summary['people'], 'person is', 'people are')} on this map, but none was"
            " asked yet: nothing can be said about who is isolated."
        )
    parts = summary["isolated"], summary["paid_only"]
    cut_off = None if None in parts else sum(parts)
    text = (
        f"Of {how_many(summary['mapped'], 'person', 'people')} who were asked,"
        f" {number(cut_off)} {'has' if cut_off == 1 else 'have'} no natural tie to anybody"
        if cut_off != 0
        else f"Of {how_many(summary['mapped'], 'person', 'people')} who were asked,"
        " everybody has a natural tie to somebody"
    )
    if summary["paid_only"] != 0:
        paid_only = number(summary["paid_only"])
        text += f", and {paid_only} of them only know people who are paid to be there"
    if summary["unmapped"] != 0:
        text += (
            f"; {how_many(summary['unmapped'], 'more person was', 'more people were')} only named"
            " by others and not asked"
        )
    return f"{text}."
