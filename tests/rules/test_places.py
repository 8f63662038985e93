"""A finding about one part of a statement points at that part, whichever rule it is of."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import rules
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits, Rule, name_of
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, StatementRule
from bot.sql.actions import Action
from bot.sql.values import Column, Constraint
from tests.judging import applied_by, before_of, judged, review

OF_SQL = [
    rule
    for rule in rules.RULES
    if isinstance(vars(rule)["BAD"], str) and isinstance(rule, StatementRule)
    if name_of(rule) != "syntax-error"  # of a file that is no SQL, no statement is asked about
]

BEFORE = """
CREATE TABLE "User" ("id" INT PRIMARY KEY, "email" TEXT, "age" TEXT, "name" TEXT);
CREATE TABLE "Old" ("id" INT PRIMARY KEY);
CREATE TABLE "Older" ("id" INT PRIMARY KEY);
"""

PRISMA = """-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "plan" TEXT NOT NULL,
-- a comment, with a comma
ALTER COLUMN "email" SET NOT NULL,
ALTER COLUMN "age" SET DATA TYPE INTEGER USING "age"::INTEGER;
"""


def listening(rule: Rule, heard: list[object]) -> Rule:
    """The rule, which also tells what its hits are about."""
    check = cast("StatementRule", rule).check

    def told(statement: Statement, context: Context) -> Hits:
        for each in check(statement, context):
            heard.append(each.about if isinstance(each, Hit) else None)
            yield each

    return cast("Rule", SimpleNamespace(**{**vars(rule), "check": told}))


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_a_hit_is_about_what_a_place_is_known_of(rule: Any) -> None:
    heard: list[object] = []
    on = {name_of(rule): rule.SEVERITY or Severity.NOTICE}
    review(
        rule.BAD,
        rules=[listening(rule, heard)],
        severities=on,
        before=before_of(rule),
        **applied_by(rule),
    )
    assert heard
    known = (Action, Column, Constraint, str)
    assert [each for each in heard if each is not None and not isinstance(each, known)] == []


def places(sql: str, before: str = BEFORE) -> Iterator[tuple[str, str]]:
    """Rules, and the text that their findings are shown at."""
    lines = sql.split("\n")
    for each in judged(sql, before=[before]).findings:
        yield each.rule, lines[each.line - 1][each.column - 1 : each.end_column]


def test_each_command_of_an_alter_table_is_pointed_at() -> None:
    shown = dict(places(PRISMA))
    assert shown["column-dropped"] == 'DROP COLUMN "name"'
    assert shown["add-column-required"].startswith('ADD COLUMN     "plan"')
    assert shown["set-not-null-scan"] == 'ALTER COLUMN "email" SET NOT NULL'
    assert shown["column-type-rewrite"].startswith('ALTER COLUMN "age" SET DATA TYPE')


def test_a_command_that_stands_alone_is_its_statement() -> None:
    shown = dict(places('ALTER TABLE "User"\n  DROP COLUMN "name";\n'))
    assert shown["column-dropped"] == 'ALTER TABLE "User"'


def test_each_name_of_a_drop_is_pointed_at() -> None:
    found = [text for rule, text in places('DROP TABLE "Old",\n  "Older" CASCADE;\n')]
    assert '"Older"' in found
    assert any(text.startswith('"Old"') for text in found)


def test_a_column_of_a_new_table_is_pointed_at() -> None:
    sql = (
        'CREATE TABLE "New" (\n  "id" INT PRIMARY KEY,\n  "userId" INT REFERENCES "User"("id")\n);'
    )
    assert ("fk-without-index", '"userId" INT REFERENCES "User"("id")') in [
        (rule, text) for rule, text in places(sql)
    ]


def test_a_statement_inside_a_block_is_pointed_at() -> None:
    sql = 'DO $$\nBEGIN\n  -- DROP TABLE "Old";\n  DROP TABLE "Old";\nEND $$;\n'
    found = next(each for each in judged(sql, before=[BEFORE]).findings)
    assert (found.rule, found.line, found.column) == ("table-dropped", 4, 3)


def test_the_part_with_the_gravest_finding_comes_first() -> None:
    sql = (
        'ALTER TABLE "User" ADD COLUMN "at" TIMESTAMP NOT NULL DEFAULT now(),\nDROP COLUMN "name";'
    )
    found = judged(sql, before=[BEFORE], severities={"type-timestamp": Severity.NOTICE}).findings
    assert [each.severity for each in found] == sorted(
        (each.severity for each in found), key=list(reversed(Severity)).index
    )
    assert found[0].line == 2


def test_an_allowance_above_the_statement_covers_its_parts() -> None:
    sql = PRISMA.replace(
        "-- AlterTable", "-- migration-bot: allow column-dropped because nobody reads it"
    )
    found = [each for each in judged(sql, before=[BEFORE]).findings if each.allowed]
    assert [(each.rule, each.line) for each in found] == [("column-dropped", 2)]
