"""Two deployments at once can deadlock over a concurrent index.

`prisma migrate deploy` lets one run at a time by a lock that the second waits for. A concurrent
build waits for everybody who is waiting, the second run included: PostgreSQL ends one of them, and
if that is the build, it leaves a broken index behind.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.judge.context import MigrationContext
from bot.sql.actions import CreateIndex

SEVERITY = Severity.NOTICE

FIX = (
    "Run prisma migrate deploy from one job only, not from every container that starts; then allow "
    "this with that reason, or turn the rule off."
)

PRISMA = "6.19.0"

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
    'DROP TABLE "Order";',
    "REFRESH MATERIALIZED VIEW CONCURRENTLY v;",
]


def check_migration(context: MigrationContext) -> Hits:
    if context.settings.prisma is None:  # migration-bot waits in a way that holds no snapshot.
        return
    for step in context.steps:
        if any(index.concurrently for index in step.all(CreateIndex)):
            yield Hit(
                "If two runs of prisma migrate deploy meet here, one of them is ended.",
                at=step.statement.start,
            )
            return
