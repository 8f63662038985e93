"""A new partition next to a default one reads the whole default partition while it is locked.

PostgreSQL must make sure that no row of the default partition belongs into the new one. Reads and
writes of the default partition wait until every row was looked at.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.partitions import default_checked_first
from bot.rules.partitions.bounds import proved
from bot.sql.actions import AttachPartition, CreateTable

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

FIX = (
    "First add a CHECK to the default partition that excludes the new bounds: NOT VALID in one "
    "migration folder, VALIDATE CONSTRAINT in the next; then the partition."
)

BEFORE = """
CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
CREATE TABLE "Log_rest" PARTITION OF "Log" DEFAULT;
CREATE TABLE "Event" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");
CREATE TABLE "Event_rest" PARTITION OF "Event" DEFAULT;
ALTER TABLE "Event_rest" ADD CONSTRAINT "not_2025"
    CHECK ("at" < '2025-01-01' OR "at" >= '2026-01-01');
"""

BAD = """
CREATE TABLE "Log_2025" PARTITION OF "Log" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

GOOD = """
CREATE TABLE "Event_2025" (LIKE "Event" INCLUDING ALL);
ALTER TABLE "Event" ATTACH PARTITION "Event_2025"
    FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

QUIET = [
    "CREATE TABLE p (a INT) PARTITION BY LIST (a); CREATE TABLE d PARTITION OF p DEFAULT; "
    "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);",
    "CREATE TABLE e PARTITION OF \"Event\" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
    'ALTER TABLE "Log" DETACH PARTITION "Log_rest"; '
    "CREATE TABLE e PARTITION OF \"Log\" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
]


def check(statement: Statement, context: Context) -> Hits:
    for parent in _growing(context):
        default = context.catalogue.default_partition_of(parent)
        if default is None or context.is_new(default) or proved(default, parent, context):
            continue
        yield (
            f"Every row of {shown(default)} is checked against the new bounds; its reads and "
            "writes wait until that is done."
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return default_checked_first(statement, context)


def _growing(context: Context) -> Iterator[str]:
    for created in context.all(CreateTable):
        if created.partition_of and created.table not in context.catalogue.tables:
            yield created.partition_of
    for action in context.all(AttachPartition):
        yield action.table
