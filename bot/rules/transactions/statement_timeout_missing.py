"""Without a statement_timeout, a statement that takes longer than expected never stops.

It holds its locks until somebody notices and ends it. migration-bot goes by the target's own
statement_timeout; Prisma sets none.
"""

from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context
from bot.rewriting.moving import after
from bot.rules.transactions.blocking import blocks_first
from bot.rules.transactions.timeouts import is_set

SEVERITY = None
SIZED = Sized.FILE

FIX = "Begin the file with SET statement_timeout = '1min'; or set it for the role or in the URL."

PRISMA = "6.19.0"

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

GOOD = """
SET lock_timeout = '2s';
SET statement_timeout = '1min';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE TABLE "New" ("id" INT); ALTER TABLE "New" ADD COLUMN a INT;',
    'CREATE INDEX CONCURRENTLY "i" ON "Order"("userId");',
    "SET LOCAL statement_timeout = '2s'; ALTER TABLE \"Order\" ADD COLUMN a INT;",
]


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.prisma is None or is_set("statement_timeout", context):
        return
    if blocks_first(context):
        yield "This statement may run, and hold its locks, without a limit."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after("SET statement_timeout = '1min'", statement)
