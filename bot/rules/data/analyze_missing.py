"""The table's statistics are out of date after a change of many rows.

PostgreSQL plans queries by them. Until it has counted again, which it does by itself within
minutes, queries may be slower than before.
"""

from collections.abc import Iterator, Mapping

from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, MigrationContext, shown
from bot.rewriting.moving import analysed
from bot.rules.data.changes import changes_of, reaches_many
from bot.sql.actions import AlterColumnType, DropObjects, Vacuum
from bot.sql.expressions import relation_name

SEVERITY = None
SIZED = Sized.SHOWN

FIX = "Write ANALYZE table; at the end of the migration: it blocks nobody."

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "plan" TEXT, "name" VARCHAR(20));
CREATE TABLE "Small" ("id" INTEGER NOT NULL PRIMARY KEY);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT;
"""

GOOD = """
UPDATE "User" SET "plan" = 'free' WHERE "plan" IS NULL AND "id" BETWEEN 1 AND 10000;
ANALYZE "User";
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "id" SET DATA TYPE BIGINT; ANALYZE "User";',
    'ALTER TABLE "User" ALTER COLUMN "id" SET DATA TYPE BIGINT; ANALYZE;',
    'ALTER TABLE "User" ALTER COLUMN "id" SET DATA TYPE BIGINT; DROP TABLE "User";',
    "CREATE TABLE n (a INT); UPDATE n SET a = 1;",
    'INSERT INTO "User" ("id", "plan") VALUES (1, \'free\');',
    'ALTER TABLE "User" ADD COLUMN "a" INT;',
    'UPDATE "User" SET "plan" = \'free\' WHERE "id" = 1;',
]


def check(statement: Statement, context: Context) -> Hits:
    for table in dict.fromkeys(_changed(statement, context)):
        if not context.is_new(table) and not _counted_later(table, context):
            yield f"Nobody counts {shown(table)} anew, so queries on it may get slower for a while."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return analysed(statement, context)


def _changed(statement: Statement, context: Context) -> Iterator[str]:
    # A column's statistics are thrown away with its type, whether rows are rewritten or not.
    yield from (each.table for each in context.all(AlterColumnType))
    for node, fields in changes_of(statement):
        if node != "InsertStmt" and reaches_many(fields, statement, context.catalogue):
            yield relation_name(fields["relation"])


def _counted_later(table: str, context: Context) -> bool:
    last = context.file.once(_counted_last)
    counted = max(last.get(table, -1), last.get("", -1)) > context.position
    return counted or any(True for _ in context.later.all(DropObjects, about=table))


def _counted_last(file: MigrationContext) -> Mapping[str, int]:
    """The last statement that counts a table anew; "" stands for one that counts all."""
    return {
        table: step.statement.index
        for step in file.everything.steps_with(Vacuum)
        for each in step.all(Vacuum)
        if each.analyze
        for table in each.tables or ("",)
    }
