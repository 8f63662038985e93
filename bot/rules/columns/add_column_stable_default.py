"""A new column with the time as its default tells a wrong story about the rows that are there.

They all get the moment of the migration, as if they had been created, or changed, just then. It
costs nothing, but nobody can tell afterwards which values are true.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import AddColumn, Update
from bot.sql.values import Expression, Volatility

SEVERITY = Severity.NOTICE

ABOUT = (AddColumn,)

FIX = (
    "Add it without a default, set the default in a second statement, and fill the old rows with "
    "what is known of them; or allow this with a comment that says why it is right."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "createdAt" TIMESTAMP(3);
ALTER TABLE "User" ALTER COLUMN "createdAt" SET DEFAULT CURRENT_TIMESTAMP;
"""

QUIET = [
    "CREATE TABLE n (at TIMESTAMP DEFAULT now());",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN at TIMESTAMP DEFAULT now();",
    "ALTER TABLE \"User\" ADD COLUMN until TIMESTAMP DEFAULT now() + interval '1 day';",
    'ALTER TABLE "User" ADD COLUMN n INT DEFAULT 0;',
    "ALTER TABLE \"User\" ADD COLUMN words TSVECTOR DEFAULT to_tsvector('english', '');",
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "id" TIMESTAMP DEFAULT now();',
    'ALTER TABLE "User" ADD COLUMN at TIMESTAMP DEFAULT now(); UPDATE "User" SET at = NULL;',
]

_CLOCKS = {"now", "transaction_timestamp", "statement_timestamp", "timezone"}


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        column = action.column
        default = column.default
        if default and _tells_the_moment(default):
            updates = context.later.all(Update, about=action.table)
            if not any(each.table == action.table and column.name in each.sets for each in updates):
                yield Hit(
                    f"Every row that {shown(action.table)} has gets the moment, or the user, of "
                    f"the migration as its {column.name}.",
                    about=action,
                )


def _tells_the_moment(default: Expression) -> bool:
    """A plain clock or user; whoever computes with it has thought of the old rows."""
    stable = default.volatility is Volatility.STABLE
    plain = set(default.functions) <= _CLOCKS
    return stable and plain and ("timezone" in default.functions or not default.strings)
