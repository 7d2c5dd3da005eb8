"""`/v1/audit`: who did what, and the heads that prove it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.audit.chain import Link, parsed
from graph.audit.entries import Class
from graph.audit.files import Place, entries_files, heads_files, page
from graph.audit.retention import limits
from graph.audit.signing import Head
from graph.errors import Invalid
from graph.store.audits import settle, unchained
from graph.values import Day
from service.answers import json_response, problems, takes_json
from service.callers import AuditAllowed, ServiceState
from service.examples import AUDIT_ENTRY, AUDIT_HEAD, json_example, page_of
from service.paging import Page, PageQuery, cursor, keys_of, page_response

router = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(takes_json)])
MOST_UNCHAINED = 1_000


class AuditEntry(BaseModel):
    """One entry and its place; an entry whose time is over says its class, time and hash alone."""

    model_config = ConfigDict(serialize_by_alias=True)

    chain: str
    sequence: int
    at: str
    class_: Annotated[str, Field(alias="class")]
    hash: str
    operation: str | None = None
    outcome: int | str | None = None
    request: str | None = None
    key: str | None = None
    role: str | None = None
    organisation: str | None = None
    purpose: str | None = None
    ids: list[str] = []
    fields: list[str] = []
    unit: str | None = None
    reason: str | None = None
    detail: dict[str, Any] | None = None

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return what is shown of a link."""
        place = {"chain": link.chain, "sequence": link.sequence, "hash": link.hash}
        said = {"at": link.at, "class": link.class_, **(link.entry or {})}
        return cls.model_validate({**said, **place})


class AuditHead(BaseModel):
    """How far a chain had come; `signature` is null where the service has no key."""

    chain: str
    sequence: int
    hash: str
    at: str
    key: Annotated[str | None, Field(description="The fingerprint of the key that signed")]
    signature: str | None


class UnchainedWrite(BaseModel):
    """A write that the engine holds an audit of, and no chain the same one."""

    id: str
    at: str
    chain: str
    is_changed: bool


class UnchainedWrites(BaseModel):
    """Writes that are missing from the chains; `truncated` where there are more."""

    items: list[UnchainedWrite]
    truncated: bool


class EntriesQuery(PageQuery):
    """What a list of entries is narrowed to."""

    class_: Annotated[Class | None, Query(alias="class")] = None
    since: Annotated[Day | None, Query(description="A day, in UTC")] = None
    subject: Annotated[
        str | None, Query(max_length=64, description="The id of a record that was read or written")
    ] = None
    key: Annotated[str | None, Query(max_length=64, description="The id of who asked")] = None


@router.get(
    "/entries",
    summary="Read the audit",
    response_model=Page[AuditEntry],
    responses={**problems(), 200: page_of(AUDIT_ENTRY)},
)
async def list_entries(
    request: Request, state: ServiceState, _: AuditAllowed, query: Annotated[EntriesQuery, Query()]
) -> Response:
    """Return a page of entries, by day, chain and place in the chain."""

    def wanted(link: Link) -> bool:
        said = link.entry or {}
        return (
            query.class_ in (None, link.class_)
            and (query.subject is None or query.subject in said.get("ids", ()))
            and query.key in (None, said.get("key"))
        )

    after = _place(query.cursor)
    if query.since is not None:
        after = max(after, Place(query.since.isoformat()))
    # What waits is written first, and then looked through.
    await state.journal.append(())
    files = entries_files(state.journal.folder)
    found = await asyncio.to_thread(
        page, files, parsed, after=after, limit=query.limit + 1, wanted=wanted
    )
    items = [AuditEntry.of(link) for _, link in found[: query.limit]]
    following = _cursor(found[query.limit - 1][0]) if len(found) > len(items) else None
    return page_response(request, items, following)


@router.get(
    "/heads",
    summary="Read the heads of the audit's chains",
    response_model=Page[AuditHead],
    responses={**problems(), 200: page_of(AUDIT_HEAD)},
)
async def list_heads(
    request: Request, state: ServiceState, _: AuditAllowed, query: Annotated[PageQuery, Query()]
) -> Response:
    """Return a page of heads, by day, chain and place in the chain."""
    files = heads_files(state.journal.folder)
    found = await asyncio.to_thread(
        page,
        files,
        Head.parsed,
        after=_place(query.cursor),
        limit=query.limit + 1,
        wanted=lambda _: True,
    )
    items = [AuditHead.model_validate(head._asdict()) for _, head in found[: query.limit]]
    following = _cursor(found[query.limit - 1][0]) if len(found) > len(items) else None
    return page_response(request, items, following)


@router.get(
    "/unchained",
    summary="Read which writes are missing from the audit's chains",
    response_model=UnchainedWrites,
    responses={**problems(), 200: json_example({"items": [], "truncated": False})},
)
async def list_unchained(state: ServiceState, _: AuditAllowed) -> Response:
    """Return writes that the engine holds an audit of, and no chain the same one."""
    await settle(state.client, state.journal)
    before = limits(state.settings.audit_days, datetime.now(UTC))
    found = await unchained(state.client, state.journal, before, limit=MOST_UNCHAINED + 1)
    items = [UnchainedWrite.model_validate(one._asdict()) for one in found[:MOST_UNCHAINED]]
    return json_response(UnchainedWrites(items=items, truncated=len(found) > len(items)))


def _cursor(place: Place) -> str:
    return cursor(place.day, place.chain, str(place.sequence))


def _place(given: str | None) -> Place:
    day, chain, sequence = keys_of(given, 3)
    if not (sequence or "0").isdecimal():
        raise Invalid.at("/query/cursor", "this is no cursor of this list")
    return Place(day, chain, int(sequence or "0"))
