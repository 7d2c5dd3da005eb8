"""What a report can say of those who are not on the map: from what was entered of areas, alone.

How many people live in an area, and what share of them is thought to be mapped, is entered by
whoever keeps the areas. No hidden record is read for it: two callers to whom the map shows the same
are told the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

_MAY_GROW: Final = (
    "people", "mapped", "isolated", "paid_only", "connected", "isolates", "components",
    "unnoticed", "natural_unnoticed", "unnoticed_without_staff", "unnoticed_without_carer",
    "no_place", "no_place_without_staff", "no_place_without_carer",
    "below_two", "below_two_without_staff",
)  # fmt: skip
"""Figures to which each person who is not mapped may add one, and from which none takes one.

Whoever was asked told of all their ties: who is not mapped is tied to others such, or to nobody.
"""

_MAY_VANISH: Final = ("offered_unwanted", "wanted_unoffered")
"""Figures that somebody who is not mapped may take from, by a want or an offer, or add to."""


class Entered(NamedTuple):
    """What was entered of an area.

    Parameters
    ----------
    is_place
        Whether people live in it: interests and topics have no population.
    population
        How many people live there.
    mapped_share
        What share of them is thought to be mapped.
    """

    id: str
    parent: str | None = None
    is_place: bool = True
    population: int | None = None
    mapped_share: float | None = None


def coverage(
    summary: Mapping[str, Any],
    entered: Sequence[Entered],
    areas: Collection[str] | None,
    asked: int | None = None,
) -> dict[str, Any]:
    """Return how much of a community a report covers, and its figures in the best and worst case.

    Parameters
    ----------
    summary
        Of the report, as it is told: what disclosure control hides is not read here either.
    entered
        All areas.
    areas
        Those that were asked for; None: everywhere.
    asked
        How many people of these areas were asked; None where disclosure control does not tell it:
        then what the summary tells counts, all people where it does not tell them apart.

    Returns
    -------
    dict
        `population`: sum of what was entered of the areas. `mapped`: people on the map who were
        asked; null where that is not told. `unmapped`: the sum of population * (1 - mapped_share)
        where each area has its share, else population less `mapped`. `bands`: for each figure about
        people its value if nobody who is not mapped is such a case (`best`), and if all are
        (`worst`, null without a bound). `reason` is `no_coverage` where an area has no entry: then
        nothing bounds the worst case. It is `mapped_not_told` where `unmapped` would follow from
        what is not told: it is null then, and so is the worst case.

    Notes
    -----
    An area without an entry of its own has those of the areas in it; one that lies in another that
    is counted is not counted again. What is not mapped is rounded up. O(areas).
    """
    counted = _counted(entered, areas)
    populations = [area.population for area in counted]
    told: dict[str, Any] = {"mapped": _mapped(summary) if asked is None else asked}
    if not counted or None in populations:
        nothing = {"population": None, "unmapped": None, "reason": "no_coverage"}
        return {**told, **nothing, "bands": _bands(summary, None)}
    population = sum(each or 0 for each in populations)
    unmapped = _unmapped(counted, population, told["mapped"])
    return {
        **told,
        "population": population,
        "unmapped": unmapped,
        "reason": "mapped_not_told" if unmapped is None else None,
        "bands": _bands(summary, unmapped),
    }


def coverage_sentence(told: Mapping[str, Any]) -> str:
    """Say in a sentence how much of a community a report covers."""
    if told["population"] is None:
        return (
            "How many people live here is not entered for each area, so nothing can be said of"
            " those who are not on this map."
        )
    missing = (
        "it is not told how many are not mapped"
        if told["unmapped"] is None
        else f"{told['unmapped']:,} are not mapped, or thought not to be"
    )
    off = ": each figure below could be as good or as bad as this" if told["bands"] else ""
    return f"Of {told['population']:,} people who live here, {missing}{off}."


def _counted(entered: Sequence[Entered], areas: Collection[str] | None) -> list[Entered]:
    known = {area.id: area for area in entered}
    inside: dict[str | None, list[Entered]] = {}
    for area in entered:
        if area.is_place:
            inside.setdefault(area.parent if area.parent in known else None, []).append(area)
    if areas is None:
        tops = inside.get(None, [])
    else:
        chosen = frozenset(areas)
        tops = [
            known[id_]
            for id_ in sorted(chosen & known.keys())
            if chosen.isdisjoint(_around(known[id_], known))
        ]
    return [part for top in tops for part in _entries(top, inside, frozenset())]


def _around(area: Entered, known: Mapping[str, Entered]) -> Iterator[str]:
    met = {area.id}
    parent = area.parent
    while parent is not None and parent in known and parent not in met:
        met.add(parent)
        yield parent
        parent = known[parent].parent


def _entries(
    area: Entered, inside: Mapping[str | None, Sequence[Entered]], above: frozenset[str]
) -> Iterator[Entered]:
    parts = [part for part in inside.get(area.id, ()) if part.id not in above]
    if area.population is not None or not parts:
        yield area
        return
    for part in parts:
        yield from _entries(part, inside, above | {area.id})


def _mapped(summary: Mapping[str, Any]) -> int | None:
    if "mapped" in summary:
        return summary["mapped"]
    return summary.get("nodes", {}).get("person")


def _unmapped(counted: Sequence[Entered], population: int, mapped: int | None) -> int | None:
    if all(area.mapped_share is not None for area in counted):
        missing = sum((area.population or 0) * (1 - (area.mapped_share or 0)) for area in counted)
        # 0.7 is a little less than it says: 30 of 100 would be 31.
        return math.ceil(round(missing, 6))
    return None if mapped is None else max(population - mapped, 0)


def _bands(summary: Mapping[str, Any], unmapped: int | None) -> dict[str, dict[str, int | None]]:
    bands: dict[str, dict[str, int | None]] = {}
    for name, value in summary.items():
        if not isinstance(value, int):
            continue
        if name in _MAY_GROW:
            bands[name] = {"best": value, "worst": None if unmapped is None else value + unmapped}
        elif name in _MAY_VANISH:
            whole = unmapped == 0
            bands[name] = {"best": value if whole else 0, "worst": value if whole else None}
    return bands
