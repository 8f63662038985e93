"""How a column is stored or measured can be changed at once, but only for rows to come.

Nothing is rewritten: the rows that are there keep their storage and compression. SET STORAGE and
SET COMPRESSION still need the table for themselves for a moment, and everybody queues behind them
while they wait for it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import TableOption

SEVERITY = Severity.NOTICE
SIZED = Sized.WAIT

ABOUT = (TableOption,)

FIX = (
    "Run it at a quiet time with a lock_timeout, so that it gives up instead of holding up others."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "bio" TEXT);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "bio" SET STORAGE EXTERNAL;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "notes" TEXT;
"""

QUIET = [
    "CREATE TABLE n (a TEXT); ALTER TABLE n ALTER a SET STORAGE MAIN;",
    "CREATE TEMP TABLE n (a TEXT); ALTER TABLE n ALTER a SET STATISTICS 500;",
    "CREATE TABLE n (a TEXT COMPRESSION lz4);",
    'ALTER TABLE "User" SET (fillfactor = 80);',
    'ALTER TABLE "User" ALTER COLUMN "bio" SET DEFAULT \'\';',
]

_SHUT = ("AT_SetStorage", "AT_SetCompression")
_OPEN = ("AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions")


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(TableOption):
        if context.is_new(action.table):
            continue
        table = shown(action.table)
        if action.command in _SHUT:
            yield Hit(
                f"{table} is shut for a moment to change {action.name}, and its old rows stay as "
                "they are.",
                about=action,
            )
        elif action.command in _OPEN:
            yield Hit(
                f"What is known about {table} changes with the next ANALYZE, and plans with it.",
                about=action,
            )
