"""What was merged, kept as text, so that it can be unmerged to what it was."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast, get_args

from graph.errors import Conflict, NotFound
from graph.nodes import Kind
from graph.store.properties import native, node_of, tie_of
from graph.values import Instant, RecordId, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graph.nodes import AnyNode
    from graph.policy import View
    from graph.store.client import Client, Row
    from graph.store.units import Unit
    from graph.ties import AnyTie, TieType

MergeState = Literal["merged", "unmerged"]
MERGE_STATES: Final[tuple[MergeState, ...]] = get_args(MergeState)
_RECORDER: Final = "provenance_recorded_by"


class AskedMerge(Value):
    """The record that stays, and the one that is merged into it."""

    survivor: RecordId
    merged: RecordId


class Merge(AskedMerge):
    """Two records of one steward that were made one.

    `ties` counts those of the steward's that it concerned.
    """

    id: str
    kind: Kind
    steward: RecordId | None = None
    state: MergeState = "merged"
    ties: int
    merged_at: Instant
    unmerged_at: Instant | None = None


class KeptTie(NamedTuple):
    """A tie of the record that is gone, as it was; `moved` where it is at the survivor by now."""

    type: TieType
    source: str
    target: str
    moved: bool
    properties: dict[str, Any]

    def text(self) -> str:
        """Return it as one text."""
        return json.dumps([*self[:-1], said(self.properties)], ensure_ascii=False)

    def tie(self) -> AnyTie:
        """Return the tie as a record."""
        return tie_of(self.type, self.source, self.target, self.properties)

    @classmethod
    def of(cls, text: str) -> KeptTie:
        """Return the tie that was kept as a text."""
        *ends, properties = json.loads(text)
        return cls(*ends, properties=heard(properties))


class Gone(NamedTuple):
    """A record that was merged away, as it was, with its ties."""

    node: AnyNode
    ties: list[AnyTie]
    source_key: str | None


def said(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as JSON has them: times say that they are times."""
    return {name: _said(native(value)) for name, value in properties.items()}


def heard(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties that were said as JSON."""
    return {name: _heard(value) for name, value in properties.items()}


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _heard(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = cast("dict[str, str]", value).items()
    return datetime.fromisoformat(text) if kind == "instant" else date.fromisoformat(text)


def node_text(properties: Mapping[str, Any]) -> str:
    """Return all properties of a node as one text."""
    return json.dumps(said(properties), ensure_ascii=False)


def properties_of(text: str) -> dict[str, Any]:
    """Return the properties of a node that were kept as a text."""
    return heard(json.loads(text))


def merge_of(row: Row) -> Merge:
    """Return a merge without the records as they were."""
    kept = {name: native(value) for name, value in row["merge"].items()}
    return Merge.model_validate(
        {name: kept[name] for name in Merge.model_fields if name in kept and name != "ties"}
        | {"ties": kept["tie_count"]}
    )


def gone_of(row: Row) -> Gone:
    """Return the record that a merge took away."""
    merge = row["merge"]
    ties = [KeptTie.of(text).tie() for text in merge.get("ties") or ()]
    return Gone(node_of(properties_of(merge["node"])), ties, merge.get("source_key"))


async def check_not_merged(
    unit: Unit, node_ids: Collection[str], source_keys: Collection[str]
) -> dict[str, Conflict]:
    """Return, of ids and foreign ids, those that a record that was merged away still has."""
    if not node_ids and not source_keys:
        return {}
    rows = await unit.rows(
        "read/merges_naming", ids=sorted(node_ids), source_keys=sorted(source_keys)
    )
    refused: dict[str, Conflict] = {}
    for row in rows:
        refusal = Conflict(
            "this is the id, or the source, of a record that was merged into another"
        )
        refused |= {row["merged"]: refusal, row["source_key"] or "": refusal}
    return refused


async def forget_merges(
    unit: Unit, person_id: str, names: Sequence[str], offers: Collection[str]
) -> list[Gone]:
    """Take a person out of all that was merged; return the records that were merged into theirs.

    Parameters
    ----------
    names
        By which they may stand as the recorder of a record of somebody else.
    offers
        The ids of their offers.

    Notes
    -----
    Cost: a walk over all that is merged.
    """
    gone: list[Gone] = []
    for row in await unit.rows("read/merges"):
        merge = row["merge"]
        if merge["survivor"] == person_id:
            gone.append(gone_of(row))
            continue
        node = properties_of(merge["node"])
        texts = list(merge.get("ties") or ())
        ties = [
            _without(tie, names, offers)
            for tie in map(KeptTie.of, texts)
            if person_id not in (tie.source, tie.target)
        ]
        left = {name: v for name, v in node.items() if name != _RECORDER or v not in names}
        told = {"node": node_text(left), "ties": [tie.text() for tie in ties]}
        if told["ties"] != texts or left != node:
            await unit.run("write/keep_merge", row={"id": merge["id"], **told})
    await unit.run("write/delete_merges_of", id=person_id)
    return gone


def _without(tie: KeptTie, names: Sequence[str], offers: Collection[str]) -> KeptTie:
    left = {
        name: value
        for name, value in tie.properties.items()
        if not (name == _RECORDER and value in names) and not (name == "met_by" and value in offers)
    }
    return tie._replace(properties=left)


async def page_of_merges(
    client: Client, view: View, *, state: MergeState | None, after: str, limit: int
) -> list[Merge]:
    """Return at most `limit` merges of the caller's own records, the oldest first, after one."""
    return await _page(client, view, id=None, state=state, after=after, limit=limit)


async def merge(client: Client, view: View, merge_id: str) -> Merge:
    """Return a merge.

    Raises
    ------
    NotFound
        When there is none of the caller's own records.
    """
    found = await _page(client, view, id=merge_id, state=None, after="", limit=1)
    if not found:
        raise no_merge(merge_id)
    return found[0]


async def _page(client: Client, view: View, **asked: object) -> list[Merge]:
    rows = await client.rows(
        "read/page_of_merges",
        all=view.everything,
        # No record has a member's organisation.
        steward=view.organisation if view.sees_own else None,
        **asked,
    )
    return [merge_of(row) for row in rows]


def no_merge(merge_id: str) -> NotFound:
    """Return what is said where there is no merge."""
    return NotFound(f"there is no merge {merge_id}")
