"""`/v1/keys`: callers' keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.policy import Role
from graph.store.keys import Key, create_key, keys, revoke_key, rotate_key
from graph.values import Instant, Label
from service.answers import json_response, problems, takes_json
from service.bodies import question
from service.callers import CurrentTrail, KeysAllowed, ServiceState
from service.examples import KEY, json_body, json_example

router = APIRouter(prefix="/v1/keys", tags=["keys"], dependencies=[Depends(takes_json)])

_DAY_SECONDS: Final = 86_400


class KeyQuestion(BaseModel):
    """Whom a key is for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Role
    steward: Annotated[
        str | None, Field(max_length=64, description="The organisation that it acts for")
    ] = None
    person: Annotated[str | None, Field(max_length=64, description="Who a member is")] = None
    system: Label | None = None
    expires_at: Annotated[
        Instant | None, Field(description="From then on it opens nothing; null: never")
    ] = None


class RotationQuestion(BaseModel):
    """How a key gives way to its successor."""

    model_config = ConfigDict(extra="forbid", strict=True)

    overlap_seconds: Annotated[
        int, Field(ge=0, le=90 * _DAY_SECONDS, description="For how long both open")
    ] = _DAY_SECONDS
    expires_at: Annotated[
        Instant | None,
        Field(description="When the successor ends; null: it has as long as this one had"),
    ] = None


class NewKey(Key):
    """A key with its secret, which is shown this once."""

    secret: str


class Keys(BaseModel):
    """All keys, the oldest first."""

    items: list[Key]


_NEW: Final = json_example({**KEY, "secret": "wm_..."})


@router.post(
    "",
    summary="Make a key",
    status_code=HTTPStatus.CREATED,
    response_model=NewKey,
    responses={**problems(413, 415), 201: _NEW},
    openapi_extra=json_body("KeyQuestion", {"role": "coordinator", "system": "front desk"}),
)
async def make_key(
    state: ServiceState,
    _: KeysAllowed,
    trail: CurrentTrail,
    asked: Annotated[KeyQuestion, Depends(question(KeyQuestion))],
) -> Response:
    """Make a key; its secret is in this answer and nowhere else."""
    made = await create_key(
        state.client,
        asked.role,
        steward=asked.steward,
        person=asked.person,
        system=asked.system,
        expires_at=asked.expires_at,
        now=_now(),
        trail=trail,
    )
    return _new(*made)


@router.get(
    "",
    summary="List keys",
    response_model=Keys,
    responses={**problems(), 200: json_example({"items": [KEY]})},
)
async def list_keys(state: ServiceState, _: KeysAllowed) -> Response:
    """Return all keys, without their secrets."""
    uses = state.authentication.uses
    return json_response(Keys(items=[uses.shown(key) for key in await keys(state.client)]))


@router.post(
    "/{id}/rotate",
    summary="Rotate a key",
    status_code=HTTPStatus.CREATED,
    response_model=NewKey,
    responses={**problems(404, 409, 413, 415), 201: _NEW},
    openapi_extra=json_body("RotationQuestion", {"overlap_seconds": 3600}),
)
async def make_successor(
    id: str,
    state: ServiceState,
    _: KeysAllowed,
    trail: CurrentTrail,
    asked: Annotated[RotationQuestion, Depends(question(RotationQuestion))],
) -> Response:
    """Make a key's successor; the key itself opens for the overlap, and then nothing."""
    made = await rotate_key(
        state.client,
        id,
        overlap=timedelta(seconds=asked.overlap_seconds),
        expires_at=asked.expires_at,
        now=_now(),
        trail=trail,
    )
    await state.authentication.has_changed(in_seconds=asked.overlap_seconds)
    return _new(*made)


@router.delete(
    "/{id}",
    summary="Revoke a key",
    response_model=Key,
    responses={**problems(404), 200: json_example({**KEY, "revoked_at": KEY["created_at"]})},
)
async def delete_key(id: str, state: ServiceState, _: KeysAllowed, trail: CurrentTrail) -> Response:
    """Revoke a key; it stays in the list."""
    key = await revoke_key(state.client, id, now=_now(), trail=trail)
    await state.authentication.has_changed()
    return json_response(state.authentication.uses.shown(key))


def _new(key: Key, secret: str) -> Response:
    headers = {"Location": f"/v1/keys/{key.id}"}
    return json_response(
        NewKey(**dict(key), secret=secret), status=HTTPStatus.CREATED, headers=headers
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
