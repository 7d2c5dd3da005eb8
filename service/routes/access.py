"""`/v1/people/{id}/access-bundle`: everything about one person, for them to read."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from graph.audit.subject import accesses_of
from graph.refusals import check_access
from graph.store.access_bundles import AccessBundle, access_bundle
from service.access_page import access_html
from service.answers import PRIVATE, accepted, json_response, problems
from service.callers import CurrentCaller, RecordView, ServiceState
from service.examples import ACCESS_BUNDLE

router = APIRouter(prefix="/v1/people", tags=["people"])


@router.post(
    "/{id}/access-bundle",
    summary="Gather everything about one person",
    response_model=AccessBundle,
    responses={
        **problems(404),
        200: {
            "description": "As JSON or as a page to read, by `Accept`",
            "content": {
                "application/json": {"example": ACCESS_BUNDLE},
                "text/html": {"example": "<!doctype html>..."},
            },
        },
    },
)
async def bundle_access(
    request: Request, id: str, state: ServiceState, caller: CurrentCaller, view: RecordView
) -> Response:
    """Return everything about one person, others redacted, with a line for each redaction."""
    media_type = accepted(request, ("application/json", "text/html"))
    check_access(caller, view, None)
    # What waits is written first, and then looked through.
    await state.journal.append(())
    accesses = await asyncio.to_thread(accesses_of, state.journal.folder, id.lower())
    bundle = await access_bundle(state.client, caller, view, id, accesses)
    if media_type == "application/json":
        return json_response(bundle)
    # The page is handed to the person.
    return Response(access_html(bundle.to_be_told()), 200, PRIVATE, "text/html")
