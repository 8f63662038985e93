"""A default that differs from row to row makes PostgreSQL rewrite the table.

Every row and every index is written anew while nobody can read or write the table: for a large one
the application is down for minutes. A constant or now() costs nothing, because it is stored once.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import defaulted_after
from bot.sql.actions import AddColumn
from bot.sql.values import Volatility

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add the column without the default, set the default in a second statement, and fill the old "
    "rows in batches."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "token" UUID DEFAULT gen_random_uuid();
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "token" UUID;
ALTER TABLE "User" ALTER COLUMN "token" SET DEFAULT gen_random_uuid();
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;',
    'ALTER TABLE "User" ADD COLUMN at TIMESTAMPTZ DEFAULT now();',
    'ALTER TABLE "User" ADD COLUMN tags TEXT[] DEFAULT ARRAY[]::TEXT[];',
    "ALTER TABLE \"User\" ADD COLUMN data JSONB DEFAULT '{}'::jsonb;",
    "ALTER TABLE \"User\" ADD COLUMN until TIMESTAMP DEFAULT now() + interval '1 day';",
    "CREATE TABLE n (id INT); ALTER TABLE n ADD COLUMN u UUID DEFAULT gen_random_uuid();",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddColumn):
        default = action.column.default
        if default is None or default.volatility is not Volatility.VOLATILE:
            continue
        if context.is_new(action.table) or action.column.numbers_itself:
            continue
        if action.if_not_exists and context.catalogue.column(action.table, action.column.name):
            continue
        yield Hit(
            f"Adding {action.column.name} works out its default for every row: all of "
            f"{shown(action.table)} is rewritten, and reads and writes wait.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return defaulted_after(statement, context)
