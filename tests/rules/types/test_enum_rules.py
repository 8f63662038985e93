"""Odd cases of the rules about enum types."""

from bot.core.findings.finding import Severity
from tests.judging import judged, names

OLD = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE', 'LOST');
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "status" "Status");
CREATE TABLE "Job" ("id" INTEGER NOT NULL, "states" "Status"[]);
"""
BLOCK = """
BEGIN;
CREATE TYPE "Status_new" AS ENUM ('OPEN');
ALTER TABLE "Order" ALTER COLUMN "status" TYPE "Status_new" USING ("status"::text::"Status_new");
ALTER TYPE "Status" RENAME TO "Status_old";
ALTER TYPE "Status_new" RENAME TO "Status";
DROP TYPE "Status_old";
COMMIT;
"""


def messages(sql: str, rule: str, *, before: str = OLD) -> list[str]:
    found = judged(sql, before=(before,) if before else ())
    return [each.message for each in found.findings if each.rule == rule]


def test_all_values_that_go_are_named() -> None:
    (message,) = messages(BLOCK, "enum-value-removed")
    assert "'DONE' or 'LOST'" in message


def test_each_table_of_a_rebuilt_enum_is_named() -> None:
    also = BLOCK.replace(
        'ALTER TYPE "Status" RENAME',
        'ALTER TABLE "Job" ALTER "states" TYPE "Status_new"[] '
        'USING ("states"::text[]::"Status_new"[]);\nALTER TYPE "Status" RENAME',
    )
    assert len(messages(also, "enum-value-removed")) == 2


def test_a_rebuilt_enum_that_no_migration_created_is_taken_to_lose_a_value() -> None:
    (message,) = messages(BLOCK, "enum-value-removed", before="SELECT 1;")
    assert "a value that the new type lacks" in message


def test_an_enum_of_the_same_pull_request_may_change() -> None:
    found = judged("ALTER TYPE \"Status\" RENAME VALUE 'OPEN' TO 'NEW';" + BLOCK, before=())
    together = judged(OLD, "ALTER TYPE \"Status\" RENAME VALUE 'OPEN' TO 'NEW';")
    assert "enum-value-rename" in names(found)
    assert "enum-value-rename" not in names(together)


def test_before_version_12_two_values_in_a_file_are_refused_once_they_are_sent_together() -> None:
    two = "ALTER TYPE \"Status\" ADD VALUE 'A'; ALTER TYPE \"Status\" ADD VALUE 'B';"
    rule = "enum-add-value-in-tx"
    assert names(judged(two, before=[OLD], postgres=11)).count(rule) == 2
    assert rule not in names(judged(two, before=[OLD], postgres=12))
    assert rule not in names(judged(two, before=[OLD], postgres=11, prisma="7.4.0"))


def test_an_enum_created_in_the_baseline_is_left_alone() -> None:
    on = {"enum-created": Severity.NOTICE}
    assert "enum-created" in names(judged("CREATE TYPE e AS ENUM ('a');", severities=on))
    assert "enum-created" not in names(judged(BLOCK, before=[OLD], severities=on))
