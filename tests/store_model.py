"""What the store promises, as plain dictionaries: written from its promises, not from its code."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph.errors import (
    Conflict,
    Erased,
    Forbidden,
    GraphError,
    HasTies,
    Invalid,
    NotFound,
    Overlap,
    Stale,
    VersionNeeded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.store.node_writes import NodeWrite

Said = dict[str, Any]
"""A record's fields as JSON says them; what is null or empty is not said."""

ANY: Final = 0
GROUPS: Final = {"association", "agency"}
PARTIES: Final = GROUPS | {"person"}
MEMBERS: Final = {"person", "association"}


class Change(NamedTuple):
    entity: str
    type: str
    id: str
    action: str
    version: int
    steward: str | None = None
    source: str = ""
    target: str = ""


class Model:
    """All records with their versions, and what the unit of work at hand changes."""

    def __init__(self) -> None:
        self.nodes: dict[str, Said] = {}
        self.ties: dict[tuple[str, str], Said] = {}
        self.areas: dict[str, Said] = {}
        self.versions: dict[tuple[str, ...], int] = {}
        self.imported: dict[tuple[str, ...], int] = {}
        self.private: set[str] = set()
        self.erased: dict[str, Said] = {}
        self.fresh_id = ""
        """What a tie is called that says what none says, and gives no id."""
        self.known_gone: set[tuple[str, str]] = set()
        self._batch_groups: set[str] = set()
        self._carriers: dict[str, str] | None = None
        self._unit: list[Change] = []

    # -- who sees and writes what; `partner` is the organisation, or nobody for the coordinator

    def sees_node(self, node: Said, partner: str | None) -> bool:
        if partner is None or node.get("steward") == partner:
            return True
        return node["kind"] != "person" and node.get("clearance") != "private"

    def sees_tie(self, tie: Said, partner: str | None) -> bool:
        if partner is None or tie.get("steward") == partner:
            return True
        ends = [self.nodes[tie[end]] for end in ("source", "target")]
        if tie.get("clearance", "partners") == "private" or any(
            end["kind"] == "person" for end in ends
        ):
            return False
        return all(self.sees_node(end, partner) for end in ends)

    def sees_change(self, change: Change, partner: str | None) -> bool:
        if partner is None or change.entity == "area" or change.steward == partner:
            return True
        if change.entity == "node":
            node = self.nodes.get(change.id)
            if node is None:
                return change.type != "person" and change.id not in self.private
            return self.sees_node(node, partner)
        tie = self.ties.get((change.type, change.id))
        if tie is None:
            return (change.type, change.id) in self.known_gone
        return self.sees_tie(tie, partner)

    # -- nodes

    def put_node(  # noqa: C901, PLR0912 - the refusals, in their order
        self, kind: str, id_: str, fields: Said, mode: str, *, expected: int | None = None,
        absent: bool = False, partner: str | None = None, replace_changed: bool = False,
    ) -> Said:  # fmt: skip
        """Write one node; raise what it is refused for."""
        current = self.nodes.get(id_)
        comes_back = current is not None or mode != "merge"
        if comes_back and self._is_erased(id_, current, fields.get("steward") or partner, fields):
            raise Erased("")
        if current is not None:
            if current["kind"] != kind:
                raise NotFound("") if mode == "merge" else Conflict("")
            if mode == "create":
                raise Conflict("")
            self._check_writer(current, partner, seen=self.sees_node(current, partner))
            self._check_version(("node", id_), mode, expected, absent=absent)
        elif mode == "merge":
            raise NotFound("")
        elif expected is not None:
            raise Stale("")
        node = _said(current if mode in ("merge", "import") else None, fields)
        node |= {"id": id_, "kind": kind}
        _check_times(node, "active_from", "active_to")
        if "name" not in node:
            raise Invalid("")
        if partner is not None and node.get("steward") != partner:
            raise Forbidden("")
        if node == current:
            return node
        self._check_imported(("node", id_), mode, replace_changed=replace_changed)
        if self._is_erased(id_, current, node.get("steward"), node):
            raise Erased("")
        if not set(node.get("areas", ())) <= self.areas.keys():
            raise Invalid("")
        if node.get("steward") not in (None, *self._groups(), *self._itself(node)):
            raise Invalid("")
        carriers = self._sources() if self._carriers is None else self._carriers
        key = _source_key(node.get("steward"), node)
        if key and carriers.setdefault(key, id_) != id_:
            raise Conflict("")
        self.nodes[id_] = node
        self._changed(("node", id_), node, mode, old=current)
        return node

    def delete_node(
        self, kind: str, id_: str, *, expected: int | None, with_ties: bool, partner: str | None
    ) -> None:
        node = self.nodes.get(id_)
        if node is None or node["kind"] != kind:
            raise NotFound("")
        self._check_writer(node, partner, seen=self.sees_node(node, partner))
        self._check_version(("node", id_), "merge", expected, absent=False)
        ties = [key for key, tie in self.ties.items() if id_ in (tie["source"], tie["target"])]
        if ties and not with_ties:
            raise HasTies("", len(ties))
        if partner is not None and any(self.ties[key].get("steward") != partner for key in ties):
            raise Forbidden("")
        if any(other.get("steward") == id_ for other in self.nodes.values()):
            raise Conflict("")
        self.known_gone.difference_update(ties)
        for key in ties:
            self._gone(("tie", *key), self.ties.pop(key))
        (self.private.add if node.get("clearance") == "private" else self.private.discard)(id_)
        self._gone(("node", id_), self.nodes.pop(id_))

    def erase(self, id_: str, partner: str | None) -> None:
        node = self.nodes.get(id_)
        if node is None or node["kind"] != "person":
            if id_ not in self.erased:
                raise NotFound("")
            self._check_writer(self.erased[id_], partner, seen=False)
            raise Erased("")
        self._check_writer(node, partner, seen=False)
        ties = [key for key, tie in self.ties.items() if id_ in (tie["source"], tie["target"])]
        self.known_gone.difference_update(ties)
        for key in ties:
            self._gone(("tie", *key), self.ties.pop(key))
        self._gone(("node", id_), self.nodes.pop(id_), "erased")
        self.erased[id_] = node

    def lift_erasure(self, id_: str, partner: str | None) -> None:
        if id_ not in self.erased:
            raise NotFound("")
        self._check_writer(self.erased[id_], partner, seen=False)
        del self.erased[id_]

    def _is_erased(self, id_: str, current: Said | None, steward: str | None, fields: Said) -> bool:
        """Tell whether a write names somebody who was erased: by their id, or their source."""
        gone = {_source_key(node.get("steward"), node) for node in self.erased.values()} - {None}
        key = _source_key(steward, fields)
        if current is not None:
            return key in gone and key != _source_key(current.get("steward"), current)
        return id_ in self.erased or key in gone

    def put_batch_of_nodes(
        self, writes: Sequence[NodeWrite], partner: str | None
    ) -> list[GraphError | None]:
        """Import nodes; return what each is refused for.

        A row may name as its steward any other that is written, and may not take a source that
        another has before the batch or from a row further up.
        """
        groups = {str(write.id) for write in writes if write.kind in GROUPS}
        while True:
            trial = deepcopy(self)
            trial._batch_groups, trial._carriers = groups, self._sources()
            refused = [
                refusal(
                    lambda t=trial, w=w: t.put_node(
                        w.kind, str(w.id), w.fields, "import", partner=partner,
                        replace_changed=w.replace_changed,
                    )
                )
                for w in writes
            ]  # fmt: skip
            written = {str(w.id) for w, error in zip(writes, refused, strict=True) if not error}
            if groups <= written:
                break
            groups &= written
        self.__dict__ = trial.__dict__ | {"_batch_groups": set(), "_carriers": None}
        return refused

    def _sources(self) -> dict[str, str]:
        keys = {i: _source_key(node.get("steward"), node) for i, node in self.nodes.items()}
        return {key: i for i, key in keys.items() if key}

    def _groups(self) -> set[str]:
        there = {i for i, node in self.nodes.items() if node["kind"] in GROUPS}
        return there | self._batch_groups

    def _itself(self, node: Said) -> list[str]:
        return [node["id"]] if node["kind"] in GROUPS else []

    # -- ties

    def put_tie(
        self, type_: str, id_: str | None, fields: Said, mode: str, **said: Any
    ) -> Said:  # fmt: skip
        """Write one tie; raise what it is refused for, and say where an end was erased."""
        current = self.ties.get((type_, str(id_)))
        try:
            return self._put_tie(type_, id_, fields, mode, **said)
        except Invalid:
            moved = current is not None and not _same_ends(current, fields)
            if not (moved and mode != "import") and self.erased.keys() & {
                fields.get("source"), fields.get("target"),
            }:  # fmt: skip
                raise Erased("") from None
            raise

    def _put_tie(  # noqa: C901, PLR0912 - the refusals, in their order
        self, type_: str, id_: str | None, fields: Said, mode: str, *, expected: int | None = None,
        absent: bool = False, partner: str | None = None, replace_changed: bool = False,
    ) -> Said:  # fmt: skip
        # A row of a batch is judged by what was there before the batch.
        new = {(c.type, c.id) for c in self._unit if c.entity == "tie"}
        current = self.ties.get((type_, id_)) if id_ and (type_, id_) not in new else None
        if current is not None:
            if mode == "create":
                raise Conflict("")
            if mode == "import" and not _same_ends(current, fields):
                raise Conflict("")
            self._check_may_write_tie(current, partner)
            if not _same_ends(current, fields):
                raise Invalid("")
            self._check_version(("tie", type_, str(id_)), mode, expected, absent=absent)
            fields = {"source": current["source"], "target": current["target"], **fields}
        elif id_ and mode == "merge":
            raise NotFound("")
        tie = _said(current if mode in ("merge", "import") else None, fields) | {"type": type_}
        self._check_tie(tie, partner, new=current is None)
        tie["id"] = id_ or self._stated(tie) or self.fresh_id
        key = (type_, tie["id"])
        if current is None and key not in new and (current := self.ties.get(key)) is not None:
            # It was stated before, without an id.
            if mode == "create":
                raise Conflict("")
            self._check_may_write_tie(current, partner)
            self._check_version(("tie", *key), mode, expected, absent=absent)
            tie = _said(current if mode == "import" else None, fields) | {
                "type": type_, "id": tie["id"],
            }  # fmt: skip
            self._check_tie(tie, partner, new=False)
        elif current is None and expected is not None:
            raise Stale("")
        if current is not None and any(tie[e] != current[e] for e in ("source", "target")):
            raise Invalid("")
        self._check_kinds(tie)
        if partner is not None and tie.get("steward") != partner:
            raise Forbidden("") if self.sees_tie(tie, partner) else NotFound("")
        if tie == (self.ties[key] if key in new else current):
            return tie
        if key in new:
            raise Conflict("")
        self._check_imported(("tie", *key), mode, replace_changed=replace_changed)
        if any(_overlap(tie, other) for k, other in self.ties.items() if k != key):
            raise Overlap("")
        self.ties[key] = tie
        self._changed(("tie", *key), tie, mode, old=current)
        return tie

    def _stated(self, tie: Said) -> str | None:
        """Return the id of the tie by which its steward claims the same from the same day."""
        said = ("type", "source", "target", "relation", "steward", "valid_from")
        claim = [tie.get(name) for name in said]
        return next(
            (k[1] for k, old in self.ties.items() if [old.get(name) for name in said] == claim),
            None,
        )

    def delete_tie(
        self, type_: str, id_: str, *, expected: int | None, partner: str | None
    ) -> None:
        tie = self.ties.get((type_, id_))
        if tie is None:
            raise NotFound("")
        self._check_may_write_tie(tie, partner)
        self._check_version(("tie", type_, id_), "merge", expected, absent=False)
        ends = [self.nodes[tie[end]]["kind"] for end in ("source", "target")]
        if "person" not in ends:
            self.known_gone.add((type_, id_))
        self._gone(("tie", type_, id_), self.ties.pop((type_, id_)))

    def _check_may_write_tie(self, tie: Said, partner: str | None) -> None:
        self._check_writer(tie, partner, seen=self.sees_tie(tie, partner))

    def _check_tie(self, tie: Said, partner: str | None, *, new: bool) -> None:
        _check_times(tie, "valid_from", "valid_to")
        if tie["type"] == "connects" and "relation" not in tie:
            raise Invalid("")
        source, target = tie.get("source"), tie.get("target")
        if source is None or target is None or source == target:
            raise Invalid("")
        if tie.get("relation") == "friend":
            tie["source"], tie["target"] = min(source, target), max(source, target)
        ends = [self.nodes.get(tie[end]) for end in ("source", "target")]
        if new and not all(end and self.sees_node(end, partner) for end in ends):
            raise Invalid("")

    def _check_kinds(self, tie: Said) -> None:
        kinds = tuple(self.nodes[tie[end]]["kind"] for end in ("source", "target"))
        allowed = {
            "offers": (PARTIES, {"asset"}),
            "wants": (PARTIES, {"asset"}),
            "trusts": (PARTIES, PARTIES),
            "friend": ({"person"}, {"person"}),
            "member": (MEMBERS, GROUPS),
        }[tie.get("relation", tie["type"])]
        if kinds[0] not in allowed[0] or kinds[1] not in allowed[1]:
            raise Invalid("")

    # -- areas

    def put_area(
        self, id_: str, fields: Said, mode: str, *, expected: int | None = None,
        absent: bool = False, partner: str | None = None,
    ) -> Said:  # fmt: skip
        """Write one area; raise what it is refused for."""
        if partner is not None:
            raise Forbidden("")
        current = self.areas.get(id_)
        if current is not None:
            if mode == "create":
                raise Conflict("")
            self._check_version(("area", id_), mode, expected, absent=absent)
        elif mode == "merge":
            raise NotFound("")
        elif expected is not None:
            raise Stale("")
        area = _said(current if mode == "merge" else None, fields) | {"id": id_}
        if "name" not in area:
            raise Invalid("")
        if area == current:
            return area
        above, parent = {id_}, area.get("parent")
        while parent is not None:
            if parent in above or parent not in self.areas:
                raise Invalid("")
            above.add(parent)
            parent = self.areas[parent].get("parent")
        self.areas[id_] = area
        self._changed(("area", id_), area, mode, old=current)
        return area

    def delete_area(self, id_: str, *, expected: int | None, partner: str | None) -> None:
        if partner is not None:
            raise Forbidden("")
        if id_ not in self.areas:
            raise NotFound("")
        self._check_version(("area", id_), "merge", expected, absent=False)
        if any(id_ in node.get("areas", ()) for node in self.nodes.values()):
            raise Conflict("")
        if any(area.get("parent") == id_ for area in self.areas.values()):
            raise Conflict("")
        self._gone(("area", id_), self.areas.pop(id_))

    # -- versions and changes

    def commit(self) -> list[Change]:
        """Return what changed since the last commit."""
        unit, self._unit = self._unit, []
        return unit

    def version(self, key: tuple[str, ...]) -> int:
        return self.versions.get(key, 0)

    def _check_writer(self, record: Said, partner: str | None, *, seen: bool) -> None:
        if partner is not None and record.get("steward") != partner:
            raise Forbidden("") if seen else NotFound("")

    def _check_version(
        self, key: tuple[str, ...], mode: str, expected: int | None, *, absent: bool
    ) -> None:
        if absent:
            raise Stale("")
        if mode == "import":
            return
        if expected is None:
            raise VersionNeeded("")
        if expected not in (ANY, self.versions[key]):
            raise Stale("")

    def _check_imported(self, key: tuple[str, ...], mode: str, *, replace_changed: bool) -> None:
        there = {"node": self.nodes, "tie": self.ties}[key[0]]
        known = key[1] in there if key[0] == "node" else key[1:] in there
        if (
            mode == "import"
            and known
            and not replace_changed
            and self.imported.get(key) != self.versions[key]
        ):
            raise Conflict("")

    def _changed(self, key: tuple[str, ...], record: Said, mode: str, *, old: Said | None) -> None:
        # A recreated id goes on counting.
        self.versions[key] = self.versions.get(key, 0) + 1
        if mode == "import":
            self.imported[key] = self.versions[key]
        self._note(key, record, "created" if old is None else "updated")

    def _gone(self, key: tuple[str, ...], record: Said, action: str = "deleted") -> None:
        self.versions[key] += 1
        self.imported.pop(key, None)
        self._note(key, record, action)

    def _note(self, key: tuple[str, ...], record: Said, action: str) -> None:
        entity, id_ = key[0], key[-1]
        type_ = {"node": record.get("kind"), "tie": record.get("type")}.get(entity) or "area"
        ends = (record["source"], record["target"]) if entity == "tie" else ("", "")
        steward = record.get("steward") if entity != "area" else None
        self._unit.append(Change(entity, type_, id_, action, self.versions[key], steward, *ends))


def refusal(work: Callable[[], object]) -> GraphError | None:
    """Return what a piece of work is refused for, or nothing."""
    try:
        work()
    except GraphError as error:
        return error
    return None


def _said(base: Said | None, fields: Said) -> Said:
    whole = {**(base or {}), **fields}
    return {name: value for name, value in whole.items() if value not in (None, [])}


def _check_times(record: Said, first: str, last: str) -> None:
    if first in record and last in record and record[last] <= record[first]:
        raise Invalid("")


def _same_ends(tie: Said, fields: Said) -> bool:
    given = {fields.get("source", tie["source"]), fields.get("target", tie["target"])}
    return given == {tie["source"], tie["target"]}


def _overlap(first: Said, second: Said) -> bool:
    same = ("type", "source", "target", "relation", "steward")
    if any(first.get(name) != second.get(name) for name in same):
        return False
    starts = max(first.get("valid_from", ""), second.get("valid_from", ""))
    ends = min(first.get("valid_to", "9999-99"), second.get("valid_to", "9999-99"))
    return starts < ends


def _source_key(steward: str | None, fields: Said) -> str | None:
    return repr((steward, fields["source"])) if fields.get("source") else None
