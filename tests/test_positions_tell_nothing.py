"""A place in the feed leaves as one text of one length, and no other text is a place."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import Expired, Invalid
from graph.store.changes import Revision
from graph.store.positions import LENGTH, Positions
from tests.api import created, problem, read
from tests.conftest import POSITIONS
from tests.running_service import RunningService

SEALING = Positions(POSITIONS)
EPOCH = "one life"
numbers = st.integers(0, (1 << 63) - 1)
tokens = st.from_regex(re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}"), fullmatch=True)


@given(number=numbers, other=numbers)
def test_a_place_is_opened_as_it_was_sealed(number: int, other: int) -> None:
    sealed = SEALING.sealed(Revision(EPOCH, number))
    assert len(sealed) == LENGTH
    assert SEALING.opened(sealed, EPOCH) == number
    assert (sealed == SEALING.sealed(Revision(EPOCH, other))) == (number == other)
    assert str(number) not in sealed or number < 1_000


@given(number=numbers)
def test_a_place_of_another_life_or_another_key_is_told(number: int) -> None:
    sealed = SEALING.sealed(Revision("another life", number))
    with pytest.raises(Expired):
        SEALING.opened(sealed, EPOCH)
    with pytest.raises(Invalid):
        Positions("b8" * 64).opened(sealed, "another life")


@given(forged=tokens | st.text(max_size=60))
def test_nothing_that_was_not_sealed_is_a_place(forged: str) -> None:
    with pytest.raises(Invalid):
        SEALING.opened(forged, EPOCH)


def test_every_character_of_a_place_counts() -> None:
    sealed = SEALING.sealed(Revision(EPOCH, 12))
    for place, letter in enumerate(sealed):
        for other in "ABQ-_":
            if other != letter:
                with pytest.raises(Invalid):
                    SEALING.opened(sealed[:place] + other + sealed[place + 1 :], EPOCH)


def test_neighbouring_places_do_not_look_alike() -> None:
    texts = [SEALING.sealed(Revision(EPOCH, number)) for number in range(100)]
    assert texts != sorted(texts)
    raw = [base64.urlsafe_b64decode(f"{text}=") for text in texts]
    assert len({part for text in raw for part in (text[:16], text[16:])}) == 200


def test_positions_and_revisions_of_one_network_are_one_text(service: RunningService) -> None:
    with service.client() as client:
        person = created(client, "people", name="Ada")
        created(client, "associations", id="choir", name="Choir")
        last = read(client, "/v1/changes")["items"][-1]["position"]
        asked = {"person": person["id"], "group": "choir"}
        revision = client.post("/v1/connect", json=asked).json()["revision"]
        export = client.get("/v1/exports").headers["Wholemap-Position"]
        report = client.post(
            "/v1/reports", json={"kind": "unused"}, headers={"Prefer": "wait=60"}
        ).json()
        kept = read(client, f"/v1/reports/{report['id']}")
        assert {revision, export, report["revision"], kept["revision"]} == {last}


@pytest.mark.parametrize("after", ["", "0", "f" * LENGTH, "é" * LENGTH, "A" * 100, "0" * 28])
def test_a_forged_position_is_refused(service: RunningService, after: str) -> None:
    with service.client() as client:
        problem(client.get("/v1/changes", params={"after": after}), 422)
