"""Writing areas: what nodes lie in, and not a part of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import Conflict, Invalid, NotFound, Stale
from graph.nodes import Area
from graph.refusals import check_may_write_areas
from graph.revising import Fields, Mode, checked, content, merged
from graph.store.properties import area_of, area_properties
from graph.store.units import Entry, check_version

if TYPE_CHECKING:
    from graph.store.client import Row
    from graph.store.units import Unit


async def put_area(
    unit: Unit,
    area_id: str,
    fields: Fields,
    *,
    mode: Mode,
    expected: int | None = None,
    absent: bool = False,
) -> tuple[Area, bool]:
    """Write one area.

    Returns
    -------
    The area as it is now, and whether it was created.

    Raises
    ------
    Conflict, Stale, VersionNeeded, NotFound, Invalid, Forbidden
        As for a node; a parent must exist, and no area lies in itself.
    """
    check_may_write_areas(unit.view)
    # Areas lie in one another, and a circle may be closed by two writers far apart.
    await unit.lock_all()
    if fields.get("id", area_id) != area_id:
        raise Invalid.at("/id", f"the id is {area_id} and does not change")
    kept = await _kept(unit, area_id)
    current = area_of(kept["area"]) if kept["area"] else None
    if current is None:
        if mode == "merge":
            raise NotFound(f"there is no area {area_id}")
        if expected is not None:
            raise Stale(f"there is no area {area_id}")
    else:
        if mode == "create":
            raise Conflict(f"the id {area_id} is in use")
        if absent:
            raise Stale(f"{area_id} exists")
        check_version(current, expected)
    base = current.model_dump(mode="json", exclude_none=True) if current and mode == "merge" else {}
    whole: Fields = merged(base, fields) if mode == "merge" else dict(fields)
    draft = checked(Area, {**whole, "id": area_id})
    if current is not None and content(current) == draft:
        return current, False
    await _check_parents(unit, draft)
    area = draft.model_copy(
        update={
            "version": 1 + ((current.version or 0) if current else kept["buried_version"] or 0),
            "created_at": current.created_at if current else unit.now,
            "updated_at": unit.now,
        }
    )
    await unit.run(
        "write/update_area" if current else "write/create_area", row=area_properties(area)
    )
    outcome = "updated" if current else "created"
    unit.entries.append(Entry("area", "area", area_id, outcome, area.version or 1))
    return area, current is None


async def delete_area(unit: Unit, area_id: str, *, expected: int | None) -> None:
    """Delete an area that nothing lies in.

    Raises
    ------
    NotFound, VersionNeeded, Stale, Forbidden
        As for a node.
    Conflict
        When a node or another area lies in it.
    """
    check_may_write_areas(unit.view)
    await unit.lock_all()
    kept = await _kept(unit, area_id)
    if not kept["area"]:
        raise NotFound(f"there is no area {area_id}")
    area = area_of(kept["area"])
    check_version(area, expected)
    if kept["in_use"]:
        raise Conflict(f"nodes or areas lie in {area_id}")
    entry = Entry("area", "area", area_id, "deleted", (area.version or 0) + 1)
    await unit.run("write/delete_area", id=area_id)
    await unit.bury([entry])
    unit.entries.append(entry)


async def _kept(unit: Unit, area_id: str) -> Row:
    return await unit.row("read/kept_area", id=area_id) or {"area": None, "buried_version": 0}


async def _check_parents(unit: Unit, area: Area) -> None:
    parent = area.parent
    seen = {area.id}
    while parent is not None:
        if parent in seen:
            raise Invalid.at("/parent", "an area does not lie in itself")
        seen.add(parent)
        row = await unit.row("read/area", id=parent)
        if row is None:
            raise Invalid.at("/parent", f"there is no area {parent}")
        parent = row["area"].get("parent")
