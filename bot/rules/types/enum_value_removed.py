"""Building an enum anew without a value fails where a row still holds that value.

The migration stops on the first such row, which may be in production only. Where it succeeds, every
table with a column of the type was written anew while nobody could use it, and the running version
fails when it writes the value that is gone.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.types.enums import rebuilt_in
from bot.sql.actions import AlterColumnType

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (AlterColumnType,)

FIX = (
    "Keep the value and stop writing it. If it has to go, change the rows that hold it in an "
    "earlier release, and allow this with the count you found."
)

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE', 'LOST');
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "status" "Status");
CREATE TABLE "Note" ("id" INTEGER NOT NULL, "text" TEXT);
"""

BAD = """
BEGIN;
CREATE TYPE "Status_new" AS ENUM ('OPEN', 'DONE');
ALTER TABLE "Order" ALTER COLUMN "status" TYPE "Status_new" USING ("status"::text::"Status_new");
ALTER TYPE "Status" RENAME TO "Status_old";
ALTER TYPE "Status_new" RENAME TO "Status";
DROP TYPE "Status_old";
COMMIT;
"""

GOOD = """
COMMENT ON TYPE "Status" IS 'LOST is no longer written';
"""

QUIET = [
    "CREATE TYPE \"Status_new\" AS ENUM ('OPEN', 'DONE', 'LOST', 'PAID'); "
    'ALTER TABLE "Order" ALTER "status" TYPE "Status_new" USING ("status"::text::"Status_new");',
    "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TYPE f AS ENUM ('a'); CREATE TABLE n (x e); "
    "ALTER TABLE n ALTER x TYPE f USING (x::text::f);",
    "CREATE TYPE \"Kind\" AS ENUM ('A'); "
    'ALTER TABLE "Note" ALTER "text" TYPE "Kind" USING ("text"::"Kind");',
    'ALTER TABLE "Order" ALTER "status" TYPE TEXT;',
]


def check(statement: Statement, context: Context) -> Hits:
    for change in context.all(AlterColumnType):
        if context.is_new(change.table) or change.type.name not in context.catalogue.enums:
            continue
        for what in _lost(change, context):
            yield (
                f"The migration fails if a row of {shown(change.table)} holds {what} in "
                f"{change.name}; every row is written anew meanwhile."
            )


def _lost(change: AlterColumnType, context: Context) -> Iterator[str]:
    """The values the new type lacks, in words."""
    column = context.catalogue.column(change.table, change.name)
    old = context.catalogue.enums.get(column.type.name) if column else None
    kept = context.catalogue.enums[change.type.name].values
    if old:
        gone = [f"'{value}'" for value in old.values if value not in kept]
        if gone:
            yield " or ".join(gone)
    elif column is None and change.type.name in context.file.once(rebuilt_in):
        yield "a value that the new type lacks"
