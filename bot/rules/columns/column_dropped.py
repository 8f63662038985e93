"""Dropping a column deletes its data and breaks the version of the application that is running.

The data is gone at once, and the old version, which still names the column in its queries, gets an
error for each of them until it is replaced. A column that the file adds again, empty, is another
hazard: prisma-drop-recreate-column.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import AddColumn, DropColumn

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (DropColumn,)

FIX = (
    "Release a version that no longer uses the column first (`@ignore` in schema.prisma); drop it "
    "in a later release."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "nickname" TEXT);
"""

BAD = """
ALTER TABLE "User" DROP COLUMN "nickname";
"""

GOOD = """
ALTER TABLE "User" ALTER COLUMN "nickname" SET DEFAULT '';
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN x INT; ALTER TABLE "User" DROP COLUMN x;',
    "ALTER TABLE elsewhere ADD COLUMN x INT; ALTER TABLE elsewhere DROP COLUMN x;",
    "CREATE TABLE n (a INT, b INT); ALTER TABLE n DROP COLUMN a;",
    'ALTER TABLE "User" DROP COLUMN IF EXISTS "never";',
    'ALTER TABLE "User" DROP COLUMN "nickname", ADD COLUMN "nickname" INTEGER;',
    "CREATE TEMP TABLE s (a INT, b INT); ALTER TABLE s DROP COLUMN a;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropColumn):
        if context.is_new(action.table) or context.file.adds_column(action.table, action.name):
            continue
        if _made_anew(action, context):
            continue
        column = context.catalogue.column(action.table, action.name)
        if column and column.generated == "virtual":
            continue
        if column is None and action.if_exists and action.table in context.catalogue.tables:
            continue
        yield Hit(
            f"{shown(action.table)}.{action.name} and its data are deleted, and queries of the "
            "running version that name it fail.",
            about=action,
        )


def _made_anew(drop: DropColumn, context: Context) -> bool:
    """Whether the file adds the column again, which prisma-drop-recreate-column tells."""
    return any(
        each.table == drop.table and each.column.name == drop.name
        for each in context.from_here.all(AddColumn, about=drop.name)
    )
