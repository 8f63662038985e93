"""Detaching a partition without CONCURRENTLY stops the whole partitioned table.

It waits for every query on the table, whichever partition it reads, and all reads and writes wait
behind it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import detached_concurrently
from bot.sql.actions import DetachPartition

SEVERITY = Severity.ERROR
SIZED = Sized.WAIT

ABOUT = (DetachPartition,)

FIX = (
    "Use DETACH PARTITION … CONCURRENTLY, alone in its own migration folder; if it is interrupted, "
    "DETACH PARTITION … FINALIZE completes it."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
CREATE TABLE "Log_2024" PARTITION OF "Log" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""

BAD = """
ALTER TABLE "Log" DETACH PARTITION "Log_2024";
"""

GOOD = """
ALTER TABLE "Log" DETACH PARTITION "Log_2024" CONCURRENTLY;
"""

QUIET = [
    'ALTER TABLE "Log" DETACH PARTITION "Log_2024" FINALIZE;',
    "CREATE TABLE p (a INT) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT; "
    "ALTER TABLE p DETACH PARTITION q;",
    'ALTER TABLE "Log" ATTACH PARTITION "Log_2025" '
    "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
]

_FIX_WITH_DEFAULT = (
    "CONCURRENTLY is not possible while there is a default partition: begin the file with SET "
    "lock_timeout = '2s' and detach in a quiet hour."
)


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.postgres < 14:
        return
    for action in context.all(DetachPartition):
        if action.concurrently or context.is_new(action.table):
            continue
        default = context.catalogue.default_partition_of(action.table)
        yield Hit(
            f"All reads and writes of {shown(action.table)} stop while {shown(action.partition)} "
            "is detached.",
            fix=_FIX_WITH_DEFAULT if default else None,
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return detached_concurrently(statement, context)
