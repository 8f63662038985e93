"""Creating a partition in place stops all reads and writes of the partitioned table.

The new table is empty, but PostgreSQL locks the partitioned one completely to take it in. One slow
query on it is enough: the statement waits for that, and every other query waits behind it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import attached_after
from bot.sql.actions import CreateTable

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

ABOUT = (CreateTable,)

FIX = (
    "Create a plain table with CREATE TABLE … (LIKE … INCLUDING ALL) and ATTACH PARTITION it, "
    "which lets reads and writes go on."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
"""

BAD = """
CREATE TABLE "Log_2025" PARTITION OF "Log" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

GOOD = """
CREATE TABLE "Log_2025" (LIKE "Log" INCLUDING ALL);
ALTER TABLE "Log" ATTACH PARTITION "Log_2025" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

QUIET = [
    "CREATE TABLE p (a INT) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT;",
    'CREATE TABLE a (b INT) INHERITS ("Log");',
    'CREATE TABLE a (LIKE "Log");',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(CreateTable):
        parent = action.partition_of
        if parent is None or context.is_new(parent):
            continue
        if action.if_not_exists and action.table in context.catalogue.tables:
            continue
        yield Hit(
            f"All reads and writes of {shown(parent)} stop while {shown(action.table)} becomes a "
            "part of it.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return attached_after(statement, context)
