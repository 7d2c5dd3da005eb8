"""What lies around a node, ring by ring, as one view sees it.

Records of one person or group are one node here too: the ties of each lead on from all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graph.masks import shown_node, shown_tie
from graph.network.sameness import sets
from graph.rules import is_symmetric
from graph.store.properties import node_of, tie_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.store.client import Row, Transaction
    from graph.ties import AnyTie, TieType

MOST_NODES_AROUND: Final = 1_000
MOST_TIES_AROUND: Final = 5_000
MOST_HOPS_AROUND: Final = 3


class Neighbourhood(NamedTuple):
    """The nodes and ties around one; `truncated` where a bound cut it.

    `same_as` lists records that are one node here, the one that it stands under first.
    """

    nodes: list[AnyNode]
    ties: list[AnyTie]
    same_as: list[list[str]]
    truncated: bool


class Surroundings:
    """A walk from one node in one transaction; two statements a ring, and one for each joined set.

    Parameters
    ----------
    types
        Of the ties to go along.
    as_of
        The day on which nodes and ties must be live.
    """

    def __init__(
        self, transaction: Transaction, view: View, types: Collection[TieType], as_of: date
    ) -> None:
        self._transaction = transaction
        self._view = view
        self._types = sorted(types)
        self._as_of = as_of
        self._reached: set[str] = set()
        self._ties: dict[tuple[str, str], AnyTie] = {}
        self._pairs: list[tuple[str, str]] = []
        self._truncated = False

    async def of(self, node_id: str, hops: int) -> Neighbourhood | None:
        """Return what lies within some hops of a node; nothing where there is no such node."""
        if await self._transaction.row("read/node", id=node_id, **self._view.parameters()) is None:
            return None
        ring = await self._joined({node_id})
        for _ in range(hops):
            ring = await self._joined(await self._next(ring))
            if not ring or self._truncated:
                break
        same = [sorted(some & self._reached) for some in sets(self._pairs)]
        same = sorted(parts for parts in same if len(parts) > 1)
        into = {part: parts[0] for parts in same for part in parts[1:]}
        rows = await self._transaction.rows(
            "read/nodes", ids=sorted(self._reached - into.keys()), **self._view.parameters()
        )
        nodes = sorted((self._node(row) for row in rows), key=lambda node: node.id)
        ties = [_onto(self._ties[key], into) for key in sorted(self._ties)]
        kept = [tie for tie in ties if tie.source != tie.target]
        return Neighbourhood(nodes, kept, same, self._truncated)

    async def _next(self, ring: set[str]) -> set[str]:
        rows = await self._transaction.rows(
            "read/ties_around",
            ids=sorted(ring),
            types=self._types,
            as_of=self._as_of,
            limit=MOST_TIES_AROUND - len(self._ties) + 1,
            **self._view.parameters(),
        )
        found: set[str] = set()
        for row in rows:
            new = {row["source"], row["target"]} - self._reached - found
            if len(self._ties) >= MOST_TIES_AROUND or (
                len(self._reached) + len(found) + len(new) > MOST_NODES_AROUND
            ):
                self._truncated = True
                continue
            found |= new
            self._ties[row["type"], row["id"]] = self._tie(row)
        return found

    async def _joined(self, ring: set[str]) -> set[str]:
        """Return a ring with all that its records are the same as, and is live."""
        joined, known, new = set(ring), set(ring), set(ring)
        while new:
            rows = await self._transaction.rows(
                "read/same_as_seen", ids=sorted(new), as_of=self._as_of, **self._view.parameters()
            )
            self._pairs.extend((row["id"], row["same_as"]) for row in rows)
            new = {row["same_as"] for row in rows} - known
            known |= new
            joined.update(row["same_as"] for row in rows if row["active"])
        joined -= self._reached
        self._reached |= joined
        return joined

    def _node(self, row: Row) -> AnyNode:
        kept = row["node"]
        return shown_node(self._view, node_of(kept), kept.get(f"{self._view.consent}_fields"))

    def _tie(self, row: Row) -> AnyTie:
        tie = tie_of(row["type"], row["source"], row["target"], row["tie"])
        return shown_tie(self._view, tie, row["tie"].get("author"))


def _onto(tie: AnyTie, into: dict[str, str]) -> AnyTie:
    """Return a tie at the nodes that its ends are joined into."""
    ends = [into.get(end, end) for end in (tie.source, tie.target)]
    if ends == [tie.source, tie.target]:
        return tie
    if is_symmetric(tie):
        ends.sort()
    return tie.model_copy(update={"source": ends[0], "target": ends[1]})
