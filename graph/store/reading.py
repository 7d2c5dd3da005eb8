"""Reading records as one view sees them: every statement carries the view in its own WHERE."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from graph.audiences import is_told_of
from graph.consents import Consent
from graph.errors import Forbidden, Moved, NotFound
from graph.masks import shown_node, shown_tie
from graph.nodes import KINDS, AnyNode, Area, Kind
from graph.policy import may_write
from graph.rules import SYMMETRIC
from graph.store.consent_writes import Override
from graph.store.neighbourhood import Neighbourhood, Surroundings
from graph.store.node_writes import kept_id
from graph.store.properties import area_of, node_of, record_of, tie_of
from graph.ties import TIE_TYPES, AnyTie, TieType
from graph.values import folded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import date, datetime

    from graph.policy import View
    from graph.store.client import Client, ResultT, Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFilters:
    """What a list of nodes is narrowed to; null does not narrow."""

    area: str | None = None
    tag: str | None = None
    steward: str | None = None
    status: str | None = None
    approval: str | None = None
    clearance: str | None = None
    updated_after: datetime | None = None
    source_system: str | None = None
    source_type: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFilters:
    """What a list of areas is narrowed to; null does not narrow."""

    parent: str | None = None
    area_kind: str | None = None
    updated_after: datetime | None = None
    source_system: str | None = None
    source_type: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TieFilters:
    """What a list of ties is narrowed to; null does not narrow."""

    type: TieType | None = None
    source: str | None = None
    target: str | None = None
    relation: str | None = None
    as_of: date | None = None


class Reader:
    """The records as one view sees them; each method is one transaction.

    Parameters
    ----------
    client
        The engine.
    view
        What exists for the caller.
    bookmarks
        Writes that every answer must have seen.
    """

    def __init__(self, client: Client, view: View, bookmarks: Collection[str] = ()) -> None:
        self._client = client
        self._view = view
        self._bookmarks = bookmarks

    async def node(self, node_id: str, kind: Kind | None = None) -> AnyNode:
        """Return one node, of one kind if that is said.

        Raises
        ------
        Moved
            When it was merged into another that the view sees.
        NotFound
            When there is none that the view sees.
        """
        row = await self._row("read/node", id=kept_id(kind, node_id))
        if row is None:
            into = await self._row("read/merged_into", id=kept_id(kind, node_id))
            if into is not None and kind in (None, into["kind"]) and self._knew(into):
                raise Moved(node_id, into["id"])
        if row is None or kind not in (None, row["node"]["kind"]):
            raise NotFound(f"there is no {kind or 'node'} {node_id}")
        return self._node(row)

    async def nodes(self, ids: Sequence[str]) -> list[AnyNode]:
        """Return those of these nodes that the view sees, in the order asked for."""
        found = {
            row["node"]["id"]: self._node(row)
            for row in await self._rows("read/nodes", ids=list(dict.fromkeys(ids)))
        }
        return [found[node_id] for node_id in dict.fromkeys(ids) if node_id in found]

    async def page_of_nodes(
        self, kind: Kind, filters: NodeFilters, *, after: str, limit: int
    ) -> list[AnyNode]:
        """Return at most `limit` nodes of a kind with ids after `after`, by id."""
        rows = await self._rows(
            "read/page_of_nodes", kind=kind, after=after, limit=limit, **_parameters(filters)
        )
        return [self._node(row) for row in rows]

    async def search(
        self, text: str, *, kinds: Collection[Kind] = KINDS, area: str | None, limit: int
    ) -> list[AnyNode]:
        """Return the nodes whose name, description or tags hold all words of a text.

        Order: the name itself, its beginning, a whole word, anything else; then name, then id.
        """
        text = folded(text)
        rows = await self._rows(
            "read/search",
            text=text,
            words=text.split(),
            word=f" {text} ",
            kinds=list(kinds),
            area=area,
            limit=limit,
        )
        return [self._node(row) for row in rows]

    async def tie(self, type_: TieType, tie_id: str) -> AnyTie:
        """Return one tie.

        Raises
        ------
        NotFound
            When there is none that the view sees.
        """
        row = await self._row(f"read/{type_}", id=tie_id)
        if row is None:
            raise NotFound(f"there is no tie {type_} {tie_id}")
        return self._tie(row)

    async def page_of_ties(
        self, filters: TieFilters, *, after: tuple[str, str], limit: int
    ) -> list[AnyTie]:
        """Return at most `limit` ties after a type and id, by type and id.

        Notes
        -----
        Cost: the ties at one end where an end is given, else a walk over all ties.
        """
        asked = _parameters(filters) | {"after_type": after[0], "after_id": after[1]}
        node = filters.source or filters.target
        if node is None:
            del asked["source"], asked["target"]
            rows = await self._rows("read/page_of_ties", limit=limit, **asked)
        else:
            asked |= {"node": node, "symmetric": sorted(SYMMETRIC)}
            rows = await self._rows("read/page_of_ties_of_node", limit=limit, **asked)
        return [self._tie(row) for row in rows]

    async def neighbourhood(
        self,
        node_id: str,
        *,
        hops: int,
        types: Collection[TieType] = TIE_TYPES,
        as_of: date,
    ) -> Neighbourhood:
        """Return the nodes within some hops of one on a day, and the ties at all but the farthest.

        Raises
        ------
        NotFound
            When there is no such node that the view sees.

        Notes
        -----
        Cost: two statements a hop, and one for each step from record to record of one person or
        group. At most 1,000 nodes and 5,000 ties.
        """

        async def around(transaction: Transaction) -> Neighbourhood | None:
            return await Surroundings(transaction, self._view, types, as_of).of(node_id, hops)

        found = await self._read(around)
        if found is None:
            raise NotFound(f"there is no node {node_id}")
        return found

    async def consents(self, person_id: str) -> list[Consent]:
        """Return all consents of a person, withdrawn ones too, in the order of their recording.

        Raises
        ------
        NotFound
            When there is no such person that the view sees.
        Forbidden
            When the person is another steward's, and not the caller.
        """
        await self._own_person(person_id)
        rows = await self._client.rows("read/consents_of", self._bookmarks, people=[person_id])
        return [record_of(Consent, row["consent"]) for row in rows]

    async def overrides(self, person_id: str) -> list[Override]:
        """Return every safeguarding override of a person, the oldest first.

        Raises
        ------
        NotFound, Forbidden
            As for the consents.
        """
        await self._own_person(person_id)
        rows = await self._client.rows("read/overrides_of", self._bookmarks, person=person_id)
        return [record_of(Override, row["override"]) for row in rows]

    async def _own_person(self, person_id: str) -> None:
        person = await self.node(person_id, "person")
        if person.id != self._view.person and not may_write(self._view, person.steward):
            raise Forbidden("the record is another steward's")

    def _knew(self, merged: Row) -> bool:
        """Tell whether the view may know that there was a record which was merged."""
        own = self._view.everything or (self._view.sees_own and self._view.owns(merged["steward"]))
        return own or is_told_of(self._view, merged["audience"])

    async def area(self, area_id: str) -> Area:
        """Return one area.

        Raises
        ------
        NotFound
            When there is none.
        """
        rows = await self._client.rows("read/area", self._bookmarks, id=area_id)
        if not rows:
            raise NotFound(f"there is no area {area_id}")
        return area_of(rows[0]["area"])

    async def page_of_areas(self, filters: AreaFilters, *, after: str, limit: int) -> list[Area]:
        """Return at most `limit` areas with ids after `after`, by id."""
        asked = _parameters(filters) | {"after": after, "limit": limit}
        rows = await self._client.rows("read/page_of_areas", self._bookmarks, **asked)
        return [area_of(row["area"]) for row in rows]

    async def _read(self, work: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
        return await self._client.read(work, bookmarks=self._bookmarks)

    async def _rows(self, name: str, /, **parameters: object) -> list[Row]:
        # Two of one name would be a mistake, and are an error.
        view = self._view.parameters()
        return await self._client.rows(name, self._bookmarks, **parameters, **view)

    async def _row(self, name: str, /, **parameters: object) -> Row | None:
        rows = await self._rows(name, **parameters)
        return rows[0] if rows else None

    def _node(self, row: Row) -> AnyNode:
        kept = row["node"]
        return shown_node(self._view, node_of(kept), kept.get(f"{self._view.consent}_fields"))

    def _tie(self, row: Row) -> AnyTie:
        tie = tie_of(row["type"], row["source"], row["target"], row["tie"])
        return shown_tie(self._view, tie, row["tie"].get("author"))


def _parameters(filters: NodeFilters | AreaFilters | TieFilters) -> dict[str, object]:
    return {field.name: getattr(filters, field.name) for field in fields(filters)}
