"""Renaming a column breaks the version of the application that is running.

From the moment of the rename until the last old instance is replaced, every query that uses the old
name fails.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import AddColumn, Rename

SEVERITY = Severity.ERROR

ABOUT = (Rename,)

FIX = (
    "Keep the column's name and rename the field alone, with `@map` in schema.prisma; or add a new "
    "column, write both, and drop the old one in a later release."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT);
"""

BAD = """
ALTER TABLE "User" RENAME COLUMN "name" TO "fullName";
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "fullName" TEXT;
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n RENAME COLUMN a TO b;",
    'ALTER TABLE "User" ADD COLUMN x INT; ALTER TABLE "User" RENAME COLUMN x TO y;',
    'ALTER TABLE "User" RENAME "name" TO "fullName"; ALTER TABLE "User" ADD "name" TEXT;',
    'ALTER TABLE "User" RENAME CONSTRAINT "a" TO "b";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Rename):
        if action.kind != "COLUMN" or context.is_new(action.relation):
            continue
        if context.file.adds_column(action.relation, action.old) or _comes_back(action, context):
            continue
        yield Hit(
            f"Queries of the running version that name {shown(action.relation)}.{action.old} fail "
            f"once it is called {action.new}.",
            about=action,
        )


def _comes_back(action: Rename, context: Context) -> bool:
    return any(
        each.table == action.relation and each.column.name == action.old
        for each in context.later.all(AddColumn, about=action.old)
    )
