"""CONCURRENTLY cannot run between BEGIN and COMMIT.

PostgreSQL refuses the statement (25001), so the migration fails on every database, production
included, and the deployment stops.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rewriting.moving import moved_apart

SEVERITY = Severity.ERROR

FIX = "Move the statement into a migration folder of its own, without BEGIN and COMMIT."

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
"""

BAD = """
BEGIN;
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
COMMIT;
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    "BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY v; COMMIT;",
    "BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON t (a);",
    "REINDEX INDEX CONCURRENTLY i;",
    "BEGIN; ALTER TABLE p DETACH PARTITION q; COMMIT;",
]


def check(statement: Statement, context: Context) -> Hits:
    if context.step.concurrent and context.step.explicit:
        yield f"{statement.kind} … CONCURRENTLY cannot run inside the transaction begun above."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_apart(statement, "index")
