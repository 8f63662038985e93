"""Columns as agreed: what is asked of new tables, and of changes to old ones."""

import pytest

from bot.core.findings.finding import Severity
from bot.rules.policy import policy_columns
from bot.rules.policy.policy_columns import Options
from tests.judging import judged

TABLE = "CREATE TABLE a (id BIGINT PRIMARY KEY, name TEXT NOT NULL DEFAULT '');"


def messages(sql: str, options: Options) -> list[str]:
    found = judged(
        sql,
        before=[TABLE],
        rules=[policy_columns],
        severities={"policy-columns": Severity.NOTICE},
        options={"policy-columns": options},
    )
    return [each.message for each in found.findings]


@pytest.mark.parametrize(
    ("options", "sql", "message"),
    [
        (
            Options(required=("id", "at")),
            "CREATE TABLE n (a INT);",
            "n lacks id and at, which every table has.",
        ),
        (
            Options(required=("name",)),
            "ALTER TABLE a DROP COLUMN name;",
            "a loses name, which every table has.",
        ),
        (
            Options(required=("name",)),
            "ALTER TABLE a RENAME name TO title;",
            "a loses name, which every table has.",
        ),
        (
            Options(not_null=True),
            "CREATE TABLE n (a INT);",
            "n.a may be empty: it is not NOT NULL.",
        ),
        (
            Options(not_null=True),
            "ALTER TABLE a ALTER name DROP NOT NULL;",
            "a.name may be empty from now on.",
        ),
        (Options(default=True), "ALTER TABLE a ADD COLUMN b INT;", "a.b has no default."),
        (
            Options(default=True),
            "ALTER TABLE a ALTER name DROP DEFAULT;",
            "a.name loses its default.",
        ),
        (
            Options(denied_types=("json",)),
            "CREATE TABLE n (a JSON);",
            "n.a has the type json, which is not to be used.",
        ),
        (
            Options(denied_types=("money",)),
            "ALTER TABLE a ALTER name TYPE MONEY USING 0;",
            "a.name gets the type money, which is not to be used.",
        ),
        (
            Options(foreign_keys=False),
            "CREATE TABLE n (a INT REFERENCES a (id));",
            "n gets a foreign key to a.",
        ),
        (
            Options(foreign_keys=False),
            "ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b (id) NOT VALID;",
            "a gets a foreign key to b.",
        ),
        (
            Options(foreign_keys=False),
            "ALTER TABLE a ADD COLUMN b INT REFERENCES b (id);",
            "a gets a foreign key to b.",
        ),
    ],
)
def test_what_is_not_as_agreed_is_told(options: Options, sql: str, message: str) -> None:
    assert messages(sql, options) == [message]


@pytest.mark.parametrize(
    ("options", "sql"),
    [
        (Options(not_null=True), "CREATE TABLE n (a INT PRIMARY KEY, b SERIAL, c INT NOT NULL);"),
        (Options(not_null=True), "CREATE TABLE n (a INT, PRIMARY KEY (a));"),
        (
            Options(not_null=True),
            "ALTER TABLE a ADD COLUMN b INT; ALTER TABLE a ALTER b SET NOT NULL;",
        ),
        (Options(default=True), "CREATE TABLE n (a INT PRIMARY KEY, b SERIAL, c INT DEFAULT 0);"),
        (
            Options(default=True),
            "ALTER TABLE a ADD COLUMN b UUID; ALTER TABLE a ALTER b SET DEFAULT gen_random_uuid();",
        ),
        (Options(denied_types=("json",)), "CREATE TABLE n (a JSONB);"),
        (Options(foreign_keys=False), "ALTER TABLE a DROP CONSTRAINT a_fkey;"),
        (Options(required=("id",)), "CREATE TABLE n (id INT);"),
        (Options(required=("id",)), "CREATE TABLE n AS SELECT * FROM a;"),
        (Options(), "CREATE TABLE n (a JSON REFERENCES a (id));"),
    ],
)
def test_what_is_as_agreed_is_quiet(options: Options, sql: str) -> None:
    assert messages(sql, options) == []


def test_setting_not_null_later_is_no_default() -> None:
    sql = "ALTER TABLE a ADD COLUMN b INT; ALTER TABLE a ALTER b SET NOT NULL;"
    assert messages(sql, Options(default=True)) == ["a.b has no default."]
