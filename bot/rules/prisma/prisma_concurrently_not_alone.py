"""CONCURRENTLY must be the only statement of its migration.

Prisma sends the file as one message, which PostgreSQL runs as one transaction, and in a transaction
CONCURRENTLY is refused (25001). Even a SET beside it is one statement too many.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, MigrationContext
from bot.judge.transactions import sent_as_one, version_of
from bot.rewriting.moving import moved_apart

SEVERITY = Severity.ERROR

FIX = "Move the statement into a migration folder that contains nothing else."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
-- Alone, because CONCURRENTLY cannot share a transaction.
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'DROP INDEX CONCURRENTLY "Order_userId_idx";;',
    "REFRESH MATERIALIZED VIEW CONCURRENTLY v; SELECT 1;",
    'CREATE INDEX "a" ON "Order"("id"); CREATE INDEX "b" ON "Order"("userId");',
]

# Prisma 7.4 sends statements one by one; its shadow database follows from 7.8.
_ONE_BY_ONE = (7, 8)


def check(statement: Statement, context: Context) -> Hits:
    steps = context.file.steps
    if not context.step.concurrent or len(steps) == 1:
        return
    if context.file.once(_first_concurrent) < context.position:
        return
    prisma = context.settings.prisma
    if version_of(prisma) >= _ONE_BY_ONE and not sent_as_one(context.file):
        return
    yield f"{statement.kind} CONCURRENTLY shares its file with {_others(len(steps) - 1)}."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_apart(statement, "index")


def _first_concurrent(file: MigrationContext) -> int:
    return next(place for place, step in enumerate(file.steps) if step.concurrent)


def _others(count: int) -> str:
    return "another statement" if count == 1 else f"{count} other statements"
