"""VACUUM FULL and CLUSTER copy the whole table while nobody can use it.

Reads and writes wait until the last row is copied and the last index is built: for a large table
the application is down for as long as that takes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import Vacuum

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (Vacuum,)

FIX = (
    "Leave it out of the migration: have pg_repack do it, which keeps the table usable, or vacuum "
    "it more often."
)

BEFORE = """
CREATE TABLE "Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
"""

BAD = """
VACUUM FULL "Log";
"""

GOOD = """
ALTER TABLE "Log" SET (autovacuum_vacuum_scale_factor = 0.01);
"""

QUIET = [
    'VACUUM (ANALYZE) "Log";',
    'VACUUM (FULL off, ANALYZE) "Log";',
    'ANALYZE "Log";',
    "CREATE TABLE n (a INT PRIMARY KEY); CLUSTER n USING n_pkey;",
    'ALTER TABLE "Log" CLUSTER ON "Log_pkey";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Vacuum):
        if not (action.full or action.cluster):
            continue
        copied = [shown(each) for each in action.tables if not context.is_new(each)]
        if copied or not action.tables:
            whole = ", ".join(copied) or "every table"
            yield Hit(f"All of {whole} is copied while reads and writes wait.", about=action)
