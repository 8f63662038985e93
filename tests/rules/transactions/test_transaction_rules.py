"""What the rules about transactions say under migration-bot, older and newer Prisma."""

from itertools import product

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

OLD = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER, "userId" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "positive" CHECK ("total" > 0) NOT VALID;
CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" TEXT);
CREATE INDEX "Order_total_idx" ON "Order"("total");
CREATE VIEW "V" AS SELECT 1 AS a;
"""
OWN, BATCH, SPLIT = None, "6.19.0", "7.8.0"
VERSIONS = (OWN, BATCH, SPLIT)

ADD = 'ALTER TABLE "Order" ADD COLUMN "note" TEXT;'
VALIDATE = 'ALTER TABLE "Order" VALIDATE CONSTRAINT "positive";'
BACKFILL = 'UPDATE "Order" SET "note" = \'\' WHERE "note" IS NULL;'
OTHER = 'ALTER TABLE "User" ADD COLUMN "note" TEXT;'


def found(sql: str, rule: str, prisma: str | None = OWN) -> list[Severity]:
    migration = judged(sql, before=[OLD], prisma=prisma)
    return [each.severity for each in migration.findings if each.rule == rule]


def wrapped(sql: str) -> str:
    return f"BEGIN; {sql} COMMIT;"


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (ADD + VALIDATE, "statement-after-access-exclusive"),
        (ADD + BACKFILL, "ddl-dml-mixed"),
        (ADD + OTHER, "wide-lock-window"),
    ],
)
def test_what_is_held_together_depends_on_who_applies_it(sql: str, rule: str) -> None:
    assert [len(found(sql, rule, each)) for each in VERSIONS] == [1, 1, 0]
    assert [len(found(wrapped(sql), rule, each)) for each in VERSIONS] == [1, 1, 1]


def test_two_tables_are_graver_where_nobody_lets_go() -> None:
    assert found(ADD + OTHER, "wide-lock-window", OWN) == [Severity.NOTICE]
    assert found(ADD + OTHER, "wide-lock-window", BATCH) == [Severity.WARNING]


def test_three_tables_are_one_finding() -> None:
    third = 'DROP INDEX "Order_total_idx"; ALTER TABLE "Third" ADD COLUMN a INT;'
    assert len(found(ADD + OTHER + third, "wide-lock-window", BATCH)) == 1


def test_a_backfill_of_another_table_holds_the_first_one() -> None:
    sql = ADD + "UPDATE \"User\" SET name = '' WHERE name IS NULL;"
    assert found(sql, "statement-after-access-exclusive") == [Severity.WARNING]
    assert found(sql, "ddl-dml-mixed") == []


def test_a_backfill_of_the_same_table_is_said_once() -> None:
    assert found(ADD + BACKFILL, "statement-after-access-exclusive") == []


def test_migration_bot_brings_its_own_lock_timeout() -> None:
    assert [len(found(ADD, "lock-timeout-missing", each)) for each in VERSIONS] == [0, 1, 1]


@pytest.mark.parametrize("sql", ['DROP VIEW "V";', 'DROP INDEX CONCURRENTLY "Order_total_idx";'])
def test_views_and_concurrent_statements_need_no_lock_timeout(sql: str) -> None:
    assert found(sql, "lock-timeout-missing", BATCH) == []


def test_a_foreign_key_of_a_new_table_waits_for_the_old_one() -> None:
    sql = 'CREATE TABLE n (a INT REFERENCES "User"("id"));'
    assert len(found(sql, "lock-timeout-missing", BATCH)) == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("SET lock_timeout = 0;", (1, 1, 1)),
        ("SET lock_timeout = '1min';", (1, 1, 1)),
        ("SET lock_timeout = '10s';", (0, 0, 0)),
        ("SET lock_timeout = '2s'; RESET lock_timeout;", (1, 1, 1)),
        ("SET lock_timeout = '2s'; RESET ALL;", (1, 1, 1)),
        ("SET lock_timeout = '2s'; SET lock_timeout TO DEFAULT;", (1, 1, 1)),
        ("SET LOCAL lock_timeout = '2s';", (0, 0, 1)),
        ("SET LOCAL statement_timeout = '2s';", (0, 0, 1)),
        ("SET lock_timeout = 'soon';", (0, 0, 0)),
    ],
)
def test_a_timeout_has_to_be_short_and_hold(settings: str, expected: tuple[int, ...]) -> None:
    rule = "timeout-ineffective"
    assert tuple(len(found(settings + ADD, rule, each)) for each in VERSIONS) == expected


def test_a_local_timeout_inside_begin_holds_until_commit() -> None:
    inside = "BEGIN; SET LOCAL lock_timeout = '2s'; " + ADD + "COMMIT;"
    after = "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT 1; COMMIT;" + ADD
    assert found(inside, "timeout-ineffective", SPLIT) == []
    assert len(found(after, "timeout-ineffective", SPLIT)) == 1


def test_a_timeout_that_comes_too_late_is_found_where_it_was_needed() -> None:
    sql = ADD + "SET lock_timeout = '2s';" + OTHER
    lengths = [len(found(sql, "timeout-ineffective", each)) for each in VERSIONS]
    assert lengths == [1, 1, 1]
    assert found(sql, "lock-timeout-missing", BATCH) == []


@pytest.mark.parametrize(("prisma", "sql"), [*product(VERSIONS, ["COMMIT;", "ROLLBACK;"])])
def test_ending_what_was_not_begun_is_found(prisma: str | None, sql: str) -> None:
    assert len(found(ADD + sql, "transaction-nested", prisma)) == 1


def test_a_rollback_is_found_wherever_it_stands() -> None:
    rule = "transaction-control-in-migration"
    assert len(found("BEGIN; SELECT 1; ROLLBACK;", rule)) == 1


def test_several_committed_parts_are_one_finding() -> None:
    sql = wrapped(ADD) + wrapped(OTHER) + wrapped(VALIDATE)
    assert len(found(sql, "transaction-control-in-migration")) == 1


def test_prisma_own_block_may_stand_before_another_part() -> None:
    block = wrapped(
        "CREATE TYPE e_new AS ENUM ('a'); ALTER TYPE e RENAME TO e_old; "
        "ALTER TYPE e_new RENAME TO e; DROP TYPE e_old;"
    )
    rule = "transaction-control-in-migration"
    assert found(block + ADD, rule) == []
    assert len(found(block + wrapped(ADD) + OTHER, rule)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE DATABASE d;",
        "ALTER SYSTEM SET work_mem = '1GB';",
        "REINDEX SCHEMA public;",
        "DISCARD ALL;",
        "DO $$ BEGIN COMMIT; END $$;",
        'VACUUM FULL "Order";',
    ],
)
def test_statements_that_want_no_transaction_must_be_alone(sql: str) -> None:
    rule = "non-transactional-statement"
    assert found(sql, rule) == []
    assert len(found(sql + "SELECT 1;", rule, BATCH)) == 1
    assert len(found(wrapped(sql), rule, SPLIT)) == 1


def test_newer_prisma_sends_a_tablespace_alone() -> None:
    sql = "CREATE TABLESPACE t LOCATION '/t'; SELECT 1;"
    assert found(sql, "non-transactional-statement", SPLIT) == []
    assert len(found(sql, "non-transactional-statement", "7.5.0")) == 1


def test_nothing_is_said_about_tables_of_the_same_pull_request() -> None:
    found_here = names(judged(OLD, ADD + VALIDATE + OTHER + BACKFILL, prisma=BATCH))
    assert "lock-timeout-missing" not in found_here
    assert "wide-lock-window" not in found_here
    assert "ddl-dml-mixed" not in found_here


def test_a_query_of_a_whole_table_is_slow() -> None:
    rule = "statement-after-access-exclusive"
    assert len(found(ADD + 'SELECT count(*) FROM "User";', rule)) == 1
    assert found(ADD + 'SELECT 1 FROM "User" WHERE "id" = 1;', rule) == []
    assert found('SELECT count(*) FROM "User";' + ADD, rule) == []


def test_two_slow_changes_of_one_table_add_up() -> None:
    slow = 'ALTER TABLE "Order" ALTER "userId" SET NOT NULL;'
    again = 'ALTER TABLE "Order" ALTER "total" TYPE BIGINT;'
    rule = "statement-after-access-exclusive"
    assert len(found(slow + again, rule)) == 1
    assert found(ADD + again, rule) == []


def test_a_table_that_stays_locked_is_reported_once_for_its_transaction() -> None:
    rule = "statement-after-access-exclusive"
    index = 'CREATE INDEX a ON "User"("id"); CREATE INDEX b ON "User"("name");'
    assert len(found(ADD + index, rule)) == 1
    assert len(found(wrapped(ADD + index) + wrapped(ADD + index), rule)) == 2


def test_a_table_that_is_locked_later_on_is_reported_then() -> None:
    sql = ADD + 'CREATE INDEX a ON "User"("id");' + OTHER + VALIDATE
    assert len(found(sql, "statement-after-access-exclusive")) == 2


@pytest.mark.parametrize("prisma", VERSIONS)
def test_a_limit_that_is_set_too_late_is_found_whoever_applies_it(prisma: str | None) -> None:
    sql = f"{ADD} SET lock_timeout = '2s';"
    assert found(sql, "timeout-ineffective", prisma) == [Severity.WARNING]
