"""The change feed: what changed, in order, thin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graph.audiences import is_told_of
from graph.errors import Expired
from graph.store.properties import native
from graph.store.units import WIDEST_PACKAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from graph.policy import View
    from graph.store.client import Client, Row, Transaction

KEPT_DAYS: Final = 90
PACKAGES_AT_ONCE: Final = 200
WALKED_AT_ONCE: Final = 2_000
"""How many changes are looked at together for whoever may not see them all."""

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""Stands in old entries for persons who were erased (the nil UUID, RFC 9562, section 5.9)."""

_GONE_ACTIONS: Final = ("deleted", "erased", "merged")
_GONE: Final = f"changes are kept for {KEPT_DAYS} days: read the network anew"


class Change(NamedTuple):
    """One change: the position counts from 1, without gaps."""

    position: int
    at: datetime
    action: str
    entity: str
    type: str
    id: str
    version: int
    steward: str | None
    source: str
    target: str
    audience: str


class Revision(NamedTuple):
    """The last change of the network, and the epoch in which changes count."""

    epoch: str
    number: int


class Standing(NamedTuple):
    """Where the network stands, and bookmarks with which all up to there is read whole."""

    revision: Revision
    bookmarks: tuple[str, ...]


class Feed(NamedTuple):
    """A page of the feed, the position up to which it was read, and whether it goes on."""

    changes: list[Change]
    read_to: int
    revision: Revision
    more: bool


async def revision(transaction: Transaction) -> Revision:
    """Return where the network stands as a transaction sees it."""
    return _revision(await transaction.row("read/revision"))


async def revision_now(client: Client, bookmarks: Collection[str] = ()) -> Revision:
    """Return where the network stands, with all that these bookmarks are of."""
    return _revision(await client.row("read/revision", bookmarks))


async def standing(client: Client, bookmarks: Collection[str] = ()) -> Standing:
    """Return where the network stands, for whoever goes on to read what changed up to there.

    On a server the number of a change is seen a moment before the change is: only a later
    transaction that is given the bookmarks sees all of it, and no gap before it.
    """
    row, seen = await client.row_and_bookmarks("read/revision", bookmarks)
    return Standing(_revision(row), seen)


def _revision(row: Row | None) -> Revision:
    return Revision("", 0) if row is None else Revision(row["epoch"], row["revision"])


async def changes_after(
    transaction: Transaction, after: int, limit: int, *, up_to: int
) -> list[Change]:
    """Return at most `limit` changes after a position, in order and without a gap.

    Parameters
    ----------
    up_to
        A number that was read before, in a transaction whose bookmarks this one was given. What
        came later is left for the next time: of that a reader could see 12 before 11.

    Raises
    ------
    Expired
        When some of them are no longer kept.
    """
    found: list[Change] = []
    while after < up_to and len(found) < limit:
        rows = await transaction.rows(
            "read/changes", after=after, widest=WIDEST_PACKAGE, limit=PACKAGES_AT_ONCE
        )
        if not rows:
            raise Expired(_GONE)
        for row in rows:
            if after >= up_to or len(found) >= limit:
                break
            if row["first"] > after + 1:
                raise Expired(_GONE)
            found.extend(change for change in _unpacked(row["change"]) if change.position > after)
            after = found[-1].position
    return found[:limit]


async def feed(
    client: Client, view: View, *, after: int, limit: int, bookmarks: Collection[str] = ()
) -> Feed:
    """Return the first changes after a position that a view sees.

    Hidden ones are passed over: a page that they cut short would tell that they are there.

    Notes
    -----
    Cost: one small statement, and three more for every 2,000 changes that are passed.
    """
    at_once = limit + 1 if view.everything else max(limit + 1, WALKED_AT_ONCE)
    now, whole = await standing(client, bookmarks)

    async def page(transaction: Transaction) -> Feed:
        seen: list[Change] = []
        read_to, ended = after, False
        while len(seen) <= limit and not ended:
            found = await changes_after(transaction, read_to, at_once, up_to=now.number)
            seen += await _seen(transaction, view, found)
            read_to = found[-1].position if found else read_to
            ended = len(found) < at_once
        more = len(seen) > limit
        return Feed(seen[:limit], seen[limit - 1].position if more else read_to, now, more)

    return await client.read(page, bookmarks=whole)


async def _seen(transaction: Transaction, view: View, found: Sequence[Change]) -> list[Change]:
    """Return what a view is told of some changes.

    What it no longer sees and may have known is gone for it, whatever became of it.
    """
    found = _without_clearances_of_others(view, found)
    if view.everything:
        return found
    nodes = {change.id for change in found if change.entity == "node"}
    nodes.update(e for c in found if c.entity == "same_as" for e in (c.source, c.target))
    nodes.update(c.target for c in found if c.action == "merged")
    pairs = sorted({(c.source, c.target) for c in found if c.entity == "tie"})
    asked = [{"source": source, "target": target} for source, target in pairs]
    parameters = view.parameters()
    rows = await transaction.rows("read/visible_nodes", ids=sorted(nodes), **parameters)
    seen = {("node", row["id"]) for row in rows}
    rows = await transaction.rows("read/visible_ties", pairs=asked, **parameters)
    seen |= {(row["type"], row["id"]) for row in rows}
    told: list[Change] = []
    for change in found:
        if change.entity == "same_as":
            both = {("node", change.source), ("node", change.target)}
            told.extend([change] if both <= seen else [])
            continue
        key = ("node" if change.entity == "node" else change.type, change.id)
        own = view.sees_own and view.owns(change.steward)
        if own or change.entity == "area" or key in seen:
            told.append(change)
        elif is_told_of(view, change.audience):
            # Into what it was merged is for whoever sees that.
            hidden = change.action == "merged" and ("node", change.target) not in seen
            known = change.action in _GONE_ACTIONS and not hidden
            gone = change.action if known else "deleted"
            told.append(change._replace(action=gone))
    return told


def _without_clearances_of_others(view: View, found: Sequence[Change]) -> list[Change]:
    """Return changes without clearances but those for the view's organisation, or of its records.

    Whoever else sees such a record would learn that somebody asked for it.
    """
    return [
        change._replace(action="updated") if change.action == "cleared" else change
        for change in found
        if change.action != "cleared"
        or view.everything
        or change.audience == view.organisation
        or view.owns(change.steward)
    ]


def _unpacked(package: Row) -> list[Change]:
    at = native(package["at"])
    return [
        Change(package["first"] + place, at, *parts)
        for place, parts in enumerate(
            zip(
                package["actions"],
                package["entities"],
                package["types"],
                package["ids"],
                package["versions"],
                [steward or None for steward in package["stewards"]],
                package["sources"],
                package["targets"],
                package["audiences"],
                strict=True,
            )
        )
    ]
