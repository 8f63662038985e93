"""PostgreSQL 14.0 to 14.3 can build a concurrent index that misses rows.

Nothing says so: queries that use the index leave rows out, and a unique one lets duplicates in. The
fault was mended in 14.4.
"""

from bot.core.finding import Severity
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import CreateIndex, Reindex

# The configuration names the major version only, so nobody here knows whether the server is one of
# the four. That is worth a word, and not a pull request that cannot be merged.
SEVERITY = Severity.NOTICE

FIX = "Ask the server (SHOW server_version), and upgrade to 14.4 or later first if it is older."

POSTGRES = 14

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
"""

BAD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
CREATE TABLE "Basket" ("id" BIGINT NOT NULL PRIMARY KEY, "userId" BIGINT);
CREATE INDEX "Basket_userId_idx" ON "Basket"("userId");
"""

QUIET = [
    'CREATE INDEX "Order_userId_idx" ON "Order"("userId");',
    'DROP INDEX CONCURRENTLY "Order_userId_idx";',
    'REINDEX TABLE "Order";',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.postgres != POSTGRES:
        return
    built = any(each.concurrently for each in context.all(CreateIndex))
    if built or any(each.concurrently for each in context.all(Reindex)):
        yield "If the server is older than 14.4, the index may miss rows without a word."
