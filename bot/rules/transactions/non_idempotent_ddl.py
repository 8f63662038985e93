"""Half a migration cannot be run again if its statements mind what is there already.

Prisma from 7.4 commits each statement by itself. When one fails, those before it stay, and the next
try stops at the first of them.
"""

from collections.abc import Iterator

from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.judge.transactions import sent_as_one
from bot.sql.actions import (
    AddColumn,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropObjects,
)  # fmt: skip

SEVERITY = None

FIX = "Put BEGIN and COMMIT around the file; or say IF NOT EXISTS, and IF EXISTS where it drops."

PRISMA = "7.8.0"

BAD = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS "Order_id_idx" ON "Order"("id");
"""

GOOD = """
BEGIN;
CREATE TABLE "Order" ("id" BIGINT NOT NULL PRIMARY KEY, "placed" DATE);
CREATE INDEX "Order_placed_idx" ON "Order"("placed");
COMMIT;
"""

QUIET = [
    "CREATE TABLE IF NOT EXISTS n (a INT); CREATE INDEX IF NOT EXISTS i ON n (a);",
    "CREATE TABLE n (a INT);",
    "DO $$ BEGIN NULL; END $$; CREATE TABLE n (a INT);",
    "DROP TABLE IF EXISTS n; DROP INDEX IF EXISTS i;",
]


def check(statement: Statement, context: Context) -> Hits:
    if len(context.file.steps) == 1 or context.step.explicit:
        return
    if not sent_as_one(context.file) and any(_minds(context)):
        yield f"This {statement.kind} fails when the migration is run a second time."


def _minds(context: Context) -> Iterator[bool]:
    for each in context.step.actions:
        if isinstance(each, CreateTable | AddColumn):
            yield not each.if_not_exists
        elif isinstance(each, CreateIndex):
            yield not (each.if_not_exists or each.concurrently)
        elif isinstance(each, DropObjects | DropColumn | DropConstraint):
            yield not each.if_exists
