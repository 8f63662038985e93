import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.adapters.signing import VARIABLE, Sealer, problem_with
from bot.core.rollouts.audit import Sealed, sealed_in
from bot.errors import UsageError

KEY = Ed25519PrivateKey.generate()
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
RAW = base64.b64encode(KEY.private_bytes_raw()).decode()
RAW_PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
RECORD = {"id": "1", "message": "it is hunter2 \0 é", "nested": [{"b": 1, "a": None}]}


def seal(key: str = PRIVATE) -> Sealed:
    clean = {VARIABLE: key} if key else {}
    return Sealer(clean, lambda text: text.replace("hunter2", "***")).seal(RECORD)


# The keys are new in every process, so that they can be no part of a test's name.
@pytest.mark.parametrize(
    "key",
    [PRIVATE, PRIVATE.replace("\n", "\\n"), RAW, f" {RAW}\n"],
    ids=["PEM", "PEM in a line", "raw", "raw with blanks"],
)
@pytest.mark.parametrize(
    "public", [PUBLIC, RAW_PUBLIC, f"{RAW_PUBLIC}\n"], ids=["PEM", "raw", "raw with a line end"]
)
def test_what_is_signed_is_believed_whatever_form_the_keys_have(key: str, public: str) -> None:
    assert problem_with(seal(key), public) == ""


def test_it_is_believed_after_it_was_a_file() -> None:
    assert problem_with(sealed_in(seal().to_json(), path="f"), PUBLIC) == ""


def test_secrets_are_struck_out_before_it_is_signed() -> None:
    assert seal().record["message"] == "it is *** � é"


@pytest.mark.parametrize(
    "change",
    [{"message": "nothing"}, {"nested": [{"b": 2, "a": None}]}, {"more": 1}, {"id": 1}],
)
def test_a_change_is_found(change: dict[str, object]) -> None:
    sealed = seal()
    forged = replace(sealed, record={**sealed.record, **change})
    assert problem_with(forged, PUBLIC) == "it was changed after it was signed"


def test_a_part_that_is_missing_is_found() -> None:
    sealed = seal()
    record = {name: value for name, value in sealed.record.items() if name != "nested"}
    assert "changed" in problem_with(replace(sealed, record=record), PUBLIC)


def test_another_s_key_is_told_apart() -> None:
    other = Ed25519PrivateKey.generate()
    theirs = base64.b64encode(other.public_key().public_bytes_raw()).decode()
    assert "signed with the key" in problem_with(seal(), theirs)
    sealed = seal(base64.b64encode(other.private_bytes_raw()).decode())
    ours = seal().signature
    assert ours is not None
    assert sealed.signature is not None
    forged = replace(sealed, signature=replace(sealed.signature, key=ours.key))
    assert "changed" in problem_with(forged, PUBLIC)


def test_without_a_key_it_is_not_signed_and_not_believed() -> None:
    assert seal("").signature is None
    assert problem_with(seal(""), PUBLIC) == "it is not signed"


@pytest.mark.parametrize("value", ["", "!!", "AAAA"])
def test_a_signature_that_is_none_is_not_believed(value: str) -> None:
    sealed = seal()
    assert sealed.signature is not None
    forged = replace(sealed, signature=replace(sealed.signature, value=value))
    assert "changed" in problem_with(forged, PUBLIC)
    other = replace(sealed, signature=replace(sealed.signature, algorithm="none"))
    assert "by none" in problem_with(other, PUBLIC)


def elliptic() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "key", ["canary", "AAAA", PUBLIC, elliptic(), PRIVATE[:60]], ids=list("abcde")
)
def test_a_key_that_cannot_be_read_is_told_and_not_shown(key: str) -> None:
    with pytest.raises(UsageError, match="Ed25519") as error:
        seal(key)
    assert key not in error.value.message + error.value.hint


@pytest.mark.parametrize("key", ["canary", "AAAA", PRIVATE], ids=list("abc"))
def test_a_public_key_that_cannot_be_read_is_told(key: str) -> None:
    with pytest.raises(UsageError, match="The public key"):
        problem_with(seal(), key)
