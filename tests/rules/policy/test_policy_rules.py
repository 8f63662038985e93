"""Odd cases of the other rules about what a team decides."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.findings.finding import Severity
from bot.core.findings.rule import name_of
from bot.judge.judge import judge
from bot.rules.policy import policy_charset, policy_comments, policy_ownership, policy_sql_size
from tests.judging import change, judged, review

TABLES = (
    "CREATE TABLE invoices (id BIGINT PRIMARY KEY); CREATE TABLE users (id BIGINT PRIMARY KEY);"
)


def messages(rule: Any, sql: str, **options: Any) -> list[str]:
    name = name_of(rule)
    found = judged(
        sql,
        before=[TABLES],
        rules=[rule],
        severities={name: Severity.NOTICE},
        options={name: rule.Options(**options)},
    )
    return [each.message for each in found.findings]


@pytest.mark.parametrize(
    ("options", "sql", "message"),
    [
        ({"columns": True}, "ALTER TABLE users ADD COLUMN a INT;", "users.a has no comment"),
        ({"longest": 5}, "COMMENT ON TABLE users IS 'People.';", "has 7 characters; 5 are allowed"),
        ({"longest": 5}, "COMMENT ON COLUMN users.id IS 'People.';", "on users.id has 7"),
        ({}, "COMMENT ON TABLE users IS NULL;", "The comment on users is taken away."),
        ({"columns": True}, "COMMENT ON COLUMN users.id IS '';", "on users.id is taken away."),
        ({}, "CREATE TABLE n (a INT); COMMENT ON COLUMN n.a IS 'A.';", "n has no comment"),
    ],
)
def test_comments_are_asked_for(options: Any, sql: str, message: str) -> None:
    (said,) = messages(policy_comments, sql, **options)
    assert message in said


@pytest.mark.parametrize(
    ("options", "sql"),
    [
        ({"columns": True}, "ALTER TABLE users ADD a INT; COMMENT ON COLUMN users.a IS 'A.';"),
        ({"tables": False}, "CREATE TABLE n (a INT); COMMENT ON TABLE users IS NULL;"),
        ({"longest": 7}, "COMMENT ON TABLE users IS 'People.';"),
        ({}, "COMMENT ON INDEX users_pkey IS NULL;"),
    ],
)
def test_comments_that_are_there_are_quiet(options: Any, sql: str) -> None:
    assert messages(policy_comments, sql, **options) == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE DATABASE d ENCODING 'LATIN1';", "encoding LATIN1"),
        ("SET NAMES 'win1252';", "encoding win1252"),
        ('ALTER TABLE users ALTER id TYPE TEXT COLLATE "en-US-x-icu";', "collation en-US-x-icu"),
        ('CREATE INDEX i ON users (id COLLATE "de_DE");', "collation de_DE"),
        ('CREATE DOMAIN d AS TEXT COLLATE "de_DE";', "collation de_DE"),
        ('SELECT id FROM users ORDER BY id COLLATE "de_DE";', "collation de_DE"),
    ],
)
def test_encodings_and_collations_are_those_that_are_allowed(sql: str, message: str) -> None:
    assert messages(policy_charset, sql) == [f"The {message} is not allowed here."]
    allowed = {"encodings": ("latin-1", "WIN1252"), "collations": ("de_DE", "en-US-x-icu")}
    assert messages(policy_charset, sql, **allowed) == []


OWNERS = {"tables": {"invoices": "billing", "app.*": "platform"}}


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE invoices ADD COLUMN a INT;",
        "CREATE INDEX i ON invoices (id);",
        "INSERT INTO invoices VALUES (1);",
        "DROP TABLE invoices;",
        "ALTER TABLE users ADD FOREIGN KEY (id) REFERENCES invoices (id);",
    ],
)
def test_a_table_of_another_team_is_told_with_its_owner(sql: str) -> None:
    assert messages(policy_ownership, sql, **OWNERS) == ["invoices belongs to billing."]


def test_a_new_table_in_another_teams_schema_is_told() -> None:
    sql = "CREATE TABLE app.n (a INT);"
    assert messages(policy_ownership, sql, **OWNERS) == ["app.n belongs to platform."]


@pytest.mark.parametrize("pattern", ["*_new", "2024*"])
def test_a_teams_own_migration_may_change_its_tables(pattern: str) -> None:
    sql = "ALTER TABLE invoices ADD COLUMN a INT; CREATE TABLE app.n (a INT);"
    told = messages(policy_ownership, sql, **OWNERS, migrations={pattern: "billing"})
    assert told == ["app.n belongs to platform; this migration is billing's."]


def test_the_size_of_a_file_is_told_in_bytes_and_statements() -> None:
    sql = "SELECT 1;\nSELECT 'ä';\n"
    assert messages(policy_sql_size, sql, bytes=20, statements=1) == [
        "The file has 23 bytes; 20 are allowed.",
        "The file has 2 statements; 1 are allowed.",
    ]
    assert messages(policy_sql_size, sql, bytes=23, statements=2) == []
    assert messages(policy_sql_size, sql, bytes=0, statements=0) == []


def test_a_baseline_is_as_it_is() -> None:
    rules = (policy_comments, policy_charset, policy_ownership, policy_sql_size)
    made = change('CREATE TABLE invoices (a TEXT COLLATE "de_DE");', compared=False)
    first = replace(made.head.migrations[0], name="0_init")
    found = judge(
        replace(made, head=replace(made.head, migrations=(first,))),
        rules,
        severities={name_of(rule): Severity.NOTICE for rule in rules},
        options={
            "policy-ownership": policy_ownership.Options({"*": "billing"}),
            "policy-sql-size": policy_sql_size.Options(bytes=1),
        },
    )
    assert found.all_findings == ()


def test_options_reach_only_the_rule_they_are_for() -> None:
    found = review(
        "CREATE TABLE a (id BIGINT PRIMARY KEY);", options={"x": policy_sql_size.OPTIONS}
    )
    assert found.all_findings == ()
