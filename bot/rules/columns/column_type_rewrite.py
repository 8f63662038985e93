"""Changing a column's type rewrites the table.

PostgreSQL converts every row and builds every index anew, while nobody can read or write the table:
for a large one the application is down for minutes. Only a few changes are free, such as a longer
varchar, or varchar to text. An enum that the file replaces is reported as a whole, by
prisma-enum-replace.
"""

from collections.abc import Sequence

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, listed, shown
from bot.rules.columns.type_changes import ChangedType, changed_types, replaces_enum
from bot.sql.actions import AlterColumnType

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AlterColumnType,)

FIX = (
    "Add a new column of the new type, let the application write both, fill the old rows in "
    "batches, switch over, and drop the old column in a later release."
)

BEFORE = """
CREATE TYPE "Kind" AS ENUM ('A');
CREATE TABLE "User" (
    "id" INTEGER NOT NULL, "name" VARCHAR(20), "bio" TEXT, "price" DECIMAL(10,2),
    "at" TIMESTAMP(3), "address" CIDR, "tags" VARCHAR(10)[],
    "kind" "Kind"
);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "id" SET DATA TYPE BIGINT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "idNew" BIGINT;
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(40);',
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT USING "name"::text;',
    'ALTER TABLE "User" ALTER COLUMN "bio" TYPE VARCHAR;',
    'ALTER TABLE "User" ALTER COLUMN "price" TYPE DECIMAL(12,2);',
    'ALTER TABLE "User" ALTER COLUMN "at" TYPE TIMESTAMP(6);',
    'ALTER TABLE "User" ALTER COLUMN "at" TYPE TIMESTAMPTZ(6);',
    'ALTER TABLE "User" ALTER COLUMN "address" TYPE INET;',
    'ALTER TABLE "User" ALTER COLUMN "id" TYPE INTEGER;',
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER a TYPE BIGINT;",
    'CREATE TYPE "Kind_new" AS ENUM (\'A\'); ALTER TABLE "User" '
    'ALTER "kind" TYPE "Kind_new" USING ("kind"::text::"Kind_new"); '
    'ALTER TYPE "Kind" RENAME TO "Kind_old"; ALTER TYPE "Kind_new" RENAME TO "Kind";',
]


def check(statement: Statement, context: Context) -> Hits:
    rewriting = [each for each in changed_types(context) if each.cost.rewrites]
    changes = [each for each in rewriting if not replaces_enum(each, context)]
    if changes:
        yield Hit(
            f"All reads and writes of {shown(changes[0].table)} wait while every row is rewritten, "
            f"because {_why(changes)}.",
            about=changes[0].action,
        )


def _why(changes: Sequence[ChangedType]) -> str:
    if len(changes) > 1:
        return f"{listed(each.name for each in changes)} change their types"
    (one,) = changes
    was = f"from {one.before.type} " if one.before else ""
    return f"{one.name} changes {was}to {one.type}"
