"""Where backups go and whom they are encrypted to, as the configuration says it."""

from datetime import timedelta

import pytest

from bot.core.backups.policy import KEEP, BackupPolicy
from bot.errors import UsageError
from tests.config.test_file import read

KEY = "age176hwfrpmm88845zaqx5tyeapvnnzxcp24tyt88qk265d68lzmp9q3ln7vt"


def policy(backup: str, *, kind: str = "production") -> BackupPolicy:
    text = f"targets: {{a: {{kind: {kind}, url_env: X, backup: {backup}}}}}"
    return read(text).target("a").backup


def mistake(backup: str) -> str:
    with pytest.raises(UsageError) as caught:
        policy(backup)
    return f"{caught.value.message} {caught.value.hint}"


def test_a_store_its_keys_and_how_long_backups_are_kept() -> None:
    found = policy(f"{{store: 's3://bucket/a/b/', encrypt_to: [{KEY}, keys.txt], keep: 30d}}")
    assert found.store == "s3://bucket/a/b/"
    assert found.encrypt_to == (KEY, "keys.txt")
    assert found.keep == timedelta(days=30)
    assert not found.in_place


def test_without_them_backups_stay_where_they_are_taken() -> None:
    found = policy("{directory: /backups}")
    assert found.in_place
    assert (found.store, found.encrypt_to, found.keep) == (None, (), KEEP)


@pytest.mark.parametrize("kind", ["production", "staging", "development"])
def test_what_others_can_read_is_encrypted_or_has_a_reason(kind: str) -> None:
    with pytest.raises(UsageError, match=r"encrypt_to: others read in s3://bucket"):
        policy("{store: 's3://bucket'}", kind=kind)
    found = policy("{store: 's3://bucket', plain_because: made-up rows only}", kind=kind)
    assert found.plain_because == "made-up rows only"


def test_a_directory_needs_no_key() -> None:
    assert policy("{store: /mnt/backups}").store == "/mnt/backups"


@pytest.mark.parametrize(
    ("backup", "says"),
    [
        ("{store: 'ftp://host/x'}", "a store is a directory, s3://"),
        ("{store: 's3://id:hunter2@bucket'}", "without keys in it"),
        ("{store: 's3:///x'}", "a store is a directory, s3://"),
        ("{encrypt_to: [AGE-SECRET-KEY-1QQQQ]}", "that is a private key"),
        ("{encrypt_to: ['-----BEGIN OPENSSH PRIVATE KEY-----']}", "that is a private key"),
        ("{encrypt_to: [age1short]}", "that is no public key"),
        ("{encrypt_to: ['ssh-ed25519 x']}", "that is no public key"),
        (f"{{encrypt_to: [{KEY}], plain_because: why}}", "the backups are encrypted"),
        ("{keep: forever}", "keep"),
        ("{keep: 0d}", "keep"),
        ("{stores: /x}", "did you mean store"),
    ],
)
def test_mistakes_are_named(backup: str, says: str) -> None:
    told = mistake(backup)
    assert says in told
    assert "hunter2" not in told
    assert "QQQQ" not in told
