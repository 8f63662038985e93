"""Odd cases of the rules about names and types."""

import pytest

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, name_of
from bot.core.migrations.history import Change, History
from bot.judge.judge import judge
from bot.rules.names import (
    identifier_reserved,
    type_char,
    type_int,
    type_serial,
    type_timestamp,
    type_varchar,
    unqualified_table,
)
from bot.sql.parse import parse
from tests.judging import FOLDER, change, judged, migration


def messages(sql: str, rule: Rule, before: str = "") -> list[str]:
    severities = {name_of(rule): Severity.NOTICE}
    found = judged(sql, before=[before], rules=[rule], severities=severities)
    return [each.message for each in found.findings]


@pytest.mark.parametrize("word", sorted(identifier_reserved.RESERVED))
def test_a_reserved_word_is_no_name_without_quotes(word: str) -> None:
    assert parse(f"CREATE TABLE {word} (id INT);").fault is not None
    assert parse(f'CREATE TABLE "{word}" (id INT);').fault is None


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE t ADD COLUMN "order" INT;',
        'ALTER TABLE t RENAME COLUMN a TO "order";',
        'ALTER TABLE t RENAME TO "order";',
        'CREATE VIEW "order" AS SELECT 1;',
    ],
)
def test_every_way_to_a_new_name_counts(sql: str) -> None:
    assert messages(sql, identifier_reserved) == ['"order" is a reserved word of SQL.']


def test_reserved_words_of_a_statement_are_one_finding() -> None:
    sql = 'CREATE TABLE "user" ("end" DATE, "order" INT);'
    assert messages(sql, identifier_reserved) == [
        '"user", "end", "order" are reserved words of SQL.'
    ]


@pytest.mark.parametrize(
    ("rule", "sql", "named"),
    [
        (type_char, "CREATE TABLE t (a CHAR, b MONEY);", "t.a and t.b"),
        (type_char, "ALTER TABLE t ALTER COLUMN a TYPE CHAR(4);", "t.a"),
        (type_int, "CREATE TABLE t (a SERIAL, b SMALLINT, c INT4);", "t.a, t.b and t.c"),
        (type_varchar, "ALTER TABLE s.t ADD COLUMN a VARCHAR(4)[];", "s.t.a"),
        (type_timestamp, "ALTER TABLE t ADD COLUMN a TIMESTAMP;", "t.a"),
    ],
)
def test_the_columns_of_a_statement_are_named_in_one_finding(
    rule: Rule, sql: str, named: str
) -> None:
    (message,) = messages(sql, rule)
    assert message.startswith(f"{named} ")


@pytest.mark.parametrize("rule", [type_char, type_int, identifier_reserved, type_serial])
def test_a_baseline_chooses_nothing(rule: Rule) -> None:
    sql = 'CREATE TABLE "user" (a CHAR(4), b SERIAL);'
    head = History(FOLDER, (migration("0_init", sql),), provider="postgresql")
    whole = Change(head=head, now=change().now)
    severities = {name_of(rule): Severity.NOTICE}
    assert judge(whole, [rule], severities=severities).all_findings == ()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SET search_path = a, b;", ["search_path decides which tables the names after it mean."]),
        ("RESET search_path;", []),
        ("DROP TABLE a, s.b;", ["a has no schema in the name."]),
        ("UPDATE s.a SET x = 1 FROM b, c;", ["b, c have no schema in the name."]),
        (
            "WITH n AS (DELETE FROM a RETURNING 1) SELECT 1 FROM n;",
            ["a has no schema in the name."],
        ),
        (
            "ALTER TABLE s.a ADD FOREIGN KEY (x) REFERENCES b (id);",
            ["b has no schema in the name."],
        ),
        ("CREATE VIEW s.v AS SELECT 1 FROM a;", ["a has no schema in the name."]),
        ("CREATE TEMP TABLE a (id INT); INSERT INTO a VALUES (1);", []),
    ],
)
def test_names_without_a_schema_are_found_wherever_they_stand(
    sql: str, expected: list[str]
) -> None:
    assert messages(sql, unqualified_table) == expected
