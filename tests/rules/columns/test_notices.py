"""The columns' notices, and the rules that are off by default, in odd places."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

USERS = 'CREATE TABLE "User" ("id" TEXT NOT NULL, "n" INT NOT NULL, "e" INT);'


def found(sql: str, *, on: str | None = None) -> list[str]:
    severities = {on: Severity.NOTICE} if on else None
    return names(judged(sql, before=[USERS], severities=severities))


@pytest.mark.parametrize(
    "default",
    ["now()", "CURRENT_DATE", "CURRENT_USER", "timezone('utc', now())", "statement_timestamp()"],
)
def test_a_clock_or_a_user_as_the_default_is_told_of(default: str) -> None:
    sql = f'ALTER TABLE "User" ADD COLUMN x TEXT DEFAULT {default};'

    assert "add-column-stable-default" in found(sql)


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE TABLE IF NOT EXISTS "Team" ();',
        'DROP TABLE IF EXISTS "User";',
        'ALTER TABLE "User" DROP COLUMN IF EXISTS x;',
        'DROP TYPE IF EXISTS "Role";',
    ],
)
def test_words_that_hide_a_difference_are_told_of(sql: str) -> None:
    assert "add-column-if-not-exists" in found(sql)


def test_an_attribute_of_a_type_is_a_new_shape_too() -> None:
    assert "add-column-shape-change" in found(
        "ALTER TYPE pair ADD ATTRIBUTE c INT;", on="add-column-shape-change"
    )


def test_rules_that_are_off_are_silent() -> None:
    sql = 'ALTER TABLE "User" ADD COLUMN x INT; ALTER TABLE "User" ALTER COLUMN n SET DEFAULT 1;'

    assert found(sql) == []


@pytest.mark.parametrize("command", ["SET STATISTICS 500", "SET (n_distinct = 5)"])
def test_measuring_more_is_told_of(command: str) -> None:
    assert found(f'ALTER TABLE "User" ALTER COLUMN n {command};') == ["column-storage-change"]


def test_an_identity_that_was_added_later_can_be_dropped() -> None:
    sql = 'ALTER TABLE "User" ALTER n ADD GENERATED ALWAYS AS IDENTITY, ALTER e SET DEFAULT 1;'
    both = judged('ALTER TABLE "User" ALTER n DROP IDENTITY;', before=[USERS + sql])

    assert "identity-change" in found(sql)
    assert "identity-change" in names(both)
