"""What the earlier rows of a file would have written, while nothing is written."""

from __future__ import annotations

import sqlite3
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from graph.nodes import NODE
from graph.policy import NodeFacts
from graph.store.node_writes import WrittenNode
from graph.store.properties import source_key
from graph.store.tie_writes import WrittenTie
from graph.ties import TIE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.errors import GraphError
    from graph.nodes import AnyNode
    from graph.ties import AnyTie

_SCHEMA: Final = """
CREATE TABLE nodes (id TEXT PRIMARY KEY, kind TEXT, steward TEXT, source_key TEXT UNIQUE,
record TEXT) WITHOUT ROWID;
CREATE TABLE ties (source TEXT, target TEXT, type TEXT, id TEXT, record TEXT,
PRIMARY KEY (source, target, type, id)) WITHOUT ROWID;
"""
_CACHE_KIB: Final = 1024


class Rehearsal:
    """Nodes and ties of the rows rehearsed so far, in a file that nobody else sees.

    A unit of work that rehearses takes them as written by imports.

    Parameters
    ----------
    whole_nodes
        Whether later rows may add to the nodes of earlier ones, so that these are kept whole.

    Notes
    -----
    Memory is a cache of 1 MiB, however long the file is.
    """

    def __init__(self, *, whole_nodes: bool) -> None:
        self._whole_nodes = whole_nodes
        self._file = NamedTemporaryFile(prefix="wholemap-", suffix=".sqlite")  # noqa: SIM115 - until close
        self._rows = sqlite3.connect(self._file.name, isolation_level=None)
        # Nothing here outlives the file: a crash leaves it to be thrown away.
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._rows.executescript(_SCHEMA)
        self._rows.execute("BEGIN")

    def close(self) -> None:
        """Throw everything away."""
        self._rows.close()
        self._file.close()

    def facts(self, ids: Iterable[str]) -> dict[str, NodeFacts]:
        """Return kind and steward of those of these nodes that earlier rows wrote."""
        found = self._each("SELECT id, kind, steward FROM nodes WHERE id = ?", ids)
        return {id_: NodeFacts(kind, steward) for id_, kind, steward in found}

    def ids_of_sources(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the ids of the nodes that earlier rows gave these foreign ids."""
        found = self._each("SELECT source_key, id FROM nodes WHERE source_key = ?", keys)
        return {row[0]: row[1] for row in found}

    def nodes(self, ids: Iterable[str]) -> dict[str, AnyNode]:
        """Return those of these nodes that earlier rows wrote, where they are kept whole."""
        if not self._whole_nodes:
            return {}
        found = self._each("SELECT id, record FROM nodes WHERE id = ?", ids)
        return {id_: NODE.validate_json(record) for id_, record in found}

    def ties(self, pairs: Iterable[tuple[str, str]]) -> Iterator[AnyTie]:
        """Yield the ties that earlier rows wrote from the first to the second of a pair."""
        asked = "SELECT record FROM ties WHERE source = ? AND target = ?"
        for pair in pairs:
            for (record,) in self._rows.execute(asked, pair):
                yield TIE.validate_json(record)

    def remember(self, results: Sequence[WrittenNode | WrittenTie | GraphError]) -> None:
        """Take what some rows would have written as written."""
        for result in results:
            if isinstance(result, WrittenNode) and result.outcome != "unchanged":
                self._remember_node(result.node)
            elif isinstance(result, WrittenTie) and result.outcome != "unchanged":
                self._remember_tie(result.tie)

    def _remember_node(self, node: AnyNode) -> None:
        key = None if node.source is None else source_key(node.steward, node.source)
        record = node.model_dump_json() if self._whole_nodes else None
        row = (node.id, node.kind, node.steward, key, record)
        self._rows.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?, ?)", row)

    def _remember_tie(self, tie: AnyTie) -> None:
        row = (tie.source, tie.target, tie.type, tie.id, tie.model_dump_json())
        self._rows.execute("INSERT OR REPLACE INTO ties VALUES (?, ?, ?, ?, ?)", row)

    def _each(self, asked: str, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        for name in names:
            yield from self._rows.execute(asked, (name,))
