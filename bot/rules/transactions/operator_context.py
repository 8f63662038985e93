"""How long this takes depends on the server, and the file does not say.

The size and traffic of a table, the lag of its replicas and the free disk space decide whether a
statement that goes through all rows takes a second or an hour.
"""

from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown

SEVERITY = None
SIZED = Sized.SHOWN

FIX = (
    "Look up the table's size, its long queries, the replicas' lag and the free disk space in "
    "production, and choose the hour by them; then allow this with what you found."
)

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
"""

BAD = """
CREATE INDEX CONCURRENTLY "Order_total_idx" ON "Order"("total");
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE TABLE n (a INT); CREATE INDEX i ON n (a); ALTER TABLE "Order" ADD COLUMN a INT;',
    'DROP INDEX CONCURRENTLY "i";',
    'ALTER TABLE "Order" ADD CHECK ("total" > 0) NOT VALID;',
]


def check(statement: Statement, context: Context) -> Hits:
    for table in sorted({*context.effects.scans, *context.effects.rewrites}):
        if not context.is_new(table):
            yield f"All rows of {shown(table)} are gone through: how many there are is not known."
