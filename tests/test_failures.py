"""Who guesses has to wait, and makes nobody else wait."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import Throttled, Unauthenticated
from service.failures import WINDOW_SECONDS, Failures
from tests.api import created, problem
from tests.issuer import RSA_KEYS, jwk, jwks, settings, token
from tests.running_service import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from graph.engines.addresses import Engine
    from tests.running_service import RunningService

OF_KEY, OF_ADDRESS = 10, 60


@pytest.fixture
def guarded(engine: Engine, tmp_path: Path) -> Iterator[RunningService]:
    """Run a service behind a proxy, with the bounds that it has if none are set."""
    (tmp_path / "jwks.json").write_bytes(jwks(jwk(RSA_KEYS[0], "one")))
    told = {
        "behind_tls": True, "failures_of_key": OF_KEY, "failures_of_address": OF_ADDRESS,
        **settings(tmp_path / "jwks.json"),
    }  # fmt: skip
    with running(engine, tmp_path / "data", **told) as service:
        yield service


def _guess() -> str:
    return "wm_" + secrets.token_urlsafe(32)


def _ask(service: RunningService, secret: str, address: str = "192.0.2.1") -> httpx.Response:
    with service.client(secret, **{"X-Forwarded-For": address}) as client:
        return client.get("/v1/people")


def test_many_tries_at_one_beginning_have_to_wait(guarded: RunningService) -> None:
    tries = [_ask(guarded, f"wm_abcdefgh{number}") for number in range(OF_KEY + 5)]
    assert [answer.status_code for answer in tries] == [401] * OF_KEY + [429] * 5
    for answer in tries[OF_KEY:]:
        problem(answer, 429)
        assert answer.headers["Retry-After"] == str(WINDOW_SECONDS)
    assert _ask(guarded, _guess()).status_code == 401


def test_many_tries_of_one_address_have_to_wait_in_one_way_whatever_they_try(
    guarded: RunningService,
) -> None:
    tries = [_ask(guarded, _guess()).status_code for _ in range(OF_ADDRESS + 5)]
    assert tries == [401] * OF_ADDRESS + [429] * 5
    with guarded.client() as client:
        key = created(client, "keys", role="coordinator")
    # A right key is not told from a wrong one, and a key not from a token.
    told = {
        (answer.status_code, answer.content, answer.headers["Retry-After"])
        for answer in (
            _ask(guarded, _guess()),
            _ask(guarded, key["secret"]),
            _ask(guarded, "unknown"),
            _ask(guarded, token()),
            _ask(guarded, token(aud="other")),
        )
    }
    assert len(told) == 1
    # At another address it opens, as ever.
    assert _ask(guarded, key["secret"], "192.0.2.2").status_code == 200


def test_a_key_that_opened_here_goes_on_opening_whoever_fails_beside_it(
    guarded: RunningService,
) -> None:
    with guarded.client() as client:
        secret = created(client, "keys", role="coordinator")["secret"]
    assert _ask(guarded, secret).status_code == 200
    for number in range(OF_ADDRESS + OF_KEY):
        _ask(guarded, f"{secret[:11]}{number}" if number < OF_KEY else _guess())
    assert _ask(guarded, _guess()).status_code == 429
    assert _ask(guarded, secret).status_code == 200


def test_tokens_are_counted_by_their_signatures(guarded: RunningService) -> None:
    wrong = [token(aud="other", sub=f"u-{number}") for number in range(OF_KEY + 5)]
    assert {_ask(guarded, each).status_code for each in wrong} == {401}
    same = [_ask(guarded, wrong[0]).status_code for _ in range(OF_KEY)]
    assert same[-1] == 429
    assert _ask(guarded, token()).status_code == 200


def test_who_says_nothing_guesses_nothing(guarded: RunningService) -> None:
    with guarded.client(**{"X-Forwarded-For": "192.0.2.1"}) as client:
        del client.headers["Authorization"]
        for _ in range(OF_ADDRESS + 5):
            problem(client.get("/v1/people"), 401)
    assert _ask(guarded, _guess()).status_code == 401


def test_the_operator_never_has_to_wait(guarded: RunningService) -> None:
    for _ in range(OF_ADDRESS + 5):
        _ask(guarded, _guess())
    assert _ask(guarded, guarded.operator).status_code == 200


def test_of_many_addresses_the_one_that_the_proxy_added_counts(guarded: RunningService) -> None:
    said = [_ask(guarded, _guess(), f"10.0.0.{n}, 192.0.2.1").status_code for n in range(70)]
    assert said == [401] * OF_ADDRESS + [429] * 10


def test_without_a_proxy_nobody_says_where_they_are(engine: Engine, tmp_path: Path) -> None:
    told: dict[str, Any] = {"failures_of_key": OF_KEY, "failures_of_address": OF_ADDRESS}
    with running(engine, tmp_path / "data", **told) as service:
        said = [_ask(service, _guess(), f"192.0.2.{n}").status_code for n in range(70)]
        assert said == [401] * OF_ADDRESS + [429] * 10


def test_many_at_once_do_not_slip_through(guarded: RunningService) -> None:
    heard: list[int] = []

    def guess() -> None:
        heard.extend(_ask(guarded, f"wm_abcdefgh{_guess()}").status_code for _ in range(5))

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count(401) <= OF_KEY
    assert set(heard) == {401, 429}


def _fail(failures: Failures, secret: str, address: str) -> None:
    with failures.watched(secret, secret, address):
        raise Unauthenticated


def test_the_waiting_is_over_after_a_minute() -> None:
    now = [0.0]
    failures = Failures(2, 3, clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            _fail(failures, "a", "192.0.2.1")
    with pytest.raises(Throttled):
        _fail(failures, "a", "192.0.2.1")
    now[0] = WINDOW_SECONDS - 0.01
    with pytest.raises(Throttled):
        _fail(failures, "a", "192.0.2.1")
    now[0] = WINDOW_SECONDS
    with pytest.raises(Unauthenticated):
        _fail(failures, "a", "192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("nonsense", "other nonsense", True),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_addresses_of_one_network_count_together(one: str, other: str, together: bool) -> None:  # noqa: FBT001 - a row of the table
    failures = Failures(1, 1)
    with pytest.raises(Unauthenticated):
        _fail(failures, "a", one)
    with pytest.raises(Throttled if together else Unauthenticated):
        _fail(failures, "b", other)


def test_what_is_remembered_is_bounded() -> None:
    failures = Failures(10, 100_000)
    for number in range(30_000):
        with pytest.raises(Unauthenticated):
            _fail(failures, f"{number:011d}", "192.0.2.1")
    assert len(failures._windows) <= 20_000
