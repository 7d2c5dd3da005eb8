"""A community of any size, drawn by chance: records as a file holds them."""

from __future__ import annotations

import random
from math import comb
from typing import Any, Final, NamedTuple
from uuid import UUID

Fields = dict[str, Any]

_SHARES: Final = (("association", 0.06), ("agency", 0.02), ("asset", 0.12))
"""Of the nodes; the rest are people."""

_TRUSTS, _FRIENDS, _MEMBERS, _OFFERS = 0.4, 0.2, 0.25, 0.1
"""Of the ties; the rest are wants."""


class Community(NamedTuple):
    """Nodes and the ties between them, each as the fields of a row."""

    nodes: list[Fields]
    ties: list[Fields]

    @property
    def records(self) -> list[Fields]:
        """All rows, as a file would hold them."""
        return [*self.nodes, *self.ties]

    def ids(self, kind: str) -> list[str]:
        """Return the ids of the nodes of a kind."""
        return [node["id"] for node in self.nodes if node["kind"] == kind]


def community(nodes: int, ties: int, *, seed: int) -> Community:
    """Return a community; communities of different seeds have no id in common.

    A small one has fewer ties than are asked for: no two of a kind are between the same two.
    """
    chance = random.Random(seed)  # noqa: S311 - chance without secrecy
    drawn = [
        _node(kind, f"{kind}-{seed}-{number}", chance)
        for kind, share in _SHARES
        for number in range(round(nodes * share))
    ]
    drawn += [
        _node("person", str(UUID(int=chance.getrandbits(128), version=4)), chance)
        for _ in range(nodes - len(drawn))
    ]
    ids = {
        kind: [node["id"] for node in drawn if node["kind"] == kind]
        for kind in ("person", "association", "asset")
    }
    return Community(drawn, _ties(ties, ids, chance))


def _node(kind: str, id_: str, chance: random.Random) -> Fields:
    fields: Fields = {
        "kind": kind,
        "id": id_,
        "name": f"{kind.title()} {chance.randrange(10**6)} of Riverside",
        "tags": chance.sample(("garden", "music", "repair", "cooking", "walks"), 2),
    }
    if kind == "person":
        fields |= {"mapped": chance.random() < 0.7, "languages": ["en"]}  # noqa: PLR2004 - a share
    if kind == "asset":
        fields |= {"levels": ["physical"], "category": "place"}
    return fields


def _ties(count: int, ids: dict[str, list[str]], chance: random.Random) -> list[Fields]:
    people, groups, assets = ids["person"], ids["association"], ids["asset"]
    kinds = (
        ("trusts", people, _TRUSTS),
        ("friend", people, _FRIENDS),
        ("member", groups, _MEMBERS),
        ("offers", assets, _OFFERS),
        ("wants", assets, 1 - _TRUSTS - _FRIENDS - _MEMBERS - _OFFERS),
    )
    ties: list[Fields] = []
    for called, targets, share in kinds:
        # Two people are paired one way only.
        most = comb(len(people), 2) if targets is people else len(people) * len(targets)
        pairs: set[tuple[str, str]] = set()
        while len(pairs) < min(round(count * share), most):
            source, target = chance.choice(people), chance.choice(targets)
            if source != target and (target, source) not in pairs:
                pairs.add((source, target))
        ties += [_tie(called, *pair, chance) for pair in sorted(pairs)]
    chance.shuffle(ties)
    return ties


def _tie(called: str, source: str, target: str, chance: random.Random) -> Fields:
    ends = {"source": source, "target": target, "valid_from": f"202{chance.randrange(6)}-03-01"}
    share = round(chance.uniform(0.1, 1), 2)
    if called in {"friend", "member"}:
        return {"type": "connects", "relation": called, "strength": share, **ends}
    if called == "trusts":
        return {"type": "trusts", "level": share, **ends}
    return {"type": called, **ends}
