"""Erasing a person: at once nothing that is answered holds their words, names or foreign ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from graph.audiences import audience_of
from graph.errors import Erased, NotFound
from graph.nodes import AnyNode
from graph.policy import EVERYTHING, NodeFacts
from graph.refusals import check_write
from graph.store.clearing import forget_clearances
from graph.store.deleting import entries_of_deleted_ties, ties_at
from graph.store.erased import REFUSAL, in_force, mark_key, marks_of, tombstones_of
from graph.store.keys import end_keys_of
from graph.store.mentions import GONE, Mentions
from graph.store.merges import Gone, forget_merges
from graph.store.node_writes import kept_id
from graph.store.outdating import outdate_runs
from graph.store.pages import page_key
from graph.store.properties import facts_of_node, node_of, source_key
from graph.store.same_as import forget_same_as
from graph.store.units import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graph.store.client import Row
    from graph.store.units import Unit
    from graph.ties import AnyTie

ErasureReason = Literal[
    "not_needed", "consent_withdrawn", "objected", "unlawful", "legal_duty", "retention"
]
"""Why somebody is erased: the grounds of Article 17(1) GDPR, a word each.

A word and no text of its own: it is kept, and must say nothing of the person.
"""

LiftReason = Literal["asked", "mistake", "legal_duty"]
"""Why somebody who was erased may be recorded again."""

_JOB_STATES: Final = ("queued", "running", "done", "failed", "cancelled")


class Erasure(NamedTuple):
    """What an erasure did.

    `references` counts records of others that named the person or an offer of theirs;
    `jobs_scrubbed` are jobs whose failed rows named the person; `jobs_open` are imports that may
    hold the person in their uploads, and refuse such rows; `keys_ended` opened their own record.
    """

    id: str
    at: datetime
    ties: int
    references: int
    runs: list[str]
    jobs_scrubbed: list[str]
    jobs_open: list[str]
    keys_ended: list[str]


async def erase(unit: Unit, person_id: str, reason: ErasureReason) -> Erasure:
    """Erase a person with all ties, and whatever else names them.

    Raises
    ------
    Erased
        When it was done before.
    NotFound
        When there is no such person that the caller may see.
    Forbidden
        When the record is another steward's.

    Notes
    -----
    Cost: a walk over all nodes and ties for what names the person as its recorder, and over the
    rows that failed in imports.
    """
    person_id = kept_id("person", person_id)
    # Whoever finishes a report waits for this lock: an answer is outdated or sees the erasure.
    await unit.lock_all()
    await unit.lock({person_id})
    person, ties, audience = await _kept(unit, person_id)
    check_write(unit.view, NodeFacts(person.kind, person.steward))
    entries = await entries_of_deleted_ties(unit, ties)
    await forget_same_as(unit, person_id, person.kind)
    await forget_clearances(unit, person_id)
    await unit.run("write/delete_node", id=person_id)
    await unit.run("write/delete_consents_of", person=person_id)
    version = (person.version or 0) + 1
    entries.append(
        Entry("node", "person", person_id, "erased", version, person.steward, "", "", audience)
    )
    await unit.bury(entries)
    tombstones = tombstones_of(
        await marks_of(unit),
        person_id,
        source_key(person.steward, person.source) if person.source else None,
        version=version,
        steward=person.steward,
        reason=reason,
        now=unit.now,
    )
    offers = [str(tie.id) for tie in ties if tie.type == "offers"]
    parts = await forget_merges(unit, person_id, [person_id, person.name], offers)
    for part in parts:
        tombstones += await _forgotten(unit, part, reason)
    await unit.run("write/bury_erased", rows=tombstones)
    await unit.run("write/count_marks", marks=len(tombstones))
    references = await _unnamed(unit, person, ties)
    unit.entries.extend([*entries, *references])
    records = [f"node:{person_id}", *(f"{tie.type}:{tie.id}" for tie in ties)]
    records += [f"node:{part.node.id}" for part in parts]
    await unit.run("write/scrub_requests", records=records)
    people = [(person, ties), *((part.node, part.ties) for part in parts)]
    return Erasure(
        id=person_id,
        at=unit.now,
        ties=len(ties),
        references=len(references),
        runs=await outdate_runs(unit, [found.id for found, _ in people]),
        jobs_scrubbed=sorted(
            {job for known in people for job in await _scrubbed_jobs(unit, Mentions(*known))}
        ),
        jobs_open=[
            row["job"]["id"]
            for row in await unit.rows("read/jobs_in_state", states=["queued", "running"])
            if row["job"]["task"] == "import"
        ],
        keys_ended=await end_keys_of(unit, person_id),
    )


async def _forgotten(unit: Unit, part: Gone, reason: ErasureReason) -> list[Row]:
    """Take away what is kept beside a record that was merged into the erased one's."""
    await unit.run("write/delete_consents_of", person=part.node.id)
    return tombstones_of(
        await marks_of(unit),
        part.node.id,
        part.source_key,
        version=(part.node.version or 0) + 1,
        steward=part.node.steward,
        reason=reason,
        now=unit.now,
    )


