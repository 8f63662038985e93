"""Before PostgreSQL 11, a new column with a default makes the server rewrite the table.

Every row is written anew, with the default in it, while nobody can read or write the table. From 11
on a default that is the same for every row is stored once, whatever the size of the table. The
configuration takes 13 and newer, so this speaks up only where a judge is asked about an older one.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import AddColumn
from bot.sql.values import Volatility

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add the column without the default, set the default in a second statement, and fill the old "
    "rows in batches."
)

POSTGRES = 10

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "visits" INTEGER NOT NULL DEFAULT 0;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "visits" INTEGER;
ALTER TABLE "User" ALTER COLUMN "visits" SET DEFAULT 0;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "visits" INTEGER;',
    'ALTER TABLE "User" ADD COLUMN "visits" INTEGER DEFAULT NULL;',
    'CREATE TABLE n (id INT); ALTER TABLE n ADD COLUMN "visits" INTEGER DEFAULT 0;',
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "id" TEXT DEFAULT \'\';',
    'ALTER TABLE "User" ALTER COLUMN "id" SET DEFAULT \'\';',
]

_FIXED_IN = 11


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.postgres >= _FIXED_IN:
        return
    for action in added_columns(context):
        default = action.column.default
        # A volatile default rewrites in every version, which is another rule's.
        if default is None or default.constant == "null":
            continue
        if default.volatility is not Volatility.VOLATILE and not action.column.numbers_itself:
            yield Hit(
                f"PostgreSQL {context.settings.postgres} rewrites all of {shown(action.table)} to "
                f"put the default of {action.column.name} into every row.",
                about=action,
            )
