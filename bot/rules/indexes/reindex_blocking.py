"""Rebuilding an index without CONCURRENTLY blocks writes, and reads that would use the index.

Nobody can insert, update or delete rows of the table until the index is rebuilt, which takes
minutes on a large one. Queries wait even to be planned, because the index cannot be looked at.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.indexes import rebuilt_concurrently
from bot.sql.actions import Reindex

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (Reindex,)

FIX = "Write REINDEX INDEX CONCURRENTLY …, alone in its own migration folder."

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
"""

BAD = """
REINDEX INDEX "Order_userId_idx";
"""

GOOD = """
REINDEX INDEX CONCURRENTLY "Order_userId_idx";
"""

QUIET = [
    "REINDEX SYSTEM;",
    'REINDEX (CONCURRENTLY) TABLE "Order";',
    "CREATE TABLE n (a INT); CREATE INDEX i ON n (a); REINDEX TABLE n;",
    "CREATE TABLE n (a INT); CREATE INDEX i ON n (a); REINDEX INDEX i;",
]


def check(statement: Statement, context: Context) -> Hits:
    for each in context.all(Reindex):
        if each.concurrently or each.kind == "SYSTEM":
            continue
        if each.kind in ("SCHEMA", "DATABASE"):
            yield Hit(
                f"Every table of the {each.kind.lower()} is closed to writes, one after another.",
                about=each,
            )
        elif not context.is_new(each.name):
            index = context.catalogue.indexes.get(each.name)
            table = index.table if index else each.name if each.kind == "TABLE" else ""
            yield Hit(
                f"Rebuilding {shown(each.name)} blocks all writes to {shown(table) or 'its table'} "
                f"until it is finished.",
                about=each,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return rebuilt_concurrently(statement, context)
