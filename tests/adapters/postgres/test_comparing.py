"""Two ways to a schema, run on a real throw-away server."""

import pytest

from bot.adapters.postgres.comparing import compare
from bot.core.rollouts.trial import Comparison, Run, Trial

BEFORE = (Run("before", ("CREATE TABLE t (a int)",)),)
PLAIN = (Run("plain", ("CREATE INDEX i ON t (a)",)),)
APART = (Run("apart", ("CREATE INDEX CONCURRENTLY i ON t (a)",), transactional=False),)


def compared(
    original: tuple[Run, ...], rewritten: tuple[Run, ...], before: tuple[Run, ...] = BEFORE
) -> Comparison:
    return compare(Trial(before, original, rewritten), postgres=18)


def test_two_ways_to_the_same_schema_are_proved() -> None:
    found = compared(PLAIN, APART)
    assert found.proved
    assert found.server.startswith("PostgreSQL ")


def test_a_difference_is_named() -> None:
    found = compared(PLAIN, (Run("other", ("CREATE INDEX j ON t (a)",)),))
    assert found.disproved
    assert any("index" in line for line in found.differences)


def test_a_rewrite_that_the_server_refuses_disproves_it() -> None:
    found = compared(PLAIN, (Run("broken", ("CREATE INDEX i ON missing (a)",)),))
    assert found.disproved
    assert "broken" in (found.rewritten_refused or "")


def test_with_nothing_to_compare_with_nothing_is_proved_or_disproved() -> None:
    broken = (Run("broken", ("SELECT 1/0",)),)
    for found in (compared(broken, APART), compared(PLAIN, APART, before=broken)):
        assert not found.proved
        assert not found.disproved


@pytest.mark.slow
def test_the_author_is_nobody_on_the_server() -> None:
    wishes = (
        "CREATE ROLE mighty SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "ALTER ROLE author SUPERUSER",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE DATABASE another",
    )
    for wish in wishes:
        alone = (Run("hostile", (wish,), transactional=False),)
        assert "hostile" in (compared(alone, APART).original_refused or ""), wish
