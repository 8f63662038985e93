"""Once a column may be empty, the running version meets rows that it was never written for.

It was generated when every row had a value: the first one without makes it fail, or show nothing
where something belongs. Dropping the constraint is quick; it is the readers that are not ready.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.afterwards import happens
from bot.sql.actions import DropColumn, DropNotNull, SetNotNull

SEVERITY = Severity.WARNING

ABOUT = (DropNotNull,)

FIX = "Release a version that copes with an empty value first, and drop NOT NULL after it."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT NOT NULL, "name" TEXT);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "email" DROP NOT NULL;
"""

GOOD = """
ALTER TABLE "User" ALTER COLUMN "email" SET DEFAULT '';
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" DROP NOT NULL;',
    "CREATE TABLE n (a INT NOT NULL); ALTER TABLE n ALTER COLUMN a DROP NOT NULL;",
    'ALTER TABLE "User" ADD x INT NOT NULL DEFAULT 0; ALTER TABLE "User" ALTER x DROP NOT NULL;',
    'ALTER TABLE "User" ALTER "email" DROP NOT NULL; ALTER TABLE "User" DROP COLUMN "email";',
    'ALTER TABLE "User" ALTER "email" DROP NOT NULL; '
    'ALTER TABLE "User" ALTER "email" SET NOT NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropNotNull):
        column = context.catalogue.column(action.table, action.name)
        if context.is_new(action.table) or (column and not column.not_null):
            continue
        if context.file.adds_column(action.table, action.name):
            continue
        if happens(context.later, action.table, action.name, DropColumn, SetNotNull):
            continue
        yield Hit(
            f"{shown(action.table)}.{action.name} may be empty from now on, which the running "
            "version does not expect.",
            about=action,
        )
