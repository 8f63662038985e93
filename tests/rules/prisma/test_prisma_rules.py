"""Odd cases of the rules about what Prisma writes and how it sends it."""

import pytest

from bot.rules.prisma import (
    prisma_batch_one_transaction,
    prisma_drop_recreate_column,
    prisma_enum_replace,
    prisma_shadow_incompatible,
    prisma_split_not_atomic,
    prisma_updated_at_required,
)
from tests.judging import judged, names

USER = 'CREATE TABLE "User" ("id" TEXT NOT NULL, "age" TEXT, "updated_at" TIMESTAMP(3));'
TWO = "CREATE TABLE a (id INT); CREATE TABLE b (id INT);"


def test_a_column_may_be_made_anew_by_a_later_statement() -> None:
    sql = 'ALTER TABLE "User" DROP COLUMN "age"; ALTER TABLE "User" ADD COLUMN "age" INTEGER;'
    (found,) = judged(sql, before=[USER], rules=[prisma_drop_recreate_column]).findings
    assert found.message == "User.age is dropped and made anew as integer: what it held is lost."
    assert 'ALTER COLUMN "age" TYPE integer' in found.fix


def test_a_column_that_is_added_before_it_is_dropped_is_not_made_anew() -> None:
    sql = 'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "age" TEXT; ALTER TABLE "User" DROP "age";'
    assert names(judged(sql, before=[USER], rules=[prisma_drop_recreate_column])) == []


def test_a_replaced_enum_names_its_tables_and_the_values_that_go() -> None:
    before = (
        "CREATE TYPE mood AS ENUM ('a', 'b', 'c');"
        "CREATE TABLE t (m mood); CREATE TABLE s (m mood[]);"
    )
    sql = (
        "CREATE TYPE mood_new AS ENUM ('a');"
        "ALTER TABLE t ALTER m TYPE mood_new USING m::text::mood_new;"
        "ALTER TABLE s ALTER m TYPE mood_new[] USING m::text::mood_new[];"
        "ALTER TYPE mood RENAME TO mood_old; ALTER TYPE mood_new RENAME TO mood;"
    )
    (found,) = judged(sql, before=[before], rules=[prisma_enum_replace]).findings
    assert found.message == (
        "mood is replaced: the tables of t.m, s.m are rewritten and locked; it fails where a row "
        "still holds b or c."
    )


@pytest.mark.parametrize("prisma", [None, "6.19.0", "7.3.9"])
def test_a_file_that_is_one_message_is_atomic(prisma: str | None) -> None:
    assert names(judged(TWO, rules=[prisma_split_not_atomic], prisma=prisma)) == []


@pytest.mark.parametrize("prisma", ["7.4.0", "7.10.1"])
def test_a_file_that_is_split_is_not(prisma: str) -> None:
    found = names(judged(TWO, rules=[prisma_split_not_atomic], prisma=prisma))
    assert found == ["prisma-split-not-atomic"]


def test_a_transaction_around_only_a_part_is_not_enough() -> None:
    sql = f"BEGIN; {TWO} COMMIT; CREATE TABLE c (id INT);"
    found = names(judged(sql, rules=[prisma_split_not_atomic], prisma="7.8"))
    assert found == ["prisma-split-not-atomic"]


@pytest.mark.parametrize(
    ("prisma", "expected"),
    [(None, []), ("7.4.0", []), ("6.0.0", ["prisma-batch-one-transaction"])],
)
def test_only_a_prisma_that_sends_the_file_whole_holds_its_locks(
    prisma: str | None, expected: list[str]
) -> None:
    sql = "ALTER TABLE a ADD COLUMN x INT; ALTER TABLE b ADD COLUMN y INT;"
    rules = [prisma_batch_one_transaction]
    assert names(judged(sql, before=[TWO], rules=rules, prisma=prisma)) == expected


def test_a_file_that_cannot_be_split_says_why_it_is_one() -> None:
    sql = "ALTER TABLE a ADD x INT; ALTER TABLE b ADD y INT; DO $$ BEGIN END $$;"
    (found,) = judged(
        sql, before=[TWO], rules=[prisma_batch_one_transaction], prisma="7.8"
    ).findings
    assert found.message == (
        "Prisma 7.8 runs the file as one transaction, because its splitter cannot read the file: "
        "a and b stay locked until all of it is done."
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE DATABASE d;",
        "DROP ROLE a;",
        "DROP DATABASE d;",
        "ALTER ROLE a NOLOGIN;",
        "ALTER ROLE a RENAME TO b;",
        "ALTER SYSTEM SET work_mem = '1MB';",
        "CREATE TABLESPACE fast LOCATION '/fast';",
    ],
)
def test_what_belongs_to_the_server_is_found_once(sql: str) -> None:
    found = names(judged(sql, rules=[prisma_shadow_incompatible]))
    assert found == ["prisma-shadow-incompatible"]


def test_a_column_that_becomes_required_needs_a_default_as_well() -> None:
    sql = 'ALTER TABLE "User" ALTER COLUMN "updated_at" SET NOT NULL;'
    found = names(judged(sql, before=[USER], rules=[prisma_updated_at_required]))
    assert found == ["prisma-updated-at-required"]
