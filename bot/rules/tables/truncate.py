"""TRUNCATE deletes every row while nobody can use the table.

The rows are gone in every environment the migration reaches, production included.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import Truncate

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (Truncate,)

FIX = (
    "Delete the rows that must go with a DELETE … WHERE, in batches; or allow this with the reason."
)

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL, "endedAt" TIMESTAMP(3));
"""

BAD = """
TRUNCATE TABLE "Session";
"""

GOOD = """
DELETE FROM "Session" WHERE "id" IN (
    SELECT "id" FROM "Session" WHERE "endedAt" < now() - interval '30 days' LIMIT 1000
);
"""

QUIET = [
    "CREATE TABLE n (a INT); TRUNCATE n;",
    "CREATE TEMP TABLE n (a INT); TRUNCATE n;",
    "SELECT date_trunc('day', now());",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Truncate):
        lost = [shown(name) for name in action.tables if not context.is_new(name)]
        if lost:
            yield Hit(
                f"Every row of {', '.join(lost)} is deleted, and reads and writes wait.",
                about=action,
            )
