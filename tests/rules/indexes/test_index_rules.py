"""Odd cases of the rules about indexes."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names, review

OLD = """
CREATE TABLE "Team" ("id" INT PRIMARY KEY);
CREATE TABLE "User" (
    "id" INT PRIMARY KEY,
    "email" TEXT,
    "a" INT,
    "b" INT,
    "teamId" INT REFERENCES "Team"("id"),
    CONSTRAINT "User_a_key" UNIQUE ("a"),
    CONSTRAINT "User_b_excl" EXCLUDE USING gist ("b" WITH =)
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_teamId_idx" ON "User"("teamId");
CREATE TABLE "Log" ("at" INT, "kind" INT) PARTITION BY RANGE ("at");
CREATE TABLE "Log_1" PARTITION OF "Log" FOR VALUES FROM (1) TO (2);
CREATE TABLE "Log_rest" PARTITION OF "Log" DEFAULT;
CREATE INDEX "Log_kind_idx" ON "Log"("kind");
"""


def found(rule: str, sql: str, **options: object) -> list[str]:
    judgement = judged(sql, before=[OLD], severities={rule: Severity.WARNING}, **options)
    return [each.message for each in judgement.findings if each.rule == rule]


@pytest.mark.parametrize(
    "sql",
    [
        'DROP INDEX "User_pkey";',
        'DROP INDEX "User_a_key" CASCADE;',
        'DROP INDEX CONCURRENTLY IF EXISTS "User_a_key";',
        'DROP INDEX "User_b_excl";',
    ],
)
def test_an_index_of_a_constraint_cannot_be_dropped_whatever_is_said(sql: str) -> None:
    assert len(found("index-drop-constraint-owned", sql)) == 1


def test_a_unique_index_that_became_a_constraint_belongs_to_it() -> None:
    sql = 'ALTER TABLE "User" ADD CONSTRAINT c UNIQUE USING INDEX "User_email_key"; DROP INDEX c;'
    assert len(found("index-drop-constraint-owned", sql)) == 1


def test_the_only_index_of_a_foreign_key_is_missed() -> None:
    (message,) = found("index-drop-guarantee", 'DROP INDEX "User_teamId_idx";')
    assert "foreign key on teamId" in message


def test_a_wider_unique_index_does_not_keep_the_promise() -> None:
    sql = 'DROP INDEX "User_email_key"; CREATE UNIQUE INDEX i ON "User"("email", "a");'
    assert len(found("index-drop-guarantee", sql)) == 1


def test_a_replacement_in_another_transaction_comes_too_late() -> None:
    sql = 'DROP INDEX "User_email_key"; CREATE UNIQUE INDEX i ON "User"("email");'
    assert found("index-drop-guarantee", sql) == []
    assert len(found("index-drop-guarantee", sql, prisma="7.4.0")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        'DROP INDEX CONCURRENTLY "User_email_key", "User_teamId_idx";',
        'DROP INDEX CONCURRENTLY "User_email_key" CASCADE;',
        'DROP INDEX CONCURRENTLY "Log_kind_idx";',
        'CREATE INDEX CONCURRENTLY i ON ONLY "Log"("at");',
        'ALTER TABLE "Log" DETACH PARTITION "Log_1" CONCURRENTLY;',
        "REINDEX (CONCURRENTLY) SYSTEM postgres;",
    ],
)
def test_postgresql_refuses_these_concurrently(sql: str) -> None:
    assert len(found("concurrently-unsupported-target", sql)) == 1


def test_a_default_partition_that_was_detached_is_in_nobodys_way() -> None:
    sql = (
        'ALTER TABLE "Log" DETACH PARTITION "Log_rest"; '
        'ALTER TABLE "Log" DETACH PARTITION "Log_1" CONCURRENTLY;'
    )
    assert found("concurrently-unsupported-target", sql) == []


@pytest.mark.parametrize("target", ['TABLE "User"', "SCHEMA public", "DATABASE postgres"])
def test_every_rebuild_without_concurrently_blocks(target: str) -> None:
    assert len(found("reindex-blocking", f"REINDEX {target};")) == 1


@pytest.mark.parametrize("value", ["'5s'", "5000", "'1min'", "'599s'", "'1.5s'"])
@pytest.mark.parametrize("name", ["lock_timeout", "statement_timeout"])
def test_a_timeout_of_less_than_ten_minutes_is_in_the_way(name: str, value: str) -> None:
    sql = f"SET {name} = {value}; DROP INDEX CONCURRENTLY i;"
    assert len(found("concurrently-under-timeout", sql)) == 1


@pytest.mark.parametrize("value", ["0", "'0'", "'10min'", "600000", "'1h'", "DEFAULT"])
def test_a_timeout_that_leaves_time_is_not(value: str) -> None:
    sql = f"SET lock_timeout = {value}; DROP INDEX CONCURRENTLY i;"
    assert found("concurrently-under-timeout", sql) == []


def test_the_last_timeout_counts() -> None:
    sql = "SET lock_timeout = 0; SET lock_timeout = '1s'; DROP INDEX CONCURRENTLY i;"
    assert len(found("concurrently-under-timeout", sql)) == 1


def test_a_unique_constraint_may_fail_as_an_index_may() -> None:
    sql = 'ALTER TABLE "User" ADD CONSTRAINT c UNIQUE ("teamId");'
    (message,) = found("index-unique-may-fail", sql)
    assert message == "The migration fails if two rows of User have the same teamId."


def test_columns_of_the_same_pull_request_hold_nothing_twice() -> None:
    added = 'ALTER TABLE "User" ADD COLUMN "slug" TEXT;'
    built = 'CREATE UNIQUE INDEX CONCURRENTLY i ON "User"("slug");'
    judgement = review(added, built, before=[OLD]).migrations[-1]
    assert "index-unique-may-fail" not in names(judgement)


def test_a_concurrent_build_is_said_once_and_only_of_prisma() -> None:
    sql = 'CREATE INDEX CONCURRENTLY i ON "User"("b"); CREATE INDEX CONCURRENTLY j ON "User"("a");'
    assert len(found("concurrently-advisory-deadlock", sql, prisma="7.4.0")) == 1
    assert found("concurrently-advisory-deadlock", sql) == []


@pytest.mark.parametrize(("postgres", "times"), [(13, 0), (14, 1), (15, 0)])
def test_only_postgresql_14_built_indexes_that_miss_rows(postgres: int, times: int) -> None:
    for sql in ('CREATE INDEX CONCURRENTLY i ON "User"("b");', "REINDEX INDEX CONCURRENTLY i;"):
        assert len(found("index-build-corruption-pg14", sql, postgres=postgres)) == times


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ('CREATE INDEX i ON "User"("teamId", "b");', "superfluous"),
        ('CREATE INDEX i ON "User"("a");', "serves every query"),
        ('CREATE INDEX i ON "User"("b", "b");', "twice"),
        ('CREATE UNIQUE INDEX i ON "User"("email");', "serves every query"),
        ('CREATE UNIQUE INDEX i ON "User"("teamId");', "superfluous"),
    ],
)
def test_two_indexes_that_start_alike_are_one_too_many(sql: str, part: str) -> None:
    (message,) = found("index-redundant", sql)
    assert part in message


def test_an_index_that_belongs_to_a_constraint_is_never_superfluous() -> None:
    assert found("index-redundant", 'CREATE INDEX i ON "User"("a", "b");') == []


def test_the_order_and_the_collation_of_a_column_make_an_index_another() -> None:
    old = OLD + 'CREATE INDEX o ON "User"("email" DESC NULLS LAST, "b" ASC NULLS LAST);'
    same = 'CREATE INDEX i ON "User"("email" DESC NULLS LAST, "b");'
    other = 'CREATE INDEX i ON "User"("email" COLLATE "C" DESC NULLS LAST, "b");'
    assert "index-redundant" in names(judged(same, before=[old]))
    assert "index-redundant" not in names(judged(other, before=[old]))


def test_the_twenty_first_index_is_worth_a_word() -> None:
    columns = ", ".join(f"c{number} INT" for number in range(21))
    indexes = " ".join(f"CREATE INDEX i{number} ON w (c{number});" for number in range(21))
    (message,) = found("index-redundant", f"CREATE TABLE w ({columns}); {indexes}")
    assert message == "w has 21 indexes now."


@pytest.mark.parametrize("method", ["hnsw", "ivfflat"])
def test_a_vector_index_wants_its_parameters(method: str) -> None:
    sql = f'CREATE INDEX i ON "User" USING {method} ("a" vector_l2_ops);'
    assert len(found("index-ext-params", sql)) == 1


def test_shapes_want_gist() -> None:
    sql = "CREATE TABLE p (g geometry(Point, 4326)); CREATE INDEX i ON p (g);"
    (message,) = found("index-ext-params", sql)
    assert message == "No search by place can use i on g."


def test_a_cancelled_detach_leaves_no_index_but_half_a_partition() -> None:
    detach = 'SET lock_timeout = \'5s\'; ALTER TABLE "Log" DETACH PARTITION "Log_1" CONCURRENTLY;'

    (message,) = found("concurrently-under-timeout", detach)
    assert "FINALIZE" in message
