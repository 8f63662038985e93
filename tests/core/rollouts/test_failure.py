"""What is shown of the logs of a failed migration."""

import pytest

from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.failure import reason_of

NATIVE = """A migration failed to apply. New migrations cannot be applied before the error is \
recovered from. Read more about how to resolve migration issues in a production database: \
https://pris.ly/d/migrate-resolve

Migration name: 20260101000000_init

Database error code: {code}

Database error:
ERROR: {message}
DETAIL: Key (email)=(ada@example.com) already exists.

Position:
  \x1b[1m  1\x1b[0m INSERT INTO users VALUES ('ada@example.com');

DbError {{ severity: "ERROR", message: "{message}", detail: Some("Key (email)=(ada@…)") }}

   0: sql_schema_connector::apply_migration::apply_script
"""


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("42P01", 'relation "b" does not exist', 'relation "b" does not exist (42P01)'),
        ("22P02", 'invalid input syntax for type integer: "12-34"', 'type integer: "…" (22P02)'),
        ("23505", 'duplicate key value violates unique constraint "u"', 'constraint "u" (23505)'),
        ("P0001", "no account 'ada@example.com'", "no account '…' (P0001)"),
    ],
)
def test_the_servers_message_is_told_with_its_state_and_without_values(
    code: str, message: str, said: str
) -> None:
    reason = reason_of(NATIVE.format(code=code, message=message))

    assert reason.endswith(said)
    assert "ada" not in reason


def test_another_engines_preface_is_left_out() -> None:
    wasm = 'external connector error\nrelation "b" does not exist\n   0: span trace'

    assert reason_of(wasm) == 'relation "b" does not exist'
    assert reason_of('invalid input syntax for type uuid: "s3cret"').endswith('uuid: "…"')


def test_logs_that_say_nothing_say_nothing() -> None:
    assert reason_of(None) == reason_of("") == reason_of("external connector error\n\n") == ""


def test_a_checkpoint_that_cannot_be_read_is_another_versions() -> None:
    newer = Checkpoint("c", ("d",)).text().replace('"migration-bot":1', '"migration-bot":99')

    assert "another version of migration-bot began it" in reason_of(newer)


def test_a_long_message_is_cut() -> None:
    assert len(reason_of("x" * 9000)) == 200
