"""A partitioned table is a decision for the whole team, and its keys have to fit it.

Every primary key and unique index must contain the partition key, or PostgreSQL refuses it; and
partitions want to be made, attached and dropped for as long as the table lives. Turn this on where
partitioned tables need somebody's approval.
"""

from collections.abc import Iterator

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.constraints_of import constraints_of
from bot.sql.actions import CreateIndex, CreateTable
from bot.sql.values import ConstraintKind

SEVERITY = None

FIX = (
    "Put the columns of the partition key into every PRIMARY KEY and UNIQUE of the table, or leave "
    "it in one piece."
)

BEFORE = """
CREATE TABLE "Log" ("id" TEXT NOT NULL, "at" DATE NOT NULL) PARTITION BY RANGE ("at");
"""

BAD = """
CREATE TABLE "Event" ("id" TEXT NOT NULL, "at" DATE NOT NULL) PARTITION BY RANGE ("at");
"""

GOOD = """
CREATE TABLE "Event" ("id" TEXT NOT NULL PRIMARY KEY, "at" DATE NOT NULL);
"""

QUIET = [
    'CREATE UNIQUE INDEX i ON "Log"("at", "id");',
    'ALTER TABLE "Log" ADD PRIMARY KEY ("id", "at");',
    'CREATE INDEX i ON ONLY "Log"("id");',
    'CREATE TABLE n PARTITION OF "Log" DEFAULT;',
]

_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


def check(statement: Statement, context: Context) -> Hits:
    for created in context.all(CreateTable):
        if created.partitioned and not context.file.baseline:
            yield Hit(f"{shown(created.table)} is partitioned.", about=created)
    for table, columns in _unique(context):
        missing = [name for name in _partition_key(table, context) if name not in columns]
        if missing:
            yield (
                f"PostgreSQL refuses to keep {', '.join(columns)} unique in {shown(table)}: the "
                f"partition key {', '.join(missing)} is missing."
            )


def _unique(context: Context) -> Iterator[tuple[str, tuple[str, ...]]]:
    for table, constraint in constraints_of(context.step):
        if constraint.kind in _KEYS and not constraint.using_index:
            yield table, constraint.columns
    for index in context.all(CreateIndex):
        if index.unique:
            yield index.table, tuple(each.name or "an expression" for each in index.columns)


def _partition_key(table: str, context: Context) -> tuple[str, ...]:
    for created in context.all(CreateTable):
        if created.table == table:
            return created.partition_key
    found = context.catalogue.tables.get(table)
    return found.partition_key if found else ()
