"""A column of type json cannot be compared.

DISTINCT, GROUP BY, UNION and = fail on it, because PostgreSQL keeps its text as it was written, and
it can hardly be indexed. Queries that work today fail as soon as the column is among theirs. jsonb
does the same and has none of this.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import AddColumn, AlterColumnType, CreateTable
from bot.sql.values import Type

SEVERITY = Severity.WARNING

ABOUT = (CreateTable, AddColumn, AlterColumnType)

FIX = "Use jsonb: `Json` in schema.prisma without `@db.Json`."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "old" JSON);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "settings" JSON;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "settings" JSONB;
"""

QUIET = [
    'CREATE TABLE n ("data" JSONB, "list" JSONB[]);',
    'ALTER TABLE "User" ALTER COLUMN "old" TYPE JSON;',
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "old" JSON;',
    "CREATE TEMP TABLE n (data JSON);",
    'CREATE TABLE n (data "own".json);',
]


def check(statement: Statement, context: Context) -> Hits:
    for table, column, kind, about in _given(context):
        if kind.name == "json" and not context.file.baseline:
            yield Hit(
                f"{shown(table)}.{column} becomes json, so DISTINCT, GROUP BY and UNION fail on "
                "it.",
                about=about,
            )


def _given(context: Context) -> Iterator[tuple[str, str, Type, object]]:
    """The columns that are given a type, with their tables and what gives it."""
    for created in context.all(CreateTable):
        for column in () if created.temporary else created.columns:
            yield created.table, column.name, column.type, column
    for added in _added(context):
        yield added.table, added.column.name, added.column.type, added
    for changed in context.all(AlterColumnType):
        before = context.catalogue.column(changed.table, changed.name)
        if before is None or before.type.name != changed.type.name:
            yield changed.table, changed.name, changed.type, changed


def _added(context: Context) -> Iterator[AddColumn]:
    """Those added to a table of this pull request as well: the type is there to stay."""
    yield from added_columns(context)
    for action in context.all(AddColumn):
        table = context.catalogue.tables.get(action.table)
        if context.is_new(action.table) and not (table and table.temporary):
            yield action
