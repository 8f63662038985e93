"""The column is dropped and made anew, and what was in it is lost.

Prisma writes this where it knows no cast from the old type to the new one. Every row gets the
default or NULL; where the new column is required and has none, the migration fails instead.
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

FIX = "Change the type with ALTER COLUMN … TYPE … USING, which says how to convert the old values."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "age" TEXT);
"""

BAD = """
ALTER TABLE "User" DROP COLUMN "age",
ADD COLUMN     "age" INTEGER;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN     "birthday" DATE;
"""

QUIET = [
    'ALTER TABLE "User" DROP COLUMN "age", ADD COLUMN "born" INTEGER;',
    'CREATE TABLE n (a TEXT); ALTER TABLE n DROP COLUMN a, ADD COLUMN "a" INTEGER;',
    'ALTER TABLE "User" ALTER COLUMN "age" TYPE INTEGER USING "age"::integer;',
    'ALTER TABLE "User" DROP COLUMN IF EXISTS "born", ADD COLUMN "born" INTEGER;',
    'ALTER TABLE "User" ADD COLUMN "born" TEXT; '
    'ALTER TABLE "User" DROP COLUMN "born", ADD COLUMN "born" INTEGER;',
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropColumn):
        if context.is_new(drop.table) or _holds_nothing(drop, context):
            continue
        added = [
            each.column
            for each in context.from_here.all(AddColumn, about=drop.name)
            if each.table == drop.table and each.column.name == drop.name
        ]
        if added:
            kind, name, table = added[0].type, drop.name, shown(drop.table)
            yield Hit(
                f"{table}.{name} is dropped and made anew as {kind}: what it held is lost.",
                fix=f'ALTER TABLE … ALTER COLUMN "{name}" TYPE {kind} USING …, with an expression '
                "that converts the old values; or add a second column, fill it, and drop the old "
                "one in a later release.",
                about=drop,
            )


def _holds_nothing(drop: DropColumn, context: Context) -> bool:
    """Whether the column is not there, or was added in this pull request."""
    known = drop.table in context.catalogue.tables
    missing = known and context.catalogue.column(drop.table, drop.name) is None
    return (missing and drop.if_exists) or context.file.adds_column(drop.table, drop.name)
