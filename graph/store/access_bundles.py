"""Everything that is kept about one person, for them to read (UK GDPR Article 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.audit.subject import Access
from graph.clearances import Clearance
from graph.consents import Consent
from graph.errors import NotFound
from graph.nodes import Person
from graph.policy import EVERYTHING
from graph.refusals import check_access
from graph.store.clearing import clearances_of
from graph.store.consent_writes import Override
from graph.store.corrections import Correction, corrections_of
from graph.store.keys import Key, key_of
from graph.store.mentions import Mentions
from graph.store.merges import gone_of
from graph.store.node_writes import kept_id
from graph.store.pages import page_key
from graph.store.properties import facts_of_node, native, node_of, record_of, tie_of
from graph.store.same_as import SameAs, same_as_of
from graph.third_parties import (
    A_COLLEAGUE,
    Decision,
    ToldTie,
    told_consents,
    told_person,
    told_ties,
)
from graph.values import Day, Instant, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.nodes import AnyNode
    from graph.policy import Caller, View
    from graph.store.client import Client, Transaction
    from graph.ties import AnyTie

UNSEARCHED: Final = (
    "What others wrote in the free texts of their own records is not searched; nor are backups."
)


class CountingRun(Value):
    """A stored answer that counts the person, or may; `names` where its rows hold their id."""

    id: str
    kind: str
    as_of: Day
    created_at: Instant
    names: bool


class AccessBundle(Value):
    """Everything about one person, others redacted by rule.

    `failed_imports` are jobs whose refused rows mention the person; `decisions` has a line for
    each redaction.
    """

    person: Person
    restricted: bool
    ties: list[ToldTie]
    consents: list[Consent]
    overrides: list[Override]
    corrections: list[Correction]
    same_as: list[SameAs]
    clearances: list[Clearance]
    merged: list[Person]
    keys: list[Key]
    failed_imports: list[str]
    runs: list[CountingRun]
    accesses: list[Access]
    decisions: list[Decision]
    unsearched: str = UNSEARCHED

    def to_be_told(self) -> AccessBundle:
        """Return it without the lines that are not for the person to know."""
        told = [decision for decision in self.decisions if not decision.confidential]
        return self.model_copy(update={"decisions": told})


async def access_bundle(
    client: Client, caller: Caller, view: View, person_id: str, accesses: Sequence[Access]
) -> AccessBundle:
    """Return everything about one person, as one transaction finds it.

    Parameters
    ----------
    accesses
        What the audit says of them.

    Raises
    ------
    NotFound
        When there is no such person that the caller may see.
    Forbidden
        When the record is another steward's, or the role is not one that answers for it.

    Notes
    -----
    Cost: a walk over the pages of reports, and over the rows that failed in imports.
    """

    async def work(transaction: Transaction) -> AccessBundle:
        return await _gathered(transaction, caller, view, person_id, accesses)

    return await client.read(work)


async def _gathered(
    transaction: Transaction,
    caller: Caller,
    view: View,
    person_id: str,
    accesses: Sequence[Access],
) -> AccessBundle:
    person_id = kept_id("person", person_id)
    everything = EVERYTHING.parameters()
    row = await transaction.row("read/node", id=person_id, **everything)
    person = None if row is None else node_of(row["node"])
    if row is None or not isinstance(person, Person):
        check_access(caller, view, None)
        raise NotFound(f"there is no person {person_id}")
    check_access(caller, view, facts_of_node(row["node"], view.consent))
    ties = [
        tie_of(tie["type"], tie["source"], tie["target"], tie["tie"])
        for tie in await transaction.rows("read/whole_ties_at", id=person_id)
    ]
    ties.sort(key=lambda tie: (tie.type, str(tie.id)))
    ends = sorted({end for tie in ties for end in (tie.source, tie.target)} - {person_id})
    others = {
        found["node"]["id"]: node_of(found["node"])
        for found in await transaction.rows("read/nodes", ids=ends, **everything)
    }
    consents = [
        record_of(Consent, found["consent"])
        for found in await transaction.rows("read/consents_of", people=[person_id])
    ]
    overrides = [
        record_of(Override, found["override"])
        for found in await transaction.rows("read/overrides_of", person=person_id)
    ]
    keys = [key_of(found) for found in await transaction.rows("read/keys")]
    told, of_person = told_person(person)
    told_of_ties, of_ties = told_ties(person, ties, others)
    agreed, of_consents = told_consents(consents)
    opened, of_overrides = _told_overrides(overrides)
    bundle = AccessBundle(
        person=told,
        restricted=bool(row["node"].get("restricted")),
        ties=told_of_ties,
        consents=agreed,
        overrides=opened,
        corrections=await corrections_of(transaction, person_id),
        same_as=await same_as_of(transaction, view, person_id),
        merged=await _merged(transaction, person_id),
        clearances=await clearances_of(transaction, person_id, view.today),
        keys=[key for key in keys if key.person == person_id],
        failed_imports=await _mentioned(transaction, person, ties),
        runs=await _counting(transaction, person),
        accesses=list(accesses),
        decisions=[
            *of_person, *of_ties, *of_consents, *of_overrides,
            *([Decision.by("staff", "/accesses/*/key")] if accesses else ()),
        ],
    )  # fmt: skip
    return bundle.to_be_told() if view.person == person_id else bundle


async def _merged(transaction: Transaction, person_id: str) -> list[Person]:
    """Return the records that were merged into the person's, as they were."""
    rows = [
        row
        for row in await transaction.rows("read/merges")
        if row["merge"]["survivor"] == person_id
    ]
    gone = [gone_of(row).node for row in rows]
    return [told_person(node)[0] for node in gone if isinstance(node, Person)]


def _told_overrides(overrides: Sequence[Override]) -> tuple[list[Override], list[Decision]]:
    nobody = {"author": A_COLLEAGUE, "second_person": A_COLLEAGUE}
    decisions = [
        Decision.by("staff", f"/overrides/{place}/{name}")
        for place in range(len(overrides))
        for name in nobody
    ]
    return [override.model_copy(update=nobody) for override in overrides], decisions


async def _counting(transaction: Transaction, person: AnyNode) -> list[CountingRun]:
    named = {row["owner"] for row in await transaction.rows("read/pages_naming", ids=[person.id])}
    rows = await transaction.rows("read/runs_counting", since=person.created_at, ids=sorted(named))
    found: list[CountingRun] = []
    for row in rows:
        kept = {name: native(row["run"][name]) for name in ("id", "kind", "as_of", "created_at")}
        found.append(CountingRun(**kept, names=kept["id"] in named))
    return found


async def _mentioned(
    transaction: Transaction, person: AnyNode, ties: Sequence[AnyTie]
) -> list[str]:
    mentions = Mentions(person, ties)
    found: list[str] = []
    for row in await transaction.rows("read/jobs_that_tell"):
        job = row["job"]
        texts = [job["problem"]] if job.get("problem") else []
        for number in range(job["pages"]):
            pages = await transaction.rows("read/pages", keys=[page_key(job["id"], number)])
            texts += [line for page in pages for line in page["text"].splitlines()]
        if any(mentions.are_in(text) for text in texts):
            found.append(job["id"])
    return sorted(found)
