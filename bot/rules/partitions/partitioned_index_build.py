"""An index on a partitioned table is built on all its partitions at once, and blocks their writes.

Nobody can insert, update or delete in any partition until the last index is built. CONCURRENTLY is
not possible here; each partition's index has to be built by itself.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import indexed_one_by_one
from bot.sql.actions import CreateIndex

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (CreateIndex,)

FIX = (
    "CREATE INDEX … ON ONLY the partitioned table, CREATE INDEX CONCURRENTLY on each partition, "
    "each alone in its own migration folder, and then ALTER INDEX … ATTACH PARTITION."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL, "userId" TEXT) PARTITION BY RANGE ("at");
CREATE TABLE "Log_2024" PARTITION OF "Log" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""

BAD = """
CREATE INDEX "Log_userId_idx" ON "Log"("userId");
"""

GOOD = """
CREATE INDEX "Log_userId_idx" ON ONLY "Log"("userId");
"""

QUIET = [
    "CREATE TABLE p (a INT) PARTITION BY RANGE (a); CREATE INDEX i ON p (a);",
    'CREATE INDEX CONCURRENTLY i ON "Log_2024"("userId");',
    'CREATE INDEX i ON "Log_2024"("userId");',
    "CREATE TABLE p_1 PARTITION OF elsewhere FOR VALUES IN (1); CREATE INDEX i ON p_1 (a);",
    'CREATE INDEX a ON ONLY "Log"("userId"); CREATE INDEX IF NOT EXISTS a ON "Log"("userId");',
]


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        if context.is_new(index.table) or not context.catalogue.is_partitioned(index.table):
            continue
        if index.only or index.concurrently:
            continue
        if not (index.if_not_exists and index.name in context.catalogue.indexes):
            yield Hit(
                f"All writes to every partition of {shown(index.table)} stop until all is built.",
                about=index,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return indexed_one_by_one(statement, context)
