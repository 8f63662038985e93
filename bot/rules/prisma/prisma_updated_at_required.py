"""The time of the last change has no default, and only Prisma's client fills it in.

`@updatedAt` is a promise of the client: the database knows nothing of it. Existing rows have no
value, and every INSERT that does not go through the client fails.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Action, AddColumn, SetNotNull
from bot.sql.values import Column

SEVERITY = Severity.WARNING

ABOUT = (AddColumn, SetNotNull)

FIX = "Write `@default(now()) @updatedAt` in schema.prisma."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "changed" TEXT, "updated_at" TIMESTAMP(3));
"""

BAD = """
ALTER TABLE "User" ADD COLUMN     "updatedAt" TIMESTAMP(3) NOT NULL;
"""

GOOD = """
CREATE TABLE "Team" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
"""

QUIET = [
    'CREATE TABLE n ("id" INT, "updatedAt" TIMESTAMP(3) NOT NULL);',
    'CREATE TABLE n ("id" INT); ALTER TABLE n ADD COLUMN "updatedAt" TIMESTAMP(3) NOT NULL;',
    'ALTER TABLE "User" ADD COLUMN "updatedAt" TIMESTAMP(3);',
    'ALTER TABLE "User" ADD COLUMN "deletedAt" TIMESTAMP(3) NOT NULL;',
    'ALTER TABLE "User" ADD COLUMN "updatedAt" TEXT NOT NULL;',
    'ALTER TABLE "User" ALTER COLUMN "updated_at" SET DEFAULT now(); '
    'ALTER TABLE "User" ALTER COLUMN "updated_at" SET NOT NULL;',
]

_NAMES = {"updatedat", "modifiedat", "lastupdatedat", "lastmodifiedat", "changedat"}
_TYPES = {"timestamp", "timestamptz", "date", "time", "timetz"}


def check(statement: Statement, context: Context) -> Hits:
    for table, column, about in _required(context):
        kept = column.name.lower().replace("_", "") in _NAMES and column.type.name in _TYPES
        if kept and not column.type.dimensions and not context.is_new(table):
            yield Hit(
                f"{shown(table)}.{column.name} is required and has no default, and only Prisma's "
                "client fills it in.",
                fix=f"Write `{column.name} DateTime @default(now()) @updatedAt` in schema.prisma, "
                f'or ALTER TABLE … ALTER COLUMN "{column.name}" SET DEFAULT now() first.',
                about=about,
            )


def _required(context: Context) -> Iterator[tuple[str, Column, Action]]:
    """The columns that are NOT NULL from this statement on, without a default, and by what."""
    for added in context.all(AddColumn):
        column = added.column
        if column.not_null and column.default is None and not column.generated:
            yield added.table, column, added
    for change in context.all(SetNotNull):
        found = context.catalogue.column(change.table, change.name)
        if found and found.default is None and not found.generated and not found.not_null:
            yield change.table, found, change
