"""The store and a plain model, driven side by side: whatever is done, they agree."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from graph.errors import GraphError
from graph.masks import JUDGEMENTS
from graph.nodes import KINDS
from graph.policy import EVERYTHING, Caller, View, view
from graph.store.changes import feed
from graph.store.client import Client
from graph.store.live_network import LiveNetwork
from graph.store.node_writes import NodeWrite
from graph.store.reading import AreaFilters, NodeFilters, Reader, TieFilters
from graph.store.tie_writes import TieWrite, WrittenTie
from graph.store.writer import Writer
from graph.ties import TIE_TYPES
from tests.conftest import connect
from tests.store_model import ANY, Change, Model, Said, refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import BaseModel

    from graph.engines.addresses import Engine
    from tests.conftest import Connection

EXAMPLES: Final = 8
STEPS: Final = 30
PAGE: Final = 2

PEOPLE: Final = [f"0192f0c1-7d1e-7cc3-98c4-dc0c0c07000{n}" for n in range(3)]
IDS_OF: Final = {
    "person": PEOPLE,
    "association": ["club", "choir"],
    "agency": ["council"],
    "asset": ["oven", "piano"],
}
NODE_IDS: Final = [id_ for ids in IDS_OF.values() for id_ in ids]
AREA_IDS: Final = ["east", "west", "north"]
PARTNER: Final = "club"
DAYS: Final = ["2024-01-01", "2025-01-01", "2026-01-01"]
SEEN_ON: Final = [date(2023, 6, 1), date(2024, 6, 1), date(2025, 6, 1), date(2026, 6, 1)]

kinds = st.sampled_from(KINDS)
node_ids = st.sampled_from(NODE_IDS)
maybe_days = st.none() | st.sampled_from(DAYS)
partners = st.sampled_from([None, None, None, PARTNER])
modes = st.sampled_from(["create", "replace", "replace", "merge", "merge"])
versions = st.sampled_from(["right", "right", "right", "any", "none", "stale", "absent"])
node_fields = st.fixed_dictionaries(
    {"name": st.sampled_from(["Oak", "Elm", "Ash"])},
    optional={
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "areas": st.just([]) | st.lists(st.sampled_from(AREA_IDS), max_size=2),
        "steward": st.sampled_from([None, None, "club", "club", "council", "nobody"]),
        "source": st.none() | st.sampled_from("12").map(
            lambda n: {"system": "register", "type": "thing", "id": n}
        ),
        "active_from": maybe_days,
        "active_to": maybe_days,
    },
)  # fmt: skip
node_patches = node_fields.flatmap(
    lambda whole: st.sets(st.sampled_from(sorted(whole))).map(
        lambda names: {name: whole[name] for name in names}
    )
)
tie_types = st.sampled_from(TIE_TYPES)
tie_ids = st.sampled_from([None, None, "x", "y"])
tie_patches = st.fixed_dictionaries(
    {},
    optional={
        "steward": st.sampled_from([None, "club"]),
        "valid_from": maybe_days,
        "valid_to": maybe_days,
    },
)
area_fields = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Here", "There"]),
        "parent": st.none() | st.sampled_from([*AREA_IDS, "nowhere"]),
    },
)
likely_ends: Final = {
    "offers": (["person", "association"], ["asset"]),
    "wants": (["person", "agency"], ["asset"]),
    "trusts": (["person", "association"], ["association", "person"]),
    "member": (["person"], ["association", "agency"]),
    "friend": (["person"], ["person"]),
}


@st.composite
def ties(draw: st.DrawFn) -> tuple[Any, Said]:
    """Return a type and the fields of a tie that is more often right than wrong."""
    type_ = draw(tie_types)
    fields: Said = draw(tie_patches)
    said = type_
    if type_ == "connects":
        said = fields["relation"] = draw(st.sampled_from(["member", "friend"]))
    if type_ in ("connects", "trusts") and draw(st.booleans()):
        fields["strength" if type_ == "connects" else "level"] = draw(st.sampled_from([0.25, 1.0]))
    for end, likely in zip(("source", "target"), likely_ends[said], strict=True):
        right = st.sampled_from([id_ for kind in likely for id_ in IDS_OF[kind]])
        fields[end] = draw(st.one_of(right, right, right, node_ids))
    return type_, fields


class StoreMachine(RuleBasedStateMachine):
    """Drives one engine; `engine` is set by the test."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.runner.run(self._empty())
        self.client = Client(self.engine)
        self.network = LiveNetwork(self.client)
        self.model = Model()
        self.steps = 0
        self.read_to = 0
        self.feed: list[Any] = []

    async def _empty(self) -> None:
        async with connect(self.engine) as connection:
            await connection.empty()

    def teardown(self) -> None:
        try:
            self._replay_gives_what_is_there()
        finally:
            self.runner.run(self.client.__aexit__(None, None, None))
            self.runner.close()

    # -- what is done

    @initialize(
        some=st.lists(st.tuples(kinds, node_fields), max_size=4),
        areas=st.lists(st.sampled_from(AREA_IDS), unique=True),
    )
    def begin(self, some: list[tuple[str, Said]], areas: list[str]) -> None:
        for area in areas:
            self._area(area, {"name": "Here"}, "create", {}, None)
        for kind, id_ in (("association", "club"), ("asset", "oven"), ("person", PEOPLE[0])):
            self._node(kind, id_, {"name": "Oak"}, "create", {}, None)
        for kind, fields in some:
            self._node(kind, IDS_OF[kind][-1], fields, "create", {}, None)

    @rule(id_=node_ids, fields=node_fields, mode=modes, version=versions, partner=partners)
    def write_node(
        self, id_: str, fields: Said, mode: str, version: str, partner: str | None
    ) -> None:
        said = self._precondition(mode, version, ("node", id_))
        self._node(self._kind(id_), id_, fields, mode, said, partner)

    @rule(id_=node_ids, fields=node_patches, version=versions, partner=partners)
    def patch_node(self, id_: str, fields: Said, version: str, partner: str | None) -> None:
        said = self._precondition("merge", version, ("node", id_))
        self._node(self._kind(id_), id_, fields, "merge", said, partner)

    @rule(id_=node_ids, kind=kinds, fields=node_fields, mode=modes)
    def write_node_as_another_kind(self, id_: str, kind: str, fields: Said, mode: str) -> None:
        if kind == "person" and id_ not in PEOPLE:
            return
        self._node(kind, id_, fields, mode, self._precondition(mode, "any", ("node", id_)), None)

    @rule(id_=node_ids, with_ties=st.booleans(), version=versions, partner=partners)
    def delete_node(self, id_: str, version: str, partner: str | None, *, with_ties: bool) -> None:
        kind, expected = self._kind(id_), self._expected(version, ("node", id_))
        self._agree(
            lambda m: m.delete_node(
                kind, id_, expected=expected, with_ties=with_ties, partner=partner
            ),
            lambda: self._writer(partner).delete_node(
                kind, id_, expected=expected, with_ties=with_ties
            ),
        )

    @rule(id_=st.sampled_from(PEOPLE), partner=partners)
    def erase(self, id_: str, partner: str | None) -> None:
        self._agree(
            lambda m: m.erase(id_, partner),
            lambda: self._writer(partner).erase_person(id_, "objected"),
        )

    @rule(id_=st.sampled_from(PEOPLE), partner=partners)
    def lift_erasure(self, id_: str, partner: str | None) -> None:
        self._agree(
            lambda m: m.lift_erasure(id_, partner),
            lambda: self._writer(partner).lift_erasure(id_, "mistake"),
        )

    @rule(tie=ties(), id_=tie_ids, mode=modes, version=versions, partner=partners)
    def write_tie(
        self, tie: tuple[str, Said], id_: str | None, mode: str, version: str, partner: str | None
    ) -> None:
        type_, fields = tie
        if id_ is None and mode != "create":
            mode = "create"
        said = self._precondition(mode, version, ("tie", type_, str(id_)))
        self._tie(type_, id_, fields, mode, said, partner)

    @rule(data=st.data(), fields=tie_patches, version=versions, partner=partners)
    def patch_tie(
        self, data: st.DataObject, fields: Said, version: str, partner: str | None
    ) -> None:
        if self.model.ties:
            type_, id_ = data.draw(st.sampled_from(sorted(self.model.ties)))
            said = self._precondition("merge", version, ("tie", type_, id_))
            self._tie(type_, id_, fields, "merge", said, partner)

    @rule(data=st.data(), version=versions, partner=partners)
    def delete_tie(self, data: st.DataObject, version: str, partner: str | None) -> None:
        some = [*sorted(self.model.ties), ("trusts", "x")]
        type_: Any
        type_, id_ = data.draw(st.sampled_from(some))
        expected = self._expected(version, ("tie", type_, id_))
        self._agree(
            lambda m: m.delete_tie(type_, id_, expected=expected, partner=partner),
            lambda: self._writer(partner).delete_tie(type_, id_, expected=expected),
        )

    @rule(
        id_=st.sampled_from(AREA_IDS), fields=area_fields, mode=modes, version=versions,
        partner=partners,
    )  # fmt: skip
    def write_area(
        self, id_: str, fields: Said, mode: str, version: str, partner: str | None
    ) -> None:
        said = self._precondition(mode, version, ("area", id_))
        self._area(id_, fields, mode, said, partner)

    @rule(id_=st.sampled_from(AREA_IDS), version=versions, partner=partners)
    def delete_area(self, id_: str, version: str, partner: str | None) -> None:
        expected = self._expected(version, ("area", id_))
        self._agree(
            lambda m: m.delete_area(id_, expected=expected, partner=partner),
            lambda: self._writer(partner).delete_area(id_, expected=expected),
        )

    @rule(
        nodes=st.lists(st.tuples(node_ids, node_fields), max_size=5, unique_by=lambda row: row[0]),
        some=st.lists(st.tuples(tie_ids, ties()), max_size=5),
        partner=partners,
        replaces=st.booleans(),
    )
    def import_batch(
        self, nodes: list[tuple[str, Said]], some: list[tuple[str | None, tuple[Any, Said]]],
        partner: str | None, *, replaces: bool,
    ) -> None:  # fmt: skip
        node_writes = [
            NodeWrite(self._kind(i), i, f, "import", replace_changed=replaces) for i, f in nodes
        ]
        tie_writes = [TieWrite(t, i, f, "import", replace_changed=replaces) for i, (t, f) in some]
        elsewhere = [
            len(nodes) + row
            for row, (i, (t, f)) in enumerate(some)
            if (tie := self.model.ties.get((t, str(i))))
            and {f["source"], f["target"]} != {tie["source"], tie["target"]}
        ]

        async def also(unit: Any, written: Any) -> None:
            del unit, written

        found = self.runner.run(self._writer(partner).put_batch(node_writes, tie_writes, also=also))
        expected = self.model.put_batch_of_nodes(node_writes, partner)
        for w, written in zip(tie_writes, found[len(nodes) :], strict=True):
            is_there = isinstance(written, WrittenTie)
            self.model.fresh_id = str(written.tie.id) if is_there else "fresh"
            expected.append(
                refusal(
                    lambda w=w: self.model.put_tie(
                        w.type, w.id, w.fields, "import", partner=partner, replace_changed=replaces
                    )
                )
            )
        wanted = self.model.commit()
        for row, (error, result) in enumerate(zip(expected, found, strict=True)):
            got = result if isinstance(result, GraphError) else None
            if row in elsewhere and got and error:
                continue  # Refused for its id or for what it says, whichever is seen first.
            assert _named(got) == _named(error), (row, (node_writes + tie_writes)[row], got)
        self._changes_are(wanted)

    # -- what must hold after each step

    @invariant()
    def every_record_is_read_as_it_was_written(self) -> None:
        # In turns: it is the dearest of the questions.
        self.steps += 1
        for partner in (None, PARTNER) if self.steps % 4 == 0 else (None,):
            assert self.runner.run(self._listed(partner)) == self._expected_list(partner)

    @invariant()
    def the_network_in_memory_is_the_network(self) -> None:
        for day in SEEN_ON:
            snapshot = self.runner.run(self.network.on(day))
            text = day.isoformat()
            nodes = {
                id_: (node["kind"], node["name"])
                for id_, node in self.model.nodes.items()
                if _live(node, "active", text)
            }
            kinds = [KINDS[code] for code in snapshot.kinds]
            assert nodes == dict(
                zip(snapshot.ids, zip(kinds, snapshot.names, strict=True), strict=True)
            )
            live = {
                (*key, tie["source"], tie["target"])
                for key, tie in self.model.ties.items()
                if _live(tie, "valid", text) and {tie["source"], tie["target"]} <= nodes.keys()
            }
            ties = snapshot.ties
            assert live == {
                (
                    TIE_TYPES[ties.type[n]], ties.id(n),
                    snapshot.ids[ties.source[n]], snapshot.ids[ties.target[n]],
                )
                for n in range(len(ties))
            }  # fmt: skip

    # -- how it is done

    def _kind(self, id_: str) -> Any:
        return next(kind for kind, ids in IDS_OF.items() if id_ in ids)

    def _writer(self, partner: str | None) -> Writer:
        return Writer(self.client, _view(partner))

    def _expected(self, version: str, key: tuple[str, ...]) -> int | None:
        now = self.model.version(key)
        return {"right": now or 1, "any": ANY, "stale": now + 7}.get(version)

    def _precondition(self, mode: str, version: str, key: tuple[str, ...]) -> dict[str, Any]:
        """Return what a request of this kind can say of the version."""
        if mode == "create":
            return {}
        there = (key[1] in self.model.nodes) if key[0] == "node" else (
            key[1] in self.model.areas if key[0] == "area" else key[1:] in self.model.ties
        )  # fmt: skip
        if mode == "replace" and not there and version == "right":
            return {}
        if version == "absent" and mode == "replace":
            return {"absent": True}
        return {"expected": self._expected(version, key)}

    def _node(  # noqa: PLR0917 - what every write says
        self, kind: Any, id_: str, fields: Said, mode: Any, said: dict[str, Any],
        partner: str | None,
    ) -> None:  # fmt: skip
        write = NodeWrite(kind, id_, fields, mode, **said)
        result = self._agree(
            lambda m: m.put_node(kind, id_, fields, mode, partner=partner, **said),
            lambda: self._writer(partner).put_node(write),
        )
        if result is not None:
            assert _as_said(result.result.node) == self.model.nodes[id_]
            assert result.result.node.version == self.model.versions["node", id_]

    def _tie(  # noqa: PLR0917 - what every write says
        self, type_: Any, id_: str | None, fields: Said, mode: Any, said: dict[str, Any],
        partner: str | None,
    ) -> None:  # fmt: skip
        write = TieWrite(type_, id_, fields, mode, **said)

        async def put() -> Any:
            self.model.fresh_id = "fresh"
            commit = await self._writer(partner).put_tie(write)
            self.model.fresh_id = str(commit.result.tie.id)
            return commit

        result = self._agree(
            lambda m: m.put_tie(type_, id_, fields, mode, partner=partner, **said), put
        )
        if result is not None:
            tie = result.result.tie
            assert _as_said(tie) == self.model.ties[type_, tie.id]
            assert tie.version == self.model.versions["tie", type_, tie.id]

    def _area(
        self, id_: str, fields: Said, mode: Any, said: dict[str, Any], partner: str | None
    ) -> None:
        writer = self._writer(partner)

        def write() -> Awaitable[Any]:
            if mode == "create":
                return writer.create_area({"id": id_, **fields})
            if mode == "merge":
                return writer.patch_area(id_, fields, expected=said.get("expected"))
            return writer.put_area(id_, fields, **said)

        self._agree(lambda m: m.put_area(id_, fields, mode, partner=partner, **said), write)

    def _agree(self, modelled: Callable[[Model], object], real: Callable[[], Any]) -> Any:
        """Do the same to both; they refuse for the same reason, or change the same."""
        got: GraphError | None = None
        result = None
        try:
            result = self.runner.run(real())
        except GraphError as error:
            got = error
        expected = refusal(lambda: modelled(self.model))
        wanted = self.model.commit()
        assert _named(got) == _named(expected), got
        self._changes_are(wanted)
        return result

    def _changes_are(self, wanted: list[Change]) -> None:
        """Compare what came into the feed by one unit of work, for both views."""
        page = self.runner.run(feed(self.client, EVERYTHING, after=self.read_to, limit=1_000))
        partners = self.runner.run(
            feed(self.client, _view(PARTNER), after=self.read_to, limit=1_000)
        )
        positions = [change.position for change in page.changes]
        assert positions == list(range(self.read_to + 1, self.read_to + 1 + len(wanted)))
        assert sorted(map(repr, map(_change, page.changes))) == sorted(map(repr, wanted))
        seen = [change for change in wanted if self.model.sees_change(change, PARTNER)]
        assert sorted(map(repr, map(_change, partners.changes))) == sorted(map(repr, seen))
        assert page.revision.number == page.read_to == partners.read_to
        self.read_to = page.read_to
        self.feed += page.changes

    async def _listed(self, partner: str | None) -> dict[Any, tuple[Said, int]]:
        """Read every record, by pages of two."""
        reader = Reader(self.client, _view(partner))
        found: dict[Any, tuple[Said, int]] = {}
        for kind in KINDS:
            after: str | None = ""
            while after is not None:
                page = await reader.page_of_nodes(kind, NodeFilters(), after=after, limit=PAGE)
                found |= {("node", n.id): (_as_said(n), n.version or 0) for n in page}
                after = page[-1].id if len(page) == PAGE else None
        last: tuple[str, str] | None = ("", "")
        while last is not None:
            some = await reader.page_of_ties(TieFilters(), after=last, limit=PAGE)
            found |= {("tie", t.type, t.id): (_as_said(t), t.version or 0) for t in some}
            last = (some[-1].type, str(some[-1].id)) if len(some) == PAGE else None
        areas = await reader.page_of_areas(AreaFilters(), after="", limit=10)
        return found | {("area", a.id): (_as_said(a), a.version or 0) for a in areas}

    def _expected_list(self, partner: str | None) -> dict[Any, tuple[Said, int]]:
        model = self.model
        found: dict[Any, Said] = {
            ("node", i): n for i, n in model.nodes.items() if model.sees_node(n, partner)
        }
        found |= {("tie", *k): t for k, t in model.ties.items() if model.sees_tie(t, partner)}
        found |= {("area", i): a for i, a in model.areas.items()}
        return {
            key: (_shown(key, record, partner), model.versions[key])
            for key, record in found.items()
        }

    def _replay_gives_what_is_there(self) -> None:
        """The feed from its beginning, taken alone, gives every record and its version."""
        page = self.runner.run(feed(self.client, EVERYTHING, after=0, limit=100_000))
        assert page.changes == self.feed
        there: dict[Any, int] = {}
        latest: dict[Any, int] = defaultdict(int)
        for change in page.changes:
            key = (change.entity, *((change.type,) if change.entity == "tie" else ()), change.id)
            assert change.version == latest[key] + 1
            latest[key] = change.version
            assert (change.action == "created") == (key not in there)
            there[key] = change.version
            if change.action in ("deleted", "erased"):
                del there[key]
        records = self.runner.run(self._listed(None))
        assert there == {key: version for key, (_, version) in records.items()}


