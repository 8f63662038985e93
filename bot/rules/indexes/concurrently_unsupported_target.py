"""PostgreSQL does not support CONCURRENTLY for this target.

The statement fails on every database, production included, and the deployment stops: a partitioned
table's index cannot be built or dropped concurrently, two indexes cannot be dropped by one
statement, and a partition cannot be detached concurrently beside a default partition.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.partitions import indexed_one_by_one
from bot.sql.actions import CreateIndex, DetachPartition, DropObjects, Reindex

SEVERITY = Severity.ERROR

ABOUT = (CreateIndex, DropObjects, DetachPartition, Reindex)

FIX = (
    "Build the index with CREATE INDEX CONCURRENTLY on each partition, then CREATE INDEX … ON ONLY "
    "the parent and ALTER INDEX … ATTACH PARTITION for each; drop one index by each statement."
)

BEFORE = """
CREATE TABLE "Log" ("at" TIMESTAMP(3) NOT NULL, "level" INT) PARTITION BY RANGE ("at");
CREATE TABLE "Log_2024" PARTITION OF "Log" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Log_rest" PARTITION OF "Log" DEFAULT;
CREATE INDEX "Log_level_idx" ON "Log"("level");
CREATE TABLE "Event" ("at" TIMESTAMP(3) NOT NULL, "kind" INT) PARTITION BY RANGE ("at");
CREATE TABLE "Event_2024" PARTITION OF "Event" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX "Event_2024_kind_idx" ON "Event_2024"("kind");
"""

BAD = """
CREATE INDEX CONCURRENTLY "Log_at_idx" ON "Log"("at");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Log_2024_at_idx" ON "Log_2024"("at");
"""

QUIET = [
    'CREATE INDEX "Log_at_idx" ON ONLY "Log"("at");',
    'DROP INDEX CONCURRENTLY "Event_2024_kind_idx";',
    'DROP INDEX "Log_level_idx", "Event_2024_kind_idx";',
    'ALTER TABLE "Event" DETACH PARTITION "Event_2024" CONCURRENTLY;',
    'ALTER TABLE "Log" DETACH PARTITION "Log_2024";',
    "REINDEX SYSTEM;",
    'REINDEX TABLE CONCURRENTLY "Log";',
]

_ONE_EACH = "Drop each index by a DROP INDEX CONCURRENTLY of its own, in a folder of its own."
_PLAIN = (
    "Drop the index of the partitioned table without CONCURRENTLY, under a short lock_timeout, "
    "when there is little traffic."
)
_DETACH = (
    "Detach the partition without CONCURRENTLY, under a short lock_timeout, when there is little "
    "traffic; or detach the default partition first."
)


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        if index.concurrently and context.catalogue.is_partitioned(index.table):
            yield Hit(
                f"{shown(index.table)} is partitioned: an index cannot be built concurrently.",
                about=index,
            )
    for drop in context.all(DropObjects):
        if drop.kind == "INDEX" and drop.concurrently:
            yield from _dropping(drop, context)
    for detach in context.all(DetachPartition):
        default = context.catalogue.default_partition_of(detach.table)
        if detach.concurrently and default:
            yield Hit(
                f"{shown(detach.partition)} cannot be detached concurrently while "
                f"{shown(detach.table)} has a default partition, {shown(default)}.",
                fix=_DETACH,
                about=detach,
            )
    if any(each.concurrently and each.kind == "SYSTEM" for each in context.all(Reindex)):
        yield Hit(
            "The system's own indexes cannot be rebuilt concurrently.",
            fix="Leave CONCURRENTLY out, and do it outside a migration when nobody is working.",
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return indexed_one_by_one(statement, context)


def _dropping(drop: DropObjects, context: Context) -> Iterator[Hit]:
    if len(drop.names) > 1:
        yield Hit("DROP INDEX CONCURRENTLY drops one index, not several.", fix=_ONE_EACH)
        return
    if drop.cascade:
        yield Hit(
            "DROP INDEX CONCURRENTLY does not support CASCADE.",
            fix="Leave CASCADE out: nothing but a foreign key or a constraint hangs on an index.",
        )
    for name in drop.names:
        index = context.catalogue.indexes.get(name)
        if index and context.catalogue.is_partitioned(index.table):
            yield Hit(
                f"{shown(name)} is an index of {shown(index.table)}, which is partitioned: "
                f"it cannot be dropped concurrently.",
                fix=_PLAIN,
            )
