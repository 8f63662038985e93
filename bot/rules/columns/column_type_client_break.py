"""Changing a column's type disturbs the version of the application that is running.

Its open connections have queries prepared for the old type: PostgreSQL answers them with "cached
plan must not change result type" until they reconnect, and the old code may send values, or expect
them, in a form that no longer fits.
"""

from bot.core.finding import Severity
from bot.core.rule import Hit, Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.afterwards import happens
from bot.rules.columns.type_changes import changed_types
from bot.sql.actions import AlterColumnType, DropColumn

SEVERITY = Severity.WARNING

ABOUT = (AlterColumnType,)

FIX = (
    "Add a new column of the new type, let the application write both, switch over, and drop the "
    "old column in a later release."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" VARCHAR(20));
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(40);
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "nameNew" VARCHAR(40);
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(20);',
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER a TYPE BIGINT;",
    'ALTER TABLE "User" ADD x INT; ALTER TABLE "User" ALTER x TYPE BIGINT;',
    'ALTER TABLE "User" ALTER "name" TYPE TEXT; ALTER TABLE "User" DROP COLUMN "name";',
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ALTER a TYPE BIGINT;",
]


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        if each.before and each.before.type == each.type:
            continue
        if context.file.adds_column(each.table, each.name):
            continue
        if happens(context.later, each.table, each.name, DropColumn):
            continue
        yield Hit(
            f"Queries of the running version that use {shown(each.table)}.{each.name} may fail "
            f"once it is {each.type}, until every instance is replaced.",
            about=each.action,
        )
