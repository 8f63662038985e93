"""A new column changes what SELECT * returns and where an INSERT without names puts its values.

Code that names its columns, as Prisma's does, notices nothing. Raw queries that rely on the order
or number of columns fail, and open connections may have to prepare theirs again.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import TableOption

SEVERITY = None

FIX = "Name the columns in raw SQL, in SELECT, INSERT and RETURNING, before adding one."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT;
"""

GOOD = """
CREATE TABLE "Email" ("id" TEXT NOT NULL PRIMARY KEY, "address" TEXT);
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT;",
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT;",
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "id" TEXT;',
    'ALTER TABLE "User" ALTER COLUMN "id" SET DEFAULT \'\';',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        table = shown(action.table)
        yield Hit(f"Whoever reads * of {table} gets {action.column.name} as well.", about=action)
    for option in context.all(TableOption):
        # ALTER TYPE … ADD ATTRIBUTE, in PostgreSQL's own words.
        if option.command == "AT_AddColumn" and not context.file.baseline:
            yield Hit(
                f"Values of {shown(option.table)} have one more part than code expects.",
                about=option,
            )
