"""Heads: how far a chain had come at a time, signed with a key that is kept elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from graph.audit.entries import canonical
from graph.errors import CannotStart, Invalid

if TYPE_CHECKING:
    from pathlib import Path


class Head(NamedTuple):
    """The last link of a chain at a time; without a key there is no signature."""

    chain: str
    sequence: int
    hash: str
    at: str
    key: str | None
    signature: str | None

    def line(self) -> bytes:
        """Return it as a line of its file."""
        return canonical(self._asdict()) + b"\n"

    @classmethod
    def parsed(cls, raw: bytes) -> Self:
        """Return the head of a line.

        Raises
        ------
        ValueError
            When it is none.
        """
        said = json.loads(raw)
        try:
            head = cls(**said)
        except TypeError as error:
            raise ValueError("no head of a chain") from error
        # Its parts are compared and sorted later on: a strange type must be seen here.
        texts = (said["chain"], said["hash"], said["at"], said["key"] or "")
        if {type(part) for part in texts} != {str} or type(said["sequence"]) is not int:
            raise ValueError("no head of a chain")
        return head

    def message(self) -> bytes:
        """Return what is signed of it."""
        return canonical(["wholemap audit head", self.chain, self.sequence, self.hash, self.at])


class Signer:
    """A private key (Ed25519, RFC 8032) that signs heads."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.fingerprint = fingerprint(key.public_key())

    @classmethod
    def of_file(cls, file: Path, data_folder: Path) -> Self:
        """Return the key of a file outside of the data folder.

        Raises
        ------
        CannotStart
            When it cannot be read, is no such key, or lies where what it protects lies.
        """
        if is_within(file, data_folder):
            raise CannotStart(f"the audit's key {file} lies in the data folder, which it protects")
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except OSError as error:
            raise CannotStart(f"the audit's key {file} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError) as error:
            raise CannotStart(f"{file} holds no private key for the audit") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise CannotStart(f"{file} holds another kind of key than `wholemap audit init` makes")
        return cls(key)

    def signed(self, head: Head) -> Head:
        """Return a head with its signature."""
        signature = base64.b64encode(self._key.sign(head.message())).decode()
        return head._replace(key=self.fingerprint, signature=signature)


def is_within(file: Path, folder: Path) -> bool:
    """Tell whether a file lies in a folder, wherever links lead."""
    return folder.resolve() in file.resolve().parents


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return what a public key is known by: the first 128 bits of its SHA-256."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:32]


def make_key(file: Path) -> Path:
    """Write a new private key, for its owner only, and the public one beside it; return that one.

    Raises
    ------
    OSError
        When there is such a file, or none can be made there.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    beside = file.with_name(file.name + ".pub")
    for path, content, mode in ((file, private, 0o600), (beside, public, 0o644)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
    return beside


def public_key(content: bytes) -> Ed25519PublicKey:
    """Return the public key of a file's content.

    Raises
    ------
    Invalid
        When it holds none.
    """
    try:
        key = load_pem_public_key(content)
    except ValueError as error:
        raise Invalid("the file holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("the file holds another kind of key than `wholemap audit init` makes")
    return key


def is_signed(head: Head, key: Ed25519PublicKey) -> bool:
    """Tell whether a head was signed with the private half of a key."""
    if head.signature is None:
        return False
    try:
        key.verify(base64.b64decode(head.signature, validate=True), head.message())
    except (InvalidSignature, ValueError):
        return False
    return True
