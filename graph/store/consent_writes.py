"""Writing consents, restrictions and overrides: what decides who sees a person.

What they open is kept as properties of the person as well (`graph.consents.sight_properties`),
so that every statement decides by the person alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from graph.audiences import audience_of
from graph.consents import Consent, narrows, sight, sight_properties
from graph.errors import Conflict, Fault, GraphError, Invalid, NotFound
from graph.policy import EVERYTHING
from graph.refusals import check_write
from graph.revising import checked
from graph.store.outdating import outdate_runs
from graph.store.properties import facts_of_node, flat, record_of
from graph.store.units import Entry
from graph.values import Day, Instant, Label, PersonId, RecordId, Value, new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from graph.revising import Fields
    from graph.store.client import Row
    from graph.store.units import Unit

MOST_OVERRIDE_DAYS: Final = 28
"""A safeguarding override is reviewed within four weeks."""


class Override(Value):
    """One record opened to one role, for a reason and a time (DPA 2018, Schedule 1, para 18).

    `author` and `second_person` are two people who answer for it; it ends on `review_on`.
    """

    id: RecordId | None = None
    person: PersonId | None = None
    role: Literal["coordinator", "partner"]
    reason: Annotated[str, Field(min_length=10, max_length=2_000)]
    author: Label
    second_person: Label
    review_on: Day
    recorded_at: Annotated[Instant | None, Field(json_schema_extra={"readOnly": True})] = None


async def give_consent(unit: Unit, person_id: str, fields: Fields, *, today: date) -> Consent:
    """Record a consent of one person.

    Raises
    ------
    NotFound, Forbidden
        As for any write of the person; a member may record their own.
    Invalid
        With a pointer to what is wrong.
    """
    (given,) = await give_consents(unit, [(person_id, fields)], today=today)
    if isinstance(given, GraphError):
        raise given
    return given


async def give_consents(
    unit: Unit, rows: Sequence[tuple[str, Fields]], *, today: date
) -> list[Consent | GraphError]:
    """Record consents, each by itself: what one row is refused for is returned in its place.

    The same consent twice is one.

    Notes
    -----
    Cost: five statements, whatever the number of rows.
    """
    checked_rows = await checked_consents(unit, rows, today=today)
    people = await _people(unit, {person_id for person_id, _ in rows})
    kept = await _consents_of(unit, people)
    results: list[Consent | GraphError] = []
    new: list[Consent] = []
    for (person_id, _), consent in zip(rows, checked_rows, strict=True):
        refusal = consent if isinstance(consent, GraphError) else _refusal(unit, people, person_id)
        if refusal is not None or isinstance(consent, GraphError):
            results.append(refusal or consent)
            continue
        same = [c for c in kept[person_id] if _content(c) == _content(consent)]
        if not same:
            kept[person_id].append(consent)
            new.append(consent)
        results.append(same[0] if same else consent)
    if new:
        await unit.run("write/create_consents", rows=[_given(flat(consent)) for consent in new])
        changed = {str(consent.person) for consent in new}
        await _keep_sights(unit, {i: people[i] for i in sorted(changed)}, kept)
    return results


async def checked_consents(
    unit: Unit, rows: Sequence[tuple[str, Fields]], *, today: date
) -> list[Consent | Invalid]:
    """Return consents as they would be kept, or what is wrong with each; nothing is written."""
    results: list[Consent | Invalid] = []
    for person_id, fields in rows:
        try:
            results.append(_checked_consent(unit, person_id, fields, today))
        except Invalid as refusal:
            results.append(refusal)
    named = {p for c in results if isinstance(c, Consent) for p in c.partners or ()}
    there = await unit.facts(named)
    groups = {p for p, facts in there.items() if facts.kind in ("association", "agency")}
    return [_with_partners(consent, groups) for consent in results]


async def withdraw_consent(unit: Unit, person_id: str, consent_id: str) -> Consent:
    """Withdraw a consent: it opens nothing from the next read on, and is kept.

    Raises
    ------
    NotFound
        When there is no such consent.
    Conflict
        When it was withdrawn before.
    """
    people = await _people(unit, {person_id})
    if person_id not in people:
        raise NotFound(f"there is no person {person_id}")
    _check_may_consent(unit, people[person_id])
    kept = await _consents_of(unit, people)
    found = [consent for consent in kept[person_id] if consent.id == consent_id]
    if not found:
        raise NotFound(f"there is no consent {consent_id}")
    if found[0].withdrawn is not None:
        raise Conflict(f"the consent {consent_id} was withdrawn before")
    withdrawn = found[0].model_copy(update={"withdrawn": unit.now})
    await unit.run("write/withdraw_consent", id=consent_id, at=unit.now)
    kept[person_id] = [withdrawn if c.id == consent_id else c for c in kept[person_id]]
    await _keep_sights(unit, people, kept)
    return withdrawn


async def restrict(unit: Unit, person_id: str, *, restricted: bool) -> None:
    """Keep a record and use it for nothing, or use it again (UK GDPR Article 18).

    Raises
    ------
    NotFound, Forbidden
        As for any write of the person.
    """
    people = await _people(unit, {person_id})
    if person_id not in people:
        raise NotFound(f"there is no person {person_id}")
    person = people[person_id]
    check_write(unit.view, facts_of_node(person, unit.view.consent))
    if bool(person.get("restricted")) == restricted:
        return
    row = {"id": person_id, "restricted": restricted or None}
    await unit.run("write/update_nodes", rows=[row])
    people = {person_id: {**person, "restricted": restricted}}
    await _keep_sights(unit, people, await _consents_of(unit, people))


async def override(unit: Unit, person_id: str, fields: Fields, *, today: date) -> Override:
    """Open one record to one role for a time, against consent: for safeguarding alone.

    Raises
    ------
    NotFound
        When there is no such person; whoever asks need not see them.
    Invalid
        When the two people are one, or the review is not within 28 days.
    """
    given = checked(Override, fields)
    if given.author.casefold().split() == given.second_person.casefold().split():
        raise Invalid.at("/second_person", "a second person agrees, not the author again")
    if not 0 < (given.review_on - today).days <= MOST_OVERRIDE_DAYS:
        detail = f"the review comes within {MOST_OVERRIDE_DAYS} days, and not before tomorrow"
        raise Invalid.at("/review_on", detail)
    people = await _people(unit, {person_id})
    if person_id not in people:
        raise NotFound(f"there is no person {person_id}")
    made = given.model_copy(update={"id": new_id(), "person": person_id, "recorded_at": unit.now})
    await unit.run("write/create_override", row=_given(flat(made)))
    row = {"id": person_id, "override_role": made.role, "override_after": made.review_on}
    await unit.run("write/update_nodes", rows=[row])
    return made


async def _people(unit: Unit, ids: set[str]) -> dict[str, Row]:
    """Lock these people, and return what is kept of those that there are."""
    await unit.lock(ids)
    rows = await unit.rows("read/nodes", ids=sorted(ids), **EVERYTHING.parameters())
    return {row["node"]["id"]: row["node"] for row in rows if row["node"]["kind"] == "person"}


async def _consents_of(unit: Unit, people: dict[str, Row]) -> dict[str, list[Consent]]:
    kept: dict[str, list[Consent]] = {person_id: [] for person_id in people}
    for row in await unit.rows("read/consents_of", people=sorted(people)):
        consent = record_of(Consent, row["consent"])
        kept[str(consent.person)].append(consent)
    return kept


def _check_may_consent(unit: Unit, person: Row) -> None:
    if person["id"] != unit.view.person:
        check_write(unit.view, facts_of_node(person, unit.view.consent))


def _checked_consent(unit: Unit, person_id: str, fields: Fields, today: date) -> Consent:
    consent = checked(Consent, {k: v for k, v in fields.items() if k != "recorded_at"})
    if person_id and consent.person not in (None, person_id):
        raise Invalid.at("/person", f"the person is {person_id}")
    if consent.withdrawn is not None and consent.withdrawn > unit.now:
        raise Invalid.at("/withdrawn", "a withdrawal is recorded when it was made, not before")
    if consent.given > today:
        raise Invalid.at("/given", "a consent is recorded when it was given, not before")
    return consent.model_copy(
        update={"id": consent.id or new_id(), "person": person_id, "recorded_at": unit.now}
    )


def _with_partners(consent: Consent | Invalid, groups: set[str]) -> Consent | Invalid:
    if isinstance(consent, Invalid):
        return consent
    faults = [
        Fault(f"/partners/{place}", f"there is no association or agency {partner}")
        for place, partner in enumerate(consent.partners or ())
        if partner not in groups
    ]
    return Invalid("the consent names who is not there", faults) if faults else consent


def _refusal(unit: Unit, people: dict[str, Row], person_id: str) -> GraphError | None:
    if person_id not in people:
        return NotFound(f"there is no person {person_id}")
    try:
        _check_may_consent(unit, people[person_id])
    except GraphError as refusal:
        return refusal
    return None


async def _keep_sights(
    unit: Unit, people: dict[str, Row], consents: dict[str, list[Consent]]
) -> None:
    """Keep what the consents open, and tell the feed: whoever knew is told what is gone.

    Reports that counted somebody who agreed to more before are taken back.
    """
    rows: list[dict[str, Any]] = []
    closed: list[str] = []
    for person_id, person in people.items():
        restricted = bool(person.get("restricted"))
        opens = None if restricted else sight(consents[person_id], "analysis")
        if narrows(facts_of_node(person, "analysis").sight, opens):
            closed.append(person_id)
        opened = sight_properties(consents[person_id], restricted=restricted)
        rows.append({"id": person_id, **opened})
        unit.entries.append(
            Entry(
                "node", "person", person_id, "updated", person.get("version", 1),
                person.get("steward"), "", "", audience_of(facts_of_node(person, "sharing")),
            )
        )  # fmt: skip
    await unit.run("write/update_nodes", rows=rows)
    if closed:
        await outdate_runs(unit, closed)


def _content(consent: Consent) -> Consent:
    return consent.model_copy(update={"id": None, "recorded_at": None})


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
