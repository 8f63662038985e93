"""What is renamed, and how grave that is."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pk" PRIMARY KEY ("id"));
CREATE INDEX "i" ON "User"("id");
CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1';
CREATE POLICY p ON "User";
"""


def severities(sql: str) -> list[Severity]:
    found = judged(sql, before=(BEFORE,)).findings
    return [each.severity for each in found if each.rule == "rename-object"]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER FUNCTION f() RENAME TO g;",
        "ALTER SEQUENCE s RENAME TO t;",
        "ALTER TYPE e RENAME TO f;",
        "ALTER DOMAIN d RENAME TO e;",
        "ALTER MATERIALIZED VIEW v RENAME TO w;",
        'ALTER POLICY p ON "User" RENAME TO q;',
        "ALTER ROLE a RENAME TO b;",
        "ALTER TYPE c RENAME ATTRIBUTE a TO b;",
    ],
)
def test_what_is_called_by_its_name_is_a_warning(sql: str) -> None:
    assert severities(sql) == [Severity.WARNING]


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER INDEX "i" RENAME TO "j";',
        'ALTER TABLE "User" RENAME CONSTRAINT "User_pk" TO "User_pkey";',
    ],
)
def test_indexes_and_constraints_are_worth_a_notice(sql: str) -> None:
    assert severities(sql) == [Severity.NOTICE]


def test_a_part_of_a_new_table_is_quiet() -> None:
    new = 'CREATE TABLE n (a INT); CREATE POLICY q ON n; CREATE INDEX k ON n ("a");'
    assert severities(new + "ALTER POLICY q ON n RENAME TO r; ALTER INDEX k RENAME TO l;") == []


def test_an_index_that_another_one_takes_the_place_of_is_quiet() -> None:
    assert severities('ALTER INDEX "i" RENAME TO "j"; CREATE INDEX "i" ON "User"("id");') == []
