"""Odd cases of the rules about deferred checks, repeated work, and of those that are off."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

OLD = """
CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER, "total" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") DEFERRABLE INITIALLY %s;
"""
OWN, BATCH, SPLIT = None, "6.19.0", "7.8.0"
VERSIONS = (OWN, BATCH, SPLIT)
ALTER = 'ALTER TABLE "%s" ADD COLUMN a INT;'


def found(
    sql: str, rule: str, prisma: str | None = OWN, *, when: str = "DEFERRED", on: bool = False
) -> int:
    severities = {rule: Severity.NOTICE} if on else {}
    migration = judged(sql, before=[OLD % when], prisma=prisma, severities=severities)
    return names(migration).count(rule)


@pytest.mark.parametrize(
    ("change", "table", "expected"),
    [
        ('INSERT INTO "Order" VALUES (1, 1, 1);', "Order", 1),
        ('INSERT INTO "Order" VALUES (1, 1, 1);', "User", 0),
        ('DELETE FROM "User" WHERE "id" = 1;', "User", 1),
        ('DELETE FROM "User" WHERE "id" = 1;', "Order", 0),
    ],
)
def test_only_the_changed_table_waits(change: str, table: str, expected: int) -> None:
    assert found(change + ALTER % table, "pending-trigger-events") == expected


def test_a_new_table_can_wait_too() -> None:
    sql = (
        'CREATE TABLE n (a INT REFERENCES "User"("id") DEFERRABLE INITIALLY DEFERRED);'
        "INSERT INTO n VALUES (1); ALTER TABLE n ADD b INT;"
    )
    assert found(sql, "pending-trigger-events") == 1


def test_constraints_can_be_deferred_by_hand() -> None:
    change = 'INSERT INTO "Order" VALUES (1, 1, 1);' + ALTER % "Order"
    rule = "pending-trigger-events"
    assert found(change, rule, when="IMMEDIATE") == 0
    assert found("SET CONSTRAINTS ALL DEFERRED;" + change, rule, when="IMMEDIATE") == 1


def test_a_deferred_trigger_waits_like_a_key() -> None:
    trigger = (
        'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON "User" DEFERRABLE INITIALLY DEFERRED '
        "FOR EACH ROW EXECUTE FUNCTION f();"
    )
    sql = trigger + 'INSERT INTO "User" VALUES (1);' + ALTER % "User"
    assert found(sql, "pending-trigger-events") == 1


def test_newer_prisma_commits_before_the_table_is_altered() -> None:
    sql = 'INSERT INTO "Order" VALUES (1, 1, 1);' + ALTER % "Order"
    assert [found(sql, "pending-trigger-events", each) for each in VERSIONS] == [1, 1, 0]


def test_each_wait_counts_where_statements_are_sent_alone() -> None:
    sql = 2 * (ALTER % "Order")
    rule = "multiple-alter-same-table"
    assert [found(sql, rule, each) for each in VERSIONS] == [0, 0, 1]
    assert found(f"BEGIN; {sql} COMMIT;", rule, SPLIT) == 0


def test_two_checks_could_share_a_scan() -> None:
    sql = 'ALTER TABLE "Order" ADD CHECK (id > 0); ALTER TABLE "Order" ALTER "total" SET NOT NULL;'
    assert found(sql, "multiple-alter-same-table") == 1


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("statement-timeout-missing", [0, 1, 1]),
        ("application-name-missing", [0, 1, 1]),
        ("idle-timeout-missing", [1, 1, 1]),
    ],
)
def test_what_migration_bot_sets_itself_is_not_missing(rule: str, expected: list[int]) -> None:
    sql = ALTER % "Order"
    assert [found(sql, rule, each, on=True) for each in VERSIONS] == expected
    assert [found(sql, rule, each) for each in VERSIONS] == [0, 0, 0]


def test_only_what_is_sent_alone_has_to_bear_a_second_run() -> None:
    sql = 'CREATE TABLE n (a INT); DROP TABLE "Order"; ALTER TABLE "User" DROP COLUMN "id";'
    rule = "non-idempotent-ddl"
    assert [found(sql, rule, each, on=True) for each in VERSIONS] == [0, 0, 3]
