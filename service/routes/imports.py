"""`/v1/imports`: files of nodes and ties."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from graph.errors import Invalid
from graph.exchange.mapping import ForeignMapping
from graph.nodes import Kind
from graph.strict_json import parse, pointer_faults
from graph.ties import TieType
from graph.values import new_id
from service.answers import json_response, problems, takes_json
from service.bodies import IdempotencyKey, kept_request, media_type
from service.callers import CurrentCaller, CurrentTrail, RecordView, ServiceState
from service.examples import FIELDS_OF, JOB, json_example
from service.importing import Import
from service.jobs import asker
from service.problems import UnsupportedMediaType
from service.routes.jobs import JobAnswer

router = APIRouter(prefix="/v1/imports", tags=["imports"], dependencies=[Depends(takes_json)])
FORMATS: Final[dict[str, Literal["ndjson", "csv"]]] = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "text/csv": "csv",
}
_MOST_UPLOAD_BYTES: Final = 8 << 30


class ImportQuery(BaseModel):
    """How an import is to be done."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False
    on_error: Literal["reject_all", "keep_good"] = "reject_all"
    on_conflict: Literal["report", "replace"] = "report"
    what: Annotated[
        Literal[Kind, TieType] | None,
        Query(description="Of a CSV without a column `kind` or `type`"),
    ] = None


@router.post(
    "",
    summary="Import a file",
    status_code=HTTPStatus.ACCEPTED,
    response_model=JobAnswer,
    max_body_size=_MOST_UPLOAD_BYTES,
    responses={**problems(409, 413, 415, 429), 202: json_example({**JOB, "state": "queued"})},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {
                    "schema": {"type": "string"},
                    "example": json.dumps(FIELDS_OF["tie"]) + "\n",
                },
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "kind,id,name\nassociation,choir,Riverside Choir\n",
                },
            },
        }
    },
)
async def import_file(
    request: Request,
    state: ServiceState,
    caller: CurrentCaller,
    trail: CurrentTrail,
    _: RecordView,
    query: Annotated[ImportQuery, Query()],
    mapping: Annotated[
        str | None,
        Header(alias="Wholemap-Mapping", description="For foreign CSV: a mapping, as JSON"),
    ] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a file, and import it as a job; `Location` says where to look."""
    format_ = FORMATS.get(media_type(request))
    if format_ is None:
        raise UnsupportedMediaType(f"the body must be {' or '.join(FORMATS)}")
    if format_ == "ndjson" and mapping is not None:
        raise Invalid.at("/header/wholemap-mapping", "a mapping is for a CSV")
    if format_ == "ndjson" and query.what is not None:
        raise Invalid.at("/query/what", "what the rows are is asked of a CSV")
    await state.jobs.check_room()
    asked = Import(
        format=format_,
        what=query.what,
        mapping=_mapping(mapping),
        dry_run=query.dry_run,
        on_error=query.on_error,
        on_conflict=query.on_conflict,
        origin="" if trail is None else trail.request,
    )
    job_id = new_id()
    spool = state.jobs.spool(job_id)
    digest = hashlib.sha256(repr(asked).encode())
    try:
        await spool.take(_hashed(request.stream(), digest))
    except BaseException:
        spool.clear()
        raise
    kept = await kept_request(request, caller, idempotency_key, digest=digest.hexdigest())
    with state.first_to_run(kept):
        job = await state.jobs.submit(
            "import",
            {**asked.asked(), **asker(caller)},
            by=caller.key,
            job_id=job_id,
            request=kept,
            trail=trail,
        )
    if job.id != job_id:
        spool.clear()
    return json_response(
        JobAnswer.of(job),
        status=HTTPStatus.ACCEPTED,
        headers={"Location": f"/v1/jobs/{job.id}"},
    )


def _mapping(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    given = parse(text)
    try:
        ForeignMapping.model_validate(given)
    except ValidationError as error:
        raise Invalid("the mapping breaks a rule", pointer_faults(error)) from error
    return given


async def _hashed(chunks: AsyncIterator[bytes], digest: Any) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk
