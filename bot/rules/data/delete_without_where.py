"""A DELETE without a condition empties the table.

The rows are gone in every environment the migration reaches, production included.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import Delete

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (Delete,)

FIX = (
    "Choose the rows with a WHERE, and delete many in batches (`-- migration-bot: batch "
    "size=5000`); or allow this with the reason."
)

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL, "endedAt" TIMESTAMP(3));
"""

BAD = """
DELETE FROM "Session" WHERE 1 = 1;
"""

GOOD = """
DELETE FROM "Session" WHERE "id" IN ('old', 'older');
"""

QUIET = [
    "CREATE TABLE n (a INT); DELETE FROM n;",
    'DELETE FROM "Session" WHERE id = \'x\' OR "endedAt" < now();',
    'DELETE FROM "Session" s USING old WHERE s.id = old.id;',
    "CREATE TEMP TABLE n (a INT); DELETE FROM n;",
    'DELETE FROM "Session" WHERE "endedAt" IS NOT NULL;',
    'DELETE FROM "Session" WHERE NULL IS NOT NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Delete):
        if not action.bounded and not context.is_new(action.table):
            yield Hit(f"Every row of {shown(action.table)} is deleted.", about=action)
