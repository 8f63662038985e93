"""A type change that leaves the table alone can still build its indexes anew.

Between timestamp and timestamptz, and from one collation to another, the rows stay as they are, but
every index on the column is built again, while nobody can read or write the table.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.catalogue.schema import Index
from bot.judge.context import Context, shown
from bot.rules.columns.type_changes import ChangedType, changed_types
from bot.sql.actions import AlterColumnType

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AlterColumnType,)

FIX = (
    "Add a new column of the new type with its own index, built CONCURRENTLY; let the application "
    "write both, fill the old rows in batches, and switch over."
)

BEFORE = """
CREATE TABLE "Order" (
    "id" TEXT NOT NULL, "at" TIMESTAMP(3), "paid" TIMESTAMP(3), "name" VARCHAR(20)
);
CREATE INDEX "Order_at_idx" ON "Order"("at");
CREATE INDEX "Order_name_idx" ON "Order"("name");
"""

BAD = """
ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TIMESTAMPTZ(6);
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "atNew" TIMESTAMPTZ(6);
"""

QUIET = [
    'ALTER TABLE "Order" ALTER COLUMN "paid" SET DATA TYPE TIMESTAMPTZ(6);',
    'ALTER TABLE "Order" ALTER COLUMN "name" SET DATA TYPE TEXT;',
    'ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TIMESTAMP(6);',
    'ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TEXT;',
    "CREATE TABLE n (a TIMESTAMP UNIQUE); ALTER TABLE n ALTER a TYPE TIMESTAMPTZ;",
]


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        indexes = [index.name.partition(".")[2] for index in _indexes(each, context)]
        if each.cost.rebuilds_indexes and not each.cost.rewrites and indexes:
            yield Hit(
                f"All reads and writes of {shown(each.table)} wait while {', '.join(indexes)} is "
                f"built anew, because {each.name} changes to {each.type}.",
                about=each.action,
            )


def _indexes(changed: ChangedType, context: Context) -> Iterator[Index]:
    for index in context.catalogue.indexes_of(changed.table):
        for each in index.columns:
            computed = each.expression.columns if each.expression else ()
            if changed.name == each.name or changed.name in computed:
                yield index
                break
