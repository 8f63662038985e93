"""Odd cases of the rules about whole tables: what is rewritten, replaced, emptied and followed."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY);
CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT REFERENCES "User"("id"));
CREATE TABLE "Line" ("id" TEXT NOT NULL PRIMARY KEY, "orderId" TEXT REFERENCES "Order"("id"));
CREATE PUBLICATION "stream" FOR TABLE "User";
"""


def said(rule: str, sql: str) -> list[str]:
    found = judged(sql, before=(BEFORE,)).findings
    return [each.message for each in found if each.rule == rule]


def test_truncate_cascade_names_what_the_history_knows() -> None:
    assert said("truncate-cascade", 'TRUNCATE "User" CASCADE;') == [
        "Every table that refers to User loses all its rows too, Line, Order among them."
    ]


def test_a_table_replaced_by_way_of_a_copy_is_found() -> None:
    copied = (
        'CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY);'
        'INSERT INTO "new_User" SELECT * FROM "User"; DROP TABLE "User";'
        'ALTER TABLE "new_User" RENAME TO "User";'
    )
    assert len(said("table-replaced", copied)) == 1


def test_a_table_dropped_if_it_exists_and_created_is_found() -> None:
    again = "DROP TABLE IF EXISTS x; CREATE TABLE x (id TEXT PRIMARY KEY);"
    assert len(said("table-replaced", again)) == 1


def test_an_unlogged_table_that_stays_is_a_warning() -> None:
    found = judged("CREATE UNLOGGED TABLE n (a INT);").findings
    assert [each.severity for each in found if each.rule == "set-logged-unlogged"] == [
        Severity.WARNING
    ]


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER INDEX "User_pkey" SET TABLESPACE fast;',
        'ALTER TABLE "User" SET ACCESS METHOD heap;',
        "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast;",
    ],
)
def test_what_copies_a_table_elsewhere_is_found(sql: str) -> None:
    assert len(said("set-tablespace-rewrite", sql)) == 1


@pytest.mark.parametrize(
    ("sql", "whole"),
    [
        ("CLUSTER;", "every table"),
        ("VACUUM FULL;", "every table"),
        ('CLUSTER "User" USING "User_pkey";', "User"),
        ('VACUUM (FULL, ANALYZE) "User", "Order";', "User, Order"),
    ],
)
def test_a_table_copied_in_place_is_found(sql: str, whole: str) -> None:
    assert said("vacuum-full-cluster", sql) == [
        f"All of {whole} is copied while reads and writes wait."
    ]


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "User" REPLICA IDENTITY FULL;',
        'DROP PUBLICATION "stream";',
        'ALTER PUBLICATION "stream" DROP TABLE "User";',
        'ALTER PUBLICATION "stream" SET TABLE "Order";',
        "ALTER PUBLICATION \"stream\" SET (publish = 'insert');",
    ],
)
def test_what_changes_for_subscribers_is_found(sql: str) -> None:
    assert len(said("replica-identity-change", sql)) == 1


@pytest.mark.parametrize("value", ["false", "off", "no", "0", "f", "'false'"])
def test_autovacuum_is_switched_off_in_many_ways(value: str) -> None:
    sql = f'ALTER TABLE "User" SET (autovacuum_enabled = {value});'
    assert len(said("autovacuum-disabled", sql)) == 1
    created = f"CREATE TABLE n (a BIGINT PRIMARY KEY) WITH (autovacuum_enabled = {value});"
    assert len(said("autovacuum-disabled", created)) == 1


def test_the_autovacuum_of_its_long_values_alone_is_let_be() -> None:
    sql = 'ALTER TABLE "User" SET (toast.autovacuum_enabled = false);'
    assert said("autovacuum-disabled", sql) == []


def test_rows_that_vanish_from_the_parent_are_found() -> None:
    assert said("inheritance-change", 'ALTER TABLE "Line" NO INHERIT "Order";') == [
        "Queries on the parent table no longer return the rows of Line."
    ]


def test_rules_that_are_off_say_nothing() -> None:
    found = names(judged('DROP TABLE "Line";', before=(BEFORE,)))
    assert "table-dropped" in found
    assert "drop-name-convention" not in found


def test_padding_is_told_in_bytes() -> None:
    sql = "CREATE TABLE n (a BOOLEAN, b BIGINT, c BOOLEAN, d BIGINT);"
    found = judged(sql, severities={"column-order-padding": Severity.NOTICE}).findings
    assert [each.message for each in found if each.rule == "column-order-padding"] == [
        "8 bytes of every row of n are padding."
    ]


COPY = (
    'CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY);'
    'INSERT INTO "new_User" SELECT * FROM "User";'
)
SWAP = 'DROP TABLE "User"; ALTER TABLE "new_User" RENAME TO "User";'


def test_a_table_that_a_copy_replaces_is_one_error() -> None:
    assert said("table-replaced", COPY + SWAP)
    assert not said("table-dropped", COPY + SWAP)
    assert not said("prisma-rename-as-drop-add", COPY + SWAP)


def test_a_table_whose_copy_has_another_name_is_dropped() -> None:
    assert said("table-dropped", COPY + 'DROP TABLE "User";')


def test_a_table_that_nobody_copies_loses_its_rows() -> None:
    assert said("table-dropped", COPY.partition("INSERT")[0] + SWAP)
