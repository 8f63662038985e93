"""PostgreSQL 14.0 to 14.3 can build a concurrent index that misses rows.

Nothing says so: queries that use the index leave rows out, and a unique one lets duplicates in. The
fault was mended in 14.4.
"""

from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context
from bot.sql.actions import CreateIndex, Reindex

SEVERITY = Severity.ERROR

ABOUT = (CreateIndex, Reindex)

FIX = "Ask the server (SHOW server_version), and upgrade to 14.4 or later first if it is older."

POSTGRES = 14


@dataclass(frozen=True)
class Options:
    minor: int | None = option(
        None, "The minor version of PostgreSQL 14: 3 for 14.3. Unknown, it is a notice.", least=0
    )


OPTIONS = Options()
EXAMPLE = Options(minor=3)

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

_MENDED_IN = 4


def check(statement: Statement, context: Context) -> Hits:
    minor = context.settings.options(Options).minor
    if context.settings.postgres != POSTGRES or (minor is not None and minor >= _MENDED_IN):
        return
    built = any(each.concurrently for each in context.all(CreateIndex))
    if built or any(each.concurrently for each in context.all(Reindex)):
        yield _unknown() if minor is None else f"In 14.{minor} the index may miss rows silently."


def _unknown() -> Hit:
    """Worth a word, and not a pull request that cannot be merged: hardly any server is so old."""
    return Hit(
        "If the server is older than 14.4, the index may miss rows without a word.",
        severity=Severity.NOTICE,
    )
