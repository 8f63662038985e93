"""Some statements are refused inside a transaction, and a file with several is one.

The migration fails on every database, production included. VACUUM, ALTER SYSTEM and the like are
work for an administrator: they say nothing about the schema.
"""

import re

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.judge.transactions import sent_as_one, version_of
from bot.sql.actions import AddEnumValue, RunBlock
from bot.sql.lexer import code_of

SEVERITY = Severity.ERROR

FIX = "Take it out of the migrations and run it from a script or by hand."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
VACUUM "Order";
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'VACUUM "Order";',
    'ANALYZE "Order"; SELECT 1;',
    "DO $$ BEGIN RAISE NOTICE 'commit'; END $$; SELECT 1;",
    'CREATE INDEX CONCURRENTLY i ON "Order"("id"); SELECT 1;',
    "DISCARD PLANS; SELECT 1;",
]

# Prisma 7.4 sends statements one by one; its shadow database follows from 7.8.
_ONE_BY_ONE = (7, 8)
_ENDING = re.compile(r"\b(commit|rollback)\b", re.IGNORECASE)


def check(statement: Statement, context: Context) -> Hits:
    what = _refused(statement, context)
    if not what:
        return
    if context.step.explicit:
        yield f"{what} is refused inside the transaction begun above."
    elif _together(context):
        yield f"{what} is refused beside other statements: the file is one transaction."


def _refused(statement: Statement, context: Context) -> str:
    """The statement in words if it cannot run in a transaction; CONCURRENTLY has its own rule."""
    if statement.node == "DiscardStmt" and statement.tree.get("target") == "DISCARD_ALL":
        return "DISCARD ALL"
    if any(_ENDING.search(code_of(each.body)) for each in context.all(RunBlock)):
        return "COMMIT in a block"
    if context.effects.transactional or context.step.concurrent or context.all(AddEnumValue):
        return ""
    return statement.kind


def _together(context: Context) -> bool:
    steps, prisma = context.file.steps, context.settings.prisma
    if len(steps) == 1:
        return False
    return version_of(prisma) < _ONE_BY_ONE or sent_as_one(context.file)
