"""Attaching a table as a partition reads all of it while nobody can use it.

PostgreSQL checks that every row belongs there, and holds up all reads and writes of that table
until it has. A validated CHECK that says so already spares the look.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import checked_first
from bot.rules.partitions.bounds import proved
from bot.sql.actions import AttachPartition

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

ABOUT = (AttachPartition,)

FIX = (
    "Add a CHECK with the partition's bounds (and NOT NULL) NOT VALID in one migration folder, "
    "VALIDATE CONSTRAINT in the next, attach in the third, and drop the CHECK."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
CREATE TABLE "Old" ("at" DATE NOT NULL);
CREATE TABLE "Checked" ("at" DATE NOT NULL, CONSTRAINT "year_2024"
    CHECK ("at" >= '2024-01-01' AND "at" < '2025-01-01'));
"""

BAD = """
ALTER TABLE "Log" ATTACH PARTITION "Old" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
"""

GOOD = """
ALTER TABLE "Log" ATTACH PARTITION "Checked" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""

QUIET = [
    'CREATE TABLE n (LIKE "Log"); '
    "ALTER TABLE \"Log\" ATTACH PARTITION n FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
    'ALTER TABLE "Old" ADD CONSTRAINT c CHECK ("at" < \'2024-01-01\') NOT VALID; '
    'ALTER TABLE "Old" VALIDATE CONSTRAINT c; '
    'ALTER TABLE "Log" ATTACH PARTITION "Old" FOR VALUES FROM (MINVALUE) TO (\'2024-01-01\');',
    'ALTER INDEX "Log_at_idx" ATTACH PARTITION "Old_at_idx";',
    'ALTER TABLE "Log" DETACH PARTITION "Old";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AttachPartition):
        if context.is_new(action.partition) or proved(action.partition, action.table, context):
            continue
        yield Hit(
            f"Every row of {shown(action.partition)} is checked against the bounds; its reads and "
            "writes wait until that is done.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return checked_first(statement, context)
