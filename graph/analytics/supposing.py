"""A network as it would be: with nodes and ties taken out, and others put in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from graph.analytics.isolation import paid_ties
from graph.analytics.projection import Flags, Indices
from graph.analytics.questions import SupposedNode, SupposedTie, WhatIfParameters
from graph.errors import Fault, Invalid
from graph.network import (
    KIND_CODE,
    NO_MEMBERSHIPS,
    RELATION_CODE,
    TYPE_CODE,
    Lists,
    Snapshot,
    Ties,
)
from graph.nodes import KINDS, PARTIES

_NOWHERE: Final = -1
_ABSENT: Final = {"mapped": -1, "exercise": -1, "steward": -1, "met_by": -1, "paid": -1}
"""What a field holds where nothing is said of it; 0 in all others."""


def supposed(snapshot: Snapshot, asked: WhatIfParameters) -> Snapshot:
    """Return the network of a day with what is supposed of it.

    Parameters
    ----------
    snapshot
        The live network, as far as the caller may see it.
    asked
        Nodes and ties to take out, and to put in.

    Returns
    -------
    Snapshot
        A tie goes with either of its ends. What is put in says no more than it was asked with.

    Raises
    ------
    Invalid
        When it speaks of a node that is not there, or puts in one that is.

    Notes
    -----
    O(n log n + m).
    """
    _check(snapshot, asked)
    gone = np.zeros(len(snapshot), np.bool_)
    gone[[snapshot.place[id_] for id_ in asked.without]] = True
    cut = gone[snapshot.ties.source] | gone[snapshot.ties.target]
    cut |= _between(snapshot, [(pair.source, pair.target) for pair in asked.without_ties])
    if asked.without_staff:
        cut |= paid_ties(snapshot) & _social(snapshot)
    return with_ties(_rebuilt(snapshot, ~gone, ~cut, asked.with_nodes), asked.with_ties)


def with_ties(snapshot: Snapshot, added: Sequence[SupposedTie]) -> Snapshot:
    """Return a network with further `connects`."""
    count = len(added)
    if not count:
        return snapshot
    said: dict[str, list[Any]] = {
        "type": [TYPE_CODE["connects"]] * count,
        "source": [snapshot.place[tie.source] for tie in added],
        "target": [snapshot.place[tie.target] for tie in added],
        "relation": [RELATION_CODE[tie.relation] for tie in added],
        "strength": [np.nan if tie.strength is None else tie.strength for tie in added],
        "paid": [-1 if tie.paid is None else int(tie.paid) for tie in added],
        "judged": [True] * count,
    }
    columns = {
        name: np.concatenate(
            (column, np.array(said.get(name, [_ABSENT.get(name, 0)] * count), column.dtype))
        )
        for name, column in _columns(snapshot.ties)
        if name != "slots"
    }
    named = [f"{chr(TYPE_CODE['connects'])}supposed-{number}" for number in range(count)]
    return replace(snapshot, ties=snapshot.ties.with_columns(columns, named))


def _columns(record: Snapshot | Ties) -> Iterator[tuple[str, NDArray[Any]]]:
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            yield field.name, cast("NDArray[Any]", value)


def _rebuilt(
    snapshot: Snapshot, kept: Flags, held: Flags, added: Sequence[SupposedNode]
) -> Snapshot:
    """Return the network with some of its nodes and ties, and with new nodes, in their order."""
    stayed = np.flatnonzero(kept)
    ids = [*(snapshot.ids[place] for place in stayed.tolist()), *(node.id for node in added)]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    place = np.full(len(snapshot) + 1, _NOWHERE, np.int64)
    where = np.empty(len(order), np.int64)
    where[order] = np.arange(len(order))
    place[stayed] = where[: len(stayed)]
    new: dict[str, list[Any]] = {
        "kinds": [KIND_CODE[node.kind] for node in added],
        "mapped": [1 if node.kind == "person" else -1 for node in added],
    }
    columns: dict[str, Any] = {
        name: np.concatenate(
            (column[stayed], np.array(new.get(name, [_ABSENT.get(name, 0)] * len(added)),
                                      column.dtype))
        )[order]
        for name, column in _columns(snapshot)
    }  # fmt: skip
    names = [*(snapshot.names[at] for at in stayed.tolist()), *(node.id for node in added)]
    areas = Lists.of([*snapshot.areas[stayed], *(tuple(node.areas) for node in added)])
    by_place: dict[str, Any] = {
        name: {int(place[at]): said for at, said in getattr(snapshot, name).items() if kept[at]}
        for name in ("terms", "schedules", "reported")
    }
    there = set(ids)
    parts = {part: first for part, first in snapshot.parts.items() if first in there}
    return replace(
        snapshot,
        ids=[ids[at] for at in order],
        names=[names[at] for at in order],
        areas=areas[np.array(order, np.int64)],
        **columns,
        **by_place,
        parts=parts,
        # What is supposed has no past.
        memberships=NO_MEMBERSHIPS,
        ties=_kept_ties(snapshot.ties, held, place),
    )


def _kept_ties(ties: Ties, held: Flags, place: Indices) -> Ties:
    slot = np.full(len(ties) + 1, _NOWHERE, np.int64)
    slot[np.flatnonzero(held)] = np.arange(int(held.sum()))
    moved = {"source": place, "target": place, "steward": place, "met_by": slot}
    # -1, for none, reads the last entry, which stands for nowhere.
    columns: dict[str, Any] = {
        name: moved[name][column[held]].astype(column.dtype) if name in moved else column[held]
        for name, column in _columns(ties)
    }
    return ties.with_columns(columns)


def _social(snapshot: Snapshot) -> Flags:
    return np.isin(snapshot.ties.type, (TYPE_CODE["connects"], TYPE_CODE["trusts"]))


def _between(snapshot: Snapshot, pairs: Collection[tuple[str, str]]) -> Flags:
    """Tell which ties are social ones between the ends of a pair, either way round."""
    ties = snapshot.ties
    found = np.zeros(len(ties), np.bool_)
    for one, other in pairs:
        ends = (snapshot.place[one], snapshot.place[other])
        found |= (ties.source == ends[0]) & (ties.target == ends[1])
        found |= (ties.source == ends[1]) & (ties.target == ends[0])
    return found & _social(snapshot)


def _check(snapshot: Snapshot, asked: WhatIfParameters) -> None:
    there = snapshot.place.keys()
    new = {node.id for node in asked.with_nodes}
    gone = {snapshot.place[id_] for id_ in asked.without if id_ in there}
    left = {id_ for id_, at in snapshot.place.items() if at not in gone} | new
    parties = {
        id_ for id_ in left
        if id_ in new or KINDS[int(snapshot.kinds[snapshot.place[id_]])] in PARTIES
    }  # fmt: skip
    faults = [
        *_faults("without", (({"": id_}, there) for id_ in asked.without)),
        *_faults("without_ties", ((_ends(pair), there) for pair in asked.without_ties)),
        *_faults("with_ties", ((_ends(pair), parties) for pair in asked.with_ties)),
        *(
            Fault(f"/parameters/with_nodes/{at}/id", "is on this map already")
            for at, node in enumerate(asked.with_nodes)
            if node.id in there or node.id in {other.id for other in asked.with_nodes[:at]}
        ),
        *(
            Fault(f"/parameters/with_ties/{at}/target", "must not be the source as well")
            for at, tie in enumerate(asked.with_ties)
            if tie.source == tie.target
        ),
    ]
    if faults:
        raise Invalid("what is supposed does not fit the network of that day", faults)


def _ends(pair: Any) -> dict[str, str]:
    return {"/source": pair.source, "/target": pair.target}


def _faults(name: str, asked: Iterator[tuple[dict[str, str], Collection[str]]]) -> Iterator[Fault]:
    for at, (ids, known) in enumerate(asked):
        for pointer, id_ in ids.items():
            if id_ not in known:
                detail = "is no party on this map on that day" if pointer else "is not on this map"
                yield Fault(f"/parameters/{name}/{at}{pointer}", detail)
