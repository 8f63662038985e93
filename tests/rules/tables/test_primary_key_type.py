"""Keys that end, keys of text, and keys of many columns."""

import pytest

from tests.judging import judged


def said(sql: str, before: str = "") -> list[str]:
    found = judged(sql, before=(before,) if before else ()).findings
    return [each.message for each in found if each.rule == "primary-key-type"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("id SERIAL", "ends at 2,147,483,647"),
        ("id INT GENERATED ALWAYS AS IDENTITY", "ends at 2,147,483,647"),
        ("id INT", "ends at 2,147,483,647"),
        ("id SMALLSERIAL", "ends at 32,767"),
        ("id VARCHAR(36)", "of type varchar(36)"),
    ],
)
def test_a_key_that_ends_or_is_long_is_found(column: str, words: str) -> None:
    (message,) = said(f"CREATE TABLE n ({column} PRIMARY KEY);")
    assert words in message


def test_the_type_is_known_from_earlier_migrations() -> None:
    before = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, "uid" UUID NOT NULL);'
    assert said('ALTER TABLE "User" ADD PRIMARY KEY ("id");', before)
    assert said('ALTER TABLE "User" ADD PRIMARY KEY ("uid");', before) == []


def test_a_column_of_another_table_in_the_statement_before_is_not_mistaken() -> None:
    assert said("CREATE TABLE m (id INT); CREATE TABLE n (id BIGINT PRIMARY KEY);") == []


def test_a_key_that_a_later_foreign_key_is_made_of_is_quiet() -> None:
    later = "ALTER TABLE n ADD FOREIGN KEY (id) REFERENCES m (id);"
    assert said("CREATE TABLE n (id INT PRIMARY KEY);" + later) == []


def test_many_columns_are_counted() -> None:
    key = "PRIMARY KEY (a, b, c, d, e)"
    columns = "a INT, b INT, c INT, d INT, e INT"
    assert said(f"CREATE TABLE n ({columns}, {key});") == ["The primary key of n has 5 columns."]
