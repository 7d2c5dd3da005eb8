"""What of a person's file is others': redacted by rule, each redaction with its line; pure.

References
----------
.. [1] UK GDPR, Article 15(4): a copy does not adversely affect the rights of others.
.. [2] Data Protection Act 2018, Schedule 2, paragraph 16: information that identifies another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from graph.masks import JUDGEMENTS
from graph.nodes import Kind, Person
from graph.rules import author_of
from graph.ties import TieType
from graph.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.consents import Consent
    from graph.nodes import AnyNode
    from graph.ties import AnyTie

Rule = Literal["another_person", "judgement", "not_disclosed", "staff"]
RULES: Final[dict[Rule, str]] = {
    "another_person": "it says who another person is",
    "judgement": "it is what another said of the person",
    "not_disclosed": "another stated it, and did not agree that the person may know",
    "staff": "it says which member of staff acted",
}

ANOTHER_PERSON: Final = "another person"
A_COLLEAGUE: Final = "a member of staff"


class Decision(Value):
    """One redaction: what it took out of the bundle, and by which rule.

    `confidential`: that there is something is itself not for the person to know.
    """

    what: str
    rule: Rule
    why: str
    confidential: bool = False

    @classmethod
    def by(cls, rule: Rule, what: str) -> Decision:
        """Return the line of a redaction; `what` is a JSON pointer, or names what is not there."""
        return cls(what=what, rule=rule, why=RULES[rule], confidential=rule == "not_disclosed")


class End(Value):
    """One end of a tie; of another person neither id nor name."""

    kind: Kind
    name: str
    id: str | None = None


class ToldTie(Value):
    """A tie at the person as they are told of it. `says` is what it says but for its ends."""

    type: TieType
    id: str
    source: End
    target: End
    stated_by: Literal["the person", "the other end"] | None = None
    says: dict[str, Any]


def told_ties(
    person: AnyNode, ties: Sequence[AnyTie], others: Mapping[str, AnyNode]
) -> tuple[list[ToldTie], list[Decision]]:
    """Return the ties that a person is told of, and what was taken out of them.

    Parameters
    ----------
    person
        Whose file it is.
    ties
        All at the person.
    others
        The other ends, by id.
    """
    told: list[ToldTie] = []
    decisions: list[Decision] = []
    for tie in ties:
        author = author_of(tie)
        if author not in (None, person.id) and not tie.disclosed:
            decisions.append(Decision.by("not_disclosed", f"{tie.type} {tie.id}"))
            continue
        place = f"/ties/{len(told)}"
        hidden: dict[str, Rule] = {}
        if author != person.id:
            hidden |= dict.fromkeys(JUDGEMENTS[tie.type], "judgement")
        if getattr(tie, "met_by", None) is not None:
            hidden["met_by"] = "another_person"
        says = tie.model_dump(
            mode="json",
            exclude_none=True,
            exclude={"id", "type", "source", "target", "stated_by", "provenance"},
        )
        for name in hidden.keys() & says.keys():
            del says[name]
            decisions.append(Decision.by(hidden[name], f"{place}/says/{name}"))
        if tie.provenance is not None:
            says["provenance"] = tie.provenance.model_dump(mode="json", exclude_none=True)
            if says["provenance"].pop("recorded_by", None) is not None:
                decisions.append(Decision.by("staff", f"{place}/says/provenance/recorded_by"))
        ends: dict[str, End] = {}
        for name in ("source", "target"):
            node = person if getattr(tie, name) == person.id else others[getattr(tie, name)]
            ends[name] = _end(node, person.id)
            if ends[name].id is None:
                decisions.append(Decision.by("another_person", f"{place}/{name}"))
        stated: dict[str | None, Any] = {None: None, person.id: "the person"}
        told.append(
            ToldTie(
                type=tie.type,
                id=str(tie.id),
                stated_by=stated.get(author, "the other end"),
                says=says,
                **ends,
            )
        )
    return told, decisions


def told_person(person: Person) -> tuple[Person, list[Decision]]:
    """Return a person's own record as they are told of it, and what was taken out."""
    provenance = person.provenance
    if provenance is None or provenance.recorded_by is None:
        return person, []
    told = provenance.model_copy(update={"recorded_by": A_COLLEAGUE})
    line = Decision.by("staff", "/person/provenance/recorded_by")
    return person.model_copy(update={"provenance": told}), [line]


def told_consents(consents: Sequence[Consent]) -> tuple[list[Consent], list[Decision]]:
    """Return consents without the names of those who gave them for the person."""
    told: list[Consent] = []
    decisions: list[Decision] = []
    for place, consent in enumerate(consents):
        if consent.capacity == "self":
            told.append(consent)
            continue
        told.append(consent.model_copy(update={"given_by": ANOTHER_PERSON}))
        decisions.append(Decision.by("another_person", f"/consents/{place}/given_by"))
    return told, decisions


def _end(node: AnyNode, person_id: str) -> End:
    if isinstance(node, Person) and node.id != person_id:
        return End(kind="person", name=ANOTHER_PERSON)
    return End(kind=node.kind, name=node.name, id=node.id)
