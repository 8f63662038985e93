"""Signatures over audit records: Ed25519, with a private key that the environment holds."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from bot.core.rollouts.audit import ALGORITHM, Sealed, Signature, canonical, cleaned, key_id
from bot.errors import UsageError

VARIABLE = "MIGRATION_BOT_AUDIT_KEY"
_RAW = 32


class Sealer:
    """`clean` strikes secrets out of a record before it is signed: afterwards nobody could."""

    def __init__(self, environ: Mapping[str, str], clean: Callable[[str], str]) -> None:
        self._environ = environ
        self._clean = clean

    def seal(self, record: Mapping[str, Any]) -> Sealed:
        kept = cleaned(record, self._clean)
        text = self._environ.get(VARIABLE, "").strip()
        return Sealed(kept, _sign(canonical(kept), text) if text else None)


def problem_with(sealed: Sealed, public: str) -> str:
    """What keeps a record from being believed; "" if it is what the key's owner signed."""
    if sealed.signature is None:
        return "it is not signed"
    if sealed.signature.algorithm != ALGORITHM:
        return f"it is signed by {sealed.signature.algorithm}, and not by {ALGORITHM}"
    key = _public(public)
    known = key_id(key.public_bytes_raw())
    if sealed.signature.key != known:
        return f"it is signed with the key {sealed.signature.key}, and not with {known}"
    try:
        value = base64.b64decode(sealed.signature.value, validate=True)
        key.verify(value, canonical(sealed.record))
    except (InvalidSignature, binascii.Error, ValueError):
        return "it was changed after it was signed"
    return ""


def _sign(data: bytes, text: str) -> Signature:
    key = _private(text)
    public = key.public_key().public_bytes_raw()
    return Signature(key_id(public), base64.b64encode(key.sign(data)).decode())


def _private(text: str) -> Ed25519PrivateKey:
    try:
        if "PRIVATE KEY" in text:
            # A secret of several lines may have come as one, with \n in it.
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
        else:
            key = Ed25519PrivateKey.from_private_bytes(_raw(text))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unreadable(VARIABLE) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(VARIABLE)
    return key


def _public(text: str) -> Ed25519PublicKey:
    try:
        if "PUBLIC KEY" in text:
            key = load_pem_public_key(text.encode())
        else:
            key = Ed25519PublicKey.from_public_bytes(_raw(text))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unreadable("The public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable("The public key")
    return key


def _raw(text: str) -> bytes:
    raw = base64.b64decode(text.strip(), validate=True)
    if len(raw) != _RAW:
        raise ValueError
    return raw


def _unreadable(what: str) -> UsageError:
    return UsageError(
        f"{what} holds no Ed25519 key, neither as PEM nor as 32 bytes in base64.",
        hint="Make one with `openssl genpkey -algorithm ed25519`; the public half is what `openssl "
        "pkey -pubout` prints.",
    )
