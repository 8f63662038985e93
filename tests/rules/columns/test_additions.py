"""What is written beside an added column, in odd places."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

USERS = (
    'CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));'
    'CREATE TABLE "Order" ("id" TEXT NOT NULL);'
)


def found(sql: str) -> list[str]:
    return names(judged(sql, before=[USERS]))


def messages(sql: str, rule: str) -> list[str]:
    return [each.message for each in judged(sql, before=[USERS]).findings if each.rule == rule]


def test_not_enforced_belongs_to_the_constraint_before_it() -> None:
    sql = 'ALTER TABLE "Order" ADD "n" INT CHECK ("n" > 0) NOT ENFORCED CHECK ("n" < 9) ENFORCED;'

    assert found(sql).count("add-column-inline-check") == 1


def test_a_foreign_key_that_is_not_enforced_is_none() -> None:
    sql = 'ALTER TABLE "Order" ADD "u" TEXT REFERENCES "User"("id") DEFERRABLE NOT ENFORCED;'

    assert "add-column-inline-fk" not in found(sql)


def test_a_foreign_key_with_a_default_is_looked_up_for_every_row() -> None:
    sql = 'ALTER TABLE "Order" ADD "u" TEXT DEFAULT \'me\' REFERENCES "User"("id");'

    assert messages(sql, "add-column-inline-fk") == [
        "Every row of Order is looked up in User for u; until that is done, Order cannot be used "
        "and User not be written to."
    ]


def test_each_column_of_a_statement_is_told_of() -> None:
    sql = 'ALTER TABLE "Order" ADD "a" INT UNIQUE, ADD "b" INT UNIQUE, ADD "c" INT;'

    assert found(sql).count("add-column-inline-unique") == 2


def test_json_is_found_in_new_tables_and_type_changes_and_arrays() -> None:
    assert "add-column-json" in found("CREATE TABLE n (data JSON);")
    assert "add-column-json" in found("CREATE TABLE n (); ALTER TABLE n ADD data JSON[];")
    assert "add-column-json" in found('ALTER TABLE "Order" ALTER "id" TYPE JSON USING \'{}\';')


def test_a_domain_that_is_constrained_later_counts() -> None:
    sql = (
        'CREATE DOMAIN "D" AS TEXT; ALTER DOMAIN "D" SET NOT NULL;'
        'ALTER TABLE "Order" ADD COLUMN "d" "D";'
    )

    assert "add-column-constrained-domain" in found(sql)


def test_a_new_table_with_rows_refuses_a_required_column() -> None:
    fill = "CREATE TABLE n (id INT PRIMARY KEY); INSERT INTO n (id) VALUES (1);"

    assert "add-column-required" in found(fill + "ALTER TABLE n ADD COLUMN b INT NOT NULL;")
    assert "add-column-required" not in found(fill + "ALTER TABLE n ADD b INT NOT NULL DEFAULT 1;")


def test_rows_that_may_not_be_there_are_no_rows() -> None:
    copy = 'CREATE TABLE n (id TEXT PRIMARY KEY); INSERT INTO n (id) SELECT "id" FROM "User";'

    assert "add-column-required" not in found(copy + "ALTER TABLE n ADD COLUMN b INT NOT NULL;")


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE x ADD a INT; ALTER TABLE x DROP a;", "column-dropped"),
        ("ALTER TABLE x ADD a INT; CREATE UNIQUE INDEX i ON x (a);", "index-unique-may-fail"),
        ("ALTER TABLE x ADD a INT; ALTER TABLE x RENAME a TO b;", "rename-column"),
    ],
)
def test_a_column_the_file_adds_is_new_even_if_no_migration_creates_its_table(
    sql: str, rule: str
) -> None:
    assert rule not in names(judged(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE x DROP a; ALTER TABLE x ADD a INT;",
        "ALTER TABLE x DROP a, ADD a INT;",
        "ALTER TABLE x ADD IF NOT EXISTS a INT; ALTER TABLE x DROP a;",
        "ALTER TABLE y ADD a INT; ALTER TABLE x DROP a;",
    ],
)
def test_a_column_that_was_there_before_is_not_new(sql: str) -> None:
    assert {"column-dropped", "prisma-drop-recreate-column"} & {*names(judged(sql))}


@pytest.mark.parametrize("rule", ["set-not-null-scan", "set-not-null-may-fail"])
def test_a_constraint_of_another_column_proves_nothing(rule: str) -> None:
    sql = "ALTER TABLE x VALIDATE CONSTRAINT x_fkey; ALTER TABLE x ALTER email SET NOT NULL;"
    assert rule in names(judged(sql))
    assert rule not in names(judged(sql.replace("x_fkey", "x_email_there")))


@pytest.mark.parametrize("sql", ["ALTER TABLE x DROP a, ADD a INT;", "ALTER TABLE x DROP a;"])
def test_a_column_that_is_lost_is_one_error(sql: str) -> None:
    errors = [each for each in judged(sql).findings if each.severity is Severity.ERROR]
    assert len(errors) == 1