def _shown(key: tuple[str, ...], record: Said, partner: str | None) -> Said:
    """Return what a view is shown of a record: what another said of somebody is not."""
    if partner in (None, record.get("steward")) or key[0] == "area":
        return record
    judgements = {name for names in JUDGEMENTS.values() for name in names}
    hidden = {"provenance", *(judgements if key[0] == "tie" else ())}
    return {name: value for name, value in record.items() if name not in hidden}


def _view(partner: str | None) -> View:
    if partner is None:
        return EVERYTHING
    return view(Caller("k", "partner", partner), "record", date(2026, 3, 1))


def _named(error: GraphError | None) -> str:
    name = type(error).__name__
    # The engine's constraint says it where two rows or two writers meet.
    return "Conflict" if name == "KeyTaken" else name


def _change(change: Any) -> Change:
    return Change(
        change.entity, change.type, change.id, change.action, change.version, change.steward,
        change.source, change.target,
    )  # fmt: skip


_NOT_SAID: Final = {
    "version", "created_at", "updated_at", "clearance", "sensitive", "area_kind", "disclosed",
}  # fmt: skip


def _as_said(record: BaseModel) -> Said:
    """Return what a record says beside what every record of these tests says."""
    usual = {"mapped": False, "status": "actual", "approval": "none"}
    dumped = record.model_dump(mode="json", exclude_none=True)
    return {
        name: value
        for name, value in dumped.items()
        if name not in _NOT_SAID
        and value not in ([], {}, "unknown")
        and usual.get(name, record) != value
        and not (name == "state" and value in ("now", "open"))
    }


def _live(record: Said, word: str, day: str) -> bool:
    return record.get(f"{word}_from", "") <= day < record.get(f"{word}_to", "9999-99")


def test_the_store_and_a_plain_model_agree(started: Connection) -> None:
    class Machine(StoreMachine):
        engine = started.engine

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            # Each step asks an engine: to shrink a failure would take many minutes.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
