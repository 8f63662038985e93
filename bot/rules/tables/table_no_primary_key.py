"""A table without a primary key lets the same row in twice, and cannot be replicated well.

Nothing can tell two equal rows apart, so no program can correct or delete one of them alone, and a
subscriber of the table's changes makes the server refuse every update.
"""

import re
from collections.abc import Iterable

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.judge.transactions import version_of
from bot.rules.tables.primary_keys import primary_keys_of
from bot.sql.actions import (
    AddColumn,
    AddConstraint,
    CreateTable,
    DropConstraint,
    DropObjects,
    Rename,
)
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING

ABOUT = (CreateTable, DropConstraint)

FIX = "Give the table a primary key; in schema.prisma, with `@id` or `@@id`."

BEFORE = """
CREATE TABLE "User" ("id" BIGINT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Event" ("at" DATE NOT NULL PRIMARY KEY) PARTITION BY RANGE ("at");
"""

BAD = """
CREATE TABLE "Visit" ("userId" BIGINT NOT NULL, "at" TIMESTAMP(3) NOT NULL);
"""

GOOD = """
CREATE TABLE "Visit" (
    "id" BIGINT NOT NULL, "at" TIMESTAMP(3) NOT NULL, CONSTRAINT "Visit_pkey" PRIMARY KEY ("id")
);
"""

QUIET = [
    "CREATE TABLE n (a BIGINT); ALTER TABLE n ADD CONSTRAINT n_pkey PRIMARY KEY (a);",
    "CREATE TABLE n AS SELECT 1 AS a; ALTER TABLE n RENAME TO m; ALTER TABLE m ADD PRIMARY KEY (a)",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN id BIGINT PRIMARY KEY;",
    "CREATE TABLE n AS SELECT 1 AS a; DROP TABLE n;",
    "CREATE TEMP TABLE n (a INT);",
    "CREATE UNLOGGED TABLE n (a INT);",
    "CREATE TABLE p PARTITION OF \"Event\" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    'CREATE TABLE n (LIKE "User" INCLUDING ALL);',
    'CREATE TABLE IF NOT EXISTS "User" (a INT);',
    'CREATE TABLE "_PostToTag" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL);',
    "CREATE FOREIGN TABLE n (a INT) SERVER s;",
    "CREATE TABLE n (a INT CONSTRAINT k PRIMARY KEY, b INT); "
    "ALTER TABLE n DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY (b);",
]

# From version 6 on, Prisma gives the tables between two models a primary key.
_KEYS_BETWEEN = (6, 0)


def check(statement: Statement, context: Context) -> Hits:
    for created in context.all(CreateTable):
        if _needs_key(created, statement, context) and not _keyed_or_dropped(
            created.table, context
        ):
            yield Hit(f"{shown(created.table)} has no primary key.", about=created)
    for dropped in context.all(DropConstraint):
        if _takes_key(dropped, context) and not _keyed_or_dropped(dropped.table, context):
            yield Hit(f"{shown(dropped.table)} has no primary key any more.", about=dropped)


def _takes_key(dropped: DropConstraint, context: Context) -> bool:
    """Whether a table that is new loses its key; of one in use, pk-dropped tells."""
    table = context.catalogue.tables.get(dropped.table)
    found = table.constraints.get(dropped.name) if table else None
    if table is None or found is None or context.file.baseline:
        return False
    lost = found.kind is ConstraintKind.PRIMARY_KEY and not table.temporary
    return lost and context.is_new(table.name)


def _needs_key(created: CreateTable, statement: Statement, context: Context) -> bool:
    foreign = statement.kind == "CREATE FOREIGN TABLE"
    passing = created.temporary or created.unlogged or created.partition_of or foreign
    there = created.if_not_exists and created.table in context.catalogue.tables
    if passing or there or context.file.baseline:
        return False
    return not (_between_models(created, context) or _copies_key(statement, created))


def _between_models(created: CreateTable, context: Context) -> bool:
    """Whether it is Prisma's own table for a many-to-many relation."""
    prisma = context.settings.prisma
    columns = [each.name for each in created.columns]
    named = created.table.partition(".")[2].startswith("_") and columns == ["A", "B"]
    return named and (prisma is None or version_of(prisma) < _KEYS_BETWEEN)


def _copies_key(statement: Statement, created: CreateTable) -> bool:
    return bool(created.like) and bool(re.search(r"(?i)INCLUDING\s+(ALL|INDEXES)", statement.sql))


def _keyed_or_dropped(table: str, context: Context) -> bool:
    """Whether the file gives it a key or drops it, under this name or one it is renamed to."""
    names = {table}
    for step in _later_about(table, context):
        if any(key.table in names for key in primary_keys_of(step)):
            return True
        if any(names & set(drop.names) for drop in step.all(DropObjects)):
            return True
        names.update(each.new for each in step.all(Rename) if each.old in names)
    return False


def _later_about(table: str, context: Context) -> Iterable[Step]:
    """The statements from here on that name the table; all of them where it gets another name."""
    if any(each.old == table for each in context.later.all(Rename, about=table)):
        return context.from_here
    kinds = (CreateTable, AddColumn, AddConstraint, DropObjects)
    return context.from_here.steps_with(*kinds, about=table)
