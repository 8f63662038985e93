"""Dropping a partition stops all reads and writes of the whole partitioned table.

It waits for every query on the partitioned table, whichever partition it reads, and everything that
comes after waits behind it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import detached_before_drop
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

ABOUT = (DropObjects,)

FIX = (
    "DETACH PARTITION … CONCURRENTLY first, alone in its own migration folder, and drop the table "
    "in the next, when nothing else hangs on it."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
CREATE TABLE "Log_2023" PARTITION OF "Log" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
"""

BAD = """
-- migration-bot: allow table-dropped because its rows are in the archive
DROP TABLE "Log_2023";
"""

GOOD = """
ALTER TABLE "Log" DETACH PARTITION "Log_2023" CONCURRENTLY;
"""

QUIET = [
    'DROP TABLE "Log";',
    'DROP TABLE "Log_2023", "Log";',
    'DROP TABLE "Log_2023"; DROP TABLE "Log";',
    'ALTER TABLE "Log" DETACH PARTITION "Log_2023"; DROP TABLE "Log_2023";',
    "CREATE TABLE p (a INT) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT; "
    "DROP TABLE q;",
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "TABLE" else ():
            table = context.catalogue.tables.get(name)
            parent = table.partition_of if table else None
            if parent and not context.is_new(parent) and not _goes_too(parent, context):
                yield Hit(
                    f"All reads and writes of {shown(parent)} stop while {shown(name)} is dropped.",
                    about=name,
                )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return detached_before_drop(statement, context)


def _goes_too(parent: str, context: Context) -> bool:
    """Whether the file drops the partitioned table as well."""
    drops = context.from_here.all(DropObjects, about=parent)
    return any(parent in drop.names for drop in drops)
