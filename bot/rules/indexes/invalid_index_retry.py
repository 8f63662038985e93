"""IF NOT EXISTS keeps a broken index when a concurrent build is tried again.

A build that is cancelled leaves an index that is never used and never finished. The second try sees
the name, says nothing and succeeds: queries stay slow, and a unique index lets duplicates in. It is
a notice where migration-bot applies the migration: it drops what a failed build leaves.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.indexes import built_for_certain
from bot.sql.actions import CreateIndex

SEVERITY = Severity.WARNING

ABOUT = (CreateIndex,)

FIX = (
    "Leave IF NOT EXISTS out, or put DROP INDEX CONCURRENTLY IF EXISTS of the same name into a "
    "migration folder before it."
)

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
"""

BAD = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'CREATE INDEX IF NOT EXISTS "i" ON "Order"("userId");',
    'CREATE UNIQUE INDEX CONCURRENTLY "i" ON "Order"("userId");',
    'DROP INDEX CONCURRENTLY IF EXISTS "Order_userId_idx";',
]


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        if index.concurrently and index.if_not_exists and not _dropped_before(index.name, context):
            name = shown(index.name)
            yield Hit(
                f"If {name} is left invalid by a cancelled build, a retry keeps it so.",
                severity=Severity.NOTICE if context.settings.prisma is None else None,
                about=index,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return built_for_certain(statement, context)


def _dropped_before(name: str, context: Context) -> bool:
    bare = name.rpartition(".")[2]
    return any(
        bare in migration.sql and "DROP INDEX" in migration.sql.upper()
        for migration in context.file.history
    )
