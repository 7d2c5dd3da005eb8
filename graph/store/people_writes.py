"""Writing people together with what they agreed to: both or neither."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph.errors import Fault, GraphError, Invalid
from graph.store.consent_writes import checked_consents, give_consents
from graph.store.node_writes import NodeWrite, WrittenNode, put_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from graph.store.units import Unit


async def put_people(
    unit: Unit, rows: Sequence[NodeWrite], *, today: date
) -> list[WrittenNode | GraphError]:
    """Write nodes as `put_nodes` does, and the consents that come with people.

    A row whose consents cannot be kept is refused whole, with pointers into `/consents`.
    """
    refused = await _refused(unit, rows, today)
    left = [row for place, row in enumerate(rows) if place not in refused]
    some = iter(
        await put_nodes(unit, [replace(row, consents=()) if row.consents else row for row in left])
    )
    results = [refused[place] if place in refused else next(some) for place in range(len(rows))]
    given = [
        (result.node.id, fields)
        for row, result in zip(rows, results, strict=True)
        if isinstance(result, WrittenNode)
        for fields in row.consents
    ]
    if given and unit.rehearsal is None:
        for outcome in await give_consents(unit, given, today=today):
            if isinstance(outcome, GraphError):
                raise outcome
    return results


async def _refused(unit: Unit, rows: Sequence[NodeWrite], today: date) -> dict[int, GraphError]:
    places = [(place, nth) for place, row in enumerate(rows) for nth in range(len(row.consents))]
    if not places:
        return {}
    # Whose consent it is matters later: the id of a new person may not be known yet.
    asked = [("", rows[place].consents[nth]) for place, nth in places]
    faults: dict[int, list[Fault]] = {}
    for (place, nth), outcome in zip(
        places, await checked_consents(unit, asked, today=today), strict=True
    ):
        if isinstance(outcome, Invalid):
            faults.setdefault(place, []).extend(
                Fault(f"/consents/{nth}{fault.pointer}", fault.detail) for fault in outcome.faults
            )
    refused: dict[int, GraphError] = {
        place: Invalid("a consent cannot be kept", some) for place, some in faults.items()
    }
    for place, row in enumerate(rows):
        if row.consents and row.kind != "person":
            refused[place] = Invalid.at("/consents", "people alone agree to something")
    return refused
