"""Changing a column's type rewrites the table.

PostgreSQL converts every row and builds every index anew, while nobody can read or write the table:
for a large one the application is down for minutes. Only a few changes are free, such as a longer
varchar, or varchar to text.
"""

from bot.core.finding import Severity
from bot.core.rule import Hit, Hits
from bot.core.sized import Sized
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.columns.type_changes import changed_types
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
    "at" TIMESTAMP(3), "address" CIDR, "tags" VARCHAR(10)[]
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
]


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        if each.cost.rewrites:
            was = f"from {each.before.type} " if each.before else ""
            yield Hit(
                f"All reads and writes of {shown(each.table)} wait while every row is rewritten, "
                f"because {each.name} changes {was}to {each.type}.",
                about=each.action,
            )
