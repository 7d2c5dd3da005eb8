"""The demo community while it is being drawn up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

from graph.rules import check_ends, settled
from graph.ties import TIE

_NAMESPACE: Final = uuid5(UUID(int=0), "wholemap demo")
PLACES: Final = ("riverside", "old-market", "station-road", "hilltop", "new-meadows")


@cache
def catalogue() -> dict[str, Any]:
    """Return the lists that names are drawn from."""
    return json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))


@dataclass
class Draft:
    """Nodes by id, and ties that keep the rules, in the order in which they were said."""

    random: Random
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    ties: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _said: set[tuple[str, str, str, str]] = field(default_factory=set[tuple[str, str, str, str]])

    def node(self, **fields: Any) -> dict[str, Any]:
        """Add a node, and return it to be told more of."""
        if fields["id"] in self.nodes:
            raise ValueError(f"two nodes of the demo have the id {fields['id']}")
        self.nodes[fields["id"]] = fields
        return fields

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a kind."""
        return [node["id"] for node in self.nodes.values() if node["kind"] == kind]

    def people_of(self, place: str) -> list[str]:
        """Return the people of a place, in the order of their doors."""
        return [each for each in self.ids("person") if place in self.nodes[each]["areas"]]

    def chance(self, share: float) -> bool:
        """Throw a dice."""
        return self.random.random() < share

    def uuid(self) -> str:
        """Return an id that follows from the seed."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def day(self, first_year: int, last_year: int) -> str:
        """Return a day of those years."""
        year = self.random.randint(first_year, last_year)
        return f"{year}-{self.random.randint(1, 12):02}-{self.random.randint(1, 28):02}"

    def tie(self, kind: str, source: str, target: str, **fields: Any) -> str | None:
        """Add a tie and return its id; None where the two are tied so already, or are one.

        Raises
        ------
        Invalid
            Where the rules forbid it.
        """
        if source == target:
            return None
        said = {name: value for name, value in fields.items() if value is not None}
        record = settled(
            TIE.validate_python({"type": kind, "source": source, "target": target, **said})
        )
        key = (kind, record.source, record.target, str(fields.get("relation")))
        record = record.model_copy(update={"id": str(uuid5(_NAMESPACE, "\n".join(key)))})
        if key in self._said:
            return None
        check_ends(record, self.nodes[source]["kind"], self.nodes[target]["kind"])
        self._said.add(key)
        self.ties.append(record.model_dump(mode="json", exclude_unset=True))
        return record.id

    def connect(self, source: str, target: str, relation: str, **fields: Any) -> str | None:
        """Add a `connects`."""
        return self.tie("connects", source, target, relation=relation, **fields)

    def said_strength(self, low: float, high: float, share: float = 0.55) -> float | None:
        """Return a strength, or None as often as nobody said one."""
        return round(self.random.uniform(low, high), 2) if self.chance(share) else None
