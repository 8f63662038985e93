"""Changing rows after locking their table keeps everybody out until all rows are changed.

The lock of ALTER TABLE is held until the transaction ends. An UPDATE in the same transaction makes
a lock of milliseconds into one of minutes: no request can use the table meanwhile.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import moved_on
from bot.rules.transactions.blocking import blocked_before
from bot.rules.transactions.rows import backfilled
from bot.sql.actions import Delete, Insert, Merge, Update

SEVERITY = Severity.ERROR

ABOUT = (Delete, Insert, Merge, Update)
SIZED = Sized.WAIT

FIX = (
    "Change the rows in a migration folder of their own, or better in batches (`-- migration-bot: "
    "batch size=5000 pause=100ms` above the statement), each a transaction of its own."
)

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT);
CREATE TABLE "Team" ("id" INTEGER NOT NULL, "slug" TEXT);
CREATE UNIQUE INDEX "Team_slug_key" ON "Team"("slug");
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "shown" TEXT;
UPDATE "User" SET "shown" = "name" WHERE "id" BETWEEN 1 AND 10000;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "shown" TEXT;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN a INT; UPDATE "User" SET a = 1 WHERE "id" = 5;',
    "ALTER TABLE \"Team\" ADD COLUMN a INT; UPDATE \"Team\" SET a = 1 WHERE slug IN ('a', 'b');",
    'ALTER TABLE "User" ADD COLUMN a INT; INSERT INTO "User" VALUES (1, \'x\', 2);',
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT; UPDATE n SET b = a WHERE a > 0;",
    'BEGIN; ALTER TABLE "User" ADD COLUMN a INT; COMMIT; UPDATE "User" SET a = 1 WHERE a IS NULL;',
    'ALTER TABLE "Team" ADD COLUMN a INT; DELETE FROM "User" WHERE "id" = 3 AND "name" = \'x\';',
    'ALTER TABLE "User" ADD COLUMN a INT;\n-- migration-bot: batch\nUPDATE "User" SET a = "id";',
]


def check(statement: Statement, context: Context) -> Hits:
    for table in backfilled(context):
        if table in blocked_before(context).tables:
            yield f"{shown(table)} stays locked by the change above until its rows are changed."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "rows")
