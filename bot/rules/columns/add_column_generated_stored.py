"""A stored generated column makes PostgreSQL rewrite the table.

Its value is worked out and written for every row, and every index is built anew, while nobody can
read or write the table: for a large one the application is down for minutes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import AddColumn

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add a plain column, fill it by a trigger for new rows and in batches for old ones; or, on "
    "PostgreSQL 18, make it VIRTUAL, which stores nothing."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "search" TEXT GENERATED ALWAYS AS (lower("name")) STORED;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "search" TEXT GENERATED ALWAYS AS (lower("name")) VIRTUAL;
"""

QUIET = [
    "CREATE TABLE n (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT GENERATED ALWAYS AS (a) STORED;",
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD b INT GENERATED ALWAYS AS (a) STORED;",
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "name" TEXT GENERATED ALWAYS AS (\'\') STORED;',
    'ALTER TABLE "User" ADD COLUMN "search" TEXT;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        if action.column.generated == "stored":
            yield Hit(
                f"Working out {action.column.name} for every row rewrites all of "
                f"{shown(action.table)}; reads and writes wait until it is done.",
                about=action,
            )
