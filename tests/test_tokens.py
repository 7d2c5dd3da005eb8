"""A token of the identity provider opens what its claims say; any other is an unknown key."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode
from pydantic import ValidationError

from service.settings import Settings
from tests.api import ADA, created, problem
from tests.issuer import (
    EC_KEY,
    RSA_KEYS,
    claims,
    jwk,
    jwks,
    published,
    raw,
    settings,
    token,
)
from tests.running_service import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Connection
    from tests.running_service import RunningService

ONE, TWO, THREE = RSA_KEYS
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is to be refused
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
PEM = ONE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
NOW = int(time.time())


@pytest.fixture(scope="module")
def opened(
    started: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """Run a service that knows an identity provider by a file."""
    folder = tmp_path_factory.mktemp("issuer")
    (folder / "jwks.json").write_bytes(
        jwks(
            jwk(ONE, "one"),
            jwk(EC_KEY, "curve"),
            jwk(OTHER_CURVE, "other curve"),
            jwk(SHORT, "short"),
            jwk(TWO, "encrypts", use="enc"),
            jwk(THREE, "of another algorithm", alg="RS512"),
            {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
            {"kty": "RSA", "kid": "broken", "n": 5},
        )
    )
    told = settings(folder / "jwks.json", oidc_roles={"link worker": "coordinator", **ROLES})
    with running(started.engine, folder / "data", **told) as service:
        yield service


ROLES = {role: role for role in ("coordinator", "analyst", "partner", "member", "admin", "auditor")}


@pytest.fixture
def issuer(connection: Connection, opened: RunningService) -> RunningService:
    with opened.client() as client:
        created(client, "agencies", id="town", name="Town")
        created(client, "people", id=ADA, name="Ada")
    return opened


@pytest.mark.parametrize(
    ("said", "may", "may_not"),
    [
        ({"wholemap_role": "coordinator"}, "/v1/people", "/v1/keys"),
        ({"wholemap_role": "link worker"}, "/v1/people", "/v1/keys"),
        ({"wholemap_role": ["offline_access", "link worker"]}, "/v1/people", "/v1/keys"),
        (
            {"wholemap_role": "coordinator", "wholemap_organisation": "town"},
            "/v1/people", "/v1/keys",
        ),
        (
            {"wholemap_role": "partner", "wholemap_organisation": "town"},
            "/v1/people", "/v1/reports",
        ),
        ({"wholemap_role": "analyst"}, "/v1/reports", "/v1/people"),
        ({"wholemap_role": "member", "wholemap_person": ADA}, "/version", "/v1/reports"),
        ({"wholemap_role": "admin"}, "/v1/keys", "/v1/people"),
        ({"wholemap_role": "auditor"}, "/version", "/v1/people"),
        ({"aud": ["other", "wholemap"]}, "/v1/people", "/v1/keys"),
        ({"exp": NOW - 5, "iat": NOW - 100}, "/v1/people", "/v1/keys"),
    ],
)  # fmt: skip
def test_a_token_opens_what_its_claims_say(
    issuer: RunningService, said: dict[str, Any], may: str, may_not: str
) -> None:
    # A run is long: what is just over must be just over when it is asked for.
    later = int(time.time()) - NOW
    times = {name: said[name] + later for name in ("exp", "iat") if name in said}
    with issuer.client(token(**said | times)) as client:
        answer = client.get(may)
        assert answer.status_code == 200, answer.text
        problem(client.get(may_not), 403)


def test_a_token_of_a_curve_opens_as_well(issuer: RunningService) -> None:
    with issuer.client(token(EC_KEY, "curve", "ES256")) as client:
        assert client.get("/v1/people").status_code == 200


def test_what_an_organisation_may_do_it_may_do_by_token(issuer: RunningService) -> None:
    partner = token(wholemap_role="partner", wholemap_organisation="town")
    with issuer.client(partner) as client:
        created(client, "assets", name="Hall", steward="town")
        problem(client.post("/v1/assets", json={"name": "Hall"}), 403)


def _symmetric(secret: bytes, **header: Any) -> str:
    # PyJWT refuses to sign with a public key, so it is done by hand.
    head = {"alg": "HS256", "typ": "JWT", "kid": "one", **header}
    unsigned = raw(head, claims()).rpartition(".")[0]
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(unsigned.encode(), secret)
    encoded = base64url_encode(signature).decode()
    return f"{unsigned}.{encoded}"


def _forged() -> str:
    head, _, signature = token().split(".")
    _, payload, _ = token(wholemap_role="admin").split(".")
    return f"{head}.{payload}.{signature}"


REFUSED: dict[str, str] = {
    "no algorithm": raw({"alg": "none", "kid": "one"}, claims()),
    "No algorithm": raw({"alg": "None", "kid": "one"}, claims()),
    "no algorithm, signed": raw({"alg": "none", "kid": "one"}, claims(), b"signature"),
    "the public key as a secret": _symmetric(PEM),
    "a shared secret of the set": _symmetric(b"secret", kid="shared"),
    "an algorithm nobody agreed on": token(algorithm="RS384"),
    "an algorithm that is not the key's": token(THREE, "of another algorithm"),
    "an algorithm of another curve": token(OTHER_CURVE, "other curve", "ES384"),
    "a key for encryption": token(TWO, "encrypts"),
    "a broken key": token(kid="broken"),
    "an unknown key": token(TWO, "two"),
    "another's key under a known name": token(TWO, "one"),
    "its own key": raw({"alg": "RS256", "jwk": jwk(TWO, "two"), "kid": "one"}, claims(), b"x"),
    "no key's name, where there are several": token(kid=None),
    "something critical": jwt.encode(
        claims(), ONE, algorithm="RS256", headers={"kid": "one", "crit": ["b64"], "b64": True}
    ),
    "another audience": token(aud="other"),
    "no audience": token(aud=None),
    "another issuer": token(iss="https://id.example.com/"),
    "an issuer without its slash": token(iss="https://id.example.org"),
    "an issuer that looks alike": token(iss="https://id.ехample.org/"),  # noqa: RUF001 - Cyrillic
    "no issuer": token(iss=None),
    "over": token(exp=NOW - 3600),
    "without an end": token(exp=None),
    "an end that is no time": token(exp=10**30),
    "not yet": token(nbf=NOW + 3600),
    "made in the future": token(iat=NOW + 3600),
    "nobody": token(sub=None),
    "an empty somebody": token(sub=""),
    "no role": token(wholemap_role=None),
    "an unknown role": token(wholemap_role="king"),
    "the operator": token(wholemap_role="operator"),
    "a role that looks alike": token(wholemap_role="аdmin"),  # noqa: RUF001 - Cyrillic
    "two roles": token(wholemap_role=["admin", "coordinator"]),
    "a role that is no text": token(wholemap_role={"admin": True}),
    "a partner of nobody": token(wholemap_role="partner"),
    "a partner of who is not there": token(wholemap_role="partner", wholemap_organisation="no"),
    "a partner of two": token(wholemap_role="partner", wholemap_organisation=["town", "no"]),
    "a member who is not there": token(wholemap_role="member", wholemap_person="nobody"),
    "a member who is no person": token(wholemap_role="member", wholemap_person="town"),
    "an admin for somebody": token(wholemap_role="admin", wholemap_organisation="town"),
    "huge": token(padding="x" * 9_000),
    "forged": _forged(),
    "without its signature": token().rpartition(".")[0] + ".",
    "cut": token()[:-10],
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "dots": "...",
    "a header that is no object": raw([], claims()),
    "a body that is no object": jwt.api_jws.encode(b"[]", ONE, "RS256", {"kid": "one"}),
    "nested beyond measure": raw({"alg": "RS256", "kid": "one"}, "[" * 3_000),
    "an unknown key of ours": "wm_" + "x" * 43,
}  # fmt: skip


def _asked(issuer: RunningService, secret: str | bytes) -> tuple[Any, ...]:
    bearer: Any = b"Bearer " + (secret.encode() if isinstance(secret, str) else secret)
    with issuer.client() as client:
        del client.headers["Authorization"]
        answer = client.get("/v1/people", headers={"Authorization": bearer})
    own = {"date", "wholemap-request"}
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_token_that_is_not_right_is_an_unknown_key_to_the_byte(
    issuer: RunningService, wrong: str
) -> None:
    unknown = _asked(issuer, "unknown")
    assert unknown[0] == 401
    assert _asked(issuer, REFUSED[wrong]) == unknown


def test_characters_that_look_alike_make_no_token(issuer: RunningService) -> None:
    unknown = _asked(issuer, "unknown")
    right = token().encode()
    for odd in (right.replace(b"e", "е".encode(), 1), right + b"\xff", b"\xef\xbb\xbf" + right):  # noqa: RUF001 - Cyrillic
        assert _asked(issuer, odd) == unknown


def test_a_short_key_signs_for_nobody(issuer: RunningService) -> None:
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        weak = token(SHORT, "short")
    assert _asked(issuer, weak) == _asked(issuer, "unknown")


def test_without_settings_no_token_opens_anything(service: RunningService) -> None:
    assert _asked(service, token()) == _asked(service, "unknown")


def test_a_token_opens_until_it_is_over(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(jwks(jwk(ONE, "one")))
    told = settings(tmp_path / "jwks.json", oidc_leeway_seconds=0)
    with running(connection.engine, tmp_path / "data", **told) as service:
        ends = int(time.time()) + 2
        with service.client(token(exp=ends)) as client:
            assert client.get("/v1/people").status_code == 200
            while True:
                began = time.time()
                if client.get("/v1/people").status_code == 401:
                    break
                assert began < ends
            assert time.time() >= ends


def test_a_file_of_keys_is_read_again_when_it_has_changed(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(jwk(ONE, "one")))
    with running(connection.engine, tmp_path / "data", **settings(file)) as service:
        assert _asked(service, token())[0] == 200
        new = tmp_path / "new.json"
        new.write_bytes(jwks(jwk(TWO, "two")))
        new.replace(file)
        assert _asked(service, token(TWO, "two"))[0] == 200
        assert _asked(service, token(sub="u-2"))[0] == 401
        # Half a file is not taken for an empty one.
        half = tmp_path / "half.json"
        half.write_bytes(jwks(jwk(TWO, "two"))[:100])
        half.replace(file)
        assert _asked(service, token(TWO, "two", sub="u-3"))[0] == 200
        os.unlink(file)  # noqa: PTH108 - the file as such
        assert _asked(service, token(TWO, "two", sub="u-4"))[0] == 200


def test_an_address_is_asked_again_for_a_new_key_and_not_for_each_guess(
    connection: Connection, tmp_path: Path
) -> None:
    with published(jwks(jwk(ONE, "one"))) as shown:
        told = settings(shown.url, oidc_pause_seconds=3600.0)
        with running(connection.engine, tmp_path / "data", **told) as service:
            for number in range(5):
                assert _asked(service, token(sub=f"u-{number}"))[0] == 200
            assert shown.asked == 1
            for number in range(5):
                assert _asked(service, token(TWO, f"guess {number}"))[0] == 401
            assert shown.asked == 1
        told = settings(shown.url, oidc_pause_seconds=0.1, oidc_kept_seconds=3600)
        with running(connection.engine, tmp_path / "data", **told) as service:
            assert _asked(service, token())[0] == 200
            shown.body = jwks(jwk(ONE, "one"), jwk(TWO, "two"))
            _until(service, token(TWO, "two"), 200)
            shown.status = 500
            assert _asked(service, token(sub="u-6"))[0] == 200


def test_a_key_that_the_issuer_withdrew_opens_nothing_after_a_while(
    connection: Connection, tmp_path: Path
) -> None:
    with published(jwks(jwk(ONE, "one"))) as shown:
        told = settings(shown.url, oidc_pause_seconds=0.1, oidc_kept_seconds=1)
        with running(connection.engine, tmp_path / "data", **told) as service:
            assert _asked(service, token())[0] == 200
            shown.body = jwks(jwk(TWO, "two"))
            _until(service, token(), 401)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, jwks(jwk(ONE, "one"))), (200, b"<html>"), (200, b"[]"), (200, b'{"keys": 5}'),
        (200, b'{"keys": [5, null]}'), (200, b"\xff"), (200, b" " * (2 << 20)), (500, b"{}"),
    ],
)  # fmt: skip
def test_an_address_that_answers_something_else_opens_nothing(
    connection: Connection, tmp_path: Path, status: int, body: bytes
) -> None:
    with published(body) as shown:
        shown.status = status
        told = settings(shown.url)
        with running(connection.engine, tmp_path / "data", **told) as service:
            assert _asked(service, token()) == _asked(service, "unknown")
            assert shown.asked == 1


def test_an_address_where_nobody_listens_opens_nothing(
    connection: Connection, tmp_path: Path
) -> None:
    told = settings("http://127.0.0.1:9/jwks")
    with running(connection.engine, tmp_path / "data", **told) as service:
        assert _asked(service, token()) == _asked(service, "unknown")


@pytest.mark.parametrize(
    "told",
    [
        {"oidc_issuer": "https://id.example.org/"},
        settings("http://id.example.org/jwks"),
        settings("jwks.json", oidc_algorithms="HS256"),
        settings("jwks.json", oidc_algorithms="none"),
        settings("jwks.json", oidc_algorithms="RS256,HS256"),
        settings("jwks.json", oidc_algorithms=""),
        settings("jwks.json", oidc_roles={"king": "operator"}),
    ],
)
def test_settings_that_would_open_more_are_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**told)


def _until(service: RunningService, secret: str, status: int) -> None:
    """Ask until the answer is of a status."""
    late = time.monotonic() + 10
    while _asked(service, secret)[0] != status:
        assert time.monotonic() < late
