"""The constraints and indexes that every engine must have before it is used."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from cypher import statements
from graph.errors import SchemaMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A statement is named for the constraint or index that it creates, if its name begins so.
_SHOWN = ("constraint_", "index_", "type_")
_KEY_BYTES = 32
"""As long as the digest (RFC 2104, section 3)."""

_POSITION_KEY_BYTES = 64
"""Two keys of 32 bytes (AES-256-SIV; RFC 5297, section 2.2)."""


class Run(Protocol):
    """Runs statements, named as for `cypher.statement`, in one transaction."""

    async def __call__(
        self, asked: Mapping[str, Mapping[str, object]]
    ) -> Sequence[Mapping[str, object]]:
        """Return the rows of all of them, each asked with its parameters."""
        ...


async def apply_schema(run: Run, *, embedded: bool, epoch: str) -> None:
    """Create what is missing of the schema, and verify it.

    To be called at each start. On the embedded engine it is followed by
    `EmbeddedEngine.make_durable`.

    Parameters
    ----------
    run
        Runs statements as an account that may change the schema.
    embedded
        Types are declared as well: the embedded engine indexes a property of no declared type as
        text, which serves no range and no order (seen on ArcadeDB 26.10.2).
    epoch
        The name of this life of the graph; an existing one is kept.

    Raises
    ------
    SchemaMismatch
        When something is still missing afterwards.
    """
    made = {
        "schema/singleton_epoch": {"epoch": epoch},
        "schema/singleton_erasures": {"key": secrets.token_hex(_KEY_BYTES)},
        "schema/singleton_positions": {"key": secrets.token_hex(_POSITION_KEY_BYTES)},
        "schema/singleton_pseudonyms": {"key": secrets.token_hex(_KEY_BYTES)},
    }
    present = await _shown(run)
    missing = [name for name in _names(embedded=embedded) if _object(name) not in present]
    types = [name for name in missing if name.startswith("schema/embedded/")]
    records = [name for name in missing if name.startswith("schema/singleton_")]
    others = [name for name in missing if name not in {*types, *records}]
    # Types come first; and Neo4j changes the schema or writes data in a transaction, not both.
    for part in filter(None, (types, others, records)):
        await run({name: made.get(name, {}) for name in part})
    await verify_schema(run, embedded=embedded)


async def verify_schema(run: Run, *, embedded: bool) -> None:
    """Compare the engine's constraints and indexes with those declared in `cypher/schema`.

    Raises
    ------
    SchemaMismatch
        Naming all that are missing.
    """
    declared = {_object(name) for name in _names(embedded=embedded)}
    needed = {name for name in declared if name.startswith(_SHOWN)}
    if missing := sorted(needed - await _shown(run)):
        raise SchemaMismatch(f"the engine lacks {', '.join(missing)}")


def _names(*, embedded: bool) -> tuple[str, ...]:
    # Types come first: an index is built for the type that is declared by then.
    return (*(statements("schema/embedded") if embedded else ()), *statements("schema"))


def _object(name: str) -> str:
    return name.rpartition("/")[2]


async def _shown(run: Run) -> set[str]:
    rows = await run({name: {} for name in statements("schema/shown")})
    return {str(row["name"]) for row in rows}
