"""Without its default, a column stays empty in the rows the running version inserts.

The running version may leave the column out and count on the default. From the moment that it is
gone, such an insert fails if the column must have a value, and leaves it empty otherwise.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.afterwards import happens
from bot.sql.actions import DropColumn, DropDefault, SetDefault

SEVERITY = Severity.WARNING

ABOUT = (DropDefault,)

FIX = "Release a version that always writes the column first; drop the default in a later release."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "kind" TEXT NOT NULL DEFAULT 'person', "name" TEXT);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "kind" DROP DEFAULT;
"""

GOOD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DEFAULT '';
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" DROP DEFAULT;',
    "CREATE TABLE n (a INT DEFAULT 1); ALTER TABLE n ALTER COLUMN a DROP DEFAULT;",
    'ALTER TABLE "User" ADD x INT NOT NULL DEFAULT 0; ALTER TABLE "User" ALTER x DROP DEFAULT;',
    'ALTER TABLE "User" ALTER "name" SET DEFAULT \'\'; '
    'ALTER TABLE "User" ALTER "name" DROP DEFAULT;',
    'ALTER TABLE "User" ALTER "kind" DROP DEFAULT; '
    'ALTER TABLE "User" ALTER "kind" SET DEFAULT \'human\';',
    'ALTER TABLE "User" ALTER "kind" DROP DEFAULT; ALTER TABLE "User" DROP COLUMN "kind";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropDefault):
        if context.is_new(action.table) or _unused(action, context):
            continue
        if happens(context.from_here, action.table, action.name, DropColumn, SetDefault):
            continue
        column = context.catalogue.column(action.table, action.name)
        what = "leave it empty"
        if column is None:
            what = "fail or leave it empty"
        elif column.not_null:
            what = "fail"
        yield Hit(
            f"Inserts of the running version that count on the default of "
            f"{shown(action.table)}.{action.name} {what}.",
            about=action,
        )


def _unused(action: DropDefault, context: Context) -> bool:
    """Whether the running version never had the default: it came with this pull request."""
    if action.table not in context.file.base.tables:
        return False
    column = context.file.base.column(action.table, action.name)
    return column is None or column.default is None or column.default.constant == "null"
