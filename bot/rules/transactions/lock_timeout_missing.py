"""Without a lock_timeout, a migration that has to wait makes everybody else wait too.

While it waits for one slow query, all queries that come later wait behind it. A report that runs
for ten minutes is then an outage of ten minutes. migration-bot sets the timeout itself and tries
again, so nothing is found where it applies the migrations, which is what it takes for granted.
Prisma sets none: where `prisma migrate deploy` applies them, say so in the configuration, with
`prisma = "6.19.0"` or whatever version it is.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import LOCK_TIMEOUT, after
from bot.rules.transactions.blocking import blocked, blocks_first
from bot.rules.transactions.timeouts import is_set

SEVERITY = Severity.WARNING
SIZED = Sized.FILE

FIX = (
    "Begin the file with SET lock_timeout = '2s'; or set it for the role or in the URL "
    "(?options=-c%20lock_timeout%3D2s), and switch this rule off."
)

PRISMA = "6.19.0"

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
ALTER TABLE "Order" ADD COLUMN "sum" INTEGER;
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE TABLE "New" ("id" INT); ALTER TABLE "New" ADD COLUMN a INT;',
    'CREATE INDEX CONCURRENTLY "i" ON "Order"("userId");',
    "SET LOCAL lock_timeout = '2s'; ALTER TABLE \"Order\" ADD COLUMN a INT;",
    'INSERT INTO "Order" VALUES (1, 1); UPDATE "Order" SET "userId" = 2 WHERE "id" = 1;',
    "SELECT set_config('lock_timeout', '2s', true); ALTER TABLE \"Order\" ADD COLUMN a INT;",
    'CREATE TEMP TABLE s AS SELECT 1 AS a; ALTER TABLE s ADD COLUMN "b" INT;',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.prisma is None or is_set("lock_timeout", context):
        return
    if blocks_first(context):
        tables = ", ".join(map(shown, sorted(blocked(context.effects, context))))
        yield (
            f"If this has to wait for {tables}, all later queries there wait behind it, without "
            "a limit."
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after(LOCK_TIMEOUT, statement)
