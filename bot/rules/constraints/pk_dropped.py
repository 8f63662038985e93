"""Without its primary key a table loses what replication and foreign keys hold on to.

On a published table every UPDATE and DELETE fails from then on, duplicate rows can get in, and
foreign keys that point to the key stop the drop, or go with it under CASCADE. Dropping a column of
the key drops the key.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.tables.primary_keys import primary_keys_of
from bot.sql.actions import AddColumn, AddConstraint, CreateTable, DropColumn, DropConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR

ABOUT = (DropColumn, DropConstraint)

FIX = (
    "Build the new key's index with CREATE UNIQUE INDEX CONCURRENTLY in an earlier migration "
    "folder, and drop the old key and add the new one USING INDEX in one ALTER TABLE."
)

BEFORE = """
CREATE TABLE "Tag" (
    "id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    CONSTRAINT "Tag_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Tag_code_key" ON "Tag"("code");
"""

BAD = """
ALTER TABLE "Tag" DROP CONSTRAINT "Tag_pkey";
"""

GOOD = """
ALTER TABLE "Tag"
    DROP CONSTRAINT "Tag_pkey",
    ADD CONSTRAINT "Tag_code_pkey" PRIMARY KEY USING INDEX "Tag_code_key";
"""

QUIET = [
    "CREATE TABLE n (a INT CONSTRAINT k PRIMARY KEY); ALTER TABLE n DROP CONSTRAINT k;",
    'ALTER TABLE "Tag" DROP CONSTRAINT IF EXISTS "Tag_code_key";',
    'ALTER TABLE "Tag" DROP CONSTRAINT "Tag_pkey", ADD CONSTRAINT "Tag_pkey" PRIMARY KEY ("code");',
    'ALTER TABLE "Tag" DROP COLUMN "code";',
    'ALTER TABLE "Tag" DROP CONSTRAINT "Tag_pkey"; ALTER TABLE "Tag" ADD PRIMARY KEY ("code");',
    "ALTER TABLE old ADD CONSTRAINT k PRIMARY KEY (id); ALTER TABLE old DROP CONSTRAINT k;",
    'ALTER TABLE "Tag" DROP COLUMN "id", ADD COLUMN "key" TEXT NOT NULL PRIMARY KEY;',
    'ALTER TABLE "Old" DROP CONSTRAINT "Old_name_key";',
]

# What people call a primary key, where nothing else is known of a constraint.
_NAMED_LIKE_ONE = re.compile(r"(?i)(_pkey|_pk|_?primary_?key)$|^pk_")


def check(statement: Statement, context: Context) -> Hits:
    for table in sorted(set(_lose_it(context))):
        if not context.is_new(table) and not _given(table, context):
            yield (
                f"{shown(table)} has no primary key from here on: duplicates can get in, "
                "and if it is replicated, updates and deletes fail."
            )


def _given(table: str, context: Context) -> bool:
    """Whether the same transaction gives it a key."""
    together = context.same_transaction(context.file.everything)
    steps = together.steps_with(CreateTable, AddColumn, AddConstraint, about=table)
    keys = (key for step in (context.step, *steps) for key in primary_keys_of(step))
    return any(key.table == table for key in keys)


def _lose_it(context: Context) -> Iterator[str]:
    """The tables that lose their key, or a column of it, which takes the key along."""
    for dropped in context.all(DropConstraint):
        if _is_primary_key(dropped, context):
            yield dropped.table
    for gone in context.all(DropColumn):
        table = context.catalogue.tables.get(gone.table)
        for each in table.constraints.values() if table else ():
            if each.kind is ConstraintKind.PRIMARY_KEY and gone.name in each.columns:
                yield gone.table


def _is_primary_key(action: DropConstraint, context: Context) -> bool:
    """By what is known of it; a constraint that is not known, by its name."""
    table = context.catalogue.tables.get(action.table)
    if table is None:
        return bool(_NAMED_LIKE_ONE.search(action.name))
    found = table.constraints.get(action.name)
    return found is not None and found.kind is ConstraintKind.PRIMARY_KEY