async def lift(unit: Unit, person_id: str, reason: LiftReason) -> bool:
    """Let a person who was erased be recorded again; return whether there was an erasure.

    Raises
    ------
    NotFound, Forbidden
        When the record was another steward's.
    """
    person_id = kept_id("person", person_id)
    await unit.lock_all()
    marks = await marks_of(unit)
    found = await _tombstone(unit, mark_key(marks.of_id(person_id)))
    if found is None or not in_force(found):
        return False
    check_write(unit.view, NodeFacts("person", found["steward"]))
    keys = [found["key"]]
    if found["source_hmac"] is not None:
        by_source = await _tombstone(unit, mark_key(found["source_hmac"]))
        keys += [by_source["key"]] if by_source and in_force(by_source) else []
    await unit.run("write/lift_marks", keys=keys, at=unit.now, reason=reason)
    await unit.run("write/count_marks", marks=-len(keys))
    # The plain id may have been purged: a recreated person goes on counting all the same.
    await unit.run("write/bury", rows=[{"key": f"node:{person_id}", "version": found["version"]}])
    return True


async def _tombstone(unit: Unit, key: str) -> Row | None:
    return await unit.row("read/tombstones", keys=[key])


async def _kept(unit: Unit, person_id: str) -> tuple[AnyNode, list[AnyTie], str]:
    """Return a person with all ties, and who else could know of them."""
    everything = EVERYTHING.parameters()
    row = await unit.row("read/node", id=person_id, **everything)
    if row is None or row["node"]["kind"] != "person":
        marks = await marks_of(unit)
        tombstone = await _tombstone(unit, mark_key(marks.of_id(person_id)))
        if tombstone is not None and in_force(tombstone):
            check_write(unit.view, NodeFacts("person", tombstone["steward"]))
            raise Erased(REFUSAL)
        raise NotFound(f"there is no person {person_id}")
    audience = audience_of(facts_of_node(row["node"], "sharing"))
    return node_of(row["node"]), await ties_at(unit, person_id), audience


async def _unnamed(unit: Unit, person: AnyNode, ties: Sequence[AnyTie]) -> list[Entry]:
    """Take the person, and their offers, out of the records of others."""
    said = [person.id, person.name]
    entries = [
        Entry("node", row["kind"], row["id"], "updated", row["version"], row["steward"])
        for row in await unit.rows("write/clear_recorder_of_nodes", said=said, at=unit.now)
    ]
    changed = await unit.rows("write/clear_recorder_of_ties", said=said, at=unit.now)
    if offers := [tie.id for tie in ties if tie.type == "offers"]:
        wants = await unit.rows("write/clear_met_by", offers=offers, at=unit.now)
        changed += [{**row, "type": "wants"} for row in wants]
    # A tie that was changed twice stands in the feed at its last version.
    latest = {(row["type"], row["id"]): row for row in changed}
    entries.extend(
        Entry("tie", row["type"], row["id"], "updated", row["version"], row["steward"],
              row["source"], row["target"])
        for row in latest.values()
    )  # fmt: skip
    return entries


async def _scrubbed_jobs(unit: Unit, mentions: Mentions) -> list[str]:
    """Take the rows that mention the person out of what imports keep of rows that failed."""
    scrubbed: list[str] = []
    for row in await unit.rows("read/jobs_that_tell"):
        job = row["job"]
        found = False
        for number in range(job["pages"]):
            for page in await unit.rows("read/pages", keys=[page_key(job["id"], number)]):
                text = mentions.scrubbed(page["text"])
                if text is not None:
                    found = True
                    await unit.run("write/put_page", key=page["key"], text=text)
        problem = job.get("problem")
        if problem is not None and mentions.are_in(problem):
            found = True
            told = {"problem": f'{{"title": "Erased", "detail": "{GONE}", "errors": []}}'}
            await unit.run("write/update_job", id=job["id"], states=list(_JOB_STATES), row=told)
        if found:
            scrubbed.append(job["id"])
    return sorted(scrubbed)
