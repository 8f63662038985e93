"""Changing or dropping a generated column's expression changes what readers are told.

SET EXPRESSION gives every row another value, and for a stored column it rewrites the table while
nobody can read or write it. After DROP EXPRESSION the value is never worked out again, and goes
stale without anybody noticing.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import TableOption

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (TableOption,)

FIX = "Add a new column for the new meaning, switch the readers over, and drop the old one later."

BEFORE = """
CREATE TABLE "User" (
    "id" TEXT NOT NULL, "name" TEXT, "search" TEXT GENERATED ALWAYS AS (lower("name")) STORED
);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "search" SET EXPRESSION AS (upper("name"));
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "searchNew" TEXT GENERATED ALWAYS AS (upper("name")) VIRTUAL;
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" DROP EXPRESSION IF EXISTS;',
    "CREATE TABLE n (a INT, b INT GENERATED ALWAYS AS (a) STORED); "
    "ALTER TABLE n ALTER b SET EXPRESSION AS (a + 1);",
    "ALTER TABLE \"User\" ADD g TEXT GENERATED ALWAYS AS ('') VIRTUAL; "
    'ALTER TABLE "User" ALTER g SET EXPRESSION AS (lower("name"));',
    "ALTER TABLE elsewhere ADD c INT; ALTER TABLE elsewhere ALTER c DROP EXPRESSION;",
    'ALTER TABLE "User" DROP COLUMN "search";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(TableOption):
        if action.command not in ("AT_SetExpression", "AT_DropExpression"):
            continue
        column = context.catalogue.column(action.table, action.name)
        if context.is_new(action.table) or (column and not column.generated):
            continue
        if context.file.adds_column(action.table, action.name):
            continue
        where = f"{shown(action.table)}.{action.name}"
        if action.command == "AT_DropExpression":
            yield Hit(
                f"{where} is no longer worked out; what readers find there goes stale.",
                about=action,
            )
        elif column and column.generated == "virtual":
            yield Hit(
                f"{where} gets another meaning while the running version reads it.", about=action
            )
        else:
            yield Hit(
                f"{where} gets another meaning while the running version reads it, and all of "
                f"{shown(action.table)} is rewritten; reads and writes wait.",
                about=action,
            )
