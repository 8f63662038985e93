"""Names by pattern: which, of what, and what is left alone."""

import re

import pytest

from bot.core.findings.finding import Severity
from bot.rules.policy import policy_naming
from bot.rules.policy.policy_naming import Options
from tests.judging import judged

TABLE = """
CREATE TABLE "User" ("id" BIGINT NOT NULL PRIMARY KEY, "name" TEXT, "teamId" BIGINT);
CREATE INDEX "User_name_idx" ON "User"("name");
ALTER TABLE "User" ADD CONSTRAINT "User_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES t ("id");
"""
WORDS = re.compile("[a-z]+(_[a-z]+)*")


def messages(sql: str, options: Options | None = None) -> list[str]:
    found = judged(
        sql,
        before=[TABLE],
        rules=[policy_naming],
        severities={"policy-naming": Severity.NOTICE},
        options={"policy-naming": options or Options()},
    )
    return [each.message for each in found.findings]


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ('CREATE UNIQUE INDEX "User_name_idx2" ON "User"("name");', "unique index User_name_idx2"),
        ('ALTER TABLE "User" ADD CONSTRAINT a UNIQUE ("name");', "unique constraint a"),
        ("CREATE TABLE n (a INT, CONSTRAINT b PRIMARY KEY (a));", "primary key b"),
        ("CREATE TABLE n (a INT CONSTRAINT b REFERENCES t (id));", "foreign key b"),
        ('ALTER TABLE "User" ADD COLUMN a INT CONSTRAINT b REFERENCES t (id);', "foreign key b"),
        ('ALTER INDEX "User_name_idx" RENAME TO b;', "index b"),
        ('ALTER TABLE "User" RENAME CONSTRAINT "User_teamId_fkey" TO b;', "foreign key b"),
    ],
)
def test_the_defaults_are_prismas_names(sql: str, named: str) -> None:
    (message,) = messages(sql)
    assert message.startswith(f"The {named} is not named like ")


def test_what_was_expected_is_told_with_the_names_filled_in() -> None:
    assert messages('CREATE INDEX a ON "User"("name", "teamId");') == [
        "The index a is not named like User_name_teamId_idx."
    ]


@pytest.mark.parametrize(
    ("options", "sql", "kind"),
    [
        (Options(tables=WORDS), 'CREATE TABLE "Post" (id INT);', "table Post"),
        (Options(tables=WORDS), 'ALTER TABLE "User" RENAME TO "Person";', "table Person"),
        (Options(columns=WORDS), 'CREATE TABLE n ("a b" INT);', "column a b"),
        (Options(columns=WORDS), 'ALTER TABLE "User" ADD COLUMN "B" INT;', "column B"),
        (Options(columns=WORDS), 'ALTER TABLE "User" RENAME "name" TO "B";', "column B"),
        (Options(schemas=WORDS), 'CREATE SCHEMA "B";', "schema B"),
        (Options(schemas=WORDS), 'ALTER SCHEMA a RENAME TO "B";', "schema B"),
        (Options(checks=WORDS), 'CREATE TABLE n (a INT CONSTRAINT "B" CHECK (a > 0));', "check"),
    ],
)
def test_other_kinds_have_names_once_there_is_a_pattern(
    options: Options, sql: str, kind: str
) -> None:
    (message,) = messages(sql, options)
    assert message.startswith(f"The {kind}")


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE TABLE posts (id INT, "n" INT);',
        'CREATE TEMP TABLE "Draft" ("A" INT);',
        'ALTER TABLE "User" ADD CONSTRAINT "User_teamId_key" UNIQUE USING INDEX i;',
        f'CREATE INDEX "{"a" * 61}" ON "User"("name");',
        'CREATE VIEW "V" AS SELECT 1;',
        'DROP TABLE "User";',
    ],
)
def test_what_keeps_the_pattern_or_cannot_is_quiet(sql: str) -> None:
    assert messages(sql, Options(tables=WORDS, columns=WORDS)) == []


def test_none_means_that_anything_goes() -> None:
    assert messages('CREATE INDEX a ON "User"("name");', Options(indexes=None)) == []
