"""Building an index without CONCURRENTLY blocks writes to its table.

Nobody can insert, update or delete rows of the table until the index is built, which takes minutes
on a large one. Users see requests that hang and then time out; reads go on.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.indexes import built_concurrently
from bot.sql.actions import CreateIndex

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (CreateIndex,)

FIX = (
    "Build it with CREATE INDEX CONCURRENTLY, alone in its own migration folder: "
    "writes go on while it is built."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT);
"""

BAD = """
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'CREATE TABLE "New" ("id" INT); CREATE INDEX "New_id_idx" ON "New"("id");',
    'CREATE TEMP TABLE "Scratch" AS SELECT 1 AS a; CREATE INDEX ON "Scratch"(a);',
    "CREATE TABLE a (id INT); ALTER TABLE a RENAME TO b; CREATE INDEX i ON b (id);",
    "CREATE TABLE p (id INT) PARTITION BY RANGE (id); CREATE INDEX i ON ONLY p (id);",
    'DROP INDEX CONCURRENTLY "Order_userId_idx";',
]


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        if index.concurrently or index.only or context.is_new(index.table):
            continue
        if index.if_not_exists and index.name in context.catalogue.indexes:
            continue
        if context.catalogue.is_partitioned(index.table):
            continue  # CONCURRENTLY is not possible there: partitioned-index-build
        name = shown(index.name) or "the index"
        yield Hit(
            f"Building {name} blocks all writes to {shown(index.table)} until it is finished.",
            about=index,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return built_concurrently(statement, context)
