"""`/v1/keys`: callers' keys."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from graph.policy import Role
from graph.store.keys import Key, create_key, keys, revoke_key
from graph.values import Label
from service.answers import json_response, problems, takes_json
from service.bodies import question
from service.callers import CurrentTrail, KeysView, ServiceState
from service.examples import KEY, json_body, json_example

router = APIRouter(prefix="/v1/keys", tags=["keys"], dependencies=[Depends(takes_json)])


class KeyQuestion(BaseModel):
    """Whom a key is for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Role
    steward: Annotated[
        str | None, Field(max_length=64, description="Whom a partner's key acts for")
    ] = None
    system: Label | None = None


class NewKey(Key):
    """A key with its secret, which is shown this once."""

    secret: str


class Keys(BaseModel):
    """All keys, the oldest first."""

    items: list[Key]


@router.post(
    "",
    summary="Make a key",
    status_code=HTTPStatus.CREATED,
    response_model=NewKey,
    responses={**problems(413, 415), 201: json_example({**KEY, "secret": "wm_..."})},
    openapi_extra=json_body("KeyQuestion", {"role": "coordinator", "system": "front desk"}),
)
async def make_key(
    state: ServiceState,
    _: KeysView,
    trail: CurrentTrail,
    asked: Annotated[KeyQuestion, Depends(question(KeyQuestion))],
) -> Response:
    """Make a key; its secret is in this answer and nowhere else."""
    key, secret = await create_key(
        state.client,
        asked.role,
        steward=asked.steward,
        system=asked.system,
        now=_now(),
        trail=trail,
    )
    answer = NewKey(**dict(key), secret=secret)
    return json_response(
        answer, status=HTTPStatus.CREATED, headers={"Location": f"/v1/keys/{key.id}"}
    )


@router.get(
    "",
    summary="List keys",
    response_model=Keys,
    responses={**problems(), 200: json_example({"items": [KEY]})},
)
async def list_keys(state: ServiceState, _: KeysView) -> Response:
    """Return all keys, without their secrets."""
    return json_response(Keys(items=await keys(state.client)))


@router.delete(
    "/{id}",
    summary="Revoke a key",
    response_model=Key,
    responses={**problems(404), 200: json_example({**KEY, "revoked_at": KEY["created_at"]})},
)
async def delete_key(id: str, state: ServiceState, _: KeysView, trail: CurrentTrail) -> Response:
    """Revoke a key; it stays in the list."""
    key = await revoke_key(state.client, id, now=_now(), trail=trail)
    state.forget_callers()
    return json_response(key)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
