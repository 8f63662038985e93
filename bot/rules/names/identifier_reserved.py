"""A reserved word is a name that only works in quotes.

Prisma always writes the quotes, people do not: a query by hand fails with a syntax error, or, like
"user", means something else than the table.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import AddColumn, CreateTable, CreateView, Rename
from bot.sql.names import bare

SEVERITY = Severity.NOTICE

ABOUT = (CreateTable, AddColumn, CreateView, Rename)

FIX = "Give it another name in the database, with `@map` (`@@map` for a model) in schema.prisma."

BAD = """
CREATE TABLE "user" ("id" TEXT NOT NULL);
"""

GOOD = """
CREATE TABLE "users" ("id" TEXT NOT NULL PRIMARY KEY);
"""

QUIET = [
    'CREATE TABLE "User" ("createdAt" TIMESTAMP(3));',
    'CREATE TABLE "Order" ("Group" INT);',
    "CREATE TABLE n (name TEXT, value TEXT, type TEXT, date DATE, role TEXT);",
    'ALTER TABLE "User" ALTER COLUMN "order" SET DEFAULT 1;',
    'CREATE TEMP TABLE "user" ("order" INT);',
]

# The fully reserved words of PostgreSQL 13 to 18 (pg_get_keywords(), catcode R).
RESERVED = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case",
    "cast", "check", "collate", "column", "constraint", "create", "current_catalog",
    "current_date", "current_role", "current_time", "current_timestamp", "current_user",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch",
    "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect", "into",
    "lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on",
    "only", "or", "order", "placing", "primary", "references", "returning", "select",
    "session_user", "some", "symmetric", "system_user", "table", "then", "to", "trailing", "true",
    "union", "unique", "user", "using", "variadic", "when", "where", "window", "with",
}  # fmt: skip


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    found = [name for name in dict.fromkeys(_named(context)) if name in RESERVED]
    if found:
        words = ", ".join(f'"{name}"' for name in found)
        yield f"{words} {'are reserved words' if len(found) > 1 else 'is a reserved word'} of SQL."


def _named(context: Context) -> Iterator[str]:
    """The names of relations and columns that the statement brings into the world."""
    for created in context.all(CreateTable):
        if not created.temporary:
            yield bare(created.table)
            yield from (each.name for each in created.columns)
    for added in context.all(AddColumn):
        yield added.column.name
    for view in context.all(CreateView):
        yield bare(view.name)
    for renamed in context.all(Rename):
        if renamed.kind in ("TABLE", "COLUMN", "VIEW", "MATERIALIZED VIEW"):
            yield bare(renamed.new)
