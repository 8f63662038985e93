"""What statements destroy, read from their text."""

import pytest

from bot.core.kept.loss import Losing, Loss
from bot.sql.losses import losses_of
from tests.judging import judged

BEFORE = """CREATE TABLE t (id int PRIMARY KEY, c int, d text, e int);
CREATE TABLE u (id int);
CREATE SCHEMA s;
CREATE TABLE s.t (id int);"""


def losses(sql: str) -> tuple[Loss, ...]:
    return losses_of(judged(sql, before=[BEFORE]))


def only(sql: str) -> Loss:
    (found,) = losses(sql)
    return found


@pytest.mark.parametrize(
    ("sql", "kind", "columns"),
    [
        ("DROP TABLE t", Losing.TABLE, ()),
        ("TRUNCATE t", Losing.EMPTIED, ()),
        ("DELETE FROM t WHERE c = 1", Losing.DELETED, ()),
        ("UPDATE t SET c = 1, (d, e) = ('x', 2)", Losing.UPDATED, ("c", "d", "e")),
        ("ALTER TABLE t DROP COLUMN c, DROP COLUMN IF EXISTS d", Losing.COLUMNS, ("c", "d")),
        ("ALTER TABLE t ALTER COLUMN d TYPE int USING d::int", Losing.TYPES, ("d",)),
    ],
)
def test_a_statement_destroys_rows_or_values(
    sql: str, kind: Losing, columns: tuple[str, ...]
) -> None:
    found = only(f"CREATE TABLE before (id int);\n{sql};")

    assert (found.statement, found.line, found.kind, found.columns) == (1, 2, kind, columns)
    assert (found.table, found.relation, found.obstacle) == ('"t"', "public.t", "")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD COLUMN f int",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
        "CREATE INDEX ON t (c)",
        "DROP INDEX i",
        "SELECT * FROM t",
        "CREATE TABLE n (id int); UPDATE n SET id = 1; DROP TABLE n",
        "ALTER TABLE t ADD COLUMN f int; UPDATE t SET f = c; ALTER TABLE t DROP COLUMN f",
    ],
)
def test_what_the_migration_has_made_itself_is_no_loss(sql: str) -> None:
    assert losses(f"{sql};") == ()


def test_of_a_column_that_is_new_and_one_that_is_not_only_the_old_is_lost() -> None:
    assert only("ALTER TABLE t ADD COLUMN f int; UPDATE t SET f = 1, c = 2;").columns == ("c",)


def test_each_table_of_a_statement_is_a_loss() -> None:
    dropped = losses('DROP TABLE t, s.t, "x y" CASCADE;')
    emptied = losses("TRUNCATE t, u;")

    assert [each.table for each in dropped] == ['"t"', '"s"."t"', '"x y"']
    assert [each.with_it for each in emptied] == [("public.u",), ("public.t",)]


def test_columns_that_go_and_columns_that_change_are_two_losses() -> None:
    one, other = losses("ALTER TABLE t DROP COLUMN c, ALTER d TYPE varchar(3) USING left(d, 3);")

    assert (one.kind, other.kind) == (Losing.COLUMNS, Losing.TYPES)
    assert [(each.column, each.type, each.casts) for each in other.types] == [
        ("d", "varchar(3)", False)
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DO $$ BEGIN DELETE FROM t; END $$", "it happens in code that DO runs"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "code that SELECT runs"),
        ("WITH x AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT id FROM x", "may take more"),
        ("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET c = 1", "ON CONFLICT"),
        ("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE", "MERGE may take more"),
        ("DROP SCHEMA s CASCADE", "DROP SCHEMA may take more along than its text says"),
        ("UPDATE t SET c = 1 RETURNING c", "cannot be chosen apart"),
        ("DELETE FROM t WHERE random() < 0.5", "cannot be chosen apart"),
        ("SET ROLE somebody; DELETE FROM t", "the file sets role before it"),
        ("SET search_path = s; DELETE FROM t", "the file sets search_path before it"),
        (
            "SELECT set_config('search_path', '', false); DELETE FROM t",
            "the file sets search_path before it",
        ),
        ("ALTER TABLE t RENAME TO v; DROP TABLE v", "was renamed earlier"),
        ("ALTER TABLE t RENAME c TO f; UPDATE t SET f = 1", "was renamed earlier"),
        ("ALTER TABLE u SET SCHEMA s; DROP TABLE s.u", "was renamed earlier"),
    ],
)
def test_what_cannot_be_kept_says_why(sql: str, said: str) -> None:
    assert said in losses(f"{sql};")[-1].obstacle


def test_a_schema_that_is_named_is_found_whatever_the_search_path_is() -> None:
    assert only("SET search_path = s; DELETE FROM public.t;").obstacle == ""


def test_what_later_statements_do_to_columns_of_a_table_is_known() -> None:
    first, second, third = losses(
        "ALTER TABLE t DROP COLUMN d; UPDATE t SET id = id + 1; ALTER TABLE t DROP COLUMN e;"
    )

    assert (first.spoilt, second.spoilt, third.spoilt) == (("id", "e"), ("e",), ())


def test_batches_are_committed_one_by_one() -> None:
    found = only("-- migration-bot: batch size=5\nUPDATE t SET c = 1 WHERE c IS NULL;")

    assert "it runs in batches" in found.obstacle


@pytest.mark.parametrize(
    ("using", "casts"),
    [
        ("", True),
        (" USING d::text", True),
        (" USING d::int::text", False),
        (" USING c::text", False),
        (" USING lower(d)", False),
    ],
)
def test_only_the_column_s_own_value_cast_straight_is_that_value(using: str, casts: bool) -> None:
    (found,) = only(f"ALTER TABLE t ALTER COLUMN d TYPE text{using};").types

    assert found.casts is casts


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE IF NOT EXISTS t (id int); DROP TABLE t;",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS c int; ALTER TABLE t DROP COLUMN c;",
    ],
)
def test_what_may_have_been_there_before_is_a_loss(sql: str) -> None:
    assert only(sql).relation == "public.t"


def test_what_code_changes_is_named() -> None:
    found = only("WITH x AS (UPDATE t SET c = 1 RETURNING id) SELECT count(*) FROM x;")

    assert (found.relation, found.obstacle) == ("public.t", "it happens in code that SELECT runs")
