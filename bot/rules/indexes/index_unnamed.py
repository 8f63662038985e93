"""An index without a name gets one from the server.

Which one depends on what is there already, so it may differ from one database to the next: a later
DROP INDEX works on one and fails on another, and Prisma sees a difference to its schema.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.indexes import given_a_name
from bot.sql.actions import CreateIndex

SEVERITY = Severity.NOTICE

ABOUT = (CreateIndex,)

FIX = 'Name it as Prisma does: "Table_column_idx", or "Table_column_key" if it is unique.'

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
"""

BAD = """
CREATE INDEX CONCURRENTLY ON "Order"("userId");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'CREATE UNIQUE INDEX i ON "Order"("userId");',
    "CREATE TEMP TABLE n (a INT); CREATE INDEX ON n (a);",
    'ALTER TABLE "Order" ADD UNIQUE ("userId");',
]


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        table = context.catalogue.tables.get(index.table)
        temporary = table is not None and table.temporary
        if not index.name and not temporary and not context.file.baseline:
            yield Hit(f"The index on {shown(index.table)} has no name of its own.", about=index)


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return given_a_name(statement, context)
