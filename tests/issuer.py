"""An identity provider: its keys, its tokens, and the address at which it publishes the keys."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

ISSUER: Final = "https://id.example.org/"
AUDIENCE: Final = "wholemap"
RSA_KEYS: Final = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)]
EC_KEY: Final = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """Return the public half of a key as it is published."""
    algorithm: Any = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


def jwks(*keys: dict[str, Any]) -> bytes:
    """Return a set of keys."""
    return json.dumps({"keys": keys}).encode()


def claims(**changed: Any) -> dict[str, Any]:
    """Return what a right token says; null takes a claim away."""
    now = int(time.time())
    said = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": now, "nbf": now, "exp": now + 300,
        "wholemap_role": "coordinator",
    }  # fmt: skip
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def token(
    key: Any = RSA_KEYS[0], kid: str | None = "one", algorithm: str = "RS256", **changed: Any
) -> str:
    """Return a signed token, right but for what is changed."""
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers=headers)


def raw(header: Any, payload: Any, signature: bytes = b"") -> str:
    """Return a token of any parts at all."""
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def settings(source: str | Path, **more: Any) -> dict[str, Any]:
    """Return the settings of a service that takes these tokens."""
    told = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(source)}
    return {**told, **more}


class Published:
    """What an address answers, and how often it was asked."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.status = 200
        self.asked = 0
        self.url = ""


@contextmanager
def published(body: bytes) -> Generator[Published]:
    """Publish keys at an address of the loopback."""
    shown = Published(body)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.asked += 1
            self.send_response(shown.status)
            self.send_header("Location", shown.url)
            self.send_header("Content-Length", str(len(shown.body)))
            self.end_headers()
            self.wfile.write(shown.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        shown.url = f"http://127.0.0.1:{server.server_address[1]}/jwks"
        try:
            yield shown
        finally:
            server.shutdown()
            thread.join()
